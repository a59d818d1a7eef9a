"""Challenges of an import, with their answer boxes and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from mathsoc import ids
from mathsoc.challenges import queries
from mathsoc.challenges import service as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.competitions.models import Competition
from mathsoc.exchange import texts
from mathsoc.exchange.guards import MARKED_BY
from mathsoc.exchange.planned import Plan
from mathsoc.exchange.rules import BOXES, CHALLENGES, SOLUTION
from mathsoc.schools.models import Stage


async def write_challenges(
    session: AsyncSession, plan: Plan, now: datetime, searched: set[tuple[str, int]]
) -> set[str]:
    """Those of which a file is new or other than what is there; returns the topics to announce."""
    stages = {one.slug: one.id for one in await session.scalars(select(Stage))}
    competitions = {one.slug: one.id for one in await session.scalars(select(Competition))}
    slugs = sorted({entry.name for entry in plan.entries.values() if entry.folder == CHALLENGES})
    topics: set[str] = set()
    for slug in slugs:
        if not plan.changes(*(f"{CHALLENGES}/{slug}{ending}" for ending in (".html", SOLUTION, BOXES))):
            continue
        one = await _row(session, plan, slug, now)
        main = plan.entries.get(f"{CHALLENGES}/{slug}.html")
        if main is not None:
            for name, value in main.data.items():
                if name not in ("competition", "stage"):
                    setattr(one, name, value)
            one.competition_id = competitions[main.data["competition"]]
            one.stage_id = stages[main.data["stage"]]
        await _texts(session, plan, one, now)
        boxes = plan.entries.get(f"{CHALLENGES}/{slug}{BOXES}")
        if boxes is not None:
            await _boxes(session, one, boxes.data["boxes"])
        await challenges.plan_announcements(session, one)
        searched.add(("challenge", one.id))
        topics |= {queries.topic(slug), challenges.OPEN_TOPIC}
    return topics


async def _row(session: AsyncSession, plan: Plan, slug: str, now: datetime) -> Challenge:
    chosen = (
        select(Challenge)
        .where(Challenge.slug == slug)
        .options(
            undefer(Challenge.statement),
            undefer(Challenge.solution),
            selectinload(Challenge.boxes).options(undefer(AnswerBox.key), undefer(AnswerBox.also)),
        )
        .with_for_update(key_share=True)
    )
    found = await session.scalar(chosen)
    if found is None:
        found = Challenge(slug=slug, statement="", solution="", created_at=now, boxes=[], revision=0)
        session.add(found)
    found.revision += 1
    return found


async def _texts(session: AsyncSession, plan: Plan, one: Challenge, now: datetime) -> None:
    for field, ending in (("statement", ".html"), ("solution", SOLUTION)):
        path = f"{CHALLENGES}/{one.slug}{ending}"
        entry = plan.entries.get(path)
        if entry is None:
            continue
        before = plan.there.entries.get(path)
        setattr(one, field, entry.text or "")
        await session.flush()
        was = None if before is None else before.text or ""
        await texts.revised(session, "challenge_id", one.id, field, was, entry.text or "", now)


async def _boxes(session: AsyncSession, one: Challenge, rows: list[dict[str, Any]]) -> None:
    """Boxes in the order of the file; one that is not in it goes, where nobody has answered it."""
    await session.flush()
    there = {box.public_id: box for box in one.boxes}
    for position, row in enumerate(rows):
        box = there.pop(row["id"], None)
        if box is None:
            box = AnswerBox(public_id=row["id"] or ids.public_id(), challenge_id=one.id, key_revision=1)
            session.add(box)
        elif any(getattr(box, name) != row[name] for name in MARKED_BY):
            box.key_revision += 1
        box.position = position
        for name, value in row.items():
            if name != "id":
                setattr(box, name, value)
    for gone in there.values():
        await session.delete(gone)
    await session.flush()
