"""Joining, from the first page to being signed in."""

from __future__ import annotations

from quart import Quart

from mathsoc.app import Mathsoc
from tests.joining.ways import (
    DETAILS,
    OTHER,
    PASSWORD,
    add_class,
    add_domain,
    add_slip,
    link_by_mail,
    newest,
    text,
)
from tests.support.world import World


async def test_by_an_address_of_the_schools(app: Mathsoc, world: World) -> None:
    await add_domain(world)
    client = app.test_client()
    link = await link_by_mail(app, client, " Zoe@Northfield.example ")
    shown = await text(await client.get(link))
    assert "Northfield" in shown and "What we keep about you" in shown
    reply = await client.post(link, form=DETAILS)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/profile?notice=waiting"), await text(
        reply
    )
    member = await newest(world)
    assert (member.email, member.state, member.joined_by) == ("zoe@northfield.example", "pending", "mail")
    assert (member.display_name, member.real_name, member.year) == ("Quiet Heron", "Zoe Marsh", 10)
    assert member.login_name is None and member.school_id == world.schools["northfield"].id
    assert "waits for your school" in await text(await client.get("/profile"))
    welcome = await text(await client.get("/profile?notice=waiting"))
    assert "Your school looks at your account" in welcome and "waits for your school" not in welcome
    again = await app.test_client().post(link, form=DETAILS | {"display_name": "Brave Otter"})
    assert again.status_code == 410


async def test_by_the_code_of_a_class(app: Quart, world: World) -> None:
    made = await add_class(world)
    client = app.test_client()
    shown = await text(await client.post("/register", form={"code": " K7WQ m3xz "}))
    assert "10a" in shown and 'name="real_name"' in shown and 'name="year"' not in shown
    reply = await client.post("/register/code", form={**DETAILS, "code": "k7wq-m3xz"})
    assert (reply.status_code, reply.headers["Location"]) == (303, "/profile?notice=joined"), await text(
        reply
    )
    member = await newest(world)
    assert (member.state, member.email, member.year, member.class_id) == ("active", None, 10, made.id)
    assert member.login_name is not None and member.login_name in await text(await client.get("/profile"))
    other = app.test_client()
    signed_in = await other.post("/login", form={"email": member.login_name.upper(), "password": PASSWORD})
    assert signed_in.status_code == 303


async def test_by_a_slip(app: Quart, world: World) -> None:
    code = await add_slip(world)
    client = app.test_client()
    shown = await text(await client.post("/register", form={"code": code}))
    assert "Zoe Marsh" in shown and 'name="real_name"' not in shown
    reply = await client.post("/register/code", form={**DETAILS, "code": code})
    assert reply.status_code == 303, await text(reply)
    member = await newest(world)
    assert (member.real_name, member.joined_by, member.state) == ("Zoe Marsh", "slip", "active")
    again = await app.test_client().post("/register/code", form={**OTHER, "code": code})
    assert again.status_code == 422 and "cannot be used" in await text(again)


async def test_back_by_a_slip(app: Quart, world: World) -> None:
    code = await add_slip(world)
    client = app.test_client()
    await client.post("/register/code", form={**DETAILS, "code": code})
    member = await newest(world)
    back = await add_slip(world, member_id=member.id, real_name="")
    other = app.test_client()
    shown = await text(await other.post("/register", form={"code": back}))
    assert member.login_name is not None and member.login_name in shown and 'name="year"' not in shown
    fresh = "violet gravel pumpkin sonnet"
    reply = await other.post("/register/code", form={"code": back, "new_password": fresh})
    assert reply.headers["Location"] == "/profile?notice=password-set"
    assert (await client.get("/profile")).status_code == 303, "every other session has ended"
    given = {"email": member.login_name, "password": fresh}
    assert (await app.test_client().post("/login", form=given)).status_code == 303
