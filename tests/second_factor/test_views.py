"""One's own second factor: set up, replaced, removed; staff must have one where people are real."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.app import create_app
from mathsoc.config import Config
from mathsoc.second_factor.models import RecoveryCode
from mathsoc.second_factor.service import code_hash
from tests.second_factor.support import (
    audited,
    code,
    enrol,
    gave_password,
    live_sessions,
    member_row,
    shown_codes,
)
from tests.support.world import HTMX, PASSWORD, World, already_signed_in

PAGE = "/profile/second-factor"


@pytest_asyncio.fixture(loop_scope="session")
async def production(config: Config) -> AsyncIterator[Quart]:
    """The application as it serves real people (behind http, so that the tests' client keeps its cookies)."""
    app = create_app(replace(config, environment="production"))
    async with app.test_app():
        yield app


def secret_in(html: str) -> str:
    found = re.search(r'<p class="secret"><code>([A-Z2-7 ]+)</code>', html)
    assert found, html
    return found[1].replace(" ", "")


async def test_setting_up_an_app_shows_ten_codes_once(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    await already_signed_in(app, world, "alice")
    text = await (await alice.get(PAGE)).get_data(as_text=True)
    assert "Set up an authenticator app" in text and "<svg" not in text
    reply = await alice.post(PAGE)
    assert (reply.status_code, reply.headers["Location"]) == (303, PAGE)
    page = await alice.get(PAGE)
    text = await page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"
    secret = secret_in(text)
    assert '<svg class="qr"' in text and secret == secret_in(
        await (await alice.get(PAGE)).get_data(as_text=True)
    )
    assert (await member_row(world, "alice")).totp_since is None, "nothing counts before a right code"

    empty = await alice.post(f"{PAGE}/confirmation", form={"code": " "})
    assert empty.status_code == 422 and b"Enter the six digits." in await empty.get_data()
    wrong = await alice.post(f"{PAGE}/confirmation", form={"code": "000000"})
    assert wrong.status_code == 422 and b'aria-invalid="true"' in await wrong.get_data()
    assert secret_in(await wrong.get_data(as_text=True)) == secret, "the key stays through a mistake"
    right = await alice.post(f"{PAGE}/confirmation", form={"code": code(secret, clock.now())})
    page = await right.get_data(as_text=True)
    codes = shown_codes(page)
    assert right.status_code == 200 and len(set(codes)) == 10
    assert app.settings.site_url in page and "made <time" in page  # type: ignore[attr-defined]
    row = await member_row(world, "alice")
    assert row.totp_secret == secret and row.totp_since and row.totp_new_secret is None
    async with world.database.reading() as session:
        kept = list(await session.scalars(select(RecoveryCode.code_hash)))
    assert sorted(kept) == sorted(map(code_hash, codes)), "hashes and nothing else"
    after = await (await alice.get(PAGE)).get_data(as_text=True)
    assert not any(one in after for one in (*codes, secret)), "neither is shown again"
    assert await live_sessions(world, "alice") == 1, "other browsers are signed out"
    assert await audited(world) == ["second-factor-added"]


async def test_nothing_of_somebody_else_is_shown(app: Quart, world: World) -> None:
    alice, bob = await already_signed_in(app, world, "alice"), await already_signed_in(app, world, "bob")
    await alice.post(PAGE)
    text = await (await bob.get(PAGE)).get_data(as_text=True)
    assert "<svg" not in text and (await member_row(world, "alice")).totp_new_secret not in text
    secret = (await member_row(world, "alice")).totp_new_secret or ""
    reply = await bob.post(f"{PAGE}/confirmation", form={"code": code(secret, clock.now())})
    assert reply.status_code == 422
    nobody = await app.test_client().get(PAGE)
    assert nobody.headers["Location"] == f"/login?next={PAGE}"


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/confirmation", f"{PAGE}/recovery-codes", f"{PAGE}/removal"])
async def test_each_change_asks_for_the_password_again(app: Quart, world: World, path: str) -> None:
    now = clock.now()
    await enrol(world, "alice", now)
    alice = await already_signed_in(app, world, "alice")
    await alice.post(PAGE)
    before = await member_row(world, "alice")
    with clock.moved_to(now + timedelta(minutes=11)):
        text = await (await alice.get(PAGE)).get_data(as_text=True)
        assert "<svg" not in text and before.totp_new_secret not in text, "an open browser tells nothing"
        form = {"code": code(before.totp_new_secret or "", clock.now())}
        for password in ({}, {"your_password": "wrong"}):
            reply = await alice.post(path, form={**form, **password})
            text = await reply.get_data(as_text=True)
            assert (
                reply.status_code == 422 and 'name="your_password"' in text and "your-password-error" in text
            )
            after = await member_row(world, "alice")
            assert (after.totp_secret, after.totp_new_secret) == (before.totp_secret, before.totp_new_secret)
        reply = await alice.post(path, form={**form, "your_password": PASSWORD})
        assert reply.status_code in (200, 303)


async def test_another_phone_takes_over_only_when_its_code_is_right(app: Quart, world: World) -> None:
    now = clock.now()
    old, old_codes = await enrol(world, "alice", now)
    alice = await already_signed_in(app, world, "alice")
    await alice.post(PAGE)
    new = secret_in(await (await alice.get(PAGE)).get_data(as_text=True))
    assert new != old
    with clock.moved_to(now + timedelta(minutes=1)):
        other = await gave_password(app, world, "alice")
        reply = await other.post("/login/code", form={"code": code(old, clock.now())})
        assert reply.status_code == 303, "the old phone still counts"
        reply = await alice.post(f"{PAGE}/confirmation", form={"code": code(new, clock.now())})
        assert reply.status_code == 200
    with clock.moved_to(now + timedelta(minutes=2)):
        other = await gave_password(app, world, "alice")
        for worthless in (code(old, clock.now()), old_codes[0]):
            assert (await other.post("/login/code", form={"code": worthless})).status_code == 422
        assert (await other.post("/login/code", form={"code": code(new, clock.now())})).status_code == 303


async def test_new_recovery_codes_make_the_old_ones_worthless(app: Quart, world: World) -> None:
    _, old = await enrol(world, "alice", clock.now())
    alice = await already_signed_in(app, world, "alice")
    new = shown_codes(await (await alice.post(f"{PAGE}/recovery-codes")).get_data(as_text=True))
    assert len(new) == 10 and not set(new) & set(old)
    other = await gave_password(app, world, "alice")
    assert (await other.post("/login/code", form={"code": old[0]})).status_code == 422
    assert (await other.post("/login/code", form={"code": new[0]})).status_code == 303
    bob = await already_signed_in(app, world, "bob")
    assert (await bob.post(f"{PAGE}/recovery-codes")).status_code == 422, "codes of what is not there"


async def test_a_pupil_may_remove_it(production: Quart, world: World) -> None:
    await enrol(world, "alice", clock.now())
    alice = await already_signed_in(production, world, "alice")
    await already_signed_in(production, world, "alice")
    assert b"Remove" in await (await alice.get(PAGE)).get_data()
    assert (await alice.post(f"{PAGE}/removal")).status_code == 303
    row = await member_row(world, "alice")
    assert row.totp_secret is None and row.totp_since is None
    async with world.database.reading() as session:
        assert (await session.scalars(select(RecoveryCode))).all() == []
    assert await live_sessions(world, "alice") == 1
    assert (await audited(world))[-1] == "second-factor-removed"


async def test_staff_may_not_remove_it_where_people_are_real(production: Quart, world: World) -> None:
    await enrol(world, "carol", clock.now())
    carol = await already_signed_in(production, world, "carol")
    text = await (await carol.get(PAGE)).get_data(as_text=True)
    assert "Use another app or phone" in text and "/removal" not in text
    reply = await carol.post(f"{PAGE}/removal")
    assert reply.status_code == 403 and "but not remove it" in await reply.get_data(as_text=True)
    assert (await member_row(world, "carol")).totp_since is not None


@pytest.mark.parametrize("role", ["lead", "editor", "admin"])
async def test_staff_without_one_are_led_to_it(production: Quart, world: World, role: str) -> None:
    await world.add_member("sam", role=role, year=None, password_hash=world.members["alice"].password_hash)
    sam = await already_signed_in(production, world, "sam")
    for path in ("/", "/challenges", "/nothing-here", f"/members/{world.members['alice'].handle}"):
        reply = await sam.get(path)
        assert (reply.status_code, reply.headers.get("Location")) == (303, PAGE), path
    for path, how in (("/challenges", HTMX), ("/live?topics=nothing", {})):
        reply = await sam.get(path, headers=how)
        assert reply.status_code == 403 and b"authenticator app first" in await reply.get_data()
    for path in ("/api/math/validate", "/challenges/x/boxes/y/attempts", f"{PAGE}/removal"):
        assert (await sam.post(path)).status_code == 403
    for path in ("/healthz", "/readyz", "/static/css/base.css", PAGE):
        assert (await sam.get(path)).status_code == 200
    await sam.post(PAGE)
    secret = secret_in(await (await sam.get(PAGE)).get_data(as_text=True))
    await sam.post(f"{PAGE}/confirmation", form={"code": code(secret, clock.now())})
    assert (await sam.get("/challenges")).status_code == 200
    assert (await sam.post("/logout")).status_code == 303


async def test_staff_who_would_rather_go_may_sign_out(production: Quart, world: World) -> None:
    carol = await already_signed_in(production, world, "carol")
    assert (await carol.post("/logout")).headers["Location"] == "/"
    assert (await carol.get("/")).status_code == 200


async def test_pupils_and_other_environments_are_left_alone(
    app: Quart, production: Quart, world: World
) -> None:
    for where, who in ((production, "alice"), (production, "bob"), (app, "carol"), (app, "ada")):
        assert (await (await already_signed_in(where, world, who)).get("/")).status_code == 200
    assert (await production.test_client().get("/")).status_code == 200


async def test_a_name_with_signs_stays_a_name(app: Quart, world: World) -> None:
    """The picture's address quotes what stands in it; nothing of it reaches the page as markup."""
    await world.add_member("zq", display_name="zq<'\"&", email=None)
    client = await already_signed_in(app, world, "zq")
    await client.post(PAGE)
    assert "zq<" not in await (await client.get(PAGE)).get_data(as_text=True)
