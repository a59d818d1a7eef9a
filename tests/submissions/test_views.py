"""The answer box over HTTP: Alice answers, Bob has his own tries, Carol sees keys and never scores."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.submissions import views
from mathsoc.submissions.models import Attempt
from tests.support.world import HTMX, World, box_path, signed_in, tokens

TWO_BOXES = (
    {"kind": "expression", "key": "x^2/2", "options": {"variables": ["x"]}},
    {"kind": "number", "key": "7351998243"},
)


async def test_the_verdict_comes_in_place_with_the_tries_left(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    wrong = await alice.post(box_path(challenge), form={"answer": "x^2"}, headers=HTMX)
    text = (await wrong.get_data()).decode()
    assert wrong.status_code == 200
    assert text.startswith(f'<section id="box-{challenge.boxes[0].public_id}"')
    assert "Not correct." in text and "2 of 3 tries left" in text and 'value="x^2"' in text
    right = await alice.post(box_path(challenge), form={"answer": "1/2 x^2"}, headers=HTMX)
    text = (await right.get_data()).decode()
    assert "Correct" in text and "3 points" in text and "you are the first" in text


async def test_why_a_try_was_wrong_stays_to_be_read(app: Quart, world: World) -> None:
    box = {"kind": "expression", "key": "x^2-1", "options": {"variables": ["x"], "form": "expanded"}}
    challenge = await world.add_challenge("two-squares", box)
    alice = await signed_in(app, world, "alice")
    why = "This is equal, but not fully expanded."
    for sent, words in ((1, "2 of 3 tries left"), (2, "Last try of 3"), (3, "All 3 tries are used")):
        reply = await alice.post(box_path(challenge), form={"answer": "(x+1)(x-1)"}, headers=HTMX)
        text = (await reply.get_data()).decode()
        assert text.count(words) == 1 and f"Not correct. {why}" in text
        assert text.count(f">{why}</td>") == sent
    page = (await (await alice.get("/challenges/two-squares")).get_data()).decode()
    assert f"Not correct. {why} All 3 tries are used" in page and page.count(f">{why}</td>") == 3


async def test_letters_stand_in_the_order_of_the_hint(app: Quart, world: World) -> None:
    box = {"kind": "equation", "key": "y=2x", "options": {"variables": ["x", "y"]}}
    challenge = await world.add_challenge("line", box)
    alice = await signed_in(app, world, "alice")
    asked = await alice.post(box_path(challenge, what="reading"), form={"answer": "y=2x"}, headers=HTMX)
    text = (await asked.get_data()).decode()
    assert text.count("Variables: x, y") == 2 and "y, x" not in text


async def test_without_htmx_the_same_flow_is_whole_pages(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    asked = await (
        await alice.post(box_path(challenge, what="reading"), form={"answer": "1/2 x^2"})
    ).get_data()
    page = asked.decode()
    assert "<!doctype html>" in page and "Your answer is read as" in page and "<mfrac>" in page
    assert "Send answer" in page and await world.attempts_of("alice") == []
    form = {"answer": "1/2 x^2", "token": tokens(page)[0]}
    sent = await alice.post(box_path(challenge), form=form)
    page = (await sent.get_data()).decode()
    assert "<!doctype html>" in page and "Correct" in page and "3 points" in page


async def test_a_box_with_a_unit(app: Quart, world: World) -> None:
    """The box says which unit, the reading says that none is there yet, and the key is shown with it."""
    box = {"kind": "number", "key": "5", "options": {"units": "cm^2"}}
    challenge = await world.add_challenge("area", box)
    alice = await signed_in(app, world, "alice")
    page = await (await alice.get("/challenges/area")).get_data()
    assert "Give a unit, such as cm²." in page.decode()
    asked = await alice.post(box_path(challenge, what="reading"), form={"answer": "5"}, headers=HTMX)
    assert "no unit yet: give one, such as cm²" in (await asked.get_data()).decode()
    unknown = await alice.post(box_path(challenge), form={"answer": "5 cmm^2"}, headers=HTMX)
    assert unknown.status_code == 422
    wrong = await alice.post(box_path(challenge), form={"answer": "5 cm"}, headers=HTMX)
    assert "This is a length; the answer should be an area." in (await wrong.get_data()).decode()
    right = await alice.post(box_path(challenge), form={"answer": "500 mm²"}, headers=HTMX)
    assert "Correct" in (await right.get_data()).decode()


async def test_points_need_every_box_once(app: Quart, world: World) -> None:
    """D23, D24 of the predecessor: it counted rows, not boxes, and one right box lifted the limit."""
    challenge = await world.add_challenge("two", *TWO_BOXES)
    alice = await signed_in(app, world, "alice")
    for _ in range(2):
        await alice.post(box_path(challenge, 0), form={"answer": "x^2/2"})
    page = await (await alice.get("/challenges/two")).get_data()
    assert b"Everything right" not in page
    for _ in range(8):
        await alice.post(box_path(challenge, 1), form={"answer": "1"})
    made = await world.attempts_of("alice")
    assert [(one.box_id, one.outcome) for one in made] == [
        (challenge.boxes[0].id, "correct"),
        *[(challenge.boxes[1].id, "incorrect")] * 3,
    ]


@pytest.mark.parametrize(
    "answer", ["", "   ", "(((", "__import__('os').system('id')", "x=1", "9" * 600, "hello"]
)
async def test_what_cannot_be_read_is_never_charged(app: Quart, world: World, answer: str) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    reply = await alice.post(box_path(challenge), form={"answer": answer}, headers=HTMX)
    assert reply.status_code == 422
    assert b"no try used" in await reply.get_data()
    assert await world.attempts_of("alice") == []


async def test_the_same_token_counts_once(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    form = {"answer": "x", "token": "the-same-token"}
    replies = await asyncio.gather(*[alice.post(box_path(challenge), form=form) for _ in range(5)])
    assert {reply.status_code for reply in replies} == {200}
    assert len(await world.attempts_of("alice")) == 1


async def test_repeated_fields_have_one_meaning(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    body = "answer=1&answer=x%5E2%2F2"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    await alice.post(box_path(challenge), data=body, headers=headers)
    assert [(one.answer, one.outcome) for one in await world.attempts_of("alice")] == [("1", "incorrect")]


async def test_bob_has_his_own_tries(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    alice, bob = await signed_in(app, world, "alice"), await signed_in(app, world, "bob")
    for _ in range(3):
        await alice.post(box_path(challenge), form={"answer": "x"})
    page = (await (await bob.get("/challenges/squares")).get_data()).decode()
    assert "3 of 3 tries left" in page and "Your tries" not in page


async def test_carol_never_scores(app: Quart, world: World) -> None:
    """D27 of the predecessor: admins answered and took the first bonus."""
    challenge = await world.add_challenge("squares")
    carol = await signed_in(app, world, "carol")
    reply = await carol.post(box_path(challenge), form={"answer": "x^2/2"}, headers=HTMX)
    assert reply.status_code == 409
    assert await world.attempts_of("carol") == []


async def test_in_an_own_stage_competition_others_only_read(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares", competition="cup", stage="ks5")
    alice = await signed_in(app, world, "alice")
    assert (await alice.post(box_path(challenge), form={"answer": "x^2/2"})).status_code == 409
    assert await world.attempts_of("alice") == []


async def test_a_pending_member_reads_and_does_not_send(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("squares")
    password_hash = world.members["alice"].password_hash
    await world.add_member("pat", state="pending", password_hash=password_hash)
    pat = await signed_in(app, world, "pat")
    assert (await pat.get("/challenges/squares")).status_code == 200
    assert (await pat.post(box_path(challenge), form={"answer": "x^2/2"})).status_code == 409


async def test_practice_says_right_and_wrong_while_typing_and_counts_nothing(
    app: Quart, world: World
) -> None:
    challenge = await world.add_challenge("warm-up", practice=True)
    alice = await signed_in(app, world, "alice")
    for answer, state in (("x^2/2", "right"), ("x", "wrong"), ("x+", "unfinished")):
        reply = await alice.post(box_path(challenge, what="reading"), form={"answer": answer}, headers=HTMX)
        assert f'data-state="{state}"' in (await reply.get_data()).decode()
    await alice.post(box_path(challenge), form={"answer": "x^2/2"})
    assert await world.attempts_of("alice") == []


async def test_after_the_lock_all_is_shown_and_nothing_counts(app: Quart, world: World) -> None:
    challenge = await world.add_challenge("old", lock_at=world.now - timedelta(minutes=1))
    alice = await signed_in(app, world, "alice")
    page = (await (await alice.get("/challenges/old")).get_data()).decode()
    assert "Accepted answer" in page and "Solution words" in page
    reply = await alice.post(box_path(challenge), form={"answer": "x^2/2"}, headers=HTMX)
    assert "Correct" in (await reply.get_data()).decode()
    assert await world.attempts_of("alice") == []


async def test_an_answer_that_arrived_in_time_counts_however_slow_we_are(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    real = views.mark_bounded

    async def slow(answer: str, scheme: object) -> object:
        async with world.database.writing() as session:
            stored = await session.get_one(Challenge, challenge.id)
            stored.lock_at = world.now - timedelta(minutes=30) + timedelta(hours=1)
        return await real(answer, scheme)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "mark_bounded", slow)
    reply = await alice.post(box_path(challenge), form={"answer": "x^2/2"}, headers=HTMX)
    assert reply.status_code == 200
    assert [one.outcome for one in await world.attempts_of("alice")] == ["correct"]


async def test_a_key_corrected_during_marking_is_marked_again(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = await world.add_challenge("squares")
    alice = await signed_in(app, world, "alice")
    real, moved = views.mark_bounded, []

    async def corrected_meanwhile(answer: str, scheme: object) -> object:
        verdict = await real(answer, scheme)  # type: ignore[arg-type]
        if not moved:
            moved.append(True)
            async with world.database.writing() as session:
                box = await session.get_one(AnswerBox, challenge.boxes[0].id)
                box.key, box.key_revision = "x^2", 2
        return verdict

    monkeypatch.setattr(views, "mark_bounded", corrected_meanwhile)
    await alice.post(box_path(challenge), form={"answer": "x^2"})
    (attempt,) = await world.attempts_of("alice")
    assert (attempt.outcome, attempt.key_revision) == ("correct", 2)


async def test_a_foreign_or_unknown_box_is_not_there(app: Quart, world: World) -> None:
    challenge, other = await world.add_challenge("squares"), await world.add_challenge("other")
    alice = await signed_in(app, world, "alice")
    for box in (other.boxes[0].public_id, "nothing", str(challenge.boxes[0].id), "%00"):
        for what in ("reading", "attempts"):
            reply = await alice.post(f"/challenges/squares/boxes/{box}/{what}", form={"answer": "x"})
            assert reply.status_code == 404, (box, what)


async def test_whoever_is_signed_out_keeps_what_was_typed(app: Quart, world: World) -> None:
    """An expired session answers an htmx send with a notice beside the box, not in its place."""
    challenge = await world.add_challenge("squares")
    nobody = app.test_client()
    reply = await nobody.post(box_path(challenge), form={"answer": "x"}, headers=HTMX)
    assert reply.status_code == 403
    assert reply.headers["HX-Retarget"] == "#notices"
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Attempt)) == 0


async def test_a_screen_reader_hears_where_the_fraction_ends(app: Quart, world: World) -> None:
    alice = await signed_in(app, world, "alice")
    for slug, practice in (("squares", False), ("warm-up", True)):
        challenge = await world.add_challenge(slug, practice=practice)
        for answer, words in (("(x+1)/2", "x plus 1, all over 2"), ("x+1/2", "x plus 1 over 2")):
            reply = await alice.post(
                box_path(challenge, what="reading"), form={"answer": answer}, headers=HTMX
            )
            text = (await reply.get_data()).decode()
            assert f'<math alttext="{words}"' in text
            assert f"Read as {words}." in text
