"""The Atom feed (RFC 4287) of what everybody may read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from mathsoc import richtext
from mathsoc.feeds.queries import Entry

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
# Before anything was written.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SUMMARY = 300  # characters
ET.register_namespace("", ATOM)
# What no XML may have in it, not even escaped.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Feed:
    """What one feed says; made into bytes once while it stays the same."""

    site: str
    path: str
    title: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=16)
def written(feed: Feed) -> bytes:
    """The feed as it is sent."""
    root = ET.Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": "en-GB", f"{{{XML}}}base": f"{feed.site}/"})
    _add(root, "id", _tag(feed.site, NEVER, feed.path.strip("/")))
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(max((entry.updated_at for entry in feed.entries), default=NEVER)))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.site + feed.path)
    _add(root, "link", rel="alternate", type="text/html", href=f"{feed.site}/")
    author = _add(root, "author")
    _add(author, "name", feed.title)
    for entry in feed.entries:
        _entry(root, feed.site, entry)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: ET.Element, site: str, entry: Entry) -> None:
    page = site + entry.path
    one = _add(root, "entry")
    _add(one, "id", _tag(site, entry.created_at, f"{entry.kind}/{entry.public_id}"))
    _add(one, "title", entry.title)
    _add(one, "published", _moment(entry.published_at))
    _add(one, "updated", _moment(entry.updated_at))
    _add(one, "link", rel="alternate", type="text/html", href=page)
    if entry.document is not None:
        pdf = {"type": "application/pdf", "href": f"{site}/uploads/{entry.document}"}
        _add(one, "link", rel="enclosure", length=str(entry.document_size or 0), **pdf)
    if entry.credit:
        _add(_add(one, "author"), "name", entry.credit)
    _add(one, "category", term=entry.kind)
    _add(one, "summary", entry.summary or richtext.plain(entry.body, SUMMARY))
    content = _add(one, "content", richtext.for_feed(entry.body, site, page), type="html")
    content.set(f"{{{XML}}}base", page)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _NOT_XML.sub("", text) or None
    return child


def _tag(site: str, since: datetime, name: str) -> str:
    """A name that stays the same wherever the page goes (RFC 4151)."""
    return f"tag:{urlsplit(site).hostname},{since:%Y-%m-%d}:{name}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
