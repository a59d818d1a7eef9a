"""What is accepted about a school and its classes."""

from __future__ import annotations

from datetime import timedelta

from wtforms import BooleanField, Form, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from mathsoc.members.rules import is_email, normal_email
from mathsoc.web.forms import words

MOST_PLACES = 500
# How long a class's code holds, as it is chosen.
LASTS = {"1": "for a day", "14": "for two weeks", "90": "until the end of term (90 days)"}
USUAL = "14"
NO_EMAIL = "Enter a whole e-mail address, such as maths@school.example, or leave it empty."


def _number(typed: str | int | None) -> int | None:
    """A year as it is chosen; none where none is, and one that is no choice where it is no number."""
    text = str(typed or "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1


class SettingsForm(Form):  # type: ignore[misc]
    staff_contact = StringField(
        "Whom your pupils turn to",
        [Optional(), Length(max=200)],
        filters=[lambda typed: normal_email(typed or "")],
    )
    real_names = BooleanField("Pupils may be shown under their real names")

    def validate_staff_contact(self, field: StringField) -> None:
        if not is_email(field.data):
            raise ValidationError(NO_EMAIL)


class DomainForm(Form):  # type: ignore[misc]
    domain = StringField("E-mail domain", [InputRequired("Enter what comes after the @."), Length(max=260)])


class PlacesForm(Form):  # type: ignore[misc]
    places = IntegerField(
        "Number of places",
        [
            InputRequired(f"Enter a number from 1 to {MOST_PLACES}."),
            NumberRange(1, MOST_PLACES, f"A class has 1 to {MOST_PLACES} places."),
        ],
    )


class CodeForm(Form):  # type: ignore[misc]
    lasts = SelectField(
        "The code holds",
        choices=[SelectChoice(value, label) for value, label in LASTS.items()],
        default=USUAL,
    )

    @property
    def length(self) -> timedelta:
        return timedelta(days=int(self.lasts.data))


class ClassForm(CodeForm, PlacesForm):
    name = StringField(
        "Name of the class",
        [DataRequired("Enter a name, such as 10M."), Length(max=60, message="At most 60 letters.")],
        filters=[words],
    )
    year = SelectField("School year", coerce=_number, default="")

    def offer(self, years: list[int]) -> None:
        """The years that the society has a board for; none, where pupils say their own."""
        mixed = SelectChoice("", "several years")
        self.year.choices = [mixed, *(SelectChoice(one, f"Year {one}") for one in years)]
