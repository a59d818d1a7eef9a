"""Tables for spreadsheets: every cell is text, whatever it begins with."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from quart import Response

FORMULA = "=+-@"
# Read over at the beginning of a cell by one spreadsheet or another.
SKIPPED = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"


def cell(value: object) -> str:
    """The value as text; one that a spreadsheet might run as a formula gets a quote mark before it."""
    text = "" if value is None else str(value)
    # What begins with our own mark gets another, so that `uncell` gives back what was there.
    bare = text.lstrip("'")
    first = unicodedata.normalize("NFKC", bare.lstrip(SKIPPED)[:1])
    return f"'{text}" if (first and first in FORMULA) or bare[:1] in ("\t", "\r", "\n") else text


def uncell(text: str) -> str:
    """What `cell` made this text of: a table that was downloaded here says the same when it comes back."""
    return text[1:] if text.startswith("'") and cell(text[1:]) == text else text


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated lines with a byte order mark, without which Excel guesses another alphabet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + text.getvalue()


def download(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A reply that is saved as `name`.csv; `name` is ours, in letters, digits and hyphens."""
    response = Response(table(head, rows).encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
