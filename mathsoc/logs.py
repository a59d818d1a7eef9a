"""Logging: one line per event, and nothing in it that somebody typed."""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback

from mathsoc.errors import MathsocError

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """`2026-11-22T10:00:00Z INFO mathsoc.live message`, with control characters escaped.

    `messages` keeps the text of every exception. Without it only our own and the system's are kept: those of
    libraries quote their input, which may be an answer, a name or a token.
    """

    def __init__(self, *, messages: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime
        self._messages = messages

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line; the exception anew, for another handler may have kept it in full."""
        record.exc_text = None
        return CONTROL.sub(lambda found: repr(found.group())[1:-1], super().format(record))

    def formatException(self, ei: object) -> str:
        """The exception and its causes, each with its place in our code: newest last, joined in one line."""
        error = ei[1] if isinstance(ei, tuple) else None
        parts: list[str] = []
        while isinstance(error, BaseException) and len(parts) < 5:
            parts.append(self._one(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return " | because of ".join(parts)

    def _one(self, error: BaseException) -> str:
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        places = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
        named = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        text = f": {error}" if self._messages or isinstance(error, MathsocError | OSError) else ""
        return f"{named}{text} [{places}]"


def set_up(*, messages: bool, level: int = logging.INFO) -> None:
    """Send every logger to standard error in one-line form.

    `messages` as in OneLine: True in development, False in production.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine(messages=messages))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What hypercorn says at start is the launcher's to say.
    logging.getLogger("hypercorn.error").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
