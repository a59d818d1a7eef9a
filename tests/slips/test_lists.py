"""Approved lists: read as a spreadsheet saves them, checked line by line, made once, printed, taken back."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quart import Quart
from quart.datastructures import FileStorage
from sqlalchemy import select, text

from mathsoc.slips import reading, service
from mathsoc.slips.models import Slip
from mathsoc.slips.plan import ClassHere, Known, key, plan
from mathsoc.slips.reading import ListError, rows_of, text_of, written
from mathsoc.web.forms import words
from tests.console.people import logged, staffed
from tests.console.people import text_of as page_of
from tests.joining.ways import DETAILS, add_class, add_slip
from tests.support.forms import forms_in
from tests.support.world import World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SLIPS = "/console/schools/northfield/slips"
LIST = "Name,Year,Class\nZoe Marsh,10,10a\nÉmile O’Hara,Year 11,\n"


def told(table: str) -> list[tuple[str, str, str]]:
    return [(row.name, row.year, row.school_class) for row in rows_of(table)]


@pytest.mark.parametrize(
    "data",
    [
        LIST.encode(),
        b"\xef\xbb\xbf" + LIST.encode(),
        LIST.encode("cp1252"),
        LIST.encode("utf-16"),
        b"\xfe\xff" + LIST.encode("utf-16-be"),
        LIST.replace(",", ";").encode("cp1252"),
        LIST.replace(",", "\t").encode("utf-16"),
        LIST.replace("\n", "\r\n").encode(),
        LIST.replace("\n", "\r").encode(),
        LIST.replace("Zoe Marsh", '"Zoe  Marsh "').encode(),
        b"\n\n" + LIST.encode() + b",,\n",
        'CLASS;"year group";pupil name;E-mail\n10a;10;Zoe Marsh;z@x\n;Year 11;Émile O’Hara;'.encode(),
    ],
)
def test_as_spreadsheets_write_it(data: bytes) -> None:
    assert told(text_of(data)) == [("Zoe Marsh", "10", "10a"), ("Émile O’Hara", "Year 11", "")]


def test_lines_are_numbered_as_in_the_file() -> None:
    assert [row.number for row in rows_of('Name\n\nA B\n"C\nD"\nE F')] == [3, 4, 6]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest", reading.WORKBOOK),
        (b"\xd0\xcf\x11\xe0rest", reading.WORKBOOK),
        (b"Name\x00\n", reading.NOT_TEXT),
        (b"\xff\xfeN", reading.NOT_TEXT),
        (b"Zoe,10\n", reading.NO_HEAD),
        (b"", reading.NO_HEAD),
        (b"Name,Year\n\n", reading.NOBODY),
        (b"Name,Year,name\nA,1,B\n", "Two columns are called Name"),
        (b'Name\nA\n"B\nC\n', "Line 3"),
        (b"Name\n" + b"A\n" * 5_001, reading.TOO_MANY),
        (b"Name\n" + b"A\n" * 490_000, reading.TOO_MANY),
        (b"Name\n" + b"A" * 1_000_000, reading.TOO_LARGE),
        (b"Name" + b"," * 900_000, reading.TOO_LARGE),
        (b"Name\n" + b"A" * 200_000, "Line 2"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ListError) as refused:
        rows_of(text_of(data))
    assert words in refused.value.message


tables = st.text(st.sampled_from("\",;\t\n\r ab1'=") | st.characters(), max_size=60)
files = st.sampled_from(["utf-8", "utf-16", "cp1252"])


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300)
    | st.builds(lambda text, kind: f"Name,Year,Class\n{text}".encode(kind, "replace"), tables, files)
)
def test_whatever_is_sent_the_reader_raises_its_own_error_alone(data: bytes) -> None:
    try:
        rows = rows_of(text_of(data))
    except ListError:
        return
    known = Known(1, [10], [ClassHere(1, "10a", 10)], frozenset(), frozenset())
    assert len(plan(rows, known).lines) == len(rows)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
names = st.sampled_from("'=+-@\t\"") | st.characters(exclude_categories=["Cs"], exclude_characters="\x00")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.text(names, min_size=1, max_size=12), st.integers(1, 13), cells), min_size=1))
def test_what_is_written_reads_the_same(lines: list[tuple[str, int, str]]) -> None:
    """As names and classes are stored: with single spaces, and nothing that is not seen."""
    stored = [(words(name), str(year), words(where)) for name, year, where in lines]
    assert told(written(stored)) == stored


async def send(
    client: TestClientProtocol, text: str | bytes, path: str = SLIPS, **fields: str
) -> tuple[int, str]:
    file = {"file": FileStorage(io.BytesIO(text), "list.csv")} if isinstance(text, bytes) else {}
    form = {**({"list": text} if isinstance(text, str) else {}), **fields}
    reply = await client.post(path, form=form, files=file)
    return reply.status_code, (await reply.get_data()).decode()


async def confirm(client: TestClientProtocol, checked: str) -> tuple[int, str]:
    """Press the button of the page that shows what would become of a list."""
    (form,) = [one for one in forms_in(checked, SLIPS) if "fingerprint" in one.fields]
    reply = await client.post(form.action, form=form.fields)
    return reply.status_code, (await reply.get_data()).decode()


async def stored(world: World) -> list[Slip]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Slip).order_by(Slip.id)))


def codes(sheet: str) -> list[str]:
    return re.findall(r"<code>((?:\w{4}-){3}\w{4})</code>", sheet)


@one_database
async def test_from_a_file_to_the_slips(app: Quart, world: World) -> None:
    """Checked first, with nothing written; made at the second press; a third says what to do."""
    clients = await staffed(app, world)
    made_class = await add_class(world)
    status, checked = await send(clients["lead"], LIST.encode("cp1252"))
    assert status == 200 and "Make 2 slips" in checked and "Nothing has been made" in checked
    assert await stored(world) == []
    status, sheet = await confirm(clients["lead"], checked)
    assert status == 200 and "Zoe Marsh" in sheet and "localhost/register" in sheet
    assert len(set(codes(sheet))) == 2
    assert [(one.real_name, one.year, one.class_id) for one in await stored(world)] == [
        ("Zoe Marsh", 10, made_class.id),
        ("Émile O’Hara", 11, None),
    ]
    status, again = await confirm(clients["lead"], checked)
    assert status == 409 and not codes(again) and "Make new slips for those who have not joined" in again
    assert len(await stored(world)) == 2
    (entry, detail) = (await logged(world, "slips-made"))[0]
    assert entry.actor_id == world.members["lead"].id and detail is not None and detail.after == {"slips": 2}
    joined = await app.test_client().post("/register/code", form={**DETAILS, "code": codes(sheet)[0]})
    assert joined.status_code == 303
    listed = await page_of(clients["lead"], SLIPS)
    assert "Émile O’Hara" in listed and "Zoe Marsh" not in listed


@one_database
async def test_each_line_is_told_and_nothing_is_made_on_an_error(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    await add_class(world)
    await add_class(world, "elsewhere", name="10e", school_id=world.schools["eastgate"].id)
    await add_slip(world, real_name="Has Slip")
    lines = (
        "Name,Year,Class",
        ",10,",
        "A B,five,",
        "A B,5,",
        "A B,10,10e",
        "A B,11,10a",
        "has  SLIP,10,",
        "Real Alice Name,10,",
        "Twice Here,10,",
        "Twice here,10,10A",
        "No Year,,10a",
    )
    status, page = await send(clients["lead"], "\n".join(lines))
    assert status == 422 and "Make" not in page and 'name="fingerprint"' not in page
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    for number, what in (
        (2, "There is no name"),
        (3, "“five” is no year"),
        (4, "Year 5 has no board here"),
        (5, "no class 10e"),
        (6, "Class 10a is not in year 11"),
        (7, "has a slip that is not used yet"),
        (8, "has an account here already"),
        (9, "gets a slip"),
        (10, "as in line 9"),
        (11, "No Year Year 10, 10a gets a slip"),
    ):
        assert re.search(rf"Line {number} [^|]{{0,60}}{re.escape(what)}", text), (number, what, text)
    assert len(await stored(world)) == 1


@one_database
async def test_what_was_confirmed_is_what_is_made(app: Quart, world: World) -> None:
    """A slip that somebody else made meanwhile, or another list under the same fingerprint."""
    clients = await staffed(app, world)
    _, checked = await send(clients["lead"], "Name,Year\nZoe Marsh,10\nSam Lee,10\n")
    await add_slip(world, real_name="Sam Lee")
    status, page = await confirm(clients["lead"], checked)
    assert status == 409 and "Something has changed" in page and "Make 1 slip" in page
    (form,) = [one for one in forms_in(checked, SLIPS) if "fingerprint" in one.fields]
    other = {**form.fields, "list": "Name\nMallory Swapped\n"}
    assert (await clients["lead"].post(SLIPS, form=other)).status_code == 409
    assert len(await stored(world)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_presses_at_once_make_one_set(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By two people. The first goes on when the other is there too, or stands before the school's lock."""
    clients = await staffed(app, world)
    _, checked = await send(clients["ada"], LIST.replace(",10a", ","))
    make, there = service.make_planned, []
    waits = "wait_event_type = 'Lock' AND datname = current_database()"
    blocked = text(f"SELECT count(*) FROM pg_stat_activity WHERE {waits}")

    async def make_together(*given: Any) -> Any:
        there.append(given)
        while len(there) < 2:
            async with world.database.reading() as session:
                if await session.scalar(blocked):
                    break
        return await make(*given)

    monkeypatch.setattr(service, "make_planned", make_together)
    replies = await asyncio.gather(*(confirm(clients[who], checked) for who in ("ada", "lead")))
    assert sorted(status for status, _ in replies) == [200, 409]
    assert len(await stored(world)) == 2


