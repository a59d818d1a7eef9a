"""Tokens in links that are sent by mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc.db import Base

PURPOSES = ("reset", "verify", "join")


class MailToken(Base):
    """A link sent by mail, of which only the token's hash is kept. It is used once, before it expires."""

    __tablename__ = "mail_tokens"
    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose_known"),
        CheckConstraint("(purpose = 'join') = (member_id IS NULL)", name="joining_has_no_member"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))
    # Nobody yet, where it leads to joining.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    # Who of the staff made it to hand it over; nobody, where it was sent by mail.
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    # The address that it was sent to: the link dies when the account's address changes.
    address: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
