"""Reading boards: rows with places for one audience, and a member's own place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.competitions import queries as competitions
from mathsoc.competitions import rules as competition_rules
from mathsoc.competitions.models import Competition, CompetitionStage
from mathsoc.errors import Missing
from mathsoc.leaderboards import rules
from mathsoc.members.rules import Viewer
from mathsoc.schools import queries as schools
from mathsoc.schools.models import Stage
from mathsoc.scoring import queries as scoring
from mathsoc.scoring.models import Standing

ROWS = 50


@dataclass(frozen=True)
class Row:
    place: int
    handle: str
    name: str
    school: str
    score: int


@dataclass(frozen=True)
class Board:
    """One page of one board, as one audience sees it."""

    id: str
    topic: str
    competition: str
    competition_slug: str
    stage: str
    stage_slug: str
    audience: str
    rows: Sequence[Row]
    total: int
    page: int
    pages: int
    as_of: datetime
    # The rows as they are drawn for everybody of the audience.
    lines: Sequence[Markup] = ()


@dataclass(frozen=True)
class OwnPlace:
    """A member's own place, which only that member is shown."""

    place: int | None
    score: int
    points_to_next: int | None
    next_place: int | None
    competition: str
    competition_slug: str
    stage: str
    stage_slug: str


async def rows(
    session: AsyncSession, competition: Competition, stage: Stage, audience: str, *, page: int, rows: int
) -> tuple[list[Row], int]:
    """The rows of one page, counted from 1, and how many there are on all pages."""
    ids = (competition.id, stage.id)
    offset = (page - 1) * rows
    found = await scoring.top(session, *ids, limit=rows, offset=offset)
    first = await scoring.place_of_score(session, *ids, found[0].score) if found and offset else None
    places = rules.places([one.score for one in found], before=offset, place=first)
    shown = [
        Row(place, one.handle, shown_name(one, audience), one.school, one.score)
        for place, one in zip(places, found, strict=True)
    ]
    return shown, await scoring.listed_count(session, *ids)


def page_of(
    competition: Competition,
    stage: Stage,
    audience: str,
    shown: Sequence[Row],
    total: int,
    *,
    page: int,
    rows: int,
    lines: Sequence[Markup] = (),
) -> Board:
    """A page of a board around its rows."""
    return Board(
        id=f"board-{competition.slug}-{stage.slug}",
        topic=topic(competition, stage),
        competition=competition.name,
        competition_slug=competition.slug,
        stage=stage.name,
        stage_slug=stage.slug,
        audience=audience,
        rows=shown,
        total=total,
        page=page,
        pages=max(1, -(-total // rows)),
        as_of=clock.now(),
        lines=lines,
    )


def topic(competition: Competition, stage: Stage) -> str:
    """The live topic of a board."""
    return f"board:{competition.slug}:{stage.slug}"


def shown_name(member: scoring.Ranked, audience: str) -> str:
    """Real names are for staff; everybody else sees the display name."""
    return (member.real_name if audience == "staff" else "") or member.display_name


async def find(session: AsyncSession, name: str, *, signed_in: bool) -> tuple[Competition, Stage]:
    """Competition and stage of `<competition>:<stage>`; raises Missing unless this viewer has them."""
    slug, _, stage_slug = name.partition(":")
    competition = await competitions.by_slug(session, slug, signed_in=signed_in)
    return competition, stage_of(competition, stage_slug)


def stage_of(competition: Competition, slug: str) -> Stage:
    for one in competition.boards:
        if one.stage.slug == slug:
            return one.stage
    raise Missing


async def default_stage(session: AsyncSession, competition: Competition, viewer: Viewer | None) -> Stage:
    """The viewer's own stage where the competition has it, else its first."""
    if not competition.boards:
        raise Missing
    own = await schools.stage_of_year(session, viewer.year) if viewer else None
    return next((one.stage for one in competition.boards if one.stage_id == own), competition.boards[0].stage)


async def own_place(
    session: AsyncSession, competition: Competition, stage: Stage, viewer: Viewer
) -> OwnPlace | None:
    """Where the viewer stands and how far the next place is; None without a score on this board.

    Whoever is not listed has a score and no place.
    """
    ids = (competition.id, stage.id)
    found = await scoring.standing(session, *ids, viewer.id)
    if found is None:
        return None
    place = await scoring.place_of_score(session, *ids, found.score) if found.listed else None
    above = await scoring.score_of_next_place(session, *ids, found.score) if found.listed else None
    return OwnPlace(
        place=place,
        score=found.score,
        points_to_next=None if above is None else above - found.score,
        next_place=None if above is None else await scoring.place_of_score(session, *ids, above),
        competition=competition.name,
        competition_slug=competition.slug,
        stage=stage.name,
        stage_slug=stage.slug,
    )


async def places_of(session: AsyncSession, member_id: int, viewer: Viewer | None) -> list[OwnPlace]:
    """Where a member stands on every board that the viewer may see, by the newest competition.

    Others see listed standings of competitions that go on. Oneself is shown every score one has, without a
    place where one is not listed.
    """
    own = viewer is not None and viewer.id == member_id
    chosen = (
        select(Standing.score, Standing.listed, scoring.members_above(), Competition, Stage)
        .join(Competition, Competition.id == Standing.competition_id)
        .join(Stage, Stage.id == Standing.stage_id)
        .join(
            CompetitionStage,
            (CompetitionStage.competition_id == Standing.competition_id)
            & (CompetitionStage.stage_id == Standing.stage_id),
        )
        .where(Standing.member_id == member_id)
        .order_by(Competition.starts_at.desc(), Competition.id, CompetitionStage.position)
    )
    if not own:
        chosen = chosen.where(Standing.listed.is_(True), Competition.archived_at.is_(None))
    return [
        OwnPlace(
            place=above + 1 if listed else None,
            score=score,
            points_to_next=None,
            next_place=None,
            competition=competition.name,
            competition_slug=competition.slug,
            stage=stage.name,
            stage_slug=stage.slug,
        )
        for score, listed, above, competition, stage in await session.execute(chosen)
        if competition_rules.may_see(competition.visibility, signed_in=viewer is not None)
    ]
