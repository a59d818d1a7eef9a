"""The command line: `mathsoc` or `python -m mathsoc`. Each command imports only what it needs."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import sys

from mathsoc.config import EXIT_BAD_CONFIG, Config
from mathsoc.errors import ConfigError, MathsocError

# Commands of slices: imported when asked for, so that `mathsoc mark` never waits for a database library.
IN_SLICES = {
    "mark": ("mathsoc.marking.cli", "mark one answer, or a file of them"),
    "create-admin": ("mathsoc.setup.cli", "make an administrator"),
    "export": ("mathsoc.exchange.export_cli", "write all content, with keys, as plain files"),
    "import": ("mathsoc.exchange.import_cli", "read content from the files of an export"),
    "standings": ("mathsoc.scoring.cli", "compare the standings with the ledger of points"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    given = sys.argv[1:] if argv is None else argv
    arguments = _parser(given).parse_args(given)
    try:
        return int(arguments.run(arguments) or 0)
    except ConfigError as error:
        print(f"mathsoc: {error}", file=sys.stderr)
        return EXIT_BAD_CONFIG
    except MathsocError as error:
        print(f"mathsoc: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(given: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mathsoc",
        description="A maths society's challenges, marking and live leaderboards.",
        epilog="Settings come from the environment: DATABASE_URL, SECRET_KEY, SITE_URL, PORT and others.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(run=_migrate)
    demo = commands.add_parser("demo", help="fill an empty database with the demo society")
    demo.set_defaults(run=_demo)
    wanted = next((word for word in given if not word.startswith("-")), "")
    for name, (module, summary) in IN_SLICES.items():
        if name == wanted:
            importlib.import_module(module).register(commands)
        else:
            commands.add_parser(name, help=summary)
    return parser


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser(
        "run",
        help="serve the site",
        description="Serve the site until Ctrl-C or SIGTERM. A SQLite database is brought to the newest "
        "schema first; for PostgreSQL run `mathsoc migrate` before.",
    )
    run.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    run.add_argument("--port", help="port to listen on (default: PORT, else 8000)")
    run.add_argument("--workers", help="serving processes (default: WEB_CONCURRENCY, else 1)")
    run.add_argument("--demo", action="store_true", help="fill an empty database with the demo society")
    run.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    # A flag is its setting, given for once: config.py checks both alike, and worker processes see it too.
    if arguments.port is not None:
        os.environ["PORT"] = arguments.port
    if arguments.workers is not None:
        os.environ["WEB_CONCURRENCY"] = arguments.workers
    config = Config.from_environment()
    logins = asyncio.run(_prepare(config, demo=arguments.demo))

    from mathsoc import server
    from mathsoc.app import create_app

    def first() -> str:
        return logins + asyncio.run(_first_code(config))

    server.run(create_app, config, arguments.host, config.port, config.workers, first=first)
    return 0


async def _first_code(config: Config) -> str:
    """A line with the one-time code of this start, while nobody can administer the society."""
    from mathsoc import clock
    from mathsoc.db import Database
    from mathsoc.setup import queries, service

    database = Database(config.database_url)
    try:
        async with database.reading() as session:
            if await queries.has_admin(session):
                return ""
        async with database.writing() as session:
            code = await service.new_code(session, clock.now())
    finally:
        await database.close()
    return f"Open {config.site_url}/setup and enter this code: {code}\n"


async def _prepare(config: Config, *, demo: bool) -> str:
    """The schema at its newest, and with `demo` something to see; an operator's database is left alone.

    Returns lines with the demo's log-ins, if there are any.
    """
    if demo and config.production:
        raise MathsocError("the demo society has a known password; not with MATHSOC_ENV=production.")

    from mathsoc import schema

    await schema.make_ready(config.database_url, upgrades=config.sqlite or demo)
    if config.production:
        await schema.must_write_ahead(config.database_url)
        await _refuse_demo(config)
    return await _load_demo(config) if demo else ""


async def _refuse_demo(config: Config) -> None:
    """Raises ConfigError where the database holds the demo society, however it came there."""
    from mathsoc.db import Database
    from mathsoc.schools import queries

    database = Database(config.database_url)
    try:
        async with database.reading() as session:
            society = await queries.society(session)
    finally:
        await database.close()
    if society is not None and society.demo:
        raise ConfigError(
            "this database holds the demo society, whose password everybody knows; "
            "name another one in DATABASE_URL."
        )


def _migrate(_arguments: argparse.Namespace) -> int:
    from mathsoc import schema

    config = Config.from_environment()
    asyncio.run(schema.upgrade(config.database_url))
    print(f"The database is at revision {', '.join(schema.heads())}.")
    return 0


def _demo(_arguments: argparse.Namespace) -> int:
    config = Config.from_environment()
    print(asyncio.run(_prepare(config, demo=True)), end="")
    return 0


async def _load_demo(config: Config) -> str:
    from mathsoc import demo
    from mathsoc.db import Database

    database = Database(config.database_url)
    try:
        logins = await demo.load(database)
    finally:
        await database.close()
    lines = ["The demo society's log-ins:", *map(str, logins)] if logins else []
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
