"""docs/marking.md tells the truth: every row of its tables, its limits, its kinds, settings and links."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mathsoc.marking import Scheme, limits, mark, read
from mathsoc.marking.results import INCORRECT, MarkingError
from mathsoc.marking.scheme import _CHECKS, BRANCHES, DOMAINS, FORMS, KINDS, TOLERANCES
from mathsoc.marking.syntax import unit_table

TEXT = (Path(__file__).parents[2] / "docs" / "marking.md").read_text(encoding="utf-8")

READINGS = ("typed", "read as")
WITH_UNITS = ("typed", "for units", "read as")
REFUSALS = ("typed", "a member sees")
VERDICTS = ("key", "options", "typed", "outcome", "why")
OPTIONS = ("option", "for", "meaning")
# What a test cannot run: the layers, the measured times, the map of the code; and the units, tested below.
TOLD = {
    ("method", "what it does", "where", "certain?"),
    ("by", "spelling", "right", "false accepts", "p50", "p99"),
    ("folder", "what"),
    ("measure", "units"),
}
CLASSES = ("value", "form", "accuracy", "unit", "constant", "type", "lost", "extra", "length", "domain")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its heading's kind, the table's header, its cells and the line as it stands."""

    kind: str
    header: tuple[str, ...]
    cells: tuple[str, ...]
    line: str


def cells_of(line: str) -> tuple[str, ...]:
    parts = re.split(r"(?<!\\)\|", line.strip())[1:-1]
    return tuple(part.strip().replace("\\|", "|") for part in parts)


def every_row() -> Iterator[Row]:
    """The rows of all tables; the kind is that of the section, `expression` where it names none."""
    kind, header = "expression", None
    for line in TEXT.splitlines():
        if heading := re.match(r"#{2,3} (.+)", line):
            name = heading[1].lower()
            kind = name if name in KINDS else "number" if name == "units" else "expression"
        if not line.startswith("|"):
            header = None
        elif header is None:
            header = cells_of(line)
        elif not re.fullmatch(r"[|: -]+", line):
            yield Row(kind, header, cells_of(line), line)


def filled(rows: list[Row]) -> list[Row]:
    """Rows of verdicts with the key and the options of the row above where theirs are left empty."""
    found: list[Row] = []
    for row in rows:
        cells = row.cells
        above = found[-1].cells[:2] if found and found[-1].header == row.header else ("", "")
        if row.header == VERDICTS and cells[:2] == ("", ""):
            cells = (*above, *cells[2:])
        found.append(Row(row.kind, row.header, cells, row.line))
    return found


ROWS = filled(list(every_row()))
TRIED = [row for row in ROWS if row.header not in TOLD]
JUDGED = [row for row in ROWS if row.header == VERDICTS]


def code(cell: str) -> str:
    """What stands in a cell as code; *nothing* is the empty text."""
    if cell == "*nothing*":
        return ""
    assert re.fullmatch(r"`[^`]+`", cell), f"{cell!r} should be one piece of code"
    return cell[1:-1]


def options_of(row: Row) -> dict[str, object]:
    found = json.loads(code(row.cells[1])) if row.cells[1] else {}
    assert isinstance(found, dict), row.line
    return found


def check_reading(row: Row) -> None:
    typed, *units, plain = row.cells
    scheme = Scheme(row.kind, "", {"units": code(units[0])} if units else {})
    assert read(code(typed), scheme).plain == plain


def check_refusal(row: Row) -> None:
    typed, message = row.cells
    problem = read(code(typed), Scheme(row.kind)).problem
    assert problem is not None
    assert problem.message == message


def check_verdict(row: Row) -> None:
    key, _, typed, outcome, why = row.cells
    verdict = mark(code(typed), Scheme(row.kind, code(key), options_of(row)))
    told = f"{verdict.outcome}: {verdict.reason_class}" if verdict.outcome == INCORRECT else verdict.outcome
    assert told == outcome, verdict.reason
    if not verdict.correct:
        words, point, _ = why.partition("…")  # … stands for a point that the engine picks
        assert verdict.reason.startswith(words) if point else verdict.reason == why


