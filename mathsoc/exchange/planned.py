"""A plan: the files of an import as they are meant, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mathsoc.exchange.queries import Content
from mathsoc.exchange.rules import POSTS, Entry

CREATE, UPDATE, SAME = "create", "update", "same"


@dataclass
class Plan:
    """The files as they are meant, what there is, and what becomes of each."""

    entries: dict[str, Entry]
    uploads: dict[str, bytes]
    there: Content
    what: dict[str, str] = field(default_factory=dict)

    def before(self, path: str) -> Entry | None:
        """The entry as it is there now, if it is; a post also by an address that it had, or will have had."""
        entry = self.entries[path]
        kind = POSTS.get(entry.folder)
        if kind is not None:
            slugs = (entry.name, *entry.data["old_slugs"])
            addresses = self.there.addresses
            path = next((addresses[kind, slug] for slug in slugs if (kind, slug) in addresses), path)
        return self.there.entries.get(path)

    def changes(self, *paths: str) -> bool:
        return any(self.what.get(path, SAME) != SAME for path in paths)

    def of(self, folder: str, ending: str = ".html") -> Iterator[Entry]:
        """The entries of a folder; with ".html" only those that stand for a thing."""
        for path, entry in self.entries.items():
            if (
                entry.folder == folder
                and path.endswith(ending)
                and entry.name + ending == path.rpartition("/")[2]
            ):
                yield entry
