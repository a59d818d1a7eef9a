"""One's own e-mail address: asked for with the password, changed by a link that is sent to the new one."""

from __future__ import annotations

from quart import Blueprint, Response, current_app, g

from mathsoc import clock, mail
from mathsoc.accounts import confirm, cookies, queries, throttle
from mathsoc.accounts import rules as link_rules
from mathsoc.errors import Refused
from mathsoc.joining import queries as joining
from mathsoc.members.models import Member
from mathsoc.members.rules import normal_email
from mathsoc.profile import rules, service
from mathsoc.profile.forms import AddressForm
from mathsoc.web import limits
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import reads_only, release, session, writing

blueprint = Blueprint("addresses", __name__)


@blueprint.after_request
async def _tell_nobody(response: Response) -> Response:
    """As for links to reset a password: the address of the page holds the token."""
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/profile/email")
async def form() -> Response:
    return await _page(AddressForm())


@blueprint.post("/profile/email")
@reads_only
async def ask() -> Response:
    """The same is said whoever has the new address: whose it is, is looked up when the mail is made."""
    given = AddressForm(await sent())
    if not await _open():
        return await _page(given)
    email = normal_email(given.email.data or "")
    if not given.validate() or not await _will_do(given, email):
        return await _page(given, 422)
    try:
        await confirm.check(given.current_password.data, "current_password")
    except Refused as error:
        given[error.field].errors = [error.message]
        return await _page(given, 422)
    if await throttle.admit_reset(email):
        async with writing() as db:
            await mail.queue(db, "verify-address", {"member_id": g.viewer.id, "email": email})
    hours = int(link_rules.LINK_LASTS["verify"].total_seconds()) // 3600
    return await page("profile/email_sent.html", email=email, hours=hours)


@blueprint.get("/profile/email/<token>")
async def link(token: str) -> Response:
    """Only shows a button: programs that look at links in mail must not use them up."""
    db = await session()
    email = await queries.address_to_verify(db, token, g.viewer.id, clock.now())
    if email is None:
        return await _over()
    return await page("profile/email_link.html", me=await db.get_one(Member, g.viewer.id), email=email)


@blueprint.post("/profile/email/<token>")
@reads_only
async def change(token: str) -> Response:
    await release()
    try:
        async with writing() as db:
            email = await service.change_address(db, g.viewer, token, clock.now(), limits.client_address())
    except Refused:
        return await _over()
    response = see("/profile?notice=email-changed")
    cookies.know_device(response, throttle.account_key(email))
    return response


async def _will_do(given: AddressForm, email: str) -> bool:
    db = await session()
    me = await db.get_one(Member, g.viewer.id)
    problem = rules.problem_with_address(
        email,
        now=me.email,
        staff=g.viewer.staff,
        school_id=me.school_id,
        domains=await joining.domains(db),
    )
    given.email.errors = [problem] if problem else []
    return problem is None


async def _open() -> bool:
    """Whether an address can be changed here at all: mail is sent, and the school of a pupil has a domain."""
    return mail.sends(current_app.settings) and (g.viewer.staff or bool(await _domains()))  # type: ignore[attr-defined]


async def _domains() -> list[str]:
    found = await joining.domains(await session())
    return sorted(name for name, school_id in found.items() if school_id == g.viewer.school_id)


async def _page(given: AddressForm, status: int = 200) -> Response:
    me = await (await session()).get_one(Member, g.viewer.id)
    return await page(
        "profile/email.html",
        me=me,
        form=given,
        domains=[] if g.viewer.staff else await _domains(),
        can=await _open(),
        status=status,
    )


async def _over() -> Response:
    return await page("profile/email_over.html", status=410)
