"""What a first start is given: pure."""

from __future__ import annotations

from dataclasses import dataclass, field


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
