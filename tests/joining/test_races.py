"""Many who join at once: one gets what there is one of, the others are told, and nothing is stored twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import func, select, update

from mathsoc.app import Mathsoc
from mathsoc.audit import AuditEntry
from mathsoc.members.models import Member
from mathsoc.schools.models import Society
from mathsoc.slips.models import Slip
from tests.joining.ways import DETAILS, add_class, add_domain, add_slip, link_by_mail, text, ticked
from tests.live.fakes import true
from tests.members.test_standing import waits_for_a_lock
from tests.support.world import World, already_signed_in

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
WORDS = [
    *("Abacus", "Acorn", "Angle", "Arc", "Badger", "Beacon", "Bear", "Beetle", "Bison", "Cedar"),
    *("Circle", "Comet", "Cone", "Crane", "Cube", "Curve", "Eagle", "Falcon", "Fern", "Finch"),
]


def people(number: int) -> list[dict[str, str]]:
    """So many different people with different names and passwords."""
    return [
        DETAILS
        | {
            "real_name": f"Pupil {n}",
            "display_name": f"Brave {WORDS[n]}",
            "new_password": f"marble oboe thunder {n}",
        }
        for n in range(number)
    ]


async def all_at_once(app: Quart, path: str, forms: list[dict[str, str]]) -> Counter[tuple[int, str]]:
    """Each form from a browser of its own; the replies by status and where they lead."""
    replies = await asyncio.gather(*[app.test_client().post(path, form=one) for one in forms])
    return Counter((reply.status_code, reply.headers.get("Location", "")) for reply in replies)


async def joined(world: World, **given: Any) -> int:
    chosen = select(func.count()).select_from(Member).where(Member.joined_by != "").filter_by(**given)
    async with world.database.reading() as session:
        return int(await session.scalar(chosen) or 0)


async def entries(world: World, action: str) -> int:
    async with world.database.reading() as session:
        chosen = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
        return int(await session.scalar(chosen) or 0)


async def test_one_slip_and_many_pupils(app: Quart, world: World) -> None:
    """Twenty times two at once, and ten at once: each slip makes one account."""
    for turn in range(20):
        code = await add_slip(world, real_name=f"Zoe {turn}")
        names = (f"Brave {WORDS[turn]}", f"Quiet {WORDS[turn]}")
        forms = [
            one | {"code": code, "display_name": name} for one, name in zip(people(2), names, strict=True)
        ]
        seen = await all_at_once(app, "/register/code", forms)
        assert seen == {(303, "/profile?notice=joined"): 1, (422, ""): 1}, turn
    assert (
        await joined(world) == await joined(world, joined_by="slip") == 20 == await entries(world, "joined")
    )
    async with world.database.reading() as session:
        owners = list(await session.scalars(select(Slip.member_id)))
    assert len(set(owners)) == 20 and None not in owners


async def test_the_last_places_of_a_class(app: Quart, world: World) -> None:
    one = await add_class(world, places=3)
    forms = [form | {"code": "k7wq-m3xz"} for form in people(10)]
    seen = await all_at_once(app, "/register/code", forms)
    assert seen == {(303, "/profile?notice=joined"): 3, (422, ""): 7}
    assert await joined(world, class_id=one.id) == 3 == await joined(world)


async def test_one_link_pressed_by_many(app: Mathsoc, world: World) -> None:
    await add_domain(world)
    link = await link_by_mail(app, app.test_client(), "zoe@northfield.example")
    seen = await all_at_once(app, link, people(8))
    assert seen == {(303, "/profile?notice=waiting"): 1, (410, ""): 7}
    assert await joined(world, email="zoe@northfield.example") == 1 == await joined(world)


async def test_one_display_name_and_many_who_chose_it(app: Mathsoc, world: World) -> None:
    """By three ways at once. Whoever is too late finds other names, and every way in still works."""
    await add_domain(world)
    await add_class(world)
    link = await link_by_mail(app, app.test_client(), "zoe@northfield.example")
    slips = [await add_slip(world) for _ in range(4)]
    doors = [
        *((link, one) for one in people(1)),
        *(("/register/code", one | {"code": "k7wq-m3xz"}) for one in people(4)[1:]),
        *(("/register/code", one | {"code": slip}) for one, slip in zip(people(8)[4:], slips, strict=True)),
    ]
    clients = [app.test_client() for _ in doors]
    replies = await asyncio.gather(
        *[
            client.post(path, form=form | {"display_name": "Quiet Heron"})
            for client, (path, form) in zip(clients, doors, strict=True)
        ]
    )
    assert Counter(reply.status_code for reply in replies) == {303: 1, 422: 7}
    assert await joined(world) == 1
    for n, (client, reply, (path, form)) in enumerate(zip(clients, replies, doors, strict=True)):
        if reply.status_code == 422:
            assert "just taken this name" in await text(reply)
            again = await client.post(path, form=form | {"display_name": f"Golden {WORDS[n]}"})
            assert again.status_code == 303
    assert await joined(world) == 8


async def test_leads_who_approve_the_same_pupils(app: Quart, world: World) -> None:
    """In opposite orders, and one by one: each is approved once, and nobody waits for ever."""
    names = [f"pupil{n}" for n in range(8)]
    for name in names:
        await world.add_member(name, state="pending")
    for n in range(4):
        await world.add_member(f"lead{n}", role="lead", year=None)
    leads = [await already_signed_in(app, world, f"lead{n}") for n in range(4)]
    ada = await already_signed_in(app, world, "ada")
    handles = [world.members[name].handle for name in names]
    replies = await asyncio.gather(
        *[
            lead.post("/console/joining/approvals", **ticked(handles[:: (-1) ** n]))
            for n, lead in enumerate(leads)
        ],
        *[ada.post(f"/console/joining/{handle}/approval") for handle in handles[:2]],
    )
    let_in = 0
    for reply in replies:
        assert reply.status_code in (303, 422)
        if reply.status_code == 303:
            let_in += int(reply.headers["Location"].partition("approved=")[2].partition("&")[0])
        else:
            assert "does not wait" in await text(reply)
    assert let_in == len(names) == await entries(world, "approved")


async def test_a_slip_that_is_used_while_the_school_year_turns(app: Quart, world: World) -> None:
    """Whoever comes first: the pupil is in the year above, as everybody else on the list."""
    code = await add_slip(world, year=10, created_at=world.now - timedelta(days=400))
    turned = asyncio.Event()

    async def turn() -> None:
        async with world.database.writing() as session:
            society = (await session.scalars(select(Society).with_for_update(key_share=True))).one()
            society.school_year = 2027
            await session.execute(update(Slip).values(year=Slip.year + 1))
            turned.set()
            await true(lambda: waits_for_a_lock(world.database))

    turning = asyncio.create_task(turn())
    await turned.wait()
    form = people(1)[0] | {"code": code}
    assert (await app.test_client().post("/register/code", form=form)).status_code == 303
    await turning
    async with world.database.reading() as session:
        assert await session.scalar(select(Member.year).where(Member.joined_by == "slip")) == 11
