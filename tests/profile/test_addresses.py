"""One's own e-mail address: nothing changes before mail is read at the new one, and older links die."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.accounts.links import make_address_link, make_link
from mathsoc.accounts.models import MailToken
from mathsoc.app import Mathsoc, create_app
from mathsoc.config import Config
from mathsoc.jobs import Job
from mathsoc.members.models import Member
from tests.accounts.browsers import logged, sign_in, signed_in_there
from tests.joining.ways import DETAILS, add_domain
from tests.support.mails import arrived
from tests.support.world import PASSWORD, World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

ASK, NEW = "/profile/email", "alice.new@northfield.example"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest_asyncio.fixture(loop_scope="session")
async def world(world: World) -> World:
    await add_domain(world)
    await add_domain(world, "eastgate.example", "eastgate")
    return world


async def ask(client: TestClientProtocol, email: str, password: str = PASSWORD) -> tuple[int, str]:
    reply = await client.post(ASK, form={"email": email, "current_password": password})
    return reply.status_code, (await reply.get_data()).decode()


async def mailed(app: Mathsoc) -> list[str]:
    """The paths of the links in all mails so far, as they are written there."""
    found = [re.search(r"http://localhost(/verify-email/[\w-]+)", one.body) for one in await arrived(app)]
    return [one[1] for one in found if one]


async def made(world: World, name: str, address: str = NEW) -> str:
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members[name].id)
        return f"{ASK}/{await make_address_link(session, member, address, clock.now())}"


async def of(world: World, name: str) -> Member:
    async with world.database.reading() as session:
        return await session.get_one(Member, world.members[name].id)


async def test_from_the_form_to_the_new_address(app: Mathsoc, world: World) -> None:
    """P7: the link is opened by looking, used by the button, and only by the member who is signed in."""
    names = ("alice", "alice", "bob", "carol")
    alice, elsewhere, bob, carol = [await already_signed_in(app, world, name) for name in names]
    public, old = app.test_client(), world.members["alice"].email or ""
    status, html = await ask(alice, " Alice.New@Northfield.example ")
    assert status == 200 and "Look in your mail" in html and NEW in html
    (link,) = await mailed(app)
    reply = await public.get(link)
    own = reply.headers["Location"]
    assert own == f"{ASK}/{link.rpartition('/')[2]}"
    assert (await public.get(own)).headers["Location"] == f"/login?next={own}"
    assert (await public.post(own)).status_code == 403
    for other in (bob, carol):  # who might have any address
        assert (await other.get(own)).status_code == (await other.post(own)).status_code == 410
    for _ in range(2):
        reply = await alice.get(own)
        assert reply.status_code == 200 and NEW in (await reply.get_data()).decode()
    assert (await alice.post(link)).status_code == 410, "the button is elsewhere"
    assert (await of(world, "alice")).email == old, "nothing has changed yet"
    assert [await signed_in_there(one) for one in (alice, elsewhere)] == [True, True]

    reply = await alice.post(own)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/profile?notice=email-changed")
    assert (await of(world, "alice")).email == NEW
    assert [await signed_in_there(one) for one in (alice, elsewhere, bob)] == [True, False, True]
    assert (await alice.get(own)).status_code == (await alice.post(own)).status_code == 410, "once"
    assert (await sign_in(app.test_client(), old)).status_code == 422
    assert (await sign_in(app.test_client(), NEW)).status_code == 303
    notice = (await arrived(app))[-1]
    assert notice.recipient == old and "was changed" in notice.subject and NEW not in notice.body
    alice_id = world.members["alice"].id
    assert ("address-changed", alice_id, alice_id) in [row[:3] for row in await logged(world.database)]


async def test_change_the_address_then_use_an_old_link(app: Mathsoc, world: World) -> None:
    """P7: what went to the address before, to another new one, or was asked for again, is worth nothing."""
    alice = await already_signed_in(app, world, "alice")
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members["alice"].id)
        reset = f"/reset-password/{await make_link(session, member, 'reset', clock.now())}"
    older = await made(world, "alice", "first@northfield.example")
    link = await made(world, "alice")
    assert (await alice.post(older)).status_code == 410, "only the newest works"
    assert (await alice.post(link)).status_code == 303
    public, form = app.test_client(), {"new_password": "violet otters hum in tune"}
    assert (await public.get(reset)).status_code == (await public.post(reset, form=form)).status_code == 410
    async with world.database.reading() as session:
        waiting = select(MailToken).where(MailToken.used_at.is_(None))
        assert not list(await session.scalars(waiting))
    again = await made(world, "alice", "third@northfield.example")
    async with world.database.writing() as session:
        (await session.get_one(Member, world.members["alice"].id)).state = "suspended"
    assert (await alice.post(again)).status_code == 403
    assert (await of(world, "alice")).email == NEW


@SQLITE
async def test_a_link_lasts_a_day(app: Quart, world: World) -> None:
    with clock.moved_to(world.now):
        link = await made(world, "alice")
    alice = await already_signed_in(app, world, "alice")
    with clock.moved_to(world.now + timedelta(days=1)):
        assert (await alice.get(link)).status_code == (await alice.post(link)).status_code == 410
    with clock.moved_to(world.now + timedelta(days=1, seconds=-1)):
        assert (await alice.post(link)).status_code == 303


@SQLITE
async def test_the_password_is_asked_for_each_time_and_the_address_is_the_schools(
    app: Mathsoc, world: World
) -> None:
    """What is refused sends nothing; staff may have any address, pupils one of their own school's."""
    alice, carol = [await already_signed_in(app, world, name) for name in ("alice", "carol")]
    for email, password, why in (
        (NEW, "not my password", "This is not your password"),
        (NEW, "", "Enter the password"),
        ("alice", PASSWORD, "whole e-mail address"),
        ("", PASSWORD, "Enter the new e-mail"),
        ("alice@eastgate.example", PASSWORD, "no address of your school"),
        ("alice@evilnorthfield.example", PASSWORD, "no address of your school"),
        ("alice@northfield.example.evil.example", PASSWORD, "no address of your school"),
        ("alice@sub.northfield.example", PASSWORD, "no address of your school"),
        ("alice+b@northfield.example", PASSWORD, "Leave out the +"),
        ("аlice@northfield.example", PASSWORD, "whole e-mail address"),
        ("ALICE@northfield.example", PASSWORD, "your address already"),
    ):
        status, html = await ask(alice, email, password)
        assert status == 422 and why in html and "aria-invalid" in html, (email, why)
        assert password == "" or password not in html
    status, html = await ask(carol, "carol+maths@anywhere.example")
    assert status == 200 and [one.recipient for one in await arrived(app)] == ["carol+maths@anywhere.example"]
    assert (await of(world, "carol")).email == world.members["carol"].email


