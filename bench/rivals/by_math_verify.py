"""Math-Verify as its README has it: parse both with the default extraction, then verify(gold, answer)."""

from __future__ import annotations

from math_verify import parse, verify
from protocol import Pair, serve
from sympy import Basic, MatrixBase


def judge(pair: Pair) -> tuple[str, str, str]:
    answer, key = (read(pair[side]["text"]) for side in ("answer", "key"))
    if not answer or not key:
        return "unreadable", "", ""
    return ("correct" if verify(key, answer) else "incorrect"), "", ""


def read(text: str) -> list[object]:
    """Between dollars, as LaTeX is to stand; as it is if nothing comes of that.

    Typed text goes the same way: as it is first, fewer rows come out right and more wrong ones are accepted.
    """
    found: list[object] = parse(f"${text}$")
    return found if any(isinstance(part, Basic | MatrixBase) for part in found) else parse(text) or found


if __name__ == "__main__":
    serve(judge)
