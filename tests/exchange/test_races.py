"""An import and whoever else writes at the same moment: another import, an editor, a member who answers."""

from __future__ import annotations

import asyncio
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from quart import Quart
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from mathsoc import clock
from mathsoc.challenges.models import AnswerBox
from mathsoc.challenges.queries import box_with_key
from mathsoc.errors import Busy, Refused
from mathsoc.exchange import files, guards, placing, rules
from mathsoc.exchange import service as exchange
from mathsoc.exchange.plan import plan
from mathsoc.marking import mark
from mathsoc.publishing.models import Post
from mathsoc.submissions import service as submissions
from mathsoc.submissions.models import Attempt
from mathsoc.uploads.models import Upload
from mathsoc.writing import service as writing
from mathsoc.writing.models import Revision
from tests.exchange.content import POST, Shelf, add_post, brought, sent
from tests.live.fakes import true
from tests.support.locks import postgres_only, waits_for_a_lock
from tests.support.world import World, already_signed_in

NAME = "abcdefghij0123456789"


def folder_with_picture(at: Path, colour: str = "red", article: str = "a") -> Path:
    into = io.BytesIO()
    Image.new("RGB", (9, 9), colour).save(into, "PNG")
    (at / "uploads").mkdir(parents=True)
    (at / "articles").mkdir()
    (at / rules.MARKER).write_text(f"format = {rules.FORMAT}\n")
    (at / f"uploads/{NAME}.png").write_bytes(into.getvalue())
    (at / f"uploads/{NAME}.toml").write_text("")
    shown = f'<p><img src="/uploads/{NAME}" alt="A colour"></p>\n'
    (at / f"articles/{article}.html").write_text(POST.format("") + shown)
    return at


