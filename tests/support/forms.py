"""The forms that stand in a rendered page, as a browser would see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

CONTROLS = {"input", "select", "textarea", "button"}


@dataclass
class Form:
    """Where a form goes, and its fields with the values that they have."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.named: dict[str, Form] = {}
        self.open: Form | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            action = urlsplit(given.get("action") or self.page).path
            self.open = Form(action, given.get("method", "get").upper())
            self.forms.append(self.open)
            if "id" in given:
                self.named[given["id"]] = self.open
        elif tag in CONTROLS and given.get("name"):
            form = self.named.get(given["form"]) if "form" in given else self.open
            if form is not None:
                form.fields.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


def forms_in(html: str, page: str) -> list[Form]:
    """The forms of the page at this path, in order."""
    parser = _Forms(page)
    parser.feed(html)
    return parser.forms
