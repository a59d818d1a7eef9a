"""One's own display name: another of those that we make, or one that staff are asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from quart import Blueprint, Response, g
from sqlalchemy.ext.asyncio import AsyncSession
from wtforms import Form

from mathsoc import clock
from mathsoc.errors import Refused
from mathsoc.joining import queries as joining
from mathsoc.joining.rules import LONGEST_NAME
from mathsoc.members.models import Member
from mathsoc.profile import service
from mathsoc.profile.forms import NameForm, WishForm
from mathsoc.web import limits
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import reads_only, release, session, writing

blueprint = Blueprint("names", __name__)

OFTEN = "You have changed your name often today, and others lose track. Try again tomorrow."


@blueprint.get("/profile/name")
async def form() -> Response:
    return await _page()


@blueprint.post("/profile/name")
@reads_only
async def choose() -> Response:
    given = NameForm(await sent())
    if not given.validate():
        return await _page(given)

    async def change(db: AsyncSession) -> str:
        name, address = given.display_name.data, limits.client_address()
        await service.choose_name(db, g.viewer, name, clock.now(), address)
        return "name-changed"

    return await _done(given, "display_name", change)


@blueprint.post("/profile/name/wish")
@reads_only
async def wish() -> Response:
    given = WishForm(await sent())
    if not given.validate():
        return await _page(given)

    async def change(db: AsyncSession) -> str:
        name, address = given.wished_name.data, limits.client_address()
        taken = await service.wish_name(db, g.viewer, name, clock.now(), address)
        return "name-changed" if taken else "name-asked"

    return await _done(given, "wished_name", change)


@blueprint.post("/profile/name/wish/withdrawal")
async def withdraw() -> Response:
    await service.withdraw_wish(await session(), g.viewer)
    return see("/profile/name")


async def _done(given: Form, field: str, change: Callable[[AsyncSession], Awaitable[str]]) -> Response:
    """A handful of changes in a day, so that nobody flickers on the boards; what is refused is not counted.

    `change` gives the notice that is shown next.
    """
    await release()
    bucket = ("names", g.viewer.handle)
    if not await limits.take(*bucket):
        return await _refused(given, Refused(OFTEN, field))
    try:
        async with writing() as db:
            notice = await change(db)
    except Refused as error:
        await limits.refund(*bucket)
        return await _refused(given, error)
    return see(f"/profile?notice={notice}")


async def _refused(given: Form, error: Refused) -> Response:
    given[error.field].errors = [error.message]
    return await _page(given)


async def _page(given: Form | None = None) -> Response:
    db = await session()
    return await page(
        "profile/name.html",
        me=await db.get_one(Member, g.viewer.id),
        offered=await joining.suggestions(db),
        form=given,
        longest=LONGEST_NAME,
        status=422 if given is not None else 200,
    )
