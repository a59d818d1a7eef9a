"""What is shown of a PDF besides itself: its first page as a picture, and its words. Runs in a worker."""

from __future__ import annotations

import pypdfium2
import pypdfium2.raw as pdfium

from mathsoc.errors import Refused
from mathsoc.uploads import pictures, rules
from mathsoc.uploads.tasks import Document, Picture


def read(data: bytes) -> Document:
    """Raises Refused with the reason for whoever sent it."""
    if rules.kind_of(data) != rules.DOCUMENT:
        raise Refused(rules.ONLY_DOCUMENTS)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        locked = getattr(fault, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Refused(rules.ENCRYPTED if locked else rules.BROKEN_DOCUMENT) from fault
    try:
        return _read(document)
    except (pypdfium2.PdfiumError, *pictures.FAULTS) as fault:
        raise Refused(rules.BROKEN_DOCUMENT) from fault
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> Document:
    if pdfium.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise Refused(rules.ENCRYPTED)
    pages = len(document)
    if pages == 0:
        raise Refused(rules.NO_PAGES)
    if reason := rules.too_many_pages(pages):
        raise Refused(reason)
    return Document(_first_page(document), pages, _words(document, pages))


def _first_page(document: pypdfium2.PdfDocument) -> Picture:
    page = document[0]
    # By the size that the page says it has, which may be a hair or a football field.
    side = max(*page.get_size(), 1.0)
    bitmap = page.render(scale=rules.FIRST_PAGE / side, may_draw_forms=False, rev_byteorder=True)
    return pictures.encoded(bitmap.to_pil().convert("RGB"), photograph=False)


def _words(document: pypdfium2.PdfDocument, pages: int) -> str:
    """The words page by page, an empty line between two."""
    found: list[str] = []
    room = rules.TEXT
    for number in range(pages):
        page = document[number]
        text = page.get_textpage()
        count = min(text.count_chars(), room)
        words = _storable(text.get_text_range(0, count)) if count > 0 else ""
        text.close()
        page.close()
        if words:
            found.append(words)
        room -= len(words) + 2
        if room <= 0:
            break
    return "\n\n".join(found)[: rules.TEXT]


def _storable(text: str) -> str:
    """Lines without what no database keeps and no screen shows."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = (
        "".join(letter for letter in line if letter.isprintable() and not "\ud800" <= letter <= "\udfff")
        for line in lines
    )
    return "\n".join(line.rstrip() for line in kept).strip()
