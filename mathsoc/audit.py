"""Who did what to whom, and when: kept for good and only ever added to.

The entry holds ids alone. What is personal about it (an address, a value before and after) stands in a detail
row that retention empties after DETAILS_KEPT and erasure at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc.db import Base

DETAILS_KEPT = timedelta(days=30)


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
    SECOND_FACTOR_ADDED = "second-factor-added"
    SECOND_FACTOR_REMOVED = "second-factor-removed"
    RECOVERY_CODE_USED = "recovery-code-used"
    RECOVERY_CODES_MADE = "recovery-codes-made"
    ADMIN_CREATED = "admin-created"
    ROLE_CHANGED = "role-changed"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
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
