"""The form for who one is, which every way of joining leads to."""

from __future__ import annotations

from quart import Response, request
from quart_auth import current_user

from mathsoc import clock
from mathsoc.accounts import agents, common, cookies, passwords
from mathsoc.accounts import queries as accounts
from mathsoc.accounts import rules as password_rules
from mathsoc.accounts import service as signing_in
from mathsoc.joining import queries, rules
from mathsoc.joining.forms import DetailsForm
from mathsoc.joining.queries import Way
from mathsoc.joining.service import Details
from mathsoc.members.models import Member
from mathsoc.web import limits
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, session

TAKEN = "Somebody has just taken this name. Choose another one."


async def show(way: Way, form: DetailsForm, action: str, status: int = 200) -> Response:
    """The form, asking only what the way in has not settled. Settle it first."""
    shortest = password_rules.SHORTEST[False]
    return await page(
        "joining/details.html", way=way, form=form, action=action, shortest=shortest, status=status
    )


async def settled(way: Way, form: DetailsForm) -> DetailsForm:
    db = await session()
    form.settle(way, await queries.suggestions(db), await queries.years(db))
    return form


async def accepted(way: Way, form: DetailsForm, email: str = "") -> Details | None:
    """What was said, once nothing is wrong with it; else None, and the form has the errors.

    Hashing is slow by design: call it with no unit of work open.
    """
    form.validate()
    said = {field.name: field.data for field in form}
    name, wished = said.get("display_name") or "", said.get("wished_name") or ""
    real_name = way.real_name or said.get("real_name") or ""
    async with database().reading() as db:
        if name and await queries.name_taken(db, name):
            _wrong(form, "display_name", TAKEN)
        here = await accounts.words_here(db)
    if wished:
        problem = rules.problem_with_name(wished, real_name, real_names=way.school.real_names)
        _wrong(form, "wished_name", problem)
    password = form.new_password.data
    if password and not form.new_password.errors:
        own = [*here, name, wished, real_name, email]
        known = await common.loaded()
        problem = password_rules.problem_with_password(password, staff=False, own_words=own, common=known)
        _wrong(form, "new_password", problem)
    if form.errors:
        return None
    hashed = await passwords.hash_password(password)
    return Details(name, real_name, said.get("year"), hashed, wished)


def _wrong(form: DetailsForm, field: str, problem: str | None) -> None:
    if problem is not None:
        form[field].errors = [problem]


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
    response = see(f"/profile?notice={notice}" if started else "/login")
    if started is not None:
        token, begun = started
        cookies.hand_over(response, token, cookies.lifetime(begun, member, now))
    return response
