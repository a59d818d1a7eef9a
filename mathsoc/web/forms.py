"""Reading what was sent: one meaning for repeated fields, no text that a database refuses."""

from __future__ import annotations

from quart import abort, request
from werkzeug.datastructures import MultiDict

LONGEST_NEXT = 512
# Letters to Unicode, and blank on every screen: with one, a name looks like somebody else's.
BLANKS = "\u115f\u1160\u3164\uffa0"


async def sent() -> MultiDict[str, str]:
    """The form fields, first value of each, checked for characters that cannot be stored.

    Aborts with 400 on NUL or lone surrogates (PostgreSQL refuses what SQLite takes), and on a part of a
    multipart body that has no name.
    """
    form = await request.form
    if None in form:
        abort(400)
    fields: MultiDict[str, str] = MultiDict((name, form[name]) for name in form)
    for name, value in fields.items():
        if not storable(name) or not storable(value):
            abort(400)
    return fields


async def all_sent(name: str) -> list[str]:
    """Every value of a field that may be repeated, such as ticks in a list; checked as `sent` does."""
    values: list[str] = (await request.form).getlist(name)
    if not all(map(storable, values)):
        abort(400)
    return values


def words(text: str | None) -> str:
    """A name with single spaces; control characters, and letters that nobody sees, are spaces too."""
    seen = (c if c.isprintable() and c not in BLANKS else " " for c in text or "")
    return " ".join("".join(seen).split())


def storable(text: str) -> bool:
    """Whether both databases can keep this text."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def local_path(given: str | None, default: str = "/") -> str:
    """A path of this site to go on to: one leading slash, nothing that a browser reads as a host."""
    path = given or ""
    bad = (
        "\\" in path
        or "%5c" in path.lower()
        or any(ord(letter) < 33 or ord(letter) == 127 for letter in path)
    )
    if not path.startswith("/") or path.startswith("//") or bad or len(path) > LONGEST_NEXT:
        return default
    return path
