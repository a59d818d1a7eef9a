"""Looking at people stands in the audit log too, whichever slice the page is of."""

from __future__ import annotations

from typing import Any

from quart import g

from mathsoc import audit, clock
from mathsoc.audit import Action
from mathsoc.web.limits import client_address
from mathsoc.web.unit_of_work import database, release


async def note_view(action: Action, **about: Any) -> None:
    """Write into the audit log that the viewer looked at something, in a unit of its own.

    What was read is at hand still, but the request's unit of work is at its end.
    """
    await release()
    async with database().writing() as db:
        await audit.record(db, action, clock.now(), actor_id=g.viewer.id, address=client_address(), **about)
