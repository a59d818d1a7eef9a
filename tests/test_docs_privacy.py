"""docs/privacy.md has a row for every column that holds or refers to a person, and for no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from mathsoc import schema
from mathsoc.web import limits

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "privacy.md").read_text("utf-8")
SCHEMA = schema.metadata()
MAP = TEXT.partition("## Data map")[2]
ROW = re.compile(r"^\| (\w+\.\w+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# Tables about people though no foreign key says so, and single columns of tables that are not.
PEOPLE = {"members", "kept_mail", "audit_details"}
SINGLE = {"jobs.payload", "schools.staff_contact", "society.staff_contact"} | {
    *("posts.credit", "revisions.note", "uploads.name"),
}
# Tables that name whoever made the thing, and are about the thing.
THINGS = {
    "challenges": {"author_id"},
    "posts": {"author_id"},
    "revisions": {"author_id"},
    "uploads": {"owner_id"},
}


def personal(metadata: MetaData) -> set[str]:
    """The columns of every table that is about people."""
    found = set(SINGLE)
    for table in metadata.sorted_tables:
        refers = {
            column.name
            for column in table.columns
            if any(key.target_fullname.startswith("members.") for key in column.foreign_keys)
        }
        if table.name in PEOPLE or (refers and table.name not in THINGS):
            found |= {f"{table.name}.{column.name}" for column in table.columns}
        else:
            found |= {f"{table.name}.{name}" for name in refers}
    return found


def test_every_personal_column_has_one_row_and_nothing_else_has() -> None:
    rows = [row[0] for row in ROW.findall(MAP)]
    assert sorted(rows) == sorted(personal(SCHEMA))
    assert len(rows) == len(re.findall(r"^\| \w+\.", MAP, re.MULTILINE)), "no row escapes the pattern"


@pytest.mark.parametrize("table", ["members", "sessions", "new"])
def test_a_column_that_is_added_is_missed(table: str) -> None:
    grown = MetaData()
    for one in SCHEMA.sorted_tables:
        one.to_metadata(grown)
    if table in grown.tables:
        grown.tables[table].append_column(Column("shoe_size", String))
    else:
        Table(table, grown, Column("id", Integer), Column("whose_id", ForeignKey("members.id")))
    missed = personal(grown) - {row[0] for row in ROW.findall(MAP)}
    assert missed == ({f"{table}.shoe_size"} if table != "new" else {"new.id", "new.whose_id"})


def test_a_row_says_what_for_who_and_how_long() -> None:
    assert all(len(cell.strip()) >= 3 for row in ROW.findall(MAP) for cell in row)


def test_counters_last_no_longer_than_is_said() -> None:
    (said,) = re.findall(r"^\| counters of rate limits.*$", TEXT, re.MULTILINE)
    assert "an hour at most, of changes of one's name a day" in said
    rows = [one.seconds for row in limits.LIMITS.values() for one in row]
    longest = {name for name, (_, seconds) in limits.BUCKETS.items() if seconds > limits.HOUR}
    assert max(rows) <= limits.HOUR and longest == {"names"}
    assert limits.BUCKETS["names"][1] == 24 * limits.HOUR
