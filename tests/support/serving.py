"""A real `mathsoc run` process for tests: started on a free port, waited for, ended by its own id."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

START_WITHIN = 30.0
STOP_WITHIN = 10.0
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain(database_url: str) -> str:
    """The URL as people write it, without our driver's name."""
    return database_url.replace("+aiosqlite", "").replace("+asyncpg", "")


class Server:
    """One `mathsoc run`, with as many workers as it was asked for; `settings` win over those below."""

    def __init__(self, settings: dict[str, str], folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"server-{self.port}.log"
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        ours = {
            "MATHSOC_ENV": "testing",
            "SITE_URL": self.url,
            "RATE_SCALE": "1000",
            "UPLOAD_DIR": str(folder / "uploads"),
            "BACKUP_DIR": str(folder / "backups"),
            "PYTHONUNBUFFERED": "1",
        }
        environment = {**kept, **ours, **settings}
        command = [
            sys.executable,
            "-m",
            "mathsoc",
            "run",
            "--host=127.0.0.1",
            f"--port={self.port}",
            *arguments,
        ]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def logs(self) -> str:
        """All that it has said so far."""
        return self.log.read_text(errors="replace")

    async def ready(self) -> None:
        """Wait until /readyz says yes; a process that ended instead is an error with its logs."""
        deadline = time.monotonic() + START_WITHIN
        async with httpx.AsyncClient(timeout=2.0) as client:
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    raise AssertionError(f"mathsoc run ended with {self.process.returncode}:\n{self.logs()}")
                try:
                    if (await client.get(f"{self.url}/readyz")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        raise AssertionError(f"mathsoc run was not ready within {START_WITHIN} s:\n{self.logs()}")

    async def stop(self) -> tuple[int, float]:
        """SIGTERM by its id; gives its exit code and the seconds it took. May be called again."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.to_thread(self.process.wait, STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"mathsoc run ignored SIGTERM for {STOP_WITHIN} s:\n{self.logs()}") from None
        return code, time.monotonic() - began

    def kill(self) -> None:
        """End the process and every process that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
