"""`mathsoc create-admin`: an administrator from the command line of the server."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import TextIO

from mathsoc import clock, schema
from mathsoc.accounts import common, passwords
from mathsoc.accounts.rules import problem_with_password
from mathsoc.config import Config
from mathsoc.db import Database
from mathsoc.errors import MathsocError, Refused
from mathsoc.members.rules import is_email
from mathsoc.schools.rules import USUAL
from mathsoc.setup import service
from mathsoc.setup.rules import NewAdmin, NewSociety


class NotMade(MathsocError):
    """Why there is no new administrator, in one line."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "create-admin",
        help="make an administrator",
        description="Make an administrator; on an empty database the society too. The password is asked for, "
        "or read as one line from standard input where that is no terminal.",
    )
    parser.add_argument("email", metavar="EMAIL", help="the address to sign in with")
    parser.add_argument("--name", default="Administrator", help="the name that members see")
    parser.add_argument("--society", default="Maths Society", help="the society's name, where there is none")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="take an existing account: make it an administrator with this password, without its second "
        "factor and its sessions",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    config = Config.from_environment()
    email, name = arguments.email.strip().lower(), " ".join(arguments.name.split())
    society = " ".join(arguments.society.split())
    if not is_email(email):
        raise NotMade(f"{email[:80]!r} is no e-mail address.")
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise NotMade("--name must have 1 to 60 letters.")
    if not 0 < len(society) <= 120 or not society.isprintable():
        raise NotMade("--society must have 1 to 120 letters.")
    asyncio.run(schema.make_ready(config.database_url, upgrades=config.sqlite))
    password = _password(sys.stdin)
    own = (email, name, society)
    problem = problem_with_password(password, staff=True, own_words=own, common=common.passwords())
    if problem:
        raise NotMade(f"the password will not do. {problem}")
    founded = NewSociety(society, email, USUAL)
    admin = NewAdmin(email, name, asyncio.run(passwords.hash_password(password)))
    asyncio.run(_make(config.database_url, founded, admin, replace=arguments.replace))
    sys.stdout.write(f"{email} is an administrator. Sign in at {config.site_url}/login\n")
    return 0


def _password(given: TextIO) -> str:
    if not given.isatty():
        return given.readline().rstrip("\r\n")
    password = getpass.getpass("Password (at least 15 characters): ")
    if getpass.getpass("The same again: ") != password:
        raise NotMade("the two passwords differ.")
    return password


async def _make(url: str, founded: NewSociety, admin: NewAdmin, *, replace: bool) -> None:
    database = Database(url)
    try:
        async with database.writing() as session:
            await service.make_admin(session, founded, admin, clock.now(), replace=replace)
    except Refused as error:
        raise NotMade(f"{error.message} Use --replace to make it an administrator's.") from error
    finally:
        await database.close()
