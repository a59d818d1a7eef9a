"""What is accepted about accounts."""

from __future__ import annotations

from wtforms import BooleanField, Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from mathsoc.accounts.rules import LONGEST, TOO_LONG, normal


def _password(label: str, missing: str) -> PasswordField:
    def spelt(typed: str | None) -> str:
        return normal(typed or "")

    return PasswordField(
        label, [InputRequired(missing), Length(max=LONGEST, message=TOO_LONG)], filters=[spelt]
    )


class LoginForm(Form):  # type: ignore[misc]
    email = StringField(
        "E-mail or sign-in name",
        [InputRequired("Enter your e-mail address or sign-in name."), Length(max=254)],
    )
    password = _password("Password", "Enter your password.")
    remember = BooleanField("Stay signed in on this device")
    next = HiddenField()


class ForgotForm(Form):  # type: ignore[misc]
    email = StringField("E-mail", [InputRequired("Enter your e-mail address."), Length(max=254)])


class NewPasswordForm(Form):  # type: ignore[misc]
    new_password = _password("New password", "Choose a new password.")


class OwnPasswordForm(Form):  # type: ignore[misc]
    current_password = _password("Your password now", "Enter the password that you have now.")


class PasswordForm(OwnPasswordForm, NewPasswordForm):
    """One's own password, and the one in its place."""
