"""Alembic's side of mathsoc/schema.py, which brings the connection and holds the lock."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from mathsoc import schema
from mathsoc.db import Moment


def render_item(kind: str, item: Any, rendering: Any) -> str | bool:
    """A migration must not change its meaning with our code: our own types are written as plain ones."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.JSON):
        rendering.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Use `mathsoc migrate`, or `make migration` to write a new one; not alembic by itself.")
context.configure(
    connection=connection,
    target_metadata=schema.metadata(),
    render_as_batch=True,
    render_item=render_item,
    include_name=schema.compared,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
