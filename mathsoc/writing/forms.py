"""What is accepted of somebody who edits a text."""

from __future__ import annotations

from wtforms import Form, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from mathsoc.web.forms import words
from mathsoc.writing.rules import LONGEST_NOTE

HIGHEST = 2**31 - 1  # of a number that a column keeps


class TextForm(Form):  # type: ignore[misc]
    """The text, the revision that it was begun from, what was done to it, and the draft that was known."""

    text = TextAreaField("Text", default="")
    base = IntegerField("Begun from", [NumberRange(0, HIGHEST, "Open the editor again.")], default=0)
    note = StringField(
        "What you changed",
        [Optional(), Length(max=LONGEST_NOTE, message=f"At most {LONGEST_NOTE} letters.")],
        filters=[words],
    )
    draft = StringField("Your draft", [Length(max=20, message="Open the editor again.")], default="")
