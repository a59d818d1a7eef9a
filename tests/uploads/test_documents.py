"""PDFs: what is shown of them, and those that are refused."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from mathsoc.errors import Refused
from mathsoc.uploads import documents, rules
from tests.uploads.files import locked_pdf, pdf, picture


def test_the_first_page_and_the_words() -> None:
    read = documents.read(pdf(3, "Prime numbers"))
    assert read.pages == 3
    assert read.text == "Prime numbers 1\n\nPrime numbers 2\n\nPrime numbers 3"
    page = Image.open(io.BytesIO(read.first_page.data))
    assert page.size == (848, 1200) and page.convert("L").getextrema()[0] < 60  # type: ignore[operator]


def test_words_that_no_database_keeps_and_too_many_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert documents._storable("a\x00b\ud800c\r\nd\x07\n\n") == "abc\nd"
    monkeypatch.setattr(rules, "TEXT", 100)
    assert len(documents.read(pdf(30, "Prime numbers")).text) <= 100


@pytest.mark.parametrize(
    "media", ["0 0 0 0", "0 0 14400 14400", "0 0 1 14400", "0 0 999999999 2", "5 5 -5 -5"]
)
def test_a_page_of_any_size_becomes_a_small_picture(media: str) -> None:
    read = documents.read(pdf(media=media))
    assert max(read.first_page.width, read.first_page.height) <= rules.FIRST_PAGE + 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (locked_pdf(), rules.ENCRYPTED),
        (pdf(encrypt=b"<< /Filter /Nobodys /V 9 >>"), rules.ENCRYPTED),
        (b"%PDF-1.7\n", rules.BROKEN_DOCUMENT),
        (b"%PDF-1.7\n%%EOF", rules.BROKEN_DOCUMENT),
        (pdf()[:200], rules.BROKEN_DOCUMENT),
        (b"%PDF-" + bytes(2_000), rules.BROKEN_DOCUMENT),
        (pdf(201), "This PDF has 201 pages; at most 200 are taken."),
        (picture(), rules.ONLY_DOCUMENTS),
        (b"<html>" + pdf(), rules.ONLY_DOCUMENTS),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        documents.read(data)
    assert refusal.value.message == words
