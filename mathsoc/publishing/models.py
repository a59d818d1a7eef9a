"""What officers publish: one table for four kinds, told apart by `kind`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mathsoc import ids
from mathsoc.db import Base
from mathsoc.uploads.models import Upload

KINDS = ("article", "newsletter", "announcement", "page")
AUDIENCES = ("public", "members", "staff")


class Post(Base):
    """An article, a newsletter, an announcement or a page.

    Whether it is a draft, scheduled, published, over or archived is computed from its moments and the
    present one (see rules); no job changes it. Without `publish_at` it is a draft.
    """

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        CheckConstraint(f"audience IN {AUDIENCES}", name="audience_known"),
        CheckConstraint(
            "expires_at IS NULL OR publish_at IS NULL OR publish_at < expires_at", name="expires_after"
        ),
        Index("ix_posts_kind_publish_at", "kind", "publish_at"),
        Index("ix_posts_publish_at", "publish_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    kind: Mapped[str] = mapped_column(String(12))
    # The present one; PostSlug keeps it free of all others, present or past.
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(150))
    summary: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text, default="", deferred=True)
    audience: Mapped[str] = mapped_column(String(10), default="public")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    # Who wrote it, as readers see it.
    credit: Mapped[str] = mapped_column(String(120), default="")
    publish_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    # In the bin, from which it goes for good after thirty days.
    binned_at: Mapped[datetime | None] = mapped_column(index=True)
    pinned: Mapped[bool] = mapped_column(default=False)
    # A newsletter's PDF.
    document_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    created_at: Mapped[datetime]
    # When readers last got something new: text, title, document.
    updated_at: Mapped[datetime]

    document: Mapped[Upload | None] = relationship(lazy="raise")
    tags: Mapped[list[PostTag]] = relationship(
        lazy="raise", order_by="PostTag.tag", cascade="all, delete-orphan"
    )


class PostSlug(Base):
    """Every slug that a post has or had, so that old addresses lead on and no two posts share one."""

    __tablename__ = "post_slugs"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)


class PostTag(Base):
    """A word that a post is filed under, in small letters."""

    __tablename__ = "post_tags"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
