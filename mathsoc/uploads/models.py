"""What is known of a stored file; the bytes are in the store (UPLOAD_DIR), under its public id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import ids
from mathsoc.db import Base

KINDS = ("picture", "document")
PUBLIC_ID = 20  # characters: an address nobody guesses


class Upload(Base):
    """A picture as it was made anew, or a PDF with its words and a picture of its first page.

    The row is written after the file and deleted before it, so no row is without its file.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind_known"),
        CheckConstraint("size > 0", name="size_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=lambda: ids.public_id(PUBLIC_ID))
    kind: Mapped[str] = mapped_column(String(10))
    media_type: Mapped[str] = mapped_column(String(40))
    # As it was called where it came from, for *Download*; never a part of a path.
    name: Mapped[str] = mapped_column(String(120), default="")
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    # In pixels; None for documents.
    width: Mapped[int | None]
    height: Mapped[int | None]
    pages: Mapped[int | None]
    # The words of a document, for readers who cannot open it and for the search.
    text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    # The first page of a document.
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id", ondelete="SET NULL"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
