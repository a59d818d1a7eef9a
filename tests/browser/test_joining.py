"""Joining in real browsers: by an address of the school’s, by the code of a class, by a printed slip."""

from __future__ import annotations

from playwright.async_api import Page, expect
from sqlalchemy import select

from mathsoc.db import Database
from mathsoc.members.models import Member
from tests.browser.joining import (
    BOARD,
    WIDER,
    NewContext,
    Start,
    opened_mail,
    say_who,
    sign_in,
    type_code,
)
from tests.joining.ways import add_class, add_domain
from tests.support.browser import PHONE
from tests.support.world import World, box_path, build

ZOES = "zoe@northfield.example"


async def society(database: Database) -> World:
    """With a domain, a class, an open challenge, and a lead who signs in as Alice does."""
    world = await build(database)
    await add_domain(world)
    hashed = world.members["alice"].password_hash
    await world.add_member("lead", role="lead", year=None, password_hash=hashed)
    return world


async def known(world: World, name: str, real_name: str) -> None:
    """Let the world know whoever has joined under this name."""
    async with world.database.reading() as session:
        found = await session.scalar(select(Member).where(Member.real_name == real_name))
    assert found is not None
    world.members[name] = found


async def fits(page: Page) -> None:
    assert await page.evaluate(WIDER) <= 0, page.url


async def watches(visitors: NewContext, url: str, world: World, name: str) -> Page:
    """Somebody with the board open, live."""
    page = await sign_in(await visitors(url), world, name, BOARD)
    await expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "live")
    return page


