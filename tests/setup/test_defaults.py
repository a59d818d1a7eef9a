"""What is there before anybody set anything up: no account, no password, and presets that are whole."""

from __future__ import annotations

import re

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc.config import FILES, PACKAGE
from mathsoc.db import Database
from mathsoc.demo import PASSWORD as DEMO_PASSWORD
from mathsoc.members.models import Member
from mathsoc.schools.rules import PRESETS


async def test_nobody_has_an_account_by_default(database: Database, app: Quart) -> None:
    async with database.reading() as session:
        assert (await session.scalars(select(Member))).all() == []
    for path in ("/register_admin", "/admin", "/register-admin"):
        assert not [rule for rule in app.url_map.iter_rules() if rule.rule == path]


def test_no_password_stands_in_the_package() -> None:
    """But the demo's, which production refuses."""
    given = re.compile(r"""password["']?\s*[:=]\s*f?["'][^"'{}<>]{4,}["']""", re.IGNORECASE)
    found = []
    for path in sorted(PACKAGE.rglob("*.py")) + sorted((FILES / "migrations").rglob("*.py")):
        text = path.read_text("utf-8")
        where = path.relative_to(PACKAGE.parent).as_posix()
        words = [one for one in ("admin123", "demo-society-2026", "password123", "letmein1") if one in text]
        if not where.startswith("mathsoc/demo/"):
            found += [(where, one) for one in words]
        for line in text.splitlines():
            if given.search(line) and "S105" not in line and "autocomplete" not in line:
                found.append((where, line.strip()))
    assert found == []
    assert given.search('PASSWORD = "hunter22"') and DEMO_PASSWORD, "the pattern can find one"


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_is_whole(key: str) -> None:
    bands = PRESETS[key].bands
    years = [year for band in bands for year in band.years]
    assert years == list(range(years[0], years[-1] + 1)), "each year once, none left out"
    assert len({band.slug for band in bands}) == len(bands) == len({band.name for band in bands})
    assert all(re.fullmatch(r"[a-z0-9-]{1,30}", band.slug) and len(band.name) <= 60 for band in bands)
