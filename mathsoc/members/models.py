"""Members and their signed-in sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mathsoc import ids
from mathsoc.db import Base
from mathsoc.members import rules
from mathsoc.schools.models import School, SchoolClass

ROLES = ("member", "lead", "editor", "admin")
JOINED_BY = ("", "mail", "class", "slip")
STATES = ("pending", "active", "suspended", "erased")


class Member(Base):
    """Somebody with an account. `year` decides the stage; staff have none."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role_known"),
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint(f"joined_by IN {JOINED_BY}", name="joined_by_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    # Kept in lower case, so that uniqueness does not depend on how it was typed.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # What one signs in with who has no address: made by us, and no name.
    login_name: Mapped[str | None] = mapped_column(String(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    # Made from it at each flush, so that no name is given twice; see `rules.name_key`.
    name_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    # The display name that was asked for, until staff have answered; others see `display_name` meanwhile.
    wished_name: Mapped[str] = mapped_column(String(60), default="")
    real_name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(10), default="member")
    state: Mapped[str] = mapped_column(String(10), default="pending")
    # Opted out of every leaderboard.
    hidden: Mapped[bool] = mapped_column(default=False)
    year: Mapped[int | None]
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"), index=True)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("classes.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    # How the account came: "mail", "class", "slip"; nothing, where staff made it.
    joined_by: Mapped[str] = mapped_column(String(10), default="")
    # When they left school; retention counts from here.
    left_at: Mapped[datetime | None]
    # When retention told them that the account will be erased.
    told_at: Mapped[datetime | None]
    # When staff said that it stays; being away counts from here too.
    kept_at: Mapped[datetime | None]
    # When the account will be erased because its owner asked for it, and whether the points stay.
    erase_at: Mapped[datetime | None] = mapped_column(index=True)
    keeps_points: Mapped[bool] = mapped_column(default=True)
    # Whether their name stays on what they wrote when the account goes.
    keeps_credit: Mapped[bool] = mapped_column(default=False)
    # Since when they have asked for newsletters by mail; None: not asked for.
    newsletters_since: Mapped[datetime | None]
    # The shared secret of the authenticator app; it counts from `totp_since` on, when a first code was right.
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_since: Mapped[datetime | None]
    # Its successor while a new app is being enrolled; the old one counts until the first right code of this.
    totp_new_secret: Mapped[str | None] = mapped_column(String(64))
    # The last time step whose code was used: each code signs in once.
    totp_step: Mapped[int | None]

    school: Mapped[School | None] = relationship(lazy="raise")
    school_class: Mapped[SchoolClass | None] = relationship(lazy="raise")

    @property
    def listed(self) -> bool:
        """Whether they stand on boards; `rules.listed` of this row."""
        return rules.listed(self.role, self.state, self.hidden, self.erase_at is not None)

    @property
    def ends_at(self) -> datetime | None:
        """When the account will be erased, where its owner has asked for it or retention has told them."""
        told = self.told_at + rules.NOTICE if self.told_at is not None else None
        return self.erase_at or told


@event.listens_for(Member, "before_insert")
@event.listens_for(Member, "before_update")
def _keep_name_key(_mapper: object, _connection: object, member: Member) -> None:
    # Before an insert the columns' defaults are not there yet.
    member.name_key = rules.name_key(member.display_name, member.role or "member", member.state or "pending")


class LoginSession(Base):
    """A signed-in browser. The cookie carries a random token; only its hash is kept here."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # When the password was last given in this session; changes to the account ask for it again.
    fresh_at: Mapped[datetime]
    # A session that still waits for the second factor signs nobody in.
    waits_for_code: Mapped[bool] = mapped_column(default=False)
    # Whether the browser keeps the cookie when it closes.
    remembered: Mapped[bool] = mapped_column(default=False)
    # "Firefox on Android": enough to know one's own browsers by.
    device: Mapped[str] = mapped_column(String(60), default="")

    member: Mapped[Member] = relationship(lazy="raise")
