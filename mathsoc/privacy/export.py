"""Everything that is kept about a member: each row of each table that refers to them.

The tables are walked by their foreign keys, so one that is added later is in it by itself. Left out are
secrets that only prove something (hashes, tokens), rows about others in which the member merely acted, and
what others said of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.audit import AuditDetail, AuditEntry
from mathsoc.db import Base
from mathsoc.mail import KeptMail
from mathsoc.members.models import Member

# What proves something to us and tells its owner nothing.
SECRETS = frozenset(
    {"password_hash", "token_hash", "code_hash", "totp_secret", "totp_new_secret", "totp_step", "token"}
)
# By these a row is about somebody; by others (made_by_id, given_by_id) they acted on somebody else.
ABOUT = ("member_id",)
# Words of others about them, which tell who those are.
OTHERS_WORDS = {"reports": ("reason",)}
# Row numbers mean nothing outside the database; what they stand for is named beside them.
NAMES = {
    "school_id": ("schools", "name"),
    "class_id": ("classes", "name"),
    "stage_id": ("stages", "name"),
    "competition_id": ("competitions", "name"),
    "challenge_id": ("challenges", "title"),
    "box_id": ("answer_boxes", "label"),
}
# How a table is called in the readable file.
WORDS = {
    "members": "Your account",
    "sessions": "Where you have signed in",
    "mail_tokens": "Links sent to you",
    "recovery_codes": "Recovery codes",
    "slips": "Slips",
    "entries": "Competitions that you have entered",
    "attempts": "Answers that you have sent",
    "completions": "Challenges that you have completed",
    "first_completions": "Challenges that you completed first",
    "awards": "Points",
    "standings": "Sums of points",
    "reports": "Reports about what you wrote",
    "reports you made": "Reports that you made",
    "things you did": "What you did, as far as the log keeps it",
    "things done to you": "What was done to your account",
    "mail": "Mail to you that this server keeps",
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Copy:
    """All that is kept about a member, by table."""

    handle: str
    made_at: datetime
    tables: dict[str, Rows]


async def everything(session: AsyncSession, member_id: int, now: datetime) -> Copy:
    """What is kept about this member now."""
    member = await session.get_one(Member, member_id)
    tables: dict[str, Rows] = {"members": await _rows(session, Member.__table__, Member.id, member_id)}
    for table in Base.metadata.sorted_tables:
        for column in _about(table):
            rows = await _rows(session, table, column, member_id)
            left_out = OTHERS_WORDS.get(table.name, ())
            tables[table.name] = [{k: v for k, v in row.items() if k not in left_out} for row in rows]
    reports = Base.metadata.tables["reports"]
    tables["reports you made"] = await _rows(session, reports, reports.c.made_by_id, member_id)
    tables |= await _log(session, member_id)
    if member.email is not None:
        tables["mail"] = await _rows(session, KeptMail.__table__, KeptMail.recipient, member.email)
    return Copy(member.handle, now, {name: rows for name, rows in tables.items() if rows})


def _about(table: Table) -> list[Column[Any]]:
    return [
        column
        for column in table.columns
        if column.name in ABOUT and any(key.column.table.name == "members" for key in column.foreign_keys)
    ]


async def _rows(session: AsyncSession, table: Any, column: Any, value: object) -> Rows:
    found = await session.execute(select(table).where(column == value).order_by(*table.primary_key))
    rows = [dict(row) for row in found.mappings()]
    names = {name: await _named(session, *NAMES[name], rows, name) for name in NAMES if name in table.columns}
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
            found[name] = value.isoformat() if isinstance(value, datetime) else value
    return found


async def _log(session: AsyncSession, member_id: int) -> dict[str, Rows]:
    """What the log says of them. Details of what they did to others are about those."""
    about = (AuditEntry.subject_kind == "member") & (AuditEntry.subject_id == member_id)
    done = await session.execute(
        select(AuditEntry.at, AuditEntry.action)
        .where(AuditEntry.actor_id == member_id, ~about)
        .order_by(AuditEntry.id)
    )
    # Where a teacher's browser was is about the teacher.
    by_another = AuditEntry.actor_id.is_not(None) & (AuditEntry.actor_id != member_id)
    address = case((by_another, ""), else_=AuditDetail.address).label("address")
    to_them = await session.execute(
        select(AuditEntry.at, AuditEntry.action, address, AuditDetail.before, AuditDetail.after)
        .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
        .where(about)
        .order_by(AuditEntry.id)
    )
    return {
        "things you did": [_readable(dict(row), {}) for row in done.mappings()],
        "things done to you": [_readable(dict(row), {}) for row in to_them.mappings()],
    }
