"""Refusals by the table of rights stand in the audit log: a member tried a door that is not theirs."""

from __future__ import annotations

from quart import g, request

from mathsoc import audit, clock
from mathsoc.audit import Action
from mathsoc.web import limits
from mathsoc.web.unit_of_work import database, release


async def note() -> None:
    """Write the refusal of this request, in a unit of its own; of each member only so many in a minute."""
    viewer = g.viewer
    await release()
    if not await limits.take("denials", viewer.handle):
        return
    async with database().writing() as db:
        await audit.record(
            db,
            Action.DENIED,
            clock.now(),
            actor_id=viewer.id,
            address=limits.client_address(),
            after={"rule": str(request.url_rule), "method": request.method},
        )
