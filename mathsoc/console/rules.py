"""What is decided in the console: whom somebody may see and change, and how the log speaks. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mathsoc.members.rules import Viewer

# What may be done with a member, by the noun that is posted to.
ROLE, SUSPENSION, REINSTATEMENT, SESSIONS, SECOND_FACTOR, LINK, SLIP, DETAILS = (
    "role",
    "suspension",
    "reinstatement",
    "sessions",
    "second-factor",
    "reset-link",
    "slip",
    "details",
)
FOR_ADMINS = (ROLE, SECOND_FACTOR)
FOR_EVERY_STAFF = (SUSPENSION, REINSTATEMENT, SESSIONS, LINK, SLIP, DETAILS)
NOT_ON_ONESELF = (ROLE, SUSPENSION, REINSTATEMENT)

IN_WORDS = {
    "signed-in": "signed in",
    "sign-in-failed": "sign-in failed",
    "signed-out": "signed out",
    "session-ended": "ended signed-in browsers of",
    "denied": "was refused",
    "password-changed": "changed the password of",
    "password-reset": "password set by a link",
    "reset-requested": "link to reset the password sent",
    "reset-link-made": "made a link to set the password of",
    "second-factor-added": "added an authenticator app for",
    "second-factor-removed": "removed the authenticator app of",
    "recovery-code-used": "used a recovery code of",
    "recovery-codes-made": "made recovery codes for",
    "admin-created": "made an administrator of",
    "role-changed": "changed the role of",
    "suspended": "suspended",
    "reinstated": "reinstated",
    "members-viewed": "looked at members",
    "members-exported": "downloaded the list of members",
    "mail-viewed": "read kept mail",
    "audit-viewed": "read the audit log",
    "joined": "joined",
    "address-changed": "changed the e-mail address of",
    "approved": "let in",
    "refused": "did not let in",
    "name-asked": "asked for another display name",
    "name-changed": "changed the display name of",
    "name-refused": "refused a display name for",
    "hidden": "changed whether boards show",
    "code-made": "made a code for a class",
    "slips-made": "made slips",
    "slip-used": "came back with a slip",
    "slip-withdrawn": "withdrew a slip",
    "school-changed": "changed a school",
    "data-exported": "downloaded their own data",
    "erasure-asked": "asked for their account to be deleted",
    "erasure-undone": "kept their account after all",
    "erased": "erased an account",
    "left": "noted the leaving of",
    "kept": "had the account kept of",
    "rolled-over": "began a school year",
    "reported": "reported something written by",
    "report-decided": "decided a report about",
    "newsletters-chosen": "asked for newsletters by mail, or for no more",
    "mailing-begun": "sent a newsletter by mail",
    "mailing-stopped": "stopped a newsletter by mail",
    "mailing-resumed": "had a newsletter by mail go on",
    "details-changed": "corrected the details of",
    "post-made": "began a post",
    "post-changed": "changed the details of a post",
    "post-published": "published a post",
    "post-scheduled": "scheduled a post",
    "post-withdrawn": "withdrew a post",
    "post-archived": "archived a post",
    "post-binned": "put a post into the bin",
    "post-restored": "brought back a post",
    "post-purged": "a post in the bin came to its end",
    "imported": "content was imported from files",
    "uploaded": "added a file",
    "upload-deleted": "deleted a file",
    "text-published": "published a text",
}

# The same as choices in a list, where nobody stands before or after them.
AS_NOUNS = {
    "signed-in": "Sign-in",
    "sign-in-failed": "Failed sign-in",
    "signed-out": "Sign-out",
    "session-ended": "Browsers signed out",
    "denied": "Refusal",
    "password-changed": "Password changed",
    "password-reset": "Password set by a link",
    "reset-requested": "Link to reset the password sent",
    "reset-link-made": "Link to set a password made",
    "second-factor-added": "Authenticator app added",
    "second-factor-removed": "Authenticator app removed",
    "recovery-code-used": "Recovery code used",
    "recovery-codes-made": "Recovery codes made",
    "admin-created": "Administrator made",
    "role-changed": "Role changed",
    "suspended": "Suspension",
    "reinstated": "Reinstatement",
    "members-viewed": "Members looked at",
    "members-exported": "List of members downloaded",
    "mail-viewed": "Kept mail read",
    "audit-viewed": "Audit log read",
    "joined": "Joining",
    "address-changed": "E-mail address changed",
    "approved": "Approval",
    "refused": "Approval refused",
    "name-asked": "Another display name wanted",
    "name-changed": "Display name changed",
    "name-refused": "Display name refused",
    "hidden": "Shown on boards or not",
    "code-made": "Code of a class made",
    "slips-made": "Slips made",
    "slip-used": "Return by a slip",
    "slip-withdrawn": "Slip withdrawn",
    "school-changed": "School changed",
    "data-exported": "Own data downloaded",
    "erasure-asked": "Request for deletion",
    "erasure-undone": "Deletion undone",
    "erased": "Erasure",
    "left": "Leaving noted",
    "kept": "Account kept",
    "rolled-over": "School year begun",
    "reported": "Report",
    "report-decided": "Report decided",
    "newsletters-chosen": "Newsletters by mail chosen",
    "mailing-begun": "Newsletter sent by mail",
    "mailing-stopped": "Newsletter by mail stopped",
    "mailing-resumed": "Newsletter by mail resumed",
    "details-changed": "Details corrected",
    "post-made": "Post begun",
    "post-changed": "Details of a post changed",
    "post-published": "Post published",
    "post-scheduled": "Post scheduled",
    "post-withdrawn": "Post withdrawn",
    "post-archived": "Post archived",
    "post-binned": "Post put into the bin",
    "post-restored": "Post brought back",
    "post-purged": "Post gone from the bin",
    "imported": "Content imported from files",
    "uploaded": "File added",
    "upload-deleted": "File deleted",
    "text-published": "Text published",
}
# Where it was done to somebody.
ABOUT_ONE = {"members-viewed": "looked at the page of", "slips-made": "made a slip for"}

CURSOR = re.compile(r"\d{8}T\d{12}Z", re.ASCII)


def may_see(viewer: Viewer, *, role: str, state: str, school_id: int | None) -> bool:
    """Whether a member's line and page are there for this viewer: leads have the pupils of their school."""
    if state == "erased":
        return False
    if viewer.role == "admin":
        return True
    return (
        viewer.role == "lead" and role == "member" and school_id is not None and school_id == viewer.school_id
    )


