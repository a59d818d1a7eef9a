"""Attempts: what members sent and how it was marked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import ids
from mathsoc.db import Base

OUTCOMES = ("correct", "incorrect", "undecided")


class Attempt(Base):
    """One sent, readable answer with its verdict.

    `number` counts the charged attempts of a member on a box from 1; an undecided answer waits for
    an officer, has no number and costs nothing. `recorded_at` is taken under the challenge's lock.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("member_id", "box_id", "number"),
        UniqueConstraint("member_id", "token"),
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome_known"),
        CheckConstraint("(number IS NULL) = (outcome = 'undecided')", name="charged_unless_undecided"),
        CheckConstraint("number IS NULL OR number >= 1", name="number_from_one"),
        Index(
            "uq_attempts_waiting",
            "member_id",
            "box_id",
            unique=True,
            sqlite_where=text("outcome = 'undecided'"),
            postgresql_where=text("outcome = 'undecided'"),
        ),
        Index("ix_attempts_challenge_id_recorded_at", "challenge_id", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"))
    box_id: Mapped[int] = mapped_column(ForeignKey("answer_boxes.id"), index=True)
    number: Mapped[int | None]
    # One per rendered form: a repeated send is recognised by it.
    token: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(String(500), default="")
    # How many undecided sends this waiting row stands for: each holds a try until an officer decides.
    sends: Mapped[int] = mapped_column(default=1)
    key_revision: Mapped[int]
    received_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
