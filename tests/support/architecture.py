"""The rules of the house, as functions from one source file to what is wrong with it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

# A slice may know the slices before it. Those in one row do not know each other.
ROWS = (
    {"schools"},
    {"members"},
    {"second_factor"},
    {"accounts"},
    {"uploads"},
    {"writing"},
    {"competitions"},
    {"challenges", "publishing"},
    {"scoring"},
    {"setup"},
    {"submissions", "slips", "reports"},
    {"joining", "school_admin"},
    {"mailings"},
    {"privacy", "roll_over"},
    {"search"},
    {"leaderboards", "console", "home", "maths_api", "profile", "feeds"},
    {"exchange"},
)
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row}
ABOVE_ALL = ("app", "demo")
# Inside a slice: a file may know files of its own level and below. A name not here is of level 2.
FACES = ("views", "admin")
LEVEL = {"rules": 0, "models": 1} | dict.fromkeys(FACES, 3)
WITHOUT_DOMAIN = ("live", "richtext", "web")
PURE_TOOLS = {"sequences"}  # modules of the package that are as pure as rules
# Packages that marking may not know; it is text in, verdict out.
OUTSIDE_MARKING = {
    *("sqlalchemy", "alembic", "aiosqlite", "asyncpg", "wtforms"),
    *("quart", "quart_auth", "werkzeug", "hypercorn", "jinja2"),
}
# Worker processes that can be killed: for marking, and for whatever else reads a stranger's bytes.
RUNS_WORKERS = {"killable", "contained"}
RUNS_TEXT = {
    *("eval", "exec", "compile", "__import__", "literal_eval"),
    *("parse_expr", "sympify", "lambdify", "latex2sympy"),
}
MARKS_SAFE = {"mathsoc.richtext.__init__"}
# These write the environment and never read it: flags are settings, and workers start with an empty one.
FLOORS_OF_MARKING = ("syntax", "algebra", "judging")
SHARED_IN_MARKING = {"limits", "results", "scheme"}
WRITES_ENVIRONMENT = {"mathsoc.__main__", "mathsoc.contained"}
LONGEST_FILE = 300
LONGEST_FUNCTION = 45


@dataclass(frozen=True)
class Source:
    """A module by its dotted name, and its text."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def parts(self) -> list[str]:
        return self.name.split(".")

    @property
    def slice(self) -> str:
        return self.parts[1] if len(self.parts) > 1 else ""

    @property
    def file(self) -> str:
        return self.parts[2] if len(self.parts) > 2 else ""

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported name with its line, written out in full: `mathsoc.members.rules.Viewer`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(self.parts[: -node.level] if node.level else []) if node.level else ""
                start = ".".join(part for part in (base, node.module or "") if part)
                yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)

    def ours(self) -> Iterator[tuple[int, str, str]]:
        """Imports of our own: line, slice (or top-level module), file in it."""
        for line, name in self.imports():
            parts = name.split(".")
            if parts[0] == "mathsoc" and len(parts) > 1:
                yield line, parts[1], parts[2] if len(parts) > 2 else ""


Problems = Iterator[str]
Rule = Callable[[Source], Problems]


def rules_are_pure(source: Source) -> Problems:
    """`rules` know nothing but other rules, marking, pure tools and the standard library."""
    if source.file != "rules" and source.slice not in PURE_TOOLS:
        return
    for line, name in source.imports():
        parts = name.split(".")
        if parts[0] == "mathsoc":
            if not (parts[1] in {"marking", *PURE_TOOLS} or parts[2:3] == ["rules"]):
                yield f"{line}: rules import {name}"
        elif parts[0] not in sys.stdlib_module_names:
            yield f"{line}: rules import {name}"


def levels_point_down(source: Source) -> Problems:
    """rules, then models, then queries and service, then views and admin, then app."""
    level = LEVEL.get(source.file, 2)
    for line, top, file in source.ours():
        if source.slice in RANK and top in ABOVE_ALL:
            yield f"{line}: a slice imports {top}"
        if source.slice in RANK and top == source.slice and LEVEL.get(file, 2) > level:
            yield f"{line}: {source.file} imports {file}"


def slices_point_one_way(source: Source) -> Problems:
    """A slice knows only those before it; its views may read any, but change only through those before."""
    if source.slice not in RANK:
        return
    for line, top, file in source.ours():
        if top == source.slice or top not in RANK or RANK[top] < RANK[source.slice]:
            continue
        if source.file not in FACES:
            yield f"{line}: {source.slice} imports {top}"
        elif file in ("service", *FACES):
            yield f"{line}: views of {source.slice} import the {file} of {top}"


def machinery_knows_no_domain(source: Source) -> Problems:
    """`live`, `richtext` and `web` would work for any site."""
    if source.slice in WITHOUT_DOMAIN:
        for line, top, _ in source.ours():
            if top in RANK or top in ABOVE_ALL or top == "marking":
                yield f"{line}: {source.slice} imports {top}"


