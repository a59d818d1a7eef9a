"""How each database is asked for words: the same four answers from FTS5 and from PostgreSQL's full text."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, table
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.sql import column

from mathsoc.search.models import ACCENTED, BARE, SearchEntry
from mathsoc.search.rules import ANGLES, START, STOP, Query

WORDS_SHOWN = 28  # round a hit
HEADLINE_FROM = 20_000  # characters of a text that PostgreSQL is made to read again for its hits
_BARE = str.maketrans(ACCENTED, BARE)


class Matching(Protocol):
    """One database's way to match a query."""

    def joined(self, chosen: Select[Any]) -> Select[Any]:
        """The select of entries with whatever else it takes to match."""

    def matches(self) -> ColumnElement[bool]: ...

    def score(self) -> ColumnElement[Any]:
        """The lower the better."""

    def newest_first(self) -> ColumnElement[Any]: ...

    def title(self) -> ColumnElement[str]:
        """The title with its hits between START and STOP."""

    def excerpt(self) -> ColumnElement[str]:
        """The words round the hits, likewise."""


def for_dialect(name: str, query: Query) -> Matching:
    return Sqlite(query) if name == "sqlite" else PostgreSQL(query)


class Sqlite:
    """FTS5. Only letters and digits are ever within its quotation marks."""

    def __init__(self, query: Query) -> None:
        phrases = [f'"{" ".join(words)}"' for words in query.phrases]
        self._asked = " AND ".join(phrases) + ("*" if query.open_end else "")
        self._index: ColumnElement[Any] = literal_column("search_index")

    def joined(self, chosen: Select[Any]) -> Select[Any]:
        index = table("search_index", column("rowid"))
        return chosen.join(index, index.c.rowid == SearchEntry.id)

    def matches(self) -> ColumnElement[bool]:
        return self._index.op("MATCH", is_comparison=True)(self._asked)

    def score(self) -> ColumnElement[Any]:
        return func.bm25(self._index, 10.0, 4.0, 1.0)

    def newest_first(self) -> ColumnElement[Any]:
        # Of the index itself, which is walked through in this order.
        return literal_column("search_index.rowid").desc()

    def title(self) -> ColumnElement[str]:
        return func.highlight(self._index, 0, START, STOP)

    def excerpt(self) -> ColumnElement[str]:
        return func.snippet(self._index, 2, START, STOP, "…", WORDS_SHOWN)


class PostgreSQL:
    """`tsvector` in English. Only letters and digits are ever within the quotation marks of a tsquery."""

    def __init__(self, query: Query) -> None:
        self._query = _parsed(query, _BARE)
        # Shown texts keep their accents, so they are looked through for the word as typed and without.
        self._shown = self._query.op("||")(_parsed(query, {}))
        self._words: ColumnElement[Any] = literal_column("search_entries.words")

    def joined(self, chosen: Select[Any]) -> Select[Any]:
        return chosen

    def matches(self) -> ColumnElement[bool]:
        return self._words.op("@@", is_comparison=True)(self._query)

    def score(self) -> ColumnElement[Any]:
        return -func.ts_rank(self._words, self._query)

    def newest_first(self) -> ColumnElement[Any]:
        return SearchEntry.id.desc()

    def title(self) -> ColumnElement[str]:
        return self._headline(SearchEntry.title, "HighlightAll=true")

    def excerpt(self) -> ColumnElement[str]:
        around = (
            f'MaxFragments=2, MinWords=8, MaxWords={WORDS_SHOWN // 2}, ShortWord=0, FragmentDelimiter=" … "'
        )
        return self._headline(func.left(SearchEntry.body, HEADLINE_FROM), around)

    def _headline(self, text: Any, options: str) -> ColumnElement[str]:
        marks = f"StartSel={START}, StopSel={STOP}, {options}"
        return func.ts_headline(_english(), func.translate(text, "<>", ANGLES), self._shown, marks)


def _english() -> ColumnElement[Any]:
    return literal("english", REGCONFIG)


def _parsed(query: Query, letters: dict[int, int]) -> ColumnElement[Any]:
    phrases = [[f"'{word.translate(letters)}'" for word in words] for words in query.phrases]
    if query.open_end:
        phrases[-1][-1] += ":*"
    asked = " & ".join(f"({' <-> '.join(words)})" for words in phrases)
    return func.to_tsquery(_english(), asked)
