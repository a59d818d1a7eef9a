"""Tasks for a worker that go wrong in every way."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import suppress

from mathsoc.marking import Reading
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


def told(found: object) -> Verdict:
    """Something that a worker saw, in the reason of a verdict."""
    return Verdict("undecided", repr(found), "undecided", "told", Reading(True))


def outside() -> Verdict:
    """Which ways out of a worker are open."""
    ways = {
        "tcp": lambda: socket.create_connection(("127.0.0.1", 9), 0.2),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix": lambda: socket.socket(socket.AF_UNIX),
        "name": lambda: socket.getaddrinfo("localhost", 80),
        "program": lambda: subprocess.run(["true"]),
        "shell": lambda: os.system("true"),
        "fork": lambda: os.fork() or os._exit(0),
    }
    shut = []
    for name, way in ways.items():
        try:
            way()
        except PermissionError as error:
            if "marking worker" in str(error):
                shut.append(name)
        except OSError:
            pass
    return told(sorted(set(ways) - set(shut)))


def open_files() -> Verdict:
    """What the numbers of open files of a worker stand for."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return told(found)


def everything_in_the_environment() -> Verdict:
    """What the worker's own environment holds, also as the system keeps it."""
    with open("/proc/self/environ", "rb") as block:
        return told((dict(os.environ), block.read()))
