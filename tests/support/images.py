"""What an image file holds besides its picture: by hand, for the few kinds that browsers show."""

from __future__ import annotations

import re

PICTURE = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"bKGD", b"pHYs", b"sBIT"}
KINDS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".ico", ".avif")
# Frames and tables of the picture itself, the colour profile (APP2) and Adobe's transform (APP14).
_JPEG_PICTURE = {*range(0xC0, 0xE0), 0xE0, 0xE2, 0xEE}
_SVG = re.compile(
    rb"<(?:\w+:)?(metadata|title|desc|RDF|text)\b|<!--|<\?(?!xml )|(?:sodipodi|inkscape):", re.I
)


def besides(name: str, data: bytes) -> list[str]:
    """The parts of an image that are no picture: notes, places, times, names of programs."""
    kind = name.rpartition(".")[2].lower()
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return [one.decode("latin-1") for one in _png(data) if one not in PICTURE]
    if data.startswith(b"\xff\xd8"):
        return [f"segment {one:#x}" for one in _jpeg(data) if one not in _JPEG_PICTURE]
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return [one.decode("latin-1") for one in (b"EXIF", b"XMP ") if one in _riff(data)]
    if kind == "svg":
        return [found[0].decode() for found in _SVG.finditer(data)]
    return ["a kind that nobody here can read"]


def _png(data: bytes) -> list[bytes]:
    found, at = [], 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        found.append(data[at + 4 : at + 8])
        at += 12 + length
    return found + ([b"after the end"] if at < len(data) else [])


def _jpeg(data: bytes) -> list[int]:
    found, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found


def _riff(data: bytes) -> list[bytes]:
    found, at = [], 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append(data[at : at + 4])
        at += 8 + length + length % 2
    return found
