"""Joining by an address: whose it is, and what its link is good for. Nothing is stored of anybody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, func, select, update

from mathsoc import mail
from mathsoc.accounts.models import MailToken
from mathsoc.app import Mathsoc
from mathsoc.config import Config
from mathsoc.jobs import Job
from mathsoc.joining import names, rules
from mathsoc.members.models import Member
from mathsoc.schools.models import SchoolDomain
from mathsoc.web import limits
from tests.accounts.browsers import SCHOOL, strict
from tests.joining.ways import DETAILS, OTHER, add_domain, link_by_mail, newest, text
from tests.support.mails import arrived
from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OVER = "This link no longer works"


async def count(world: World, table: type[Member] | type[MailToken] = Member) -> int:
    async with world.database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)


async def queued(world: World) -> int:
    async with world.database.reading() as session:
        chosen = select(func.count()).select_from(Job).where(Job.name == mail.JOB)
        return int(await session.scalar(chosen) or 0)


REFUSED = {
    **dict.fromkeys(
        ("x@evilnorthfield.example", "x@northfield.example.evil.com", "x@sub.northfield.example"),
        rules.NOT_OURS,
    ),
    **dict.fromkeys(("x@xn--nrthfield-8nf.example", "x@northfield.examples"), rules.NOT_OURS),
    "x@northfield": rules.NO_EMAIL,
    "x@example": rules.NO_EMAIL,
    "x@northfield.example.": rules.NO_EMAIL,
    "x@northfield.example .": rules.NO_EMAIL,
    "x@north field.example": rules.NO_EMAIL,
    "x@ northfield.example": rules.NO_EMAIL,
    "x@nоrthfield.example": rules.NO_EMAIL,  # Cyrillic о
    "x@ｎorthfield.example": rules.NO_EMAIL,
    "x＠northfield.example": rules.NO_EMAIL,
    "x@northfield。example": rules.NO_EMAIL,
    "mar\u212a@northfield.example": rules.NO_EMAIL,  # the Kelvin sign is k in lower case
    "straße@northfield.example": rules.NO_EMAIL,
    "x\u200b@northfield.example": rules.NO_EMAIL,
    "x@northfield.example\u200b": rules.NO_EMAIL,
    '"x"@northfield.example': rules.NO_EMAIL,
    '"x@evil.com"@northfield.example': rules.NO_EMAIL,
    "x@evil.com@northfield.example": rules.NO_EMAIL,
    "x@evil.com,y@northfield.example": rules.NO_EMAIL,
    "Zoe <x@northfield.example>": rules.NO_EMAIL,
    "x@northfield.example\r\nBcc: y@evil.com": rules.NO_EMAIL,
    "x\n@northfield.example": rules.NO_EMAIL,
    "y@evil.com\nx@northfield.example": rules.NO_EMAIL,
    "x" * 65 + "@northfield.example": rules.NO_EMAIL,
    "x" * 300 + "@northfield.example": rules.NO_EMAIL,
    ".x@northfield.example": rules.NO_EMAIL,
    "x..y@northfield.example": rules.NO_EMAIL,
    "x+tag@northfield.example": rules.NO_TAGS,
    "x%evil.com@northfield.example": rules.PLAIN_ADDRESS,
    "evil.com!x@northfield.example": rules.PLAIN_ADDRESS,
}


async def test_addresses_that_prove_nothing(app: Mathsoc, world: World) -> None:
    """Each is told what is wrong, is kept in its field, and leaves nothing behind: no mail, no member."""
    await add_domain(world)
    client = app.test_client()
    members = await count(world)
    for typed, said in REFUSED.items():
        reply = await client.post("/register", form={"email": typed})
        body = await text(reply)
        assert reply.status_code == 422 and said in body, (typed, re.findall(r'class="error".*', body))
        assert 'aria-invalid="true"' in body and "Look in your mail" not in body, typed
    assert (await count(world), await queued(world)) == (members, 0)


async def test_the_same_address_in_other_letters_is_one_account(app: Mathsoc, world: World) -> None:
    await add_domain(world)
    client = app.test_client()
    first = await link_by_mail(app, client, "Zoe@NORTHFIELD.example")
    newer = await link_by_mail(app, client, "  zoe@northfield.EXAMPLE\n")
    assert (await client.get(first)).status_code == 410, "only the newest link works"
    assert (await client.post(newer, form=DETAILS)).status_code == 303
    member, members = await newest(world), await count(world)
    assert member.email == "zoe@northfield.example"
    # A stop in the name is another person's address.
    other = app.test_client()
    await other.post("/register", form={"email": "ZOE@northfield.example"})
    letter = (await arrived(app))[-1]
    assert (
        "has-account" not in letter.body and "/verify-email/" not in letter.body and "/login" in letter.body
    )
    assert await count(world) == members
    dotted = await link_by_mail(app, other, "z.oe@northfield.example")
    assert (await other.post(dotted, form=OTHER)).status_code == 303
    assert (await count(world), (await newest(world)).email) == (members + 1, "z.oe@northfield.example")


async def test_a_link_is_used_once(app: Mathsoc, world: World) -> None:
    """Looking at it uses nothing up; after it was used it makes no second account."""
    await add_domain(world)
    client = app.test_client()
    link = await link_by_mail(app, client, "zoe@northfield.example")
    for _ in range(2):
        assert (await client.get(link)).status_code == 200
    assert (await client.head(link)).status_code == 200
    assert (await client.post(link, form=DETAILS)).status_code == 303
    members = await count(world)
    stranger = app.test_client()
    for reply in (await stranger.get(link), await stranger.post(link, form=OTHER)):
        assert reply.status_code == 410 and OVER in await text(reply)
    # The same form, sent twice by one impatient thumb: in, and no second account.
    again = await stranger.post(link, form=DETAILS)
    assert (again.status_code, again.headers["Location"]) == (303, "/profile?notice=waiting")
    wrong = await app.test_client().post(link, form=DETAILS | {"new_password": "violet gravel pumpkin"})
    assert wrong.status_code == 410
    assert await count(world) == members


async def test_links_whose_ground_has_gone(app: Mathsoc, world: World) -> None:
    """Too old, the school's domain removed, the account there meanwhile: after the page was opened."""
    await add_domain(world)
    members = await count(world)
    gone = {
        "old": update(MailToken).values(expires_at=world.now - timedelta(seconds=1)),
        "domain": delete(SchoolDomain),
    }
    for name, change in gone.items():
        client = app.test_client()
        link = await link_by_mail(app, client, f"{name}@northfield.example")
        assert (await client.get(link)).status_code == 200
        async with world.database.writing() as session:
            await session.execute(change)
        for reply in (await client.post(link, form=DETAILS), await client.get(link)):
            assert reply.status_code == 410 and OVER in await text(reply), name
    await add_domain(world)
    client = app.test_client()
    link = await link_by_mail(app, client, "meanwhile@northfield.example")
    await world.add_member("meanwhile")
    for reply in (await client.post(link, form=DETAILS), await client.get(link)):
        assert reply.status_code == 410 and 'href="/login"' in await text(reply)
    assert await count(world) == members + 1


