"""A `mathsoc` command as an operator runs it: a process of its own, with only the settings that are given."""

from __future__ import annotations

import os
import subprocess
import sys

KEPT = ("PATH", "HOME", "PYTHONPATH")


def mathsoc(*arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end, with `typed` on its standard input."""
    environment = {**{name: os.environ[name] for name in KEPT if name in os.environ}, **settings}
    command = [sys.executable, "-m", "mathsoc", *arguments]
    return subprocess.run(command, env=environment, input=typed, capture_output=True, text=True, timeout=60)
