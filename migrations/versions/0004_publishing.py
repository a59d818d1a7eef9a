"""Publishing: what officers write, its revisions and drafts, and the files that it shows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('picture', 'document')", name=op.f("ck_uploads_kind_known")),
        sa.CheckConstraint("size > 0", name=op.f("ck_uploads_size_positive")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["members.id"], name=op.f("fk_uploads_owner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["uploads.id"], name=op.f("fk_uploads_picture_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("public_id", name=op.f("uq_uploads_public_id")),
    )
    with op.batch_alter_table("uploads") as batch_op:
        batch_op.create_index(batch_op.f("ix_uploads_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_uploads_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_uploads_picture_id"), ["picture_id"], unique=False)

    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("credit", sa.String(length=120), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("binned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience IN ('public', 'members', 'staff')", name=op.f("ck_posts_audience_known")
        ),
        sa.CheckConstraint(
            "kind IN ('article', 'newsletter', 'announcement', 'page')", name=op.f("ck_posts_kind_known")
        ),
        sa.CheckConstraint(
            "expires_at IS NULL OR publish_at IS NULL OR publish_at < expires_at",
            name=op.f("ck_posts_expires_after"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_posts_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["document_id"], ["uploads.id"], name=op.f("fk_posts_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_posts_public_id")),
    )
    with op.batch_alter_table("posts") as batch_op:
        batch_op.create_index(batch_op.f("ix_posts_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_binned_at"), ["binned_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_document_id"), ["document_id"], unique=False)
        batch_op.create_index("ix_posts_kind_publish_at", ["kind", "publish_at"], unique=False)
        batch_op.create_index("ix_posts_publish_at", ["publish_at"], unique=False)

    op.create_table(
        "post_slugs",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_slugs_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "slug", name=op.f("pk_post_slugs")),
    )
    with op.batch_alter_table("post_slugs") as batch_op:
        batch_op.create_index(batch_op.f("ix_post_slugs_post_id"), ["post_id"], unique=False)

    op.create_table(
        "post_tags",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "tag", name=op.f("pk_post_tags")),
    )
    with op.batch_alter_table("post_tags") as batch_op:
        batch_op.create_index(batch_op.f("ix_post_tags_tag"), ["tag"], unique=False)

    op.create_table(
        "regions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("competition_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN post_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN challenge_id IS NULL THEN 0 ELSE 1 END) + "
            "(CASE WHEN competition_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_regions_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenges.id"], name=op.f("fk_regions_challenge_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["competition_id"],
            ["competitions.id"],
            name=op.f("fk_regions_competition_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_regions_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint("challenge_id", "field", name=op.f("uq_regions_challenge_id_field")),
        sa.UniqueConstraint("competition_id", "field", name=op.f("uq_regions_competition_id_field")),
        sa.UniqueConstraint("post_id", "field", name=op.f("uq_regions_post_id_field")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_drafts_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_drafts_region_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("region_id", "member_id", name=op.f("uq_drafts_region_id_member_id")),
    )
    with op.batch_alter_table("drafts") as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_member_id"), ["member_id"], unique=False)

    op.create_table(
        "presences",
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_presences_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_presences_region_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("region_id", "member_id", name=op.f("pk_presences")),
    )
    with op.batch_alter_table("presences") as batch_op:
        batch_op.create_index(batch_op.f("ix_presences_member_id"), ["member_id"], unique=False)

    op.create_table(
        "region_uploads",
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_region_uploads_region_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_region_uploads_upload_id")),
        sa.PrimaryKeyConstraint("region_id", "upload_id", name=op.f("pk_region_uploads")),
    )
    with op.batch_alter_table("region_uploads") as batch_op:
        batch_op.create_index(batch_op.f("ix_region_uploads_upload_id"), ["upload_id"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["members.id"], name=op.f("fk_revisions_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["regions.id"], name=op.f("fk_revisions_region_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("region_id", "number", name=op.f("uq_revisions_region_id_number")),
    )
    with op.batch_alter_table("revisions") as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_author_id"), ["author_id"], unique=False)

    with op.batch_alter_table("members") as batch_op:
        batch_op.add_column(
            sa.Column("keeps_credit", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("newsletters_since", sa.DateTime(timezone=True), nullable=True))
    # The default was for the rows that are there; what comes says it itself.
    with op.batch_alter_table("members") as batch_op:
        batch_op.alter_column("keeps_credit", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("members") as batch_op:
        batch_op.drop_column("newsletters_since")
        batch_op.drop_column("keeps_credit")

    with op.batch_alter_table("revisions") as batch_op:
        batch_op.drop_index(batch_op.f("ix_revisions_author_id"))

    op.drop_table("revisions")
    with op.batch_alter_table("region_uploads") as batch_op:
        batch_op.drop_index(batch_op.f("ix_region_uploads_upload_id"))

    op.drop_table("region_uploads")
    with op.batch_alter_table("presences") as batch_op:
        batch_op.drop_index(batch_op.f("ix_presences_member_id"))

    op.drop_table("presences")
    with op.batch_alter_table("drafts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_member_id"))

    op.drop_table("drafts")
    op.drop_table("regions")
    with op.batch_alter_table("post_tags") as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_tags_tag"))

    op.drop_table("post_tags")
    with op.batch_alter_table("post_slugs") as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_slugs_post_id"))

    op.drop_table("post_slugs")
    with op.batch_alter_table("posts") as batch_op:
        batch_op.drop_index("ix_posts_publish_at")
        batch_op.drop_index("ix_posts_kind_publish_at")
        batch_op.drop_index(batch_op.f("ix_posts_document_id"))
        batch_op.drop_index(batch_op.f("ix_posts_binned_at"))
        batch_op.drop_index(batch_op.f("ix_posts_author_id"))

    op.drop_table("posts")
    with op.batch_alter_table("uploads") as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploads_picture_id"))
        batch_op.drop_index(batch_op.f("ix_uploads_owner_id"))
        batch_op.drop_index(batch_op.f("ix_uploads_created_at"))

    op.drop_table("uploads")
