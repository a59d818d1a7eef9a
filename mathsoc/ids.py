"""Public ids and slugs: what URLs and element ids are made of, never row numbers."""

from __future__ import annotations

import re
import secrets
import unicodedata

# No vowels and no look-alikes, so that no id spells a word or is misread aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def public_id(length: int = 10) -> str:
    """A random id, safe in URLs and element ids; 10 characters carry 47 bits."""
    return "b" + "".join(secrets.choice(ALPHABET) for _ in range(length - 1))


def slugify(title: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 80 characters, never empty."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or public_id()
