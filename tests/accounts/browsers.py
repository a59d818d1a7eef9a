"""Browsers of tests: what they send to sign in, and the cookies that they are given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from typing import TYPE_CHECKING, Any

from quart import Response
from sqlalchemy import select

from mathsoc.app import Mathsoc, create_app
from mathsoc.audit import AuditDetail, AuditEntry
from mathsoc.config import Config
from mathsoc.db import Database
from tests.support.world import PASSWORD, World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

HOME, SCHOOL, FAR = "192.0.2.10", "198.51.100.1", "203.0.113.66"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"


@asynccontextmanager
async def strict(config: Config, **given: Any) -> AsyncIterator[Mathsoc]:
    """The application with its rate limits as they are in use."""
    app = create_app(replace(config, rate_scale=1.0, **given))
    async with app.test_app():
        yield app


async def sign_in(
    client: TestClientProtocol, email: str | None, password: str = PASSWORD, *, at: str = HOME, **more: str
) -> Response:
    """Send the form from this address."""
    form = {"email": email or "", "password": password, **more}
    reply = await client.post(
        "/login", form=form, scope_base={"client": (at, 50_000)}, headers={"User-Agent": FIREFOX}
    )
    return reply


async def signed_in_there(client: TestClientProtocol) -> bool:
    return b"Sign out" in await (await client.get("/")).get_data()


def cookies(reply: Response) -> dict[str, Morsel[str]]:
    """What the reply sets, by name."""
    found: SimpleCookie = SimpleCookie()
    for line in reply.headers.getlist("Set-Cookie"):
        found.load(line)
    return dict(found)


def carried(client: TestClientProtocol) -> dict[str, str]:
    """The cookies that a client would send."""
    return {one.name: one.value or "" for one in client.cookie_jar or ()}


async def logged(database: Database) -> list[tuple[str, int | None, int | None, str]]:
    """The audit log: action, actor, subject, address."""
    async with database.reading() as session:
        rows = await session.execute(
            select(AuditEntry, AuditDetail)
            .outerjoin(AuditDetail, AuditDetail.entry_id == AuditEntry.id)
            .order_by(AuditEntry.id)
        )
        return [(e.action, e.actor_id, e.subject_id, d.address if d else "") for e, d in rows]


def email(world: World, name: str) -> str:
    return world.members[name].email or ""
