"""The heads of our mails: lines that the standard library would break are left whole."""

from __future__ import annotations

from email import policy
from email.headerregistry import HeaderRegistry, UniqueUnstructuredHeader
from email.policy import Policy


class _Whole(UniqueUnstructuredHeader):
    """An address that programs follow: broken into encoded words, none of them would read it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_registry = HeaderRegistry()
_registry.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]
POLICY = policy.default.clone(header_factory=_registry)