async def test_what_was_typed_stays_after_an_error(app: Mathsoc, world: World) -> None:
    await add_domain(world)
    client = app.test_client()
    link = await link_by_mail(app, client, "zoe@northfield.example")
    typed = DETAILS | {"wished_name": "Zoe 7", "new_password": "short"}
    body = await text(await client.post(link, form=typed))
    assert 'value="Zoe Marsh"' in body and 'value="Zoe 7"' in body and '<option value="10" selected>' in body
    assert re.search(r'value="Quiet Heron" required checked', body) and "short" not in body
    assert "part of your real name" in body and 'id="new_password-error"' in body
    for field, value, said in (
        ("real_name", " \u200b ", "Enter your name"),
        ("real_name", "...", "Enter your name"),
        ("real_name", "Zoe" * 50, "at most 120"),
        ("year", "6", "Choose your year."),
        ("year", "١٠", "Choose your year."),
        ("display_name", "Ms Okoro", "Not a valid choice"),
        ("wished_name", "Hеron", "one alphabet"),
        ("wished_name", "a" * 31, "at most 30"),
    ):
        reply = await client.post(link, form=DETAILS | {field: value})
        assert reply.status_code == 422 and said in await text(reply), (field, value)
    assert (await client.post(link, form=DETAILS)).status_code == 303


