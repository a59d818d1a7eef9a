"""Files made in code: pictures, PDFs written by hand, and what pretends to be one."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

from PIL import Image
from werkzeug.datastructures import FileStorage

from tests.support.world import HTMX

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

SCRIPT = b"<script>alert(document.domain)</script>"
PLACE = "Northfield School, 51.5074 N"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """A picture with a red half and a blue one."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1]))
    into = io.BytesIO()
    image.convert(mode).save(into, kind, **options)
    return into.getvalue()


def noted(kind: str, turn: int = 6) -> bytes:
    """A photograph with a place, a camera, words and the way it was held."""
    exif = Image.Exif()
    exif[0x010F] = "Camera Of Alice"
    exif[0x0112] = turn
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 26.0)
    exif.get_ifd(0x8825)[29] = PLACE
    return picture(kind, exif=exif, **({"comment": PLACE.encode()} if kind == "JPEG" else {}))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *between: bytes, rows: int = 1) -> bytes:
    """A PNG that says it has this many pixels, grey; `rows` of them are there, so a bomb is a small file."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = zlib.compress(bytes(width + 1) * rows, 9)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(between) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def packed_note(size: int) -> bytes:
    """A note in a PNG that unpacks to so many bytes."""
    return chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(size), 9))


def pdf(pages: int = 1, words: str = "Hello", *, encrypt: bytes = b"", media: str = "0 0 595 842") -> bytes:
    """A PDF with a line of words on each page."""
    font = 3 + 2 * pages
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(pages))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
    ]
    for number in range(pages):
        shown = f"BT /F1 24 Tf 72 720 Td ({words} {number + 1}) Tj ET".encode()
        parts.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{media}] /Contents {4 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 {font} 0 R >> >> >>".encode()
        )
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
    parts.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    if encrypt:
        parts.append(encrypt)
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    more = b"/Encrypt %d 0 R /ID [<%s> <%s>] " % (len(parts), b"0" * 32, b"0" * 32) if encrypt else b""
    return out + b"trailer << /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        more,
        table,
    )


def locked_pdf() -> bytes:
    """One that asks for a password: no key that PDFium tries opens it."""
    key = b"<" + b"ab" * 32 + b">"
    return pdf(encrypt=b"<< /Filter /Standard /V 1 /R 2 /P -4 /O %s /U %s >>" % (key, key))


async def send(
    client: TestClientProtocol, data: bytes, name: str = "a.png", *, plain: bool = False
) -> tuple[int, str]:
    """Through the real form; as the editor does it, unless `plain`."""
    file = FileStorage(io.BytesIO(data), filename=name)
    reply = await client.post("/console/uploads", files={"file": file}, headers={} if plain else HTMX)
    return reply.status_code, (await reply.get_data()).decode()
