"""The console's own pages: the way in, the audit log, kept mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import delete, select

from mathsoc import audit, clock
from mathsoc.audit import Action, AuditEntry
from mathsoc.console import rules
from mathsoc.mail import KeptMail
from mathsoc.members.models import LoginSession, Member
from tests.console.people import logged, path, staffed, text_of
from tests.support.world import World, already_signed_in, noon


async def test_everybody_finds_what_they_may_use(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    shown = {
        "ada": {"/console/members", "/console/audit", "/console/mail"},
        "lead": {"/console/members"},
        "carol": set(),
    }
    for who, theirs in shown.items():
        page = await text_of(clients[who], "/console")
        links = {link for link in shown["ada"] if f'href="{link}"' in page}
        assert links == theirs, who
        for link in links:
            await text_of(clients[who], link)
        assert 'href="/console"' in await text_of(clients[who], "/")
    assert 'href="/console"' not in await text_of(clients["alice"], "/")


async def test_the_log_in_pages(app: Quart, world: World) -> None:
    """Newest first, and no entry is lost between two pages, not even those of one moment."""
    ada = await already_signed_in(app, world, "ada")
    async with world.database.writing() as session:
        for number in range(120):
            moment = noon() - timedelta(minutes=number // 60)
            address = f"192.0.2.{number}"
            await audit.record(session, Action.SIGNED_IN, moment, address=address)
    seen, where = [], "/console/audit"
    while where:
        page = await text_of(ada, where)
        seen += [int(part.partition("<")[0]) for part in page.split("192.0.2.")[1:]]
        after = page.partition("before=")[2].partition('"')[0]
        where = f"/console/audit?before={after}" if after else ""
    assert sorted(seen) == list(range(120)), "each once"
    assert [number // 60 for number in seen] == sorted(number // 60 for number in seen)


async def test_the_log_of_one_action_or_member(app: Quart, world: World) -> None:
    ada = await already_signed_in(app, world, "ada")
    alice, bob, own = (world.members[name] for name in ("alice", "bob", "ada"))
    async with world.database.writing() as session:
        for member, address in ((alice, "192.0.2.1"), (bob, "192.0.2.2")):
            await audit.record(
                session,
                Action.SUSPENDED,
                noon(),
                actor_id=own.id,
                member_id=member.id,
                address=address,
                before={"state": "active"},
                after={"state": "suspended"},
            )
        await audit.record(session, Action.SIGN_IN_FAILED, noon(), address="192.0.2.3")
    everything = await text_of(ada, "/console/audit")
    assert "Real Ada Name</a> suspended <a" in everything and ">Sign-in failed <" in everything.replace(
        "</td>", " <"
    )
    assert "1 Nov 2026, 12:00:00" in everything
    assert "state: active → state: suspended" in everything
    for query, found in (
        (f"member={alice.handle}", {1}),
        (f"member={own.handle}", {1, 2}),
        ("action=sign-in-failed", {3}),
        (f"action=sign-in-failed&member={bob.handle}", set()),
        (f"member={alice.email}", {1}),
        ("member=REAL+BOB", {2}),
        ("member=real", {1, 2}),
        ("member=nobody", set()),
        ("member=%25", set()),
        ("action=nothing", {1, 2, 3}),
    ):
        page = await text_of(ada, f"/console/audit?{query}")
        assert {number for number in (1, 2, 3) if f"192.0.2.{number}" in page} == found, query
    assert (await ada.get("/console/audit?before=yesterday")).status_code == 404


def test_every_action_has_its_words() -> None:
    assert rules.IN_WORDS.keys() == rules.AS_NOUNS.keys() == set(Action)
    dangling = (" of", " for", " by")
    assert not [words for words in rules.AS_NOUNS.values() if words.endswith(dangling)]


async def test_the_log_says_what_was_looked_at_and_which_door_was_shut(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    await text_of(clients["ada"], path(world, "bob"))
    assert (await clients["alice"].post(path(world, "bob", "role"))).status_code == 403
    page = await text_of(clients["ada"], "/console/audit")
    assert re.search(r"looked at the page of <a [^>]+>Real Bob Name", page)
    assert "was refused" in page and "POST /console/members/&lt;handle&gt;/role" in page


async def test_an_empty_society_is_told_what_is_not_there_yet(app: Quart, world: World) -> None:
    words = "adding them, and schools, in the page is not in this version yet."
    ada = await already_signed_in(app, world, "ada")
    assert words not in await text_of(ada, "/console")
    async with world.database.writing() as session:
        await session.execute(delete(LoginSession).where(LoginSession.member_id != world.members["ada"].id))
        await session.execute(delete(Member).where(Member.id != world.members["ada"].id))
    assert words in await text_of(ada, "/console")
    assert "Nothing is open just now.</p>" in await text_of(ada, "/")


async def test_what_is_erased_is_named_no_more(app: Quart, world: World) -> None:
    ada = await already_signed_in(app, world, "ada")
    async with world.database.writing() as session:
        bob = await session.merge(world.members["bob"], load=False)
        bob.state = "erased"
        await audit.record(session, Action.SUSPENDED, noon(), member_id=bob.id)
    page = await text_of(ada, "/console/audit")
    assert "somebody who has left" in page and "Real Bob" not in page and bob.handle not in page


async def test_reading_the_log_leaves_no_entry(app: Quart, world: World) -> None:
    ada = await already_signed_in(app, world, "ada")
    await text_of(ada, "/console/audit")
    async with world.database.reading() as session:
        assert (await session.scalars(select(AuditEntry))).all() == []


async def test_kept_mail(app: Quart, world: World) -> None:
    clients = await staffed(app, world)
    link = "http://localhost/reset-password/t0ken"
    async with world.database.writing() as session:
        kept = KeptMail(at=noon(), recipient="zoe@x.example", subject="<b>Hi</b>", body=f"<i>see\n{link}\n")
        session.add(kept)
    for who in ("alice", "carol", "lead"):
        for address in ("/console/mail", f"/console/mail/{kept.public_id}"):
            assert (await clients[who].get(address)).status_code == 403
    listed = await text_of(clients["ada"], "/console/mail")
    assert "&lt;b&gt;Hi&lt;/b&gt;" in listed and "t0ken" not in listed
    shown = await text_of(clients["ada"], f"/console/mail/{kept.public_id}")
    assert f'href="{link}"' in shown and "&lt;i&gt;see" in shown and "<i>see" not in shown
    assert (await clients["ada"].get("/console/mail/nothing")).status_code == 404
    assert len(await logged(world, "mail-viewed")) == 2


@pytest.mark.parametrize(
    "given", [{"environment": "production"}, {"mail_url": "smtp://127.0.0.1:1?from=a@b.example"}]
)
async def test_where_mail_is_sent_there_is_none_to_read(
    app: Quart, world: World, given: dict[str, str]
) -> None:
    ada = await already_signed_in(app, world, "ada")
    app.settings = replace(app.settings, **given)
    assert (await ada.get("/console/mail")).status_code == 404
    assert (await ada.get("/console/mail/x")).status_code == 404
    assert "/console/mail" not in await text_of(ada, "/console")


async def test_moments_are_kept_to_the_microsecond(app: Quart, world: World) -> None:
    """The cursor of the log depends on it."""
    moment = clock.now()
    async with world.database.writing() as session:
        await audit.record(session, Action.SIGNED_IN, moment)
    async with world.database.reading() as session:
        assert await session.scalar(select(AuditEntry.at)) == moment
