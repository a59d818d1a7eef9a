"""Which passwords may be chosen, how they are kept, and changing one's own."""

from __future__ import annotations

import time
import unicodedata

import pytest
from quart import Quart

from mathsoc import clock
from mathsoc.accounts import common, passwords, rules, service
from mathsoc.accounts.links import make_link
from mathsoc.config import Config
from mathsoc.members.models import Member
from tests.accounts.browsers import email, logged, sign_in, strict
from tests.support.mails import arrived
from tests.support.world import PASSWORD, World, signed_in

NEW = "violet otters hum in tune"
OWN = ("Northfield", "Eastgate School", "Fermat Society", "alice.smith@northfield.example", "Quiet Heron")


def problem(password: str, *, staff: bool = False) -> str | None:
    return rules.problem_with_password(password, staff=staff, own_words=OWN, common=common.passwords())


def letters(count: int) -> str:
    """So many letters that nobody would guess."""
    text = "zebra quilt mango depth 7 violin ours! harbour jigsaw next Wolves étude "
    return (text * (count // len(text) + 1))[:count] if count < 65 else text[:64] + "ñ~kp;vw" * count


@pytest.mark.parametrize(
    ("length", "member", "staff"),
    [
        (11, rules.TOO_SHORT.format(12), rules.TOO_SHORT.format(15)),
        (12, None, rules.TOO_SHORT.format(15)),
        (14, None, rules.TOO_SHORT.format(15)),
        (15, None, None),
        (64, None, None),
        (128, None, None),
        (1024, None, None),
        (1025, rules.TOO_LONG, rules.TOO_LONG),
    ],
)
def test_only_the_length_is_demanded(length: int, member: str | None, staff: str | None) -> None:
    """P1."""
    chosen = letters(length)[:length]
    assert len(chosen) == length
    assert (problem(chosen), problem(chosen, staff=True)) == (member, staff)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "violet otters hum",
        "пароль длинный тут",
        "日本語の長いパスワードです",
        "alice likes other otters",
        "zebra-lamp-47-quiet",
        "83920174928371 northfield",
        "KJQPWZXMVBNR",
        "tab\tand line are fine",
    ],
)
def test_no_kind_of_character_is_demanded_or_refused(password: str) -> None:
    assert problem(password) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("password1234", rules.COMMON),
        ("PassWord2026!", rules.COMMON),
        ("p4$$w0rd-2026", rules.COMMON),
        ("sunshine2026!", rules.COMMON),
        ("sunshinesunshine", rules.COMMON),
        ("1q2w3e4r5t6y", rules.COMMON),
        ("unbelievable", rules.COMMON),
        ("mathsociety2026", rules.TELLS),
        ("M4th50ciety!!2026", rules.TELLS),
        ("Northfield-2026!", rules.TELLS),
        ("eastgate eastgate school", rules.TELLS),
        ("fermat-society-1", rules.TELLS),
        ("alice.smith@northfield.example", rules.TELLS),
        ("quietheron20262026", rules.TELLS),
        ("password-password-password-welcome", rules.TELLS),
        ("aaaaaaaaaaaaaaaa", rules.REPEATS),
        ("abcabcabcabcabc", rules.REPEATS),
        ("horsehorsehorse", rules.REPEATS),
        ("abcdefghijklmnop", rules.REPEATS),
        ("987654321098765", rules.REPEATS),
        ("lkjhgfdsapoiuy", rules.REPEATS),
        ("            ", rules.REPEATS),
    ],
)
def test_what_is_guessed_first_is_refused_with_the_reason(password: str, words: str) -> None:
    """P2."""
    assert problem(password) == words


def test_the_list_has_thousands_that_are_long_enough_and_all_of_them_are_refused() -> None:
    fitting = [one for one in common.passwords() if len(one) >= rules.SHORTEST[False]]
    assert len(fitting) > 40_000
    assert all(problem(one) is not None for one in fitting[::97])


def test_looking_at_the_worst_password_takes_no_time() -> None:
    """A thousand characters, chosen so that each step has most to do; counted in steps, not in seconds."""
    for worst in ("ab" * 511 + "c", "a" * 1023 + "b", "northfield" * 102, "pass" * 255):
        assert problem(worst) in (rules.REPEATS, rules.TELLS, None)


@pytest.mark.parametrize("password", ["violet otters hum in tune", "pass" * 255 + "q", "northfield-2026!"])
def test_every_place_of_a_word_is_found(password: str) -> None:
    """Those that overlap themselves too, and signs are no patterns."""
    for word in ("pass", "sspass", "north", "o", "aa", "a.c", "northfield-2026!", "otters hum"):
        wanted = [at for at in range(len(password)) if password.startswith(word, at)]
        assert list(rules._places(word, password)) == wanted
    assert list(rules._places("aa", "aaaa")) == [0, 1, 2]


