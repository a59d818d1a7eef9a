"""Public ids: what URLs and element ids are made of besides slugs, never row numbers."""

from __future__ import annotations

import secrets

# No vowels and no look-alikes, so that no id spells a word or is misread aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def public_id(length: int = 10) -> str:
    """A random id, safe in URLs and element ids; 10 characters carry 47 bits."""
    return "b" + "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
