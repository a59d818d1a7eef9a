"""Time-based codes as every authenticator app makes them, and the picture that an app scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError

QUIET = 4  # modules of white round the picture, which scanners need


@dataclass(frozen=True)
class Picture:
    """A QR code as one path of a square drawing with sides of `size` units."""

    size: int
    path: str


def new_secret() -> str:
    """160 random bits in the letters that apps take."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that this code belongs to, at most one from the present; None for a wrong code."""
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=1)
    except OTPVerificationError:
        return None


def address(secret: str, account: str, society: str) -> str:
    """The otpauth:// address by which an app learns the secret and what to call it."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=society.replace(":", " "))


def picture(text: str) -> Picture:
    """The QR code of a text."""
    matrix = segno.make_qr(text, error="m").matrix
    runs = []
    for y, row in enumerate(matrix, QUIET):
        x = 0
        while x < len(row):
            length = 1
            while x + length < len(row) and row[x + length] == row[x]:
                length += 1
            if row[x]:
                runs.append(f"M{x + QUIET} {y}h{length}v1h-{length}z")
            x += length
    return Picture(len(matrix) + 2 * QUIET, "".join(runs))


def grouped(secret: str) -> str:
    """The secret in groups of four, to be typed where nothing can be scanned."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
