"""The ledger and its sums, on random histories."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.competitions.rules import ScoringRule
from mathsoc.leaderboards.rules import places
from mathsoc.members.models import Member
from mathsoc.scoring import audit, queries, rules, service
from mathsoc.scoring.models import Award, ScoreCount, Standing
from tests.support.world import World, noon

scores = st.lists(st.integers(-5, 40), max_size=40).map(lambda found: sorted(found, reverse=True))


@given(scores)
def test_a_place_is_one_more_than_the_members_with_more_points(found: list[int]) -> None:
    assert places(found) == [1 + sum(other > score for other in found) for score in found]


@given(scores.filter(len), st.data())
def test_pages_of_a_board_have_the_places_of_the_whole(found: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(found) - 1))
    first = 1 + sum(other > found[cut] for other in found)
    assert places(found[cut:], before=cut, place=first) == places(found)[cut:]


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 5).map(lambda n: noon() + timedelta(n)))))
def test_a_line_of_no_points_changes_nothing(lines: list[tuple[int, datetime]]) -> None:
    assert rules.total(lines) == rules.total([line for line in lines if line[0]])


def test_the_words_and_the_lines_of_a_scoring_rule_agree() -> None:
    rule = ScoringRule(completion_points=1, first_points=2)
    assert rule.in_words() == (
        "3 tries for each box. All boxes right: 1 point. Whoever is first to complete it gets 2 more."
    )
    assert sum(line.points for line in rules.completion_lines(rule, first=True)) == 3
    assert sum(line.points for line in rules.completion_lines(rule, first=False)) == 1


step = st.tuples(st.sampled_from(["alice", "bob"]), st.sampled_from(["ks3", "ks4"]), st.integers(-3, 5))
history = st.lists(step, max_size=12)


async def standings(session: AsyncSession) -> set[tuple[int, int, int, datetime]]:
    rows = await session.scalars(select(Standing).execution_options(populate_existing=True))
    return {(row.member_id, row.stage_id, row.score, row.reached_at) for row in rows}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=history)
async def test_standings_always_agree_with_the_ledger(
    world: World, steps: list[tuple[str, str, int]]
) -> None:
    async with world.database.writing() as session:
        for table in (Award, Standing, ScoreCount):
            await session.execute(delete(table))
    for index, (name, stage, points) in enumerate(steps):
        await world.give(name, points, stage=stage, minutes=index)
    async with world.database.writing() as session:
        assert await audit.check(session) == []
        before = await standings(session)
        await audit.rebuild(session)
        session.expire_all()
        assert before == await standings(session), "rebuilding changes no row"


async def test_whoever_is_hidden_moves_nobodys_place(world: World) -> None:
    await world.give("alice", 5)
    await world.give("bob", 3)
    board = (world.competitions["ladder"].id, world.stages["ks4"].id)
    async with world.database.writing() as session:
        assert await queries.place_of_score(session, *board, 3) == 2
        alice = await session.get_one(Member, world.members["alice"].id)
        alice.hidden = True
        await service.set_listed(session, alice)
    async with world.database.reading() as session:
        assert await queries.place_of_score(session, *board, 3) == 1
        assert [row.display_name for row in await queries.top(session, *board, limit=9)] == ["Display Bob"]
        assert await audit.check(session) == []


async def test_a_difference_is_found_and_mended(world: World) -> None:
    await world.give("alice", 5)
    async with world.database.writing() as session:
        await session.execute(update(Standing).values(score=6))
        await session.execute(update(ScoreCount).values(members=2))
    async with world.database.writing() as session:
        assert len(await audit.check(session)) == 2
        await audit.rebuild(session)
    async with world.database.reading() as session:
        assert await audit.check(session) == []
