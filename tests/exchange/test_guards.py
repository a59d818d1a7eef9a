"""What an import leaves alone: keys that were answered, folders of others, and all where it fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.db import Database
from mathsoc.errors import Refused
from mathsoc.publishing.models import Post
from mathsoc.submissions.models import Attempt
from tests.exchange.content import (
    Shelf,
    brought,
    furnish,
    sent,
    tree,
)
from tests.support.world import World


async def test_a_key_that_was_answered_stays(world: World, store: Shelf, tmp_path: Path) -> None:
    await furnish(world, store)
    folder = tmp_path / "a"
    await sent(world.database, store, folder)
    boxes = folder / "challenges/one.boxes.toml"
    first = boxes.read_text()
    async with world.database.writing() as session:
        box = (await session.scalars(select(AnswerBox).where(AnswerBox.kind == "number"))).one()
        session.add(
            Attempt(
                member_id=world.members["alice"].id,
                challenge_id=box.challenge_id,
                box_id=box.id,
                number=1,
                token="t",
                answer="12",
                outcome="correct",
                method="exact",
                reason="",
                key_revision=1,
                received_at=world.now,
                recorded_at=world.now,
            )
        )
    for altered in (first.replace('"12"', '"13"'), first.replace("0.5", "0.25"), "boxes = []\n"):
        boxes.write_text(altered)
        with pytest.raises(Refused, match="has been answered"):
            await brought(world.database, store, folder)
    main = folder / "challenges/one.html"
    kept = main.read_text()
    boxes.write_text(first)
    main.write_text(kept.replace('"ladder"', '"cup"'))
    with pytest.raises(Refused, match="stays in its competition"):
        await brought(world.database, store, folder)
    main.write_text(kept)
    # Its words may change, and so may the key of the other box.
    boxes.write_text(first.replace("Box 0", "How many?").replace("a\tb", "abc"))
    await brought(world.database, store, folder)
    async with world.database.reading() as session:
        rows = select(AnswerBox.label, AnswerBox.key, AnswerBox.key_revision).join(Challenge)
        found = {tuple(row) for row in await session.execute(rows.where(Challenge.slug == "one"))}
    assert found == {("How many?", "12", 1), ("Box 1", "abc", 2)}


async def test_files_are_taken_out_again_when_the_rows_are_not_written(
    world: World, other: Database, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await furnish(world, store)
    await sent(world.database, store, tmp_path / "a")

    async def broken(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr("mathsoc.exchange.service.search.plan", broken)
    empty = Shelf()
    with pytest.raises(RuntimeError):
        await brought(other, empty, tmp_path / "a")
    assert empty.held == {}
    async with other.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_folder_of_somebody_elses_is_left_alone(world: World, store: Shelf, tmp_path: Path) -> None:
    foreign = tmp_path / "home"
    foreign.mkdir()
    (foreign / "thesis.tex").write_text("years of work")
    with pytest.raises(Refused, match="holds something else"):
        await sent(world.database, store, foreign)
    with pytest.raises(Refused, match="not a folder"):
        await sent(world.database, store, foreign / "thesis.tex")
    await furnish(world, store)
    folder = tmp_path / "a"
    first = await sent(world.database, store, folder)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes == {0o700, 0o600}
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text("mine")
    (folder / "articles/stale.html").write_text("of an older export")
    assert await sent(world.database, store, folder) == first | {".git/config": b"mine"}
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match=r"notes\.txt besides"):
        await sent(world.database, store, folder)
    (folder / "notes.txt").unlink()
    store.held.clear()
    with pytest.raises(Refused, match="not in UPLOAD_DIR"):
        await sent(world.database, store, folder)
    assert tree(folder) == first | {".git/config": b"mine"}
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]
