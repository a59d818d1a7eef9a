"""Signing in and out."""

from __future__ import annotations

from urllib.parse import quote

from quart import Blueprint, Quart, Response, g, request
from quart_auth import current_user, logout_user

from mathsoc import clock
from mathsoc.accounts import agents, cookies, holding, passwords, service, throttle
from mathsoc.accounts.forms import LoginForm
from mathsoc.config import Config
from mathsoc.errors import TooMany
from mathsoc.members import queries, rules
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.web import limits
from mathsoc.web.forms import local_path, sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, looking, reads_only, release, session

blueprint = Blueprint("accounts", __name__)

# One answer whatever was wrong, so that nobody learns which addresses have an account.
NOT_SIGNED_IN = "That e-mail and password don't belong together. Check both and try again."
TRIED_TOO_OFTEN = (
    "That was tried too often in a short time. Wait a minute and try again, or set a new password by e-mail."
)
# What an open page asks for with nobody there: it does not keep a session in use.
ASKED_BY_ITSELF = ("live.live", "leaderboards.own_place")
NOTICES = {
    "password-set": "Your new password is set. Sign in with it.",
    "signed-out": "You are signed out on this device.",
}


def install(app: Quart, config: Config) -> None:
    cookies.install(app, config)
    app.before_request(_load_viewer)
    holding.install(app)


async def _load_viewer() -> None:
    g.viewer = None
    token = current_user.auth_id
    if token is None:
        return
    now = clock.now()
    async with looking() as db:
        viewer = await queries.viewer(db, token, now)
    used = request.endpoint not in ASKED_BY_ITSELF
    if viewer is not None and used and now - viewer.session_seen_at >= rules.SEEN_EVERY:
        # In a unit of its own: reading pages hardly ever writes, and what follows may fail.
        await release()
        async with database().writing() as db:
            await members.note_in_use(db, viewer.session_id, now)
    g.viewer = viewer


@blueprint.get("/login")
async def login_form() -> Response:
    goes_to = local_path(request.args.get("next"))
    if g.viewer is not None:
        return see(goes_to)
    notice = NOTICES.get(request.args.get("notice", ""))
    return await page("accounts/login.html", form=LoginForm(next=goes_to), error=None, notice=notice)


@blueprint.post("/login")
@reads_only
async def login() -> Response:
    """The password is checked with no transaction held: hashing is slow by design."""
    form = LoginForm(await sent())
    if not form.validate():
        return await _again(form, None, 422)
    await release()
    try:
        attempt = await throttle.admit(form.email.data)
    except TooMany as error:
        response = await _again(form, TRIED_TOO_OFTEN, 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    async with database().reading() as db:
        member = await queries.by_sign_in(db, form.email.data)
    right = await passwords.verify(form.password.data, member.password_hash if member else None)
    if member is None or member.password_hash is None or not right or not rules.signs_in(member.state):
        return await _failed(form, member)
    new_hash = await passwords.upgraded(form.password.data, member.password_hash)
    response = await _signed_in(form, member, new_hash) or await _failed(form, member)
    if response.status_code < 400:
        await attempt.was_right()
        cookies.know_device(response, attempt.account)
    return response


async def _signed_in(form: LoginForm, member: Member, new_hash: str | None) -> Response | None:
    now = clock.now()
    browser = service.Browser(
        address=limits.client_address(),
        device=agents.label(request.headers.get("User-Agent")),
        remembered=form.remember.data,
        token=current_user.auth_id,
    )
    async with database().writing() as db:
        started = await service.sign_in(db, member, now, browser, new_hash=new_hash)
    if started is None:
        return None
    token, begun = started
    goes_to = local_path(form.next.data)
    response = see(f"/login/code?next={quote(goes_to)}" if begun.waits_for_code else goes_to)
    cookies.hand_over(response, token, cookies.lifetime(begun, member, now))
    return response


async def _failed(form: LoginForm, member: Member | None) -> Response:
    """Nothing is deleted from the audit log, so one address writes only so much into it, whoever it tries."""
    address = limits.client_address()
    if await limits.take("failures", address):
        async with database().writing() as db:
            await service.note_failure(db, member.id if member else None, clock.now(), address)
    return await _again(form, NOT_SIGNED_IN, 422)


async def _again(form: LoginForm, error: str | None, status: int) -> Response:
    return await page("accounts/login.html", form=form, error=error, notice=None, status=status)


@blueprint.post("/logout")
async def logout() -> Response:
    token = current_user.auth_id
    if token is not None:
        await service.sign_out(await session(), token, clock.now(), limits.client_address())
    logout_user()
    response = see("/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