async def both(world: World, store: Shelf, *folders: Path) -> list[Any]:
    imports = (brought(world.database, store, folder) for folder in folders)
    return await asyncio.gather(*imports, return_exceptions=True)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two imports have both read their files before either writes."""
    prepare, met = placing.prepare, asyncio.Barrier(2)

    async def and_meet(plan: Any) -> Any:
        made = await prepare(plan)
        await met.wait()
        return made

    monkeypatch.setattr(placing, "prepare", and_meet)


async def kept_as_its_row_says(world: World, store: Shelf) -> bool:
    async with world.database.reading() as session:
        row = (await session.scalars(select(Upload).where(Upload.public_id == NAME))).one()
    return hashlib.sha256(store.held[NAME]).hexdigest() == row.sha256


@pytest.mark.usefixtures("together")
async def test_two_imports_of_one_folder_keep_its_files(world: World, store: Shelf, tmp_path: Path) -> None:
    folder = folder_with_picture(tmp_path / "a")
    for done in await both(world, store, folder, folder):
        assert not isinstance(done, BaseException), done
    assert await kept_as_its_row_says(world, store)


@pytest.mark.usefixtures("together")
async def test_of_two_files_with_one_name_the_first_is_kept(
    world: World, store: Shelf, tmp_path: Path
) -> None:
    folders = [folder_with_picture(tmp_path / one, one, one) for one in ("red", "blue")]
    done = await both(world, store, *folders)
    (refused,) = [one for one in done if isinstance(one, BaseException)]
    assert isinstance(refused, Refused) and "is kept with other content" in refused.message
    assert await kept_as_its_row_says(world, store)
    async with world.database.reading() as session:
        assert len((await session.scalars(select(Post))).all()) == 1


@pytest.mark.usefixtures("together")
async def test_an_import_that_fails_leaves_the_files_of_another(
    world: World, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, apply, calls = folder_with_picture(tmp_path / "a"), exchange.apply, list[None]()

    async def fails_first(*given: Any) -> None:
        calls.append(None)
        if len(calls) == 1:
            raise RuntimeError("the disk is on fire")
        await apply(*given)

    monkeypatch.setattr(exchange, "apply", fails_first)
    done = await both(world, store, folder, folder)
    assert [type(one) for one in done if isinstance(one, BaseException)] == [RuntimeError]
    assert await kept_as_its_row_says(world, store)


async def test_a_file_of_this_name_stays_until_it_is_known_whose_it_is(
    world: World, store: Shelf, tmp_path: Path
) -> None:
    given = files.found(folder_with_picture(tmp_path / "a"))
    async with world.database.reading() as session:
        made = await plan(session, given)
    prepared = await placing.prepare(made)
    store.held[NAME] = b"of another import"
    async with placing.placed(world.database, store, prepared):  # type: ignore[arg-type]
        assert store.held[NAME] == b"of another import"
        assert await placing.ensured(store, made, prepared) == prepared  # type: ignore[arg-type]
        assert store.held[NAME] == prepared[0].data
        await store.delete(NAME)
        await placing.ensured(store, made, prepared)  # type: ignore[arg-type]
        assert store.held[NAME] == prepared[0].data


async def test_a_full_store_leaves_neither_rows_nor_files(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, put = Shelf(), Shelf.put
    folder = folder_with_picture(tmp_path / "a")
    for ending in ("png", "toml"):
        file = folder / f"uploads/{NAME}.{ending}"
        (folder / f"uploads/{NAME[::-1]}.{ending}").write_bytes(file.read_bytes())

    async def until_full(self: Shelf, name: str, data: bytes) -> None:
        if self.held:
            raise Busy("There is no room.")
        await put(self, name, data)

    monkeypatch.setattr(Shelf, "put", until_full)
    with pytest.raises(Busy):
        await brought(world.database, store, folder)
    assert store.held == {}
    async with world.database.reading() as session:
        assert (await session.scalars(select(Upload))).all() == []


async def test_what_comes_while_it_reads_is_not_overwritten(
    world: World, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_post(world, "primes")
    await sent(world.database, store, tmp_path / "a")
    prepare = placing.prepare

    async def then_renamed(plan: Any) -> Any:
        async with world.database.writing() as session:
            await session.execute(update(Post).values(title="By an officer"))
        return await prepare(plan)

    monkeypatch.setattr(placing, "prepare", then_renamed)
    with pytest.raises(Refused, match=r"articles/primes\.html was changed while this was read"):
        await brought(world.database, store, tmp_path / "a")
    async with world.database.reading() as session:
        assert await session.scalar(select(Post.title)) == "By an officer"


async def test_a_deadlock_is_told_in_words(
    world: World, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    async def broken_up(*_: object) -> None:
        raise DBAPIError("UPDATE", {}, Deadlock())

    monkeypatch.setattr(exchange, "apply", broken_up)
    with pytest.raises(Busy, match="import again"):
        await brought(world.database, store, folder_with_picture(tmp_path / "a"))
    assert store.held == {}


@postgres_only
@pytest.mark.parametrize("edited_before", [True, False])
async def test_an_editor_and_an_import_do_not_wait_for_each_other(
    app: Quart,
    world: World,
    store: Shelf,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    edited_before: bool,
) -> None:
    await add_post(world, "primes")
    carol = await already_signed_in(app, world, "carol")
    base = "0"
    if edited_before:
        assert (
            await carol.post("/articles/primes", form={"text": "<p>1</p>", "base": "0"})
        ).status_code == 303
        base = "2"
    await sent(world.database, store, tmp_path / "a")
    file = tmp_path / "a/articles/primes.html"
    file.write_text(file.read_text() + "<p>From the file</p>\n")
    held, holds, met = writing._held, asyncio.Event(), asyncio.Event()

    async def and_meet(*given: Any) -> Any:
        found = await held(*given)
        holds.set()
        await met.wait()
        return found

    monkeypatch.setattr(writing, "_held", and_meet)
    edits = asyncio.create_task(carol.post("/articles/primes", form={"text": "<p>New</p>", "base": base}))
    await holds.wait()
    imports = asyncio.create_task(brought(world.database, store, tmp_path / "a"))
    await true(lambda: waits_for_a_lock(world.database))
    met.set()
    reply, _ = await asyncio.gather(edits, imports)
    assert reply.status_code == 303
    async with world.database.reading() as session:
        assert "From the file" in await session.scalar(select(Post.body))
        assert "<p>New</p>" in (await session.scalars(select(Revision.text))).all(), "it is in the history"


@postgres_only
async def test_an_answer_that_comes_during_an_import_is_marked_by_the_new_key(
    world: World, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge = await world.add_challenge("squares", {"kind": "number", "key": "12"})
    await sent(world.database, store, tmp_path / "a")
    file = tmp_path / "a/challenges/squares.boxes.toml"
    file.write_text(file.read_text().replace('"12"', '"13"'))
    async with world.database.reading() as session:
        box = await box_with_key(session, challenge.boxes[0].id)
        question = await submissions.question(session, challenge, box)
    answer = submissions.Answer("12", "token", clock.now())

    async def record() -> None:
        async with world.database.writing() as session:
            verdict = mark(answer.text, question.scheme)
            await submissions.record(session, world.viewer("alice"), question, answer, verdict)

    looks, answers = guards.boxes, list[asyncio.Task[None]]()

    async def then_answered(session: Any, made: Any) -> Any:
        found = await looks(session, made)
        if session.info["writes"]:
            answers.append(asyncio.create_task(record()))

            async def has_met() -> bool:
                return answers[0].done() or await waits_for_a_lock(world.database)

            await true(has_met)
        return found

    monkeypatch.setattr(guards, "boxes", then_answered)
    await brought(world.database, store, tmp_path / "a")
    with pytest.raises(submissions.KeyMoved):
        await answers[0]
    async with world.database.reading() as session:
        assert await session.scalar(select(AnswerBox.key)) == "13"
        assert (await session.scalars(select(Attempt))).all() == []