@one_database
async def test_new_slips_for_lost_ones(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    one = await add_class(world)
    old = [
        await add_slip(world, real_name="Zoe Marsh"),
        await add_slip(world, real_name="Sam Lee", class_id=one.id),
    ]
    zoe = await world.add_member("zoe", email=None, login_name="quiet-heron-04718")
    back = await add_slip(world, member_id=zoe.id, real_name="")
    reply = await clients["lead"].post(f"{SLIPS}/renewal", form={"class": one.public_id})
    first = (await reply.get_data()).decode()
    assert len(codes(first)) == 1 and "Sam Lee" in first and "Zoe Marsh" not in first
    reply = await clients["lead"].post(f"{SLIPS}/renewal")
    second = codes((await reply.get_data()).decode())
    assert len(second) == 2
    for code, works in ((old[0], 422), (old[1], 422), (codes(first)[0], 422), (second[0], 200), (back, 200)):
        assert (await app.test_client().post("/register", form={"code": code})).status_code == works
    elsewhere = await clients["elsewhere"].post(f"{SLIPS}/renewal")
    theirs = await clients["elsewhere"].post(
        "/console/schools/eastgate/slips/renewal", form={"class": one.public_id}
    )
    assert (elsewhere.status_code, theirs.status_code) == (404, 404)


@one_database
async def test_a_slip_is_withdrawn_by_staff_of_its_school(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    code = await add_slip(world)
    (slip,) = await stored(world)
    there = f"/console/slips/{slip.public_id}/withdrawal"
    assert (await clients["elsewhere"].post(there)).status_code == 404
    assert (await clients["alice"].post(there)).status_code == 403
    assert (await clients["lead"].post(there)).status_code == 303
    assert (await clients["lead"].post(there)).status_code == 404
    assert await stored(world) == [] and len(await logged(world, "slip-withdrawn")) == 1
    assert (await app.test_client().post("/register", form={"code": code})).status_code == 422


@one_database
async def test_who_has_not_joined_comes_back_unchanged(app: Quart, world: World) -> None:
    """The export names nobody's code, and sent here again it makes nothing."""
    clients = await staffed(app, world)
    one = await add_class(world)
    await add_slip(world, real_name="=Zoe Marsh", class_id=one.id)
    await add_slip(world, real_name="Sam Lee", year=None)
    reply = await clients["lead"].get(f"{SLIPS}.csv")
    body = await reply.get_data()
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))  # type: ignore[union-attr]
    assert rows == [["Name", "Year", "Class"], ["Sam Lee", "", ""], ["'=Zoe Marsh", "10", "10a"]]
    status, page = await send(clients["lead"], body)  # type: ignore[arg-type]
    assert status == 200 and "2 lines left out" in page and "Everybody on this list" in page
    assert (await clients["elsewhere"].get(f"{SLIPS}.csv")).status_code == 404
    assert len(await logged(world, "members-exported")) == 1
    empty = await (await clients["lead"].get(f"{SLIPS}/template.csv")).get_data()
    assert told(empty.decode("utf-8-sig") + "Zoe,,") == [("Zoe", "", "")]  # type: ignore[union-attr]


@one_database
async def test_a_list_has_a_largest_size(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    too_long = await send(clients["lead"], b"Name\n" + b"A" * 1_000_001)
    assert too_long[0] == 422 and "larger than 1 MB" in too_long[1]
    assert (await send(clients["lead"], b"A" * 2_100_000))[0] == 413
    nothing = await send(clients["lead"], "")
    assert nothing[0] == 422 and "Choose a file" in nothing[1]


@pytest.mark.timed
@one_database
async def test_five_thousand_lines_take_seconds(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    lines = "".join(f"Pupil Number {number} With-A-Long-Name,10,\n" for number in range(5_000))
    began = time.monotonic()
    status, checked = await send(clients["lead"], f"Name,Year,Class\n{lines}".encode())
    assert status == 200 and "Make 5000 slips" in checked
    status, sheet = await confirm(clients["lead"], checked)
    assert status == 200 and len(set(codes(sheet))) == 5_000
    assert time.monotonic() - began < 8


def test_a_name_is_the_same_however_it_is_written() -> None:
    assert key("  zoe   MARSH", 10) == key("Zoe Marsh", 10) != key("Zoe Marsh", 11)
