"""People with authenticator apps, for tests."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyotp
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.audit import AuditEntry
from mathsoc.members import service as members
from mathsoc.members.models import LoginSession, Member
from mathsoc.second_factor import service
from tests.support.world import World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

STEP = timedelta(seconds=30)


def code(secret: str, at: datetime, steps: int = 0) -> str:
    """What the app shows so many steps from then."""
    return pyotp.TOTP(secret).at(at + steps * STEP)


async def enrol(world: World, name: str, at: datetime) -> tuple[str, list[str]]:
    """Give somebody an app, confirmed an hour before `at`; returns its secret and the recovery codes."""
    before = at - timedelta(hours=1)
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members[name].id)
        await service.start(session, member)
        secret = member.totp_new_secret or ""
        codes = await service.confirm(session, member, code(secret, before), before, keep=0)
    return secret, codes


async def gave_password(app: Quart, world: World, name: str) -> TestClientProtocol:
    """A browser whose password was right and whose code is still to come."""
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members[name].id)
        token = await members.start_session(session, member, clock.now(), waits_for_code=True)
    client = app.test_client()
    (auth,) = app.extensions["QUART_AUTH"]
    client.set_cookie("localhost", auth.cookie_name, auth.dump_token(token, app))
    return client


async def member_row(world: World, name: str) -> Member:
    async with world.database.reading() as session:
        return await session.get_one(Member, world.members[name].id)


async def live_sessions(world: World, name: str) -> int:
    """How many sessions of somebody are not ended, waiting ones too."""
    chosen = select(LoginSession.id).where(
        LoginSession.member_id == world.members[name].id, LoginSession.ended_at.is_(None)
    )
    async with world.database.reading() as session:
        return len((await session.scalars(chosen)).all())


async def audited(world: World) -> list[str]:
    """The actions in the log, in order."""
    async with world.database.reading() as session:
        return list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def shown_codes(html: str) -> list[str]:
    return re.findall(r"<li><code>([0-9a-z-]+)</code>", html)
