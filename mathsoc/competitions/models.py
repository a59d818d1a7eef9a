"""Competitions, the stages that have a board in them, and who has entered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mathsoc import ids
from mathsoc.db import Base
from mathsoc.schools.models import Stage

VISIBILITIES = ("members", "public")
ANSWERS = ("own", "any")


class Competition(Base):
    """A season, a ladder or a contest between schools. Its scoring rule is data in this row."""

    __tablename__ = "competitions"
    __table_args__ = (
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility_known"),
        CheckConstraint(f"answers IN {ANSWERS}", name="answers_known"),
        CheckConstraint("attempt_limit BETWEEN 1 AND 100", name="attempt_limit_sane"),
        CheckConstraint("ends_at IS NULL OR starts_at < ends_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    introduction: Mapped[str] = mapped_column(Text, default="", deferred=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    freeze_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    visibility: Mapped[str] = mapped_column(String(10), default="members")
    answers: Mapped[str] = mapped_column(String(5), default="any")
    attempt_limit: Mapped[int] = mapped_column(default=3)
    completion_points: Mapped[int] = mapped_column(default=1)
    first_points: Mapped[int] = mapped_column(default=2)

    boards: Mapped[list[CompetitionStage]] = relationship(
        lazy="raise", order_by="CompetitionStage.position", back_populates="competition"
    )


class CompetitionStage(Base):
    """A board: one stage of one competition. Its row is the last lock taken when points change."""

    __tablename__ = "competition_stages"

    competition_id: Mapped[int] = mapped_column(
        ForeignKey("competitions.id", ondelete="CASCADE"), primary_key=True
    )
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), primary_key=True, index=True)
    position: Mapped[int]

    competition: Mapped[Competition] = relationship(lazy="raise", back_populates="boards")
    stage: Mapped[Stage] = relationship(lazy="raise")


class Entry(Base):
    """A member in a competition, with the stage and school of that moment.

    Its row is the first lock taken when the member sends an answer.
    """

    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("competition_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competitions.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    entered_at: Mapped[datetime]
