"""Who may use each URL rule: one table, read by the guard here and by the tests.

A rule says who may come to the door; which things they find behind it is decided where things are
loaded (through the viewer: the thing, or 404).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Protocol
from urllib.parse import quote

from quart import Quart, Response, current_app, g, request

from mathsoc.errors import Forbidden, SignedOut
from mathsoc.web.api import wants_problem
from mathsoc.web.pages import see, wants_fragment


class Right(Enum):
    ANYONE = "anyone"
    MEMBER = "any signed-in member"
    COMPETITOR = "an approved member who is not staff"
    STAFF = "editors and admins"
    PEOPLE = "leads (for their own school) and admins"
    TEAM = "leads, editors and admins"
    ADMIN = "admins"


class Viewed(Protocol):
    """What the guard needs to know of the viewer."""

    @property
    def role(self) -> str: ...

    @property
    def state(self) -> str: ...


RIGHTS: dict[str, Right] = {
    "static": Right.ANYONE,
    "operations.healthz": Right.ANYONE,
    "operations.readyz": Right.ANYONE,
    "live.live": Right.ANYONE,
    "home.show": Right.ANYONE,
    "accounts.login_form": Right.ANYONE,
    "accounts.login": Right.ANYONE,
    "accounts.logout": Right.ANYONE,
    "recovery.forgot_form": Right.ANYONE,
    "recovery.forgot": Right.ANYONE,
    "recovery.reset_form": Right.ANYONE,
    "recovery.reset": Right.ANYONE,
    "joining.register_form": Right.ANYONE,
    "joining.register": Right.ANYONE,
    "joining.join_by_code": Right.ANYONE,
    "joining.link": Right.ANYONE,
    "joining.join_by_mail": Right.ANYONE,
    "privacy.notice": Right.ANYONE,
    "privacy.about_export": Right.MEMBER,
    "privacy.download": Right.MEMBER,
    "privacy.about_deletion": Right.MEMBER,
    "privacy.delete": Right.MEMBER,
    "privacy.undo": Right.MEMBER,
    "reports.form": Right.MEMBER,
    "reports.make": Right.MEMBER,
    "decisions.index": Right.PEOPLE,
    "decisions.decide": Right.PEOPLE,
    "roll_over.show": Right.ADMIN,
    "roll_over.begin": Right.ADMIN,
    "retention.index": Right.PEOPLE,
    "retention.keep": Right.PEOPLE,
    "retention.leaving": Right.PEOPLE,
    "retention.stays": Right.PEOPLE,
    "mailings.show": Right.STAFF,
    "mailings.begin": Right.STAFF,
    "mailings.stop": Right.STAFF,
    "mailings.resume": Right.STAFF,
    "mailings.repeat": Right.STAFF,
    "newsletters_by_mail.choose": Right.MEMBER,
    "newsletters_by_mail.about_ending": Right.ANYONE,  # the token in a mail is the right
    "newsletters_by_mail.end": Right.ANYONE,
    "profile.show": Right.MEMBER,
    "profile.attempts": Right.MEMBER,
    "profile.stand_on_boards": Right.MEMBER,
    "names.form": Right.MEMBER,
    "names.choose": Right.MEMBER,
    "names.wish": Right.MEMBER,
    "names.withdraw": Right.MEMBER,
    "addresses.form": Right.MEMBER,
    "addresses.ask": Right.MEMBER,
    "addresses.link": Right.MEMBER,
    "addresses.change": Right.MEMBER,
    "profile.sessions": Right.MEMBER,
    "profile.end_session": Right.MEMBER,
    "profile.end_other_sessions": Right.MEMBER,
    "profile.password_form": Right.MEMBER,
    "profile.change_password": Right.MEMBER,
    "second_factor.code_form": Right.ANYONE,
    "second_factor.code": Right.ANYONE,
    "second_factor.show": Right.MEMBER,
    "second_factor.start": Right.MEMBER,
    "second_factor.confirm_app": Right.MEMBER,
    "second_factor.recovery_codes": Right.MEMBER,
    "second_factor.removal": Right.MEMBER,
    "setup.form": Right.ANYONE,  # and 404 once there is an administrator
    "setup.save": Right.ANYONE,
    "members.show": Right.ANYONE,  # and 404 to the public, which learns of nobody
    "competitions.index": Right.ANYONE,
    "competitions.show": Right.ANYONE,
    "challenges.index": Right.ANYONE,
    "challenges.show": Right.ANYONE,
    "submissions.reading": Right.MEMBER,
    "submissions.send": Right.MEMBER,
    "leaderboards.index": Right.ANYONE,
    "leaderboards.show": Right.ANYONE,
    "leaderboards.own_place": Right.ANYONE,
    "search.show": Right.ANYONE,
    "feeds.feed": Right.ANYONE,
    "feeds.shelf_feed": Right.ANYONE,
    "feeds.calendar": Right.ANYONE,
    "feeds.site_map": Right.ANYONE,
    "feeds.robots": Right.ANYONE,
    "console.index": Right.TEAM,
    "console.log": Right.ADMIN,
    "console.kept": Right.ADMIN,
    "console.kept_message": Right.ADMIN,
    "people.index": Right.PEOPLE,
    "people.export": Right.PEOPLE,
    "people.show": Right.PEOPLE,
    "people.details": Right.PEOPLE,
    "people.role": Right.ADMIN,
    "people.suspension": Right.PEOPLE,
    "people.reinstatement": Right.PEOPLE,
    "people.end_sessions": Right.PEOPLE,
    "people.remove_second_factor": Right.ADMIN,
    "people.make_reset_link": Right.PEOPLE,
    "people.make_slip": Right.PEOPLE,
    "school_admin.index": Right.PEOPLE,
    "school_admin.show": Right.PEOPLE,
    "school_admin.settings": Right.PEOPLE,
    "school_admin.add_domain": Right.ADMIN,
    "school_admin.remove_domain": Right.ADMIN,
    "school_admin.add_class": Right.PEOPLE,
    "school_admin.show_class": Right.PEOPLE,
    "school_admin.new_code": Right.PEOPLE,
    "school_admin.close_code": Right.PEOPLE,
    "school_admin.places": Right.PEOPLE,
    "slips.show": Right.PEOPLE,
    "slips.template": Right.PEOPLE,
    "slips.export": Right.PEOPLE,
    "slips.check": Right.PEOPLE,
    "slips.renewal": Right.PEOPLE,
    "slips.withdrawal": Right.PEOPLE,
    "joining_staff.index": Right.PEOPLE,
    "joining_staff.approvals": Right.PEOPLE,
    "joining_staff.approval": Right.PEOPLE,
    "joining_staff.refusal": Right.PEOPLE,
    "joining_staff.name": Right.PEOPLE,
    "uploads.show": Right.ANYONE,  # and 404 to whoever may read nothing that shows the file
    "uploads.send": Right.STAFF,
    "files.index": Right.STAFF,
    "files.removal": Right.STAFF,
    "maths_api.openapi": Right.ANYONE,
    "maths_api.validate": Right.STAFF,
    "maths_api.equivalent": Right.STAFF,
    "maths_api.normalise": Right.STAFF,
    "publishing.index": Right.ANYONE,
    "publishing.show": Right.ANYONE,  # and 404 to whoever may not read it
    "publishing.about": Right.ANYONE,  # likewise
    "posts.index": Right.STAFF,
    "posts.new_form": Right.STAFF,
    "posts.make": Right.STAFF,
    "posts.publish": Right.STAFF,
    "posts.step": Right.STAFF,
    "posts.document": Right.STAFF,
    "posts.remove_document": Right.STAFF,
    "posts.bin": Right.STAFF,
    "post_details.form": Right.STAFF,
    "post_details.save": Right.STAFF,
    "writing.edit": Right.STAFF,
    "writing.region": Right.STAFF,
    "writing.publish": Right.STAFF,
    "writing.preview": Right.STAFF,
    "drafts.keep": Right.STAFF,
    "drafts.dispose": Right.STAFF,
    "drafts.presence": Right.STAFF,
    "revisions.index": Right.STAFF,
    "revisions.restore": Right.STAFF,
    "formulas.formula": Right.STAFF,
}


def allows(right: Right, viewer: Viewed | None) -> bool:
    """Whether this viewer passes; suspended and erased accounts never are viewers."""
    if right is Right.ANYONE:
        return True
    if viewer is None:
        return False
    return {
        Right.MEMBER: True,
        Right.COMPETITOR: viewer.role == "member" and viewer.state == "active",
        Right.STAFF: viewer.role in ("editor", "admin"),
        Right.PEOPLE: viewer.role in ("lead", "admin"),
        Right.TEAM: viewer.role in ("lead", "editor", "admin"),
        Right.ADMIN: viewer.role == "admin",
    }[right]


def install(app: Quart) -> None:
    app.before_request(_guard)


def on_denied(app: Quart, function: Callable[[], Awaitable[None]]) -> None:
    """Call `function` in each request of somebody signed in who is refused by the table."""
    app.extensions.setdefault("on_denied", []).append(function)


def check_complete(app: Quart) -> None:
    """Stop the start when a URL rule has no row; so an unlisted rule cannot ship."""
    missing = {rule.endpoint for rule in app.url_map.iter_rules()} - RIGHTS.keys()
    if missing:
        raise LookupError(f"no row in mathsoc.web.rights for: {', '.join(sorted(missing))}")


async def _guard() -> Response | None:
    if request.endpoint is None or allows(RIGHTS[request.endpoint], g.get("viewer")):
        return None
    if g.get("viewer") is None:
        if request.method == "GET" and not (wants_fragment() or wants_problem()):
            return see(f"/login?next={quote(request.path)}")
        raise SignedOut
    for function in current_app.extensions.get("on_denied", []):
        await function()
    raise Forbidden(f"This is for {RIGHTS[request.endpoint].value}.")
