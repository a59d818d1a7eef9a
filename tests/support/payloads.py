"""The hostile inputs of tests/data/bad-inputs.jsonl, with their shorthand written out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "bad-inputs.jsonl"
REPEAT = re.compile(r"@repeat\((.),(\d+)\)|@repeat\(\\?,?([^)]*),(\d+)\)", re.DOTALL)
HEX = re.compile(r"@hex\(([0-9a-f ]+)\)")


@dataclass(frozen=True)
class Payload:
    id: str
    where: str
    text: str
    raw: bytes


def payloads(*where: str) -> list[Payload]:
    """Every payload meant for these places."""
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    return [_written_out(row) for row in rows if row["where"] in where]


def _written_out(row: dict[str, str]) -> Payload:
    text = REPEAT.sub(lambda m: (m[1] or m[3]) * int(m[2] or m[4]), row["payload"])
    raw = b"".join(
        bytes.fromhex(part) if index % 2 else part.encode("utf-8", "surrogatepass")
        for index, part in enumerate(HEX.split(text))
    )
    return Payload(row["id"], row["where"], HEX.sub("�", text), raw)
