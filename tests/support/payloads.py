"""The hostile inputs of tests/data/, with their shorthand written out."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data"
GIVEN, OWN = FOLDER / "bad-inputs.jsonl", FOLDER / "own-bad-inputs.jsonl"
PLACES = ("form", "richtext", "upload", "url", "header", "answer", "csv")
# A comma in what is repeated is written `\,`.
REPEAT = re.compile(r"@repeat\((.),(\d+)\)|@repeat\(((?:\\,|[^)])*?),(\d+)\)", re.DOTALL)
FORM = re.compile(r"@form\((\d+)\)")
BYTES = re.compile(r"@(hex|png|jpeg)\(([0-9a-f ,]+)\)")


@dataclass(frozen=True)
class Payload:
    id: str
    where: str
    text: str
    raw: bytes


def payloads(*where: str, files: tuple[Path, ...] = (GIVEN, OWN)) -> list[Payload]:
    """Every payload meant for these places."""
    return [_written_out(row) for file in files for row in rows(file) if row["where"] in where]


def rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _written_out(row: dict[str, str]) -> Payload:
    text = REPEAT.sub(lambda m: (m[1] or m[3]).replace("\\,", ",") * int(m[2] or m[4]), row["payload"])
    text = FORM.sub(lambda m: "&".join(f"a{n}={n}" for n in range(int(m[1]))), text)
    raw = bytearray()
    last = 0
    for match in BYTES.finditer(text):
        raw += text[last : match.start()].encode("utf-8", "surrogatepass")
        raw += MADE[match[1]](match[2])
        last = match.end()
    raw += text[last:].encode("utf-8", "surrogatepass")
    return Payload(row["id"], row["where"], BYTES.sub("�", text), bytes(raw))


def _png(size: str) -> bytes:
    """A black picture of `width,height` as its header says; its data are short whatever that is."""
    width, height = map(int, size.split(","))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = zlib.compress(b"\x00" * min(height * (1 + (width + 7) // 8), 1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _jpeg(size: str) -> bytes:
    """The first bytes of a picture of `width,height`, cut off after its header."""
    width, height = map(int, size.split(","))
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return start + b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00\xff\xd9"


MADE: dict[str, Callable[[str], bytes]] = {"hex": bytes.fromhex, "png": _png, "jpeg": _jpeg}
