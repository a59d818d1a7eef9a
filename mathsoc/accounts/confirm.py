"""Asking for one's own password again before a change to an account."""

from __future__ import annotations

from collections.abc import Mapping

from quart import g

from mathsoc import clock
from mathsoc.accounts import passwords, rules
from mathsoc.errors import Refused
from mathsoc.members import service
from mathsoc.members.models import Member
from mathsoc.web import limits
from mathsoc.web.unit_of_work import database, release, writing

FIELD = "your_password"
ASK = "Enter your own password to confirm this."
WRONG = "This is not your password."


def asks() -> bool:
    """Whether a form must have the field for one's own password."""
    return not rules.is_fresh(g.viewer.fresh_at, clock.now())


async def confirmed(fields: Mapping[str, str]) -> None:
    """Pass when the viewer gave the password a few minutes ago, or gives it now in the field `your_password`.

    Ends the request's unit of work: call it before anything is changed. Raises Refused at that field, and
    TooMany after too many wrong ones.
    """
    if asks():
        await check(fields.get(FIELD, ""), FIELD)


async def check(password: str, field: str) -> Member:
    """The viewer's row as the password was checked against; raises Refused at `field` unless it is right."""
    if not password:
        raise Refused(ASK, field)
    await release()
    await limits.must_take("confirm", g.viewer.handle)
    async with database().reading() as db:
        member = await db.get_one(Member, g.viewer.id)
    if not await passwords.verify(password, member.password_hash):
        raise Refused(WRONG, field)
    await limits.clear("confirm", g.viewer.handle)
    async with writing() as db:
        await service.note_fresh(db, g.viewer.session_id, clock.now())
    return member
