"""What a test's own requests ask of the database, without what the application does meanwhile by itself.

Jobs and the live hub look at the database every second or two, in tasks that began before the test's.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy import event

from mathsoc.db import Database


@dataclass(eq=False)
class Asked:
    """Statements in their order, and how many connections are out."""

    statements: list[str] = field(default_factory=list)
    held: int = 0

    def clear(self) -> None:
        self.statements.clear()


WATCHING: ContextVar[Asked | None] = ContextVar("watching", default=None)


def watch(database: Database) -> Asked:
    """Note from now on what this task, and tasks that it begins, ask of the database."""
    asked = Asked()
    WATCHING.set(asked)
    engine = database.engine.sync_engine

    def ours() -> bool:
        return WATCHING.get() is asked

    def moved(by: int) -> None:
        asked.held += by if ours() else 0

    event.listen(engine, "before_cursor_execute", lambda *a: ours() and asked.statements.append(a[2]))
    event.listen(engine.pool, "checkout", lambda *_: moved(1))
    event.listen(engine.pool, "checkin", lambda *_: moved(-1))
    return asked
