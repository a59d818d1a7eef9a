"""Who a member is at school, corrected by staff: real name, year and class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from werkzeug.datastructures import MultiDict

from mathsoc import audit
from mathsoc.audit import Action
from mathsoc.console.forms import DetailsForm
from mathsoc.members.models import Member
from mathsoc.members.rules import STAFF, Viewer
from mathsoc.schools import queries as schools
from mathsoc.schools.models import SchoolClass
from mathsoc.scoring import service as scoring


async def form_for(
    session: AsyncSession, member: Member, fields: MultiDict[str, str] | None = None
) -> DetailsForm:
    """The form as it was sent, or as the member is; it offers the years and the classes of their school."""
    classes = await _classes(session, member)
    own = next((one.public_id for one in classes if one.id == member.class_id), "")
    form = DetailsForm(fields, data={"real_name": member.real_name, "year": member.year, "school_class": own})
    years = await schools.years(session)
    form.offer(years, classes, own_year=member.year, staff=member.role in STAFF)
    return form


async def change(
    session: AsyncSession, viewer: Viewer, member: Member, form: DetailsForm, now: datetime, address: str
) -> None:
    """Set what the form says, which is valid; `member` is held. As it was before, does nothing.

    The year decides the stage of what is entered from now on: entries, points and standings stay.
    """
    classes = {one.public_id: one for one in await _classes(session, member)}
    chosen = classes.get(form.school_class.data)
    before = _told(member, next((one for one in classes.values() if one.id == member.class_id), None))
    member.real_name, member.year = form.real_name.data, form.year.data
    member.class_id = chosen.id if chosen is not None else None
    after = _told(member, chosen)
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return
    await session.flush()
    await audit.record(
        session,
        Action.DETAILS_CHANGED,
        now,
        actor_id=viewer.id,
        member_id=member.id,
        address=address,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    if "real_name" in changed:
        # Last, since it takes the locks of topics: boards of staff show real names.
        await scoring.announce_boards_of(session, member.id)


def _told(member: Member, school_class: SchoolClass | None) -> Mapping[str, object]:
    """As it stands in the log; erasing an account finds the names there by their key."""
    return {
        "real_name": member.real_name,
        "year": member.year if member.year is not None else "none",
        "class": school_class.label if school_class is not None else "none",
    }


async def _classes(session: AsyncSession, member: Member) -> Sequence[SchoolClass]:
    """The classes of the member's school, by year and name."""
    found = await session.scalars(
        select(SchoolClass)
        .where(SchoolClass.school_id == member.school_id)
        .order_by(func.coalesce(SchoolClass.year, 0), SchoolClass.name, SchoolClass.id)
    )
    return found.all()
