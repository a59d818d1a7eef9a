"""The first start: while nobody can administer the society, every page leads here."""

from __future__ import annotations

from quart import Blueprint, Quart, Response, current_app, request

from mathsoc import clock
from mathsoc.accounts import common, cookies, passwords
from mathsoc.accounts import rules as accounts
from mathsoc.config import Config
from mathsoc.errors import Forbidden, Missing, Refused, TooMany
from mathsoc.members import service as members
from mathsoc.schools import queries as schools
from mathsoc.setup import queries, service
from mathsoc.setup.forms import AdminForm, SetupForm
from mathsoc.setup.rules import NewAdmin, NewSociety
from mathsoc.web import limits
from mathsoc.web.api import wants_problem
from mathsoc.web.filters import again
from mathsoc.web.forms import sent
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import database, reads_only, release, session

blueprint = Blueprint("setup", __name__)

OURS = ("setup.form", "setup.save")
ALWAYS = ("static", "operations.healthz", "operations.readyz")
NOT_YET = "This society is not set up yet; open /setup in a browser."
DONE = "an administrator has been seen"


def install(app: Quart) -> None:
    """To be called before what loads the viewer: there is none to load."""
    app.before_request(_set_up_first)


async def _set_up_first() -> Response | None:
    if request.endpoint in (*ALWAYS, *OURS) or await _has_admin():
        return None
    if wants_problem():
        raise Forbidden(NOT_YET)
    return see("/setup")


async def _not_done() -> None:
    """In the views, where the viewer is known: the page is then missing as any other is, whoever asks."""
    if await _has_admin():
        raise Missing


async def _has_admin() -> bool:
    """Asked of the database until the answer is yes; an administrator cannot go unless another is there."""
    if not current_app.extensions.get(DONE):
        async with database().reading() as db:
            current_app.extensions[DONE] = await queries.has_admin(db)
    return bool(current_app.extensions[DONE])


@blueprint.get("/setup")
async def form() -> Response:
    await _not_done()
    return await _show(await _form())


@blueprint.post("/setup")
@reads_only
async def save() -> Response:
    """The code is looked at before anything else is done, and once more when it is spent."""
    await _not_done()
    form, address, now = await _form(), limits.client_address(), clock.now()
    try:
        if not await _holds(form, address):
            return await _show(form, 422)
    except TooMany as error:
        return await _too_often(form, error)
    hashed = await passwords.hash_password(form.password.data)
    admin = NewAdmin(form.email.data, form.display_name.data, hashed)
    try:
        async with database().writing() as db:
            member = await service.set_up(db, form.code.data, _society(form), admin, now, address=address)
            token = await members.start_session(db, member, now)
    except Refused as error:
        form[error.field or "code"].errors = [error.message]
        return await _show(form, 422)
    config: Config = current_app.settings  # type: ignore[attr-defined]
    response = see("/profile/second-factor" if config.production else "/")
    cookies.hand_over(response, token, None)
    return response


async def _too_often(form: AdminForm, error: TooMany) -> Response:
    """Too many wrong codes: what else was typed stays in the form."""
    config: Config = current_app.settings  # type: ignore[attr-defined]
    when = again(error.retry_after, clock.now(), config.time_zone)
    form.code.errors = [f"Too many wrong codes. Try again {when}, or start the server again for a new code."]
    response = await _show(form, 429)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


async def _holds(form: AdminForm, address: str) -> bool:
    """Whether all of it can be used; puts an error at each field that cannot."""
    form.validate()
    if form.code.data:
        # Wrong codes are counted before they are looked at, so of many at once no more are than may be.
        await limits.must_take("setup", address)
        async with database().reading() as db:
            right = await queries.is_code(db, service.code_hash(form.code.data))
        if right:
            await limits.refund("setup", address)
        else:
            form.code.errors = [service.WRONG_CODE]
    if form.password.data:
        own = (form.display_name.data, form.email.data, *_named(form))
        problem = accounts.problem_with_password(
            form.password.data, staff=True, own_words=own, common=await common.loaded()
        )
        form.password.errors = [problem] if problem else []
    return not form.errors


def _named(form: AdminForm) -> tuple[str, ...]:
    return (form.society.data, form.school.data) if isinstance(form, SetupForm) else ()


def _society(form: AdminForm) -> NewSociety | None:
    if not isinstance(form, SetupForm):
        return None
    return NewSociety(form.society.data, form.staff_contact.data, form.stages.data, form.school.data)


async def _form() -> AdminForm:
    """What was sent, or an empty form; without the society's fields where a society stands already."""
    known = await schools.society(await session()) is not None
    await release()
    return (AdminForm if known else SetupForm)(await sent() if request.method == "POST" else None)


async def _show(form: AdminForm, status: int = 200) -> Response:
    return await page("setup/show.html", form=form, founds=isinstance(form, SetupForm), status=status)
