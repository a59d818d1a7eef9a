"""Every form in every page goes to a rule of the table, and its fields are known there."""

from __future__ import annotations

from quart import Quart
from werkzeug.exceptions import HTTPException

from mathsoc.config import FILES, PACKAGE
from tests.rights.scene import CAST, set_up
from tests.rights.table import ROWS
from tests.support.forms import Form, forms_in
from tests.support.turns import in_turns
from tests.support.world import World


def known_fields(rule: str, method: str) -> set[str]:
    """What the table says may be sent to a rule."""
    return {
        name for row in ROWS if (row.rule, row.method) == (rule, method) for name in (*row.body, *row.more)
    }


def rule_of(app: Quart, form: Form) -> str | None:
    try:
        rule, _ = app.url_map.bind("localhost").match(form.action, form.method, return_rule=True)
    except HTTPException:
        return None
    return str(rule.rule)


@in_turns((name for name in CAST if name != "suspended"), later=("bob", "carol", "pending"))
async def test_the_forms_of_every_page_are_in_the_table(app: Quart, world: World, who: str) -> None:
    scene = await set_up(app, world)
    seen = 0
    for path in {scene.path(row.path) for row in ROWS if row.method == "GET" and row.answers[who] == 200}:
        html = (await (await scene.clients[who].get(path)).get_data()).decode("utf-8", "replace")
        for form in forms_in(html, path):
            rule = rule_of(app, form)
            assert rule is not None, (path, form)
            if form.method == "POST":
                seen += 1
                assert form.fields.keys() <= known_fields(rule, "POST"), (path, form)
    assert seen > 0


def test_the_reader_of_forms_sees_fields_outside_their_form() -> None:
    form = "<form id=a action=/x method=post><input name=p value=1></form>"
    (found,) = forms_in(form + "<button form=a name=q value=2></button>", "/y")
    assert (found.action, found.method, found.fields) == ("/x", "POST", {"p": "1", "q": "2"})


def test_files_are_sent_in_two_ways_alone() -> None:
    """A list of pupils is read as text and kept nowhere; all else goes through `uploads.receiving`.

    Another way needs its own checks U1 to U5, and a place here.
    """
    folder = FILES / "templates"
    uploads = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.html")
        if 'type="file"' in path.read_text("utf-8")
    }
    assert uploads == {"publishing/_tools.html", "slips/_send.html", "uploads/index.html"}
    sources = {
        path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")
    }
    assert [name for name, text in sources.items() if "request.files" in text] == [
        "slips/admin.py",
        "uploads/receiving.py",
    ]
