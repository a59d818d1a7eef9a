"""What an import holds while it writes, so that nobody changes it between the plan and the rows.

Editors lock the region of a text and then the thing; whoever sends a file with a post locks that and then
the quota. So here regions come first and then things, each in the order of their ids, and files after them.
"""

from __future__ import annotations

from sqlalchemy import or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.challenges.models import Challenge
from mathsoc.competitions.models import Competition
from mathsoc.db import insert_ignoring
from mathsoc.errors import Refused
from mathsoc.exchange.plan import plan as planned
from mathsoc.exchange.planned import CREATE, SAME, Plan
from mathsoc.exchange.rules import CHALLENGES, COMPETITIONS, POSTS
from mathsoc.publishing.models import Post
from mathsoc.writing.models import Region

LOCK = 0x6D6174687369  # "mathsi": names this lock among others of the same PostgreSQL server
MEANWHILE = "{} was changed while this was read, so nothing was imported; import again"
OWNERS: dict[str, type[Competition | Challenge | Post]] = {
    "competition_id": Competition,
    "challenge_id": Challenge,
    "post_id": Post,
}
FIELDS = {
    "challenge_id": ("solution", "statement"),
    "competition_id": ("introduction",),
    "post_id": ("body",),
}


async def alone(session: AsyncSession) -> None:
    """Until the end of this transaction no other import is in one; on SQLite nobody else writes anyway."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


async def hold(session: AsyncSession, given: dict[str, bytes], made: Plan) -> Plan:
    """Hold what `made` changes and plan once more: what was changed before that is seen, and then no more is.

    Raises Refused as the plan does, and where more would be changed now than is held.
    """
    things = await _things(session, made)
    for owner, ids in sorted(things.items()):
        for id in ids:
            for name in FIELDS[owner]:
                await insert_ignoring(
                    session, Region, {owner: id, "field": name, "revision": 0}, [owner, "field"]
                )
    columns = Region.__table__.c
    regions = select(Region.id).where(or_(*(columns[owner].in_(ids) for owner, ids in things.items())))
    await session.execute(regions.order_by(Region.id).with_for_update(key_share=True))
    for owner, model in OWNERS.items():
        those = select(model.id).where(model.id.in_(things[owner])).order_by(model.id)
        await session.execute(those.with_for_update(key_share=True))
    again = await planned(session, given)
    for path, what in sorted(again.what.items()):
        if what not in (SAME, made.what.get(path)):
            raise Refused(MEANWHILE.format(path))
    return again


async def _things(session: AsyncSession, made: Plan) -> dict[str, list[int]]:
    """The ids of what is there and will be changed, in their order, by the column of its regions."""
    changed = [made.entries[path] for path, what in made.what.items() if what not in (SAME, CREATE)]
    posts = {
        (POSTS[one.folder], before.name)
        for one in changed
        if one.folder in POSTS and (before := made.before(one.path)) is not None
    }
    # A new file of a challenge that is there changes that challenge.
    challenges = {
        one.name for one in made.entries.values() if one.folder == CHALLENGES and made.changes(one.path)
    }
    competitions = {one.name for one in changed if one.folder == COMPETITIONS}
    chosen = {
        "challenge_id": select(Challenge.id).where(Challenge.slug.in_(challenges)).order_by(Challenge.id),
        "competition_id": select(Competition.id)
        .where(Competition.slug.in_(competitions))
        .order_by(Competition.id),
        "post_id": select(Post.id).where(tuple_(Post.kind, Post.slug).in_(posts)).order_by(Post.id),
    }
    return {owner: list(await session.scalars(ids)) for owner, ids in chosen.items()}
