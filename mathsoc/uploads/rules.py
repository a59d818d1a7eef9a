"""What is decided about files: which are taken, what they are called, how much there may be. Pure."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

MEGABYTE = 1024 * 1024
PICTURE_BYTES = 10 * MEGABYTE
DOCUMENT_BYTES = 25 * MEGABYTE
BODY = DOCUMENT_BYTES + 64 * 1024  # as a browser wraps it up
BODY_WITHIN = 120  # seconds for it to arrive, over a slow line
PIXELS = 40_000_000  # that a picture may say it has
LONGEST_SIDE = 2400  # pixels of what is kept
PAGES = 200
TEXT = 200_000  # characters kept of a document's words
FIRST_PAGE = 1200  # pixels on the longer side of the picture of a first page
QUOTA = 1024 * MEGABYTE  # of the whole society
LONGEST_NAME = 100
LONGEST_ENDING = 5
FORGOTTEN_AFTER = timedelta(days=30)  # since it was last seen in use
STRAY_AFTER = timedelta(days=1)  # a file without a row may be one whose row is just being written

# Media type → what its files end with. Nothing else is ever served.
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf"}
PICTURES, DOCUMENT = ("PNG", "JPEG", "WEBP", "GIF"), "PDF"

TAKEN = "Take a PNG, JPEG, WebP or GIF picture, or a PDF."
NOTHING = "Choose a file first."
EMPTY = "This file is empty."
SVG = "SVG drawings are not taken, since they can carry programs. Save it as PNG and send that."
PHONE = "This is a HEIC or AVIF photo, which not every browser shows. Save it as JPEG and send that."
UNKNOWN = f"This is no picture and no PDF, whatever it is called. {TAKEN}"
BROKEN_PICTURE = "This picture is broken or cut off, so it cannot be shown. Save it anew and send that."
BROKEN_DOCUMENT = "This PDF is broken or cut off, so it cannot be opened. Save it anew and send that."
ENCRYPTED = "This PDF is locked with a password or restrictions. Save it without and send that."
NO_PAGES = "This PDF has no pages."
ONLY_PICTURES = "Only pictures can stand in a text. Attach a PDF to its newsletter instead."
ONLY_DOCUMENTS = "This is not a PDF. A newsletter’s file is a PDF."
BUSY = "The server is busy with other files just now. Nothing was kept; send it again in a minute."
TOO_HEAVY = "This file took too much time or memory to read, so it was not kept. Save it smaller or simpler."
UNREADABLE = "This file could not be read, so it was not kept. Save it anew and send that."
FULL = "There is no room left on the server for this file. Nothing was kept; tell whoever runs the server."
AWAY = "The place where files are kept does not answer. Nothing was kept; send it again in a minute."
IN_USE = "This is used, so it stays."
# Letters that turn the direction of writing or are not seen: a name with them is not what it looks like.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_NOT_IN_NAMES = set('/\\:*?"<>|%;')


def kind_of(data: bytes) -> str | None:
    """What the bytes say of themselves: one of PICTURES or DOCUMENT; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(b"%PDF-"):
        return DOCUMENT
    return None


def why_not(data: bytes) -> str:
    """What to say of bytes that are of no kind taken."""
    if not data:
        return EMPTY
    if b"<svg" in data[:4096].lower() or data.startswith(b"\x1f\x8b"):
        return SVG
    if data[4:8] == b"ftyp":
        return PHONE
    return UNKNOWN


def too_large(size: int, kind: str) -> str | None:
    """What to say of a file of so many bytes; None where it is taken."""
    if kind == DOCUMENT and size > DOCUMENT_BYTES:
        return f"This PDF has {in_megabytes(size)}; at most {in_megabytes(DOCUMENT_BYTES)} are taken."
    if kind != DOCUMENT and size > PICTURE_BYTES:
        return f"This picture has {in_megabytes(size)}; at most {in_megabytes(PICTURE_BYTES)} are taken."
    return None


def too_many_pixels(width: int, height: int) -> str | None:
    if width * height <= PIXELS:
        return None
    most = PIXELS // 1_000_000
    return (
        f"This picture has {width:,} × {height:,} pixels; at most {most} million are taken. Make it smaller."
    )


def too_many_pages(pages: int) -> str | None:
    return f"This PDF has {pages} pages; at most {PAGES} are taken." if pages > PAGES else None


def over_quota(used: int, more: int, quota: int) -> str | None:
    """What to say where the society has no room for so many bytes more; None where it has."""
    if used + more <= quota:
        return None
    return (
        f"The society’s files have {in_megabytes(used)} of {in_megabytes(quota)}, and this one would need "
        f"{in_megabytes(more)}. Delete what is not used (Console, Files), then send it again."
    )


def safe_name(given: str, media_type: str) -> str:
    """What a file is called when somebody downloads it: words of its name there, and the ending of its type.

    No folders, nothing unseen, nothing that another system gives a meaning, never empty.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = unicodedata.normalize("NFC", last)
    seen = (
        " " if letter in _NOT_IN_NAMES or unicodedata.category(letter) in _UNSEEN else letter
        for letter in plain
    )
    words = " ".join("".join(seen).split())
    stem = _without_endings(words)[:LONGEST_NAME].strip(". ")
    ending = ENDINGS[media_type]
    return f"{stem or ('document' if ending == 'pdf' else 'picture')}.{ending}"


def _without_endings(name: str) -> str:
    """`x.html.js` is x; dots in `Issue 1. Primes` stay."""
    stem, dot, ending = name.rpartition(".")
    while dot and len(ending) <= LONGEST_ENDING and ending.isalnum():
        stem, dot, ending = (name := stem).rpartition(".")
    return name.strip(". ")


def disposition(name: str, *, download: bool) -> str:
    """Content-Disposition as RFC 6266 has it: in plain letters, and as it is really called."""
    plain = "".join(
        letter if " " <= letter < "\x7f" and letter not in '"\\' else "_"
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )
    coded = "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 128) or chr(byte) in "-._~" else f"%{byte:02X}"
        for byte in name.encode()
    )
    how = "attachment" if download else "inline"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{coded}"


def in_megabytes(size: int) -> str:
    """`420 KB`, `3.4 MB`, `1,024 MB`."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / MEGABYTE:.1f} MB" if size < 10 * MEGABYTE else f"{size / MEGABYTE:,.0f} MB"


def forgotten(since: datetime, now: datetime) -> bool:
    """Whether what nobody has used since then goes."""
    return now - since >= FORGOTTEN_AFTER
