"""What tests of the editor have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from mathsoc.challenges.models import Challenge
from mathsoc.writing.models import Draft, Region, Revision
from tests.support.world import HTMX, World

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

Clients = dict[str, "TestClientProtocol"]
ADDRESS = "/challenges/squares"
OLD, NEW, OTHER = "<p>Statement</p>", "<p>New words</p>", "<p>Other words</p>"


@dataclass(frozen=True)
class Reply:
    status: int
    html: str
    to: str | None

    def value(self, name: str) -> str:
        """What a field of a form has."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        assert found, name
        return found[1]


async def ask(
    client: TestClientProtocol, what: str = "", *, htmx: bool = False, form: dict[str, Any] | None = None
) -> Reply:
    """GET, or with a form POST, below the address of the challenge that the tests edit."""
    path = what if what.startswith("/") else f"{ADDRESS}/{what}".rstrip("/")
    given: dict[str, Any] = {"headers": HTMX if htmx else {}}
    if form is None:
        reply = await client.get(path, **given)
    else:
        reply = await client.post(path, form=form, **given)
    body = (await reply.get_data()).decode()
    return Reply(reply.status_code, body, reply.headers.get("Location") or reply.headers.get("HX-Redirect"))


async def publish(client: TestClientProtocol, text: str, base: int, **more: str) -> Reply:
    return await ask(client, form={"text": text, "base": str(base), **more})


async def statement(world: World, slug: str = "squares") -> str:
    async with world.database.reading() as session:
        found = await session.scalar(select(Challenge.statement).where(Challenge.slug == slug))
        assert found is not None
        return found


async def revisions(world: World) -> list[tuple[int, str, str, int | None]]:
    """Number, text, note and author of every revision."""
    chosen = select(Revision.number, Revision.text, Revision.note, Revision.author_id)
    async with world.database.reading() as session:
        rows = await session.execute(chosen.order_by(Revision.region_id, Revision.number))
        return [(number, text, note, author) for number, text, note, author in rows]


async def drafts(world: World) -> list[tuple[int, str, int]]:
    """Whose, what and begun from which revision."""
    async with world.database.reading() as session:
        rows = await session.execute(
            select(Draft.member_id, Draft.text, Draft.base).order_by(Draft.member_id)
        )
        return [(member, text, base) for member, text, base in rows]


async def region(world: World) -> Region:
    async with world.database.reading() as session:
        return (await session.scalars(select(Region))).one()