def encoded(fields: dict[str, Any]) -> dict[str, Any]:
    """A form in which a field may have many values."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"data": urlencode(fields, doseq=True).encode(), "headers": kind}


def offered_in(body: str) -> list[str]:
    return re.findall(r'name="offered" value="([^"]+)"', body)


async def test_the_names_offered_stay_until_others_are_asked_for(app: Mathsoc, world: World) -> None:
    """Only names of ours that nobody has, four at most; nothing is made by asking for others."""
    await add_domain(world)
    await world.add_member("quick", display_name="Golden Lark")
    client = app.test_client()
    link = await link_by_mail(app, client, "zoe@northfield.example")
    first = offered_in(await text(await client.get(link)))
    typed = {**DETAILS, "display_name": first[2], "wished_name": "Zed", "new_password": "short"}
    body = await text(await client.post(link, **encoded({**typed, "offered": first})))
    assert offered_in(body) == first and len(first) == 4
    assert f'value="{first[2]}" required checked' in body
    calm = [f"Calm {one}" for one in names.SECOND[:9]]
    forged = ["Ms Okoro", "golden lark", "Golden Lark", first[2], *calm]
    kept = offered_in(await text(await client.post(link, **encoded({**typed, "offered": forged}))))
    assert len(kept) == 4 and not {"Ms Okoro", "golden lark", "Golden Lark"} & set(kept)
    assert kept[:3] == [first[2], "Calm Abacus", "Calm Acorn"]
    members = await count(world)
    reply = await client.post(link, **encoded({**typed, "offered": first, "names": "other"}))
    body = await text(reply)
    assert reply.status_code == 200 and not set(offered_in(body)) & set(first) and "short" not in body
    assert 'value="Zoe Marsh"' in body and 'value="Zed"' in body and 'id="new_password-error"' not in body
    assert '<option value="10" selected>' in body and await count(world) == members


async def test_a_name_that_is_taken_meanwhile(app: Mathsoc, world: World) -> None:
    """However it is capitalised; the form comes again with other names, and the link still works."""
    await add_domain(world)
    await world.add_member("quick", display_name="quiet HERON")
    client = app.test_client()
    link = await link_by_mail(app, client, "zoe@northfield.example")
    reply = await client.post(link, form=DETAILS)
    body = await text(reply)
    assert reply.status_code == 422 and "just taken this name" in body and 'value="Quiet Heron"' not in body
    assert (await client.post(link, form=DETAILS | {"display_name": "Brave Otter"})).status_code == 303


async def test_whoever_is_signed_in_has_an_account(app: Mathsoc, world: World) -> None:
    await add_domain(world)
    link = await link_by_mail(app, app.test_client(), "zoe@northfield.example")
    alice, members = await already_signed_in(app, world, "alice"), await count(world)
    for path in ("/register", link):
        body = await text(await alice.get(path))
        assert "You have an account already" in body and "new_password" not in body
    for path in ("/register", "/register/code", link):
        reply = await alice.post(path, form=DETAILS | {"email": "x@northfield.example"})
        assert reply.status_code == 303 and reply.headers["Location"] in ("/register", link)
    assert await count(world) == members
    assert (await app.test_client().get(link)).status_code == 200


async def test_a_school_joins_from_one_address_and_nobody_is_flooded(config: Config, world: World) -> None:
    """400 pupils ask for their links in one lesson; to each mailbox no more than three go in an hour."""
    await add_domain(world)
    async with strict(config) as app:

        async def ask(client: TestClientProtocol, name: str) -> int:
            form = {"email": f"{name}@northfield.example"}
            reply = await client.post("/register", form=form, scope_base={"client": (SCHOOL, 50_000)})
            return reply.status_code

        async with app.app_context():
            assert all([await limits.take("join-address", SCHOOL) for _ in range(400)])
        client = app.test_client()
        assert {await ask(client, f"pupil{n}") for n in range(5)} == {200}
        assert {await ask(client, "zoe") for _ in range(6)} == {200}, "nothing tells that no mail is sent"
        recipients = [one.recipient for one in await arrived(app)]
    assert recipients.count("zoe@northfield.example") == 3 and len(recipients) == 8
