"""Reporting what another member wrote."""

from __future__ import annotations

from quart import Blueprint, Response, g

from mathsoc import clock
from mathsoc.errors import Missing
from mathsoc.members import queries as members
from mathsoc.members.models import Member
from mathsoc.reports import queries, rules, service
from mathsoc.reports.forms import ReportForm
from mathsoc.web.forms import sent
from mathsoc.web.limits import client_address
from mathsoc.web.pages import page, see
from mathsoc.web.unit_of_work import release, session

blueprint = Blueprint("reports", __name__)


@blueprint.get("/members/<handle>/report")
async def form(handle: str) -> Response:
    return await _page(await _other(handle), ReportForm(), 200)


@blueprint.post("/members/<handle>/report")
async def make(handle: str) -> Response:
    member, given = await _other(handle), ReportForm(await sent())
    if not given.validate():
        await release()
        return await _page(member, given, 422)
    reason = rules.reason(given.reason.data, given.more.data or "")
    await service.make(await session(), g.viewer, member, reason, clock.now(), client_address())
    return see(f"/members/{handle}/report")


async def _other(handle: str) -> Member:
    """The member behind a handle whom others see; one does not report oneself."""
    member = await members.shown(await session(), handle, g.viewer)
    if member.id == g.viewer.id:
        raise Missing
    return member


async def _page(member: Member, given: ReportForm, status: int) -> Response:
    waits = await queries.is_open(await session(), g.viewer, member)
    return await page("reports/form.html", member=member, form=given, waits=waits, status=status)
