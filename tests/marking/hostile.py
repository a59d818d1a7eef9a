"""Random texts that nobody means well: noise, pieces of syntax, spoilt answers, towers of brackets."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

PIECES = [
    *"0123456789xyzabnet+-*/^()[]{}|,.=<>!%_ ;:'~&", "sin", "cos ", "ln", "log_2", "sqrt(", "pi", "e^", "x^2",
    "**", "½", "²", "⁻¹", "√", "≤", "≠", "°", "±", "∞", " or ", " and ", "not ", " in ", "U", "∪", "!=",
    "1e-3", "1,234", "1 234", "x_1", "v_max", "θ", "|", "max(", "root(", "nCr(", "1/0", "0^0", "é", "٣",
    "\ud800", "\x00",
]  # fmt: skip
LATEX = [
    "\\frac", "\\frac{1}{2}", "\\sqrt", "\\sqrt[3]{x}", "\\left(", "\\right)", "{", "}", "\\pi", "\\cdot ",
    "\\begin{pmatrix}", "\\end{pmatrix}", "&", "\\\\", "\\text{or}", "\\mathrm{d}", "^{", "_{", "\\{", "\\}",
    "\\operatorname{sin}", "\\placeholder{}", "\\", "\\le", "\\pm", "x", "2", "+", "-", "\\sin", "^",
    "\\binom",
]  # fmt: skip
NESTS = [
    "(",
    "[",
    "{",
    "|",
    "sqrt(",
    "-",
    "sin ",
    "\\frac{1}{",
    "2^",
    "√",
    "\\sqrt{",
    "not ",
    "((",
    "{{",
    "x_{",
]


def answers() -> list[str]:
    """Every answer of the teachers' cases."""
    found: list[str] = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml")):
        for group in tomllib.loads(path.read_text(encoding="utf-8"))["group"]:
            for outcome in ("correct", "incorrect", "unreadable"):
                found += group.get(outcome, ())
    return found


ANSWERS = answers()


def text(chance: Random) -> str:
    """One text; the same for the same state of chance."""
    make = chance.choice([_noise, _pieces, _latex, _spoilt, _spoilt, _nested, _digits])
    return make(chance)


def _noise(chance: Random) -> str:
    planes = [(0x20, 0x7E), (0x80, 0x2FF), (0x370, 0x3FF), (0x2000, 0x22FF), (0, 0x10FFFF)]
    return "".join(chr(chance.randint(*chance.choice(planes))) for _ in range(chance.randint(0, 60)))


def _pieces(chance: Random) -> str:
    return "".join(chance.choices(PIECES, k=chance.randint(1, 40)))


def _latex(chance: Random) -> str:
    return "".join(chance.choices(LATEX, k=chance.randint(1, 40)))


def _spoilt(chance: Random) -> str:
    letters = list(chance.choice(ANSWERS))
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(letters))
        turn = chance.randrange(4)
        if turn == 0:
            letters.insert(at, chance.choice(PIECES + LATEX))
        elif turn == 1:
            del letters[at : at + 1]
        elif turn == 2:
            letters[at:at] = letters[: chance.randint(0, 20)]
        else:
            letters[at : at + 1] = chance.choice(ANSWERS)
    return "".join(letters)


def _nested(chance: Random) -> str:
    opening = chance.choice(NESTS)
    inner = chance.choice(["x", "1", "", "x+1", "2,3"])
    depth = chance.choice([3, 10, 29, 31, 59, 61, 150, 499])
    return opening * depth + inner + chance.choice([")", "]", "}", "|", ""]) * depth


def _digits(chance: Random) -> str:
    run = "".join(chance.choices("0123456789", k=chance.choice([5, 20, 59, 61, 400, 600])))
    return chance.choice(
        ["{}", "0.{}", "x^{}", "1e{}", "{}!", "{}/{}", "2^{}^{}", "x_{}", "sqrt({})"]
    ).replace("{}", run)
