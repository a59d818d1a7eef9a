"""A forgotten password: nobody is told who has an account, and each link works once."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from quart import Quart
from sqlalchemy import func, select

from mathsoc import clock, mail
from mathsoc.accounts.links import make_link
from mathsoc.accounts.models import MailToken
from mathsoc.app import Mathsoc, create_app
from mathsoc.config import Config
from mathsoc.errors import Refused
from mathsoc.jobs import Job
from mathsoc.members.models import Member
from tests.accounts.browsers import FAR, HOME, SCHOOL, email, logged, sign_in, signed_in_there, strict
from tests.support.mails import arrived
from tests.support.world import PASSWORD, World, signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

NEW = "violet otters hum in tune"
FORM = {"new_password": NEW}


async def ask(client: TestClientProtocol, address: str, *, at: str = HOME) -> str:
    reply = await client.post(
        "/forgot-password", form={"email": address}, scope_base={"client": (at, 50_000)}
    )
    assert reply.status_code == 200 and not reply.headers.getlist("Set-Cookie")
    return (await reply.get_data()).decode()


async def links(app: Mathsoc) -> list[str]:
    """The paths in all mails so far that lead to a new password."""
    return [
        path
        for one in await arrived(app)
        for path in re.findall(r"http://localhost(/reset-password/\S+)", one.body)
    ]


async def made(world: World, name: str) -> str:
    """The path of a link, as an administrator's console makes it."""
    async with world.database.writing() as session:
        member = await session.get_one(Member, world.members[name].id)
        return f"/reset-password/{await make_link(session, member, 'reset', clock.now())}"


async def test_from_the_mail_to_a_new_password(app: Mathsoc, world: World) -> None:
    """S4, P6. The link is the newest, and works after it was looked at."""
    others = [await signed_in(app, world, "alice"), await signed_in(app, world, "bob")]
    client, alice = app.test_client(), world.members["alice"]
    await ask(client, " ALICE@northfield.example")
    (link,) = await links(app)
    assert len(link.rpartition("/")[2]) >= 43, "256 bits"
    for _ in range(3):
        reply = await client.get(link)
        assert reply.status_code == 200 and b'autocomplete="new-password"' in await reply.get_data()
    reply = await client.post(link, form=FORM)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/login?notice=password-set")
    assert b"Your new password is set" in await (await client.get(reply.headers["Location"])).get_data()
    assert [await signed_in_there(one) for one in others] == [False, True]
    assert not await signed_in_there(client), "the link signs nobody in"
    assert (await sign_in(client, alice.email)).status_code == 422
    assert (await sign_in(client, alice.email, NEW)).status_code == 303
    notice = (await arrived(app))[-1]
    assert notice.recipient == alice.email and "password was changed" in notice.subject
    told = [row[:3] for row in await logged(world.database)]
    assert ("reset-requested", None, alice.id) in told and ("password-reset", None, alice.id) in told


async def test_only_the_hash_of_a_link_is_stored(app: Mathsoc, world: World) -> None:
    await ask(app.test_client(), email(world, "alice"))
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(MailToken)) == 0, "made when sent"
    (link,) = await links(app)
    token = link.rpartition("/")[2]
    async with world.database.reading() as session:
        (stored,) = await session.scalars(select(MailToken))
        assert len(stored.token_hash) == 64 and token not in stored.token_hash
        assert stored.expires_at - stored.created_at == timedelta(minutes=30)
        (job,) = await session.scalars(select(Job).where(Job.name == "mail"))
        assert token not in str(job.payload)


async def test_each_link_works_once(app: Quart, world: World) -> None:
    """P6: twice; after a change of the password; after a newer one; after a change of the address."""
    client = app.test_client()
    used = await made(world, "alice")
    assert (await client.post(used, form=FORM)).status_code == 303
    older = await made(world, "alice")
    newest = await made(world, "alice")
    for dead in (used, older, "/reset-password/none", "/reset-password/" + "a" * 43):
        for reply in (await client.get(dead), await client.post(dead, form=FORM)):
            text = await reply.get_data()
            assert reply.status_code == 410 and b"has been used or is too old" in text, dead
    assert (await client.get(newest)).status_code == 200
    async with world.database.writing() as session:
        (await session.get_one(Member, world.members["alice"].id)).email = "moved@northfield.example"
    assert (await client.get(newest)).status_code == (await client.post(newest, form=FORM)).status_code == 410


async def test_a_link_is_too_old_after_half_an_hour(app: Quart, world: World) -> None:
    client = app.test_client()
    with clock.moved_to(world.now):
        link = await made(world, "alice")
    with clock.moved_to(world.now + timedelta(minutes=30)):
        assert (await client.get(link)).status_code == (await client.post(link, form=FORM)).status_code == 410
    with clock.moved_to(world.now + timedelta(minutes=30, seconds=-1)):
        assert (await client.post(link, form=FORM)).status_code == 303


@pytest.mark.parametrize("state", ["suspended", "erased"])
async def test_an_account_that_cannot_be_used_gets_no_mail_and_no_link(
    app: Mathsoc, world: World, state: str
) -> None:
    link = await made(world, "alice")
    async with world.database.writing() as session:
        (await session.get_one(Member, world.members["alice"].id)).state = state
    client = app.test_client()
    assert (await client.post(link, form=FORM)).status_code == 410
    await ask(client, email(world, "alice"))
    assert await arrived(app) == []
    with pytest.raises(Refused):
        await made(world, "alice")


