"""Reading challenges, through the viewer: the thing, or Missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload, undefer

from mathsoc.challenges import rules
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.competitions import rules as competition_rules
from mathsoc.competitions.models import Competition
from mathsoc.errors import Missing
from mathsoc.live.models import LiveTopic


@dataclass(frozen=True)
class Card:
    """A released challenge as lists show it."""

    slug: str
    title: str
    topic: str
    stage: str
    stage_slug: str
    stage_id: int
    competition: str
    competition_slug: str
    competition_id: int
    own_stage_only: bool
    phase: rules.Phase
    released_at: datetime
    locks_at: datetime | None


def window(challenge: Challenge) -> rules.Window:
    """The times of a challenge whose competition is loaded."""
    return rules.Window(
        release_at=challenge.release_at,
        lock_at=challenge.lock_at,
        locked_at=challenge.locked_at,
        practice=challenge.practice,
        opens_at=challenge.competition.starts_at,
        closes_at=challenge.competition.ends_at,
    )


async def released(
    session: AsyncSession,
    now: datetime,
    *,
    signed_in: bool,
    competition_id: int | None = None,
    limit: int = 200,
) -> list[Card]:
    """Released challenges that this viewer may see, newest first."""
    chosen = _listed(signed_in).where(Challenge.release_at <= now, Competition.starts_at <= now)
    if competition_id is not None:
        chosen = chosen.where(Challenge.competition_id == competition_id)
    found = (await session.scalars(chosen.limit(limit))).all()
    return [_card(challenge, now) for challenge in found]


def by_phase(cards: Sequence[Card]) -> dict[str, list[Card]]:
    """As the list shows them: open, practice, locked."""
    phases = {"open": rules.Phase.OPEN, "practice": rules.Phase.PRACTICE, "locked": rules.Phase.LOCKED}
    return {name: [card for card in cards if card.phase is phase] for name, phase in phases.items()}


async def on_topics(
    session: AsyncSession, now: datetime, topics: Sequence[str], *, signed_in: bool, limit: int = 6
) -> list[Card]:
    """Released challenges on any of these topics (in small letters), newest first."""
    chosen = _listed(signed_in).where(
        Challenge.release_at <= now, Competition.starts_at <= now, func.lower(Challenge.topic).in_(topics)
    )
    return [_card(challenge, now) for challenge in await session.scalars(chosen.limit(limit))]


async def any_released(session: AsyncSession, now: datetime, *, signed_in: bool) -> bool:
    """Whether this viewer may see a challenge at all, open or not."""
    return bool(await released(session, now, signed_in=signed_in, limit=1))


async def open_now(session: AsyncSession, now: datetime, *, signed_in: bool, limit: int = 12) -> list[Card]:
    """Challenges open for points, the next to lock first."""
    still_open = and_(
        Challenge.release_at <= now,
        Competition.starts_at <= now,
        Challenge.practice.is_(False),
        *(
            or_(moment.is_(None), moment > now)
            for moment in (Challenge.lock_at, Challenge.locked_at, Competition.ends_at)
        ),
    )
    found = (await session.scalars(_listed(signed_in).where(still_open).limit(limit))).all()
    cards = [_card(challenge, now) for challenge in found]
    return sorted(cards, key=lambda card: (card.locks_at is None, card.locks_at or now, card.title))


async def shown(
    session: AsyncSession, slug: str, now: datetime, *, signed_in: bool, sees_keys: bool = False
) -> Challenge:
    """A challenge with its boxes, without any key; raises Missing where this viewer has none.

    Unreleased ones are there for those who see keys only, and otherwise missing like any unknown slug.
    """
    return (await shown_and_version(session, slug, now, signed_in=signed_in, sees_keys=sees_keys))[0]


async def shown_and_version(
    session: AsyncSession, slug: str, now: datetime, *, signed_in: bool, sees_keys: bool = False
) -> tuple[Challenge, int]:
    """`shown`, and how often its texts have changed, in the statement that reads the row."""
    row = (
        await session.execute(
            select(Challenge, func.coalesce(LiveTopic.version, 0))
            .outerjoin(LiveTopic, LiveTopic.topic == topic(slug))
            .where(Challenge.slug == slug)
            .options(
                # Mostly drawn already: see web/kept.py.
                defer(Challenge.statement, raiseload=True),
                joinedload(Challenge.competition),
                joinedload(Challenge.stage),
                selectinload(Challenge.boxes),
            )
        )
    ).first()
    if row is None or not competition_rules.may_see(row[0].competition.visibility, signed_in=signed_in):
        raise Missing
    if not window(row[0]).phase(now).released and not sees_keys:
        raise Missing
    return row[0], row[1]


def topic(slug: str) -> str:
    """The live topic of one challenge: announced by whoever changes its statement or its solution."""
    return f"challenge:{slug}"


async def statement(session: AsyncSession, challenge_id: int) -> str:
    """The statement as it is stored now, whatever was loaded before."""
    found = await session.scalar(select(Challenge.statement).where(Challenge.id == challenge_id))
    return found or ""


async def solution(session: AsyncSession, challenge_id: int) -> str:
    """The worked solution; ask only for a challenge whose answers may be shown."""
    found = await session.scalar(select(Challenge.solution).where(Challenge.id == challenge_id))
    return found or ""


async def accepted_answers(session: AsyncSession, challenge_id: int) -> dict[str, tuple[str, list[str]]]:
    """Key and further accepted keys by public box id; ask only where answers may be shown."""
    rows = await session.execute(
        select(AnswerBox.public_id, AnswerBox.key, AnswerBox.also).where(
            AnswerBox.challenge_id == challenge_id
        )
    )
    return {public_id: (key, also) for public_id, key, also in rows}


async def box_with_key(session: AsyncSession, box_id: int) -> AnswerBox:
    """A box with what marking needs; never for a page."""
    return (
        await session.scalars(
            select(AnswerBox)
            .where(AnswerBox.id == box_id)
            .options(undefer(AnswerBox.key), undefer(AnswerBox.also))
            .execution_options(populate_existing=True)
        )
    ).one()


def _listed(signed_in: bool) -> Select[Challenge]:
    chosen = (
        select(Challenge)
        .join(Challenge.competition)
        .options(contains_eager(Challenge.competition), joinedload(Challenge.stage))
        .where(Competition.archived_at.is_(None))
        .order_by(Challenge.release_at.desc(), Challenge.id.desc())
    )
    return chosen if signed_in else chosen.where(Competition.visibility == "public")


def _card(challenge: Challenge, now: datetime) -> Card:
    times = window(challenge)
    assert times.released_at is not None
    return Card(
        slug=challenge.slug,
        title=challenge.title,
        topic=challenge.topic,
        stage=challenge.stage.name,
        stage_slug=challenge.stage.slug,
        stage_id=challenge.stage_id,
        competition=challenge.competition.name,
        competition_slug=challenge.competition.slug,
        competition_id=challenge.competition_id,
        own_stage_only=challenge.competition.answers == "own",
        phase=times.phase(now),
        released_at=times.released_at,
        locks_at=times.locks_at,
    )


def box_of(challenge: Challenge, public_id: str) -> AnswerBox:
    """The challenge's box of this id; raises Missing for another challenge's."""
    for box in challenge.boxes:
        if box.public_id == public_id:
            return box
    raise Missing
