"""While nobody can administer the society every page leads to /setup; after that it is not there."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc import clock
from mathsoc.accounts.passwords import verify
from mathsoc.app import Mathsoc, create_app
from mathsoc.audit import AuditEntry
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.errors import Refused
from mathsoc.members.models import LoginSession, Member
from mathsoc.schools.models import School, Society, Stage, YearStage
from mathsoc.setup import service
from mathsoc.setup.models import SetupCode
from mathsoc.setup.rules import NewAdmin, NewSociety
from tests.support.asked import watch
from tests.support.world import HTMX, World, build

STRONG = "marble oboe thunder cabbage"
FORM = {
    "society": "Riverside Maths",
    "staff_contact": "maths@riverside.example",
    "stages": "scotland",
    "school": "Riverside High",
    "display_name": "Ms Okoro",
    "email": "Okoro@Riverside.example",
    "password": STRONG,
}


async def printed_code(database: Database) -> str:
    async with database.writing() as session:
        return await service.new_code(session, clock.now())


async def test_every_page_leads_to_setup(app: Quart) -> None:
    client = app.test_client()
    paths = {rule.rule for rule in app.url_map.iter_rules()} - {
        "/setup",
        "/healthz",
        "/readyz",
        "/static/<path:name>",
    }
    assert len(paths) > 15
    for path in [re.sub("<[^>]+>", "x", one) for one in paths] + ["/nothing/here"]:
        if path.startswith("/api/"):
            assert (await client.get(path)).status_code == 403
            continue
        for method in ("GET", "POST"):
            reply = await client.open(path, method=method)
            assert (reply.status_code, reply.headers.get("Location")) == (303, "/setup"), (method, path)
            reply = await client.open(path, method=method, headers=HTMX)
            assert (reply.status_code, reply.headers.get("HX-Redirect")) == (204, "/setup"), (method, path)
    for path in ("/setup", "/healthz", "/readyz", "/static/css/base.css"):
        assert (await client.get(path)).status_code == 200, path


async def test_setting_up_makes_everything_and_signs_in(app: Quart, database: Database) -> None:
    code = await printed_code(database)
    client = app.test_client()
    reply = await client.post("/setup", form={**FORM, "code": code.lower().replace("-", " ")})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
    text = await (await client.get("/")).get_data(as_text=True)
    assert "Ms Okoro" in text and "Riverside Maths" in text and "maths@riverside.example" in text
    async with database.reading() as session:
        (member,) = await session.scalars(select(Member))
        assert (member.role, member.state, member.year) == ("admin", "active", None)
        assert member.email == "okoro@riverside.example" and await verify(STRONG, member.password_hash)
        (society,) = await session.scalars(select(Society))
        assert not society.demo
        assert [one.name for one in await session.scalars(select(Stage).order_by(Stage.position))] == [
            "S1–S3",
            "S4",
            "S5–S6",
        ]
        years = {row.year: row.stage_id for row in await session.scalars(select(YearStage))}
        assert (
            sorted(years) == [1, 2, 3, 4, 5, 6] and years[1] == years[3] != years[4] != years[5] == years[6]
        )
        (school,) = await session.scalars(select(School))
        assert (school.slug, school.name) == ("riverside-high", "Riverside High")
        assert (await session.scalars(select(SetupCode))).all() == []
        (entry,) = await session.scalars(select(AuditEntry))
        assert (entry.action, entry.actor_id, entry.subject_id) == ("admin-created", None, member.id)


async def test_afterwards_it_is_a_missing_page_like_any_other(app: Quart, database: Database) -> None:
    code = await printed_code(database)
    admin, stranger = app.test_client(), app.test_client()
    await admin.post("/setup", form={**FORM, "code": code})
    for client, headers in ((stranger, {}), (stranger, HTMX), (admin, {}), (admin, HTMX)):
        missing = await client.get("/sutep", headers=headers)
        there = await client.get("/setup", headers=headers)
        assert there.status_code == missing.status_code == 404
        assert list(there.headers) == list(missing.headers)
        same = (await missing.get_data(as_text=True)).replace("sutep", "setup")
        assert await there.get_data(as_text=True) == same
    again = await stranger.post("/setup", form={**FORM, "code": code, "email": "other@riverside.example"})
    assert again.status_code == 404
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 1


async def test_in_production_it_goes_on_to_the_second_factor(config: Config, database: Database) -> None:
    app = create_app(replace(config, environment="production"))
    async with app.test_app():
        client = app.test_client()
        reply = await client.post("/setup", form={**FORM, "code": await printed_code(database)})
        assert reply.headers["Location"] == "/profile/second-factor"
        assert (await client.get("/challenges")).headers["Location"] == "/profile/second-factor"


async def test_the_door_costs_no_query_once_it_has_seen_an_administrator(app: Mathsoc, world: World) -> None:
    client = app.test_client()
    assert (await client.get("/")).status_code == 200
    asked = watch(app.database).statements
    assert (await client.get("/")).status_code == 200
    assert asked and not [one for one in asked if "FROM members" in one]


async def test_a_wrong_code_makes_nothing_and_keeps_what_was_typed(app: Quart, database: Database) -> None:
    code = await printed_code(database)
    client = app.test_client()
    for wrong in ("", "AAAA-BBBB-CCCC-DDDD", code[:-1], code + "b", "x" * 20_000):
        reply = await client.post("/setup", form={**FORM, "code": wrong})
        text = await reply.get_data(as_text=True)
        assert reply.status_code == 422 and 'id="code-error"' in text
        assert "Riverside Maths" in text and "Ms Okoro" in text and STRONG not in text
        assert re.search(r'<option value="scotland" selected>', text)
    async with database.reading() as session:
        assert (await session.scalars(select(Member))).all() == []
        assert (await session.scalars(select(Society))).all() == []
    assert (await client.get("/")).headers["Location"] == "/setup"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"society": "  "}, "society", "Enter a name for the society."),
        ({"society": "x" * 121}, "society", "At most 120 letters."),
        ({"staff_contact": "nobody"}, "staff_contact", "a whole e-mail address"),
        ({"staff_contact": "a@b.c?subject=x y"}, "staff_contact", "a whole e-mail address"),
        ({"display_name": ""}, "display_name", "Enter a name."),
        ({"display_name": "x" * 61}, "display_name", "At most 60 letters."),
        ({"email": "okoro@riverside"}, "email", "a whole e-mail address"),
        ({"email": "zoë@riverside.example"}, "email", "a whole e-mail address"),
        ({"email": "a..b@riverside.example"}, "email", "a whole e-mail address"),
        ({"email": '"a"@riverside.example'}, "email", "a whole e-mail address"),
        ({"email": "a,b@riverside.example"}, "email", "a whole e-mail address"),
        ({"email": "İ" * 64 + "@riverside.example"}, "email", "a whole e-mail address"),
        ({"email": "a" * 250 + "@b.example"}, "email", "email-error"),
        ({"password": ""}, "password", "Choose a password."),
        ({"password": "short"}, "password", "at least 15 characters"),
        ({"password": "riversidemaths2026"}, "password", "password-error"),
        ({"password": "x" * 5000}, "password", "password-error"),
        ({"stages": "atlantis"}, "stages", "Choose one of these."),
        ({"school": "x" * 121}, "school", "At most 120 letters."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_field_says_what_it_needs(
    app: Quart, database: Database, change: dict[str, str], field: str, words: str
) -> None:
    code = await printed_code(database)
    reply = await app.test_client().post("/setup", form={**FORM, **change, "code": code})
    text = await reply.get_data(as_text=True)
    assert reply.status_code == 422 and words in text and f'id="{field}-error"' in text
    assert text.count('aria-invalid="true"') == 1, "and no other field is at fault"
    (focused,) = re.findall(r"<(?:input|select) [^>]*autofocus[^>]*>", text)
    assert f'id="{field}"' in focused and "<title>Error: Set up" in text
    assert STRONG not in text
    async with database.reading() as session:
        assert (await session.scalars(select(Member))).all() == []
    done = await app.test_client().post("/setup", form={**FORM, "code": code})
    assert done.status_code == 303, "the code is not spent by a mistake"


async def test_it_asks_for_few_things(app: Quart) -> None:
    text = await (await app.test_client().get("/setup")).get_data(as_text=True)
    assert 0 < len(re.findall(r"<input[^>]+ required", text)) <= 12
    assert "Challenges" not in text, "no links that lead back here"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_wrong_codes_are_few(config: Config, database: Database) -> None:
    app = create_app(replace(config, rate_scale=1.0))
    code = await printed_code(database)
    async with app.test_app():
        client = app.test_client()
        short = {**FORM, "code": code, "password": "short"}
        for _ in range(12):
            assert (await client.post("/setup", form=short)).status_code == 422, "the right code is free"
        for _ in range(10):
            assert (await client.post("/setup", form={**FORM, "code": "wrong"})).status_code == 422
        reply = await client.post("/setup", form={**FORM, "code": code})
        assert reply.status_code == 429 and 0 < int(reply.headers["Retry-After"]) <= 600
        text = await reply.get_data(as_text=True)
        assert re.search(r'id="code-error".*Too many wrong codes\. Try again at \d\d:\d\d, or start', text)
        assert all(f'value="{FORM[name]}"' in text for name in ("society", "email")), "nothing typed is lost"
        assert STRONG not in text


async def test_a_new_start_makes_the_old_code_worthless(app: Quart, database: Database) -> None:
    old, new = await printed_code(database), await printed_code(database)
    assert old != new and re.fullmatch(r"[2-9B-Z]{4}(-[2-9B-Z]{4}){3}", new)
    client = app.test_client()
    assert (await client.post("/setup", form={**FORM, "code": old})).status_code == 422
    assert (await client.post("/setup", form={**FORM, "code": new})).status_code == 303
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(LoginSession)) == 1


async def test_of_many_at_once_one_wins(database: Database) -> None:
    code = await printed_code(database)

    async def come(number: int) -> bool:
        admin = NewAdmin(f"admin{number}@riverside.example", f"Admin {number}", "hash")
        try:
            async with database.writing() as session:
                await service.set_up(session, code, NewSociety("S", "a@b.example", "one"), admin, clock.now())
        except Refused as error:
            assert error.field == "code"
            return False
        return True

    results = await asyncio.gather(*(come(number) for number in range(10)))
    assert results.count(True) == 1
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 1


async def test_two_starts_at_once_leave_one_code(database: Database) -> None:
    codes = await asyncio.gather(*(printed_code(database) for _ in range(5)))
    async with database.reading() as session:
        (row,) = await session.scalars(select(SetupCode))
    assert row.code_hash in {service.code_hash(one) for one in codes}


async def test_a_society_that_stands_is_kept(app: Quart, database: Database) -> None:
    """All that was lost is the administrator: the form asks for no society."""
    async with database.writing() as session:
        session.add(Society(name="Old Society"))
        session.add(
            Member(
                email="pupil@a.example",
                display_name="P",
                role="member",
                state="active",
                created_at=clock.now(),
            )
        )
    code, client = await printed_code(database), app.test_client()
    assert 'name="society"' not in await (await client.get("/setup")).get_data(as_text=True)
    taken = await client.post("/setup", form={**FORM, "code": code, "email": "pupil@a.example"})
    assert taken.status_code == 422 and b"an account with this" in await taken.get_data()
    assert (await client.post("/setup", form={**FORM, "code": code})).status_code == 303
    async with database.reading() as session:
        assert [one.name for one in await session.scalars(select(Society))] == ["Old Society"]


async def test_an_administrator_who_cannot_sign_in_is_none(app: Quart, database: Database) -> None:
    world = await build(database)
    async with database.writing() as session:
        (await session.get_one(Member, world.members["ada"].id)).state = "suspended"
    assert (await app.test_client().get("/")).headers["Location"] == "/setup"