async def test_an_address_that_has_an_account_is_told_by_mail_alone(app: Mathsoc, world: World) -> None:
    """The same page whoever has it; and a link that was sent before somebody else took it changes nothing."""
    alice = await already_signed_in(app, world, "alice")
    link = await made(world, "alice")
    await world.add_member("carl", email="carl@northfield.example")
    seen = {
        (await ask(alice, email))[1].replace(email, "")
        for email in ("carl@northfield.example", "nobody@northfield.example")
    }
    assert len(seen) == 1
    to_carl, to_nobody = await arrived(app)
    assert "has an account" in to_carl.subject and "/verify-email/" not in to_carl.body
    assert to_nobody.recipient == "nobody@northfield.example" and "/verify-email/" in to_nobody.body
    link = await made(world, "alice")
    await world.add_member("cora", email=NEW)
    reply = await alice.post(link)
    assert reply.status_code == 410 and await signed_in_there(alice)
    assert (await of(world, "alice")).email == world.members["alice"].email


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_two_members_and_many_uses_at_once_one_gets_the_address(app: Quart, world: World) -> None:
    """And somebody who joins with it at that moment; nobody meets an error."""
    await world.add_member("anna", password_hash=world.members["alice"].password_hash)
    for round in range(3):
        address = f"race{round}@northfield.example"
        clients = [(name, await already_signed_in(app, world, name)) for name in ("alice", "anna") * 3]
        links = {name: await made(world, name, address) for name in ("alice", "anna")}
        replies = await asyncio.gather(*[client.post(links[name]) for name, client in clients])
        statuses = Counter(reply.status_code for reply in replies)
        # The sessions of the winner's other browsers end meanwhile.
        assert statuses[303] == 1 and set(statuses) <= {303, 410, 403}, statuses
        async with world.database.reading() as session:
            assert len(list(await session.scalars(select(Member).where(Member.email == address)))) == 1


