"""docs/marking.md tells the truth: its table of readings, its limits, its kinds and methods."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mathsoc.marking import Scheme, limits, read
from mathsoc.marking.scheme import FORMS, KINDS
from mathsoc.marking.syntax import unit_table

TEXT = (Path(__file__).parents[2] / "docs" / "marking.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| `(.+?)` \| (.+?) \|$", TEXT.partition("| typed | read as |")[2].partition("\n\n")[0], re.M
)


@pytest.mark.parametrize(
    ("typed", "plain"), [(a.replace("\\|", "|"), b.replace("\\|", "|")) for a, b in ROWS]
)
def test_table_of_readings(typed: str, plain: str) -> None:
    typed, plain = typed.replace("¦", "|"), plain.replace("¦", "|")
    assert read(typed, Scheme("expression")).plain == plain


def test_the_table_was_found() -> None:
    assert len(ROWS) > 15


UNIT_ROWS = re.findall(
    r"^\| `(.+?)` \| `(.+?)` \| (.+?) \|$",
    TEXT.partition("| typed | for units | read as |")[2].partition("\n\n")[0],
    re.M,
)


@pytest.mark.parametrize(("typed", "units", "plain"), UNIT_ROWS)
def test_table_of_readings_with_units(typed: str, units: str, plain: str) -> None:
    assert read(typed, Scheme("number", "", {"units": units})).plain == plain


def test_every_unit_is_named() -> None:
    assert len(UNIT_ROWS) > 10
    listed = TEXT.partition("| measure | units |")[2].partition("\n\n")[0].replace("fl oz", "floz")
    names = set(re.findall(r"[^\s,;|]+", listed))
    assert {row.symbol for row in unit_table.ROWS} - {"μm"} <= names


@pytest.mark.parametrize("word", [*KINDS, *FORMS])
def test_every_kind_and_form_is_named(word: str) -> None:
    assert f"`{word}`" in TEXT


def test_limits_are_those_of_the_code() -> None:
    assert f"{limits.MAX_CHARACTERS} characters, {limits.MAX_TOKENS} tokens, depth {limits.MAX_DEPTH}" in TEXT
    assert f"{limits.MAX_DIGITS} digits" in TEXT
    assert f"factorials up to {limits.MAX_FACTORIAL}!" in TEXT
    assert f"queue of {limits.QUEUE_LENGTH}" in TEXT
