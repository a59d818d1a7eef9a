"""Who did what to whom, and when: kept for good and only ever added to.

The entry holds ids alone. What is personal about it (an address, a value before and after) stands in a detail
row that retention empties after DETAILS_KEPT and erasure at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, cast, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import clock
from mathsoc.db import Base
from mathsoc.jobs import Job

DETAILS_KEPT = timedelta(days=30)
FORGET = "forget-audit-details"
CHUNK = 1_000  # details forgotten in one transaction


class Action(StrEnum):
    """What can be in the log; the value is stored, so it never changes its meaning."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    SESSION_ENDED = "session-ended"
    DENIED = "denied"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    PASSWORD_RESET = "password-reset"  # noqa: S105
    RESET_REQUESTED = "reset-requested"
    RESET_LINK_MADE = "reset-link-made"
    SECOND_FACTOR_ADDED = "second-factor-added"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    RECOVERY_CODE_USED = "recovery-code-used"
    RECOVERY_CODES_MADE = "recovery-codes-made"
    ADMIN_CREATED = "admin-created"
    ROLE_CHANGED = "role-changed"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    JOINED = "joined"
    ADDRESS_CHANGED = "address-changed"
    APPROVED = "approved"
    REFUSED = "refused"
    NAME_ASKED = "name-asked"
    NAME_CHANGED = "name-changed"
    NAME_REFUSED = "name-refused"
    HIDDEN = "hidden"
    CODE_MADE = "code-made"
    SLIPS_MADE = "slips-made"
    SLIP_USED = "slip-used"
    SLIP_WITHDRAWN = "slip-withdrawn"
    SCHOOL_CHANGED = "school-changed"
    DATA_EXPORTED = "data-exported"
    ERASURE_ASKED = "erasure-asked"
    ERASURE_UNDONE = "erasure-undone"
    ERASED = "erased"
    LEFT = "left"
    KEPT = "kept"
    ROLLED_OVER = "rolled-over"
    REPORTED = "reported"
    REPORT_DECIDED = "report-decided"
    NEWSLETTERS_CHOSEN = "newsletters-chosen"
    MAILING_BEGUN = "mailing-begun"
    MAILING_STOPPED = "mailing-stopped"
    MAILING_RESUMED = "mailing-resumed"
    DETAILS_CHANGED = "details-changed"
    POST_MADE = "post-made"
    POST_CHANGED = "post-changed"
    POST_PUBLISHED = "post-published"
    POST_SCHEDULED = "post-scheduled"
    POST_WITHDRAWN = "post-withdrawn"
    POST_ARCHIVED = "post-archived"
    POST_BINNED = "post-binned"
    POST_RESTORED = "post-restored"
    POST_PURGED = "post-purged"
    TEXT_PUBLISHED = "text-published"
    IMPORTED = "imported"
    UPLOADED = "uploaded"
    UPLOAD_DELETED = "upload-deleted"
    MEMBERS_VIEWED = "members-viewed"
    MEMBERS_EXPORTED = "members-exported"
    MAIL_VIEWED = "mail-viewed"
    AUDIT_VIEWED = "audit-viewed"


class AuditEntry(Base):
    """One thing that was done. The database refuses to change or delete it."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(40), index=True)
    # Nobody, where somebody did it who was not signed in.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20), default="")
    subject_id: Mapped[int | None]


class AuditDetail(Base):
    """What is personal about an entry, for as long as it may be kept."""

    __tablename__ = "audit_details"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(String(45), default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


async def record(
    session: AsyncSession,
    action: Action,
    now: datetime,
    *,
    actor_id: int | None = None,
    member_id: int | None = None,
    subject: tuple[str, int] | None = None,
    address: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add an entry in the caller's transaction: no change without its entry, no entry without its change.

    `member_id` is short for the subject ("member", id). `address` is the client's; it, `before` and `after`
    go into the detail row. Never a password, a token or a key.
    """
    kind, subject_id = subject or (("member", member_id) if member_id is not None else ("", None))
    entry = AuditEntry(at=now, action=action, actor_id=actor_id, subject_kind=kind, subject_id=subject_id)
    session.add(entry)
    await session.flush()
    if address or before or after:
        session.add(
            AuditDetail(entry_id=entry.id, address=address or "", before=before or {}, after=after or {})
        )
        await session.flush()


async def forget_details(session: AsyncSession, _job: Job) -> datetime | None:
    """The job: delete details that are older than they may be, some at a time."""
    now = clock.now()
    old = (
        select(AuditDetail.entry_id)
        .join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
        .where(AuditEntry.at < now - DETAILS_KEPT)
        .limit(CHUNK)
    )
    ids = (await session.scalars(old)).all()
    await session.execute(delete(AuditDetail).where(AuditDetail.entry_id.in_(ids)))
    return now if len(ids) == CHUNK else None


async def values_about(session: AsyncSession, member_id: int) -> list[dict[str, Any]]:
    """What the log still keeps of values before and after changes to this member."""
    found = await session.execute(
        select(AuditDetail.before, AuditDetail.after)
        .join(AuditEntry, AuditEntry.id == AuditDetail.entry_id)
        .where(AuditEntry.subject_kind == "member", AuditEntry.subject_id == member_id)
    )
    return [values for row in found for values in row if values]


async def erase_details_of(session: AsyncSession, member_id: int) -> None:
    """Delete at once every detail of what a member did or was done to; the entries stay, with ids alone."""
    theirs = select(AuditEntry.id).where(
        or_(
            AuditEntry.actor_id == member_id,
            (AuditEntry.subject_kind == "member") & (AuditEntry.subject_id == member_id),
        )
    )
    await session.execute(delete(AuditDetail).where(AuditDetail.entry_id.in_(theirs)))


async def erase_details_that(session: AsyncSession, tell: Callable[[dict[str, Any]], bool]) -> None:
    """Delete every detail with values that tell something, before or after, whoever it was about."""
    nothing, last = "{}", 0
    columns = (AuditDetail.before, AuditDetail.after)
    chosen = select(AuditDetail.entry_id, *columns).where(
        or_(*(cast(column, Text) != nothing for column in columns))
    )
    while True:
        found = await session.execute(
            chosen.where(AuditDetail.entry_id > last).order_by(AuditDetail.entry_id).limit(CHUNK)
        )
        rows = found.all()
        ids = [entry_id for entry_id, *values in rows if any(map(tell, values))]
        await session.execute(delete(AuditDetail).where(AuditDetail.entry_id.in_(ids)))
        if len(rows) < CHUNK:
            return
        last = rows[-1].entry_id
