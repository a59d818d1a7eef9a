"""The search page: hostile questions, pages, the fragment; and what it costs when there is much."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quart import Quart
from sqlalchemy import insert, text

from mathsoc import clock
from mathsoc.publishing.models import Post
from mathsoc.search import queries, rules
from tests.search.writing import fill, post
from tests.support.asked import watch
from tests.support.world import HTMX, World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

HOSTILE = (
    *('"', '""', "'", "''", "\\", "*", "**", "(", ")", "()", ":", ":*", "&", "|", "!", "<->", "-", "--", ";"),
    *(
        "a*",
        "*a",
        '"a',
        "'a'",
        "a:b",
        "title:x",
        "NEAR(a b, 2)",
        "a AND",
        "OR",
        "NOT x",
        "^a",
        "a + b",
        "{a}",
    ),
    *("x' OR '1'='1", "%", "_", "<b>x</b>", "<script>alert(1)</script>", "1/2", "x²", "√2", "½", "​", "‮abc"),
    *(
        "مرحبا بالعالم",
        "שלום",
        "日本語",
        "e\u0301",
        "\x02x\x03",
        "\r\n",
        "ﬁ",
        "İ",
        "ß",
        "1e999",
        "-1",
        "0x1F",
        "💥",
    ),
    *(
        "a " * 90,
        "x" * 900,
        '"' * 200,
        "(" * 200,
        "the",
        "$1",
        ":q",
        "?",
        "@@",
        "\u0301",
        "a\u00adb",
        "\ufeff",
    ),
)


async def page(client: TestClientProtocol, asked: str, more: str = "") -> tuple[int, str]:
    reply = await client.get(f"/search?q={quote(asked)}{more}")
    return reply.status_code, await reply.get_data(as_text=True)


async def test_no_question_is_an_operator_or_a_fault(app: Quart, world: World) -> None:
    await post(world, "gnomon")
    client = app.test_client()
    for asked in HOSTILE:
        status, shown = await page(client, asked)
        assert status == 200 and 'id="results"' in shown and "<script>alert" not in shown, asked
    # What no database keeps is nowhere, and what is longer than any address is refused as such.
    assert (await page(client, "a\x00b"))[0] == 404
    assert (await page(client, "a" * 10_000))[0] == 414
    for number in ("0", "-1", "x", "9999999"):
        assert (await page(client, "gnomon", f"&page={number}"))[0] == 404
    assert "There is no page 7" in (await page(client, "gnomon", "&page=7"))[1]


async def test_any_text_can_be_asked(world: World) -> None:
    await post(world, "gnomon")

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=80).filter(lambda text: "\x00" not in text))
    def asked(text: str) -> None:
        texts.append(text)

    texts: list[str] = []
    asked()
    async with world.database.reading() as session:
        for text in texts:
            found = await queries.search(session, rules.read(text), None, world.now)
            assert found.total <= 1


async def test_the_page_its_fragment_and_its_words(app: Quart, world: World) -> None:
    for number in range(23):
        await post(world, f"knot-{number}", body="<p>A &lt;b&gt;knot&lt;/b&gt;</p>")
    client = app.test_client()
    _, whole = await page(client, "knot")
    assert "<h1>Search</h1>" in whole and "23 things found" in whole and "Page 1 of 2" in whole
    assert "<mark>Knot</mark>" in whole and "&lt;b&gt;<mark>knot</mark>" in whole
    _, second = await page(client, "knot", "&page=2")
    assert second.count("<li>") == 3 and "Page 2 of 2" in second
    reply = await client.get("/search?q=knot", headers=HTMX)
    fragment = await reply.get_data(as_text=True)
    assert fragment.lstrip().startswith('<section id="results"') and "<h1>" not in fragment
    assert "Write a word or two" in (await page(client, "the of"))[1]
    assert "Nothing found" in (await page(client, "zebra"))[1]
    status, empty = await page(client, "")
    assert status == 200 and "found" not in empty.partition('id="results"')[2].partition("</section>")[0]
    home = await (await client.get("/challenges")).get_data(as_text=True)
    assert 'class="site-search" href="/search"' in home


async def many(world: World, count: int, start: int = 0) -> None:
    """So many articles, all with some words in common, read for the search."""
    rows = [
        {
            "public_id": f"bmany{number}",
            "kind": "article",
            "slug": f"many-{number}",
            "title": f"Lemma {number}",
            "summary": f"Word{number % 50} of common interest",
            "body": f"<p>common text number {number} "
            + "of things that are said in every article " * 20
            + "</p>",
            "audience": "public",
            "credit": "",
            "pinned": False,
            "publish_at": world.now - timedelta(minutes=number + 1),
            "created_at": world.now,
            "updated_at": world.now,
        }
        for number in range(start, start + count)
    ]
    async with world.database.writing() as session:
        await session.execute(insert(Post), rows)


PATHS = ("/search?q=word7", "/search?q=common+interest", "/feed.xml", "/feed/articles.xml", "/calendar.ics")


async def cost(app: Quart, client: TestClientProtocol, path: str) -> tuple[int, float]:
    """Statements of one request, and the median of its time."""
    asked = watch(app.database)  # type: ignore[attr-defined]
    await client.get(path)
    asked.clear()
    await client.get(path)
    statements = len([one for one in asked.statements if not one.startswith("BEGIN")])
    times = []
    for _ in range(7):
        started = time.perf_counter()
        assert (await client.get(path)).status_code == 200
        times.append(time.perf_counter() - started)
    return statements, median(times)


@pytest.mark.timed
async def test_five_thousand_articles_cost_little_more_than_fifty(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    monkeypatch.setattr("mathsoc.search.service.CHUNK", 500)
    await many(world, 50)
    await fill(world.database)
    few = {path: await cost(app, client, path) for path in PATHS}
    await many(world, 4_950, start=50)
    await fill(world.database)
    if not world.database.sqlite:
        async with world.database.writing() as session:
            await session.execute(text("ANALYZE"))  # as it does by itself within a minute
    monkeypatch.setattr(clock, "now", lambda: world.now)
    lots = {path: await cost(app, client, path) for path in PATHS}
    for path in PATHS:
        assert lots[path][0] == few[path][0] <= 5, path
        assert lots[path][1] <= 3 * few[path][1], (path, few[path], lots[path])
