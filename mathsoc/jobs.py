"""One table of small repeatable steps and one runner in each server process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc.db import Base


class Job(Base):
    """A piece of work that is due at a moment. `progress` is what a repeated step continues from."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("name", "subject"), Index("ix_jobs_due", "done_at", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    # At most one job of this name and subject: planning it again moves it.
    subject: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None]
