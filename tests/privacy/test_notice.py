"""The notice for children: short, easy, and shown where they join."""

from __future__ import annotations

import html
import re

import pytest
from quart import Quart

from mathsoc.schools.models import SchoolClass
from tests.support.world import World

MOST_WORDS, HIGHEST_GRADE = 300, 7.0
ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"[.:!?]+\s+|[.:!?]+$", text) if re.search(r"\w", one)]


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z’']+", text)


def syllables(word: str) -> int:
    """Groups of vowels, but for a silent e at the end."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee")) and count > 1
    return max(1, count - silent)


def grade(text: str) -> float:
    """Flesch and Kincaid's grade: the school year, in America, that can read this."""
    spoken = words(text)
    by_sentence = len(spoken) / len(sentences(text))
    return 0.39 * by_sentence + 11.8 * sum(map(syllables, spoken)) / len(spoken) - 15.59


async def notice(app: Quart, path: str, **form: str) -> str:
    client = app.test_client()
    reply = await (client.post(path, form=form) if form else client.get(path))
    page = (await reply.get_data()).decode()
    (section,) = re.findall(r'<section id="child-notice".*?</section>', page, re.DOTALL)
    parts = re.findall(r"<(?:h2|li|p)[^>]*>(.*?)</(?:h2|li|p)>", section, re.DOTALL)
    lines = (" ".join(html.unescape(re.sub(r"<[^>]+>", "", part)).split()) for part in parts)
    return "\n".join(line if line.endswith((".", ":")) else f"{line}." for line in lines)


def test_the_grade_tells_easy_from_hard() -> None:
    assert [syllables(one) for one in ("name", "account", "table", "three", "leaderboard")] == [1, 2, 2, 1, 3]
    assert grade("The cat sat on the mat. It was fat.") < 1
    hard = "Notwithstanding the aforementioned considerations, processing of personal information"
    assert grade(f"{hard} necessitates appropriate organisational safeguards.") > 15


@ONCE
async def test_it_is_short_and_easy(app: Quart, world: World) -> None:
    text = await notice(app, "/privacy")
    assert 80 < len(words(text)) <= MOST_WORDS
    assert grade(text) <= HIGHEST_GRADE, grade(text)


@ONCE
async def test_it_is_shown_at_joining(app: Quart, world: World) -> None:
    async with world.database.writing() as session:
        one = SchoolClass(school_id=world.schools["northfield"].id, name="10n", year=10)
        session.add(one)
    assert await notice(app, "/register", code=one.join_code) == await notice(app, "/privacy")
