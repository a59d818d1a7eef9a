"""Newsletters that are sent by mail, and to whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import ids
from mathsoc.db import Base
from mathsoc.mailings import rules


class Mailing(Base):
    """A newsletter is sent by mail once; who asks later may get it too, as long as `recipients` are known."""

    __tablename__ = "mailings"
    __table_args__ = (CheckConstraint(f"stopped IN {rules.STOPPED}", name="stopped_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), unique=True)
    # As it was called when it was begun.
    title: Mapped[str] = mapped_column(String(150))
    begun_at: Mapped[datetime] = mapped_column(index=True)
    # Why it stands still; nothing, where it goes on.
    stopped: Mapped[str] = mapped_column(String(10), default="")
    ended_at: Mapped[datetime | None]


class Recipient(Base):
    """Somebody who gets one newsletter, written down before the first mail leaves.

    Who it was is forgotten with the account, or after thirty days; that there was somebody stays.
    """

    __tablename__ = "mailing_recipients"
    __table_args__ = (
        UniqueConstraint("mailing_id", "member_id"),
        UniqueConstraint("mailing_id", "address_key"),
        CheckConstraint(f"state IN {rules.STATES}", name="state_known"),
        Index("ix_mailing_recipients_mailing_id_state", "mailing_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Names the mail in its head and in the outbox.
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: ids.public_id(20))
    mailing_id: Mapped[int] = mapped_column(ForeignKey("mailings.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    # See `rules.address_key`: no address gets it twice, whoever has it meanwhile.
    address_key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    # Why it failed, in the mail server's number; nothing personal.
    reason: Mapped[str] = mapped_column(String(80), default="")
    changed_at: Mapped[datetime]
