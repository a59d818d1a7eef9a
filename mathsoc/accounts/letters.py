"""The mails of accounts, made when they are about to be sent, so that no token waits in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock
from mathsoc.accounts import links, rules
from mathsoc.audit import Action
from mathsoc.mail import Message
from mathsoc.members import queries as people
from mathsoc.members import rules as states
from mathsoc.members.models import Member
from mathsoc.schools import queries as schools


async def reset(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """A link to set a new password: only for an account that exists and can be used."""
    member, now = await people.by_email(session, payload["email"]), clock.now()
    if member is None or member.email is None or not states.signs_in(member.state):
        return None
    token = await links.make_link(session, member, "reset", now)
    await audit.record(session, Action.RESET_REQUESTED, now, member_id=member.id)
    minutes = int(rules.LINK_LASTS["reset"].total_seconds()) // 60
    return await letter(session, member.email, "reset", token=token, minutes=minutes)


async def password_changed(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
    """The notice that a password was changed, in case it was somebody else."""
    member = await session.get(Member, payload["member_id"])
    if member is None or member.email is None or not states.signs_in(member.state):
        return None
    return await letter(session, member.email, "password-changed")


async def letter(session: AsyncSession, to: str, template: str, **context: Any) -> Message:
    """A mail from a template that also knows the society and whom to ask."""
    society = await schools.society(session)
    known = {
        "society": society.name if society else "The maths society",
        "contact": society.staff_contact if society else "",
    }
    return Message(to, template, {**known, **context})
