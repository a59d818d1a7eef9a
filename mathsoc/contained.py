"""What every worker process begins with, whatever its work: limits, no secrets, no way out.

Knows nothing of ours, so that a worker which is to read a stranger's bytes has nothing else in it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
# What no worker ever does, by the names of Python's audit events.
_NEVER = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "ftplib.",
)


def prepare(name: str, memory: int, parent: int) -> None:
    """The start of a worker: memory limit, empty environment, no network, an end with its parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then stops its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ.clear()  # no secrets beside what somebody sent
    _die_with_parent(parent)

    def stay_inside(event: str, _arguments: object) -> None:
        """What found a way to run code would find no network and no other program."""
        if event.startswith(_NEVER):
            raise PermissionError(f"a {name} worker does no {event}")

    sys.addaudithook(stay_inside)


def ping() -> bool:
    """Done by a worker that has come up."""
    return True


def _die_with_parent(server: int) -> None:
    """The fork server ends when the server's pipe closes; the worker ends with the fork server."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(os.getppid(), server), daemon=True).start()


def _watch(forker: int, server: int) -> None:
    while os.getppid() == forker and _alive(server):
        time.sleep(1.0)
    os._exit(1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
