"""One's own account: where I stand, what I sent, where I am signed in, my password."""

from __future__ import annotations

from quart import Blueprint, Response, g, request
from quart_auth import current_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mathsoc import clock
from mathsoc.accounts import confirm, cookies, passwords, rules, service
from mathsoc.accounts.forms import PasswordForm
from mathsoc.errors import Missing, Refused
from mathsoc.leaderboards import queries as boards
from mathsoc.members import queries as members
from mathsoc.members.models import Member
from mathsoc.profile import queries
from mathsoc.profile import service as profile
from mathsoc.web import limits
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, page_number, see
from mathsoc.web.unit_of_work import database, reads_only, session

blueprint = Blueprint("profile", __name__)

SOLVED = 5  # challenges on the first page
NOTICES = {
    "password-changed": "Your password is changed. You are signed out everywhere else.",
    "password-set": "Your new password is set. You are signed out everywhere else.",
    "name-changed": "Your name is changed, on every board too.",
    "name-asked": "Your teacher looks at the name that you would like. Until then you keep the one you have.",
    "email-changed": "Your e-mail address is changed. You are signed out everywhere else.",
    "shown": "You stand on the leaderboards again.",
    "hidden": "You are on no leaderboard from now on. Your points are kept, and you see them here.",
    "newsletters-yes": "You get the next newsletters by mail.",
    "newsletters-no": "You get no more newsletters by mail.",
    "newsletters-nowhere": "Add an e-mail address first: newsletters go there.",
    "kept": "Your account stays.",
    "joined": "Welcome! Write down your sign-in name: you need it, with your password, to come back.",
    "waiting": "Welcome! Your school looks at your account next. You can read everything meanwhile, and send"
    " answers after that.",
}


@blueprint.get("/profile")
async def show() -> Response:
    """Where one stands, what one has solved, and the way to everything about one's account."""
    db, now = await session(), clock.now()
    own = (
        select(Member)
        .where(Member.id == g.viewer.id)
        .options(joinedload(Member.school), joinedload(Member.school_class))
    )
    me = (await db.scalars(own)).one()
    notice = request.args.get("notice", "")
    return await page(
        "profile/show.html",
        me=me,
        listed=me.listed,
        places=await boards.places_of(db, me.id, g.viewer),
        solved=await queries.solved(db, me.id, now, limit=SOLVED),
        notice=NOTICES.get(notice),
        welcomed=notice == "waiting",
    )


@blueprint.get("/profile/attempts")
async def attempts() -> Response:
    found = await queries.sendings(await session(), g.viewer.id, clock.now(), page=page_number())
    return await page("profile/attempts.html", found=found)


@blueprint.post("/profile/boards")
async def stand_on_boards() -> Response:
    """`shown` is yes or no."""
    wanted = (await sent()).get("shown", "")
    if wanted not in ("yes", "no"):
        return see("/profile")
    now, address = clock.now(), limits.client_address()
    await profile.set_shown(await session(), g.viewer, now, address, shown=wanted == "yes")
    return see(f"/profile?notice={'shown' if wanted == 'yes' else 'hidden'}")


@blueprint.get("/profile/sessions")
async def sessions() -> Response:
    found = await members.sessions_of(await session(), g.viewer.id, clock.now())
    return await page("profile/sessions.html", sessions=found)


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
    return await page("profile/password.html", form=form, shortest=shortest, status=status)
