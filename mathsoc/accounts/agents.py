"""What a browser is called in the list of sessions: enough to know one's own by, and no more."""

from __future__ import annotations

# In this order: many a browser also names those that it descends from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def label(user_agent: str | None) -> str:
    """`Firefox on Android`; never the header itself."""
    given = (user_agent or "")[:400]
    browser = next((name for mark, name in BROWSERS if mark in given), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in given), None)
    return f"{browser} on {system}" if system else browser
