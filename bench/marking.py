"""How right and how fast the marking engine is on rows of JSON lines.

    python bench/marking.py FILE... [--notation typed|latex|both] [--kinds number,expression] [--misses]

A row in scope carries `ours`: {"kind", "options", "outcome"} and `key` where another key is to be used.
`answer` is the typed spelling, `answer_latex` the LaTeX one. Rows with `teacher` are hostile: any outcome
but `correct` within the time limit is right. Rows without either are skipped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mathsoc.marking import Scheme, SchemeError, read
from mathsoc.marking.pool import MarkingPool


@dataclass(frozen=True)
class Row:
    """One thing to mark and what should come out."""

    group: str
    id: str
    kind: str
    key: str
    answer: str
    notation: str
    options: dict[str, object]
    expected: str


@dataclass(frozen=True)
class Result:
    row: Row
    outcome: str
    method: str
    reason: str
    ms: float

    @property
    def right(self) -> bool:
        accepted = {
            "incorrect": ("incorrect", "unreadable"),
            "bounded": ("incorrect", "unreadable", "undecided"),
            "any": ("correct", "incorrect", "unreadable", "undecided"),
        }.get(self.row.expected, (self.row.expected,))
        return self.outcome in accepted


def rows(path: Path, notation: str) -> Iterator[Row]:
    """The rows in scope of one file, in the spelling asked for."""
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        if "teacher" in raw:
            # Some rows are only odd spellings of the key: being right is no fault there.
            expected = "any" if raw.get("category") in ("unicode", "format") else "bounded"
            yield Row(path.stem, raw["id"], "expression", raw["teacher"], raw["input"], "auto", {}, expected)
            continue
        ours = raw.get("ours")
        if ours is None:
            continue
        latex = notation == "latex" or raw.get("notation") == "latex"
        answer = raw.get("answer_latex") if notation == "latex" else raw["answer"]
        if answer is None:
            continue
        key = ours.get("key", raw.get("key")) or ""
        given = "latex" if latex and "\\" in answer else "auto"
        yield Row(path.stem, raw["id"], ours["kind"], key, answer, given, ours["options"], ours["outcome"])


async def mark_row(pool: MarkingPool, row: Row) -> Result:
    started = time.perf_counter()
    try:
        scheme = Scheme(row.kind, row.key, row.options)
        if row.expected == "readable":
            reading = read(row.answer, scheme, row.notation)
            outcome, method = ("readable" if reading.ok else "unreadable"), "reading"
            reason = reading.problem.message if reading.problem else ""
        else:
            verdict = await pool.mark(row.answer, scheme, row.notation)
            outcome, method, reason = verdict.outcome, verdict.method, verdict.reason
    except SchemeError as error:
        outcome, method, reason = "error", "", str(error)
    return Result(row, outcome, method, reason, (time.perf_counter() - started) * 1000)


def table(results: list[Result]) -> None:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[f"{result.row.group}/{result.row.kind}"].append(result)
        groups[f"{result.row.group} (all)"].append(result)
    columns = ("rows", "right", "%", "f.accept", "f.reject", "undecided", "median", "p95", "p99", "max ms")
    print(f"{'file/kind':28}" + "".join(f"{name:>10}" for name in columns))
    for name in sorted(groups):
        print(f"{name:28}" + "".join(f"{value:>10}" for value in _line(groups[name])))


def _line(results: list[Result]) -> tuple[object, ...]:
    wrong = [result for result in results if not result.right]
    times = sorted(result.ms for result in results)
    return (
        len(results),
        len(results) - len(wrong),
        f"{100 * (1 - len(wrong) / len(results)):.1f}",
        sum(result.outcome == "correct" for result in wrong),
        sum(result.row.expected == "correct" and result.outcome != "undecided" for result in wrong),
        sum(result.outcome == "undecided" for result in results),
        f"{statistics.median(times):.2f}",
        f"{times[int(0.95 * (len(times) - 1))]:.1f}",
        f"{times[int(0.99 * (len(times) - 1))]:.1f}",
        f"{times[-1]:.1f}",
    )


async def run(args: argparse.Namespace) -> None:
    pool = MarkingPool()
    await asyncio.to_thread(pool.start)
    lags: list[float] = []
    watcher = asyncio.create_task(watch(lags))
    try:
        notations = ("typed", "latex") if args.notation == "both" else (args.notation,)
        for notation in notations:
            chosen = [row for path in args.files for row in rows(path, notation)]
            if args.kinds:
                chosen = [row for row in chosen if row.kind in args.kinds.split(",")]
            for row in chosen[:5]:  # warm
                await mark_row(pool, row)
            results = [await mark_row(pool, row) for row in chosen]
            print(f"\nnotation: {notation}")
            table(results)
            if args.misses:
                for result in results:
                    if not result.right:
                        show(result)
        late = sorted(lags)
        print(f"\nevent loop: p99 {late[int(0.99 * (len(late) - 1))]:.1f} ms late, at most {late[-1]:.1f} ms")
    finally:
        watcher.cancel()
        await asyncio.to_thread(pool.stop)


async def watch(lags: list[float]) -> None:
    """How late the event loop comes back, in milliseconds, again and again."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        lags.append((time.perf_counter() - before - 0.001) * 1000)


def show(result: Result) -> None:
    row = result.row
    print(
        f"{row.id} {row.kind} {row.options or ''}: {row.answer!r} for {row.key!r}: expected {row.expected}, "
        f"got {result.outcome} by {result.method} in {result.ms:.0f} ms: {result.reason}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--notation", choices=("typed", "latex", "both"), default="both")
    parser.add_argument("--kinds", help="only these kinds, separated by commas")
    parser.add_argument("--misses", action="store_true", help="list what came out wrong")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
