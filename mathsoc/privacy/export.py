"""Everything that is kept about a member: each row of each table that refers to them.

The tables are walked by their foreign keys, so one that is added later is in it by itself. Left out are
secrets that only prove something (hashes, tokens), rows about others in which the member merely acted, and
who else acted: their names, their addresses, and the words of whoever reported something.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Table, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.audit import AuditDetail, AuditEntry
from mathsoc.db import Base
from mathsoc.jobs import Job
from mathsoc.mail import JOB, KeptMail
from mathsoc.members.models import Member
from mathsoc.privacy import wording

# What proves something to us and tells its owner nothing, and what is made from what is told anyway.
SECRETS = frozenset(
    {"password_hash", "token_hash", "code_hash", "totp_secret", "totp_new_secret", "totp_step", "token"}
    | {"name_key", "address_key"}
)
# By these a row is about somebody; by others (made_by_id, given_by_id) they acted on somebody else.
ABOUT = ("member_id",)
# Row numbers mean nothing outside the database; what they stand for is named beside them.
NAMES = {
    "school_id": ("schools", "name"),
    "class_id": ("classes", "name"),
    "stage_id": ("stages", "name"),
    "competition_id": ("competitions", "name"),
    "challenge_id": ("challenges", "title"),
    "box_id": ("answer_boxes", "label"),
    "mailing_id": ("mailings", "title"),
}
# Columns left out of one table: what others said of the member in confidence, not to be known by their words.
CONFIDENTIAL = {"reports": {"reason"}}
# What they wrote or brought for others to read, and which columns of it: the texts themselves are published.
WRITTEN = {
    "posts": ("author_id", ("public_id", "kind", "title", "credit", "publish_at", "created_at")),
    "revisions": ("author_id", ("number", "note", "saved_at")),
    "uploads": ("owner_id", ("public_id", "kind", "name", "size", "created_at")),
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Copy:
    """All that is kept about a member, by table."""

    handle: str
    made_at: datetime
    tables: dict[str, Rows]


@dataclass(frozen=True)
class Sheet:
    """A table of the readable copy: its columns in words, and its rows with an empty text for nothing."""

    title: str
    columns: list[str]
    rows: list[list[str]]


async def everything(session: AsyncSession, member_id: int, now: datetime) -> Copy:
    """What is kept about this member now."""
    member = await session.get_one(Member, member_id)
    tables: dict[str, Rows] = {"members": await _rows(session, Member.__table__, Member.id, member_id)}
    for table in Base.metadata.sorted_tables:
        for column in _about(table):
            rows = await _rows(session, table, column, member_id)
            hidden = CONFIDENTIAL.get(table.name, set())
            tables[table.name] = [{name: row[name] for name in row if name not in hidden} for row in rows]
    reports = Base.metadata.tables["reports"]
    tables["reports you made"] = await _rows(session, reports, reports.c.made_by_id, member_id)
    for name, (key, told) in WRITTEN.items():
        table = Base.metadata.tables[name]
        tables[f"{name} of yours"] = await _rows(session, table, table.c[key], member_id, told)
    tables |= await _log(session, member_id)
    if member.email is not None:
        tables["mail"] = await _rows(session, KeptMail.__table__, KeptMail.recipient, member.email)
    tables["waiting mail"] = await _waiting(session, member)
    return Copy(member.handle, now, {name: rows for name, rows in tables.items() if rows})


def _about(table: Table) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if column.name in ABOUT and any(key.column.table.name == "members" for key in column.foreign_keys)
    ]


async def _rows(
    session: AsyncSession, table: Any, column: Any, value: object, told: tuple[str, ...] = ()
) -> Rows:
    """The rows in which the column has this value; with `told` no more of them than these columns."""
    chosen = select(*(table.c[name] for name in told)) if told else select(table)
    found = await session.execute(chosen.where(column == value).order_by(*table.primary_key))
    rows = [dict(row) for row in found.mappings()]
    names = {
        name: await _named(session, *NAMES[name], rows, name) for name in NAMES if rows and name in rows[0]
    }
    return [_readable(row, names) for row in rows]


async def _named(session: AsyncSession, table: str, column: str, rows: Rows, key: str) -> dict[int, str]:
    wanted = {row[key] for row in rows if row[key] is not None}
    others = Base.metadata.tables[table]
    chosen = select(others.c.id, others.c[column]).where(others.c.id.in_(wanted))
    return {number: name for number, name in await session.execute(chosen)} if wanted else {}


def _readable(row: dict[str, Any], names: dict[str, dict[int, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in names:
            found[name.removesuffix("_id")] = names[name].get(value)
        elif (name not in SECRETS and name != "id" and not name.endswith("_id")) or name == "public_id":
            found[name] = value
    return found


async def _waiting(session: AsyncSession, member: Member) -> Rows:
    """Mail that is queued knows its recipient by id or by address."""
    jobs = await session.scalars(select(Job).where(Job.name == JOB, Job.done_at.is_(None)).order_by(Job.id))
    own = {"member_id": member.id, "email": member.email}.items()
    return [
        {"kind": job.payload.get("kind"), "due_at": job.due_at}
        for job in jobs
        if any(value is not None and job.payload.get(name) == value for name, value in own)
    ]


async def _log(session: AsyncSession, member_id: int) -> dict[str, Rows]:
    """What the log says of them. Details of what they did to others are about those.

    The address of an entry is of whoever acted: theirs only where that was they themselves.
    """
    about = (AuditEntry.subject_kind == "member") & (AuditEntry.subject_id == member_id)
    done = await session.execute(
        select(AuditEntry.at, AuditEntry.action)
        .where(AuditEntry.actor_id == member_id, ~about)
        .order_by(AuditEntry.id)
    )
    own_address = case((AuditEntry.actor_id == member_id, AuditDetail.address), else_="").label("address")
    to_them = await session.execute(
        select(AuditEntry.at, AuditEntry.action, own_address, AuditDetail.before, AuditDetail.after)
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .where(about)
        .order_by(AuditEntry.id)
    )
    return {
        "things you did": [dict(row) for row in done.mappings()],
        "things done to you": [dict(row) for row in to_them.mappings()],
    }


def as_json(copy: Copy) -> str:
    """The copy for programs; moments in ISO 8601."""
    told = {"made_at": copy.made_at, "handle": copy.handle, "tables": copy.tables}
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True, default=_in_json)


def as_sheets(copy: Copy, zone: ZoneInfo) -> list[Sheet]:
    """The copy for people; columns that say nothing in any row are left out."""
    return [_sheet(name, rows, zone) for name, rows in copy.tables.items()]


def _sheet(name: str, rows: Rows, zone: ZoneInfo) -> Sheet:
    cells = [{key: wording.cell(value, zone) for key, value in row.items()} for row in rows]
    used = [key for key in rows[0] if any(row[key] for row in cells)]
    written = [[row[key] for key in used] for row in cells]
    return Sheet(wording.table(name), [wording.column(key) for key in used], written)


def _in_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
