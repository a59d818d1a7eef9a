"""The hub without a database: what is rendered, for whom, how often, and what a reader gets."""

from __future__ import annotations

import asyncio
import contextvars
import re

import pytest

from mathsoc.errors import Missing
from mathsoc.live import Hub
from mathsoc.live.bridge import MemoryBridge
from tests.live.fakes import Board, more, quiet, running, true, until

pytestmark = pytest.mark.timed


async def test_the_latest_state_is_sent_at_once_and_shared() -> None:
    board = Board()
    async with running(board) as hub:
        streams = [hub.subscribe({"board:a": "member"}) for _ in range(20)]
        for stream in streams:
            assert "a 0 for member" in await more(stream)
        assert board.rendered == [("a", "member")]
        late = hub.subscribe({"board:a": "member"})
        assert "a 0 for member" in late.pending().decode(), "a later reader needs no render"


async def test_the_first_change_is_rendered_at_once_then_once_per_interval() -> None:
    board = Board()
    loop = asyncio.get_running_loop()
    async with running(board, interval=0.3) as hub:
        stream = hub.subscribe({"board:a": "member"})
        await until(stream, "a 0 ")
        await asyncio.sleep(0.31)  # the quiet interval after which a change counts as the first
        began = loop.time()
        for _ in range(50):
            board.change("board:a")
            await hub.announced({"board:a"})
        await until(stream, "a 50 ")
        assert loop.time() - began < 0.25
        for _ in range(50):
            board.change("board:a")
            await hub.announced({"board:a"})
            await asyncio.sleep(0)
        await until(stream, "a 100 ")
        assert 0.25 < loop.time() - began < 1.0
        assert len(board.rendered) == 3, "one at first, one at once, one for all the rest"


async def test_a_change_during_a_render_is_not_lost() -> None:
    board = Board()
    async with running(board) as hub:
        stream = hub.subscribe({"board:a": "member"})
        await until(stream, "a 0 ")
        board.gate.clear()
        board.change("board:a")
        await hub.announced({"board:a"})
        await true(lambda: len(board.rendered) == 2)
        board.change("board:a")
        await hub.announced({"board:a"})
        board.gate.set()
        await until(stream, "a 2 ")


async def test_a_hint_without_a_moved_version_renders_nothing() -> None:
    board = Board()
    async with running(board) as hub:
        stream = hub.subscribe({"board:a": "member"})
        await more(stream)
        for _ in range(5):
            hub.hint("board:a")
            await quiet(stream, 0.03)
        assert len(board.rendered) == 1


async def test_a_missed_hint_is_made_good_by_reading_versions_again() -> None:
    board = Board()
    async with running(board) as hub:
        stream = hub.subscribe({"board:a": "member"})
        await more(stream)
        board.change("board:a")
        hub.moved({"board:a": 1, "board:other": 5})
        await until(stream, "a 1 ")


async def test_each_audience_gets_its_own_render_and_only_those_who_watch_one() -> None:
    board = Board()
    async with running(board) as hub:
        member = hub.subscribe(await hub.audiences(["board:a"], "pupil"))
        staff = hub.subscribe(await hub.audiences(["board:a"], "teacher"))
        assert "for member" in await more(member)
        assert "for staff" in await more(staff)
        staff.close()
        board.change("board:a")
        await hub.announced({"board:a"})
        text = await until(member, "a 1 ")
        assert "staff" not in text
        assert board.rendered.count(("a", "staff")) == 1


async def test_nothing_is_rendered_for_nobody() -> None:
    board = Board()
    async with running(board) as hub:
        board.change("board:a")
        await hub.announced({"board:a"})
        stream = hub.subscribe({"board:a": "member"})
        await until(stream, "a 1 ")
        stream.close()
        stream.close()
        assert hub.watched() == []
        board.change("board:a")
        await hub.announced({"board:a"})
        await asyncio.sleep(0.02)
        assert len(board.rendered) == 1
        await until(hub.subscribe({"board:a": "member"}), "a 2 ")


async def test_a_slow_reader_misses_only_states_in_between() -> None:
    board = Board()
    async with running(board, interval=0.0) as hub:
        fast, slow = (hub.subscribe({"board:a": "member"}) for _ in range(2))
        await more(slow)
        for number in range(1, 20):
            board.change("board:a")
            await hub.announced({"board:a"})
            await until(fast, f"a {number} ")
        text = await more(slow)
        assert re.findall(r"a (\d+) ", text) == ["19"]
        await quiet(slow, 0.02)


