"""Erasing people of every kind, with points kept or taken away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc import audit, clock
from mathsoc.accounts import links
from mathsoc.accounts.models import MailToken
from mathsoc.audit import Action, AuditDetail
from mathsoc.challenges.models import Challenge
from mathsoc.errors import Refused
from mathsoc.members import queries as people
from mathsoc.members import service as members
from mathsoc.members import standing
from mathsoc.members.models import LoginSession, Member
from mathsoc.privacy import erasure, rules, service
from mathsoc.publishing.models import Post
from mathsoc.reports import rules as report_rules
from mathsoc.reports.models import Report
from mathsoc.scoring.models import Award, Standing
from mathsoc.slips import service as slips
from mathsoc.slips.models import Slip
from tests.console.people import agree, staffed, stored, text_of
from tests.privacy.everything import add_zoe
from tests.support.world import PASSWORD, World, already_signed_in

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KINDS: dict[str, dict[str, Any]] = {
    "author": {"role": "editor", "year": None},
    "lead": {"role": "lead", "year": None},
    "admin": {"role": "admin", "year": None},
    "pending": {"state": "pending"},
    "suspended": {"state": "suspended"},
    "hidden": {"hidden": True},
    "nameless": {"email": None, "login_name": "quiet-heron-04718", "real_name": ""},
    "moved": {},
    "winner": {},
}


async def erase(world: World, name: str, *, keeps_points: bool = True) -> None:
    async with world.database.writing() as session:
        whom = world.members[name].id
        await erasure.erase(session, whom, clock.now(), keeps_points=keeps_points)


async def sum_of_school(world: World, school: str) -> int:
    """What the league of schools counts."""
    async with world.database.reading() as session:
        own = Award.school_id == world.schools[school].id
        return int(await session.scalar(select(func.coalesce(func.sum(Award.points), 0)).where(own)) or 0)


async def score(world: World, name: str, *, school: str, points: int, stage: str) -> None:
    award = Award(
        competition_id=world.competitions["ladder"].id,
        stage_id=world.stages[stage].id,
        school_id=world.schools[school].id,
        member_id=world.members[name].id,
        kind="manual",
        reason=f"Well done, {world.members[name].real_name}",
        points=points,
        awarded_at=world.now,
    )
    async with world.database.writing() as session:
        await erasure.scoring.add_to_ledger(session, [award])


@pytest.mark.parametrize("keeps_points", [True, False])
async def test_everybody_can_be_erased(world: World, keeps_points: bool) -> None:
    """The ledger and its sums agree after each, and the schools' sums are what was chosen."""
    for name, given in KINDS.items():
        await world.add_member(name, **given)
        await score(world, name, school="northfield", points=3, stage="ks4")
    await score(world, "moved", school="eastgate", points=2, stage="ks3")
    await world.add_challenge("theirs", author_id=world.members["author"].id)
    async with world.database.writing() as session:
        lead = await members.locked(session, world.members["lead"].id)
        lines = [slips.Line("Real Lead Name", 9, None)]
        northfield = world.schools["northfield"].id
        await slips.make_slips(session, world.viewer("lead"), northfield, lines, world.now, "")
        alice = await members.locked(session, world.members["alice"].id)
        await links.make_link(session, alice, "reset", world.now, made_by_id=lead.id)
    for name in KINDS:
        await erase(world, name, keeps_points=keeps_points)
        await agree(world)
        one = await stored(world, name)
        assert (one.state, one.role, one.display_name, one.real_name) == (
            "erased",
            "member",
            rules.FORMER,
            "",
        )
    assert await sum_of_school(world, "northfield") == (3 * len(KINDS) if keeps_points else 0)
    assert await sum_of_school(world, "eastgate") == (2 if keeps_points else 0)
    async with world.database.reading() as session:
        slip = (await session.scalars(select(Slip))).one()
        assert (slip.real_name, slip.made_by_id) == ("Real Lead Name", None), "the pupil's, who waits for it"
        assert not list(await session.scalars(select(MailToken))), "the link that the lead made"
        assert not list(await session.scalars(select(Standing.listed).where(Standing.listed.is_(True))))
        author = await session.scalar(select(Challenge.author_id).where(Challenge.slug == "theirs"))
        assert author == world.members["author"].id
        reasons = set(await session.scalars(select(Award.reason)))
        assert reasons <= {erasure.BY_HAND, erasure.DELETED}


