"""The sitemap: every page that everybody may read, for search engines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from xml.sax.saxutils import escape

from mathsoc.feeds.queries import Place

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
LISTS = ("/", "/challenges", "/competitions", "/leaderboards", "/articles", "/newsletters", "/announcements")


def written(site: str, places: Iterable[Place]) -> bytes:
    """As text: there may be tens of thousands, of slugs that have no sign in them."""
    lines = [_url(site, Place(path)) for path in LISTS]
    lines += [_url(site, place) for place in places]
    return f"{HEAD}{''.join(lines)}</urlset>\n".encode()


def _url(site: str, place: Place) -> str:
    at = place.changed_at
    changed = f"<lastmod>{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</lastmod>" if at is not None else ""
    return f"<url><loc>{escape(site + place.path)}</loc>{changed}</url>\n"