@pytest.mark.timed
def test_a_thousand_schools_do_not_hold_others_up() -> None:
    """Of five rounds the best, since the machine may have other work."""
    names = [f"{spelt(n)} {spelt(n * 7919)} Academy" for n in range(1_000)]
    took = []
    for _ in range(5):
        began = time.thread_time()
        assert not rules.problem_with_password(NEW, staff=True, own_words=names, common=())
        took.append(time.thread_time() - began)
    assert min(took) < 0.03


def spelt(number: int) -> str:
    """A word of its own for each number."""
    return "kwux" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:08}")


async def test_no_character_is_cut_off_and_spelling_does_not_matter() -> None:
    """P1: bcrypt would drop what follows the 72nd byte; é may be typed as one character or as two."""
    long = letters(128)[:128]
    kept = await passwords.hash_password(long)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify(long, kept)
    assert not await passwords.verify(long[:72] + "X" + long[73:], kept)
    assert not await passwords.verify(long[:-1], kept)
    composed, apart = (unicodedata.normalize(form, "étude à la crème") for form in ("NFC", "NFD"))
    assert composed != apart
    assert await passwords.verify(apart, await passwords.hash_password(composed))
    assert await passwords.verify(composed, await passwords.hash_password(apart))
    assert not await passwords.verify("x" * 1025, await passwords.hash_password("x" * 1024))


async def test_changing_ones_own(app: Quart, world: World) -> None:
    client, member = await signed_in(app, world, "alice"), world.members["alice"]
    async with world.database.writing() as session:
        attached = await session.get_one(Member, member.id)
        token = await make_link(session, attached, "reset", clock.now())
    form = {"current_password": PASSWORD, "new_password": NEW}
    reply = await client.post("/profile/password", form=form)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/profile?notice=password-changed")
    assert b"Your password is changed" in await (await client.get(reply.headers["Location"])).get_data()
    (mail,) = await arrived(app)  # type: ignore[arg-type]
    assert mail.recipient == member.email and "password was changed" in mail.subject
    assert "http://localhost/forgot-password" in mail.body and NEW not in mail.body
    assert ("password-changed", member.id, member.id) in [row[:3] for row in await logged(world.database)]
    assert (await client.get(f"/reset-password/{token}")).status_code == 410, "a link sent before dies"


@pytest.mark.parametrize(
    ("name", "current", "new", "words"),
    [
        ("alice", "not my password", NEW, "This is not your password."),
        ("alice", "", NEW, "Enter the password that you have now."),
        ("alice", PASSWORD, "short", "Use at least 12 characters."),
        ("carol", PASSWORD, "otters hum ab", "Use at least 15 characters."),
        ("alice", PASSWORD, "Northfield-2026!", "This is little more than a name"),
        ("bob", PASSWORD, "Real Bob Name 1", "This is little more than a name"),
        ("alice", PASSWORD, "x" * 1025, "Use at most 1,024 characters."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_refused_says_so_at_its_field(
    app: Quart, world: World, name: str, current: str, new: str, words: str
) -> None:
    client = await signed_in(app, world, name)
    reply = await client.post("/profile/password", form={"current_password": current, "new_password": new})
    text = (await reply.get_data()).decode()
    assert reply.status_code == 422 and words in text and text.count("aria-invalid") == 1
    assert current not in text or not current
    assert (await sign_in(app.test_client(), email(world, name))).status_code == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_ones_own_password_is_not_guessed_from_an_open_session(config: Config, world: World) -> None:
    """Somebody at a computer that was left signed in has ten tries."""
    async with strict(config) as app:
        client = await signed_in(app, world, "alice")
        for n in range(12):
            form = {"current_password": f"guess number {n}", "new_password": NEW}
            reply = await client.post("/profile/password", form=form)
            assert reply.status_code == (422 if n < 10 else 429), n
        assert int(reply.headers["Retry-After"]) > 800


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_session_that_ends_meanwhile_changes_nothing(world: World) -> None:
    """The password was right, then the account changed while the new one was hashed."""
    alice = world.members["alice"]
    async with world.database.writing() as session:
        token = await service.sessions.start_session(
            session, await session.get_one(Member, alice.id), world.now
        )
    async with world.database.writing() as session:
        await service.sessions.end_sessions_of(session, alice.id, world.now)
    with pytest.raises(service.Refused):
        async with world.database.writing() as session:
            await service.change_password(session, alice, token, "new", world.now, "")
    async with world.database.reading() as session:
        assert (await session.get_one(Member, alice.id)).password_hash == alice.password_hash
