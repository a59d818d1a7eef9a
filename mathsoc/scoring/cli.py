"""`mathsoc standings`: compare the standings with the ledger, or rebuild them from it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TextIO

from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.scoring import audit


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("standings", help="compare the standings with the ledger of points")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="rebuild in memory and compare; changes nothing")
    what.add_argument("--rebuild", action="store_true", help="write the standings anew from the ledger")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    config = Config.from_environment()
    return asyncio.run(_run(Database(config.database_url), rebuild=arguments.rebuild, out=sys.stdout))


async def _run(database: Database, *, rebuild: bool, out: TextIO) -> int:
    """Returns the exit code: 0 when ledger and standings agree."""
    try:
        if rebuild:
            async with database.writing() as session:
                out.write(f"rebuilt {await audit.rebuild(session)} standings from the ledger\n")
        async with database.reading() as session:
            faults = await audit.check(session)
    finally:
        await database.close()
    for fault in faults:
        out.write(f"{fault}\n")
    out.write("ledger and standings agree\n" if not faults else f"{len(faults)} differences\n")
    return 1 if faults else 0