def may_do(viewer: Viewer, what: str, *, handle: str, state: str, by_mail: bool) -> bool:
    """Whether a viewer who sees the member may do this to them now; `by_mail`: they have an address."""
    if viewer.role != "admin" and what in FOR_ADMINS:
        return False
    if what in NOT_ON_ONESELF and handle == viewer.handle:
        return False
    if what == ROLE:
        # Nobody has the rights of staff while their account waits to be let in.
        return state != "pending"
    if what == SUSPENSION:
        # Not one that waits for approval: its reinstatement would be one.
        return state == "active"
    if what == REINSTATEMENT:
        return state == "suspended"
    if what in (LINK, SLIP):
        return state in ("active", "pending") and by_mail == (what == LINK)
    return True


def cursor(moment: datetime) -> str:
    """Where the next page of the log begins, as it stands in its address."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def from_cursor(text: str) -> datetime | None:
    """The moment of a cursor; None where it is none."""
    if not CURSOR.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def did(action: str, *, somebody: bool) -> str:
    """What was done, as it stands between who did it and, where there is `somebody`, to whom."""
    return (ABOUT_ONE if somebody else {}).get(action) or IN_WORDS.get(action, action)


def told(values: dict[str, object]) -> str:
    """What an entry keeps of a value before or after, in a line: `role: lead, state: active`.

    Of a door that was tried: `POST /console/members/<handle>/role`.
    """
    if values.keys() == {"rule", "method"}:
        return f"{values['method']} {values['rule']}"
    return ", ".join(f"{name}: {value}" for name, value in sorted(values.items()))