def marking_is_alone(source: Source) -> Problems:
    """Marking imports neither web nor database, nor anything else of ours but what runs workers.

    That knows no more than the standard library and pebble, so nothing comes in by that way.
    """
    alone = source.slice in RUNS_WORKERS
    if source.slice != "marking" and not alone:
        return
    ours = RUNS_WORKERS if alone else {"marking", *RUNS_WORKERS}
    for line, name in source.imports():
        parts = name.split(".")
        if parts[0] == "mathsoc":
            strange = not ours.intersection(parts[1:2])
        else:
            strange = parts[0] in OUTSIDE_MARKING or (
                alone and parts[0] not in {*sys.stdlib_module_names, "pebble"}
            )
        if strange:
            yield f"{line}: {source.slice} imports {name}"


def only_config_reads_the_environment(source: Source) -> Problems:
    if source.name == "mathsoc.config":
        return
    written = set()
    if source.name in WRITES_ENVIRONMENT:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                written.add(node.value)
            if isinstance(node, ast.Attribute) and node.attr == "clear":
                written.add(node.value)
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("environ", "getenv", "environb")
            and node not in written
        ):
            yield f"{node.lineno}: reads the environment"
    for line, name in source.imports():
        if name in ("os.environ", "os.getenv", "os.environb"):
            yield f"{line}: imports {name}"


def only_richtext_marks_as_safe(source: Source) -> Problems:
    if source.name in MARKS_SAFE:
        return
    for node in ast.walk(source.tree):
        called = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "id", getattr(called, "attr", ""))
        if name in ("Markup", "safe", "do_mark_safe"):
            yield f"{called.lineno}: marks text as safe"


def nothing_runs_text(source: Source) -> Problems:
    """No path from typed text to Python: not by name, not as somebody's method, not by import."""
    for node in ast.walk(source.tree):
        name = getattr(node, "id", None)
        if name in RUNS_TEXT:
            yield f"{node.lineno}: uses {name}"
        if isinstance(node, ast.Attribute) and node.attr in RUNS_TEXT - {"compile"}:
            yield f"{node.lineno}: uses {node.attr}"
    for line, name in source.imports():
        if name.rpartition(".")[2] in RUNS_TEXT - {"compile"}:
            yield f"{line}: imports {name}"


def errors_are_named(source: Source) -> Problems:
    """No bare except and no `except Exception`, but to clean up and raise again.

    The live loops outlive any fault of what they show; there the error must be logged with its traceback.
    """
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = {getattr(part, "id", "") for part in ast.walk(node.type)} if node.type else {""}
        if node.type is not None and not caught & {"Exception", "BaseException"}:
            continue
        last = node.body[-1]
        raises = isinstance(last, ast.Raise) and last.exc is None
        logs = any(isinstance(part, ast.Attribute) and part.attr == "exception" for part in ast.walk(node))
        if not raises and not (source.slice == "live" and logs):
            yield f"{node.lineno}: catches everything"


def sizes_stay_readable(source: Source) -> Problems:
    lines = len(source.text.splitlines())
    if lines > LONGEST_FILE:
        yield f"{lines}: the file is longer than {LONGEST_FILE} lines"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.lineno}: {node.name} has {length} lines, more than {LONGEST_FUNCTION}"


def relative_imports_stay_inside(source: Source) -> Problems:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.level > max(1, len(source.parts) - 2):
            yield f"{node.lineno}: a relative import leaves its slice"


def floors_of_marking_point_down(source: Source) -> Problems:
    """Judging may know algebra, algebra may know syntax; syntax knows neither, and none knows the top."""
    floor = _floor(source.parts)
    if floor is None:
        return
    for line, name in source.imports():
        parts = name.split(".")
        if parts[:2] != ["mathsoc", "marking"]:
            continue
        of = _floor(parts)
        if (of is None and parts[2] not in SHARED_IN_MARKING) or (of is not None and of > floor):
            yield f"{line}: {source.parts[2]} imports {name}"


def _floor(parts: list[str]) -> int | None:
    inside = parts[:2] == ["mathsoc", "marking"] and len(parts) > 2 and parts[2] in FLOORS_OF_MARKING
    return FLOORS_OF_MARKING.index(parts[2]) if inside else None


RULES: tuple[Rule, ...] = (
    rules_are_pure,
    levels_point_down,
    slices_point_one_way,
    machinery_knows_no_domain,
    marking_is_alone,
    only_config_reads_the_environment,
    only_richtext_marks_as_safe,
    nothing_runs_text,
    errors_are_named,
    sizes_stay_readable,
    relative_imports_stay_inside,
    floors_of_marking_point_down,
)

UNSAFE_IN_TEMPLATES = re.compile(r"\|\s*safe\b|\bautoescape\b|\|\s*forceescape\b|\bMarkup\b")


def template_marks_as_safe(text: str) -> Problems:
    """Templates leave escaping on; what is safe comes from richtext as such."""
    for number, line in enumerate(text.splitlines(), 1):
        if UNSAFE_IN_TEMPLATES.search(line):
            yield f"{number}: switches escaping off"