@SQLITE
async def test_whoever_had_none_signs_in_with_it_from_then_on(app: Mathsoc, world: World) -> None:
    hashed = world.members["alice"].password_hash
    await world.add_member("zoe", email=None, login_name="quiet-heron-04718", password_hash=hashed)
    zoe = await already_signed_in(app, world, "zoe")
    html = (await (await zoe.get(ASK)).get_data()).decode()
    assert "no longer with <strong>quiet-heron-04718" in html and "@northfield.example" in html
    assert (await ask(zoe, "zoe@northfield.example"))[0] == 200
    own = (await zoe.get((await mailed(app))[0])).headers["Location"]
    assert (await zoe.post(own)).status_code == 303
    found = await of(world, "zoe")
    assert (found.email, found.login_name, found.password_hash) == ("zoe@northfield.example", None, hashed)
    assert (await sign_in(app.test_client(), "quiet-heron-04718")).status_code == 422
    assert (await sign_in(app.test_client(), "zoe@northfield.example")).status_code == 303
    assert len(await arrived(app)) == 1, "there is no address before to be told"


@SQLITE
async def test_a_link_to_join_still_joins(app: Mathsoc, world: World) -> None:
    """Both kinds of link stand at /verify-email/; neither does the other's work."""
    client = app.test_client()
    await client.post("/register", form={"email": "new@northfield.example"})
    (link,) = await mailed(app)
    alice = await already_signed_in(app, world, "alice")
    assert (await alice.post(f"{ASK}/{link.rpartition('/')[2]}")).status_code == 410
    assert (await client.get(link)).status_code == 200
    assert (await client.post(link, form=DETAILS)).headers["Location"] == "/profile?notice=waiting"


@SQLITE
async def test_where_it_cannot_be_changed_the_page_says_so(
    app: Mathsoc, config: Config, world: World
) -> None:
    """A pupil of a school without a domain; and everybody where no mail is sent."""
    hashed = world.members["alice"].password_hash
    await world.add_member("ned", school_id=None, email=None, login_name="n", password_hash=hashed)
    ned = await already_signed_in(app, world, "ned")
    for html in ((await (await ned.get(ASK)).get_data()).decode(), (await ask(ned, NEW))[1]):
        assert "You don’t need one" in html and 'name="email"' not in html
    production = replace(
        config, environment="production", site_url="https://localhost", secret_key="k9!vQ2x#" * 5
    )
    silent = create_app(production)
    async with silent.test_app():
        alice = await already_signed_in(silent, world, "alice")
        for html in ((await (await alice.get(ASK)).get_data()).decode(), (await ask(alice, NEW))[1]):
            assert "This server sends no mail" in html and 'name="email"' not in html
    async with world.database.reading() as session:
        assert not list(await session.scalars(select(Job).where(Job.name == "mail")))


@SQLITE
async def test_the_address_of_the_link_is_told_to_nobody(app: Quart, world: World) -> None:
    """P7: the token stands in the address."""
    alice, link = await already_signed_in(app, world, "alice"), await made(world, "alice")
    for path in (link, f"{ASK}/none"):
        reply = await alice.get(path)
        assert reply.headers["Referrer-Policy"] == "strict-origin"
        assert reply.headers["Cache-Control"] == "no-store"
        assert link.rpartition("/")[2] not in (await reply.get_data()).decode()