async def test_what_others_did_tells_nothing_either(world: World) -> None:
    """A lead's search for a name, and a name in somebody else's entry; what is about others stays."""
    zoe = await add_zoe(world)
    logged = {
        "search": ({"search": "zqfam", "members": 1}, False),
        "address": ({"search": "ZQMAIL-ZOE@northfield.example"}, False),
        "before": ({"display_name": "Like Zqfirst Zqfamily"}, False),
        "others": ({"search": "ada"}, True),
        "short": ({"search": "z"}, True),
    }
    async with world.database.writing() as session:
        for values, _ in logged.values():
            who = {"actor_id": world.members["ada"].id, "address": "192.0.2.7"}
            await audit.record(session, Action.MEMBERS_VIEWED, world.now, **who, after=values)
        before = {"email": "zqbefore@northfield.example"}
        await audit.record(session, Action.ADDRESS_CHANGED, world.now, member_id=zoe.id, before=before)
        session.add(
            MailToken(
                member_id=zoe.id,
                token_hash="asked-for",
                purpose="verify",
                address=world.members["alice"].email,
                created_at=world.now,
                expires_at=world.now,
            )
        )
        alice = await members.locked(session, world.members["alice"].id)
        await links.make_link(session, alice, "reset", world.now)
        search = {"search": "zqbefore"}
        await audit.record(session, Action.MEMBERS_VIEWED, world.now, actor_id=1, after=search)
    await erase(world, "zoe")
    async with world.database.reading() as session:
        kept = list(await session.scalars(select(AuditDetail.after).order_by(AuditDetail.entry_id)))
        tokens = list(await session.scalars(select(MailToken.member_id)))
    assert kept == [values for values, stays in logged.values() if stays]
    assert tokens == [world.members["alice"].id], "whose address Zoe asked to have"


@ONCE
async def test_a_name_of_our_own_words_takes_nothing_of_others_with_it(world: World) -> None:
    """Nobody wipes the log, or what others have reported, by what they call themselves before they go."""
    entries: list[dict[str, Any]] = [
        {"role": "admin", "state": "active"},
        {"rule": "/console/members/<handle>/role", "method": "POST"},
        {"display_name": "Quiet Heron"},
        {"search": "role", "members": 3},
    ]
    own = {"member_id": world.members["bob"].id, "made_by_id": world.members["carol"].id}
    reason = report_rules.reason("unkind", "Look at it")
    async with world.database.writing() as session:
        for values in entries:
            await audit.record(session, Action.ROLE_CHANGED, world.now, actor_id=1, after=values)
        report = Report(subject_kind="display-name", shown="Bob", created_at=world.now, reason=reason, **own)
        session.add(report)
    for word in ("role", "state", "display", "members", "console", "unkind", "admin"):
        await world.add_member(word, real_name=word.title())
        await erase(world, word)
    async with world.database.reading() as session:
        kept = list(await session.scalars(select(AuditDetail.after).order_by(AuditDetail.entry_id)))
        assert kept == entries[:3], "a search for a name is one about them"
        assert await session.scalar(select(Report.reason)) == reason


@pytest.mark.parametrize(
    ("answer", "names", "tells"),
    [
        ("li x", ("Li",), True),
        ("limit 3", ("Li",), False),
        ("jose", ("José",), True),
        ("JOSÉ was here", ("Jose",), True),
        ("o brien", ("O'Brien",), True),
        ("obrien", ("Pat O'Brien",), True),
        ("x+j", ("J. Smith",), False),
        ("Anne-Marie", ("Anne Marie",), True),
        ("3", ("pupil3@school.example",), False),
    ],
)
def test_names_in_answers(answer: str, names: tuple[str, ...], tells: bool) -> None:
    assert rules.tells(answer, rules.names_of(*names)) is tells


@ONCE
async def test_the_last_administrator_stays(app: Quart, world: World) -> None:
    """And of two, the second one who asks."""
    await world.add_member("second", role="admin", year=None)
    async with world.database.writing() as session:
        await service.ask_for_erasure(session, world.viewer("second"), world.now, "", keeps_points=True)
        with pytest.raises(Refused, match="only administrator"):
            await service.ask_for_erasure(session, world.viewer("ada"), world.now, "", keeps_points=True)
    ada = await already_signed_in(app, world, "ada")
    second = world.members["second"].handle
    reply = await ada.post(f"/console/members/{world.members['ada'].handle}/role", form={"role": "lead"})
    assert reply.status_code == 422 and (await stored(world, "ada")).role == "admin"
    assert (await ada.get(f"/console/members/{second}")).status_code == 200


@ONCE
async def test_nobody_stands_on_a_board_while_they_wait_to_go(app: Quart, world: World) -> None:
    """Undone, they are back in their place; every other browser is signed out."""
    clients = await staffed(app, world)
    for name, points in (("alice", 5), ("bob", 3)):
        await world.give(name, points)
    elsewhere = await already_signed_in(app, world, "alice")
    board, page = "/leaderboards/ladder?stage=ks4", f"/members/{world.members['alice'].handle}"
    reply = await clients["alice"].post("/profile/delete", form={"points": "remove"})
    assert reply.status_code == 303
    until = (await stored(world, "alice")).erase_at
    assert "Display Alice" not in (await text_of(clients["bob"], board)).partition("<main")[2]
    assert (await clients["bob"].get(page)).status_code == 404
    assert (await elsewhere.get("/profile")).status_code == 303
    assert "Your account will be deleted on" in await text_of(clients["alice"], "/profile")
    await agree(world)
    await clients["alice"].post("/profile/delete", form={"points": "keep"})
    one = await stored(world, "alice")
    assert (one.erase_at, one.keeps_points) == (until, False), "asked again, nothing moves"
    assert (await clients["alice"].post("/profile/delete/undo")).status_code == 303
    assert "Display Alice" in await text_of(clients["bob"], board)
    assert (await clients["bob"].get(page)).status_code == 200
    await agree(world)
    async with world.database.writing() as session:
        await service.erase_due(session, None)  # type: ignore[arg-type]
    assert (await stored(world, "alice")).state == "active"


