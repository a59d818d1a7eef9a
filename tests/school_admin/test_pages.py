"""A school's pages: settings, domains, classes and their codes; each school's lead has their own alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.app import Mathsoc
from mathsoc.school_admin import rules
from mathsoc.schools.models import School, SchoolClass, SchoolDomain
from tests.console.people import logged, staffed, text_of
from tests.joining.ways import add_class
from tests.support.asked import watch
from tests.support.world import World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NORTH = "/console/schools/northfield"


async def post(client: TestClientProtocol, path: str, **form: str) -> tuple[int, str]:
    reply = await client.post(path, form=form)
    return reply.status_code, (await reply.get_data()).decode()


async def school(world: World, slug: str = "northfield") -> School:
    async with world.database.reading() as session:
        return await session.get_one(School, world.schools[slug].id)


async def the_class(world: World, one: SchoolClass) -> SchoolClass:
    async with world.database.reading() as session:
        return await session.get_one(SchoolClass, one.id)


@one_database
async def test_whose_pages_they_are(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    one = await add_class(world)
    paths = ("", "/settings", "/classes", "/slips", "/slips/renewal")
    posts = [NORTH + path for path in paths[1:]]
    posts += [f"/console/classes/{one.public_id}/{what}" for what in ("code", "closing", "places")]
    for path in posts:
        for who, status in (("elsewhere", 404), ("alice", 403), ("carol", 403)):
            assert (await post(clients[who], path))[0] == status, (who, path)
    for path in (NORTH, f"{NORTH}/slips", f"/console/classes/{one.public_id}"):
        for who, status in (("elsewhere", 404), ("alice", 403), ("lead", 200), ("ada", 200)):
            assert (await clients[who].get(path)).status_code == status, (who, path)
    assert (await the_class(world, one)).code_until is None
    on = await clients["elsewhere"].get("/console/schools")
    assert on.headers["Location"] == "/console/schools/eastgate"
    listed = await text_of(clients["ada"], "/console/schools")
    assert NORTH in listed and "/console/schools/eastgate" in listed


@one_database
async def test_settings(app: Quart, world: World) -> None:
    """The contact stands in the footer for the school's members; empty is the society's."""
    clients = await staffed(app, world)
    given = {"staff_contact": " Maths@Northfield.example ", "real_names": "y"}
    assert (await post(clients["lead"], f"{NORTH}/settings", **given))[0] == 303
    assert "mailto:maths@northfield.example" in await text_of(clients["alice"], "/")
    assert "mailto:staff@northfield.example" in await text_of(clients["bob"], "/")
    (_, detail) = (await logged(world, "school-changed"))[0]
    assert detail is not None and detail.after == {
        "staff_contact": "maths@northfield.example",
        "real_names": True,
    }
    assert (await post(clients["lead"], f"{NORTH}/settings", **given))[0] == 303
    assert len(await logged(world, "school-changed")) == 1, "nothing changed"
    status, page = await post(clients["lead"], f"{NORTH}/settings", staff_contact="nobody")
    assert status == 422 and 'id="settings-staff_contact-error"' in page and 'value="nobody"' in page
    assert (await school(world)).real_names
    assert (await post(clients["lead"], f"{NORTH}/settings"))[0] == 303
    now = await school(world)
    assert (now.staff_contact, now.real_names) == ("", False)
    assert "mailto:staff@northfield.example" in await text_of(clients["alice"], "/")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("northfield.sch.uk", None),
        (" @Northfield.SCH.uk ", None),
        ("xn--schle-kva.example", None),
        ("live.northfield.example", None),
        ("a@northfield.example", rules.ONLY_THE_END),
        ("*.northfield.example", rules.NO_WILDCARD),
        ("schüle.example", rules.PLAIN_LETTERS),
        ("nоrthfield.example", rules.PLAIN_LETTERS),
        ("northfield", rules.NO_DOMAIN),
        (".northfield.example", rules.NO_DOMAIN),
        ("northfield.example.", rules.NO_DOMAIN),
        ("north_field.example", rules.NO_DOMAIN),
        ("-a.example", rules.NO_DOMAIN),
        ("192.0.2.1", rules.NO_DOMAIN),
        ("a." * 130 + "example", rules.NO_DOMAIN),
        ("https://northfield.example", rules.NO_DOMAIN),
        ("gmail.com", rules.ANYBODY),
        ("GoogleMail.com", rules.ANYBODY),
        ("hotmail.co.uk", rules.ANYBODY),
        ("yahoo.fr", rules.ANYBODY),
        ("outlook.com", rules.ANYBODY),
        ("icloud.com", rules.ANYBODY),
        ("btinternet.com", rules.ANYBODY),
    ],
)
def test_which_domains_a_school_can_have(typed: str, problem: str | None) -> None:
    assert rules.problem(rules.normal(typed)) == problem


@one_database
async def test_domains_are_the_administrators(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    add, remove = f"{NORTH}/domains", f"{NORTH}/domains/removal"
    for who in ("lead", "elsewhere", "alice"):
        for path in (add, remove):
            assert (await post(clients[who], path, domain="northfield.example"))[0] == 403
    assert (await post(clients["ada"], add, domain=" Northfield.EXAMPLE"))[0] == 303
    shown = await text_of(clients["lead"], NORTH)
    assert "<code>northfield.example</code>" in shown and "domains/removal" not in shown
    joins = {"email": "zoe@northfield.example"}
    assert (await app.test_client().post("/register", form=joins)).status_code == 200
    assert "on the list already" in (await post(clients["ada"], add, domain="northfield.example"))[1]
    there = "/console/schools/eastgate/domains"
    status, page = await post(clients["ada"], there, domain="northfield.example")
    assert status == 422 and "belongs to Northfield already" in page
    assert (await post(clients["ada"], f"{there}/removal", domain="northfield.example"))[0] == 303
    async with world.database.reading() as session:
        assert len((await session.scalars(select(SchoolDomain))).all()) == 1
    assert (await post(clients["ada"], remove, domain="northfield.example"))[0] == 303
    assert (await app.test_client().post("/register", form=joins)).status_code == 422


@one_database
async def test_a_class_from_its_first_code_to_its_last(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    given = {"name": " 10  M", "year": "10", "places": "2", "lasts": "14"}
    reply = await clients["lead"].post(f"{NORTH}/classes", form=given)
    there = reply.headers["Location"]
    async with world.database.reading() as session:
        one = (await session.scalars(select(SchoolClass))).one()
    assert (one.name, one.year, one.places) == ("10 M", 10, 2) and one.code_until is not None
    assert timedelta(days=13.9) < one.code_until - clock.now() < timedelta(days=14)
    board = await text_of(clients["lead"], there)
    first = f"{one.join_code[:4]}-{one.join_code[4:]}"
    assert first in board and "localhost/register" in board
    visitor = app.test_client()
    assert (await visitor.post("/register", form={"code": first})).status_code == 200
    status, page = await post(clients["lead"], f"{NORTH}/classes", **{**given, "name": "10 m"})
    assert status == 422 and "of this name in that year" in page
    assert (await post(clients["lead"], f"{there}/code", lasts="1"))[0] == 303
    renewed = await the_class(world, one)
    assert renewed.code_until is not None and renewed.code_until - clock.now() < timedelta(days=1)
    assert (await visitor.post("/register", form={"code": first})).status_code == 422
    code = renewed.join_code
    assert (await visitor.post("/register", form={"code": code})).status_code == 200
    assert (await post(clients["lead"], f"{there}/closing"))[0] == 303
    assert (await visitor.post("/register", form={"code": code})).status_code == 422
    assert "The code is closed" in await text_of(clients["lead"], there)
    assert len(await logged(world, "code-made")) == 2


@one_database
async def test_what_a_class_cannot_be(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    one = await add_class(world)
    good = {"name": "11a", "year": "11", "places": "30", "lasts": "14"}
    for field, value in (
        *(("name", text) for text in ("", " ", "a" * 61)),
        *(("places", text) for text in ("", "0", "501", "many", "1e3")),
        *(("year", text) for text in ("5", "ten")),
        *(("lasts", text) for text in ("0", "365", "for ever")),
    ):
        status, page = await post(clients["lead"], f"{NORTH}/classes", **{**good, field: value})
        assert status == 422 and f'id="class-{field}-error"' in page, (field, value)
    for path, field, value in (
        ("places", "places", "0"),
        ("places", "places", "501"),
        ("code", "lasts", "2"),
    ):
        there = f"/console/classes/{one.public_id}/{path}"
        assert (await post(clients["lead"], there, **{field: value}))[0] == 422
    assert (await post(clients["lead"], f"/console/classes/{one.public_id}/places", places="500"))[0] == 303
    assert (await the_class(world, one)).places == 500


@one_database
async def test_many_classes_cost_no_more_statements(app: Mathsoc, world: World) -> None:
    clients = await staffed(app, world)
    asked = watch(app.database)
    spent = []
    for batch in range(3):  # the first page also notes that the session is in use
        for number in range(4):
            await add_class(world, f"code{batch}{number}", name=f"{batch}-{number}")
        asked.clear()
        await text_of(clients["lead"], NORTH)
        spent.append(len(asked.statements))
    assert spent[1] == spent[2] < 15