def check_option(row: Row) -> None:
    name, kinds, _ = row.cells
    assert code(name) in _CHECKS
    assert kinds == "all" or set(kinds.split(", ")) <= set(KINDS)


CHECKS: dict[tuple[str, ...], Callable[[Row], None]] = {
    READINGS: check_reading,
    WITH_UNITS: check_reading,
    REFUSALS: check_refusal,
    VERDICTS: check_verdict,
    OPTIONS: check_option,
}


@pytest.mark.parametrize("row", TRIED, ids=lambda row: ascii(row.line))
def test_every_row_is_true(row: Row) -> None:
    assert row.header in CHECKS, f"A table with the head {row.header} is not understood."
    assert len(row.cells) == len(row.header), row.line
    try:
        CHECKS[row.header](row)
    except (AssertionError, ValueError, MarkingError) as error:
        pytest.fail(f"{row.line}\n{error}")


def test_no_table_is_overlooked() -> None:
    rulers = [line for line in TEXT.splitlines() if re.fullmatch(r"[|: -]*-[|: -]*", line) and "|" in line]
    assert all(ruler.startswith("|") for ruler in rulers)
    assert len({row.header for row in ROWS}) == len(CHECKS) + len(TOLD)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_section(kind: str) -> None:
    assert f"\n### {kind.capitalize()}\n" in TEXT
    assert any(row.header == READINGS and row.kind == kind for row in ROWS)
    outcomes = {row.cells[3].partition(":")[0] for row in JUDGED if row.kind == kind}
    assert outcomes == {"correct", "incorrect", "unreadable"}


SETTINGS: list[tuple[str, object]] = [
    *[("form", form) for form in FORMS],
    *[("tolerance", name) for name in TOLERANCES],
    ("domain", DOMAINS[1]), ("branches", BRANCHES[1]), ("up_to_constant", True), ("case_sensitive", True),
    *[(name, None) for name in ("also", "units", "choices", "variables")],
]  # fmt: skip


def test_no_option_is_forgotten() -> None:
    assert {name for name, _ in SETTINGS} == set(_CHECKS)
    assert {code(row.cells[0]) for row in ROWS if row.header == OPTIONS} == set(_CHECKS)


def sets(found: object, value: object) -> bool:
    """Is this the value, or a tolerance of that name? Any value will do where none is asked for."""
    return value is None or found == value or (isinstance(found, dict) and value in found)


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_every_setting_has_what_passes_and_what_does_not(name: str, value: object) -> None:
    rows = [row for row in JUDGED if name in (found := options_of(row)) and sets(found[name], value)]
    outcomes = {row.cells[3].partition(":")[0] for row in rows}
    assert {"correct", "incorrect"} <= outcomes


@pytest.mark.parametrize("reason_class", CLASSES)
def test_every_class_is_named_and_shown(reason_class: str) -> None:
    assert f"`{reason_class}`" in TEXT
    assert any(row.cells[3] == f"incorrect: {reason_class}" for row in JUDGED)


def test_links_inside_the_page_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.M)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert links
    assert set(links) <= anchors


def test_every_unit_is_named() -> None:
    listed = " ".join(row.cells[1] for row in ROWS if row.header == ("measure", "units"))
    names = set(re.findall(r"[^\s,;|]+", listed.replace("fl oz", "floz")))
    assert {row.symbol for row in unit_table.ROWS} - {"μm"} <= names


def test_limits_are_those_of_the_code() -> None:
    assert f"{limits.MAX_CHARACTERS} characters, {limits.MAX_TOKENS} tokens, depth {limits.MAX_DEPTH}" in TEXT
    assert f"{limits.MAX_DIGITS} digits" in TEXT
    assert f"factorials up to {limits.MAX_FACTORIAL}!" in TEXT
    assert f"queue of {limits.QUEUE_LENGTH}" in TEXT
