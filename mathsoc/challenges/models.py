"""Challenges and their answer boxes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mathsoc import ids
from mathsoc.competitions.models import Competition
from mathsoc.db import Base
from mathsoc.schools.models import Stage

KINDS = (
    "number",
    "expression",
    "equation",
    "inequality",
    "set",
    "sequence",
    "interval",
    "matrix",
    "text",
    "choice",
)


class Challenge(Base):
    """A problem set in a competition.

    Whether it is released or locked is computed from `release_at`, `lock_at`, `locked_at` and the
    present moment (see rules); no job changes it. `revision` counts edits of its text.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        CheckConstraint(
            "lock_at IS NULL OR release_at IS NULL OR release_at < lock_at", name="lock_after_release"
        ),
        Index("ix_challenges_release_at", "release_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competitions.id"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(150))
    topic: Mapped[str] = mapped_column(String(60), default="")
    difficulty: Mapped[int | None]
    statement: Mapped[str] = mapped_column(Text, default="")
    solution: Mapped[str] = mapped_column(Text, default="", deferred=True)
    # Without a release time the challenge is a draft.
    release_at: Mapped[datetime | None]
    lock_at: Mapped[datetime | None]
    # Locked by hand, whatever lock_at says.
    locked_at: Mapped[datetime | None]
    practice: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    competition: Mapped[Competition] = relationship(lazy="raise")
    stage: Mapped[Stage] = relationship(lazy="raise")
    boxes: Mapped[list[AnswerBox]] = relationship(
        lazy="raise", order_by="AnswerBox.position", back_populates="challenge"
    )


class AnswerBox(Base):
    """One answer that a challenge asks for.

    `key` and `also` are raised on unless a query names them, so that no page loads them by accident.
    """

    __tablename__ = "answer_boxes"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        CheckConstraint(
            "attempt_limit IS NULL OR attempt_limit BETWEEN 1 AND 100", name="attempt_limit_sane"
        ),
        Index("ix_answer_boxes_challenge_id_position", "challenge_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    hint: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(12))
    # What a member may know: variables, tolerance, form, units, choices … (design: Marking).
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    also: Mapped[list[str]] = mapped_column(default=list, deferred=True, deferred_raiseload=True)
    key_revision: Mapped[int] = mapped_column(default=1)
    # None: the competition's limit.
    attempt_limit: Mapped[int | None]

    challenge: Mapped[Challenge] = relationship(lazy="raise", back_populates="boxes")