async def test_a_password_that_is_refused_does_not_use_the_link_up(app: Quart, world: World) -> None:
    """The rules are those of the role, and name what is wrong at the field."""
    client = app.test_client()
    for name, refused, words in (
        ("alice", "too short", "at least 12"),
        ("carol", "otters hum ab", "at least 15"),
        ("bob", "Eastgate-2026!", "little more than a name"),
    ):
        link = await made(world, name)
        reply = await client.post(link, form={"new_password": refused})
        text = (await reply.get_data()).decode()
        assert reply.status_code == 422 and words in text and "aria-invalid" in text and refused not in text
        assert (await client.post(link, form={})).status_code == 422
        assert (await client.post(link, form=FORM)).status_code == 303


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_twenty_uses_at_once_exactly_one_wins(app: Quart, world: World) -> None:
    """P6."""
    for _ in range(3):
        link = await made(world, "alice")
        chosen = [f"violet otters hum {n} tunes" for n in range(20)]
        replies = await asyncio.gather(
            *[app.test_client().post(link, form={"new_password": one}) for one in chosen]
        )
        statuses = [reply.status_code for reply in replies]
        assert Counter(statuses) == {303: 1, 410: 19}
        winner = chosen[statuses.index(303)]
        assert (await sign_in(app.test_client(), email(world, "alice"), winner)).status_code == 303


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_links_made_and_used_and_passwords_changed_at_once_never_lock_each_other_out(
    app: Quart, world: World
) -> None:
    for _ in range(3):
        link, client = await made(world, "bob"), await signed_in(app, world, "bob")
        change = {"current_password": PASSWORD, "new_password": PASSWORD}
        replies = await asyncio.gather(
            *[app.test_client().post(link, form={"new_password": PASSWORD}) for _ in range(5)],
            *[client.post("/profile/password", form=change) for _ in range(5)],
            *[made(world, "bob") for _ in range(5)],
        )
        assert {reply.status_code for reply in replies[:10]} <= {303, 410, 422}
    async with world.database.reading() as session:
        unused = select(func.count()).select_from(MailToken).where(MailToken.used_at.is_(None))
        assert (await session.scalar(unused) or 0) <= 1, "the newest only"


async def test_asking_tells_nothing(app: Mathsoc, world: World) -> None:
    """P5: one answer whoever is asked for; what differs happens later, in the job."""
    await world.add_member("sue", state="suspended")
    seen = set()
    for address in (email(world, "alice"), email(world, "sue"), "nobody@northfield.example"):
        seen.add((await ask(app.test_client(), address)).replace(address, ""))
    assert len(seen) == 1
    async with world.database.reading() as session:
        queued = list(await session.scalars(select(Job).where(Job.name == "mail")))
    assert len(queued) == 3 and {job.payload.get("kind", "reset") for job in queued} == {"reset"}
    assert [one.recipient for one in await arrived(app)] == [email(world, "alice")]


async def test_an_address_waits_in_one_spelling(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Erasure finds what waits for an address by that address, however it was typed here."""
    queued: list[object] = []

    async def queue(_session: object, _kind: str, payload: dict[str, object]) -> None:
        queued.append(payload["email"])

    monkeypatch.setattr(mail, "queue", queue)
    await ask(app.test_client(), " ALICE@Northfield.example")
    assert queued == ["alice@northfield.example"]


async def test_no_mailbox_is_flooded(config: Config, world: World) -> None:
    """And the reply does not say that nothing more is sent."""
    async with strict(config) as app:
        seen = {await ask(app.test_client(), email(world, "alice")) for _ in range(6)}
        assert len(seen) == 1 and len(await arrived(app)) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_requests_of_others_do_not_use_up_the_owners(config: Config, world: World) -> None:
    """Mails are counted by address, more loosely altogether, and apart on a device that the account knows."""
    alice = email(world, "alice")
    async with strict(config) as app:
        own = app.test_client()
        await sign_in(own, alice, at=SCHOOL)
        await own.post("/logout")
        for _ in range(6):
            await ask(app.test_client(), alice, at=FAR)
        assert len(await arrived(app)) == 3
        await ask(app.test_client(), alice, at=HOME)
        assert len(await arrived(app)) == 4
        for n in range(5):
            for _ in range(4):
                await ask(app.test_client(), alice, at=f"203.0.113.{n}")
        assert len(await arrived(app)) == 12, "altogether"
        for _ in range(4):
            await ask(own, alice, at=FAR)
        assert len(await arrived(app)) == 12 + 3, "where others asked too often"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_address_of_the_link_is_told_to_nobody(app: Quart, world: World) -> None:
    """P7 for these links: the token stands in the address."""
    client = app.test_client()
    link = await made(world, "alice")
    for path in ("/forgot-password", link, "/reset-password/none"):
        reply = await client.get(path)
        text = (await reply.get_data()).decode()
        assert reply.headers["Referrer-Policy"] == "strict-origin"
        assert reply.headers["Cache-Control"] == "no-store"
        assert link.rpartition("/")[2] not in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_site_that_sends_no_mail_says_whom_to_ask(config: Config, world: World) -> None:
    production = replace(
        config, environment="production", site_url="https://localhost", secret_key="k9!vQ2x#" * 5
    )
    app = create_app(production)
    async with app.test_app():
        for reply in (
            await app.test_client().get("/forgot-password"),
            await app.test_client().post("/forgot-password", form={"email": email(world, "alice")}),
        ):
            text = (await reply.get_data()).decode()
            assert reply.status_code == 200 and "Ask a teacher" in text and 'name="email"' not in text
    async with world.database.reading() as session:
        assert not list(await session.scalars(select(Job).where(Job.name == "mail")))
