"""The store of files behind `s3://bucket/prefix`; its keys and address come from AWS_… of the environment."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from mathsoc.errors import Busy, Missing
from mathsoc.uploads import rules
from mathsoc.uploads.store import MANY, NAME, PIECE, checked

log = logging.getLogger(__name__)


def reached(place: str) -> ObjectStore:
    """The store at this address; nothing is asked of it yet."""
    return from_url(
        place,
        client_options={"timeout": timedelta(seconds=60), "connect_timeout": timedelta(seconds=5)},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )


class Objects:
    """Files in an object store: S3, and what speaks like it."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    async def put(self, name: str, data: bytes) -> None:
        await self._do(self.store.put_async(checked(name), data))

    async def get(self, name: str) -> bytes:
        found = await self._do(self.store.get_async(checked(name)))
        return bytes(await self._do(found.bytes_async()))

    async def read(self, name: str) -> AsyncIterator[bytes]:
        found = await self._do(self.store.get_async(checked(name)))

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

        return pieces()

    async def delete(self, name: str) -> None:
        known = checked(name)
        with suppress(Missing):
            await self._do(self.store.delete_async(known))

    async def exists(self, name: str) -> bool:
        known = checked(name)
        try:
            await self._do(self.store.head_async(known))
        except Missing:
            return False
        return True

    async def old(self, before: datetime) -> AsyncIterator[list[str]]:
        listed = aiter(self.store.list(chunk_size=MANY))
        while True:
            found = await self._do(anext(listed, None))
            if found is None:
                return
            yield [
                one["path"] for one in found if one["last_modified"] < before and NAME.fullmatch(one["path"])
            ]

    async def _do(self, asked: Any) -> Any:
        try:
            return await asked
        except FileNotFoundError as error:
            raise Missing from error
        except (BaseError, OSError) as error:
            # Its words may hold addresses and keys, so the log has the kind alone.
            log.error("the store of uploads does not answer: %s", type(error).__name__)
            full = any(word in str(error) for word in ("No space left", "os error 28", "os error 27"))
            raise Busy(rules.FULL if full else rules.AWAY) from error
