"""What stands around a text and is changed by one form: title, tags, credit, audience, when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mathsoc.publishing import rules
from mathsoc.publishing.models import Post


@dataclass(frozen=True)
class Details:
    """What stands around a text and is changed by one form."""

    title: str
    summary: str
    tags: tuple[str, ...]
    credit: str
    audience: str
    pinned: bool
    expires_at: datetime | None

    @property
    def mark(self) -> str:
        return rules.mark(self.told().values())

    def told(self) -> dict[str, str]:
        """By name, for the log and for whoever compares."""
        return {
            "title": self.title,
            "summary": self.summary,
            "tags": ", ".join(self.tags),
            "credit": self.credit,
            "audience": self.audience,
            "pinned": "yes" if self.pinned else "no",
            "expires_at": self.expires_at.isoformat() if self.expires_at else "",
        }


def details(post: Post) -> Details:
    """The details of a post whose tags are loaded."""
    tags = tuple(sorted(one.tag for one in post.tags))
    return Details(post.title, post.summary, tags, post.credit, post.audience, post.pinned, post.expires_at)
