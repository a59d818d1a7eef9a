"""What a post is called: its title, the address that goes with it, and those that it had. Never commits."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc.db import insert_ignoring
from mathsoc.errors import Refused
from mathsoc.publishing import rules
from mathsoc.publishing.models import Post, PostSlug


def must_be_a_title(title: str) -> None:
    """Raises Refused for a title that nobody would see."""
    if not title.strip():
        raise Refused(rules.NO_TITLE, "title")


async def rename(session: AsyncSession, post: Post, title: str) -> None:
    """Give a post a title and the address that goes with it; the former address leads on to it."""
    must_be_a_title(title)
    if title != post.title:
        post.title = title
        await name(session, post)


async def name(session: AsyncSession, post: Post) -> None:
    """Take the first slug of its title that is free, or was its own before."""
    if post.kind == "page" and post.slug in rules.FIXED:
        return
    for slug in rules.slugs(post.title, post.kind):
        values = {"kind": post.kind, "slug": slug, "post_id": post.id}
        if not await insert_ignoring(session, PostSlug, values, ["kind", "slug"]):
            chosen = select(PostSlug.post_id).where(PostSlug.kind == post.kind, PostSlug.slug == slug)
            if await session.scalar(chosen) != post.id:
                continue
        post.slug = slug
        break
    await session.flush()
