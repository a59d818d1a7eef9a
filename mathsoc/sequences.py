"""What two rows of things have in common, found within a bound of work. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

Stretch = tuple[int, int, int]
Pair = tuple[int, int]
# A part of a row: what stands there, as a number, and where.
Part = list[tuple[int, int]]


@dataclass
class Work:
    """The steps that are left, some millions to the second. Several comparisons may share them."""

    left: int

    def take(self, steps: int) -> bool:
        """Says whether there were as many."""
        enough = steps <= self.left
        self.left -= min(steps, self.left)
        return enough


def stretches(one: Sequence[Hashable], other: Sequence[Hashable], work: Work) -> list[Stretch]:
    """Where both have the same, in their order: where it begins in each, and how long it is.

    What is found is always the same in both. Where the work is not enough, some of what they have in common
    is not found.
    """
    numbers: dict[Hashable, int] = {}
    whole: list[Part] = [
        [(numbers.setdefault(item, len(numbers)), at) for at, item in enumerate(row)] for row in (one, other)
    ]
    found: list[Pair] = []
    todo = [(whole[0], whole[1])]
    while todo:
        mine, theirs = todo.pop()
        begin, end = _ends(mine, theirs)
        found += [(mine[n][1], theirs[n][1]) for n in (*range(begin), *range(-end, 0))]
        mine, theirs = mine[begin : len(mine) - end], theirs[begin : len(theirs) - end]
        if not mine or not theirs or not work.take(len(mine) + len(theirs)):
            continue
        in_both = {item for item, _ in mine} & {item for item, _ in theirs}
        rest = tuple([one for one in part if one[0] in in_both] for part in (mine, theirs))
        if len(rest[0]) < len(mine) or len(rest[1]) < len(theirs):
            todo.append((rest[0], rest[1]))  # what came or went may have stood between things that are alike
            continue
        if once := _once(mine, theirs):
            begins, ends = [(0, 0), *((a + 1, b + 1) for a, b in once)], [*once, (len(mine), len(theirs))]
            todo += [(mine[a:c], theirs[b:d]) for (a, b), (c, d) in zip(begins, ends, strict=True)]
        found += [(mine[a][1], theirs[b][1]) for a, b in once or _most(mine, theirs, work)]
    return _joined(sorted(found))


def _ends(mine: Part, theirs: Part) -> tuple[int, int]:
    """How many are alike at the beginning, and at the end of what is left."""
    most = min(len(mine), len(theirs))
    begin = next((n for n in range(most) if mine[n][0] != theirs[n][0]), most)
    most -= begin
    return begin, next((n for n in range(most) if mine[-1 - n][0] != theirs[-1 - n][0]), most)


def _once(mine: Part, theirs: Part) -> list[Pair]:
    """What stands once in each and in the same order in both, as much as can be: this belongs together."""
    here, there = Counter(item for item, _ in mine), Counter(item for item, _ in theirs)
    where = {item: at for at, (item, _) in enumerate(theirs)}
    pairs = [(at, where[item]) for at, (item, _) in enumerate(mine) if here[item] == 1 == there[item]]
    # The longest rising row. Of the rows of each length: which pair ends the lowest, and how low that is.
    lowest: list[int] = []
    ended_by: list[int] = []
    before: list[int] = []
    for number, (_, to) in enumerate(pairs):
        length = bisect_left(lowest, to)
        before.append(ended_by[length - 1] if length else -1)
        lowest[length : length + 1], ended_by[length : length + 1] = [to], [number]
    row: list[Pair] = []
    last = ended_by[-1] if ended_by else -1
    while last >= 0:
        row.append(pairs[last])
        last = before[last]
    return row[::-1]


def _most(mine: Part, theirs: Part, work: Work) -> list[Pair]:
    """The way from one to the other with the fewest changes (Myers); none where it takes too much work."""
    allowed, used = work.left // 2, 0  # the rest is for what is compared after this
    rounds: list[list[int]] = []
    reached = {1: 0}  # diagonal → how far in `mine`
    for changes in range(len(mine) + len(theirs) + 1):
        for diagonal in range(-changes, changes + 1, 2):
            at = begun = _step(reached, diagonal, changes)
            to = at - diagonal
            while at < len(mine) and to < len(theirs) and mine[at][0] == theirs[to][0]:
                at, to = at + 1, to + 1
            reached[diagonal] = at
            used += 2 + at - begun
            if used > allowed or (at >= len(mine) and to >= len(theirs)):
                work.take(used)
                return _way_back(rounds, len(mine), len(theirs)) if used <= allowed else []
        rounds.append([reached[diagonal] for diagonal in range(-changes, changes + 1, 2)])
    return []


def _step(reached: dict[int, int], diagonal: int, changes: int) -> int:
    """How far a diagonal is reached from its neighbours with one change more."""
    if diagonal == -changes or (diagonal != changes and reached[diagonal - 1] < reached[diagonal + 1]):
        return reached[diagonal + 1]
    return reached[diagonal - 1] + 1


def _way_back(rounds: list[list[int]], at: int, to: int) -> list[Pair]:
    pairs: list[Pair] = []
    for changes in range(len(rounds), 0, -1):
        before = dict(zip(range(1 - changes, changes, 2), rounds[changes - 1], strict=True))
        diagonal = at - to
        begun = _step(before, diagonal, changes)
        while at > begun:
            at, to = at - 1, to - 1
            pairs.append((at, to))
        at, to = (begun, to - 1) if before.get(diagonal + 1) == begun else (begun - 1, to)
    while at:
        at, to = at - 1, to - 1
        pairs.append((at, to))
    return pairs


def _joined(pairs: list[Pair]) -> list[Stretch]:
    made: list[Stretch] = []
    for at, to in pairs:
        if made and (at, to) == (made[-1][0] + made[-1][2], made[-1][1] + made[-1][2]):
            made[-1] = (*made[-1][:2], made[-1][2] + 1)
        else:
            made.append((at, to, 1))
    return made
