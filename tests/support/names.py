"""A society in which everybody has an unmistakable name, address and sign-in name, in every state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock
from mathsoc.audit import Action
from mathsoc.mail import KeptMail
from mathsoc.members.models import Member
from mathsoc.privacy import erasure
from mathsoc.reports.models import Report
from mathsoc.schools.models import SchoolClass
from mathsoc.scoring.models import Completion, FirstCompletion
from mathsoc.slips.models import Slip
from mathsoc.submissions.models import Attempt
from tests.rights.scene import challenges, people, reported, unreleased, uploads
from tests.support.world import World

CLASSES = {"northfield": "Zqklässe North", "eastgate": "Zqklässe East"}
# Who besides `people`: one who opted out, one who has left school, one who wants another name, one erased.
MORE: dict[str, dict[str, Any]] = {
    "hidden": {"hidden": True},
    "left": {"left_at": clock.now() - timedelta(days=9)},
    "wishes": {"wished_name": "Granted Wish"},
    "erased": {},
}


@dataclass(frozen=True)
class Person:
    """What tells who somebody is."""

    real: tuple[str, str]
    mail: str
    sign_in: str
    wish: str
    class_name: str = ""

    def all(self) -> list[str]:
        return [one for one in (*self.real, self.mail, self.sign_in, self.wish, self.class_name) if one]


@dataclass
class Named:
    """Everybody's, and what stands in addresses for whom."""

    of: dict[str, Person] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    def all(self) -> list[str]:
        return list(dict.fromkeys(one for person in self.of.values() for one in person.all()))

    def hidden_from(self, who: str) -> list[str]:
        """What this one may never read: everything but what is their own."""
        own = self.of[who].all() if who in self.of else []
        return [one for one in self.all() if one not in own]


def _person(name: str, *, mails: bool, wish: str, class_name: str) -> Person:
    """Either an address or a sign-in name, as the members of a society have."""
    return Person(
        (f"Zq{name}élodie", f"Zqør{name}őze"),
        f"zqmail-{name}" if mails else "",
        "" if mails else f"zqsign-{name}-04718",
        wish,
        class_name,
    )


async def name_everybody(world: World) -> Named:
    """Points, attempts, reports, slips, mail and log entries of everybody, with names in all words."""
    named = Named()
    await people(world)
    for name, given in MORE.items():
        await world.add_member(name, **given)
    made = await challenges(world) | await unreleased(world)
    async with world.database.writing() as session:
        classes = await _classes(session, world)
        for position, (name, one) in enumerate(world.members.items()):
            member = await session.get_one(Member, one.id)
            named.of[name] = await _rename(member, name, position, classes)
            one.email = member.email
        await session.flush()
        for name in world.members:
            await _rows(session, world, named.of[name], name, made)
    for position, name in enumerate(world.members):
        await world.give(name, 3 + position, minutes=position)
        await world.give(name, 2, competition="cup", minutes=position)
    async with world.database.writing() as session:
        await erasure.erase(session, world.members["erased"].id, clock.now(), keeps_points=True)
    named.paths = {name: member.handle for name, member in world.members.items()}
    named.paths |= {f"{slug}_box": challenge.boxes[0].public_id for slug, challenge in made.items()}
    named.paths |= {f"{name}_session": f"b{name}session" for name in world.members}
    named.paths |= {f"{slug}_class": classes[school.id].public_id for slug, school in world.schools.items()}
    named.paths |= await reported(world, "pia", "bob") | await uploads(world)
    return named


async def _classes(session: AsyncSession, world: World) -> dict[int, SchoolClass]:
    found = {}
    for slug, name in CLASSES.items():
        school_id = world.schools[slug].id
        found[school_id] = SchoolClass(school_id=school_id, name=name, year=10)
    session.add_all(found.values())
    await session.flush()
    return found


async def _rename(member: Member, name: str, position: int, classes: dict[int, SchoolClass]) -> Person:
    one = classes[member.school_id or 0]
    pupil = member.role == "member"
    wish = f"Zqwish {name}ï" if not member.wished_name else ""
    person = _person(
        name,
        mails=not pupil or position % 2 == 0,
        wish=wish if pupil else "",
        class_name=one.name if pupil else "",
    )
    member.real_name = " ".join(person.real)
    member.email = f"{person.mail}@{name}.example" if person.mail else None
    member.login_name = person.sign_in or None
    member.wished_name = person.wish or member.wished_name
    member.class_id = one.id if pupil else None
    return person


async def _rows(session: AsyncSession, world: World, person: Person, name: str, made: dict[str, Any]) -> None:
    """What members leave behind, told with their real name wherever there is room for words."""
    whose, now = world.members[name].id, world.now
    squares, done = made["squares"], made["done"]
    session.add(Completion(member_id=whose, challenge_id=done.id, completed_at=now))
    if name == "pia":
        session.add(FirstCompletion(member_id=whose, challenge_id=done.id, completed_at=now))
    attempt = {"outcome": "incorrect", "method": "exact", "key_revision": 1, "received_at": now}
    for number, challenge in enumerate((squares, done)):
        session.add(
            Attempt(
                **attempt,
                member_id=whose,
                challenge_id=challenge.id,
                box_id=challenge.boxes[0].id,
                number=1,
                token=f"{name}-{number}",
                answer=f"{person.real[0]} was here",
                recorded_at=now,
            )
        )
    other = world.members["pia" if name != "pia" else "alice"].id
    about = {"subject_kind": "display-name", "shown": "Somebody", "created_at": now}
    session.add(Report(**about, member_id=other, made_by_id=whose, reason=f"{person.real[1]} says so"))
    session.add(
        Slip(
            code_hash=f"slip-{name}",
            school_id=world.members[name].school_id or 0,
            real_name=" ".join(person.real),
            created_at=now,
            expires_at=now + timedelta(days=60),
        )
    )
    session.add(
        KeptMail(at=now, recipient=f"{person.mail or 'no'}@x.example", subject=person.real[0], body="Dear")
    )
    await audit.record(
        session,
        Action.SIGNED_IN,
        now,
        actor_id=whose,
        member_id=whose,
        address="192.0.2.7",
        before={"real_name": " ".join(person.real)},
    )
