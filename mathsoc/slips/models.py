"""Slips: one-time codes on paper for those who have no address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mathsoc import ids
from mathsoc.db import Base
from mathsoc.members.models import Member
from mathsoc.schools.models import School, SchoolClass


class Slip(Base):
    """A line of a school's approved list, or a way back in for a member; only the code's hash is kept."""

    __tablename__ = "slips"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id", ondelete="CASCADE"), index=True)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("classes.id", ondelete="SET NULL"), index=True)
    year: Mapped[int | None]
    # Whom the list names; empty once the slip is used, when it stands in their account.
    real_name: Mapped[str] = mapped_column(String(120), default="")
    # Whose account it leads back to, or became: each account comes from one slip at most.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    school: Mapped[School] = relationship(lazy="raise")
    school_class: Mapped[SchoolClass | None] = relationship(lazy="raise")
    member: Mapped[Member | None] = relationship(lazy="raise", foreign_keys=[member_id])
