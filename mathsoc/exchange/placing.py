"""Files of an import: read, and in their place before their rows are.

Two imports of one folder may run at once. Whatever decides about a file (is it there as it must be, has it a
row, may it go) is asked while no other import can change the answer.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from mathsoc.db import Database
from mathsoc.errors import MathsocError, Missing, Refused
from mathsoc.exchange.holding import MEANWHILE, alone
from mathsoc.exchange.planned import CREATE, Plan
from mathsoc.exchange.rules import ENDINGS, UPLOADS
from mathsoc.uploads import pure
from mathsoc.uploads import service as uploads
from mathsoc.uploads.models import Upload
from mathsoc.uploads.service import Prepared
from mathsoc.uploads.store import Store

log = logging.getLogger(__name__)


async def prepare(plan: Plan) -> list[Prepared]:
    """Files to be kept, read in a worker like any that is sent; with no transaction held. Raises Refused."""
    found = {}
    for path, raw in plan.uploads.items():
        if plan.what[path] != CREATE:
            continue
        id, _, ending = path.partition("/")[2].partition(".")
        entry = plan.entries[f"{UPLOADS}/{id}.toml"]
        try:
            made = await uploads.prepare(
                raw, entry.data["name"], "document" if ending == "pdf" else "picture"
            )
        except Refused as refused:
            raise Refused(f"nothing was imported:\n  {path}: {refused.message}") from refused
        # Made anew a photograph would lose a little each time; what holds nothing but its pixels stays.
        if made.media_type == ENDINGS[ending] and pure.only_pixels(raw, made.media_type):
            made = replace(made, data=raw, sha256=hashlib.sha256(raw).hexdigest())
        elif made.kind == "picture" and made.media_type != ENDINGS[ending]:
            raise Refused(
                f"nothing was imported:\n  {path}: call it .{_ending(made.media_type)}; that is what it is"
            )
        found[id] = replace(made, public_id=id, name=entry.data["name"])
    first_pages = set()
    for id, made in found.items():
        first = plan.entries[f"{UPLOADS}/{id}.toml"].data["picture"]
        if made.picture is not None and first in found:
            found[id] = replace(made, picture=found[first])
            first_pages.add(first)
    return [made for id, made in found.items() if id not in first_pages]


@asynccontextmanager
async def placed(database: Database, store: Store, prepared: list[Prepared]) -> AsyncIterator[None]:
    """The files in their store while their rows are written; those without a row go again if that fails.

    A file that is there with other content is left for `ensured`. Raises Busy.
    """
    try:
        for one in _files(prepared):
            held = await _held(store, one.public_id)
            if held is None or held == one.data:
                await store.put(one.public_id, one.data)
        yield
    except BaseException:
        await _take_out(database, store, [one.public_id for one in _files(prepared)])
        raise


async def ensured(store: Store, plan: Plan, prepared: list[Prepared]) -> list[Prepared]:
    """Those files that still have no row, each in its place as it must be.

    For the transaction that is `alone`. Another import may have written the rows of some meanwhile, or have
    taken a file out again. Raises Busy, and Refused where a document and its first page come apart.
    """
    asked = {path.partition("/")[2].partition(".")[0]: plan.what[path] for path in plan.uploads}
    creates = {id for id, what in asked.items() if what == CREATE}
    left = []
    for made in prepared:
        named = {one.public_id for one in made.files} & asked.keys()  # a first page that is in no file is new
        if named <= creates:
            left.append(made)
        elif named & creates:
            raise Refused(MEANWHILE.format(f"{UPLOADS}/{made.public_id}"))
    for one in _files(left):
        if await _held(store, one.public_id) != one.data:
            await store.put(one.public_id, one.data)
    return left


async def _take_out(database: Database, store: Store, names: list[str]) -> None:
    """What cannot be asked or reached now stays; the job of files without a row looks at it later."""
    if not names:
        return
    try:
        async with database.writing() as session:
            await alone(session)
            rows = await session.scalars(select(Upload.public_id).where(Upload.public_id.in_(names)))
            await uploads.let_go(store, sorted({*names} - {*rows}))
    except (MathsocError, SQLAlchemyError, OSError) as error:
        log.warning("files of the import are left in their store for now: %s", type(error).__name__)


def _files(prepared: list[Prepared]) -> list[Prepared]:
    return [one for made in prepared for one in made.files]


async def _held(store: Store, name: str) -> bytes | None:
    try:
        return await store.get(name)
    except Missing:
        return None


def _ending(media_type: str) -> str:
    return next(ending for ending, known in ENDINGS.items() if known == media_type)
