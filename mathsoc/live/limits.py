"""How many streams may be open, and which one makes room for a new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from mathsoc.live.stream import Stream


@dataclass(frozen=True)
class Limits:
    """Numbers of open streams of one process.

    `address` must let a whole school of 1,500 phones through one address, with a reconnect each.
    """

    viewer: int = 6
    address: int = 3000
    total: int = 20_000


class OpenStreams:
    """Every open stream, oldest first, by viewer and by address."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._keys: dict[Stream, list[tuple[str, str]]] = {}
        self._viewers: dict[Stream, object] = {}
        self._by_key: defaultdict[tuple[str, str], dict[Stream, None]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def full(self) -> bool:
        """Whether the process has no room left: a new stream is then refused, since no key is at fault."""
        return len(self._keys) >= self.limits.total

    def enter(self, stream: Stream, key: str | None, address: str | None, viewer: object = None) -> None:
        """Count the stream; the oldest of a viewer or address over its limit is ended.

        `key` names who is signed in, `viewer` is what the guard asks about; both None for anybody else.
        """
        keys = [("address", address)] if address is not None else []
        keys += [("viewer", key)] if key is not None else []
        self._keys[stream] = keys
        if viewer is not None:
            self._viewers[stream] = viewer
        for kind, name in keys:
            mine = self._by_key[kind, name]
            mine[stream] = None
            if len(mine) > (self.limits.viewer if kind == "viewer" else self.limits.address):
                oldest = next(iter(mine))
                self.leave(oldest)
                oldest.end()

    def leave(self, stream: Stream) -> None:
        """Stop counting the stream; harmless again."""
        self._viewers.pop(stream, None)
        for key in self._keys.pop(stream, ()):
            self._by_key[key].pop(stream, None)
            if not self._by_key[key]:
                del self._by_key[key]

    def viewers(self) -> list[object]:
        """Whoever is signed in, once for each open stream."""
        return list(self._viewers.values())

    def end_of(self, viewers: Collection[object]) -> int:
        """Ask every stream of these viewers to end; gives how many there were."""
        gone = set(viewers)
        ending = [stream for stream, viewer in self._viewers.items() if viewer in gone]
        for stream in ending:
            stream.end()
        return len(ending)

    def end_all(self) -> None:
        """Ask every stream to end."""
        for stream in list(self._keys):
            stream.end()
