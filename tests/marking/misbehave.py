"""Tasks for a worker that go wrong in every way."""

from __future__ import annotations

import os
import time

from mathsoc.marking.results import Verdict


def stuck() -> Verdict:
    while True:
        pass


def asleep() -> Verdict:
    time.sleep(60)
    raise AssertionError


def dead() -> Verdict:
    os._exit(3)


def hungry() -> Verdict:
    hoard = [bytes(1 << 20) for _ in range(4096)]
    raise AssertionError(len(hoard))


def broken() -> Verdict:
    raise ZeroDivisionError


def environment() -> Verdict:
    raise KeyError(",".join(os.environ))
