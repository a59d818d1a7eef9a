"""The house keeps its rules (docs/architecture.md), and each rule is shown to bite."""

from __future__ import annotations

from pathlib import Path

import pytest

from mathsoc.config import FILES, PACKAGE
from tests.support import architecture
from tests.support.architecture import RULES, Rule, Source, template_marks_as_safe


def sources() -> list[Source]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        found.append(Source(dotted, path.read_text()))
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    found = sources()
    assert len(found) > 20, "without sources this shows nothing"
    problems = [f"{source.name}:{problem}" for source in found for problem in rule(source)]
    assert not problems, "\n" + "\n".join(problems)


def test_no_template_switches_escaping_off() -> None:
    templates = sorted(path for path in (FILES / "templates").rglob("*") if path.is_file())
    assert templates, "without templates this shows nothing"
    problems = [
        f"{path.relative_to(FILES)}:{problem}"
        for path in templates
        for problem in template_marks_as_safe(path.read_text())
    ]
    assert not problems, "\n" + "\n".join(problems)


def test_every_slice_has_its_place() -> None:
    """A new slice must be put into ROWS, or no rule holds for it."""
    known = {*architecture.RANK, *architecture.WITHOUT_DOMAIN, *architecture.ABOVE_ALL, "marking"}
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders <= known, f"put into ROWS in {Path(architecture.__file__).name}: {folders - known}"


BREACHES: list[tuple[str, str, str]] = [
    ("rules_are_pure", "mathsoc.members.rules", "from mathsoc.members.models import Member"),
    ("rules_are_pure", "mathsoc.members.rules", "from mathsoc import clock"),
    ("rules_are_pure", "mathsoc.members.rules", "import sqlalchemy"),
    ("rules_are_pure", "mathsoc.sequences", "from mathsoc import clock"),
    ("rules_are_pure", "mathsoc.members.rules", "def f():\n    from mathsoc.db import Base"),
    ("levels_point_down", "mathsoc.members.models", "from mathsoc.members import queries"),
    ("levels_point_down", "mathsoc.members.models", "from .queries import one"),
    ("levels_point_down", "mathsoc.members.service", "from mathsoc.members.views import blueprint"),
    ("levels_point_down", "mathsoc.members.views", "from mathsoc.app import create_app"),
    ("slices_point_one_way", "mathsoc.members.queries", "from mathsoc.submissions.models import Attempt"),
    ("slices_point_one_way", "mathsoc.challenges.service", "from mathsoc.publishing import queries"),
    ("slices_point_one_way", "mathsoc.schools.models", "import mathsoc.members.models"),
    ("slices_point_one_way", "mathsoc.members.views", "from mathsoc.submissions import service"),
    ("machinery_knows_no_domain", "mathsoc.web.pages", "from mathsoc.members.rules import Viewer"),
    ("machinery_knows_no_domain", "mathsoc.live.hub", "from mathsoc import leaderboards"),
    ("marking_is_alone", "mathsoc.marking.engine", "from sqlalchemy import select"),
    ("marking_is_alone", "mathsoc.marking.engine", "from mathsoc.web import pages"),
    ("marking_is_alone", "mathsoc.marking.engine", "from mathsoc import config"),
    ("marking_is_alone", "mathsoc.killable", "from mathsoc.marking import mark"),
    ("marking_is_alone", "mathsoc.contained", "import sqlalchemy"),
    ("only_config_reads_the_environment", "mathsoc.mail", "import os\nos.environ['MAIL_URL']"),
    ("only_config_reads_the_environment", "mathsoc.mail", "import os\nos.getenv('MAIL_URL')"),
    ("only_config_reads_the_environment", "mathsoc.mail", "from os import environ as e"),
    ("only_config_reads_the_environment", "mathsoc.mail", "import os\nos.environ['X'] = 'y'"),
    ("only_config_reads_the_environment", "mathsoc.__main__", "import os\nos.environ['X']"),
    ("only_richtext_marks_as_safe", "mathsoc.web.filters", "from markupsafe import Markup\nMarkup('<b>')"),
    ("only_richtext_marks_as_safe", "mathsoc.web.filters", "import markupsafe\nmarkupsafe.Markup('<b>')"),
    ("floors_of_marking_point_down", "mathsoc.marking.syntax.tree", "from ..algebra.core import Core"),
    ("floors_of_marking_point_down", "mathsoc.marking.algebra.core", "from ..engine import mark"),
    ("nothing_runs_text", "mathsoc.marking.engine", "eval('1')"),
    ("nothing_runs_text", "mathsoc.marking.engine", "run = exec"),
    ("nothing_runs_text", "mathsoc.marking.engine", "import sympy\nsympy.sympify('x')"),
    ("nothing_runs_text", "mathsoc.marking.engine", "from sympy.parsing.sympy_parser import parse_expr as p"),
    (
        "errors_are_named",
        "mathsoc.members.service",
        "try:\n    f()\nexcept Exception:\n    log.exception('')",
    ),
    (
        "errors_are_named",
        "mathsoc.members.service",
        "try:\n    f()\nexcept (ValueError, Exception) as e:\n    pass",
    ),
    ("errors_are_named", "mathsoc.members.service", "try:\n    f()\nexcept:\n    pass"),
    ("errors_are_named", "mathsoc.live.hub", "try:\n    f()\nexcept Exception:\n    pass"),
    ("sizes_stay_readable", "mathsoc.members.views", "x = 1\n" * 301),
    ("sizes_stay_readable", "mathsoc.members.views", "async def f():\n" + "    x = 1\n" * 45),
    ("relative_imports_stay_inside", "mathsoc.members.views", "from ..schools import queries"),
]

