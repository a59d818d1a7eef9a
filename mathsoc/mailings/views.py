"""What members do about newsletters by mail: ask for them, and end them from any mail."""

from __future__ import annotations

from quart import Blueprint, Response, current_app, g

from mathsoc import clock
from mathsoc.errors import Refused
from mathsoc.mailings import rules, service
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import session

blueprint = Blueprint("newsletters_by_mail", __name__)


@blueprint.post("/profile/newsletters")
async def choose() -> Response:
    """`wanted` is yes or no."""
    wanted = (await sent()).get("wanted", "")
    if wanted not in ("yes", "no"):
        return see("/profile")
    try:
        yes = wanted == "yes"
        await service.choose(await session(), g.viewer, clock.now(), client_address(), wanted=yes)
    except Refused:
        return see("/profile?notice=newsletters-nowhere")
    return see(f"/profile?notice=newsletters-{wanted}")


@blueprint.get("/newsletters/unsubscribe/<token>")
async def about_ending(token: str) -> Response:
    """A page with a button: programs that look into mails follow every link."""
    return await _said(token, _whose(token) is not None, ended=False)


@blueprint.post("/newsletters/unsubscribe/<token>")
async def end(token: str) -> Response:
    """From that button, or from the mail program's own (RFC 8058): nobody need be signed in.

    The answer is the same whether or not the account is still there. A link that was never ours, or was cut
    on its way, is told of: who pressed it would believe that it is done.
    """
    handle = _whose(token)
    if handle is not None:
        await service.no_more(await session(), handle, clock.now(), client_address())
    return await _said(token, handle is not None, ended=True)


async def _said(token: str, known: bool, *, ended: bool) -> Response:
    reply = await page("mailings/unsubscribe.html", token=token, known=known, ended=ended)
    reply.status_code = 200 if known else 404
    return reply


def _whose(token: str) -> str | None:
    return rules.handle_of(current_app.settings.secret_key, token)  # type: ignore[attr-defined]
