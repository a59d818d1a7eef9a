"""Regions (texts that are edited in place), their revisions, drafts, and who is editing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc.db import Base

_ONE_OWNER = " + ".join(
    f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)" for name in ("post_id", "challenge_id", "competition_id")
)


class Region(Base):
    """One text of one thing, made when it is first edited. The text itself is the thing's own column.

    Its row is locked by whoever saves. `revision` is the number of the newest revision; 0 before the first.
    """

    __tablename__ = "regions"
    __table_args__ = (
        CheckConstraint(f"{_ONE_OWNER} = 1", name="one_owner"),
        UniqueConstraint("post_id", "field"),
        UniqueConstraint("challenge_id", "field"),
        UniqueConstraint("competition_id", "field"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    competition_id: Mapped[int | None] = mapped_column(ForeignKey("competitions.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=0)


class Revision(Base):
    """The text as it was saved once; only ever added to."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("region_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("regions.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text, deferred=True)
    note: Mapped[str] = mapped_column(String(200), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    saved_at: Mapped[datetime]
    # The number of the revision that this one brought back.
    restores: Mapped[int | None]


class Draft(Base):
    """What somebody has typed and not published; `base` is the revision that they started from."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("region_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("regions.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    base: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class Presence(Base):
    """Somebody has the region open in an editor since `began_at`, and was last heard of at `seen_at`."""

    __tablename__ = "presences"

    region_id: Mapped[int] = mapped_column(ForeignKey("regions.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class RegionUpload(Base):
    """A published text shows this file: whoever may read the text may read the file."""

    __tablename__ = "region_uploads"

    region_id: Mapped[int] = mapped_column(ForeignKey("regions.id", ondelete="CASCADE"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True, index=True)
