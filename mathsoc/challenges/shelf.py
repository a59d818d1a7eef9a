"""Statements and worked solutions, as texts that are edited in place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer

from mathsoc import clock
from mathsoc.challenges import queries
from mathsoc.challenges.models import Challenge
from mathsoc.challenges.rules import Phase
from mathsoc.competitions import rules as competition_rules
from mathsoc.errors import Missing
from mathsoc.live.service import announce
from mathsoc.members.rules import SEES_KEYS, Viewer
from mathsoc.writing.shelves import Thing

Count = Callable[[AsyncSession, int], Awaitable[int]]


class ChallengeShelf:
    """`answered` counts the members who have sent an answer to a challenge."""

    name = "challenges"
    owner = "challenge_id"
    fields: Mapping[str, str] = {"statement": "Statement", "solution": "Worked solution"}

    def __init__(self, answered: Count) -> None:
        self._answered = answered

    async def find(self, session: AsyncSession, slug: str) -> Thing:
        challenge = await session.scalar(
            select(Challenge)
            .where(Challenge.slug == slug)
            .options(joinedload(Challenge.competition), undefer(Challenge.solution))
            .execution_options(populate_existing=True)
        )
        if challenge is None:
            raise Missing
        window, now = queries.window(challenge), clock.now()
        moments = {
            words: moment
            for words, moment in (
                ("after the release", window.released_at),
                ("after the lock", window.locks_at),
            )
            if moment is not None and moment > now
        }
        return Thing(
            shelf=self.name,
            owner=self.owner,
            id=challenge.id,
            slug=challenge.slug,
            title=challenge.title,
            path=f"/challenges/{challenge.slug}",
            texts={"statement": challenge.statement, "solution": challenge.solution},
            warnings=await self._warnings(session, challenge, window.phase(now)),
            hidden={
                field: f"Saved. Members see it once the challenge is {words}."
                for field, words in (("statement", "released"), ("solution", "locked"))
                if not _out(window.phase(now), field)
            },
            moments=moments,
        )

    async def _warnings(self, session: AsyncSession, challenge: Challenge, phase: Phase) -> dict[str, str]:
        if not phase.released:
            return {}
        count = await self._answered(session, challenge.id)
        who = "nobody has answered yet" if not count else f"{count} members have answered"
        return {"statement": f"Released: {'one member has answered' if count == 1 else who}."}

    async def write(self, session: AsyncSession, thing: Thing, field: str, text: str, now: datetime) -> None:
        change = update(Challenge).where(Challenge.id == thing.id)
        await session.execute(change.values({field: text, "revision": Challenge.revision + 1}))
        await announce(session, queries.topic(thing.slug))

    async def readable(
        self, session: AsyncSession, ids: Collection[int], field: str, viewer: Viewer | None, now: datetime
    ) -> bool:
        sees_keys = viewer is not None and viewer.role in SEES_KEYS
        chosen = select(Challenge).where(Challenge.id.in_(ids)).options(joinedload(Challenge.competition))
        return any(
            sees_keys
            or (
                competition_rules.may_see(one.competition.visibility, signed_in=viewer is not None)
                and _out(queries.window(one).phase(now), field)
            )
            for one in await session.scalars(chosen)
        )


def _out(phase: Phase, field: str) -> bool:
    """The solution is there for whom the answers are."""
    return phase is Phase.LOCKED if field == "solution" else phase.released
