"""S7: a change to an account asks for one's own password, unless it was given a few minutes ago."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from quart import Response

from mathsoc import clock
from mathsoc.accounts import confirm
from mathsoc.app import Mathsoc
from mathsoc.config import Config
from mathsoc.errors import Refused
from mathsoc.web.forms import sent
from mathsoc.web.limits import LIMITS, Limit
from mathsoc.web.rights import RIGHTS, Right
from mathsoc.web.unit_of_work import reads_only
from tests.accounts.browsers import strict
from tests.support.world import PASSWORD, World, signed_in

PATH = "/change-something"


@pytest.fixture
def changing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table's rows for a rule of these tests; `add` makes the rule."""
    monkeypatch.setitem(RIGHTS, "change", Right.MEMBER)
    monkeypatch.setitem(LIMITS, "change", (Limit(member=1000, address=1000),))


def add(app: Mathsoc) -> None:
    @app.post(PATH, endpoint="change")
    @reads_only
    async def change() -> Response:
        try:
            await confirm.confirmed(await sent())
        except Refused as error:
            return Response(f"{error.field}: {error.message}", status=422)
        return Response("changed")


async def test_it_asks_once_the_password_was_given_too_long_ago(
    config: Config, world: World, changing: None
) -> None:
    async with strict(config) as app:
        add(app)
        alice, bob = await signed_in(app, world, "alice"), await signed_in(app, world, "bob")
        assert (await alice.post(PATH)).status_code == 200, "signed in just now"
        with clock.moved_to(clock.now() + timedelta(minutes=11)):
            for form, words in (
                ({}, b"your_password: Enter your own password"),
                ({"your_password": "wrong"}, b"your_password: This is not your password."),
            ):
                reply = await alice.post(PATH, form=form)
                assert reply.status_code == 422 and words in await reply.get_data()
            assert (await alice.post(PATH, form={"your_password": PASSWORD})).status_code == 200
            assert (await alice.post(PATH)).status_code == 200, "and that is fresh again"
            assert (await bob.post(PATH)).status_code == 422, "for her own session alone"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_cannot_be_guessed(config: Config, world: World, changing: None) -> None:
    async with strict(config) as app:
        add(app)
        carol = await signed_in(app, world, "carol")
        with clock.moved_to(clock.now() + timedelta(minutes=11)):
            seen = [(await carol.post(PATH, form={"your_password": f"{n}"})).status_code for n in range(15)]
            assert Counter(seen) == {422: 10, 429: 5}
            assert (await carol.post(PATH, form={"your_password": PASSWORD})).status_code == 429


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_signed_in_is_asked_for_nothing(config: Config, world: World, changing: None) -> None:
    async with strict(config) as app:
        add(app)
        assert (await app.test_client().post(PATH)).status_code == 403
