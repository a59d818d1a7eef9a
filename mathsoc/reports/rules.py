"""What is decided about reports: pure."""

from __future__ import annotations

DISPLAY_NAME = "display-name"  # what a report can be about
LONGEST_WORDS = 400
# What may be wrong with a display name.
REASONS = {
    "unkind": "It is rude or unkind",
    "real-name": "It tells somebody’s real name or where they are",
    "pretends": "It pretends to be somebody else",
    "other": "Something else",
}
ABOUT = {DISPLAY_NAME: "Display name"}


def reason(choice: str, words: str) -> str:
    """What is kept of a report's reason: the choice, and what was said besides."""
    return f"{REASONS[choice]}. {words}" if words else f"{REASONS[choice]}."


def said(reason: str) -> str:
    """What was said besides the choice, whose words are ours and name nobody."""
    ours = next((f"{one}." for one in REASONS.values() if reason.startswith(f"{one}.")), "")
    return reason.removeprefix(ours)
