"""Signing in (links by mail, second factor, first start), the audit log, kept mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_mail")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kept_mail_public_id")),
    )
    op.create_table(
        "setup_code",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_setup_code_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_code")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["members.id"], name=op.f("fk_audit_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit") as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "mail_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('reset', 'verify')", name=op.f("ck_mail_tokens_purpose_known")),
        sa.ForeignKeyConstraint(["made_by_id"], ["members.id"], name=op.f("fk_mail_tokens_made_by_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_mail_tokens_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_tokens_token_hash")),
    )
    with op.batch_alter_table("mail_tokens") as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_tokens_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_tokens_member_id"), ["member_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_recovery_codes_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    with op.batch_alter_table("recovery_codes") as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_member_id"), ["member_id"], unique=False)

    op.create_table(
        "audit_details",
        sa.Column("entry_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit.id"], name=op.f("fk_audit_details_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_details")),
    )
    with op.batch_alter_table("members") as batch_op:
        batch_op.add_column(sa.Column("totp_secret", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_new_secret", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("totp_step", sa.Integer(), nullable=True))

    # Sessions know more from here on; everybody signs in once more, and nobody's browser is guessed at.
    op.execute("DELETE FROM sessions")
    with op.batch_alter_table("sessions", recreate="always" if _sqlite() else "auto") as batch_op:
        batch_op.add_column(sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=False))
        batch_op.add_column(sa.Column("waits_for_code", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("remembered", sa.Boolean(), nullable=False))
        batch_op.add_column(sa.Column("device", sa.String(length=60), nullable=False))
    _append_only()


def downgrade() -> None:
    if not _sqlite():
        op.execute("DROP FUNCTION append_only() CASCADE")
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_column("device")
        batch_op.drop_column("remembered")
        batch_op.drop_column("waits_for_code")
        batch_op.drop_column("fresh_at")

    with op.batch_alter_table("members") as batch_op:
        batch_op.drop_column("totp_step")
        batch_op.drop_column("totp_new_secret")
        batch_op.drop_column("totp_since")
        batch_op.drop_column("totp_secret")

    op.drop_table("audit_details")
    with op.batch_alter_table("recovery_codes") as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_member_id"))

    op.drop_table("recovery_codes")
    with op.batch_alter_table("mail_tokens") as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_tokens_made_by_id"))
        batch_op.drop_index(batch_op.f("ix_mail_tokens_member_id"))

    op.drop_table("mail_tokens")
    with op.batch_alter_table("audit") as batch_op:
        batch_op.drop_index("ix_audit_subject")
        batch_op.drop_index(batch_op.f("ix_audit_at"))
        batch_op.drop_index(batch_op.f("ix_audit_actor_id"))
        batch_op.drop_index(batch_op.f("ix_audit_action"))

    op.drop_table("audit")
    op.drop_table("setup_code")
    op.drop_table("kept_mail")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _append_only() -> None:
    """The audit log takes new lines and refuses every change of an old one, whoever asks."""
    if _sqlite():
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is only ever added to'; END $$"
    )
    for what, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER audit_no_{what.split()[0].lower()} BEFORE {what} ON audit "
            f"FOR EACH {each} EXECUTE FUNCTION append_only()"
        )
