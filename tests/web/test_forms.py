"""What is let in from a form or a query string."""

from __future__ import annotations

import pytest

from mathsoc.web.forms import local_path, storable


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("/challenges/x?stage=ks4", "/challenges/x?stage=ks4"),
        (None, "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/%5cevil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("/\tevil", "/"),
        ("/" + "a" * 600, "/"),
    ],
)
def test_where_signing_in_may_lead(given: str | None, expected: str) -> None:
    assert local_path(given) == expected


def test_what_a_database_can_keep() -> None:
    assert storable("x² + 1") and not storable("a\x00b") and not storable("a\ud800b")
