"""What a worker is asked to do, and what it hands back.

The server imports this; Pillow and PDFium are imported by workers alone, when the first file comes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """What is kept of a picture."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Document:
    """What is kept of a PDF besides its bytes."""

    first_page: Picture
    pages: int
    text: str


def picture(data: bytes) -> Picture:
    """The picture in these bytes, made anew. Raises Refused."""
    from mathsoc.uploads import pictures

    return pictures.make(data)


def document(data: bytes) -> Document:
    """What there is to show of a PDF. Raises Refused."""
    from mathsoc.uploads import documents

    return documents.read(data)
