"""Joining: an address or a code first, then who one is."""

from __future__ import annotations

from quart import Blueprint, Response, current_app, g

from mathsoc import clock, ids, mail
from mathsoc.accounts import queries as accounts
from mathsoc.accounts import rules as password_rules
from mathsoc.accounts import throttle
from mathsoc.errors import Refused
from mathsoc.joining import details, queries, rules, service
from mathsoc.joining.forms import AddressForm, CodeForm, DetailsForm
from mathsoc.joining.queries import Way
from mathsoc.members import queries as members
from mathsoc.members.rules import is_email, normal_email
from mathsoc.web import limits
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, reads_only, release, session

blueprint = Blueprint("joining", __name__)

BY_CODE = "/register/code"


@blueprint.get("/register")
async def register_form() -> Response:
    """Whoever is signed in has an account already, and is told so."""
    if g.viewer is not None:
        return await page("joining/member_already.html")
    return await _first(AddressForm(), CodeForm())


@blueprint.post("/register")
@reads_only
async def register() -> Response:
    """An address is sent a link; a code that can be used leads on to the details."""
    if g.viewer is not None:
        return see("/register")
    fields = await sent()
    if "code" in fields:
        return await _start_by_code(CodeForm(fields))
    return await _start_by_mail(AddressForm(fields))


async def _start_by_mail(form: AddressForm) -> Response:
    form.validate()
    email = normal_email(form.email.data or "")
    if not form.errors:
        problem = await _problem_with(form.email.data, email)
        form.email.errors = [problem] if problem else []
    if form.errors:
        return await _first(form, CodeForm(), 422)
    await release()
    if await throttle.admit_joining(email):
        async with database().writing() as db:
            await mail.queue(db, "join", {"email": email})
    hours = int(password_rules.LINK_LASTS["join"].total_seconds()) // 3600
    return await page("joining/sent.html", email=email, hours=hours)


async def _problem_with(typed: str, email: str) -> str | None:
    # Some letters of other alphabets become ASCII in lower case.
    if not typed.strip().isascii() or not is_email(email):
        return rules.NO_EMAIL
    if rules.school_of(email, await queries.domains(await session())) is None:
        return rules.NOT_OURS
    return rules.problem_with_address(email)


async def _start_by_code(form: CodeForm) -> Response:
    way = await _way_by_code(form.code.data or "")
    if way is None:
        return await _code_fails(form)
    return await details.show(way, await details.settled(way, DetailsForm(code=form.code.data)), BY_CODE)


@blueprint.post(BY_CODE)
@reads_only
async def join_by_code() -> Response:
    """With a slip or the code of a class one is in at once; with a slip of one's own, in again."""
    if g.viewer is not None:
        return see("/register")
    fields = await sent()
    form = DetailsForm(fields)
    way = await _way_by_code(form.code.data or "")
    if way is None:
        return await details.sent_again(form) or await _code_fails(CodeForm(fields))
    await details.settled(way, form)
    await release()
    again = DetailsForm(fields)
    said = await details.accepted(way, form)
    if said is None:
        return await details.sent_again(again) or await details.show(way, form, BY_CODE, 422)
    now, address = clock.now(), limits.client_address()
    try:
        async with database().writing() as db:
            if way.kind == "return":
                member = await service.come_back(db, form.code.data, said.password_hash, now, address)
            else:
                member = await service.join_by_code(db, form.code.data, said, now, address)
    except Refused as error:
        return (
            await details.sent_again(again)
            or await details.refused(way, form, error, BY_CODE)
            or await _code_fails(CodeForm(fields))
        )
    return await details.signed_in(member, "password-set" if way.kind == "return" else "joined")


async def _way_by_code(code: str) -> Way | None:
    """The way in by a code; those of classes that fail are counted for each address. Raises TooMany.

    Counted before it is looked up, so that of many at once no more are looked up than may be. Nobody guesses
    a slip: who tries must not keep out the others behind the same address.
    """
    if _misread(code) is not None:
        return None
    await release()
    address, counts = limits.client_address(), rules.is_guessable(ids.folded(code))
    if counts:
        await limits.must_take("join-code", address)
    async with database().reading() as db:
        way = await queries.by_code(db, code, clock.now())
    if counts and way is not None:
        await limits.refund("join-code", address)
    return way


@blueprint.get("/verify-email/<token>")
async def link(token: str) -> Response:
    """Only shows the form: programs that look at links in mail must not use them up.

    One to a member's new address leads to its own page, which is for that member alone.
    """
    if await accounts.purpose_of_link(await session(), token) == "verify":
        return see(f"/profile/email/{token}")
    email, way = await _way_by_link(token)
    if way is None or email is None:
        return await _over()
    if g.viewer is not None:
        return await page("joining/member_already.html", email=email)
    return await details.show(way, await details.settled(way, DetailsForm()), f"/verify-email/{token}")


@blueprint.post("/verify-email/<token>")
@reads_only
async def join_by_mail(token: str) -> Response:
    fields = await sent()
    form, again, action = DetailsForm(fields), DetailsForm(fields), f"/verify-email/{token}"
    email, way = await _way_by_link(token)
    if way is None or email is None:
        await release()
        return await details.sent_again(again) or await _over()
    if g.viewer is not None:
        return see(action)
    await details.settled(way, form)
    await release()
    said = await details.accepted(way, form, email)
    if said is None:
        return await details.sent_again(again) or await details.show(way, form, action, 422)
    try:
        async with database().writing() as db:
            member = await service.join_by_mail(db, token, said, clock.now(), limits.client_address())
    except Refused as error:
        return (
            await details.sent_again(again)
            or await details.refused(way, form, error, action)
            or await _over()
        )
    return await details.signed_in(member, "waiting")


async def _way_by_link(token: str) -> tuple[str | None, Way | None]:
    """The address that a link proves and the way in; none once that has an account or no school."""
    db = await session()
    email = await accounts.address_of_join_link(db, token, clock.now())
    if email is None or await members.by_email(db, email) is not None:
        return None, None
    return email, await queries.by_address(db, email)


async def _over() -> Response:
    return await page("joining/link_over.html", status=410)


async def _code_fails(form: CodeForm) -> Response:
    form.validate()
    problem = _misread(form.code.data or "") or rules.CODE_FAILS
    form.code.errors = form.code.errors or [problem]
    await release()
    return await _first(AddressForm(), form, 422)


def _misread(code: str) -> str | None:
    return rules.problem_with_code(ids.folded(code), ids.ALPHABET)


async def _first(by_mail: AddressForm, by_code: CodeForm, status: int = 200) -> Response:
    """Mail is offered where the server sends any and some school has a domain."""
    sends = mail.sends(current_app.settings)  # type: ignore[attr-defined]
    domains = await queries.domains(await session()) if sends else {}
    return await page(
        "joining/register.html", by_mail=by_mail, by_code=by_code, mails=bool(domains), status=status
    )