@ONCE
async def test_the_week_ends(app: Quart, world: World) -> None:
    """Sessions are void, a second tab gets a clean answer, and nobody signs in."""
    await world.give("alice", 5)
    alice = await already_signed_in(app, world, "alice")
    async with world.database.writing() as session:
        one = await members.locked(session, world.members["alice"].id)
        token = await members.start_session(session, one, clock.now())
        viewer = await people.viewer(session, token, clock.now())
        assert viewer is not None and not await standing.no_longer_holding(session, [viewer], clock.now())
    await alice.post("/profile/delete", form={"points": "remove"})
    for days, state in ((6.9, "active"), (7.1, "erased")):
        with clock.moved_to(clock.now() + timedelta(days=days)):
            async with world.database.writing() as session:
                again = await service.erase_due(session, None)  # type: ignore[arg-type]
            assert (again is not None) is (state == "erased")
        assert (await stored(world, "alice")).state == state
    for method, path, status in (("GET", "/profile", 303), ("POST", "/profile/delete/undo", 403)):
        reply = await getattr(alice, method.lower())(path)
        assert reply.status_code == status
    assert "Sign in" in (await (await alice.post("/profile/delete/undo")).get_data()).decode()
    async with world.database.reading() as session:
        assert await standing.no_longer_holding(session, [viewer], clock.now()) == [viewer], "its streams end"
        theirs = select(LoginSession).where(LoginSession.member_id == viewer.id)
        assert not list(await session.scalars(theirs))
    stranger = app.test_client()
    reply = await stranger.post("/login", form={"email": world.members["alice"].email, "password": PASSWORD})
    assert reply.status_code == 422
    async with world.database.reading() as session:
        left = await session.scalar(select(func.sum(Award.points)).where(Award.member_id == viewer.id))
        names = list(await session.scalars(select(Member.display_name).where(Member.id == viewer.id)))
    assert (left, names) == (0, [rules.FORMER])
    await agree(world)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_undone_while_the_job_is_about_to_erase(world: World) -> None:
    """Whoever is first holds the row: the job leaves it alone then, and finds nothing to do later."""
    async with world.database.writing() as session:
        alice = await members.locked(session, world.members["alice"].id)
        alice.erase_at = world.now - timedelta(minutes=1)
    async with world.database.writing() as undoing:
        await service.undo_erasure(undoing, world.viewer("alice"), world.now, "")
        async with world.database.writing() as job:
            assert await service.erase_due(job, None) is None  # type: ignore[arg-type]
    async with world.database.writing() as job:
        assert await service.erase_due(job, None) is None  # type: ignore[arg-type]
    assert (await stored(world, "alice")).state == "active"


async def test_an_author_decides_whether_the_name_stays_on_texts(app: Quart, world: World) -> None:
    """Asked of those who write; the text stays either way, and so do others' names."""
    clients = await staffed(app, world)
    assert 'name="credit"' not in await text_of(clients["alice"], "/profile/delete")
    for name, choice in (("carol", "keep"), ("eve", "remove")):
        if name not in clients:
            await world.add_member(name, role="editor", year=None)
            clients[name] = await already_signed_in(app, world, name)
        credit = f"{world.members[name].real_name} and Ben Other"
        async with world.database.writing() as session:
            times = dict.fromkeys(("created_at", "updated_at", "publish_at"), world.now)
            whose = {"author_id": world.members[name].id, "credit": credit}
            session.add(Post(kind="article", slug=name, title=name, body="<p>Text</p>", **whose, **times))
        assert 'name="credit"' in await text_of(clients[name], "/profile/delete")
        assert (await clients[name].post("/profile/delete", form={"credit": choice})).status_code == 303
        assert (await stored(world, name)).keeps_credit is (choice == "keep")
    with clock.moved_to(clock.now() + timedelta(days=8)):
        for _ in range(2):
            async with world.database.writing() as session:
                await service.erase_due(session, None)  # type: ignore[arg-type]
    async with world.database.reading() as session:
        left = dict((await session.execute(select(Post.slug, Post.credit))).all())
        assert set(await session.scalars(select(Post.body))) == {"<p>Text</p>"}
    assert left == {"carol": "Real Carol Name and Ben Other", "eve": "Ben Other"}
