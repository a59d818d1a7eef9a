"""Search: the words of what is read, and what each database makes of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Neither database's full text is known to SQLAlchemy, so each is told in its own words.
ACCENTED = (
    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵ"
    "ĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽž-+./:@_=&?#~<>"
)
BARE = (
    "AAAAAACEEEEIIIINOOOOOUUUUYaaaaaaceeeeiiiinooooouuuuyyAaAaAaCcCcCcCcDdEeEeEeEeEeGgGgGgGgHhIiIiIiIiIJj"
    "KkLlLlLlNnNnNnOoOoOoRrRrRrSsSsSsSsTtTtUuUuUuUuUuUuWwYyYZzZzZz              "
)


def words(column: str) -> str:
    return f"to_tsvector('english'::regconfig, translate({column}, '{ACCENTED}', '{BARE}'))"


POSTGRESQL = (
    "ALTER TABLE search_entries ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    f"setweight({words('title')}, 'A') || setweight({words('labels')}, 'B') || {words('body')}) STORED",
    "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)",
)
NEW = "INSERT INTO search_index (rowid, title, labels, body) VALUES (new.id, new.title, new.labels, new.body)"
OLD = (
    "INSERT INTO search_index (search_index, rowid, title, labels, body)"
    " VALUES ('delete', old.id, old.title, old.labels, old.body)"
)
SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(title, labels, body, content='search_entries',"
    " content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
    f"CREATE TRIGGER search_entries_insert AFTER INSERT ON search_entries BEGIN {NEW}; END",
    f"CREATE TRIGGER search_entries_delete AFTER DELETE ON search_entries BEGIN {OLD}; END",
    f"CREATE TRIGGER search_entries_update AFTER UPDATE ON search_entries BEGIN {OLD}; {NEW}; END",
)


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("competition_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("part IN ('text', 'solution')", name=op.f("ck_search_entries_part_known")),
        sa.CheckConstraint(
            "(CASE WHEN post_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN challenge_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN competition_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_search_entries_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenges.id"],
            name=op.f("fk_search_entries_challenge_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competitions.id"],
            name=op.f("fk_search_entries_competition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_search_entries_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("challenge_id", "part", name=op.f("uq_search_entries_challenge_id_part")),
        sa.UniqueConstraint("competition_id", "part", name=op.f("uq_search_entries_competition_id_part")),
        sa.UniqueConstraint("post_id", "part", name=op.f("uq_search_entries_post_id_part")),
    )
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_index")
    op.drop_table("search_entries")
