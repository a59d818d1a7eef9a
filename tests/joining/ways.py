"""Ways to join, for tests: a school's domain, a class with a code, a slip."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import select

from mathsoc import ids
from mathsoc.app import Mathsoc
from mathsoc.members.models import Member
from mathsoc.schools.models import SchoolClass, SchoolDomain
from mathsoc.slips.models import Slip
from mathsoc.slips.queries import code_hash
from tests.support.mails import arrived
from tests.support.world import World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

PASSWORD = "marble oboe thunder cabbage"
DETAILS = {"real_name": "Zoe Marsh", "year": "10", "display_name": "Quiet Heron", "new_password": PASSWORD}
OTHER = {
    "real_name": "Ken Ode",
    "year": "11",
    "display_name": "Brave Otter",
    "new_password": "violet gravel pumpkin sonnet",
}


async def add_domain(world: World, domain: str = "northfield.example", school: str = "northfield") -> None:
    async with world.database.writing() as session:
        session.add(SchoolDomain(domain=domain, school_id=world.schools[school].id))


async def add_class(world: World, code: str = "k7wq-m3xz", **given: Any) -> SchoolClass:
    values = {"school_id": world.schools["northfield"].id, "name": "10a", "year": 10, "places": 30}
    one = SchoolClass(join_code=ids.folded(code), **(values | given))
    async with world.database.writing() as session:
        session.add(one)
    return one


async def add_slip(world: World, **given: Any) -> str:
    """A slip; returns its code."""
    code = ids.spoken_code()
    values = {
        "school_id": world.schools["northfield"].id,
        "year": 10,
        "real_name": "Zoe Marsh",
        "created_at": world.now,
        "expires_at": world.now + timedelta(days=60),
    }
    async with world.database.writing() as session:
        session.add(Slip(code_hash=code_hash(code), **(values | given)))
    return code


async def text(reply: object) -> str:
    return (await reply.get_data()).decode()  # type: ignore[attr-defined]


async def newest(world: World) -> Member:
    async with world.database.reading() as session:
        found = (await session.scalars(select(Member).order_by(Member.id.desc()))).first()
    assert found is not None
    return found


async def link_by_mail(app: Mathsoc, client: TestClientProtocol, email: str) -> str:
    reply = await client.post("/register", form={"email": email})
    assert reply.status_code == 200 and "Look in your mail" in await text(reply)
    found = re.search(r"/verify-email/[\w-]+", (await arrived(app))[-1].body)
    assert found is not None
    return found[0]


def ticked(handles: list[str]) -> dict[str, Any]:
    """What a browser sends of a list in which these are ticked."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"data": urlencode([("handle", one) for one in handles]).encode(), "headers": kind}
