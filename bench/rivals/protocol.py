"""What every contender speaks: one pair as a line of JSON in, one outcome with its milliseconds out.

    {"kind": "equation", "answer": {"text": "2y=4x", "latex": false}, "key": {"text": "y=2x", "latex": false},
     "own_key": "y=2x", "options": {}, "notation": "auto"}
    {"outcome": "correct", "method": "", "reason": "", "ms": 3.1}

Standard library alone, for it runs in every contender's own environment. An outcome is `correct`,
`incorrect`, `unreadable` or `undecided`; whoever asks adds `timeout` and `crashed`.
`answer` and `key` are what the others get; our engine reads `own_key` with `options` in `notation`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

Pair = dict[str, Any]
MEMORY = 2 << 30  # bytes


def serve(judge: Callable[[Pair], tuple[str, str, str]], before: Callable[[], None] | None = None) -> None:
    """Answer pair after pair until there are no more; the clock runs around `judge` alone."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    _limit()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        pair = json.loads(line)
        if before is not None:
            before()
        started = time.perf_counter()
        outcome, method, reason = judge(pair)
        ms = (time.perf_counter() - started) * 1000
        said = {"outcome": outcome, "method": method, "reason": reason, "ms": ms}
        print(json.dumps(said), file=answers, flush=True)


def _limit() -> None:
    """Little memory, and no byte into any file: SymPy's parse_expr runs what it reads as Python."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
