"""What is accepted of those who publish."""

from __future__ import annotations

from wtforms import BooleanField, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from mathsoc.publishing import rules
from mathsoc.web.forms import words

KINDS = {
    "article": "An article",
    "newsletter": "A newsletter",
    "announcement": "An announcement",
    "page": "A page of the society",
}
AUDIENCES = {
    "public": "Everybody",
    "members": "Members who are signed in",
    "staff": "Staff",
}


def _at_most(number: int) -> Length:
    return Length(max=number, message=f"At most {number} letters.")


def _title() -> StringField:
    return StringField(
        "Title", [DataRequired(rules.NO_TITLE), _at_most(rules.LONGEST_TITLE)], filters=[words]
    )


class NewForm(Form):  # type: ignore[misc]
    kind = SelectField("What it is", choices=[SelectChoice(value, text) for value, text in KINDS.items()])
    title = _title()


class DetailsForm(Form):  # type: ignore[misc]
    title = _title()
    summary = StringField("Summary", [Optional(), _at_most(rules.LONGEST_SUMMARY)], filters=[words])
    tags = StringField("Tags", [Optional(), _at_most(400)], filters=[words])
    credit = StringField("By", [Optional(), _at_most(rules.LONGEST_CREDIT)], filters=[words])
    audience = SelectField(
        "Who may read it", choices=[SelectChoice(value, text) for value, text in AUDIENCES.items()]
    )
    pinned = BooleanField("On top of the home page and of lists")
    # As it was typed: which moment that is, the society's zone decides (mathsoc.moments).
    expires_at = StringField("Hide from", [Optional(), Length(max=40)])

    def validate_tags(self, field: StringField) -> None:
        found = rules.tags_of(field.data or "")
        if len(found) > rules.MOST_TAGS:
            raise ValidationError(f"At most {rules.MOST_TAGS} tags.")
        if any(len(one) > rules.LONGEST_TAG for one in found):
            raise ValidationError(f"A tag has at most {rules.LONGEST_TAG} letters.")
