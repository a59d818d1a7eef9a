"""Mail: queued with the transaction that causes it, made and sent after the commit, tried again.

A slice registers a builder under a kind. The job keeps only ids, so no token and no text of a message is ever
stored: the builder makes the message (and its token) when it is about to be sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import clock, ids, jobs
from mathsoc.db import Base

JOB = "mail"


@dataclass(frozen=True)
class Message:
    """A mail to be made from `templates/emails/<template>/{subject,body}.txt` with this context."""

    to: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)


# Makes the message of a queued mail in a transaction of its own; None when there is nothing to send any more.
Builder = Callable[[AsyncSession, dict[str, Any]], Awaitable[Message | None]]


class KeptMail(Base):
    """A message of a development server, kept for /console/mail instead of being sent."""

    __tablename__ = "kept_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)


async def queue(session: AsyncSession, kind: str, payload: dict[str, Any]) -> None:
    """Queue a mail in the caller's transaction: it is sent if, and only if, that commits."""
    await jobs.plan(session, JOB, ids.public_id(20), clock.now(), {"kind": kind, **payload})