async def test_a_failing_render_is_tried_again_and_harms_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    board = Board()
    board.broken.add("staff")
    async with running(board) as hub:
        staff, member = (hub.subscribe({"board:a": audience}) for audience in ("staff", "member"))
        await until(member, "a 0 ")
        board.broken.clear()
        await until(staff, "a 0 for staff")
    assert "could not be rendered" in caplog.text


async def test_a_database_that_is_away_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    board = Board()
    async with running(board) as hub:
        stream = hub.subscribe({"board:a": "member"})
        await more(stream)
        board.unreadable = True
        board.change("board:a")
        await hub.announced({"board:a"})
        await quiet(stream)
        board.unreadable = False
        await until(stream, "a 1 ")
    assert "could not be read" in caplog.text


async def test_a_returning_client_gets_only_what_it_lacks() -> None:
    board = Board()
    topics = {"board:a": "member", "board:b": "member"}
    async with running(board) as hub:
        first = hub.subscribe(topics)
        text = await more(first)
        while "-" in (last_id := re.findall(r"^id: (.*)$", text, re.MULTILINE)[-1]):
            text = await more(first)
        first.close()

        same = hub.subscribe(topics, last_id)
        await quiet(same)
        board.change("board:b")
        await hub.announced({"board:b"})
        text = await until(same, "b 1 ")
        assert "<p>a" not in text
        same.close()

        behind = hub.subscribe(topics, last_id)
        assert "<p>a" not in await until(behind, "b 1 ")
        stranger = hub.subscribe(topics, last_id.replace(".", "x.", 1))
        assert "a 0 " in await until(stranger, "b 1 ")


async def test_unknown_and_forbidden_topics_are_equally_missing() -> None:
    async with running(Board()) as hub:
        for topic in ("board:hidden", "board:staff-room", "nothing:a"):
            with pytest.raises(Missing):
                await hub.audiences(["board:a", topic], "pupil")
        assert await hub.audiences(["board:staff-room"], "teacher") == {"board:staff-room": "staff"}


async def test_a_prefix_belongs_to_one_source() -> None:
    async with running(Board()) as hub:
        with pytest.raises(ValueError, match="taken"):
            hub.source("board", Board())


async def test_a_render_never_sees_the_request_that_caused_it() -> None:
    viewer: contextvars.ContextVar[str] = contextvars.ContextVar("viewer", default="nobody")
    seen: list[str] = []

    class Nosy(Board):
        async def render(self, name: str, audience: str) -> str:
            seen.append(viewer.get())
            return await super().render(name, audience)

    board = Nosy()
    async with running(board) as hub:
        viewer.set("alice")
        stream = hub.subscribe({"board:a": "member"})
        await more(stream)
        board.change("board:a")
        await hub.announced({"board:a"})
        await until(stream, "a 1 ")
    assert seen == ["nobody", "nobody"]


async def test_closing_ends_every_stream_and_those_that_come_later() -> None:
    board = Board()
    async with running(board) as hub:
        stream = hub.subscribe({"board:a": "member"})
        hub.streams.enter(stream, None, None)
        await more(stream)
        waiting = asyncio.create_task(stream.wait(60))
        await asyncio.sleep(0)
        hub.end_streams()
        await asyncio.wait_for(waiting, 1)
        assert stream.ended
        assert hub.subscribe({"board:a": "member"}).ended


async def test_ten_thousand_comings_and_goings_leave_nothing_behind() -> None:
    board = Board()
    async with running(board) as hub:
        for number in range(10_000):
            stream = hub.subscribe({f"board:{number % 7}": "member", "board:x": "staff"})
            hub.streams.enter(stream, f"viewer-{number % 50}", "192.0.2.1")
            stream.close()
            if number % 100 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        assert leftovers(hub) == (0, 0, 0, 1), "but for the sweep's task"


def leftovers(hub: Hub) -> tuple[int, int, int, int]:
    return len(hub.streams), len(hub._topics), len(hub._groups), len(hub._tasks)


async def test_in_one_process_a_change_from_outside_is_read_too(caplog: pytest.LogCaptureFixture) -> None:
    board = Board()
    hub = Hub(board.versions, MemoryBridge(reread=0.02), interval=0.0)
    hub.source("board", board)
    await hub.start()
    stream = hub.subscribe({"board:a": "member"})
    await until(stream, "a 0 ")
    board.unreadable = True
    await true(lambda: "could not be read" in caplog.text)
    board.unreadable = False
    board.change("board:a")
    await until(stream, "a 1 ")
    await hub.stop()
