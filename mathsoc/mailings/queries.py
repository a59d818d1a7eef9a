"""Reading newsletters by mail: who has asked, who gets one, and how far it is."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from mathsoc.mailings.models import Mailing, Recipient
from mathsoc.mailings.rules import Numbers
from mathsoc.members.models import Member
from mathsoc.publishing import queries as publishing
from mathsoc.publishing.models import Post
from mathsoc.uploads.models import Upload

OPENING = 600  # letters of a PDF in the mail of a newsletter


@dataclass(frozen=True)
class Asked:
    """Those who have asked for newsletters by mail: who gets them, and how many do not, and why."""

    gets: int = 0
    no_address: int = 0
    not_in_use: int = 0
    leaving: int = 0

    @property
    def left_out(self) -> int:
        return self.no_address + self.not_in_use + self.leaving


@dataclass(frozen=True)
class Progress:
    """A mailing, how far it is, and why some have failed."""

    mailing: Mailing
    numbers: Numbers
    reasons: Sequence[tuple[str, int]]


def topic(post: Post) -> str:
    return f"mailing:{post.public_id}"


def asks() -> ColumnElement[bool]:
    """The condition for members who get newsletters by mail."""
    return and_(_wants(), Member.email.is_not(None), Member.state == "active", ~_leaving())


def sendable(post: Post, now: datetime) -> bool:
    """Whether every member may read it now."""
    return post.kind == "newsletter" and publishing.may_read(post, "members", now)


async def post(session: AsyncSession, post_id: int) -> Post:
    """The newsletter with its text, as it is now."""
    chosen = select(Post).where(Post.id == post_id).options(undefer(Post.body))
    return (await session.scalars(chosen.execution_options(populate_existing=True))).one()


async def opening(session: AsyncSession, post: Post) -> str:
    """What a newsletter is about that is a PDF alone: its summary, or else the first words of the PDF."""
    if post.summary or post.document_id is None:
        return post.summary
    words = await session.scalar(select(Upload.text).where(Upload.id == post.document_id))
    return textwrap.shorten(words or "", OPENING, placeholder=" …")


async def asked(session: AsyncSession, mailing: Mailing | None = None) -> Asked:
    """How many get newsletters by mail; with `mailing`, of those who are not written down for it."""
    new = Member.id == Member.id
    if mailing is not None:
        has = select(Recipient.member_id).where(
            Recipient.mailing_id == mailing.id, Recipient.member_id.is_not(None), Recipient.state != "skipped"
        )
        new = Member.id.not_in(has)
    counts = (
        asks(),
        and_(_wants(), Member.email.is_(None)),
        and_(_wants(), Member.email.is_not(None), Member.state != "active"),
        and_(_wants(), Member.email.is_not(None), Member.state == "active", _leaving()),
    )
    chosen = select(*(func.count().filter(one) for one in counts)).select_from(Member)
    return Asked(*tuple((await session.execute(chosen.where(_wants(), new))).one()))


async def of_post(session: AsyncSession, post_id: int) -> Mailing | None:
    return await session.scalar(select(Mailing).where(Mailing.post_id == post_id))


async def progress(session: AsyncSession, post_id: int) -> Progress | None:
    """How far the sending of a newsletter is; None before it was begun."""
    mailing = await of_post(session, post_id)
    if mailing is None:
        return None
    chosen = (
        select(Recipient.state, Recipient.reason, func.count())
        .where(Recipient.mailing_id == mailing.id)
        .group_by(Recipient.state, Recipient.reason)
        .order_by(Recipient.state, Recipient.reason)
    )
    by_state: dict[str, int] = {}
    reasons = []
    for state, reason, count in await session.execute(chosen):
        by_state[state] = by_state.get(state, 0) + count
        if state == "failed" and reason:
            reasons.append((reason, count))
    return Progress(mailing, Numbers(by_state), reasons)


async def numbers(session: AsyncSession, mailing_id: int) -> Numbers:
    chosen = select(Recipient.state, func.count()).where(Recipient.mailing_id == mailing_id)
    rows = await session.execute(chosen.group_by(Recipient.state))
    return Numbers({state: count for state, count in rows})


def _wants() -> ColumnElement[bool]:
    return Member.newsletters_since.is_not(None)


def _leaving() -> ColumnElement[bool]:
    return or_(Member.erase_at.is_not(None), Member.left_at.is_not(None))
