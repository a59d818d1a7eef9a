"""A member with a row in every table that refers to members, and recognisable words in each."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, mail
from mathsoc.accounts.models import MailToken
from mathsoc.audit import Action
from mathsoc.competitions.models import Entry
from mathsoc.mail import KeptMail
from mathsoc.mailings.models import Mailing, Recipient
from mathsoc.members import service as members
from mathsoc.members.models import Member
from mathsoc.publishing.models import Post
from mathsoc.reports.models import Report
from mathsoc.schools.models import SchoolClass
from mathsoc.scoring import service as scoring
from mathsoc.scoring.models import Award, Completion, FirstCompletion
from mathsoc.second_factor.models import RecoveryCode
from mathsoc.slips.models import Slip
from mathsoc.submissions.models import Attempt
from mathsoc.uploads.models import Upload
from mathsoc.writing.models import Draft, Presence, Region, Revision
from tests.support.world import World

WORDS = {
    "email": "zqmail-zoe@northfield.example",
    "display_name": "Zqshown Heron",
    "wished_name": "Zqwished",
    "real_name": "Zqfirst Zqfamily",
}
OLD = "zqbefore-zoe@northfield.example"  # her address before
PLANTED = ["zqmail-zoe", "Zqshown", "Zqwished", "Zqfirst", "Zqfamily", "zqaddress", "Zqbrowser", "zqreason"]
# What others wrote about her stands in their words, and is not hers to download; an address before, in links.
ELSEWHERE = ["zqbefore-zoe", "zqothers"]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def add_zoe(world: World, **given: str) -> Member:
    """Zoe has points, attempts, sessions, links, codes, slips, reports, mail, and lines in the log."""
    challenge = await world.add_challenge(
        "zoes", {"kind": "text", "key": "pi"}, {"kind": "number", "key": "4"}
    )
    async with world.database.writing() as session:
        one = SchoolClass(school_id=world.schools["northfield"].id, name="10z", year=10)
        session.add(one)
        await session.flush()
        class_id = one.id
    zoe = await world.add_member("zoe", class_id=class_id, **{"totp_secret": "ZQSECRET", **WORDS, **given})
    later = world.now + timedelta(hours=1)
    async with world.database.writing() as session:
        await members.start_session(session, zoe, clock.now(), device="Zqbrowser on Android")
        whose = {"member_id": zoe.id}
        session.add_all(
            [
                MailToken(
                    **whose,
                    token_hash=_hash("reset"),
                    purpose="reset",
                    address=WORDS["email"],
                    created_at=world.now,
                    expires_at=later,
                ),
                RecoveryCode(**whose, code_hash=_hash("recovery")),
                Slip(
                    **whose,
                    code_hash=_hash("slip"),
                    school_id=world.schools["northfield"].id,
                    real_name=WORDS["real_name"],
                    created_at=world.now,
                    expires_at=later,
                ),
                Entry(
                    **whose,
                    competition_id=world.competitions["ladder"].id,
                    stage_id=world.stages["ks4"].id,
                    school_id=world.schools["northfield"].id,
                    entered_at=world.now,
                ),
                Completion(**whose, challenge_id=challenge.id, completed_at=world.now),
                FirstCompletion(**whose, challenge_id=challenge.id, completed_at=world.now),
                KeptMail(at=world.now, recipient=WORDS["email"], subject="Zqfirst", body="Dear Zqfirst"),
                Report(
                    **whose,
                    made_by_id=world.members["alice"].id,
                    subject_kind="display-name",
                    shown="Zqshown Heron",
                    created_at=world.now,
                ),
                Report(
                    member_id=world.members["alice"].id,
                    made_by_id=zoe.id,
                    subject_kind="display-name",
                    shown="Display Alice",
                    reason="zqreason",
                    created_at=world.now,
                ),
            ]
        )
        for box, answer in zip(challenge.boxes, ("Zqfirst was here", "4"), strict=True):
            session.add(
                Attempt(
                    **whose,
                    challenge_id=challenge.id,
                    box_id=box.id,
                    number=1,
                    token=f"token-{box.id}",
                    answer=answer,
                    outcome="incorrect",
                    method="exact",
                    key_revision=1,
                    received_at=world.now,
                    recorded_at=world.now,
                )
            )
        await audit.record(
            session,
            Action.SIGNED_IN,
            world.now,
            actor_id=zoe.id,
            member_id=zoe.id,
            address="zqaddress",
            before={"email": WORDS["email"]},
        )
        await _of_writing(session, world, zoe)
        await mail.queue(session, "reset", {"email": WORDS["email"]})
        await mail.queue(session, "password-changed", {"member_id": zoe.id})
        await _of_others(session, world, zoe)
    await world.give("zoe", 3)
    return zoe


async def _of_writing(session: AsyncSession, world: World, zoe: Member) -> None:
    """An article under her name, one of somebody else's with her help, a file, and a draft."""
    common = {"created_at": world.now, "updated_at": world.now, "publish_at": world.now}
    hers = Post(kind="article", slug="zoes", title="Hers", author_id=zoe.id, credit="Zqfirst", **common)
    theirs = Post(
        kind="article", slug="theirs", title="Theirs", credit="Real Ada Name, Zqfirst Zqfamily", **common
    )
    file = Upload(kind="picture", media_type="image/png", name="zqfamily.png", size=1, sha256=_hash("file"))
    file.owner_id, file.created_at = zoe.id, world.now
    session.add_all([hers, theirs, file])
    await session.flush()
    mailing = Mailing(post_id=theirs.id, title="Theirs", begun_at=world.now)
    session.add(mailing)
    await session.flush()
    got = Recipient(mailing_id=mailing.id, member_id=zoe.id, address_key="zqmail-zoe", changed_at=world.now)
    session.add(got)
    region = Region(post_id=hers.id, field="body", revision=1)
    session.add(region)
    await session.flush()
    where = {"region_id": region.id}
    session.add_all(
        [
            Revision(**where, number=1, text="", note="zqfirst’s", author_id=zoe.id, saved_at=world.now),
            Draft(**where, member_id=zoe.id, base=1, text="zqreason", saved_at=world.now),
            Presence(**where, member_id=zoe.id, began_at=world.now, seen_at=world.now),
        ]
    )


