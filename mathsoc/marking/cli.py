"""`mathsoc mark`: one answer from the command line, or JSON lines in and out."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO, cast

from . import pool
from .reading import NOTATIONS
from .results import MarkingError
from .scheme import KINDS, Scheme

_VALUED = ("--kind", "--key", "--options", "--notation", "--batch")


class _Parser(argparse.ArgumentParser):
    """An answer may begin with a minus sign: only our own options are options."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(_sorted_out(given), namespace)


def _sorted_out(given: Sequence[str]) -> list[str]:
    options: list[str] = []
    answers: list[str] = []
    rest = iter(given)
    for text in rest:
        if text == "--":
            answers.extend(rest)
        elif text in _VALUED:
            value = next(rest, None)
            options.append(text if value is None else f"{text}={value}")
        elif text in ("-h", "--help") or text.partition("=")[0] in _VALUED:
            options.append(text)
        else:
            answers.append(text)
    return [*options, "--", *answers] if answers else options


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `mark` to a command line; its parser sets `run`, which takes the arguments."""
    help_ = "mark one answer, or many as JSON lines"
    made = subparsers.add_parser("mark", help=help_)
    parser = _Parser(prog=made.prog, description=f"{help_[0].upper()}{help_[1:]}.")
    add_arguments(parser)
    # add_parser cannot be told the class of one parser alone.
    subparsers.choices["mark"] = parser


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", choices=KINDS, help="what the question asks for")
    parser.add_argument("--key", help="the correct answer")
    parser.add_argument("--options", default="{}", metavar="JSON", help='such as \'{"form": "factorised"}\'')
    parser.add_argument("--notation", choices=NOTATIONS, default="auto", help="how ANSWER is written")
    parser.add_argument("--batch", metavar="FILE", help="JSON lines to mark; - for standard input")
    parser.add_argument("answer", nargs="?", metavar="ANSWER", help="the answer; may begin with -")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the command; the exit code is 0, 1 for broken lines, 2 for wrong use."""
    if args.batch is not None:
        return _run_batch(args.batch)
    if args.kind is None or args.key is None or args.answer is None:
        return _wrong("mark needs --kind, --key and ANSWER, or --batch FILE")
    try:
        options = json.loads(args.options)
        scheme = Scheme(args.kind, args.key, options)
        verdict = asyncio.run(_one(args.answer, scheme, args.notation))
    except json.JSONDecodeError as error:
        return _wrong(f"--options is no JSON: {error}")
    except MarkingError as error:
        return _wrong(str(error))
    lines = (
        f"outcome: {verdict.outcome}",
        f"reading: {verdict.reading.plain}",
        f"method: {verdict.method}",
        f"reason: {verdict.reason}",
    )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


async def _one(answer: str, scheme: Scheme, notation: str) -> Any:
    try:
        return await _alone().mark(answer, scheme, notation)
    finally:
        pool.stop()


def _alone() -> pool.MarkingPool:
    """A pool of one worker: lines come one by one, and a second might still be starting at the end."""
    return pool.default_pool(workers=1)


def _wrong(message: str) -> int:
    sys.stderr.write(f"mathsoc mark: {message}\n")
    return 2


def _run_batch(name: str) -> int:
    if name == "-":
        return asyncio.run(_batch(sys.stdin, sys.stdout))
    try:
        with open(name, encoding="utf-8", errors="surrogateescape") as lines:
            return asyncio.run(_batch(lines, sys.stdout))
    except OSError as error:
        return _wrong(f"{name}: {error.strerror}")


async def _batch(lines: Iterable[str], out: TextIO) -> int:
    """Mark every line and write every verdict; goes on after a broken line, but remembers it."""
    broken = 0
    try:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            result = await _line(line, number)
            broken += result["outcome"] == "error"
            out.write(json.dumps(result) + "\n")
            out.flush()
    finally:
        pool.stop()
    return 1 if broken else 0


async def _line(line: str, number: int) -> dict[str, object]:
    row: object = None
    started = time.perf_counter()
    try:
        row = json.loads(line)
        answer, scheme, notation = _asked(row)
        verdict = await _alone().mark(answer, scheme, notation)
    except (ValueError, RecursionError, MarkingError) as error:
        sys.stderr.write(f"mathsoc mark: line {number}: {error}\n")
        known = row.get("id") if isinstance(row, Mapping) else None
        return {"id": known, "outcome": "error", "method": "", "reason": str(error), "reading": "", "ms": 0.0}
    spent = round((time.perf_counter() - started) * 1000, 3)
    fields = cast("Mapping[str, object]", row)
    return {
        "id": fields.get("id"),
        "outcome": verdict.outcome,
        "method": verdict.method,
        "reason": verdict.reason,
        "reading": verdict.reading.plain,
        "ms": spent,
    }


def _asked(row: object) -> tuple[str, Scheme, str]:
    """The answer, scheme and notation of one line. Raises ValueError or SchemeError in a clear sentence."""
    if not isinstance(row, Mapping):
        raise ValueError("the line must be a JSON object")
    for name in ("kind", "key", "answer"):
        if not isinstance(row.get(name), str):
            raise ValueError(f"{name!r} must be given as text")
    notation = row.get("notation") or "auto"
    if notation not in NOTATIONS:
        raise ValueError(f"'notation' must be one of {', '.join(NOTATIONS)}")
    options = row.get("options")
    return row["answer"], Scheme(row["kind"], row["key"], {} if options is None else options), notation


def main(argv: Sequence[str] | None = None) -> int:
    """This command alone, as `python -m mathsoc.marking.cli`."""
    parser = _Parser(prog="mathsoc mark")
    add_arguments(parser)
    args = parser.parse_args(argv)
    return run(args)


if __name__ == "__main__":
    sys.exit(main())
