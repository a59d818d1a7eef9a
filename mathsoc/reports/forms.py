"""What is accepted of somebody who reports something."""

from __future__ import annotations

from wtforms import Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from mathsoc.reports import rules
from mathsoc.web.forms import words


class ReportForm(Form):  # type: ignore[misc]
    reason = RadioField(
        "What is wrong with it?",
        [InputRequired("Choose what is wrong with it.")],
        choices=[SelectChoice(value, label) for value, label in rules.REASONS.items()],
    )
    more = StringField(
        "Anything that your teachers should know",
        [Optional(), Length(max=rules.LONGEST_WORDS, message=f"At most {rules.LONGEST_WORDS} letters.")],
        filters=[words],
    )
