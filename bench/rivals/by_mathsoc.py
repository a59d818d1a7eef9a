"""Ours in a process of its own: `mark` (or `read` with --read); with --cold it forgets before every pair."""

from __future__ import annotations

import gc
import sys
from functools import _lru_cache_wrapper, lru_cache

import sympy  # noqa: F401 - as in a worker, before the first pair
from protocol import Pair, serve

from mathsoc.marking import Scheme, SchemeError, mark, read


def judge(pair: Pair) -> tuple[str, str, str]:
    try:
        verdict = mark(pair["answer"]["text"], scheme(pair), pair["notation"])
    except SchemeError as error:
        return "error", "", str(error)
    return verdict.outcome, verdict.method, verdict.reason


def reading(pair: Pair) -> tuple[str, str, str]:
    try:
        found = read(pair["answer"]["text"], scheme(pair), pair["notation"])
    except SchemeError as error:
        return "error", "", str(error)
    return ("readable" if found.ok else "unreadable"), "reading", ""


def scheme(pair: Pair) -> Scheme:
    return Scheme(pair["kind"], pair["own_key"], pair["options"])


def forget() -> None:
    """Empty every cache of ours that remembers earlier pairs, wherever one is."""
    for cache in caches(len(sys.modules)):
        cache.cache_clear()


@lru_cache(maxsize=1)
def caches(_loaded: int) -> list[_lru_cache_wrapper[object]]:
    """All caches of ours; looked for again when more modules have been loaded."""
    return [
        thing
        for thing in gc.get_objects()
        if isinstance(thing, _lru_cache_wrapper) and (thing.__module__ or "").startswith("mathsoc.")
    ]


if __name__ == "__main__":
    serve(reading if "--read" in sys.argv else judge, forget if "--cold" in sys.argv else None)