async def _of_others(session: AsyncSession, world: World, zoe: Member) -> None:
    """What stands about her where nothing refers to her, or in others' words."""
    ada, alice = world.members["ada"].id, world.members["alice"].id
    given = {"competition_id": world.competitions["ladder"].id, "stage_id": world.stages["ks4"].id}
    poster = Award(
        **given,
        member_id=zoe.id,
        kind="manual",
        points=1,
        reason="zqothers: the poster of Zqfirst",
        given_by_id=ada,
        awarded_at=world.now,
    )
    await scoring.add_to_ledger(session, [poster])
    for address in (WORDS["email"], OLD):
        session.add(
            MailToken(
                token_hash=_hash(f"join {address}"),
                purpose="join",
                address=address,
                created_at=world.now,
                expires_at=world.now,
                used_at=world.now,
            )
        )
    session.add_all(
        [
            KeptMail(at=world.now, recipient=OLD, subject="Join", body="Dear zqothers"),
            Report(
                member_id=zoe.id,
                made_by_id=alice,
                subject_kind="display-name",
                shown="Zqshown",
                reason="zqothers say that this is Zqfamily",
                created_at=world.now,
                decided_by_id=ada,
                decided_at=world.now,
                outcome="kept",
            ),
        ]
    )
    changed = {"before": {"email": OLD}, "after": {"email": WORDS["email"]}}
    own = {"actor_id": zoe.id, "member_id": zoe.id}
    await audit.record(session, Action.ADDRESS_CHANGED, world.now, **own, **changed)
    looked = {"search": "Zqfirst", "members": 1, "page": 1}
    await audit.record(session, Action.MEMBERS_VIEWED, world.now, actor_id=ada, after=looked)


async def of_zoe(world: World) -> Member:
    async with world.database.reading() as session:
        found = await session.scalar(select(Member).where(Member.id == world.members["zoe"].id))
        assert found is not None
        return found
