"""A file that somebody sends with a form: read, made anew, and put into its place round one unit of work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from quart import abort, current_app, request

from mathsoc.errors import Busy, Refused
from mathsoc.uploads import rules, service
from mathsoc.uploads.service import FIELD, Prepared
from mathsoc.uploads.store import Store
from mathsoc.web.forms import storable
from mathsoc.web.turns import members_turn
from mathsoc.web.unit_of_work import release


def store() -> Store:
    """The store of this application."""
    found: Store = current_app.extensions["uploads"]
    return found


@asynccontextmanager
async def received(kind: str | None = None) -> AsyncIterator[Prepared]:
    """The file in the field `file`; `kind` is what alone is taken, "picture" or "document".

    For views marked `reads_only` and `body_limit(rules.BODY, within=rules.BODY_WITHIN)`. What is inside
    begins `writing()` and calls `service.enter`; when that is refused the file is gone again.
    Raises Refused and Busy, in words for whoever sent it.
    """
    name, data = await _sent()
    await release()  # nothing of the database is held while a worker reads
    async with members_turn():
        prepared = await service.prepare(data, name, kind)
    del data
    async with service.placed(store(), prepared):
        yield prepared


async def _sent() -> tuple[str, bytes]:
    try:
        file = (await request.files).get(FIELD)
    except OSError as error:  # large files lie in the temporary folder meanwhile
        raise Busy(rules.FULL) from error
    if file is None or not file.filename:
        raise Refused(rules.NOTHING, FIELD)
    if not storable(file.filename):
        abort(400)
    return file.filename, file.read(rules.DOCUMENT_BYTES + 1)
