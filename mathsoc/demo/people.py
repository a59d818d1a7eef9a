"""Sixty invented members of three schools, and four log-ins."""

from __future__ import annotations

import random
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.members.models import Member
from mathsoc.schools.models import School, SchoolClass

MEMBERS = 60
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
    classes = await _classes(session, [school.id for school in schools])
    found: dict[str, list[Member]] = {}
    for role in ("admin", "editor", "lead", "member"):
        found[role] = [_login(role, schools[0].id, password_hash, now)]
    choose = random.Random(2026)  # noqa: S311 - invented people, the same at every start
    names = [f"{mood} {animal}" for mood in _words(MOODS) for animal in _words(ANIMALS)]
    choose.shuffle(names)
    for index in range(MEMBERS - 1):
        school = schools[index % len(schools)]
        year = 7 + index % 7
        found["member"].append(
            Member(
                display_name=names[index],
                real_name=f"{choose.choice(_words(GIVEN))} {choose.choice(_words(FAMILY))}",
                email=f"pupil{index + 1}@{school.slug.replace('-', '')}.example",
                role="member",
                state="active",
                year=year,
                school_id=school.id,
                class_id=classes[school.id, year],
                created_at=now,
            )
        )
    for members in found.values():
        session.add_all(members)
    await session.flush()
    return found


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


async def _classes(session: AsyncSession, school_ids: list[int]) -> dict[tuple[int, int], int]:
    rows = {
        (school_id, year): SchoolClass(school_id=school_id, name=f"{year}M", year=year)
        for school_id in school_ids
        for year in range(7, 14)
    }
    session.add_all(rows.values())
    await session.flush()
    return {key: row.id for key, row in rows.items()}
