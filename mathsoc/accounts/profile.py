"""One's own account: who I am, where I am signed in, my password."""

from __future__ import annotations

from quart import Blueprint, Response, g, request
from quart_auth import current_user, logout_user

from mathsoc import clock
from mathsoc.accounts import confirm, cookies, passwords, rules, service
from mathsoc.accounts.forms import PasswordForm
from mathsoc.errors import Missing, Refused
from mathsoc.members import queries as members
from mathsoc.members.models import Member
from mathsoc.web import limits
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, reads_only, session

blueprint = Blueprint("profile", __name__)

NOTICES = {
    "password-changed": "Your password is changed. You are signed out everywhere else.",
    "password-set": "Your new password is set. You are signed out everywhere else.",
    "kept": "Your account stays.",
    "joined": "Welcome! Write down your sign-in name: you need it, with your password, to come back.",
    "waiting": "Welcome! Your school looks at your account next; you can read everything meanwhile.",
}


@blueprint.get("/profile")
async def show() -> Response:
    me = await (await session()).get_one(Member, g.viewer.id)
    notice = NOTICES.get(request.args.get("notice", ""))
    return await page("accounts/profile.html", me=me, listed=me.listed, notice=notice)


@blueprint.get("/profile/sessions")
async def sessions() -> Response:
    found = await members.sessions_of(await session(), g.viewer.id, clock.now())
    return await page("accounts/sessions.html", sessions=found)


@blueprint.post("/profile/sessions/<public_id>/ending")
async def end_session(public_id: str) -> Response:
    db = await session()
    present = await service.end_own_session(db, g.viewer, public_id, clock.now(), limits.client_address())
    if not present:
        return see("/profile/sessions")
    logout_user()
    response = see("/login?notice=signed-out")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.post("/profile/sessions/endings")
async def end_other_sessions() -> Response:
    await service.end_sessions(await session(), g.viewer, g.viewer.id, clock.now(), limits.client_address())
    return see("/profile/sessions")


@blueprint.get("/profile/password")
async def password_form() -> Response:
    return await _password_page(PasswordForm(), 200)


@blueprint.post("/profile/password")
@reads_only
async def change_password() -> Response:
    """Hashing is slow by design, so nothing is held meanwhile; what was read is checked again at the end."""
    form = PasswordForm(await sent())
    if not form.validate():
        return await _password_page(form, 422)
    try:
        member = await confirm.check(form.current_password.data, "current_password")
        async with database().reading() as db:
            await service.check_new_password(db, member, form.new_password.data)
    except Refused as error:
        return await _refused(form, error)
    password_hash = await passwords.hash_password(form.new_password.data)
    now, token = clock.now(), current_user.auth_id
    if token is None:
        raise Missing
    async with database().writing() as db:
        renewed, present = await service.change_password(
            db, member, token, password_hash, now, limits.client_address()
        )
    response = see("/profile?notice=password-changed")
    cookies.hand_over(response, renewed, cookies.lifetime(present, member, now))
    return response


async def _refused(form: PasswordForm, error: Refused) -> Response:
    form[error.field].errors = [error.message]
    return await _password_page(form, 422)


async def _password_page(form: PasswordForm, status: int) -> Response:
    shortest = rules.SHORTEST[g.viewer.staff]
    return await page("accounts/password.html", form=form, shortest=shortest, status=status)
