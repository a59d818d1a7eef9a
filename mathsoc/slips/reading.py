"""Reading a school's list of pupils, as a spreadsheet saves it: text in, lines out. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from mathsoc.errors import Refused
from mathsoc.web.csv import table, uncell
from mathsoc.web.forms import storable, words

MOST_BYTES = 1_000_000
MOST_LINES = 5_000
MOST_CELLS = 50 * MOST_LINES  # more columns than anybody's table has
HEAD_WITHIN = 10_000  # letters, in which the first line names our columns
COLUMNS = ("Name", "Year", "Class")
# What the columns are called by those who keep such lists, in lower case.
_CALLED = {
    **dict.fromkeys(("name", "full name", "real name", "pupil", "pupil name", "student"), "Name"),
    **dict.fromkeys(("year", "year group", "school year", "yr"), "Year"),
    **dict.fromkeys(("class", "form", "group", "tutor group", "set"), "Class"),
}
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

TOO_LARGE = "This list is larger than 1 MB. Send the columns Name, Year and Class alone, or a year at a time."
TOO_MANY = f"This list has more than {MOST_LINES:,} lines. Send a year at a time."
WORKBOOK = "This is a workbook, not a table of text. In the spreadsheet choose Save as, then CSV."
NOT_TEXT = "This is no table of text. In the spreadsheet choose Save as, then CSV."
NO_HEAD = "The first line has to name the columns: Name, and if you like Year and Class."
TWICE = "Two columns are called {}. Take one of them out."
NOBODY = "There is nobody on this list."
BROKEN = "Line {} cannot be read: look for a quotation mark that is opened and not closed there or before."


class ListError(Refused):
    """A list that cannot be read at all; the words say why."""


@dataclass(frozen=True)
class Row:
    """A line of the list as it was written, with its number in the file."""

    number: int
    name: str
    year: str
    school_class: str


def text_of(data: bytes) -> str:
    """The text of an uploaded file: UTF-8, UTF-16 with its mark, or what Windows writes. Raises ListError."""
    if len(data) > MOST_BYTES:
        raise ListError(TOO_LARGE)
    if data.startswith(_WORKBOOKS):
        raise ListError(WORKBOOK)
    marked = [name for mark, name in _BOMS.items() if data.startswith(mark)]
    # Every byte is a letter of the last, so that something is always found.
    for encoding in marked or ("utf-8", "cp1252", "latin-1"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListError(NOT_TEXT)


def rows_of(text: str) -> list[Row]:
    """The pupils of a list; its first line names the columns. Raises ListError."""
    if len(text) > MOST_BYTES:
        raise ListError(TOO_LARGE)
    if not storable(text):
        raise ListError(NOT_TEXT)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = _lines(text, _delimiter(text))
    places = _places(lines[0][1]) if lines else {}
    if "Name" not in places:
        raise ListError(NO_HEAD)
    rows = [
        Row(
            number,
            *(cells[places[one]] if places.get(one, len(cells)) < len(cells) else "" for one in COLUMNS),
        )
        for number, cells in lines[1:]
    ]
    if not rows:
        raise ListError(NOBODY)
    if len(rows) > MOST_LINES:
        raise ListError(TOO_MANY)
    return rows


def written(rows: Sequence[Sequence[object]]) -> str:
    """A list of (name, year, class) as `rows_of` reads it back."""
    return table(COLUMNS, rows)


def _delimiter(text: str) -> str:
    """By which the first line that says anything has the most columns that we know."""
    head = next((line for line in text.split("\n") if line.strip()), "")[:HEAD_WITHIN]
    return max(",;\t", key=lambda one: len({_column(cell) for cell in head.split(one)} - {None}))


def _lines(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The lines that say anything, each with the number that it begins at."""
    # Reading stops where it is too much, since a megabyte may be a million cells.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    begins, read = 1, 0
    try:
        for cells in reader:
            read += len(cells)
            if len(found) > MOST_LINES + 1:  # with the line that names the columns
                raise ListError(TOO_MANY)
            if read > MOST_CELLS:
                raise ListError(TOO_LARGE)
            plain = [words(uncell(cell)) for cell in cells]
            if any(plain):
                found.append((begins, plain))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ListError(BROKEN.format(begins)) from error
    return found


def _places(head: list[str]) -> dict[str, int]:
    """Where each of our columns stands."""
    places: dict[str, int] = {}
    for at, cell in enumerate(head):
        column = _column(cell)
        if column in places:
            raise ListError(TWICE.format(column))
        if column is not None:
            places[column] = at
    return places


def _column(cell: str) -> str | None:
    return _CALLED.get(words(cell).strip('"').casefold())
