"""A newsletter, members who asked for it, and a runner that sends it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from mathsoc import clock, mail
from mathsoc.config import Config
from mathsoc.jobs import Runner
from mathsoc.mail import Delivery
from mathsoc.mailings import letters, sending, service
from mathsoc.mailings.models import Recipient
from mathsoc.members.models import Member
from mathsoc.publishing.models import Post, PostSlug
from tests.mail.sending import society
from tests.support.smtp import MailServer
from tests.support.world import World

BODY = "<p>Squares &amp; cubes for <strong>everybody</strong>.</p>"


async def add_newsletter(world: World, slug: str = "autumn", **given: Any) -> Post:
    """Published yesterday for members, unless said otherwise."""
    yesterday = clock.now() - timedelta(days=1)
    post = Post(
        **{
            "kind": "newsletter",
            "slug": slug,
            "title": "Autumn news",
            "body": BODY,
            "audience": "members",
            "publish_at": yesterday,
            "created_at": yesterday,
            "updated_at": yesterday,
        }
        | given
    )
    async with world.database.writing() as session:
        session.add(post)
        await session.flush()
        session.add(PostSlug(kind=post.kind, slug=slug, post_id=post.id))
    return post


async def ask(world: World, *names: str) -> None:
    """They have asked for newsletters by mail."""
    await change(world, *names, newsletters_since=clock.now())


async def change(world: World, *names: str, **values: Any) -> None:
    whom = [world.members[name].id for name in names]
    async with world.database.writing() as session:
        await session.execute(update(Member).where(Member.id.in_(whom)).values(**values))


async def add_readers(world: World, count: int, name: str = "reader") -> list[str]:
    """Members who have asked; returns their addresses."""
    made = [
        Member(
            email=f"{name}{number}@northfield.example",
            display_name=f"{name.title()} {number}",
            state="active",
            year=10,
            created_at=clock.now(),
            newsletters_since=clock.now(),
        )
        for number in range(count)
    ]
    async with world.database.writing() as session:
        session.add_all(made)
    return [str(one.email) for one in made]


async def begin(world: World, post: Post, by: str = "carol") -> None:
    async with world.database.writing() as session:
        await service.begin(session, world.viewer(by), post, clock.now(), "")


def sends(config: Config, world: World, smtp: MailServer) -> Runner:
    """What one process runs of it."""
    config = replace(config, mail_url=f"smtp://127.0.0.1:{smtp.port}?from=maths@school.example")
    delivery = Delivery(config, {sending.KIND: letters.builder(config)}, society)
    return Runner(world.database, {mail.JOB: delivery, service.JOB: sending.step(config.time_zone)})


async def run(runner: Runner, rounds: int = 30, seconds: int = 31) -> None:
    """Run what is due, again and again, with so many seconds between."""
    moment = clock.now()
    for number in range(rounds):
        with clock.moved_to(moment + timedelta(seconds=seconds * number)):
            while await runner.run_due():
                await runner.outside_done()


async def states(world: World) -> Counter[str]:
    async with world.database.reading() as session:
        return Counter(await session.scalars(select(Recipient.state)))


async def recipient(world: World, name: str) -> Recipient:
    async with world.database.reading() as session:
        found = select(Recipient).where(Recipient.member_id == world.members[name].id)
        return (await session.scalars(found)).one()
