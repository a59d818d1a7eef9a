"""States, addresses and audiences, from the rules alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from mathsoc.members.rules import Viewer
from mathsoc.publishing import rules
from mathsoc.publishing.rules import State

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOURS = (None, -2, -1, 0, 1, 2)


def viewer(role: str) -> Viewer:
    return Viewer(1, "b1", "Display", role, "active", None, None, 1, NOW)


def test_only_what_has_come_and_is_not_over_is_published() -> None:
    """Every combination of moments: what readers see is exactly what the four moments allow."""
    times = [None if hour is None else NOW + timedelta(hours=hour) for hour in HOURS]
    seen = set()
    for publish_at in times:
        for expires_at in times:
            for archived_at in times[:2]:
                for binned_at in times[:2]:
                    found = rules.state(publish_at, expires_at, archived_at, binned_at, NOW)
                    seen.add(found)
                    shown = (
                        publish_at is not None
                        and publish_at <= NOW
                        and (expires_at is None or expires_at > NOW)
                        and archived_at is None
                        and binned_at is None
                    )
                    assert (found is State.PUBLISHED) is shown
    assert seen == set(State)


def test_time_alone_moves_a_post_one_way() -> None:
    order = [State.SCHEDULED, State.PUBLISHED, State.OVER]
    chance = random.Random(6)
    for _ in range(200):
        begins = NOW + timedelta(seconds=chance.randrange(1, 10_000))
        ends = begins + timedelta(seconds=chance.randrange(1, 10_000))
        moments = sorted(NOW + timedelta(seconds=chance.randrange(30_000)) for _ in range(20))
        states = [order.index(rules.state(begins, ends, None, None, at)) for at in (*moments, begins, ends)]
        assert states[:-2] == sorted(states[:-2]) and states[-2:] == [1, 2]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Prime numbers", "prime-numbers"),
        ("  Gauß & Galois: naïve?  ", "gauss-and-galois-naive"),
        ("Łódź’s Øresund — æther", "lodzs-oresund-aether"),
        ("İstanbul", "istanbul"),
        ("ﬁve ² three", "five-2-three"),
        ("New", "article-new"),
        ("edit", "article-edit"),
        ("数学", "article"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>", "script"),
        ("word " * 40, ("word-" * 16).rstrip("-")),
        ("x" * 200, "x" * 80),
    ],
)
def test_an_address_comes_from_the_title(title: str, slug: str) -> None:
    assert rules.slug_of(title, "article") == slug
    found = rules.slugs(title, "article")
    first, second, third = (next(found) for _ in range(3))
    assert first == slug and len({first, second, third}) == 3
    assert all(len(one) <= rules.LONGEST_SLUG and one.strip("-") == one for one in (first, second, third))


def test_each_reads_what_is_for_them() -> None:
    assert [rules.audience_of(one) for one in (None, viewer("member"), viewer("lead"), viewer("admin"))] == [
        "public",
        "members",
        "staff",
        "staff",
    ]
    assert rules.reads("public") == ("public",)
    assert rules.reads("members") == ("public", "members")
    assert rules.reads("staff") == rules.AUDIENCES


def test_only_who_edits_looks_with_other_eyes() -> None:
    for asked in rules.AUDIENCES:
        for other in (None, viewer("member"), viewer("lead")):
            assert rules.narrowed(other, asked) is None
        assert rules.narrowed(viewer("editor"), asked) == asked
    assert rules.narrowed(viewer("editor"), "keys") is None


def test_tags_are_words_in_small_letters() -> None:
    assert rules.tags_of(" Geometry,  Number   theory, geometry,,") == ["geometry", "number theory"]
