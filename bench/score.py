"""What came out, counted: tables of accuracy and time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.rows import Row

COLUMNS = (
    "rows", "right", "%", "f.accept", "f.reject", "undecided", "unreadable", "timeout", "error",
    "p50 ms", "p95 ms", "p99 ms", "max ms",
)  # fmt: skip
ALL_FILES = "all files"
ALSO_RIGHT = {
    "incorrect": ("unreadable",),
    "bounded": ("incorrect", "unreadable", "undecided"),
    "any": ("correct", "incorrect", "unreadable", "undecided"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What one contender made of one row, and how long it took (milliseconds)."""

    contender: str
    row: Row
    outcome: str
    method: str
    reason: str
    ms: float

    @property
    def right(self) -> bool:
        return self.outcome == self.row.expected or self.outcome in ALSO_RIGHT.get(self.row.expected, ())

    @property
    def fault(self) -> str:
        """The column in which a wrong result is counted; empty for a right one."""
        if self.right:
            return ""
        if self.outcome == "undecided" and self.method == "timeout":
            return "timeout"
        return {"correct": "f.accept", "incorrect": "f.reject", "crashed": "error"}.get(
            self.outcome, self.outcome
        )


def percentile(times: Sequence[float], percent: float) -> float:
    """The nearest rank: the least time that at least so many per cent of the times do not pass."""
    return sorted(times)[max(math.ceil(percent / 100 * len(times)), 1) - 1]


def line(results: Sequence[Result]) -> dict[str, object]:
    """One line of the table. The columns after % add up to the rows that did not come out right."""
    faults = Counter(result.fault for result in results)
    times = [result.ms for result in results]
    right = faults.pop("", 0)
    return {
        "rows": len(results),
        "right": right,
        "%": f"{100 * right / len(results):.1f}",
        **{name: faults[name] for name in COLUMNS[3:9]},
        **{f"p{percent} ms": f"{percentile(times, percent):.2f}" for percent in (50, 95, 99)},
        "max ms": f"{max(times):.1f}",
    }


def table(results: Iterable[Result], whole: bool = False) -> list[str]:
    """A line for each file, each of its kinds (not if `whole`) and each contender, in the order they came."""
    groups: dict[str, dict[str, list[Result]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        row = result.row
        names = [f"{row.group} (all)", ALL_FILES] + ([] if whole else [f"{row.group}/{row.kind}"])
        for name in names:
            groups[name][result.contender].append(result)
    if sum(name.endswith("(all)") for name in groups) == 1:
        del groups[ALL_FILES]
    lines = [f"{'file/kind':25}{'by':18}" + "".join(f"{name:>12}" for name in COLUMNS)]
    for name in sorted(groups, key=lambda name: (name == ALL_FILES, name)):
        for contender, own in groups[name].items():
            cells = line(own)
            lines.append(f"{name:25}{contender:18}" + "".join(f"{cells[c]:>12}" for c in COLUMNS))
    return lines


def ratios(results: Iterable[Result], ours: str) -> list[str]:
    """How many times our time the others take, at the median and at the slowest hundredth."""
    times: dict[str, list[float]] = defaultdict(list)
    for result in results:
        times[result.contender].append(result.ms)
    return [
        f"{name} / {ours}: p50 {percentile(own, 50) / percentile(times[ours], 50):.1f}, "
        f"p99 {percentile(own, 99) / percentile(times[ours], 99):.1f}"
        for name, own in times.items()
        if name != ours
    ]
