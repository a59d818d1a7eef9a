"""Every template compiles; every fragment has one root with an id; nothing inline, nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from mathsoc.app import create_app
from mathsoc.config import FILES, Config

FOLDER = FILES / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
FRAGMENTS = [name for name in TEMPLATES if Path(name).name.startswith("_")]
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
VOID = {"meta", "link", "input", "br", "hr", "img"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    url = f"sqlite:///{tmp_path_factory.mktemp('templates') / 'none.db'}"
    settings = {"MATHSOC_ENV": "testing", "DATABASE_URL": url, "SECRET_KEY": "only-for-tests"}
    return create_app(Config.from_environment(settings)).jinja_env


class Roots(HTMLParser):
    """Counts the elements that stand in no other."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.roots: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.roots.append((tag, dict(attributes)))
        if tag not in VOID:
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth == 0 and data.strip():
            self.roots.append(("text", {}))


def roots_of(source: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Roots()
    parser.feed(VALUE.sub("value", JINJA.sub("", source)))
    return parser.roots


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 15 and len(FRAGMENTS) > 5


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles_with_the_filters_of_the_application(name: str, environment: Environment) -> None:
    environment.get_template(name)


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_fragment_has_one_root_with_an_id(name: str) -> None:
    roots = roots_of((FOLDER / name).read_text("utf-8"))
    assert len(roots) == 1 and roots[0][1].get("id"), roots


def test_the_counter_of_roots_can_fail() -> None:
    assert len(roots_of("<p id=a></p><p></p>")) == 2
    assert len(roots_of("words <p></p>")) == 2


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_inline_and_nothing_from_another_host(name: str) -> None:
    source = (FOLDER / name).read_text("utf-8")
    bad = re.search(r"\|\s*safe\b|https?://|\son\w+=|\sstyle=|hx-on|<style|<script(?![^>]*\ssrc=)", source)
    assert bad is None, bad


@pytest.mark.parametrize(
    "name", [name for name in TEMPLATES if name not in FRAGMENTS and name != "base.html"]
)
def test_a_page_has_a_title(name: str) -> None:
    source = (FOLDER / name).read_text("utf-8")
    if "extends" in source:
        assert re.search(r"\{% block title %\}.+?\{% endblock %\}", source)


def test_every_template_escapes(environment: Environment) -> None:
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
