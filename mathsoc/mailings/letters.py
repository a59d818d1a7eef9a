"""The mail of a newsletter: made when it is about to be sent, and noted before it is.

A mail server cannot be asked whether it has taken a mail, so what may not come twice is noted as taken in the
transaction before the conversation. Whose process dies in between is `unsure`, and left to an officer.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock, richtext
from mathsoc.accounts.letters import letter
from mathsoc.config import Config
from mathsoc.live.service import announce
from mathsoc.mail import Builder, Message
from mathsoc.mailings import queries, rules
from mathsoc.mailings.models import Mailing, Recipient
from mathsoc.members.models import Member
from mathsoc.publishing.models import Post


def builder(config: Config) -> Builder:
    """Makes the mail for one recipient, or None where it is not to be sent, now or at all."""

    async def newsletter(session: AsyncSession, payload: dict[str, Any]) -> Message | None:
        found = select(Recipient).where(Recipient.public_id == payload["recipient"]).with_for_update()
        one = await session.scalar(found.execution_options(populate_existing=True))
        if one is None or one.state not in rules.OPEN:
            return None
        mailing = await session.get_one(Mailing, one.mailing_id, populate_existing=True)
        post = await queries.post(session, mailing.post_id)
        message, one.changed_at = None, clock.now()
        if one.state == "taken":
            one.state = "unsure"
        elif not _goes(config, mailing, post):
            one.state = "waiting"
        elif (member := await _still_wants(session, mailing, one)) is None:
            one.state = "skipped"
        else:
            message = await letter_to(session, config, post, member)
            message = replace(message, number=one.public_id, noted=partial(_noted, one.public_id))
            one.state, one.tries = "taken", one.tries + 1
        await session.flush()
        if message is None:
            await announce(session, queries.topic(post))
        return message

    return newsletter


async def letter_to(session: AsyncSession, config: Config, post: Post, member: Member) -> Message:
    """What the member gets, with their own link to end it."""
    page = f"{config.site_url}/newsletters/{post.slug}"
    over = f"{config.site_url}/newsletters/unsubscribe/{rules.token(config.secret_key, member.handle)}"
    text = richtext.text_for_mail(post.body, config.site_url, page).strip()
    made = await letter(
        session,
        member.email or "",
        "newsletter",
        title=post.title,
        text=text,
        html=richtext.for_mail(post.body, config.site_url, page),
        page=page,
        has_document=post.document_id is not None,
        opening="" if text else await queries.opening(session, post),
        over=over,
    )
    headers = {
        # RFC 8058: the mail program's own button posts to this address, with nobody signed in.
        "List-Unsubscribe": f"<{over}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<newsletters.{urlsplit(config.site_url).hostname}>",
        "Precedence": "bulk",
    }
    return replace(made, headers=headers)


def _goes(config: Config, mailing: Mailing, post: Post) -> bool:
    now = clock.now()
    return not mailing.stopped and queries.sendable(post, now) and not rules.quiet(now, config.time_zone)


async def _still_wants(session: AsyncSession, mailing: Mailing, one: Recipient) -> Member | None:
    """The member as they are now; None where they get none, or somebody has had it at their address."""
    if one.member_id is None:
        return None
    chosen = select(Member).where(Member.id == one.member_id, queries.asks())
    member = await session.scalar(chosen.execution_options(populate_existing=True))
    if member is None or member.email is None:
        return None
    key = rules.address_key(mailing.public_id, member.email)
    if key != one.address_key:
        others = select(Recipient.id).where(
            Recipient.mailing_id == mailing.id, Recipient.address_key == key, Recipient.id != one.id
        )
        if await session.scalar(others) is not None:
            return None
        one.address_key = key
    return member


async def _noted(public_id: str, session: AsyncSession, reason: str, last: bool) -> None:
    """Note how a try ended, together with its job."""
    found = select(Recipient).where(Recipient.public_id == public_id).with_for_update()
    one = await session.scalar(found.execution_options(populate_existing=True))
    if one is None or one.state != "taken":
        return
    last = last or one.tries >= rules.MOST_TRIES
    one.state = "sent" if not reason else "failed" if last else "again"
    one.reason, one.changed_at = reason[:80] if last else "", clock.now()
    await session.flush()
    mailing = await session.get_one(Mailing, one.mailing_id)
    await announce(session, queries.topic(await session.get_one(Post, mailing.post_id)))
