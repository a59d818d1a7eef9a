"""How right and how fast the marking engine is, beside others, on rows of JSON lines.

    python bench/marking.py FILE... [--notation typed|latex|both] [--kinds number,expression] [--misses]
                            [--rivals math-verify,sympy | none] [--read]

A row in scope carries `ours`: {"kind", "options", "outcome"} and `key` where another key is to be used.
`answer` is the typed spelling, `answer_latex` the LaTeX one. Rows with `teacher` are hostile: any outcome
but `correct` within the time limit is right. Rows without either are skipped. A .toml file is read as the
cases of tests/marking/cases.

Ours is measured as a server uses it (in place, or in the pool of workers) and as plain `mark` in a process
of its own, once as it comes and once with every cache emptied before each row. The rivals get only rows that
ask for equality alone, each in its own process and environment (made on first use in .cache/bench); one that
takes more than 10 s for a row is ended. The contenders take turns of 50 rows, so that they share what else
the machine does and none starts cold from the others' work; first all rows once, then again (warm).
SymPy's parser runs what it reads as Python: do not give it rows that you would not run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.ours import OURS, Server
from bench.rivals import environment
from bench.rivals.process import Contender, NoStart
from bench.rows import Row, rows
from bench.score import Result, ratios, table

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = {"math-verify": "by_math_verify.py", "sympy": "by_sympy.py"}
RIVALS = ROOT / "bench" / "rivals"
TURN = 50
# Marked by all before the clock counts: other rows than those to come, so that no cache knows these.
WARM_UP = [
    Row("", "", kind, key, answer, "auto", {}, "correct", latex, key if latex else None)
    for kind, answer, key, latex in (
        ("number", "sqrt(8)", "2*sqrt(2)", False),
        ("expression", "sin(2*w)/cos(w)", "2*sin(w)", False),
        ("equation", "w = 2*v", "v = w/2", False),
        ("inequality", "|w| < v", "v > |w|", False),
        ("set", "{v, w^2}", "{w*w, v}", False),
        ("expression", r"\frac{w^{2} - 1}{w - 1}", "w + 1", True),
        ("equation", r"\sqrt{w} = v", r"v = \sqrt{w}", True),
    )
]
READ = "read()"


def own(name: str, *flags: str) -> Contender:
    command = [sys.executable, "-B", str(RIVALS / "by_mathsoc.py"), *flags]
    return Contender(name, command, {"PYTHONPATH": str(ROOT)})


def rivals(names: str) -> list[Contender]:
    """Their contenders, named as pinned. Raises NoEnvironment."""
    found = []
    for name in names.split(",") if names != "none" else ():
        command = [str(environment.python(name)), "-B", str(RIVALS / SCRIPTS[name])]
        found.append(Contender(environment.version(name), command))
    return found


async def run(args: argparse.Namespace) -> None:
    contenders = [own("mark()"), own("mark() cold", "--cold"), *rivals(args.rivals)]
    contenders += [own(READ, "--read")] if args.read else []
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server())
        for contender in contenders:
            stack.push_async_callback(contender.stop)
            await contender.start()
        everything: list[Result] = []
        for notation in ("typed", "latex") if args.notation == "both" else (args.notation,):
            chosen = [row for path in args.files for row in rows(path, notation)]
            if args.kinds:
                chosen = [row for row in chosen if row.kind in args.kinds.split(",")]
            if chosen:
                print(f"\n# notation: {notation}")
                everything += await measure(chosen, server, contenders, args.misses)
        if args.notation == "both":
            print("\n# both notations")
            compare(everything, whole=True)
        print(f"\nevent loop while ours marks: {server.lateness()}")


async def measure(
    chosen: list[Row], server: Server, contenders: list[Contender], misses: bool
) -> list[Result]:
    """Both passes over the rows of one notation, reported; returns the first."""
    await one_pass(WARM_UP, server, contenders)
    first = await one_pass(chosen, server, contenders)
    again = await one_pass([row for row in chosen if row.plain], server, contenders, first)
    report(first, again)
    for result in first if misses else ():
        if result.contender != READ and not result.right:
            show(result)
    return first


async def one_pass(
    chosen: list[Row], server: Server, contenders: list[Contender], before: Iterable[Result] = ()
) -> list[Result]:
    """Every row by ours, and by all others if it asks for equality alone, in turns of some rows each.

    What ran into the time limit in a pass before is not tried again: it stays as it was.
    """
    hopeless = {
        (result.contender, result.row.group, result.row.id): result
        for result in before
        if result.outcome == "timeout"
    }
    results = []
    for start in range(0, len(chosen), TURN):
        turn = chosen[start : start + TURN]
        results += [await server.mark(row) for row in turn]
        for contender in contenders:
            for row in turn:
                if row.plain:
                    known = hopeless.get((contender.name, row.group, row.id))
                    results.append(known or await contender.mark(row))
    return results


def report(first: list[Result], again: list[Result]) -> None:
    print("\n## Ours, every row\n")
    print(*table(result for result in first if result.contender == OURS), sep="\n")
    compare(first, whole=False)
    if not any(result.row.plain for result in first):
        return
    print("\n## The same rows once more, everything warm\n")
    print(*table((result for result in again if result.contender != READ), whole=True), sep="\n")
    beside(again)


def compare(results: list[Result], whole: bool) -> None:
    """All contenders on the rows that all of them got, and their times beside ours."""
    plain = [result for result in results if result.row.plain and result.contender != READ]
    if not plain:
        return
    print("\n## Rows that ask for equality alone, by all\n")
    print(*table(plain, whole), sep="\n")
    beside(results)


def beside(results: list[Result]) -> None:
    """How many times as long the others take as ours, on the rows that all of them got."""
    plain = [result for result in results if result.row.plain and result.contender != READ]
    print("\n## Times beside each other\n")
    print(*ratios(plain, OURS), *ratios(plain, "mark()"), sep="\n")
    if read := [result for result in results if result.contender == READ]:
        print(*ratios([result for result in plain if result.contender == "mark()"] + read, READ), sep="\n")


def show(result: Result) -> None:
    row = result.row
    print(
        f"{result.contender}: {row.id} {row.kind} {row.options or ''}: {row.answer!r} for {row.key!r}: "
        f"expected {row.expected}, got {result.outcome} by {result.method or '?'} "
        f"in {result.ms:.0f} ms: {result.reason}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--notation", choices=("typed", "latex", "both"), default="both")
    parser.add_argument("--kinds", help="only these kinds, separated by commas")
    parser.add_argument("--misses", action="store_true", help="list what came out wrong")
    parser.add_argument("--rivals", default=",".join(SCRIPTS), help="some of them, or none")
    parser.add_argument("--read", action="store_true", help="the time of `read` alone beside that of `mark`")
    args = parser.parse_args()
    if unknown := set(args.rivals.split(",")) - {*SCRIPTS, "none"}:
        parser.error(f"unknown rival {', '.join(sorted(unknown))}; known: {', '.join(SCRIPTS)}, none")
    try:
        asyncio.run(run(args))
    except (environment.NoEnvironment, NoStart) as error:
        sys.exit(f"bench/marking.py: {error}")


if __name__ == "__main__":
    main()
