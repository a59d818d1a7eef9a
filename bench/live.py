"""How long until the last of N open streams has a change, and what a stream costs.

    python bench/live.py [--streams 500 1000] [--rounds 20]

Starts the toy application of the live tests on a free port of 127.0.0.1 with a SQLite file, opens N streams
of one topic, and posts a change every 1.1 s. The clock runs from before the post until the 2 KB fragment has
come by all streams, so it holds a commit, a read of the version and a render. Ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRAGMENT = 2048  # bytes
PAUSE = 1.1  # seconds: past the hub's interval, so that each change is rendered at once
LIMIT = 600.0  # seconds for everything
ROW = "{:>8} {:>11} {:>11} {:>12} {:>12} {:>11} {:>12} {:>13}"
HEAD = ("streams", "opened s", "first p50", "last p50 ms", "last p99 ms", "µs/stream", "RSS MB", "KB/stream")


class Reader(asyncio.Protocol):
    """One stream; tells when the fragment with the awaited number has come."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.seen = b""

    def data_received(self, data: bytes) -> None:
        self.seen = (self.seen + data)[-FRAGMENT - 500 :]
        if self.crowd.wanted in self.seen:
            self.seen = b""
            self.crowd.arrived()

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost += 1


class Crowd:
    """All streams of one run."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.readers: list[asyncio.BaseTransport] = []
        self.lost = 0
        self.times: list[float] = []
        self.wanted = b""
        self.everyone = asyncio.Event()

    def arrived(self) -> None:
        self.times.append(asyncio.get_running_loop().time())
        if len(self.times) == len(self.readers):
            self.everyone.set()

    async def join(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            transport, _ = await loop.create_connection(lambda: Reader(self), "127.0.0.1", self.port)
            transport.write(b"GET /live?topics=count:a HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.readers.append(transport)

    async def change(self, number: int) -> tuple[float, float]:
        """Seconds until the first and until the last stream has the change."""
        self.times, self.wanted = [], f"<b>{number}</b>".encode()
        self.everyone.clear()
        began = asyncio.get_running_loop().time()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            b"POST /count/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        await asyncio.wait_for(self.everyone.wait(), 30)
        await reader.read()
        writer.close()
        return self.times[0] - began, self.times[-1] - began


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


async def measure(port: int, pid: int, count: int, rounds: int) -> None:
    loop = asyncio.get_running_loop()
    crowd = Crowd(port)
    before, began = memory(pid), loop.time()
    await crowd.join(count)
    first, last = [], []
    await crowd.change(1)
    opened = loop.time() - began
    for number in range(2, rounds + 2):
        await asyncio.sleep(PAUSE)
        one, every = await crowd.change(number)
        first.append(one * 1000)
        last.append(every * 1000)
    grown = memory(pid)
    spread = statistics.median(last) - statistics.median(first)
    cells = (
        count,
        f"{opened:.2f}",
        f"{statistics.median(first):.1f}",
        f"{statistics.median(last):.1f}",
        f"{sorted(last)[min(rounds - 1, int(rounds * 0.99))]:.1f}",
        f"{spread * 1000 / count:.0f}",
        f"{grown:.0f}",
        f"{(grown - before) * 1024 / count:.1f}",
    )
    print(ROW.format(*cells), f"  lost {crowd.lost}" if crowd.lost else "", flush=True)
    for transport in crowd.readers:
        transport.close()


def serve(folder: str) -> tuple[subprocess.Popen[str], int]:
    settings = {
        "PATH": os.environ["PATH"],
        "MATHSOC_ENV": "testing",
        "SECRET_KEY": "only-for-measuring",
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "TOY_SIZE": str(FRAGMENT - 70),
    }
    command = [sys.executable, "-m", "tests.live.toy", "toy", "0", "1"]
    process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline().rpartition(":")[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--streams", type=int, nargs="+", default=[500, 1000])
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    signal.alarm(int(LIMIT))
    print(ROW.format(*HEAD))
    for count in given.streams:
        with tempfile.TemporaryDirectory(prefix="mathsoc-bench-") as folder:
            process, port = serve(folder)
            try:
                asyncio.run(measure(port, process.pid, count, given.rounds))
            finally:
                process.terminate()
                process.wait(15)


if __name__ == "__main__":
    main()
