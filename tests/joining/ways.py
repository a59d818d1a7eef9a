"""Ways to join, for tests: a school's domain, a class with a code, a slip."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mathsoc import ids
from mathsoc.joining.models import Slip
from mathsoc.joining.queries import code_hash
from mathsoc.schools.models import SchoolClass, SchoolDomain
from tests.support.world import World

PASSWORD = "marble oboe thunder cabbage"
DETAILS = {"real_name": "Zoe Marsh", "year": "10", "display_name": "Quiet Heron", "new_password": PASSWORD}


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
