"""Finding somebody's name in bytes, however it is written there."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote_plus

from tests.rights.canaries import seen_in

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_QUOTED = re.compile(r"=([0-9A-F]{2})|=\r?\n")


def letters(text: str) -> str:
    """Letters alone, without marks and capitals."""
    return re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFKD", text).casefold())


def _decoded(text: str) -> str:
    """Without the escapes of HTML, JSON and addresses, one inside the other too."""
    for _ in range(2):
        text = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        text = html.unescape(unquote_plus(text))
    return text


def _readings(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace")
    found = [text]
    if "�" in text:
        found += [data.decode("latin-1"), data.decode("utf-16-le", "ignore")]
    if "=C3" in text or "=\n" in text:
        mailed = _QUOTED.sub(lambda one: chr(int(one[1], 16)) if one[1] else "", text)
        found.append(mailed.encode("latin-1", "ignore").decode("utf-8", "replace"))
    return [letters(_decoded(one)) for one in found]


def told_in(data: bytes, names: Iterable[str]) -> list[str]:
    """The names that stand in the data: composed or not, escaped, quoted, in base64 or as a hash."""
    names = list(names)
    readings = _readings(data)
    plain = [one for one in names if any(letters(one) in text for text in readings)]
    spread = {unicodedata.normalize("NFD", one): one for one in names}
    coded = {*seen_in(data, names), *(spread[one] for one in seen_in(data, list(spread)))}
    return [one for one in names if one in plain or one in coded]
