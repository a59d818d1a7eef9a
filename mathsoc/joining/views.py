"""Joining: an address or a code first, then who one is."""

from __future__ import annotations

from quart import Blueprint, Response, current_app

from mathsoc import clock, mail
from mathsoc.accounts import queries as accounts
from mathsoc.accounts import rules as password_rules
from mathsoc.accounts import throttle
from mathsoc.errors import Refused
from mathsoc.joining import details, queries, rules, service
from mathsoc.joining.forms import AddressForm, CodeForm, DetailsForm
from mathsoc.members.rules import is_email, normal_email
from mathsoc.web import limits
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, reads_only, release, session

blueprint = Blueprint("joining", __name__)

NO_EMAIL = "Enter a whole e-mail address, such as name@school.example."
BY_CODE = "/register/code"


@blueprint.get("/register")
async def register_form() -> Response:
    return await _first(AddressForm(), CodeForm())


@blueprint.post("/register")
@reads_only
async def register() -> Response:
    """An address is sent a link; a code that can be used leads on to the details."""
    fields = await sent()
    if "code" in fields:
        return await _start_by_code(CodeForm(fields))
    return await _start_by_mail(AddressForm(fields))


async def _start_by_mail(form: AddressForm) -> Response:
    form.validate()
    email = normal_email(form.email.data or "")
    if not form.errors:
        problem = await _problem_with(email)
        form.email.errors = [problem] if problem else []
    if form.errors:
        return await _first(form, CodeForm(), 422)
    await release()
    if await throttle.admit_reset(email):
        async with database().writing() as db:
            await mail.queue(db, "join", {"email": email})
    hours = int(password_rules.LINK_LASTS["join"].total_seconds()) // 3600
    return await page("joining/sent.html", email=email, hours=hours)


async def _problem_with(email: str) -> str | None:
    if not is_email(email):
        return NO_EMAIL
    if rules.school_of(email, await queries.domains(await session())) is None:
        return rules.NOT_OURS
    return rules.problem_with_address(email)


async def _start_by_code(form: CodeForm) -> Response:
    form.validate()
    way = await queries.by_code(await session(), form.code.data or "", clock.now())
    if way is None:
        return await _code_fails(form)
    return await details.show(way, await details.settled(way, DetailsForm(code=form.code.data)), BY_CODE)


@blueprint.post(BY_CODE)
@reads_only
async def join_by_code() -> Response:
    """With a slip or the code of a class one is in at once; with a slip of one's own, in again."""
    fields = await sent()
    form = DetailsForm(fields)
    way = await queries.by_code(await session(), form.code.data or "", clock.now())
    if way is None:
        return await _code_fails(CodeForm(fields))
    await details.settled(way, form)
    await release()
    said = await details.accepted(way, form)
    if said is None:
        return await details.show(way, form, BY_CODE, 422)
    now, address = clock.now(), limits.client_address()
    try:
        async with database().writing() as db:
            if way.kind == "return":
                member = await service.come_back(db, form.code.data, said.password_hash, now, address)
            else:
                member = await service.join_by_code(db, form.code.data, said, now, address)
    except Refused:
        return await _code_fails(CodeForm(fields))
    return await details.signed_in(member, "password-set" if way.kind == "return" else "joined")


@blueprint.get("/verify-email/<token>")
async def link(token: str) -> Response:
    """Only shows the form: programs that look at links in mail must not use them up.

    One to a member's new address leads to its own page, which is for that member alone.
    """
    db = await session()
    if await accounts.purpose_of_link(db, token) == "verify":
        return see(f"/profile/email/{token}")
    email = await accounts.address_of_join_link(db, token, clock.now())
    way = await queries.by_address(db, email) if email is not None else None
    if way is None:
        return await _over()
    return await details.show(way, await details.settled(way, DetailsForm()), f"/verify-email/{token}")


@blueprint.post("/verify-email/<token>")
@reads_only
async def join_by_mail(token: str) -> Response:
    form, db = DetailsForm(await sent()), await session()
    email = await accounts.address_of_join_link(db, token, clock.now())
    way = await queries.by_address(db, email) if email is not None else None
    if way is None or email is None:
        return await _over()
    await details.settled(way, form)
    await release()
    said = await details.accepted(way, form, email)
    if said is None:
        return await details.show(way, form, f"/verify-email/{token}", 422)
    try:
        async with database().writing() as db:
            member = await service.join_by_mail(db, token, said, clock.now(), limits.client_address())
    except Refused:
        return await _over()
    return await details.signed_in(member, "waiting")


async def _over() -> Response:
    return await page("joining/link_over.html", status=410)


async def _code_fails(form: CodeForm) -> Response:
    form.validate()
    form.code.errors = form.code.errors or [rules.CODE_FAILS]
    await release()
    return await _first(AddressForm(), form, 422)


async def _first(by_mail: AddressForm, by_code: CodeForm, status: int = 200) -> Response:
    """Mail is offered where the server sends any and some school has a domain."""
    sends = mail.sends(current_app.settings)  # type: ignore[attr-defined]
    domains = await queries.domains(await session()) if sends else {}
    return await page(
        "joining/register.html", by_mail=by_mail, by_code=by_code, mails=bool(domains), status=status
    )
