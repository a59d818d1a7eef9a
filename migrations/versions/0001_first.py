"""The first schema: one function for each slice's tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# In the order in which they are made: each refers only to those before it.
TABLES = (
    "jobs",
    "schools",
    "society",
    "stages",
    "classes",
    "school_domains",
    "year_stages",
    "members",
    "sessions",
    "competitions",
    "competition_stages",
    "entries",
    "challenges",
    "answer_boxes",
    "attempts",
    "score_counts",
    "standings",
    "awards",
    "completions",
    "first_completions",
    "live_topics",
)


def upgrade() -> None:
    jobs()
    schools()
    members()
    competitions()
    challenges()
    submissions()
    scoring()
    live()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("progress", JSON, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("done_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("name", "subject", name="uq_jobs_name_subject"),
    )
    op.create_index("ix_jobs_due", "jobs", ["done_at", "due_at"])


def schools() -> None:
    op.create_table(
        "schools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schools"),
        sa.UniqueConstraint("name", name="uq_schools_name"),
        sa.UniqueConstraint("slug", name="uq_schools_slug"),
    )
    op.create_table(
        "society",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("strapline", sa.String(length=200), nullable=False),
        sa.Column("accent", sa.String(length=20), nullable=False),
        sa.Column("staff_contact", sa.String(length=200), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_society_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_society"),
    )
    op.create_table(
        "stages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stages"),
        sa.UniqueConstraint("slug", name="uq_stages_slug"),
    )
    op.create_table(
        "classes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("join_code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_classes_school_id"),
        sa.PrimaryKeyConstraint("id", name="pk_classes"),
        sa.UniqueConstraint("join_code", name="uq_classes_join_code"),
        sa.UniqueConstraint("public_id", name="uq_classes_public_id"),
        sa.UniqueConstraint("school_id", "name", "year", name="uq_classes_school_id_name_year"),
    )
    op.create_index("ix_classes_school_id", "classes", ["school_id"])
    op.create_table(
        "school_domains",
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name="fk_school_domains_school_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("domain", name="pk_school_domains"),
    )
    op.create_index("ix_school_domains_school_id", "school_domains", ["school_id"])
    op.create_table(
        "year_stages",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_year_stages_stage_id"),
        sa.PrimaryKeyConstraint("year", name="pk_year_stages"),
    )
    op.create_index("ix_year_stages_stage_id", "year_stages", ["stage_id"])


def members() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254)),
        sa.Column("password_hash", sa.String(length=200)),
        sa.Column("display_name", sa.String(length=60), nullable=False),
        sa.Column("real_name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("school_id", sa.Integer()),
        sa.Column("class_id", sa.Integer()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT),
        sa.CheckConstraint(
            "role IN ('member', 'lead', 'editor', 'admin')", name=op.f("ck_members_role_known")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'suspended', 'erased')", name=op.f("ck_members_state_known")
        ),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_members_class_id"),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_members_school_id"),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.UniqueConstraint("email", name="uq_members_email"),
        sa.UniqueConstraint("handle", name="uq_members_handle"),
    )
    op.create_index("ix_members_class_id", "members", ["class_id"])
    op.create_index("ix_members_school_id", "members", ["school_id"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_sessions_member_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("public_id", name="uq_sessions_public_id"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_member_id", "sessions", ["member_id"])


def competitions() -> None:
    op.create_table(
        "competitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT),
        sa.Column("freeze_at", MOMENT),
        sa.Column("archived_at", MOMENT),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("answers", sa.String(length=5), nullable=False),
        sa.Column("attempt_limit", sa.Integer(), nullable=False),
        sa.Column("completion_points", sa.Integer(), nullable=False),
        sa.Column("first_points", sa.Integer(), nullable=False),
        sa.CheckConstraint("answers IN ('own', 'any')", name=op.f("ck_competitions_answers_known")),
        sa.CheckConstraint(
            "visibility IN ('members', 'public')", name=op.f("ck_competitions_visibility_known")
        ),
        sa.CheckConstraint(
            "attempt_limit BETWEEN 1 AND 100", name=op.f("ck_competitions_attempt_limit_sane")
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR starts_at < ends_at", name=op.f("ck_competitions_ends_after_start")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_competitions"),
        sa.UniqueConstraint("slug", name="uq_competitions_slug"),
    )
    op.create_table(
        "competition_stages",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competitions.id"],
            name="fk_competition_stages_competition_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_competition_stages_stage_id"),
        sa.PrimaryKeyConstraint("competition_id", "stage_id", name="pk_competition_stages"),
    )
    op.create_index("ix_competition_stages_stage_id", "competition_stages", ["stage_id"])
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer()),
        sa.Column("school_id", sa.Integer()),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competitions.id"], name="fk_entries_competition_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_entries_member_id"),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_entries_school_id"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_entries_stage_id"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("competition_id", "member_id", name="uq_entries_competition_id_member_id"),
        sa.UniqueConstraint("public_id", name="uq_entries_public_id"),
    )
    op.create_index("ix_entries_member_id", "entries", ["member_id"])
    op.create_index("ix_entries_school_id", "entries", ["school_id"])
    op.create_index("ix_entries_stage_id", "entries", ["stage_id"])


def challenges() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer()),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("difficulty", sa.Integer()),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("release_at", MOMENT),
        sa.Column("lock_at", MOMENT),
        sa.Column("locked_at", MOMENT),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "lock_at IS NULL OR release_at IS NULL OR release_at < lock_at",
            name=op.f("ck_challenges_lock_after_release"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name="fk_challenges_author_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["competition_id"], ["competitions.id"], name="fk_challenges_competition_id"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_challenges_stage_id"),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sa.UniqueConstraint("slug", name="uq_challenges_slug"),
    )
    op.create_index("ix_challenges_author_id", "challenges", ["author_id"])
    op.create_index("ix_challenges_competition_id", "challenges", ["competition_id"])
    op.create_index("ix_challenges_release_at", "challenges", ["release_at"])
    op.create_index("ix_challenges_stage_id", "challenges", ["stage_id"])
    op.create_table(
        "answer_boxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("hint", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("also", JSON, nullable=False),
        sa.Column("key_revision", sa.Integer(), nullable=False),
        sa.Column("attempt_limit", sa.Integer()),
        sa.CheckConstraint(
            "kind IN ('number', 'expression', 'equation', 'inequality', 'set', 'sequence', "
            "'interval', 'matrix', 'text', 'choice')",
            name=op.f("ck_answer_boxes_kind_known"),
        ),
        sa.CheckConstraint(
            "attempt_limit IS NULL OR attempt_limit BETWEEN 1 AND 100",
            name=op.f("ck_answer_boxes_attempt_limit_sane"),
        ),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenges.id"], name="fk_answer_boxes_challenge_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answer_boxes"),
        sa.UniqueConstraint("public_id", name="uq_answer_boxes_public_id"),
    )
    op.create_index("ix_answer_boxes_challenge_id_position", "answer_boxes", ["challenge_id", "position"])


def submissions() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("key_revision", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(number IS NULL) = (outcome = 'undecided')", name=op.f("ck_attempts_charged_unless_undecided")
        ),
        sa.CheckConstraint(
            "outcome IN ('correct', 'incorrect', 'undecided')", name=op.f("ck_attempts_outcome_known")
        ),
        sa.CheckConstraint("number IS NULL OR number >= 1", name=op.f("ck_attempts_number_from_one")),
        sa.ForeignKeyConstraint(["box_id"], ["answer_boxes.id"], name="fk_attempts_box_id"),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenges.id"], name="fk_attempts_challenge_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_attempts_member_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.UniqueConstraint("member_id", "box_id", "number", name="uq_attempts_member_id_box_id_number"),
        sa.UniqueConstraint("member_id", "token", name="uq_attempts_member_id_token"),
        sa.UniqueConstraint("public_id", name="uq_attempts_public_id"),
    )
    op.create_index("ix_attempts_box_id", "attempts", ["box_id"])
    op.create_index("ix_attempts_challenge_id_recorded_at", "attempts", ["challenge_id", "recorded_at"])
    op.create_index(
        "uq_attempts_waiting",
        "attempts",
        ["member_id", "box_id"],
        unique=True,
        sqlite_where=sa.text("outcome = 'undecided'"),
        postgresql_where=sa.text("outcome = 'undecided'"),
    )


def scoring() -> None:
    op.create_table(
        "score_counts",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members >= 0", name=op.f("ck_score_counts_never_negative")),
        sa.ForeignKeyConstraint(
            ["competition_id"], ["competitions.id"], name="fk_score_counts_competition_id"
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_score_counts_stage_id"),
        sa.PrimaryKeyConstraint("competition_id", "stage_id", "score", name="pk_score_counts"),
    )
    op.create_index("ix_score_counts_stage_id", "score_counts", ["stage_id"])
    op.create_table(
        "standings",
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reached_at", MOMENT, nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["competition_id"], ["competitions.id"], name="fk_standings_competition_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_standings_member_id"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_standings_stage_id"),
        sa.PrimaryKeyConstraint("competition_id", "stage_id", "member_id", name="pk_standings"),
    )
    op.create_index(
        "ix_standings_board",
        "standings",
        ["competition_id", "stage_id", "listed", "score", "reached_at", "member_id"],
    )
    op.create_index("ix_standings_member_id", "standings", ["member_id"])
    op.create_index("ix_standings_stage_id", "standings", ["stage_id"])
    op.create_table(
        "awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("competition_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer()),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer()),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reverses_id", sa.Integer()),
        sa.Column("given_by_id", sa.Integer()),
        sa.Column("awarded_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind != 'manual' OR reason != ''", name=op.f("ck_awards_manual_has_a_reason")),
        sa.CheckConstraint(
            "kind != 'reversal' OR reverses_id IS NOT NULL", name=op.f("ck_awards_reversal_names_its_line")
        ),
        sa.CheckConstraint(
            "kind IN ('completion', 'first', 'manual', 'reversal')", name=op.f("ck_awards_kind_known")
        ),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenges.id"], name="fk_awards_challenge_id"),
        sa.ForeignKeyConstraint(["competition_id"], ["competitions.id"], name="fk_awards_competition_id"),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["members.id"], name="fk_awards_given_by_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_awards_member_id"),
        sa.ForeignKeyConstraint(["reverses_id"], ["awards.id"], name="fk_awards_reverses_id"),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name="fk_awards_school_id"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_awards_stage_id"),
        sa.PrimaryKeyConstraint("id", name="pk_awards"),
        sa.UniqueConstraint("public_id", name="uq_awards_public_id"),
        sa.UniqueConstraint("reverses_id", name="uq_awards_reverses_id"),
    )
    op.create_index("ix_awards_challenge_id", "awards", ["challenge_id"])
    op.create_index(
        "ix_awards_competition_id_stage_id_member_id", "awards", ["competition_id", "stage_id", "member_id"]
    )
    op.create_index("ix_awards_given_by_id", "awards", ["given_by_id"])
    op.create_index("ix_awards_member_id", "awards", ["member_id"])
    op.create_index("ix_awards_school_id", "awards", ["school_id"])
    op.create_index("ix_awards_stage_id", "awards", ["stage_id"])
    op.create_table(
        "completions",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenges.id"], name="fk_completions_challenge_id"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_completions_member_id"),
        sa.PrimaryKeyConstraint("challenge_id", "member_id", name="pk_completions"),
    )
    op.create_index("ix_completions_member_id", "completions", ["member_id"])
    op.create_table(
        "first_completions",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name="fk_first_completions_challenge_id"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_first_completions_member_id"),
        sa.PrimaryKeyConstraint("challenge_id", name="pk_first_completions"),
    )
    op.create_index("ix_first_completions_member_id", "first_completions", ["member_id"])


def live() -> None:
    op.create_table(
        "live_topics",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name="pk_live_topics"),
    )
