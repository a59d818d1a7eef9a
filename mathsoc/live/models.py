"""The durable version of each topic: what a notification merely hints at."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc.db import Base


class LiveTopic(Base):
    """How often a topic has changed; moved in the transaction that changes what the topic shows."""

    __tablename__ = "live_topics"

    topic: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, nullable=False)
