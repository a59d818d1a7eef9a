"""The scene that the proofs of rights play in: every role, and a challenge in every phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.challenges.models import Challenge
from mathsoc.db import Base, Database
from mathsoc.jobs import Job
from mathsoc.mailings.models import Mailing
from mathsoc.members.models import LoginSession
from mathsoc.publishing.models import Post, PostSlug
from mathsoc.reports.models import Report
from mathsoc.search import service as search
from mathsoc.uploads.models import Upload
from tests.joining.ways import add_class
from tests.live.fakes import true
from tests.publishing.posts import add_post
from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

CAST = ("anonymous", "alice", "bob", "lead", "carol", "ada", "suspended", "pending")
# What a reader of pages may move: when a session or a member was last seen, and what the log says of it.
MOVES_BY_READING = {("sessions", "seen_at"), ("members", "seen_at")}
LOGS = {"audit", "audit_details"}
Rows = dict[str, list[dict[str, Any]]]


@dataclass
class Scene:
    """The world with its names as they stand in addresses, and a client for each of the cast."""

    world: World
    names: dict[str, str] = field(default_factory=dict)
    clients: dict[str, TestClientProtocol] = field(default_factory=dict)

    def path(self, pattern: str) -> str:
        return pattern.format(**self.names)

    def fields(self, body: dict[str, str]) -> dict[str, str]:
        return {name: value.format(**self.names) for name, value in body.items()}


async def people(world: World) -> None:
    """The rest of the cast."""
    await world.add_member("lead", role="lead", year=None)
    await world.add_member("suspended", state="suspended")
    await world.add_member("pending", state="pending")
    await world.add_member("pia")  # whom staff act upon


async def challenges(world: World) -> dict[str, Challenge]:
    """One in each phase: open, locked, practice."""
    hour = timedelta(hours=1)
    times = {
        "squares": {},
        "done": {"release_at": world.now - 5 * hour, "lock_at": world.now - hour},
        "drill": {"practice": True, "lock_at": None},
    }
    return {slug: await world.add_challenge(slug, **given) for slug, given in times.items()}


async def classes(world: World) -> dict[str, str]:
    """A class at each school; returns their names in addresses."""
    return {
        f"{school}_class": (await add_class(world, f"{school}-code", name="10 x", school_id=one.id)).public_id
        for school, one in world.schools.items()
    }


async def unreleased(world: World) -> dict[str, Challenge]:
    """What only those who see keys may know of."""
    return {
        "draft": await world.add_challenge("draft", release_at=None, lock_at=None),
        "later": await world.add_challenge("later", release_at=world.now + timedelta(hours=3)),
    }


async def reported(world: World, *names: str) -> dict[str, str]:
    """A report by Alice about each of them, that staff may decide; their ids, by `<name>_report`."""
    made = {
        f"{name}_report": Report(
            subject_kind="display-name",
            shown=world.members[name].display_name,
            member_id=world.members[name].id,
            made_by_id=world.members["alice"].id,
            created_at=world.now,
        )
        for name in names
    }
    async with world.database.writing() as session:
        session.add_all(made.values())
    return {name: report.public_id for name, report in made.items()}


async def uploads(world: World) -> dict[str, str]:
    """Rows of two files of Carol's: one that nothing uses, and one that belongs to a newsletter's draft."""
    given = {"owner_id": world.members["carol"].id, "size": 4, "sha256": "0" * 64, "created_at": world.now}
    alone = Upload(kind="picture", media_type="image/png", name="a.png", width=1, height=1, **given)
    kept = Upload(kind="document", media_type="application/pdf", name="a.pdf", pages=1, **given)
    async with world.database.writing() as session:
        session.add_all([alone, kept])
        await session.flush()
        post = Post(kind="newsletter", slug="with-a-file", title="With a file", document_id=kept.id)
        post.created_at = post.updated_at = world.now
        session.add(post)
        await session.flush()
        session.add(PostSlug(kind=post.kind, slug=post.slug, post_id=post.id))
    return {"carol_upload": alone.public_id, "kept_upload": kept.public_id}


async def posts(world: World) -> None:
    """One for each audience."""
    kinds = {"For everybody": "article", "For members": "article", "For staff": "announcement"}
    for (title, kind), audience in zip(kinds.items(), ("public", "members", "staff"), strict=True):
        await add_post(world, title, kind=kind, audience=audience)


async def sent_by_mail(world: World) -> None:
    """A newsletter that was sent by mail; nobody waits for it."""
    async with world.database.writing() as session:
        post = Post(kind="newsletter", slug="by-mail", title="By mail", publish_at=world.now)
        post.body, post.created_at, post.updated_at = "<p>By mail</p>", world.now, world.now
        session.add(post)
        await session.flush()
        session.add(PostSlug(kind="newsletter", slug="by-mail", post_id=post.id))
        session.add(Mailing(post_id=post.id, title="By mail", begun_at=world.now, ended_at=world.now))


async def for_staff(world: World) -> dict[str, str]:
    """What staff act upon besides members; their names in addresses."""
    await sent_by_mail(world)
    return await classes(world) | await reported(world, "pia", "bob") | await uploads(world)


async def at_rest(world: World) -> None:
    """Wait until the application has done what it begins by itself: nothing more is read for the search."""

    async def done() -> bool:
        async with world.database.reading() as session:
            fill = await session.scalar(select(Job.due_at).where(Job.name == search.FILL))
            waiting = select(Job.id).where(Job.name == search.INDEX, Job.done_at.is_(None))
            return fill is not None and fill > clock.now() and await session.scalar(waiting) is None

    await true(done)


async def set_up(app: Quart, world: World) -> Scene:
    """Everybody signed in, the suspended member before the suspension; the application has come up."""

    await at_rest(world)  # its standing jobs are planned by itself soon after the start
    await people(world)
    await posts(world)
    made = await challenges(world) | await unreleased(world)
    scene = Scene(world)
    scene.names = {name: member.handle for name, member in world.members.items()}
    scene.names |= {f"{slug}_box": challenge.boxes[0].public_id for slug, challenge in made.items()}
    scene.names |= await for_staff(world)
    for name in ("carol_upload", "kept_upload"):
        await app.extensions["uploads"].put(scene.names[name], b"file")
    scene.clients = {"anonymous": app.test_client()}
    await at_rest(world)  # the search has read what was published
    for name in CAST[1:]:
        scene.clients[name] = await already_signed_in(app, world, name)
    async with world.database.reading() as session:
        kept = (await session.scalars(select(LoginSession).order_by(LoginSession.id))).all()
    by_id = {member.id: name for name, member in world.members.items()}
    scene.names |= {f"{by_id[one.member_id]}_session": one.public_id for one in kept}
    return scene


async def dump(database: Database, *, leave: set[tuple[str, str]] = MOVES_BY_READING) -> Rows:
    """Every row of every table but the logs, in the order of their keys, without the columns in `leave`."""
    found: Rows = {}
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in LOGS:
                continue
            rows = await session.execute(select(table).order_by(*table.primary_key))
            found[table.name] = [
                {name: value for name, value in row.items() if (table.name, name) not in leave}
                for row in rows.mappings()
            ]
    return found
