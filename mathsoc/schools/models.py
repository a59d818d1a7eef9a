"""The society, its stages, its schools and their classes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mathsoc import ids
from mathsoc.db import Base


class Society(Base):
    """The one row of settings of the whole society."""

    __tablename__ = "society"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(120))
    strapline: Mapped[str] = mapped_column(String(200), default="")
    accent: Mapped[str] = mapped_column(String(20), default="#2f4bb8")
    staff_contact: Mapped[str] = mapped_column(String(200), default="")
    demo: Mapped[bool] = mapped_column(default=False)
    # The calendar year in which the school year began that pupils' years stand for; none before the first
    # roll-over.
    school_year: Mapped[int | None]


class Stage(Base):
    """A band of school years with its own board."""

    __tablename__ = "stages"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class YearStage(Base):
    """The society's map from school year to stage."""

    __tablename__ = "year_stages"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), index=True)


class School(Base):
    __tablename__ = "schools"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    # Whether pupils may be shown under their real names; otherwise those are refused as display names.
    real_names: Mapped[bool] = mapped_column(default=False)
    # Whom its members turn to; where there is nobody, the society's contact.
    staff_contact: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]

    domains: Mapped[list[SchoolDomain]] = relationship(lazy="raise")


class SchoolDomain(Base):
    """An e-mail domain whose addresses belong to the school; matched exactly, never by suffix."""

    __tablename__ = "school_domains"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id", ondelete="CASCADE"), index=True)


class SchoolClass(Base):
    """A teaching group; pupils join it by its code."""

    __tablename__ = "classes"
    __table_args__ = (UniqueConstraint("school_id", "name", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    year: Mapped[int | None]
    # Kept as it is typed on the board: whoever has it may join, until it is full, over or replaced.
    join_code: Mapped[str] = mapped_column(String(20), unique=True, default=ids.class_code)
    places: Mapped[int] = mapped_column(default=40)
    code_until: Mapped[datetime | None]

    @property
    def label(self) -> str:
        """As it is chosen from a list: two years may have a class of one name."""
        return self.name if self.year is None else f"{self.name}, year {self.year}"
