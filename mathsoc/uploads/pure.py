"""Whether a file of a picture holds its pixels and nothing besides: no notes, no place, no tail."""

from __future__ import annotations

import struct

PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
_PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_WEBP_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
_JPEG_PLAIN = {0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0}


def only_pixels(data: bytes, media_type: str) -> bool:
    """True for what our own encoder writes; a document is none of its business."""
    try:
        check = {PNG: _png, JPEG: _jpeg, WEBP: _webp}.get(media_type)
        return check is None or check(data)
    except (struct.error, IndexError):
        return False


def _png(data: bytes) -> bool:
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind not in _PNG_PARTS:
            return False
        at += 12 + length
        if kind == b"IEND":
            return bool(length == 0 and at == len(data))
    return False


def _webp(data: bytes) -> bool:
    (size,) = struct.unpack_from("<I", data, 4)
    at = 12
    while at < len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind not in _WEBP_PARTS:
            return False
        at += 8 + length + length % 2
    return bool(at == len(data) == size + 8)


def _jpeg(data: bytes) -> bool:
    """Only tables, frames and scans; in a scan 0xFF is followed by 0 or a restart mark."""
    at = 2
    while True:
        if data[at] != 0xFF:
            return False
        mark = data[at + 1]
        if mark == 0xD9:
            return at + 2 == len(data)
        (length,) = struct.unpack_from(">H", data, at + 2)
        if mark == 0xE0 and (length != 16 or data[at + 4 : at + 9] != b"JFIF\0"):
            return False
        if mark != 0xDA and mark not in _JPEG_PLAIN:
            return False
        at += 2 + length
        while mark == 0xDA:
            found = data.find(b"\xff", at)
            at = found if found >= 0 else len(data)
            if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
                break
            at += 2
