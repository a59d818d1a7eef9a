"""A role dropped during a request: the drop waits for the commit, or the request is refused."""

from __future__ import annotations

import asyncio

import pytest
from quart import Quart, g
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from mathsoc.app import Mathsoc
from mathsoc.db import Database
from mathsoc.members.models import LoginSession, Member
from mathsoc.privacy import export
from mathsoc.submissions import views as submissions
from mathsoc.submissions.models import Attempt
from mathsoc.web import errors, rights
from mathsoc.web.unit_of_work import session
from tests.live.fakes import true
from tests.members.test_standing import waits_for_a_lock
from tests.support.asked import watch
from tests.support.world import World, already_signed_in, box_path

postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Gate:
    """Where a request waits in the middle of its work."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def pause(self) -> None:
        self.reached.set()
        await self.opened.wait()


@pytest.fixture
def gate(app: Quart, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """`POST /write` for staff writes a member called by the role it was allowed with, after a pause."""
    gate = Gate()

    async def write() -> str:
        db = await session()
        await gate.pause()
        db.add(Member(display_name=f"written as {g.viewer.role}", created_at=g.received_at))
        return ""

    monkeypatch.setitem(rights.RIGHTS, "write", rights.Right.STAFF)
    monkeypatch.setattr(app, "_got_first_request", False)
    app.add_url_rule("/write", "write", write, methods=["POST"])
    return gate


async def written(world: World) -> int:
    async with world.database.reading() as db:
        chosen = select(func.count()).select_from(Member).where(Member.display_name.like("written as%"))
        return int(await db.scalar(chosen) or 0)


async def drop(world: World, order: list[str] | None = None) -> None:
    async with world.database.writing() as db:
        await db.execute(update(Member).where(Member.id == world.members["carol"].id).values(role="member"))
    if order is not None:
        order.append("dropped")


@postgres_only
async def test_a_drop_waits_for_the_commit_of_what_is_being_written(
    app: Quart, world: World, database: Database, gate: Gate
) -> None:
    carol = await already_signed_in(app, world, "carol")
    order: list[str] = []
    posting = asyncio.create_task(carol.post("/write"))
    await asyncio.wait_for(gate.reached.wait(), 10)
    dropping = asyncio.create_task(drop(world, order))
    await true(lambda: waits_for_a_lock(database))
    assert order == []
    gate.opened.set()
    assert (await posting).status_code == 200
    await dropping
    assert await written(world) == 1
    assert (await carol.post("/write")).status_code == 403


@postgres_only
async def test_a_request_that_meets_a_drop_under_way_is_refused(
    app: Quart, world: World, database: Database, gate: Gate
) -> None:
    """It was let in with the role that it had; it waits for the drop, and then writes nothing."""
    carol = await already_signed_in(app, world, "carol")
    gate.opened.set()
    async with database.writing() as db:
        await db.execute(update(Member).where(Member.id == world.members["carol"].id).values(role="member"))
        posting = asyncio.create_task(carol.post("/write"))
        await true(lambda: waits_for_a_lock(database))
    reply = await posting
    assert reply.status_code == 403 and "just changed" in (await reply.get_data()).decode()
    assert await written(world) == 0 and not gate.reached.is_set()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda world: update(Member).values(state="suspended"), "just changed"),
        (lambda world: update(LoginSession).values(ended_at=world.now), "signed out"),
    ],
)
async def test_an_answer_is_not_recorded_after_the_right_to_send_it_has_gone(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch, change, words: str
) -> None:
    """Sending has two units of work; what happens between them counts too."""
    challenge = await world.add_challenge("squares")
    alice = await already_signed_in(app, world, "alice")
    gate, mark = Gate(), submissions.mark_bounded

    async def marked(*given):
        await gate.pause()
        return await mark(*given)

    monkeypatch.setattr(submissions, "mark_bounded", marked)
    sending = asyncio.create_task(alice.post(box_path(challenge), form={"answer": "x^2/2"}))
    await asyncio.wait_for(gate.reached.wait(), 10)
    async with world.database.writing() as db:
        await db.execute(change(world))
    gate.opened.set()
    reply = await sending
    assert reply.status_code == 403 and words in (await reply.get_data()).decode()
    async with world.database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Attempt)) == 0


@postgres_only
async def test_two_that_wait_for_each_other_are_told_to_try_again(
    app: Quart, world: World, database: Database
) -> None:
    """A deadlock that PostgreSQL broke up is no fault of ours, and nothing is lost by sending again."""
    ids = [world.members[name].id for name in ("alice", "bob")]

    async def lock(first: int, second: int, both: asyncio.Barrier) -> None:
        async with database.writing() as db:
            for number, id in enumerate((first, second)):
                await db.execute(text("SELECT 1 FROM members WHERE id = :id FOR UPDATE"), {"id": id})
                if not number:
                    await both.wait()

    both = asyncio.Barrier(2)
    found = await asyncio.gather(lock(*ids, both), lock(*ids[::-1], both), return_exceptions=True)
    (error,) = [one for one in found if one is not None]
    assert isinstance(error, DBAPIError)
    async with app.test_request_context("/logout", method="POST"):
        g.viewer = None
        reply = await errors._database(error)
    assert reply.status_code == 503 and reply.headers["Retry-After"]
    assert "Please try again" in (await reply.get_data()).decode()


@pytest.mark.parametrize(
    ("who", "path", "fields"),
    [
        ("alice", "/profile/export", {"format": "json"}),
        ("alice", "/profile/delete", {}),
        ("alice", "/profile/second-factor", {}),
        ("ada", "/console/roll-over", {"fingerprint": "another"}),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_waits_for_a_second_connection_with_one_in_hand(
    app: Mathsoc, world: World, who: str, path: str, fields: dict[str, str]
) -> None:
    """With the password fresh nothing else gives it back, and a pool of such requests waits for itself."""
    client = await already_signed_in(app, world, who)
    asked, held = watch(app.database), []
    event.listen(app.database.engine.sync_engine.pool, "checkout", lambda *_: held.append(asked.held))
    reply = await client.post(path, form=fields)
    assert reply.status_code in (200, 303, 422)
    assert max(held) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_connection_is_held_while_a_copy_is_written(
    app: Mathsoc, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await already_signed_in(app, world, "alice")
    asked, held = watch(app.database), []
    really = export.as_json

    def watched(copy: export.Copy) -> str:
        held.append(asked.held)
        return really(copy)

    monkeypatch.setattr(export, "as_json", watched)
    assert (await client.post("/profile/export", form={"format": "json"})).status_code == 200
    assert held == [0]
