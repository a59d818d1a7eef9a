"""What is accepted in the console."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from mathsoc.members.models import ROLES
from mathsoc.members.rules import LONGEST_REAL_NAME
from mathsoc.schools.models import SchoolClass
from mathsoc.web.forms import words

ROLE_WORDS = {
    "member": "Member: answers and scores",
    "lead": "Lead: helps the members of their own school",
    "editor": "Editor: writes challenges and sees keys",
    "admin": "Administrator: everything",
}


NO_NAME = "Enter the name that the school knows them by."
NO_YEAR = "Choose their year."
NO_CLASS = "Choose one of these classes, or none."


def _number(typed: str | int | None) -> int | None:
    """A year as it is chosen; none where none is, and one that is no choice where it is no number."""
    text = str(typed or "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1


class RoleForm(Form):  # type: ignore[misc]
    role = StringField("Role", [AnyOf(ROLES, message="Choose one of the roles.")])


class DetailsForm(Form):  # type: ignore[misc]
    """Who a member is at school. Offer years and classes first; whoever is not staff has a year."""

    real_name = StringField(
        "Real name",
        [
            DataRequired(NO_NAME),
            Length(max=LONGEST_REAL_NAME, message=f"Use at most {LONGEST_REAL_NAME} letters."),
        ],
        filters=[words],
    )
    year = SelectField("School year", coerce=_number, validate_choice=False)
    school_class = SelectField("Class", name="class", validate_choice=False)

    def offer(
        self, years: list[int], classes: Iterable[SchoolClass], *, own_year: int | None, staff: bool
    ) -> None:
        """Those of the society and of the school, with the year that they have, whatever it is."""
        offered = sorted({*years, *([own_year] if own_year is not None else [])})
        self.year.choices = [SelectChoice(one, f"Year {one}") for one in offered]
        # A society without years has nothing that could be chosen.
        if staff or not offered:
            self.year.choices.insert(0, SelectChoice("", "none"))
        elif own_year is None:
            self.year.choices.insert(0, SelectChoice("", "choose …"))
        self._years = {*offered, *([None] if staff or not offered else [])}
        self.school_class.choices = [
            SelectChoice("", "none"),
            *(SelectChoice(one.public_id, one.label) for one in classes),
        ]

    def validate_real_name(self, field: StringField) -> None:
        if not any(letter.isalpha() for letter in field.data or ""):
            raise ValidationError(NO_NAME)

    def validate_year(self, field: SelectField) -> None:
        if not field.raw_data or field.data not in self._years:
            raise ValidationError(NO_YEAR)

    def validate_school_class(self, field: SelectField) -> None:
        if not field.raw_data or field.data not in {one.value for one in field.choices}:
            raise ValidationError(NO_CLASS)
