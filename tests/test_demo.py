"""The demonstration society: whole, invented, consistent with its ledger."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mathsoc import clock, demo
from mathsoc.accounts.passwords import verify
from mathsoc.challenges import queries as challenges
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.challenges.rules import Phase
from mathsoc.competitions.models import Competition
from mathsoc.db import Database
from mathsoc.demo.people import SIGN_IN_NAME
from mathsoc.demo.setting import Plan, read
from mathsoc.marking import Scheme, mark, read_key
from mathsoc.marking.pool import try_traps
from mathsoc.marking.slips.typed_back import formulas
from mathsoc.members.models import Member
from mathsoc.schools.models import School, SchoolClass
from mathsoc.scoring import audit
from mathsoc.scoring.models import Standing
from mathsoc.slips.queries import unused
from mathsoc.submissions.queries import marking_scheme

BOXES = [(challenge, box) for challenge in read()["challenges"] for box in challenge["boxes"]]


def keyed(box: Plan) -> Scheme:
    options = {**box["options"], **({"also": box["also"]} if box.get("also") else {})}
    return Scheme(box["kind"], box["key"], options)


async def test_the_demo_is_whole(database: Database) -> None:
    logins = await demo.load(database)
    assert [login.email for login in logins] == [
        *(f"{role}@demo.example" for role in ("admin", "editor", "lead", "member")),
        SIGN_IN_NAME,
    ]
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(School)) == 3
        members = (await session.scalars(select(Member))).all()
        assert Counter(one.role for one in members) == {"member": 60, "admin": 1, "editor": 1, "lead": 1}
        assert len({one.display_name for one in members}) == 63, "display names are told apart"
        for login in logins:
            (member,) = [one for one in members if login.email in (one.email, one.login_name)]
            assert await verify(login.password, member.password_hash)
        public = {one.slug: one.visibility for one in await session.scalars(select(Competition))}
        assert public == {"autumn-ladder": "public", "three-rivers-cup": "members"}
        assert (await session.scalar(select(func.count()).select_from(Standing)) or 0) > 20
        assert await audit.check(session) == []


async def test_somebody_waits_for_the_lead(database: Database) -> None:
    """Each page of the console about joining has something to show."""
    await demo.load(database)
    async with database.reading() as session:
        members = (await session.scalars(select(Member).where(Member.school_id == 1))).all()
        assert [one.state for one in members if one.state != "active"] == ["pending"]
        assert [one.wished_name for one in members if one.wished_name] == ["Captain Cosine"]
        (without,) = [one for one in members if one.email is None]
        assert without.login_name == SIGN_IN_NAME and await verify(demo.PASSWORD, without.password_hash)
        ends = (await session.scalars(select(SchoolClass.code_until))).all()
        assert all(end is not None and end > clock.now() for end in ends)
        assert len(await unused(session, 1, clock.now())) == 3
    assert SIGN_IN_NAME in (Path(__file__).parent.parent / "README.md").read_text("utf-8")


async def test_it_has_challenges_in_every_phase(database: Database) -> None:
    await demo.load(database)
    async with database.reading() as session:
        cards = await challenges.released(session, clock.now(), signed_in=True)
        phases = Counter(card.phase for card in cards)
        every = await session.scalar(select(func.count()).select_from(Challenge)) or 0
    assert every >= 12 and phases[Phase.OPEN] and phases[Phase.LOCKED] and phases[Phase.PRACTICE]
    assert every > len(cards), "some are scheduled"


async def test_every_key_of_the_demo_is_accepted(database: Database) -> None:
    await demo.load(database)
    async with database.reading() as session:
        for box_id in await session.scalars(select(AnswerBox.id)):
            box = await challenges.box_with_key(session, box_id)
            scheme = marking_scheme(box)
            assert mark(read_key(box.key, scheme).plain, scheme).outcome == "correct", box.label


@pytest.mark.parametrize(("challenge", "box"), BOXES, ids=[box["label"] for _, box in BOXES])
async def test_no_box_of_the_demo_takes_its_question_typed_back(challenge: Plan, box: Plan) -> None:
    scheme = keyed(box)
    words = box["label"].split()
    pieces = {" ".join(words[a:b]) for a, b in combinations(range(len(words) + 1), 2)}
    for answer in {*formulas(challenge["statement"]), *pieces}:
        assert not mark(answer, scheme).correct, answer
    for tried in await try_traps(scheme, challenge["statement"]):
        assert not (tried.passes and tried.trap.name == "typed-back"), tried.trap.answer


@pytest.mark.parametrize(("challenge", "box"), BOXES, ids=[box["label"] for _, box in BOXES])
def test_every_further_key_of_the_demo_is_accepted_and_needed(challenge: Plan, box: Plan) -> None:
    alone = keyed({**box, "also": []})
    for key in box.get("also", ()):
        assert mark(key, keyed(box)).correct and not mark(key, alone).correct, key


@pytest.mark.parametrize(
    ("label", "right", "wrong"),
    [
        ("The side of the second square", "sqrt(2x^2)", "sqrt(2)x^2"),
        ("The difference of the squares of n and n+1, in terms of n", "1+2n", "(n+1)^2-n^2"),
        ("Write a³ × a⁴ as one power", "a^7", "a^3*a^4"),
        ("Multiply out (2b)³", "8 b^3", "(2b)^3"),
        ("All solutions", "x=4", "log_2 x + log_2(x-2) = 3"),
    ],
)
def test_what_is_right_in_the_demo(label: str, right: str, wrong: str) -> None:
    (scheme,) = [keyed(box) for _, box in BOXES if box["label"] == label]
    assert mark(right, scheme).correct and not mark(wrong, scheme).correct


async def test_loading_twice_changes_nothing(database: Database) -> None:
    await demo.load(database)
    with clock.moved_to(clock.now() + timedelta(days=1)):
        assert await demo.load(database) == demo.LOGINS
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(School)) == 3


def test_the_log_ins_are_told_only_by_a_server_that_can_be_asked(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "mathsoc", "run", "--demo", "--port", str(port)],
            env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'mathsoc.db'}"},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1 and f"try PORT={port + 1} make run" in done.stderr
    assert "log-ins" not in done.stdout + done.stderr


async def test_a_real_society_is_left_alone(database: Database) -> None:
    from mathsoc.schools.models import Society

    async with database.writing() as session:
        session.add(Society(name="Real"))
    assert await demo.load(database) == ()
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Member)) == 0
