"""Newsletters by mail: which were sent, and to whom."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped", sa.String(length=10), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stopped IN ('', 'officer', 'withdrawn')", name=op.f("ck_mailings_stopped_known")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_mailings_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("post_id", name=op.f("uq_mailings_post_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mailings_public_id")),
    )
    with op.batch_alter_table("mailings") as batch_op:
        batch_op.create_index(batch_op.f("ix_mailings_begun_at"), ["begun_at"], unique=False)

    op.create_table(
        "mailing_recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("address_key", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'planned', 'taken', 'again', 'sent', 'failed', 'unsure', 'skipped')",
            name=op.f("ck_mailing_recipients_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"],
            ["mailings.id"],
            name=op.f("fk_mailing_recipients_mailing_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_mailing_recipients_member_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_recipients")),
        sa.UniqueConstraint(
            "mailing_id", "address_key", name=op.f("uq_mailing_recipients_mailing_id_address_key")
        ),
        sa.UniqueConstraint(
            "mailing_id", "member_id", name=op.f("uq_mailing_recipients_mailing_id_member_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_mailing_recipients_public_id")),
    )
    with op.batch_alter_table("mailing_recipients") as batch_op:
        batch_op.create_index("ix_mailing_recipients_mailing_id_state", ["mailing_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_mailing_recipients_member_id"), ["member_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mailing_recipients") as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailing_recipients_member_id"))
        batch_op.drop_index("ix_mailing_recipients_mailing_id_state")

    op.drop_table("mailing_recipients")
    with op.batch_alter_table("mailings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailings_begun_at"))

    op.drop_table("mailings")
