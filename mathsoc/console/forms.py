"""What is accepted in the console."""

from __future__ import annotations

from wtforms import Form, StringField
from wtforms.validators import AnyOf

from mathsoc.members.models import ROLES

ROLE_WORDS = {
    "member": "Member: answers and scores",
    "lead": "Lead: helps the members of their own school",
    "editor": "Editor: writes challenges and sees keys",
    "admin": "Administrator: everything",
}


class RoleForm(Form):  # type: ignore[misc]
    role = StringField("Role", [AnyOf(ROLES, message="Choose one of the roles.")])
