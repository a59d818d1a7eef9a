"""The form for who one is, which every way of joining leads to."""

from __future__ import annotations

from datetime import timedelta

from quart import Response, request
from quart_auth import current_user
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.accounts import agents, common, cookies, passwords, throttle
from mathsoc.accounts import queries as accounts
from mathsoc.accounts import rules as password_rules
from mathsoc.accounts import service as signing_in
from mathsoc.errors import Refused
from mathsoc.joining import queries, rules
from mathsoc.joining.forms import DetailsForm
from mathsoc.joining.queries import Way
from mathsoc.joining.service import NAME_TAKEN, Details
from mathsoc.members.models import Member
from mathsoc.members.rules import STAFF
from mathsoc.schools import queries as schools
from mathsoc.web import limits
from mathsoc.web.forms import all_sent, sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, session

# Within this a form that comes again is taken for the same one, sent twice.
SENT_AGAIN = timedelta(minutes=10)


async def show(way: Way, form: DetailsForm, action: str, status: int = 200) -> Response:
    """The form, asking only what the way in has not settled. Settle it first."""
    shortest = password_rules.SHORTEST[_is_staff(way)]
    return await page(
        "joining/details.html", way=way, form=form, action=action, shortest=shortest, status=status
    )


async def settled(way: Way, form: DetailsForm) -> DetailsForm:
    """The form with the names that were offered before, as long as nobody has them, or others if asked."""
    db, offered = await session(), await all_sent("offered")
    if await asks_for_others():
        form.display_name.data, offered = None, []
    form.settle(way, await queries.suggestions(db, offered), await schools.years(db))
    return form


async def asks_for_others() -> bool:
    """Whether the button for other names was pressed, not the one to join."""
    return (await sent()).get("names") == "other"


async def accepted(way: Way, form: DetailsForm, email: str = "") -> Details | None:
    """What was said, once nothing is wrong with it; else None, and the form has the errors.

    Hashing is slow by design: call it with no unit of work open.
    """
    form.validate()
    said = {field.name: field.data for field in form}
    name, wished = said.get("display_name") or "", said.get("wished_name") or ""
    real_name = way.real_name or said.get("real_name") or ""
    async with database().reading() as db:
        if name and not form.display_name.errors and await queries.name_taken(db, name):
            refuse_name(form)
        known_as = await _words_of(db, way)
    if wished and not form.wished_name.errors:
        problem = rules.problem_with_name(wished, real_name, real_names=way.school.real_names)
        _wrong(form, "wished_name", problem)
    password = form.new_password.data
    if password and not form.new_password.errors:
        own = [*known_as, name, wished, real_name, email]
        known = await common.loaded()
        problem = password_rules.problem_with_password(
            password, staff=_is_staff(way), own_words=own, common=known
        )
        _wrong(form, "new_password", problem)
    if form.errors:
        return None
    hashed = await passwords.hash_password(password)
    return Details(name, real_name, said.get("year"), hashed, wished)


async def _words_of(db: AsyncSession, way: Way) -> list[str]:
    """Names here, and of whoever comes back, that no password must be made of."""
    back = way.slip.member if way.slip is not None else None
    return await accounts.own_words(db, back) if back is not None else await accounts.words_here(db)


def _is_staff(way: Way) -> bool:
    back = way.slip.member if way.slip is not None else None
    return back is not None and back.role in STAFF


async def refused(way: Way, form: DetailsForm, error: Refused, action: str) -> Response | None:
    """The form again, for a name that was taken while it was filled in; None for any other reason."""
    if error.field != "display_name":
        return None
    refuse_name(form)
    return await show(way, form, action, 422)


def refuse_name(form: DetailsForm) -> None:
    """Say that the chosen name is gone, and offer the others."""
    gone = form.display_name.data
    form.display_name.choices = [one for one in form.display_name.choices if one.value != gone]
    form.display_name.data, form.display_name.errors = None, [NAME_TAKEN]


def _wrong(form: DetailsForm, field: str, problem: str | None) -> None:
    if problem is not None:
        form[field].errors = [problem]


async def sent_again(form: DetailsForm) -> Response | None:
    """For a form that made an account a moment ago and comes again: signed in to it. None for any other.

    Somebody pressed twice, or the reply was lost on its way. The password proves whose account it is; a try
    is counted as one to sign in.
    """
    name, password = form.display_name.data if form.display_name else None, form.new_password.data
    if not name or not password:
        return None
    async with database().reading() as db:
        member = await queries.just_joined(db, name, clock.now() - SENT_AGAIN)
    if member is None:
        return None
    admitted = await throttle.admit(member.email or member.login_name or "")
    if not await passwords.verify(password, member.password_hash):
        return None
    await admitted.was_right()
    return await signed_in(member, "waiting" if member.state == "pending" else "joined")


async def signed_in(member: Member, notice: str) -> Response:
    """Whoever has just joined is signed in, on this browser known from now on."""
    now = clock.now()
    browser = signing_in.Browser(
        address=limits.client_address(),
        device=agents.label(request.headers.get("User-Agent")),
        token=current_user.auth_id,
    )
    async with database().writing() as db:
        started = await signing_in.sign_in(db, member, now, browser)
    if started is None:
        return see("/login")
    token, begun = started
    response = see("/login/code" if begun.waits_for_code else f"/profile?notice={notice}")
    cookies.hand_over(response, token, cookies.lifetime(begun, member, now))
    cookies.know_device(response, throttle.account_key(member.email or member.login_name or ""))
    return response