ALLOWED: list[tuple[str, str]] = [
    (
        "mathsoc.challenges.rules",
        "from datetime import datetime\nfrom mathsoc.competitions.rules import ScoringRule",
    ),
    ("mathsoc.submissions.rules", "from mathsoc.marking import Verdict"),
    (
        "mathsoc.members.views",
        "from mathsoc.leaderboards import queries\nfrom mathsoc.members import service",
    ),
    (
        "mathsoc.submissions.service",
        "from mathsoc.scoring import service\nfrom mathsoc.live.service import announce",
    ),
    ("mathsoc.marking.pool", "from mathsoc.killable import Pool"),
    ("mathsoc.killable", "from pebble import ProcessPool\nfrom mathsoc import contained"),
    ("mathsoc.marking.engine", "import re\nfrom .tree import Node\nre.compile('x')"),
    (
        "mathsoc.marking.judging.line",
        "from .. import limits\nfrom . import space",
    ),
    ("mathsoc.__main__", "import os\nos.environ['PORT'] = '1'"),
    ("mathsoc.db", "try:\n    f()\nexcept BaseException:\n    undo()\n    raise"),
    ("mathsoc.live.hub", "try:\n    f()\nexcept Exception:\n    log.exception('')"),
    ("mathsoc.web.pages", "x = 1\n" * 300),
]


@pytest.mark.parametrize(("rule", "name", "text"), BREACHES)
def test_the_rule_bites(rule: str, name: str, text: str) -> None:
    assert list(getattr(architecture, rule)(Source(name, text)))


@pytest.mark.parametrize(("name", "text"), ALLOWED)
def test_what_is_allowed_passes_every_rule(name: str, text: str) -> None:
    assert not [problem for rule in RULES for problem in rule(Source(name, text))]


def test_every_rule_has_a_breach() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, _, _ in BREACHES}


@pytest.mark.parametrize("line", ["{{ text | safe }}", "{{ text|safe }}", "{% autoescape false %}"])
def test_the_rule_for_templates_bites(line: str) -> None:
    assert list(template_marks_as_safe(f"<p>\n{line}\n</p>"))
    assert not list(template_marks_as_safe("<p>{{ text }}</p><p>It is safe here</p>"))


WALL_CLOCK = ("monotonic()", "perf_counter()", "loop.time()")
TESTS = Path(__file__).parent


def test_who_claims_seconds_has_the_machine_to_itself() -> None:
    """Beside others a test waits for its turn of the processor, and its seconds say nothing."""
    claims = [
        path
        for path in sorted(TESTS.rglob("test_*.py"))
        if path != Path(__file__) and any(clock in path.read_text() for clock in WALL_CLOCK)
    ]
    assert claims, "without claims this shows nothing"
    assert not [path for path in claims if "pytest.mark.timed" not in path.read_text()]
