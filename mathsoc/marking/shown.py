"""What a member is shown, and told aloud, of how an answer was read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape

from .results import Problem
from .syntax.latex import latex
from .syntax.mathml import NAMESPACE, mathml
from .syntax.printing import plain
from .syntax.spoken import spoken
from .syntax.tree import Node, symbols


@dataclass(frozen=True)
class Reading:
    """How the engine understood what was typed: a tree, or words for the kinds `text` and `choice`.

    It is printed only where it is asked for: most answers are marked again and again, and shown once.
    """

    ok: bool
    source: Node | str | None = None
    problem: Problem | None = None
    notes: tuple[str, ...] = ()
    region: bool = False  # an interval was asked for, so (1, 2) is no pair of numbers

    @cached_property
    def mathml(self) -> str:
        """Safe to put into a page as it is."""
        if isinstance(self.source, str):
            return f"<math {NAMESPACE}><mtext>{escape(self.source)}</mtext></math>"
        return "" if self.source is None else mathml(self.source)

    @cached_property
    def plain(self) -> str:
        """One line that may be typed again."""
        if self.source is None or isinstance(self.source, str):
            return self.source or ""
        return plain(self.source)

    @cached_property
    def latex(self) -> str:
        return "" if self.source is None or isinstance(self.source, str) else latex(self.source)

    @cached_property
    def spoken(self) -> str:
        """As a teacher reads it aloud."""
        if self.source is None or isinstance(self.source, str):
            return self.source or ""
        return spoken(self.source, region=self.region)

    @cached_property
    def variables(self) -> tuple[str, ...]:
        return () if self.source is None or isinstance(self.source, str) else symbols(self.source)
