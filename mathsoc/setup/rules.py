"""What a first start is given: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# What every mail program takes without quotes; whether mail arrives is seen by sending some.
_WORD = r"[\w!#$%&'*+/=^`{|}~-]+"
EMAIL = re.compile(rf"\A{_WORD}(?:\.{_WORD})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z", re.ASCII)
LONGEST_LOCAL = 64
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
    short = len(text) <= LONGEST_EMAIL and len(text.partition("@")[0]) <= LONGEST_LOCAL
    return short and EMAIL.fullmatch(text) is not None
