"""Reports and what became of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mathsoc import ids
from mathsoc.db import Base
from mathsoc.members.models import Member

OUTCOMES = ("", "kept", "removed")


class Report(Base):
    """Somebody asks staff to look at what a member wrote. Each says so once while it is open."""

    __tablename__ = "reports"
    __table_args__ = (CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    # What it is about, "display-name" for one, and what it said at that moment.
    subject_kind: Mapped[str] = mapped_column(String(20))
    shown: Mapped[str] = mapped_column(String(200))
    # Who wrote that, and who reports it.
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10), default="")

    member: Mapped[Member] = relationship(lazy="raise", foreign_keys=[member_id])
    made_by: Mapped[Member] = relationship(lazy="raise", foreign_keys=[made_by_id])
