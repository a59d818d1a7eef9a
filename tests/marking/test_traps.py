"""Traps for a key: what is proposed for boxes that a teacher would make, and what holds for every key."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from mathsoc.marking import Scheme, SchemeError, limits, mark, pool, read
from mathsoc.marking.slips.titles import TITLES
from mathsoc.marking.slips.typed_back import formulas
from mathsoc.marking.traps import MOST, by_value, right_in_value, traps

HERE = Path(__file__).parent
BOXES = tomllib.loads((HERE / "traps.toml").read_text(encoding="utf-8"))["box"]
KEYS = {
    (group["kind"], group["key"], repr(group.get("options", {}))): group
    for path in sorted((HERE / "cases").glob("*.toml"))
    for group in tomllib.loads(path.read_text(encoding="utf-8"))["group"]
}


@pytest.mark.parametrize("box", BOXES, ids=lambda box: box["about"])
def test_box(box: dict[str, object]) -> None:
    scheme = Scheme(str(box["kind"]), str(box["key"]), box.get("options", {}))  # type: ignore[arg-type]
    found: dict[bool, list[str]] = {True: [], False: []}
    for trap in traps(scheme, str(box.get("statement", ""))):
        found[mark(trap.answer, scheme).correct].append(f"{trap.name}: {trap.answer}")
    assert found[True] == box["passes"]
    assert found[False] == box["refused"]


@pytest.mark.parametrize("group", KEYS.values(), ids=lambda group: f"{group['kind']}: {group['key']!a}")
def test_every_key_of_the_cases(group: dict[str, object]) -> None:
    scheme = Scheme(str(group["kind"]), str(group["key"]), group.get("options", {}))  # type: ignore[arg-type]
    statement = f"Find ${scheme.key}$."
    found = traps(scheme, statement)
    assert found == traps(scheme, statement)
    assert len(found) <= MOST
    assert len({read(trap.answer, scheme).plain for trap in found}) == len(found)
    for trap in found:
        assert read(trap.answer, scheme).ok, trap
        assert trap.title and trap.why.endswith("."), trap
        if trap.equal:
            assert mark(trap.answer, by_value(scheme)).outcome != "incorrect", trap
        else:
            assert not right_in_value(trap.answer, scheme), trap


def test_every_title_is_used_somewhere() -> None:
    seen = {row.partition(":")[0] for box in BOXES for row in (*box["passes"], *box["refused"])}
    seen |= {
        trap.name
        for group in KEYS.values()
        for trap in traps(Scheme(group["kind"], group["key"], group.get("options", {})))
    }
    assert set(TITLES) - seen == set()


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("expression", "cosh(cosh(cosh(cosh(cosh(cosh(x))))))"),
        ("expression", "(a+b+c+d)^60"),
        ("expression", "(-1)^(1/4)"),
        ("number", "500!"),
        ("number", "10^9000"),
        ("number", "1/0.5^900"),
        ("expression", "1/(x-x)"),
        ("set", "{}"),
        ("number", "i"),
        ("number", "oo"),
        ("equation", "0=0"),
        ("expression", "n!"),
        ("matrix", "[[1]]"),
        ("text", "s"),
        ("choice", "A"),
        ("sequence", "x=1 or x=2 or x=3"),
        ("sequence", "x=1 and y=2"),
        ("set", "1<x<2"),
    ],
)
def test_strange_keys_have_few_traps_and_no_crash(kind: str, key: str) -> None:
    for trap in traps(Scheme(kind, key), "$" * 1000 + "\\(" * 5000 + f"${key}$"):
        assert read(trap.answer, Scheme(kind)).ok


@pytest.mark.parametrize(("kind", "key"), [("number", "1/"), ("text", ""), ("choice", "\x00"), ("set", "{")])
def test_a_key_that_cannot_be_read_is_the_officers_error(kind: str, key: str) -> None:
    with pytest.raises(SchemeError):
        traps(Scheme(kind, key))


def test_formulas_are_found_in_every_way_of_writing_them() -> None:
    text = r"""If $a$ and $$b$$ then \(c\) or \[d=f\] <span data-latex="g&lt;2">…</span> for $5 only"""
    assert list(formulas(text)) == ["a", "b", "c", "d=f", "d", "f", "g<2"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def workers() -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(pool.stop)


async def test_tried_traps_say_which_pass(workers: None) -> None:
    tried = await pool.try_traps(Scheme("number", "25"), "Work out $12+13$.")
    passing = {one.trap.name for one in tried if one.passes}
    assert passing == {"typed-back", "fraction-left", "product-left", "power-left"}
    asked = await pool.try_traps(Scheme("number", "25", {"form": "evaluated"}), "Work out $12+13$.")
    assert [one.trap for one in asked] == [one.trap for one in tried]
    assert not any(one.passes for one in asked)


async def test_what_is_right_by_chance_is_left_out(workers: None) -> None:
    """√(x²) may stand for x where only positive x count; that is no warning."""
    scheme = Scheme("expression", "ln(x^3)")
    assert "size-only" in {trap.name for trap in traps(scheme)}
    assert "size-only" not in {one.trap.name for one in await pool.try_traps(scheme)}


async def test_out_of_time_is_undecided(workers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TRAPS_SECONDS", 0.0)
    tried = await pool.try_traps(Scheme("expression", "|x|^2"))
    assert ("undecided", "timeout") in {(one.verdict.outcome, one.verdict.method) for one in tried}
