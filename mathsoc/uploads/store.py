"""Where the bytes of files are kept: a folder, or a store that speaks S3, behind one small interface.

A file is called by the public id of its upload and nothing else. A file is there whole or not at all.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar

from mathsoc.errors import Busy, Missing
from mathsoc.uploads import rules

log = logging.getLogger(__name__)
T = TypeVar("T")

PIECE = 256 * 1024  # bytes of a file that are in memory at once while it is served
MANY = 500  # names in one list
NAME = re.compile(r"[a-z0-9]{1,40}", re.ASCII)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
PART = ".part"


class Store(Protocol):
    """Each method raises Busy, in words for whoever sent the file, where it could not be done."""

    async def put(self, name: str, data: bytes) -> None:
        """Keep a file for good: when this returns it would outlive a power cut."""

    async def get(self, name: str) -> bytes:
        """The whole file; raises Missing."""

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """The file piece by piece; raises Missing before the first."""

    async def delete(self, name: str) -> None:
        """Let a file go; one that is not there is gone already."""

    async def exists(self, name: str) -> bool: ...

    def old(self, before: datetime) -> AsyncIterator[list[str]]:
        """The names of files that were kept before a moment, many at a time."""


def open_store(place: str) -> Store:
    """The store that UPLOAD_DIR names; nothing is asked of it yet."""
    if "://" in place:
        from mathsoc.uploads.objects import Objects, reached  # a folder needs none of it

        return Objects(reached(place))
    return Folder(Path(place))


class Folder:
    """Files in a folder of this machine, or of a network that has real renames."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def put(self, name: str, data: bytes) -> None:
        await self._do(self._write, checked(name), data)

    async def get(self, name: str) -> bytes:
        return await self._do((self.path / checked(name)).read_bytes)

    async def read(self, name: str) -> AsyncIterator[bytes]:
        file: BinaryIO = await self._do(open, self.path / checked(name), "rb")

        async def pieces() -> AsyncIterator[bytes]:
            try:
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece
            finally:
                file.close()

        return pieces()

    async def delete(self, name: str) -> None:
        path = self.path / checked(name)
        with suppress(Missing):
            await self._do(path.unlink)

    async def exists(self, name: str) -> bool:
        return await self._do((self.path / checked(name)).is_file)

    async def old(self, before: datetime) -> AsyncIterator[list[str]]:
        names = await self._do(self._old, before)
        for start in range(0, len(names), MANY):
            yield names[start : start + MANY]

    async def _do(self, function: Callable[..., T], *args: Any) -> T:
        """A blocking step beside the event loop, its errors in our words."""
        try:
            return await asyncio.to_thread(function, *args)
        except FileNotFoundError as error:
            raise Missing from error
        except OSError as error:
            log.error("the folder of uploads: %s", errno.errorcode.get(error.errno or 0, "?"))
            raise Busy(rules.FULL if error.errno in NO_ROOM else rules.AWAY) from error

    def _write(self, name: str, data: bytes) -> None:
        """Written aside, then moved into place: no moment and no fault shows half a file."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self.path / f"{name}.{secrets.token_hex(4)}{PART}"
        try:
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self.path / name)
        except BaseException:
            with suppress(OSError):
                aside.unlink()
            raise
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _old(self, before: datetime) -> list[str]:
        """Names of files; what is left of a write that was cut off by the end of a process goes at once."""
        found = []
        with suppress(FileNotFoundError), os.scandir(self.path) as entries:
            for entry in entries:
                if not entry.is_file(follow_symlinks=False):
                    continue
                if datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC) >= before:
                    continue
                if NAME.fullmatch(entry.name):
                    found.append(entry.name)
                elif entry.name.endswith(PART):
                    os.unlink(entry.path)
        return sorted(found)


def checked(name: str) -> str:
    """Only what our own ids look like ever becomes a path."""
    if not NAME.fullmatch(name):
        raise Missing
    return name
