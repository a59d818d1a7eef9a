"""Reading what stands behind links in mail, and what a new password is measured against."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.accounts.models import MailToken
from mathsoc.members import rules as people
from mathsoc.members.models import Member
from mathsoc.schools import queries as schools
from mathsoc.schools.models import School


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def usable(token: str, purpose: str, now: datetime) -> ColumnElement[bool]:
    """What holds for a link that can be used: it is the one, unused and not too old."""
    return and_(
        MailToken.token_hash == token_hash(token),
        MailToken.purpose == purpose,
        MailToken.used_at.is_(None),
        MailToken.expires_at > now,
    )


async def member_of_link(session: AsyncSession, token: str, purpose: str, now: datetime) -> Member | None:
    """Whose link this is; None once it has been used, is too old, or went to an address given up since."""
    found = await session.scalar(
        select(Member)
        .join(MailToken, MailToken.member_id == Member.id)
        .where(usable(token, purpose, now), MailToken.address == Member.email)
    )
    return found if found is not None and people.signs_in(found.state) else None


async def address_of_join_link(session: AsyncSession, token: str, now: datetime) -> str | None:
    """The address that a link to join was sent to; None once it has been used or is too old."""
    return await session.scalar(select(MailToken.address).where(usable(token, "join", now)))


async def purpose_of_link(session: AsyncSession, token: str) -> str | None:
    """What a link was made for, whether or not it can still be used; None for one that nobody was sent."""
    return await session.scalar(select(MailToken.purpose).where(MailToken.token_hash == token_hash(token)))


async def address_to_verify(session: AsyncSession, token: str, member_id: int, now: datetime) -> str | None:
    """The new address that a link of this member's was sent to; None for one that is over or another's."""
    theirs = MailToken.member_id == member_id
    return await session.scalar(select(MailToken.address).where(usable(token, "verify", now), theirs))


async def words_here(session: AsyncSession) -> list[str]:
    """Names that nobody's password here must be made of."""
    society = await schools.society(session)
    names = list(await session.scalars(select(School.name)))
    return [*names, society.name] if society else names


async def own_words(session: AsyncSession, member: Member) -> list[str]:
    """Names that a password of this member must not be made of."""
    own = (member.display_name, member.real_name, member.email or "", member.login_name or "")
    return [*await words_here(session), *own]
