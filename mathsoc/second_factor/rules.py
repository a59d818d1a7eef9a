"""What is decided about second factors: pure."""

from __future__ import annotations

import unicodedata

RECOVERY_CODES = 10


def must_enrol(*, production: bool, staff: bool, enrolled: bool) -> bool:
    """Whoever sees keys or pupils' names needs more than a password, wherever real people are."""
    return production and staff and not enrolled


def may_remove(*, production: bool, staff: bool) -> bool:
    """Pupils use a second factor by choice; staff may only put another in its place."""
    return not (production and staff)


def six_digits(typed: str) -> str | None:
    """The code of an authenticator app in what was typed; None when it cannot be one."""
    text = "".join(unicodedata.normalize("NFKC", typed[:100]).split())
    return text if len(text) == 6 and text.isascii() and text.isdigit() else None
