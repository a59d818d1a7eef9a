"""How tables, columns and values are written in the readable copy of somebody's data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

# How a table is called in the readable file.
TABLES = {
    "members": "Your account",
    "sessions": "Where you have signed in",
    "mail_tokens": "Links sent to you",
    "recovery_codes": "Recovery codes",
    "slips": "Slips",
    "entries": "Competitions that you have entered",
    "attempts": "Answers that you have sent",
    "completions": "Challenges that you have completed",
    "first_completions": "Challenges that you completed first",
    "awards": "Points",
    "standings": "Sums of points",
    "mailing_recipients": "Newsletters sent to you by mail",
    "drafts": "Texts that you have not published",
    "presences": "What you are editing",
    "posts of yours": "What you have written for others",
    "revisions of yours": "Changes to texts that you have saved",
    "uploads of yours": "Files that you have added",
    "reports": "Reports about what you wrote",
    "reports you made": "Reports that you made",
    "things you did": "What you did, as far as the log keeps it",
    "things done to you": "What was done to your account",
    "mail": "Mail to you that this server keeps",
    "waiting mail": "Mail to you that waits to be sent",
}
# Columns whose name alone would not be understood; the others are written as they are called.
COLUMNS = {
    "public_id": "reference",
    "handle": "reference in addresses",
    "email": "e-mail address",
    "login_name": "sign-in name",
    "wished_name": "display name that you asked for",
    "hidden": "hidden from boards",
    "seen_at": "last seen",
    "created_at": "since",
    "joined_by": "joined by",
    "left_at": "left school",
    "told_at": "told that it will be erased",
    "kept_at": "kept by staff",
    "erase_at": "to be erased",
    "keeps_points": "points stay",
    "keeps_credit": "name stays on what you wrote",
    "newsletters_since": "newsletters by mail since",
    "mailing": "newsletter",
    "tries": "times tried",
    "publish_at": "published",
    "saved_at": "saved",
    "base": "started from revision",
    "totp_since": "authenticator app since",
    "ended_at": "ended",
    "fresh_at": "password last given",
    "waits_for_code": "waits for a code",
    "remembered": "stay signed in",
    "device": "browser",
    "expires_at": "until",
    "used_at": "used",
    "entered_at": "entered",
    "number": "try",
    "sends": "times sent",
    "key_revision": "revision of the key",
    "received_at": "arrived",
    "recorded_at": "recorded",
    "completed_at": "completed",
    "awarded_at": "given",
    "score": "points",
    "reached_at": "reached",
    "listed": "shown on boards",
    "subject_kind": "about",
    "shown": "what was written",
    "decided_at": "decided",
    "at": "when",
    "action": "what",
    "box": "part",
    "due_at": "to be sent",
}


def table(name: str) -> str:
    return TABLES.get(name, name.replace("_", " ").capitalize())


def column(name: str) -> str:
    return COLUMNS.get(name, name.replace("_", " "))


def cell(value: object, zone: ZoneInfo) -> str:
    """A value in words; moments in the society's zone. What says nothing is empty."""
    if value is None or value == {} or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return f"{local.day} {local:%b %Y, %H:%M:%S}"
    if isinstance(value, Mapping):
        return "; ".join(f"{column(str(name))}: {cell(one, zone)}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(cell(one, zone) for one in value)
    return str(value)
