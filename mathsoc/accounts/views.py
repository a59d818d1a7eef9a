"""Signing in and out."""

from __future__ import annotations

from quart import Blueprint, Quart, Response, current_app, g, request
from quart_auth import AuthUser, QuartAuth, current_user, login_user, logout_user

from mathsoc import clock
from mathsoc.accounts import passwords
from mathsoc.accounts.forms import LoginForm
from mathsoc.config import Config
from mathsoc.members import queries, rules, service
from mathsoc.web.forms import local_path, sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, looking, reads_only, release, session

blueprint = Blueprint("accounts", __name__)

# One answer whatever was wrong, so that nobody learns which addresses have an account.
NOT_SIGNED_IN = "That e-mail and password don't belong together. Check both and try again."


def install(app: Quart, config: Config) -> None:
    """Quart-Auth carries the token of a session kept on the server; each request looks it up."""
    app.config["QUART_AUTH_COOKIE_NAME"] = "__Host-mathsoc" if config.secure_cookies else "mathsoc"
    app.config["QUART_AUTH_COOKIE_SECURE"] = config.secure_cookies
    app.config["QUART_AUTH_DURATION"] = int(rules.ABSOLUTE[False].total_seconds())
    QuartAuth(app)
    app.before_request(_load_viewer)


async def _load_viewer() -> None:
    g.viewer = None
    token = current_user.auth_id
    if token is None:
        return
    now = clock.now()
    async with looking() as db:
        viewer = await queries.viewer(db, token, now)
    if viewer is not None and now - viewer.session_seen_at >= rules.SEEN_EVERY:
        # In a unit of its own: reading pages hardly ever writes, and what follows may fail.
        await release()
        async with database().writing() as db:
            await service.note_in_use(db, viewer.session_id, now)
    g.viewer = viewer


async def stream_guard(viewer: object) -> bool:
    """Whether an open stream may go on for the viewer it was opened by."""
    if not isinstance(viewer, rules.Viewer):
        return True
    async with current_app.database.reading() as db:  # type: ignore[attr-defined]
        return await queries.session_holds(db, viewer, clock.now())


@blueprint.get("/login")
async def login_form() -> Response:
    goes_to = local_path(request.args.get("next"))
    if g.viewer is not None:
        return see(goes_to)
    return await page("accounts/login.html", form=LoginForm(next=goes_to), error=None)


@blueprint.post("/login")
@reads_only
async def login() -> Response:
    """The password is checked with no transaction held: hashing is slow by design."""
    form = LoginForm(await sent())
    if not form.validate():
        return await page("accounts/login.html", form=form, error=None, status=422)
    member = await queries.by_email(await session(), form.email.data)
    await release()
    right = await passwords.verify(form.password.data, member.password_hash if member else None)
    if member is None or not right or member.state not in ("active", "pending"):
        return await page("accounts/login.html", form=form, error=NOT_SIGNED_IN, status=422)
    async with database().writing() as db:
        old, now = current_user.auth_id, clock.now()
        if old is not None:
            await service.end_session(db, old, now)
        token = await service.start_session(db, await db.merge(member, load=False), now)
    login_user(AuthUser(token))
    return see(local_path(form.next.data))


@blueprint.post("/logout")
async def logout() -> Response:
    token = current_user.auth_id
    if token is not None:
        await service.end_session(await session(), token, clock.now())
    logout_user()
    response = see("/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
