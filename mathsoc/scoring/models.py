"""The ledger of points and what is summed from it in the same transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import ids
from mathsoc.db import Base

AWARD_KINDS = ("completion", "first", "manual", "reversal")


class Completion(Base):
    """A member has every box of a challenge right; once per member and challenge."""

    __tablename__ = "completions"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    completed_at: Mapped[datetime]


class FirstCompletion(Base):
    """Who completed a challenge first; the primary key makes it one."""

    __tablename__ = "first_completions"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    completed_at: Mapped[datetime]


class Award(Base):
    """One line of the ledger, only ever added. A mistake is mended by a reversal that names its line."""

    __tablename__ = "awards"
    __table_args__ = (
        CheckConstraint(f"kind IN {AWARD_KINDS}", name="kind_known"),
        CheckConstraint("kind != 'reversal' OR reverses_id IS NOT NULL", name="reversal_names_its_line"),
        CheckConstraint("kind != 'manual' OR reason != ''", name="manual_has_a_reason"),
        Index("ix_awards_competition_id_stage_id_member_id", "competition_id", "stage_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competitions.id"))
    # The stage of the challenge and the member's school at that time.
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300), default="")
    # A line is reversed at most once.
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("awards.id"), unique=True)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    awarded_at: Mapped[datetime]


class Standing(Base):
    """A member's sum on one board and the moment it was reached.

    `listed` is false for hidden, pending, suspended and staff accounts, and for those that will be deleted:
    they keep their points, stand nowhere and are not counted in the histogram.
    """

    __tablename__ = "standings"
    __table_args__ = (
        Index(
            "ix_standings_board", "competition_id", "stage_id", "listed", "score", "reached_at", "member_id"
        ),
    )

    competition_id: Mapped[int] = mapped_column(ForeignKey("competitions.id"), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), primary_key=True, index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    score: Mapped[int] = mapped_column(default=0)
    reached_at: Mapped[datetime]
    listed: Mapped[bool] = mapped_column(default=True)


class ScoreCount(Base):
    """The histogram of one board: how many listed members have this score (places come from it)."""

    __tablename__ = "score_counts"
    __table_args__ = (CheckConstraint("members >= 0", name="never_negative"),)

    competition_id: Mapped[int] = mapped_column(ForeignKey("competitions.id"), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), primary_key=True, index=True)
    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    members: Mapped[int]
