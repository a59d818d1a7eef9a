"""What is accepted about one's own name and address."""

from __future__ import annotations

from wtforms import Form, RadioField, StringField
from wtforms.validators import InputRequired, Length

from mathsoc.accounts.forms import OwnPasswordForm
from mathsoc.joining.forms import one_spelling
from mathsoc.joining.rules import LONGEST_NAME


class NameForm(Form):  # type: ignore[misc]
    # Whether it was offered is asked of the generator: the page draws other names each time.
    display_name = RadioField(
        "A new name", [InputRequired("Choose one of these names.")], validate_choice=False, choices=[]
    )


class WishForm(Form):  # type: ignore[misc]
    wished_name = StringField(
        "Another name",
        [InputRequired("Enter the name that you would like."), Length(max=LONGEST_NAME)],
        filters=[one_spelling],
    )


class AddressForm(OwnPasswordForm):
    email = StringField(
        "New e-mail address", [InputRequired("Enter the new e-mail address."), Length(max=254)]
    )
