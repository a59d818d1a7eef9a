"""What is searched: the words of a thing, and beside them what the database itself makes of those words."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Connection, ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc.db import Base

PARTS = ("text", "solution")
LONGEST = 100_000  # characters; what a tsvector can hold even of a text without any repeated word

# Letters that are found without their accent, on PostgreSQL, where SQLite's tokenizer does it by itself; and
# signs that its parser would take for a part of an address, a path or a tag.
ACCENTED = (
    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮį"
    "İĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽž-+./:@_=&?#~<>"
)
BARE = (
    "AAAAAACEEEEIIIINOOOOOUUUUYaaaaaaceeeeiiiinooooouuuuyyAaAaAaCcCcCcCcDdEeEeEeEeEeGgGgGgGgHhIiIiIiIi"
    "IJjKkLlLlLlNnNnNnOoOoOoRrRrRrSsSsSsSsTtTtUuUuUuUuUuUuWwYyYZzZzZz              "
)


class SearchEntry(Base):
    """The words of a post, a challenge (its worked solution apart) or a competition.

    Who may find it is never written here: a search asks the thing itself, at that moment. A migration that
    has this table made anew (batch_alter_table on SQLite) must make the triggers anew too.
    """

    __tablename__ = "search_entries"
    __table_args__ = (
        CheckConstraint(f"part IN {PARTS}", name="part_known"),
        CheckConstraint(
            " + ".join(
                f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)"
                for name in ("post_id", "challenge_id", "competition_id")
            )
            + " = 1",
            name="one_owner",
        ),
        UniqueConstraint("post_id", "part"),
        UniqueConstraint("challenge_id", "part"),
        UniqueConstraint("competition_id", "part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    challenge_id: Mapped[int | None] = mapped_column(ForeignKey("challenges.id", ondelete="CASCADE"))
    competition_id: Mapped[int | None] = mapped_column(ForeignKey("competitions.id", ondelete="CASCADE"))
    part: Mapped[str] = mapped_column(String(10), default="text")
    # In the order of their weight.
    title: Mapped[str] = mapped_column(String(150))
    labels: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")


def _words(column: str) -> str:
    return f"to_tsvector('english'::regconfig, translate({column}, '{ACCENTED}', '{BARE}'))"


# Neither Alembic nor SQLAlchemy knows these; `schema.compared` leaves them out where the two are compared.
POSTGRESQL = (
    "ALTER TABLE search_entries ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    f"setweight({_words('title')}, 'A') || setweight({_words('labels')}, 'B') || {_words('body')}) STORED",
    "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)",
)
_NEW = (
    "INSERT INTO search_index (rowid, title, labels, body) VALUES (new.id, new.title, new.labels, new.body)"
)
_OLD = (
    "INSERT INTO search_index (search_index, rowid, title, labels, body)"
    " VALUES ('delete', old.id, old.title, old.labels, old.body)"
)
SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(title, labels, body, content='search_entries',"
    " content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
    f"CREATE TRIGGER search_entries_insert AFTER INSERT ON search_entries BEGIN {_NEW}; END",
    f"CREATE TRIGGER search_entries_delete AFTER DELETE ON search_entries BEGIN {_OLD}; END",
    f"CREATE TRIGGER search_entries_update AFTER UPDATE ON search_entries BEGIN {_OLD}; {_NEW}; END",
)


@event.listens_for(SearchEntry.__table__, "after_create")
def _make_full_text(_table: object, connection: Connection, **_: object) -> None:
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


@event.listens_for(SearchEntry.__table__, "before_drop")
def _drop_full_text(_table: object, connection: Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE search_index")
