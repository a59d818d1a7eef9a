"""Both stores do the same; a file is there whole or not at all, and a fault is told in words."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from mathsoc import clock
from mathsoc.config import Config
from mathsoc.errors import Busy, ConfigError, Missing
from mathsoc.uploads import rules
from mathsoc.uploads.objects import Objects
from mathsoc.uploads.store import Folder, Store, open_store

NAME, OTHER = "b23456789bcdfghjkmnp", "bzxwvtrqpnmkjhgfdcb9"
HOUR = timedelta(hours=1)


@pytest.fixture(params=["folder", "memory", "objects in a folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "memory":
        return Objects(MemoryStore())
    place = tmp_path / "kept"
    return Folder(place) if request.param == "folder" else Objects(LocalStore(place, mkdir=True))


def there(folder: Path) -> list[str]:
    """The names of all files with something in them."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


async def all_of(store: Store, name: str) -> list[bytes]:
    return [piece async for piece in await store.read(name)]


async def old(store: Store, later: timedelta) -> list[str]:
    return [name async for names in store.old(clock.now() + later) for name in names]


async def test_what_is_put_is_there_until_it_is_deleted(store: Store) -> None:
    data = os.urandom(600_000)
    for name in (NAME, OTHER):
        await store.put(name, data)
    assert await store.get(NAME) == data and await store.exists(NAME)
    pieces = await all_of(store, NAME)
    assert b"".join(pieces) == data and pieces
    assert sorted(await old(store, HOUR)) == [NAME, OTHER] and not await old(store, -HOUR)
    for _ in range(2):
        await store.delete(NAME)
    assert not await store.exists(NAME) and await old(store, HOUR) == [OTHER]
    for asked in (store.get(NAME), store.read(NAME)):
        with pytest.raises(Missing):
            await asked


@pytest.mark.parametrize(
    "name", ["../mathsoc.db", "..", "/etc/passwd", "a/b", "", "A", "a.part", "é", "a\0b"]
)
async def test_no_other_name_is_ever_a_path(store: Store, name: str) -> None:
    for asked in (store.put(name, b"x"), store.get(name), store.read(name), store.delete(name)):
        with pytest.raises(Missing):
            await asked
    with pytest.raises(Missing):
        await store.exists("../x")


@pytest.fixture
def full() -> Iterator[None]:
    """The system itself refuses to write more than 64 KB into a file, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("full")
async def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    for store in (Folder(tmp_path / "a"), Objects(LocalStore(tmp_path / "b", mkdir=True))):
        with pytest.raises(Busy) as refusal:
            await store.put(NAME, bytes(100_000))
        assert str(refusal.value) == rules.FULL
        assert not await store.exists(NAME)
        assert not there(tmp_path)
        await store.put(NAME, bytes(10_000))
        await store.delete(NAME)


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, rules.FULL), (errno.EDQUOT, rules.FULL), (errno.EIO, rules.AWAY)]
)
async def test_a_fault_at_the_last_step_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def fails(_file: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(Busy) as refusal:
        await Folder(tmp_path).put(NAME, b"data")
    assert str(refusal.value) == words and not there(tmp_path)


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Folder(tmp_path / "file" / "kept")
    with pytest.raises(Busy) as refusal:
        await store.put(NAME, b"data")
    assert str(refusal.value) == rules.AWAY
    assert not await old(Folder(tmp_path / "nothing"), HOUR)


async def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    await store.put(NAME, b"data")
    for name in (f"{NAME}.0badcafe.part", "README.txt"):
        (tmp_path / name).write_text("x")
    assert await old(store, HOUR) == [NAME]
    assert there(tmp_path) == ["README.txt", NAME]
    assert os.stat(tmp_path / NAME).st_mode & 0o777 == 0o600


async def test_writes_at_once_do_not_mix(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    datas = [bytes([number]) * 200_000 for number in range(8)]
    await asyncio.gather(*(store.put(NAME, data) for data in datas))
    assert await store.get(NAME) in datas


async def test_the_setting_names_a_folder_or_a_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(open_store(str(tmp_path)), Folder)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # where nobody is
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    bucket = open_store("s3://society/uploads")
    assert isinstance(bucket, Objects) and bucket.store.prefix == "uploads"  # type: ignore[attr-defined]
    with pytest.raises(Busy) as refusal:
        await bucket.put(NAME, b"data")
    assert str(refusal.value) == rules.AWAY
    for wrong in ("ftp://host/x", "s3://", "s3:///x"):
        with pytest.raises(ConfigError, match="UPLOAD_DIR"):
            Config.from_environment({"MATHSOC_ENV": "testing", "SECRET_KEY": "x", "UPLOAD_DIR": wrong})
