"""Error pages, as page and as fragment, with the transaction rolled back."""

from __future__ import annotations

import pytest
from quart import Quart, abort
from sqlalchemy import func, select

from mathsoc import clock
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.web import rights
from mathsoc.web.unit_of_work import session
from tests.support.world import HTMX, World, already_signed_in


@pytest.fixture
def failing(app: Quart, world: World, monkeypatch: pytest.MonkeyPatch) -> Quart:
    """The application with a route that writes and then fails as asked."""

    async def fail(status: int) -> str:
        db = await session()
        db.add(Member(display_name="half done", created_at=world.now))
        await db.flush()
        if status == 200:
            return "done"
        if status == 500:
            raise ZeroDivisionError("a secret in the trace")
        abort(status)

    monkeypatch.setitem(rights.RIGHTS, "fail", rights.Right.ANYONE)
    monkeypatch.setattr(app, "_got_first_request", False)
    app.add_url_rule("/fail/<int:status>", "fail", fail, methods=["POST"])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


async def half_done(world: World) -> int:
    async with world.database.reading() as db:
        chosen = select(func.count()).select_from(Member).where(Member.display_name == "half done")
        return int(await db.scalar(chosen) or 0)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 503])
async def test_an_error_is_a_page_or_a_fragment_and_leaves_nothing(
    failing: Quart, world: World, status: int
) -> None:
    client = failing.test_client()
    page = await client.post(f"/fail/{status}")
    text = (await page.get_data()).decode()
    assert page.status_code == status and "<!doctype html>" in text and f">{status}<" in text
    assert "secret" not in text and "Traceback" not in text
    part = await client.post(f"/fail/{status}", headers=HTMX)
    text = (await part.get_data()).decode()
    assert part.status_code == status and text.startswith('<div id="notice"')
    assert part.headers["HX-Retarget"] == "#notices"
    assert await half_done(world) == 0


async def test_the_log_names_the_rule_and_not_what_was_in_the_address(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """There may be a token in it."""

    async def fail(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mathsoc.accounts.queries.member_of_link", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert (await app.test_client().get("/reset-password/t0ken-t0ken")).status_code == 500
    assert "Exception on GET /reset-password/<token>" in caplog.text and "t0ken" not in caplog.text


async def test_what_succeeds_is_committed_once(failing: Quart, world: World) -> None:
    await failing.test_client().post("/fail/200")
    assert await half_done(world) == 1


async def test_wrong_methods_say_which_are_right(app: Quart, world: World) -> None:
    reply = await app.test_client().put("/login")
    assert reply.status_code == 405 and "POST" in reply.headers["Allow"]
    assert b"Not that way" in await reply.get_data()


async def test_too_large_a_form_is_refused(app: Quart, world: World) -> None:
    reply = await app.test_client().post("/login", form={"email": "x" * 70_000, "password": "y"})
    assert reply.status_code == 413


async def test_the_error_page_does_not_need_the_database(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def gone(*_given: object) -> None:
        raise OSError("the database is gone")

    monkeypatch.setattr("mathsoc.db.UnitOfWork.begin", gone)
    reply = await app.test_client().get("/")
    assert reply.status_code == 500 and b"Our mistake" in await reply.get_data()


async def test_a_session_that_ends_meanwhile_does_not_break_the_page_that_refuses(
    app: Quart, world: World
) -> None:
    """What is refused at the door is refused, though its sender has been signed out since."""
    alice = await already_signed_in(app, world, "alice")

    async def sign_out() -> None:
        async with app.database.writing() as db:  # type: ignore[attr-defined]
            await members.end_sessions_of(db, world.members["alice"].id, clock.now())

    rights.on_denied(app, sign_out)
    reply = await alice.post(f"/console/members/{world.members['bob'].handle}/role")
    assert reply.status_code == 403
    assert "This is for admins." in (await reply.get_data()).decode()
