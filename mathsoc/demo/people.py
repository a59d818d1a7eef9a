"""Sixty invented members of three schools, four log-ins, and some who wait to be let in."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import ids
from mathsoc.members.models import Member
from mathsoc.schools.models import School, SchoolClass
from mathsoc.slips.models import Slip
from mathsoc.slips.queries import code_hash
from mathsoc.slips.rules import SLIP_LASTS

MEMBERS = 60
SIGN_IN_NAME = "calm-otter-20260"  # of one who has no address
CODES_LAST = timedelta(days=14)
NOT_JOINED = (("Wren Sample", 9), ("Ash Sample", 9), ("Bay Sample", 12))
MOODS = ("Quiet Amber Silver Brave Calm Swift Green Bold", "Merry Small Kind Warm Keen Tall Bright Gentle")
ANIMALS = ("Heron Fox Wren Otter Badger Marten Finch Plover", "Lark Ibis Stoat Robin Raven Crane Hare Newt")
GIVEN = (
    "Asha Ben Chloe Dev Ella Femi Grace Hugo Isla Jae",
    "Kit Leila Milo Nia Omar Priya Rosa Sam Tara Yusuf",
)
FAMILY = ("Abbott Brand Cole Dunn Ekwe Frost Gale Hussain", "Ives Jain Khan Lowe Marsh Nowak Okoro Price")


def _words(lines: tuple[str, ...]) -> list[str]:
    return " ".join(lines).split()


async def add(session: AsyncSession, now: datetime, password_hash: str) -> dict[str, list[Member]]:
    """Add everybody; returns them by role, each role's log-in first."""
    schools = (await session.scalars(select(School).order_by(School.id))).all()
    classes = await _classes(session, [school.id for school in schools], now)
    found: dict[str, list[Member]] = {}
    for role in ("admin", "editor", "lead", "member"):
        found[role] = [_login(role, schools[0].id, password_hash, now)]
    choose = random.Random(2026)  # noqa: S311 - invented people, the same at every start
    names = [f"{mood} {animal}" for mood in _words(MOODS) for animal in _words(ANIMALS)]
    choose.shuffle(names)
    for index in range(MEMBERS - 1):
        school = schools[index % len(schools)]
        year = 7 + index % 7
        member = Member(
            display_name=names[index],
            real_name=f"{choose.choice(_words(GIVEN))} {choose.choice(_words(FAMILY))}",
            email=f"pupil{index + 1}@{school.slug.replace('-', '')}.example",
            role="member",
            state="active",
            year=year,
            school_id=school.id,
            class_id=classes[school.id, year],
            created_at=now,
            joined_by="mail",
        )
        found["member"].append(member)
    _let_some_wait(found["member"], password_hash)
    for members in found.values():
        session.add_all(members)
    await session.flush()
    await _lists(session, schools[0], classes, now)
    return found


def _let_some_wait(members: list[Member], password_hash: str) -> None:
    """Something to do for the first school's lead: one to let in, a name to decide, one without an address.

    The first member is the log-in; of the others every third is at that school.
    """
    without, pending, wishing = members[4], members[7], members[10]
    without.email, without.login_name, without.joined_by = None, SIGN_IN_NAME, "class"
    without.password_hash = password_hash
    pending.state = "pending"
    wishing.wished_name = "Captain Cosine"


async def _lists(
    session: AsyncSession, school: School, classes: dict[tuple[int, int], int], now: datetime
) -> None:
    """Pupils of an approved list who have not joined yet; the codes of their slips are known to nobody."""
    session.add_all(
        Slip(
            code_hash=code_hash(ids.spoken_code()),
            school_id=school.id,
            class_id=classes[school.id, year],
            year=year,
            real_name=name,
            created_at=now,
            expires_at=now + SLIP_LASTS,
        )
        for name, year in NOT_JOINED
    )
    await session.flush()


def _login(role: str, school_id: int, password_hash: str, now: datetime) -> Member:
    return Member(
        display_name="Curious Kestrel" if role == "member" else f"Demo {role}",
        real_name="Robin Example" if role == "member" else f"Demo {role}",
        email=f"{role}@demo.example",
        password_hash=password_hash,
        role=role,
        state="active",
        year=10 if role == "member" else None,
        school_id=school_id if role in ("lead", "member") else None,
        created_at=now,
    )


async def _classes(session: AsyncSession, school_ids: list[int], now: datetime) -> dict[tuple[int, int], int]:
    rows = {
        (school_id, year): SchoolClass(
            school_id=school_id, name=f"{year}M", year=year, places=30, code_until=now + CODES_LAST
        )
        for school_id in school_ids
        for year in range(7, 14)
    }
    session.add_all(rows.values())
    await session.flush()
    return {key: row.id for key, row in rows.items()}
