"""What the first start accepts."""

from __future__ import annotations

from wtforms import Form, PasswordField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from mathsoc.members.rules import LONGEST_EMAIL, is_email
from mathsoc.schools.rules import PRESETS, USUAL
from mathsoc.web.forms import words

NO_EMAIL = "Enter a whole e-mail address, such as name@school.example."


def _plain(text: str | None) -> str:
    return (text or "").strip()


def _email(_form: Form, field: StringField) -> None:
    if not is_email(field.data or ""):
        raise ValidationError(NO_EMAIL)


class AdminForm(Form):  # type: ignore[misc]
    """The code and one's own account: all that is asked where a society stands already."""

    code = StringField("One-time code", [DataRequired("Enter the code that the server printed.")])
    display_name = StringField(
        "Your name, as members see it",
        [DataRequired("Enter a name."), Length(max=60, message="At most 60 letters.")],
        filters=[words],
    )
    email = StringField(
        "Your e-mail address",
        [DataRequired("Enter your e-mail address."), Length(max=LONGEST_EMAIL), _email],
        filters=[_plain],
    )
    password = PasswordField("Your password", [DataRequired("Choose a password.")])


class SetupForm(AdminForm):
    """With the society."""

    society = StringField(
        "The society’s name",
        [DataRequired("Enter a name for the society."), Length(max=120, message="At most 120 letters.")],
        filters=[words],
    )
    staff_contact = StringField(
        "Staff contact",
        [DataRequired("Enter an e-mail address."), Length(max=200), _email],
        filters=[_plain],
    )
    stages = SelectField(
        "School years and their boards",
        choices=[SelectChoice(key, preset.label) for key, preset in PRESETS.items()],
        default=USUAL,
    )
    school = StringField("First school", [Length(max=120, message="At most 120 letters.")], filters=[words])
