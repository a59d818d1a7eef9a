"""What is accepted of somebody who joins."""

from __future__ import annotations

import unicodedata

from wtforms import Field, Form, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from mathsoc.accounts.forms import NewPasswordForm
from mathsoc.joining import names
from mathsoc.joining.queries import Way
from mathsoc.joining.rules import CODE_FAILS, LONGEST_NAME, NO_EMAIL
from mathsoc.members.rules import LONGEST_REAL_NAME
from mathsoc.web.forms import words

NO_NAME = "Enter your name, so that your teacher knows who you are."
TOO_LONG_A_NAME = f"A display name has at most {LONGEST_NAME} letters."


def _number(typed: str | int | None) -> int | None:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else None


def one_spelling(text: str | None) -> str:
    """A name in the plain form of its letters: no ligatures, no wide or raised ones."""
    return words(unicodedata.normalize("NFKC", text or ""))


def _has_letters(_form: Form, field: Field) -> None:
    if not any(letter.isalpha() for letter in field.data or ""):
        raise ValidationError(NO_NAME)


class AddressForm(Form):  # type: ignore[misc]
    email = StringField(
        "Your school e-mail address",
        [
            InputRequired("Enter the e-mail address that your school gave you."),
            Length(max=254, message=NO_EMAIL),
        ],
    )


class CodeForm(Form):  # type: ignore[misc]
    code = StringField(
        "The code that your teacher gave you",
        [InputRequired("Enter the code."), Length(max=60, message=CODE_FAILS)],
    )


class DetailsForm(NewPasswordForm):
    """Who joins. What the way in has settled (year, real name) is not asked."""

    code = HiddenField()
    real_name = StringField(
        "Your real name",
        [
            InputRequired(NO_NAME),
            _has_letters,
            Length(max=LONGEST_REAL_NAME, message=f"Use at most {LONGEST_REAL_NAME} letters."),
        ],
        filters=[words],
    )
    year = SelectField("Your school year", [InputRequired("Choose your year.")], coerce=_number)
    display_name = RadioField("Your display name", [InputRequired("Choose one of these names.")])
    wished_name = StringField(
        "Another display name",
        [Optional(), Length(max=LONGEST_NAME, message=TOO_LONG_A_NAME)],
        filters=[one_spelling],
    )

    def settle(self, way: Way, suggestions: list[str], years: list[int]) -> None:
        """Offer these names and years, and ask nothing that the way in has settled."""
        chosen = self.display_name.data or ""
        if names.is_ours(chosen) and chosen not in suggestions:
            suggestions = [chosen, *suggestions]
        self.display_name.choices = [SelectChoice(one, one) for one in suggestions]
        self.year.choices = [SelectChoice(one, f"Year {one}") for one in years]
        settled = {
            "year": way.year is not None,
            "real_name": bool(way.real_name),
        }
        if way.kind == "return":  # with a new password, no more
            settled = dict.fromkeys(("year", "real_name", "display_name", "wished_name"), True)
        for name in [one for one, known in settled.items() if known]:
            del self[name]
