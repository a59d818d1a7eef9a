"""Recognisable values in every stored part, and how they would be recognised in any coding."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from urllib.parse import quote

from sqlalchemy import select

from mathsoc.accounts.models import MailToken
from mathsoc.accounts.passwords import hash_password
from mathsoc.mailings.models import Mailing, Recipient
from mathsoc.members.models import Member
from mathsoc.schools.models import SchoolClass
from mathsoc.second_factor.models import RecoveryCode
from mathsoc.setup.models import SetupCode
from mathsoc.uploads.models import Upload
from mathsoc.writing.models import Draft, Region
from tests.publishing.posts import add_post
from tests.rights.scene import for_staff, people
from tests.support.world import World

SECRET_KEY = "zqSigningKey-8f1b6e0d3c7a4952-Kx7LmQ2vTn9Rw4Yb"
KEY, ALSO, SHOWN_KEY = "7351998243", "7351998244", "7351998299"
PASSWORDS = {
    name: f"zqpassword of {name} 4719" for name in ("alice", "bob", "carol", "ada", "lead", "suspended")
}
NOBODY: frozenset[str] = frozenset()


@dataclass
class Planted:
    """The canaries, and who has the right to each."""

    may: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, canary: str, *may: str) -> str:
        self.may[canary] = frozenset(may)
        return canary

    def for_nobody(self, who: str) -> list[str]:
        """What this one of the cast may never be given."""
        return [canary for canary, may in self.may.items() if who not in may]


@cache
def codings(canary: str) -> frozenset[bytes]:
    """The canary as it is, and as somebody might have coded it."""
    raw = canary.encode()
    found = {raw, quote(canary).encode(), raw.hex().encode(), hashlib.sha256(raw).hexdigest().encode()}
    found |= {base64.b64encode(hashlib.sha256(raw).digest()), raw.replace(b" ", b"+")}
    for shift in range(3):
        for coded in (base64.b64encode(b"." * shift + raw), base64.urlsafe_b64encode(b"." * shift + raw)):
            # The first and last letters depend on what stands beside the canary.
            found.add(coded[4 * (shift > 0) : -4])
    return frozenset(one for one in found if len(one) >= 8)


def seen_in(data: bytes, canaries: list[str]) -> list[str]:
    """The canaries that stand in the data, in any coding."""
    lower = data.lower()
    return [one for one in canaries if any(c in data or c.lower() in lower for c in codings(one))]


async def plant(world: World) -> tuple[Planted, dict[str, str]]:
    """Put a canary into every stored part; gives also the names for addresses."""
    planted = Planted()
    await people(world)
    await _in_members(world, planted)
    names = {name: member.handle for name, member in world.members.items()}
    names |= await for_staff(world)
    names |= await _in_challenges(world, planted)
    await _in_posts(world, planted)
    await _in_tokens(world, planted)
    planted.add(SECRET_KEY)
    return planted, names


async def _in_members(world: World, planted: Planted) -> None:
    async with world.database.writing() as session:
        for name, one in world.members.items():
            member = await session.get_one(Member, one.id)
            own_lead = ("lead",) if one.role == "member" and name != "bob" else ()
            member.real_name = planted.add(f"Zqreal{name}", name, "ada", *own_lead)
            local = planted.add(f"zqmail-{name}", name, "ada", *own_lead)
            member.email = one.email = f"{local}@{(one.email or '').partition('@')[2]}"
            if name in PASSWORDS:
                member.password_hash = planted.add(await hash_password(planted.add(PASSWORDS[name])))
        ada = await session.get_one(Member, world.members["ada"].id)
        # Enrolled, but not yet counting: who signs in here needs no second step.
        ada.totp_secret = planted.add("ZQTOTPSECRET234567AB")


async def _in_challenges(world: World, planted: Planted) -> dict[str, str]:
    keys, hour = ("carol", "ada"), timedelta(hours=1)
    box = {"kind": "number", "key": planted.add(KEY), "also": [planted.add(ALSO)]}
    expression = {"kind": "expression", "key": f"{KEY}*x^2", "options": {"variables": ["x"]}}
    words = planted.add("zqsolutionofopen")
    late = {
        "release_at": world.now - 5 * hour,
        "lock_at": world.now - hour,
        "solution": "<p>zqshownsolution</p>",
    }
    chosen = {
        "kind": "choice",
        "key": "zqchoiceone",
        "label": planted.add("zqlabelofbox", *keys),
        "options": {"choices": [planted.add("zqchoiceone", *keys), planted.add("zqchoicetwo", *keys)]},
    }
    hidden = {
        "title": planted.add("Zqdrafttitle", *keys),
        "statement": f"<p>{planted.add('zqdraftstatement', *keys)}</p>",
        "topic": planted.add("zqdrafttopic", *keys),
        "solution": planted.add("zqsolutionofdraft"),
    }
    made = {
        "squares": await world.add_challenge("squares", box, expression, solution=words),
        "done": await world.add_challenge("done", {"kind": "number", "key": SHOWN_KEY}, **late),
        "drill": await world.add_challenge("drill", box, practice=True, lock_at=None, solution=words),
        "draft": await world.add_challenge("draft", chosen, release_at=None, lock_at=None, **hidden),
        "later": await world.add_challenge("later", chosen, release_at=world.now + 3 * hour, **hidden),
    }
    return {f"{slug}_box": challenge.boxes[0].public_id for slug, challenge in made.items()}


async def _in_posts(world: World, planted: Planted) -> None:
    """A draft, a scheduled post, a writer's draft of a public text, a file that no page shows, a mailing."""
    keys, hour = ("carol", "ada"), timedelta(hours=1)
    for name, when in (("draft", None), ("later", world.now + 3 * hour)):
        await add_post(
            world,
            planted.add(f"Zqtitleof{name}", *keys),
            publish_at=when,
            body=f"<p>{planted.add(f'zqtextof{name}', *keys)}</p>",
            summary=planted.add(f"zqsummaryof{name}", *keys),
            tags=(planted.add(f"zqtagof{name}", *keys),),
        )
    public = await add_post(world, "An open article")
    paper = {"kind": "document", "media_type": "application/pdf", "size": 4, "sha256": "1" * 64, "pages": 1}
    alice, carol = (world.members[name].id for name in ("alice", "carol"))
    async with world.database.writing() as session:
        region = Region(post_id=public.id, field="body")
        named = planted.add("zqnameoffile", *keys)
        words = planted.add("zqwordsoffile", *keys)
        session.add_all(
            [region, Upload(**paper, name=f"{named}.pdf", text=words, owner_id=carol, created_at=world.now)]
        )
        await session.flush()
        own = f"<p>{planted.add('zqdraftofcarol', 'carol')}</p>"
        session.add(Draft(region_id=region.id, member_id=carol, base=0, text=own, saved_at=world.now))
        mailing = await session.scalar(select(Mailing.id))
        assert mailing is not None
        key = planted.add(hashlib.sha256(b"zqaddressofalice").hexdigest())
        sent = {"mailing_id": mailing, "member_id": alice, "state": "sent", "changed_at": world.now}
        session.add(Recipient(**sent, address_key=key, public_id=planted.add("zqrecipient12345", "alice")))


async def _in_tokens(world: World, planted: Planted) -> None:
    def hashed(token: str) -> str:
        return planted.add(hashlib.sha256(planted.add(token).encode()).hexdigest())

    alice = world.members["alice"]
    times = {"created_at": world.now, "expires_at": world.now + timedelta(hours=1)}
    async with world.database.writing() as session:
        session.add(
            MailToken(
                token_hash=hashed("zqresettoken-0123456789abcdef"),
                purpose="reset",
                member_id=alice.id,
                address=alice.email or "",
                **times,
            )
        )
        session.add(RecoveryCode(member_id=alice.id, code_hash=hashed("zqrecovery-4821")))
        session.add(SetupCode(code_hash=hashed("zqsetupcode-7319"), created_at=world.now))
        session.add(
            SchoolClass(
                school_id=world.schools["northfield"].id,
                name="10a",
                year=10,
                join_code=planted.add("zqjoincode77", "ada", "lead"),
            )
        )