async def test_by_an_address_of_the_schools_then_waiting_for_a_teacher(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    database = Database(sqlite_url)
    world = await society(database)
    challenge = await world.add_challenge("squares")
    url = (await server(sqlite_url)).url
    phone_of_zoe = await new_context(url, size=PHONE)
    zoe = await phone_of_zoe.page("/")
    await zoe.goto("/register")
    await fits(zoe)
    await zoe.get_by_label("Your school e-mail address").fill("Zoe@Northfield.example")
    await zoe.get_by_role("button", name="Send me a link").click()
    await expect(zoe.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    ada = await sign_in(await new_context(url), world, "ada", "/console/mail")
    await zoe.goto(await opened_mail(ada, ZOES))
    await fits(zoe)
    name = await say_who(zoe, real_name="Zoe Marsh", year="10", wish="Mighty Marmot")
    await expect(zoe.get_by_text("Your school looks at your account next")).to_be_visible()
    await fits(zoe)
    await known(world, "zoe", "Zoe Marsh")

    # She appears nowhere, though there are points for her, and sends nothing.
    visitor_bob = await new_context(url)
    visitor_bob.allow("status of 404")
    bob = await sign_in(visitor_bob, world, "bob", BOARD)
    await world.give("alice", 2)
    await world.give("zoe", 3)
    row, handle = bob.locator(f"#row-{world.members['zoe'].handle}"), world.members["zoe"].handle
    await expect(bob.locator(".ranking .name", has_text="Display Alice")).to_be_visible()
    await expect(row).to_have_count(0)
    elsewhere = await visitor_bob.page(f"/members/{handle}")
    await expect(elsewhere.get_by_text(name)).to_have_count(0)
    await zoe.goto("/challenges/squares")
    await expect(zoe.get_by_text("You can answer once your account is approved.")).to_be_visible()
    await expect(zoe.get_by_role("button", name="Send answer")).to_have_count(0)
    sent = {"answer": "x^2/2", "token": "by-hand"}
    asks = phone_of_zoe.context.request
    reply = await asks.post(box_path(challenge), form=sent, headers={"Origin": url})
    assert reply.status == 409 and await world.attempts_of("zoe") == []

    # Her teacher lets her in, but not under the name that she would like.
    lead = await sign_in(await new_context(url), world, "lead", "/console/joining")
    await lead.get_by_role("button", name="Approve Zoe Marsh").click()
    await expect(lead.get_by_text("Nobody waits for approval.")).to_be_visible()
    await lead.get_by_role("button", name="Refuse Mighty Marmot").click()
    await expect(lead.get_by_text("they keep the name they have")).to_be_visible()
    await expect(row.locator(".name")).to_contain_text(name)
    await elsewhere.reload()
    await expect(elsewhere.get_by_role("heading", level=1)).to_have_text(name)
    await zoe.reload()
    await zoe.get_by_role("textbox").fill("x^2/2")
    await zoe.get_by_role("button", name="Send answer").click()
    await expect(zoe.locator(".verdict")).to_contain_text("Correct")
    assert await bob.get_by_text("Mighty Marmot").count() == 0
    await database.close()


async def test_by_the_code_of_a_class_without_javascript(
    server: Start, new_context: NewContext, sqlite_url: str
) -> None:
    """And the name that is asked for is accepted, and changes on a board that somebody has open."""
    database = Database(sqlite_url)
    world = await society(database)
    await add_class(world, "k7wq-m3xz")
    url = (await server(sqlite_url)).url
    bob = await watches(new_context, url, world, "bob")
    visitor = await new_context(url, size=PHONE, scripts=False)
    visitor.allow("status of 422")
    ken = await visitor.page("/register")
    await type_code(ken, "nothing-such")
    await expect(ken.get_by_label("The code that your teacher gave you")).to_have_attribute(
        "aria-invalid", "true"
    )
    await type_code(ken, "K7WQ M3XZ")
    await expect(ken.get_by_text("Northfield, 10a, year 10")).to_be_visible()
    name = await say_who(ken, real_name="Ken Ode", wish="Mighty Marmot")
    await expect(ken.get_by_text("Write down your sign-in name")).to_be_visible()
    await known(world, "ken", "Ken Ode")
    sign_in_name = world.members["ken"].login_name or ""
    await expect(ken.get_by_text(sign_in_name, exact=True)).to_be_visible()
    await world.give("ken", 3)
    row = bob.locator(f"#row-{world.members['ken'].handle} .name")
    await expect(row).to_contain_text(name)
    lead = await sign_in(await new_context(url), world, "lead", "/console/joining")
    await lead.get_by_role("button", name="Accept Mighty Marmot").click()
    await expect(lead.get_by_text("everybody sees the new name")).to_be_visible()
    await expect(row).to_contain_text("Mighty Marmot")
    await database.close()


async def test_by_a_slip_that_was_printed(server: Start, new_context: NewContext, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    world = await society(database)
    url = (await server(sqlite_url)).url
    lead = await sign_in(await new_context(url), world, "lead", "/console/schools/northfield/slips")
    await lead.get_by_label("Or paste it here").fill("Name,Year\nMia Łukasz,10\n")
    await lead.get_by_role("button", name="Check the list").click()
    await lead.get_by_role("button", name="Make 1 slip").click()
    slip = lead.locator(".slip")
    await expect(slip).to_contain_text("Mia Łukasz")
    code = await slip.locator(".code").inner_text()

    visitor = await new_context(url, size=PHONE)
    visitor.allow("status of 422")
    mia = await visitor.page("/register")
    await type_code(mia, code.lower())
    await expect(mia.get_by_text("Your teacher’s list calls you Mia Łukasz.")).to_be_visible()
    await expect(mia.get_by_label("Your real name")).to_have_count(0)
    await fits(mia)
    await say_who(mia)
    await expect(mia.get_by_text("Write down your sign-in name")).to_be_visible()
    await known(world, "mia", "Mia Łukasz")
    assert world.members["mia"].state == "active"

    again = await new_context(url, size=PHONE)
    again.allow("status of 422")
    other = await again.page("/register")
    await type_code(other, code)
    await expect(other.get_by_text("This code cannot be used")).to_be_visible()
    await database.close()
