"""A forgotten password: asking for a link, and using it."""

from __future__ import annotations

from quart import Blueprint, Response, current_app

from mathsoc import clock, mail
from mathsoc.accounts import cookies, passwords, queries, rules, service, throttle
from mathsoc.accounts.forms import ForgotForm, NewPasswordForm
from mathsoc.errors import Refused
from mathsoc.members.models import Member
from mathsoc.members.rules import STAFF, normal_email
from mathsoc.web import limits
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, reads_only, release, session

blueprint = Blueprint("recovery", __name__)


@blueprint.after_request
async def _tell_nobody(response: Response) -> Response:
    """The address of these pages holds the token, so nothing that follows may learn it.

    "no-referrer" would also send `Origin: null` with the form, which older browsers are refused for.
    """
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/forgot-password")
async def forgot_form() -> Response:
    return await _forgot_page(ForgotForm())


@blueprint.post("/forgot-password")
@reads_only
async def forgot() -> Response:
    """The same is done for every address that is typed: whose it is, is looked up when the mail is made."""
    form = ForgotForm(await sent())
    if not form.validate():
        return await _forgot_page(form, status=422)
    if not _sends_mail():
        return await _forgot_page(form)
    email = normal_email(form.email.data)  # as erasure looks for what waits for an address
    await release()
    if await throttle.admit_reset(email):
        async with database().writing() as db:
            await mail.queue(db, "reset", {"email": email})
    return await page("accounts/forgot_sent.html", email=email, minutes=_minutes())


@blueprint.get("/reset-password/<token>")
async def reset_form(token: str) -> Response:
    """Only shows the form: programs that look at links in mail must not use them up."""
    member = await queries.member_of_link(await session(), token, "reset", clock.now())
    return await _reset_page(member, NewPasswordForm())


@blueprint.post("/reset-password/<token>")
@reads_only
async def reset(token: str) -> Response:
    form = NewPasswordForm(await sent())
    member = await queries.member_of_link(await session(), token, "reset", clock.now())
    await release()
    if member is None or not form.validate():
        return await _reset_page(member, form, 422)
    try:
        async with database().reading() as db:
            await service.check_new_password(db, member, form.new_password.data)
    except Refused as error:
        form.new_password.errors = [error.message]
        return await _reset_page(member, form, 422)
    password_hash = await passwords.hash_password(form.new_password.data)
    try:
        async with database().writing() as db:
            await service.reset_password(db, token, password_hash, clock.now(), limits.client_address())
    except Refused:
        return await _reset_page(None, form)
    response = see("/login?notice=password-set")
    # Whoever could read the mail owns the account: tries made by others must not keep this browser out.
    cookies.know_device(response, throttle.account_key(member.email or ""))
    return response


async def _forgot_page(form: ForgotForm, status: int = 200) -> Response:
    return await page("accounts/forgot.html", form=form, sends_mail=_sends_mail(), status=status)


async def _reset_page(member: Member | None, form: NewPasswordForm, status: int = 200) -> Response:
    if member is None:
        return await page("accounts/link_over.html", status=410)
    shortest = rules.SHORTEST[member.role in STAFF]
    return await page("accounts/reset.html", form=form, email=member.email, shortest=shortest, status=status)


def _sends_mail() -> bool:
    return mail.sends(current_app.settings)  # type: ignore[attr-defined]


def _minutes() -> int:
    return int(rules.LINK_LASTS["reset"].total_seconds()) // 60
