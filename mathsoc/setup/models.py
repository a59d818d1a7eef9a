"""The one-time code of the first start."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc.db import Base


class SetupCode(Base):
    """The hash of the code that the newest start printed; gone once there is an administrator."""

    __tablename__ = "setup_code"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
