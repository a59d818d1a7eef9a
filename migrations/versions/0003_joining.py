"""Joining: slips, classes with places, reports, and what members ask for about their accounts."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DEFAULTS = {
    "classes": ["places"],
    "members": ["wished_name", "joined_by", "keeps_points"],
    "schools": ["real_names", "staff_contact"],
}


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.CheckConstraint("outcome IN ('', 'kept', 'removed')", name=op.f("ck_reports_outcome_known")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["members.id"], name=op.f("fk_reports_decided_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["members.id"], name=op.f("fk_reports_made_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reports_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reports_public_id")),
    )
    with op.batch_alter_table("reports") as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_member_id"), ["member_id"], unique=False)

    op.create_table(
        "slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("real_name", sa.String(length=120), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name=op.f("fk_slips_class_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["members.id"], name=op.f("fk_slips_made_by_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_slips_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_slips_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_slips_code_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_slips_public_id")),
    )
    with op.batch_alter_table("slips") as batch_op:
        batch_op.create_index(batch_op.f("ix_slips_class_id"), ["class_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slips_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slips_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slips_school_id"), ["school_id"], unique=False)

    with op.batch_alter_table("classes") as batch_op:
        batch_op.add_column(sa.Column("places", sa.Integer(), nullable=False, server_default=sa.text("'40'")))
        batch_op.add_column(sa.Column("code_until", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("mail_tokens") as batch_op:
        batch_op.alter_column("member_id", existing_type=sa.Integer(), nullable=True)
        batch_op.drop_constraint(batch_op.f("ck_mail_tokens_purpose_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_mail_tokens_purpose_known"), "purpose IN ('reset', 'verify', 'join')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_mail_tokens_joining_has_no_member"), "(purpose = 'join') = (member_id IS NULL)"
        )

    with op.batch_alter_table("members") as batch_op:
        batch_op.add_column(sa.Column("login_name", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("wished_name", sa.String(length=60), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(
            sa.Column("joined_by", sa.String(length=10), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erase_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("keeps_points", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.create_check_constraint(
            batch_op.f("ck_members_joined_by_known"), "joined_by IN ('', 'mail', 'class', 'slip')"
        )
        batch_op.add_column(sa.Column("name_key", sa.String(length=200), nullable=True))
        batch_op.create_index(batch_op.f("ix_members_erase_at"), ["erase_at"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_members_login_name"), ["login_name"])

    _tell_names_apart()
    with op.batch_alter_table("members") as batch_op:
        batch_op.create_unique_constraint(batch_op.f("uq_members_name_key"), ["name_key"])

    with op.batch_alter_table("schools") as batch_op:
        batch_op.add_column(sa.Column("real_names", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("staff_contact", sa.String(200), nullable=False, server_default=""))

    with op.batch_alter_table("society") as batch_op:
        batch_op.add_column(sa.Column("school_year", sa.Integer(), nullable=True))
    # The defaults were for the rows that are there; what comes says it itself.
    for table, columns in DEFAULTS.items():
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)


def _tell_names_apart() -> None:
    """Give each member the key of the display name; of several with one name the later get a number."""
    members = sa.table("members", *map(sa.column, ("id", "display_name", "name_key", "role", "state")))
    chosen = sa.select(members.c.id, members.c.display_name).where(
        members.c.role == "member", members.c.state != "erased"
    )
    taken: set[str] = set()
    for number, name in op.get_bind().execute(chosen.order_by(members.c.id)).all():
        own, count = name, 1
        while (key := _key(own)) in taken:
            count += 1
            own = f"{name[:50]} {count}"
        taken.add(key)
        values = {"display_name": own, "name_key": key}
        op.execute(members.update().where(members.c.id == number).values(values))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def downgrade() -> None:
    with op.batch_alter_table("society") as batch_op:
        batch_op.drop_column("school_year")

    with op.batch_alter_table("schools") as batch_op:
        batch_op.drop_column("staff_contact")
        batch_op.drop_column("real_names")

    with op.batch_alter_table("members") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_members_joined_by_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_members_login_name"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_members_name_key"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_members_erase_at"))
        batch_op.drop_column("name_key")
        batch_op.drop_column("keeps_points")
        batch_op.drop_column("erase_at")
        batch_op.drop_column("kept_at")
        batch_op.drop_column("told_at")
        batch_op.drop_column("left_at")
        batch_op.drop_column("joined_by")
        batch_op.drop_column("wished_name")
        batch_op.drop_column("login_name")

    op.execute("DELETE FROM mail_tokens WHERE purpose = 'join'")
    with op.batch_alter_table("mail_tokens") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mail_tokens_joining_has_no_member"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_mail_tokens_purpose_known"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_mail_tokens_purpose_known"), "purpose IN ('reset', 'verify')"
        )
        batch_op.alter_column("member_id", existing_type=sa.Integer(), nullable=False)

    with op.batch_alter_table("classes") as batch_op:
        batch_op.drop_column("code_until")
        batch_op.drop_column("places")

    with op.batch_alter_table("slips") as batch_op:
        batch_op.drop_index(batch_op.f("ix_slips_school_id"))
        batch_op.drop_index(batch_op.f("ix_slips_member_id"))
        batch_op.drop_index(batch_op.f("ix_slips_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_slips_class_id"))

    op.drop_table("slips")
    with op.batch_alter_table("reports") as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_member_id"))
        batch_op.drop_index(batch_op.f("ix_reports_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_reports_decided_by_id"))
        batch_op.drop_index(batch_op.f("ix_reports_created_at"))

    op.drop_table("reports")
