"""What is decided about one's own account: pure."""

from __future__ import annotations

from collections.abc import Mapping

from mathsoc.joining import rules as joining
from mathsoc.members.rules import is_email

NO_EMAIL = "Enter a whole e-mail address, such as name@school.example."
NOT_YOURS = "This is no address of your school’s. Use the one that your school gave you."
SAME = "This is your address already."


def problem_with_address(
    email: str, *, now: str | None, staff: bool, school_id: int | None, domains: Mapping[str, int]
) -> str | None:
    """What is wrong with a new address, as `members.rules.normal_email` gives it; `now` is the present one.

    Pupils have an address of their own school, letter for letter; staff may have any.
    """
    if not is_email(email):
        return NO_EMAIL
    if email == now:
        return SAME
    if staff:
        return None
    if school_id is None or joining.school_of(email, domains) != school_id:
        return NOT_YOURS
    return joining.problem_with_address(email)
