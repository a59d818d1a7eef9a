"""What changes when somebody joins. Nothing about a person is stored before they have proved a way in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, ids
from mathsoc.accounts import links
from mathsoc.audit import Action
from mathsoc.errors import Refused
from mathsoc.joining import names, queries, rules
from mathsoc.joining.queries import Way
from mathsoc.members import queries as members
from mathsoc.members import service as sessions
from mathsoc.members.models import Member
from mathsoc.schools.models import SchoolClass, Society
from mathsoc.slips.models import Slip

NAME_TAKEN = "Somebody has just taken this name. Choose another one."
HAS_ACCOUNT = "There is an account with this address already. Sign in, or set a new password."
LOGIN_TRIES = 5


@dataclass(frozen=True)
class Details:
    """What somebody says of themselves at joining. The password's hash never shows when this is printed."""

    display_name: str
    real_name: str
    year: int | None
    password_hash: str = field(repr=False)
    wished_name: str = ""


async def join_by_mail(
    session: AsyncSession, token: str, details: Details, now: datetime, address: str
) -> Member:
    """Make the account of whoever reads mail at the link's address; it waits for staff to approve it.

    `address` is the client's. Raises Refused when the link is over or its school no longer here, and at
    `display_name` when that was taken meanwhile.
    """
    email = await links.use_join_link(session, token, now)
    way = await queries.by_address(session, email)
    if way is None:
        raise Refused(rules.NOT_OURS)
    if await members.by_email(session, email) is not None:
        raise Refused(HAS_ACCOUNT)
    return await _add(session, way, details, now, address, email=email)


async def join_by_code(
    session: AsyncSession, code: str, details: Details, now: datetime, address: str
) -> Member:
    """Make the account of whoever holds a slip or the code of a class: approved, with a sign-in name.

    Of many at once one uses a slip, and a class takes no more than it has places. Raises Refused at `code`,
    or at `display_name` when that was taken meanwhile.
    """
    # The school year turns before or after, and moves the slip or the account: never neither.
    await session.execute(select(Society.id).with_for_update(read=True))
    way = await queries.by_code(session, code, now)
    if way is None or way.kind == "return":
        raise Refused(rules.CODE_FAILS, "code")
    if way.slip is not None:
        await _use(session, way.slip, now)
    else:
        await _take_a_place(session, way, code, now)
    member = await _add(session, way, details, now, address)
    if way.slip is not None:
        # What the list said of them stands in the account now.
        way.slip.member_id, way.slip.real_name = member.id, ""
        await session.flush()
    return member


async def come_back(
    session: AsyncSession, code: str, password_hash: str, now: datetime, address: str
) -> Member:
    """Use a slip for an account that stands: a new password, and every session ends. Raises Refused."""
    way = await queries.by_code(session, code, now)
    if way is None or way.slip is None or way.slip.member_id is None:
        raise Refused(rules.CODE_FAILS, "code")
    member = await sessions.locked(session, way.slip.member_id)
    await _use(session, way.slip, now)
    if member.state not in ("active", "pending") or member.email:
        raise Refused(rules.CODE_FAILS, "code")
    member.password_hash = password_hash
    await sessions.end_sessions_of(session, member.id, now)
    await audit.record(
        session, Action.SLIP_USED, now, actor_id=member.id, member_id=member.id, address=address
    )
    return member


async def _use(session: AsyncSession, slip: Slip, now: datetime) -> None:
    used = await session.execute(
        update(Slip)
        .where(Slip.id == slip.id, Slip.used_at.is_(None), Slip.expires_at > now)
        .values(used_at=now)
        .returning(Slip.id)
    )
    if used.first() is None:
        raise Refused(rules.CODE_FAILS, "code")


async def _take_a_place(session: AsyncSession, way: Way, code: str, now: datetime) -> None:
    """Hold the class, so that whoever else joins it counts after us. Its code may be another now."""
    assert way.school_class is not None
    held = select(SchoolClass).where(SchoolClass.id == way.school_class.id).with_for_update()
    one = (await session.scalars(held.execution_options(populate_existing=True))).one_or_none()
    if one is None or one.join_code != ids.folded(code):
        raise Refused(rules.CODE_FAILS, "code")
    taken = await queries.members_of_class(session, one.id)
    if not rules.class_open(until=one.code_until, now=now, members=taken, places=one.places):
        raise Refused(rules.CODE_FAILS, "code")


async def _add(
    session: AsyncSession,
    way: Way,
    details: Details,
    now: datetime,
    address: str,
    *,
    email: str | None = None,
) -> Member:
    member = Member(
        email=email,
        password_hash=details.password_hash,
        display_name=details.display_name,
        wished_name=details.wished_name,
        real_name=way.real_name or details.real_name,
        state="pending" if way.kind == "mail" else "active",
        year=way.year if way.year is not None else details.year,
        school_id=way.school.id,
        class_id=way.school_class.id if way.school_class else None,
        created_at=now,
        joined_by=way.kind,
    )
    if email is None:
        member.login_name = await _free_login_name(session)
    await _flush(session, member)
    after = {"by": way.kind}
    await audit.record(
        session, Action.JOINED, now, actor_id=member.id, member_id=member.id, address=address, after=after
    )
    return member


async def _flush(session: AsyncSession, member: Member) -> None:
    """Whoever was quicker with the same name or address has committed when the database says so."""
    try:
        async with session.begin_nested():
            session.add(member)
    except IntegrityError as clash:
        if await queries.name_taken(session, member.display_name):
            raise Refused(NAME_TAKEN, "display_name") from clash
        raise Refused(HAS_ACCOUNT) from clash


async def _free_login_name(session: AsyncSession) -> str:
    """There are so many that a second draw is hardly ever needed."""
    for _ in range(LOGIN_TRIES):
        name = names.login_name()
        if await members.by_sign_in(session, name) is None:
            return name
    raise Refused("No sign-in name was free. Try again.")
