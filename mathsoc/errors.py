"""Our own errors: each says what happened in words for the person who meets it."""

from __future__ import annotations


class MathsocError(Exception):
    """The root of every error that is ours."""


class ConfigError(MathsocError):
    """A setting that cannot be used; the start stops with this one line."""


class Refused(MathsocError):
    """A change that the rules do not allow; `field` names the form field at fault, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Busy(MathsocError):
    """The server could not do it just now and nothing was changed; answered as 503, try again."""


class TooMany(MathsocError):
    """Too often in a short time; answered as 429 with `retry_after`, the seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class Missing(MathsocError):
    """There is no such thing for this viewer; answered as 404 whatever the reason."""


class SignedOut(MathsocError):
    """The page was open longer than its session; answered as 403 with a way to sign in beside it."""


class Forbidden(MathsocError):
    """The viewer is known and may not do this; answered as 403 with the reason."""
