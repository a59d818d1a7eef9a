"""Whether the sessions that viewers came with still hold: asked by open streams, and by whatever writes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.errors import Forbidden, SignedOut
from mathsoc.members import rules
from mathsoc.members.models import LoginSession, Member

AT_ONCE = 1000  # sessions in one query


async def hold(session: AsyncSession, viewer: rules.Viewer, now: datetime) -> None:
    """Keep the viewer's role and state as they are until this writing transaction ends.

    Whoever changes them waits for the commit, or has committed before; then this raises SignedOut where the
    session has ended, Forbidden where it still holds with other rights. Take it before any other lock.
    """
    if session.get_bind().dialect.name != "sqlite":  # there the transaction is alone from its beginning
        await session.execute(select(Member.id).where(Member.id == viewer.id).with_for_update(key_share=True))
    # A statement of its own: what the lock waited for is seen only by those that begin after it.
    found = (await session.execute(_standing([viewer.session_id]))).one_or_none()
    if found is None or not _alive(found, now):
        raise SignedOut
    if (found.role, found.state) != (viewer.role, viewer.state):
        raise Forbidden("Your rights have just changed. Reload the page to see what you may do.")


async def no_longer_holding(
    session: AsyncSession, viewers: Collection[rules.Viewer], now: datetime
) -> list[rules.Viewer]:
    """Those of `viewers` whose session has ended, or signs in other rights than they came with."""
    given = list(viewers)
    rights: dict[int, tuple[str, str]] = {}
    for start in range(0, len(given), AT_ONCE):
        chosen = _standing([viewer.session_id for viewer in given[start : start + AT_ONCE]])
        for row in await session.execute(chosen):
            if _alive(row, now):
                rights[row.id] = (row.role, row.state)
    return [one for one in given if rights.get(one.session_id) != (one.role, one.state)]


def _standing(session_ids: list[int]) -> Select[*tuple[Any, ...]]:
    """What decides whether sessions hold: columns, since thousands are asked about at a time."""
    return (
        select(
            *(LoginSession.id, LoginSession.created_at, LoginSession.seen_at, LoginSession.ended_at),
            *(LoginSession.waits_for_code, Member.role, Member.state),
        )
        .join(Member, Member.id == LoginSession.member_id)
        .where(LoginSession.id.in_(session_ids))
    )


def _alive(found: Any, now: datetime) -> bool:
    """Whether a row of `_standing` signs in."""
    return not found.waits_for_code and rules.session_alive(
        staff=found.role in rules.STAFF,
        created_at=found.created_at,
        seen_at=found.seen_at,
        ended=found.ended_at is not None,
        now=now,
    )
