"""`mathsoc export DIR` and `mathsoc import DIR`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import TextIO

from sqlalchemy.exc import DBAPIError

from mathsoc import clock, schema
from mathsoc.config import Config
from mathsoc.db import Database, gave_way
from mathsoc.errors import Busy, Missing, Refused
from mathsoc.exchange import files, holding, placing, queries, rules, service
from mathsoc.exchange.plan import plan
from mathsoc.exchange.planned import CREATE, SAME, UPDATE, Plan
from mathsoc.uploads import workshop
from mathsoc.uploads.service import Prepared
from mathsoc.uploads.store import Store, open_store

GAVE_WAY = "somebody was changing the same at this moment, so nothing was imported; import again."
KEYS = "It holds the keys and solutions of challenges, those that are not released too: only you may read it."


def register_export(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "export",
        help="write all content, with keys, as plain files",
        description="Write posts, pages, competitions, challenges with keys and solutions, the files they "
        "show and the society's words into a folder. No members, answers or points. DIR is new, empty or "
        "an older export, which is replaced.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.set_defaults(run=lambda arguments: _with_database(arguments, write_all))


def register_import(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "import",
        help="read content from the files of an export",
        description="Create what is new in the files and update what is other; nothing is deleted. All of it "
        "is done, or nothing.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="only say what would become of each file")
    parser.set_defaults(run=lambda arguments: _with_database(arguments, read_all))


def _with_database(arguments: argparse.Namespace, command: object) -> int:
    config = Config.from_environment()
    return asyncio.run(_run(config, arguments, command))


async def _run(config: Config, arguments: argparse.Namespace, command: object) -> int:
    await schema.make_ready(config.database_url, upgrades=config.sqlite)
    database = Database(config.database_url)
    try:
        store = open_store(config.upload_dir)
        if command is write_all:
            await write_all(database, store, arguments.folder, sys.stdout)
        else:
            await read_all(database, store, arguments.folder, sys.stdout, dry_run=arguments.dry_run)
    finally:
        await database.close()
        await asyncio.to_thread(workshop.stop)
    return 0


async def write_all(database: Database, store: Store, folder: Path, out: TextIO) -> None:
    """Export into the folder. Raises Refused."""
    with files.replacing(folder) as aside:
        async with database.reading() as session:
            content = await queries.content(session)
        marker = f'about = "All content of a society, written by mathsoc export."\nformat = {rules.FORMAT}\n'
        files.put(aside, rules.MARKER, marker.encode())
        for path, entry in content.entries.items():
            files.put(aside, path, files.written(entry))
        for path, upload in content.uploads.items():
            try:
                files.put(aside, path, await store.get(upload.public_id))
            except Missing as error:
                raise Refused(f"the file of {path} is not in UPLOAD_DIR; look there first.") from error
    out.write(f"{len(content.entries) + len(content.uploads)} files are in {folder}. {KEYS}\n")


async def _write(
    database: Database, store: Store, given: dict[str, bytes], made: Plan, prepared: list[Prepared]
) -> Plan:
    async with placing.placed(database, store, prepared), database.writing() as session:
        await holding.alone(session)
        held = await holding.hold(session, given, made)
        await service.apply(session, held, await placing.ensured(store, held, prepared), clock.now())
    return held


async def read_all(
    database: Database, store: Store, folder: Path, out: TextIO, *, dry_run: bool = False
) -> Plan:
    """Import from the folder, or only say what would be done. Raises Refused or Busy: nothing changed."""
    files.version(folder)
    given = files.found(folder)
    async with database.reading() as session:
        made = await plan(session, given)
    prepared = await placing.prepare(made)
    if not dry_run:
        try:
            made = await _write(database, store, given, made, prepared)
        except DBAPIError as error:
            if gave_way(error):
                raise Busy(GAVE_WAY) from error
            raise
    for path, what in sorted(made.what.items()):
        if dry_run or what != SAME:
            out.write(f"{what:<7} {path}\n")
    counts = Counter(made.what.values())
    told = ", ".join(f"{counts[what]} to {what}" for what in (CREATE, UPDATE)) + f", {counts[SAME]} the same"
    keys = any(path.endswith(rules.BOXES) and what != SAME for path, what in made.what.items())
    out.write(f"{told}. {'Nothing was changed: this was a dry run.' if dry_run else 'All is done.'}\n")
    if keys:
        out.write("Keys of challenges are among it: look at the files of boxes above.\n")
    return made
