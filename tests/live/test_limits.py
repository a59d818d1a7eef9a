"""Who makes room when too many streams are open."""

from __future__ import annotations

from mathsoc.live.limits import Limits, OpenStreams
from mathsoc.live.stream import Stream
from mathsoc.live.topic import Group


def stream(streams: OpenStreams) -> Stream:
    return Stream(Group((), ()), "", streams.leave)


def test_the_oldest_of_a_viewer_makes_room_and_nobody_else() -> None:
    streams = OpenStreams(Limits(viewer=2))
    alice = [stream(streams) for _ in range(3)]
    bob = stream(streams)
    streams.enter(bob, "bob", "192.0.2.1")
    for one in alice:
        streams.enter(one, "alice", "192.0.2.1")
    assert [one.ended for one in alice] == [True, False, False]
    assert not bob.ended
    assert len(streams) == 3


def test_an_address_has_its_own_limit() -> None:
    streams = OpenStreams(Limits(address=3))
    crowd = [stream(streams) for _ in range(5)]
    for one in crowd:
        streams.enter(one, None, "192.0.2.1")
    elsewhere = stream(streams)
    streams.enter(elsewhere, None, "192.0.2.2")
    assert [one.ended for one in crowd] == [True, True, False, False, False]
    assert not elsewhere.ended


def test_a_whole_school_fits_behind_one_address() -> None:
    streams = OpenStreams(Limits())
    school = [stream(streams) for _ in range(1500)]
    for number, one in enumerate(school):
        streams.enter(one, f"member-{number}", "192.0.2.1")
    assert not any(one.ended for one in school)
    assert not streams.full


def test_full_is_full_until_somebody_leaves() -> None:
    streams = OpenStreams(Limits(total=1))
    one = stream(streams)
    streams.enter(one, None, None)
    assert streams.full
    one.close()
    assert not streams.full
    assert len(streams) == 0
