"""Counting hits in a window of time: in this process, or in Redis for all processes together.

Windows are fixed and begin with the first hit. A hit adds one and compares in a single step (here one turn of
the event loop, in Redis one Lua script), so of many at once exactly as many pass as may. The library's moving
window keeps a time for every hit, and its memory looks through every key at every hit.
"""

from __future__ import annotations

import logging
import time

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from mathsoc.errors import ConfigError

PREFIX = "mathsoc"
SWEEP = 30.0  # seconds between two looks for windows that are over
REDIS_WITHIN = 2.0  # seconds for a connection, and for an answer: a busy process is no outage
AWAY = 5.0  # seconds in which a Redis that failed is not asked again
CONNECTIONS = 16  # to Redis, of one process; more requests wait for one of them,
TURN_WITHIN = 5.0  # so many seconds

log = logging.getLogger(__name__)


class Memory(Storage):
    """The counters of one process. No step waits, so each is atomic."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}  # and the end of the window, by time.time()
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def __len__(self) -> int:
        return len(self._counts)

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        if now >= self._sweep_at:
            self._counts = {name: kept for name, kept in self._counts.items() if kept[1] > now}
            self._sweep_at = now + SWEEP
        count, end = self._counts.get(key, (0, 0.0))
        if end <= now:
            count, end = 0, now + expiry
        self._counts[key] = (count + amount, end)
        return count + amount

    async def get(self, key: str) -> int:
        count, end = self._counts.get(key, (0, 0.0))
        return count if end > time.time() else 0

    async def get_expiry(self, key: str) -> float:
        return max(self._counts.get(key, (0, 0.0))[1], time.time())

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        count = len(self._counts)
        self._counts.clear()
        return count

    async def clear(self, key: str) -> None:
        self._counts.pop(key, None)


class Counters:
    """Windows by name. While Redis does not answer, this process counts alone; nobody meets an error for it.

    `redis_url` is redis://, rediss:// or unix://; None counts in this process. Raises ConfigError for a URL
    that cannot be read.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        self._here = FixedWindowRateLimiter(Memory())
        self._pool = _pool(redis_url) if redis_url else None
        self._shared = FixedWindowRateLimiter(_storage(self._pool)) if self._pool else None
        self._ask_again = 0.0
        self._away = False

    @property
    def shared(self) -> bool:
        """Whether to count may mean to ask Redis."""
        return self._shared is not None

    async def add(self, name: str, key: str, count: int, seconds: int, *, cost: int = 1) -> bool:
        """Count a hit; whether at most `count` have come in the window. A cost of -1 takes one back."""
        item = _item(name, count, seconds)
        if (limiter := self._reachable()) is not None:
            try:
                inside = await limiter.hit(item, key, cost=cost)
                self._answered()
                return inside
            except StorageError as error:
                self._failed(error)
        return await self._here.hit(item, key, cost=cost)

    async def left(self, name: str, key: str, count: int, seconds: int) -> tuple[int, float]:
        """How many hits the window still takes, and how many seconds it still lasts. Counts nothing."""
        item = _item(name, count, seconds)
        found = None
        if (limiter := self._reachable()) is not None:
            try:
                found = await limiter.get_window_stats(item, key)
                self._answered()
            except StorageError as error:
                self._failed(error)
        found = found or await self._here.get_window_stats(item, key)
        return found.remaining, max(0.0, found.reset_time - time.time())

    async def clear(self, name: str, key: str, count: int, seconds: int) -> None:
        """Forget a window, here and in Redis."""
        item = _item(name, count, seconds)
        await self._here.clear(item, key)
        if (limiter := self._reachable()) is not None:
            try:
                await limiter.clear(item, key)
                self._answered()
            except StorageError as error:
                self._failed(error)

    async def close(self) -> None:
        """End the connections to Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    def _reachable(self) -> FixedWindowRateLimiter | None:
        return self._shared if time.monotonic() >= self._ask_again else None

    def _answered(self) -> None:
        if self._away:
            self._away = False
            log.warning("Redis answers again; rate limits are counted for all processes together")

    def _failed(self, error: StorageError) -> None:
        self._ask_again = time.monotonic() + AWAY
        if not self._away:
            self._away = True
            kind = type(error.storage_error).__name__
            log.warning("Redis does not answer (%s); each process counts its rate limits alone", kind)


def _item(name: str, count: int, seconds: int) -> RateLimitItem:
    return RateLimitItemPerSecond(count, seconds, namespace=name)


def _pool(url: str) -> BlockingConnectionPool:
    """Connections that fail soon: one new try for a connection that Redis had closed meanwhile."""
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=TURN_WITHIN,
            socket_connect_timeout=REDIS_WITHIN,
            socket_timeout=REDIS_WITHIN,
            retry=Retry(NoBackoff(), 1, (RedisConnectionError,)),
        )
    except ValueError as error:
        raise ConfigError(f"REDIS_URL cannot be used: {error}.") from error


def _storage(pool: BlockingConnectionPool) -> Storage:
    # The pool knows the address; the library's own reading of it takes fewer forms.
    options: dict[str, object] = {"connection_pool": pool}
    return RedisStorage(
        "redis://",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix=PREFIX,
        **options,  # type: ignore[arg-type]
    )
