"""The code after the password, and one's own second factor."""

from __future__ import annotations

from collections.abc import Mapping

from quart import Blueprint, Quart, Response, current_app, g, request
from quart_auth import current_user
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import clock
from mathsoc.accounts import confirm, cookies, throttle
from mathsoc.config import Config
from mathsoc.errors import Forbidden, Refused
from mathsoc.members import queries as members
from mathsoc.members import service as sessions
from mathsoc.members.models import LoginSession, Member
from mathsoc.schools import queries as schools
from mathsoc.second_factor import queries, rules, service, totp
from mathsoc.web import limits
from mathsoc.web.forms import local_path, sent
from mathsoc.web.pages import page, see, wants_fragment
from mathsoc.web.unit_of_work import database, reads_only, release, session, writing

blueprint = Blueprint("second_factor", __name__)

HOME = "/profile/second-factor"
# What staff without a second factor may still ask for in production.
STILL_OPEN = {
    *("static", "operations.healthz", "operations.readyz", "accounts.logout"),
    *("second_factor.show", "second_factor.start", "second_factor.confirm_app"),
}
NOT_YET = "Set up your authenticator app first: staff sign in with a second factor."
KEEP_IT = "Staff sign in with a second factor. You can put another app in its place, but not remove it."
WRONG = "That code is not right, or was used before. Type the one that the app shows now."


def install(app: Quart, config: Config) -> None:
    if config.production:
        app.before_request(_enrol_first)


async def _enrol_first() -> Response | None:
    viewer = g.get("viewer")
    if viewer is None or request.endpoint in STILL_OPEN:
        return None
    if not rules.must_enrol(production=True, staff=viewer.staff, enrolled=viewer.second_factor):
        return None
    if request.method in ("GET", "HEAD") and not wants_fragment() and request.endpoint != "live.live":
        return see(HOME)
    raise Forbidden(NOT_YET)


@blueprint.get("/login/code")
async def code_form() -> Response:
    goes_to = local_path(request.args.get("next"))
    if g.viewer is not None:
        return see(goes_to)
    if await _waiting(await session()) is None:
        return see("/login")
    return await page("second_factor/code.html", next=goes_to, error=None)


@blueprint.post("/login/code")
@reads_only
async def code() -> Response:
    """In units of its own: a wrong code is written down too."""
    fields, now = await sent(), clock.now()
    goes_to = local_path(fields.get("next"))
    waiting = await _waiting(await session())
    await release()
    if waiting is None:
        return see("/login")
    who, device = str(waiting.member_id), cookies.device()
    account = throttle.account_key(waiting.member.email or "")
    # Whoever has the password alone must not keep the owner out by typing wrong codes.
    known = device is not None and account in device.proved
    counted = ("code-known", who, device.id) if device and known else ("code", who)
    await limits.must_take(*counted)
    tries_left = await limits.take("code-browser", str(waiting.id))
    async with database().writing() as db:
        found = await _waiting(db)
        if found is None or not tries_left:
            await sessions.end_session(db, current_user.auth_id or "", now)
            return see("/login")
        address = limits.client_address()
        token = await service.sign_in(db, found, fields.get("code", ""), now, address=address)
    if token is None:
        error = WRONG if fields.get("code", "").strip() else service.NO_CODE
        return await page("second_factor/code.html", next=goes_to, error=error, status=422)
    await limits.clear(*counted)
    response = see(goes_to)
    cookies.hand_over(response, token, cookies.lifetime(found, found.member, now))
    cookies.know_device(response, account, proved=True)
    return response


async def _waiting(db: AsyncSession) -> LoginSession | None:
    """The session of this browser, with its member, whose password was right."""
    token = current_user.auth_id
    return await members.waiting_session(db, token, clock.now()) if token else None


@blueprint.get("/profile/second-factor")
async def show() -> Response:
    return await _show()


@blueprint.post("/profile/second-factor")
@reads_only
async def start() -> Response:
    """A key is made by a POST, so that looking at the page changes nothing."""
    fields = await sent()
    try:
        await confirm.confirmed(fields)
    except Refused as error:
        return await _show(asked="start", error=error)
    async with writing() as db:
        await service.start(db, await _own(db))
    return see(HOME)


@blueprint.post("/profile/second-factor/confirmation")
@reads_only
async def confirm_app() -> Response:
    fields = await sent()
    try:
        await confirm.confirmed(fields)
        async with writing() as db:
            codes = await service.confirm(
                db,
                await _own(db),
                fields.get("code", ""),
                clock.now(),
                keep=g.viewer.session_id,
                address=limits.client_address(),
            )
    except Refused as error:
        return await _show(asked="confirm", error=error)
    return await _shown_once(codes, first=True)


@blueprint.post("/profile/second-factor/recovery-codes")
@reads_only
async def recovery_codes() -> Response:
    fields = await sent()
    try:
        await confirm.confirmed(fields)
        async with writing() as db:
            codes = await service.new_codes(db, await _own(db), clock.now(), address=limits.client_address())
    except Refused as error:
        return await _show(asked="recovery-codes", error=error)
    return await _shown_once(codes, first=False)


@blueprint.post("/profile/second-factor/removal")
@reads_only
async def removal() -> Response:
    fields = await sent()
    if not _may_remove():
        raise Forbidden(KEEP_IT)
    try:
        await confirm.confirmed(fields)
    except Refused as error:
        return await _show(asked="removal", error=error)
    async with writing() as db:
        own, address = await _own(db), limits.client_address()
        await service.remove(db, own, clock.now(), keep=g.viewer.session_id, address=address)
    return see(HOME)


async def _show(asked: str = "", error: Refused | None = None) -> Response:
    """The page of one's own second factor; with what was `asked` and the `error` at its field."""
    db = await session()
    member = await db.get_one(Member, g.viewer.id)
    fresh = not confirm.asks()
    key: Mapping[str, object] | None = None
    # The key is shown while the password is fresh: who finds an open browser later learns nothing.
    if member.totp_new_secret and (fresh or asked == "confirm"):
        society = await schools.society(db)
        name = society.name if society else "mathsoc"
        text = totp.address(member.totp_new_secret, member.email or member.display_name, name)
        key = {
            "picture": totp.picture(text) if fresh else None,
            "text": totp.grouped(member.totp_new_secret) if fresh else None,
        }
    return await page(
        "second_factor/show.html",
        status=200 if error is None else 422,
        since=member.totp_since,
        key=key,
        codes_left=await queries.codes_left(db, member.id),
        may_remove=_may_remove(),
        must=g.viewer.staff and _production(),
        asks_password=not fresh,
        asked=asked,
        error=error,
    )


async def _shown_once(codes: list[str], *, first: bool) -> Response:
    """The page to print, with what tells years later where the codes belong."""
    site = current_app.settings.site_url  # type: ignore[attr-defined]
    return await page("second_factor/codes.html", codes=codes, first=first, site=site, made=clock.now())


async def _own(db: AsyncSession) -> Member:
    return await db.get_one(Member, g.viewer.id, with_for_update=True)


def _may_remove() -> bool:
    return rules.may_remove(production=_production(), staff=g.viewer.staff)


def _production() -> bool:
    config: Config = current_app.settings  # type: ignore[attr-defined]
    return config.production
