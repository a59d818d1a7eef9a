"""What a first start is given: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# One @ with something on both sides and a dot after it; whether mail arrives is seen by sending some.
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
LONGEST_EMAIL = 254


@dataclass(frozen=True)
class NewAdmin:
    """The first administrator. The password's hash never shows when this is printed."""

    email: str
    display_name: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True)
class NewSociety:
    """`preset` is a key of schools.rules.PRESETS; `school` may be empty."""

    name: str
    staff_contact: str
    preset: str
    school: str = ""


def is_email(text: str) -> bool:
    return len(text) <= LONGEST_EMAIL and text.isprintable() and EMAIL.fullmatch(text) is not None
