"""The copy of one's data: for people and for programs, about nobody else, quick whatever there is."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from quart import Quart
from sqlalchemy import insert, update

from mathsoc import audit
from mathsoc.audit import Action
from mathsoc.privacy import wording
from mathsoc.reports.models import Report
from mathsoc.submissions.models import Attempt
from tests.privacy.everything import add_zoe
from tests.support.world import World, already_signed_in

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Reader(HTMLParser):
    """What a browser would load for the page, and the words of its heads."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [
            value or "" for name, value in attributes if name in ("src", "href", "srcset", "style")
        ]


async def copy_of(app: Quart, world: World, name: str, how: str) -> str:
    client = await already_signed_in(app, world, name)
    reply = await client.post("/profile/export", form={"format": how})
    assert reply.status_code == 200
    return (await reply.get_data()).decode()


@ONCE
async def test_the_page_is_for_reading(app: Quart, world: World) -> None:
    """Offline, in words, with the society's time; nothing of how it is stored."""
    zoe = await add_zoe(world)
    at = datetime(2026, 7, 1, 11, 30, tzinfo=UTC)
    change = {"before": {"display_name": "Old Owl"}, "after": {"display_name": "Zqshown Heron"}}
    async with world.database.writing() as session:
        await audit.record(session, Action.NAME_CHANGED, at, actor_id=zoe.id, member_id=zoe.id, **change)
    page = await copy_of(app, world, "zoe", "html")
    reader = Reader()
    reader.feed(page)
    assert reader.loads == [] and not reader.tags & {"script", "link", "img", "style", "iframe"}
    assert "1 Jul 2026, 12:30:00" in page and "display name: Old Owl" in page
    assert "sign-in name" not in page, "what she has none of is left out"
    for raw in ("_at", "{&#39;", "None", "True", "+00:00", "_id"):
        assert raw not in re.sub(r"zq\w*|Zq\w*", "", page), raw
    heads = set(re.findall(r"<h2>(.*?)</h2>", page))
    assert {"Your account", "Answers that you have sent", "Points"} <= heads <= set(wording.TABLES.values())


@ONCE
async def test_it_is_about_nobody_else(app: Quart, world: World) -> None:
    """Not who reported, in which words, who acted, or from where."""
    zoe = await add_zoe(world)
    async with world.database.writing() as session:
        about_her = update(Report).where(Report.member_id == zoe.id)
        await session.execute(about_her.values(reason="secretwitness"))
        by = {"actor_id": world.members["ada"].id, "member_id": zoe.id, "address": "192.0.2.99"}
        await audit.record(session, Action.SUSPENDED, world.now, **by, after={"state": "suspended"})
        tried = {"member_id": zoe.id, "address": "192.0.2.98"}
        await audit.record(session, Action.SIGN_IN_FAILED, world.now, **tried)
    for how in ("html", "json"):
        text = await copy_of(app, world, "zoe", how)
        for one in world.members.values():
            if one.id != zoe.id:
                assert one.real_name not in text and one.handle not in text
                assert (one.email or "") not in text
        assert "secretwitness" not in text and "192.0.2.9" not in text
        assert "sign-in-failed" in text and "zqaddress" in text
        assert "zqreason" in text, "her own words are hers"


@ONCE
async def test_json_has_moments_that_programs_read(app: Quart, world: World) -> None:
    await add_zoe(world)
    told = json.loads(await copy_of(app, world, "zoe", "json"))
    (account,) = told["tables"]["members"]
    assert datetime.fromisoformat(account["created_at"]).tzinfo is not None
    assert account["email"] == "zqmail-zoe@northfield.example" and "password_hash" not in account
    assert told["tables"]["waiting mail"][0]["kind"] == "reset"


@pytest.mark.timed
@ONCE
async def test_twenty_thousand_answers_are_written_within_a_minute(app: Quart, world: World) -> None:
    """The page and the file for programs alike."""
    await add_zoe(world)
    zoe = world.members["zoe"]
    challenge = await world.add_challenge("many")
    row = {
        "member_id": zoe.id,
        "challenge_id": challenge.id,
        "box_id": challenge.boxes[0].id,
        "answer": "x^2/2 + 1",
        "outcome": "incorrect",
        "method": "exact",
        "reason": "",
        "sends": 1,
        "key_revision": 1,
    }
    rows = [
        row
        | {"number": n, "token": f"t{n}", "public_id": f"m{n}"}
        | dict.fromkeys(("received_at", "recorded_at"), world.now + timedelta(seconds=n))
        for n in range(1, 20_001)
    ]
    async with world.database.writing() as session:
        await session.execute(insert(Attempt), rows)
    for how in ("html", "json"):
        began = time.monotonic()
        text = await copy_of(app, world, "zoe", how)
        assert time.monotonic() - began < 60
        assert text.count("x^2/2 + 1") == 20_000


def test_every_cell_is_in_words() -> None:
    zone = ZoneInfo("Europe/London")
    moment = datetime(2026, 1, 1, 9, tzinfo=UTC)
    cells = [None, "", {}, [], True, False, 3, moment, {"a_b": [1, None], "role": "lead"}]
    said = ["", "", "", "", "yes", "no", "3", "1 Jan 2026, 09:00:00", "a b: 1; ; role: lead"]
    assert [wording.cell(one, zone) for one in cells] == said
