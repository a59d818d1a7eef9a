"""What is decided about keeping and erasing."""

from __future__ import annotations

import pytest

from mathsoc.privacy import rules


@pytest.mark.parametrize(
    ("search", "about"),
    [("li", True), ("LÍ", True), ("wei", True), ("li wei", True), ("we", False), ("l", False), ("", False)],
)
def test_a_search_for_a_part_of_a_name_is_about_its_bearer(search: str, about: bool) -> None:
    """A short one where it is a word of the name: there are families called Li, Ng and Wu."""
    assert rules.logged_about({"search": search}, ["Li Wei"]) is about


@pytest.mark.parametrize(
    ("credit", "left"),
    [
        ("Zoe Quick", ""),
        ("Written by Zoe", ""),
        ("Ada Lovelace and Zoe Quick", "Ada Lovelace"),
        ("Zoe, Ada and Ben", "Ada and Ben"),
        ("Ada, zoé & Ben", "Ada & Ben"),
        ("Ada, Alexander Sand", "Ada, Alexander Sand"),
        ("", ""),
    ],
)
def test_a_credit_names_who_is_left(credit: str, left: str) -> None:
    assert rules.credit_without(credit, rules.names_of("Zoe Quick")) == left
