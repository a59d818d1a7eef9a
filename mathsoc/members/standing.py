"""Whether the sessions that viewers came with still hold: asked by open streams, and by whatever writes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
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
    found = (await session.execute(_standing([viewer.session_id], now))).one_or_none()
    if found is None:
        raise SignedOut
    if (found.role, found.state) != (viewer.role, viewer.state):
        raise Forbidden("Your rights have just changed. Reload the page to see what you may do.")


async def no_longer_holding(
    session: AsyncSession, viewers: Collection[rules.Viewer], now: datetime
) -> list[rules.Viewer]:
    """Those of `viewers` whose session has ended, or signs in other rights than they came with."""
    ids = list({viewer.session_id for viewer in viewers})
    rights: dict[int, tuple[str, str]] = {}
    for start in range(0, len(ids), AT_ONCE):
        chosen = _standing(ids[start : start + AT_ONCE], now)
        rights |= {id: (role, state) for id, role, state in await session.execute(chosen)}
    return [one for one in viewers if rights.get(one.session_id) != (one.role, one.state)]


def _standing(session_ids: list[int], now: datetime) -> Select[int, str, str]:
    """Those of the sessions that sign in, with their member's role and state.

    The database applies `rules.session_alive`: reading the moments of thousands of sessions takes longer.
    """
    return (
        select(LoginSession.id, Member.role, Member.state)
        .join(Member, Member.id == LoginSession.member_id)
        .where(LoginSession.id.in_(session_ids))
        .where(LoginSession.ended_at.is_(None), LoginSession.waits_for_code.is_(False))
        .where(or_(_within_limits(True, now), _within_limits(False, now)))
    )


def _within_limits(staff: bool, now: datetime) -> ColumnElement[bool]:
    role = Member.role.in_(rules.STAFF)
    return and_(
        role if staff else ~role,
        LoginSession.seen_at > now - rules.IDLE[staff],
        LoginSession.created_at > now - rules.ABSOLUTE[staff],
    )
