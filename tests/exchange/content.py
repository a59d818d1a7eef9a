"""A society with something of everything, as files and back."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from mathsoc import richtext
from mathsoc.db import Database
from mathsoc.errors import Missing
from mathsoc.exchange.cli import read_all, write_all
from mathsoc.exchange.planned import Plan
from mathsoc.publishing.models import Post, PostSlug, PostTag
from mathsoc.uploads.models import Upload
from tests.support.world import World

PICTURE = "abcdefghij0123456789"


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    async def put(self, name: str, data: bytes) -> None:
        self.held[name] = data

    async def get(self, name: str) -> bytes:
        if name not in self.held:
            raise Missing
        return self.held[name]

    async def delete(self, name: str) -> None:
        self.held.pop(name, None)


def drawing() -> bytes:
    into = io.BytesIO()
    Image.effect_noise((40, 30), 60).convert("RGB").save(into, "JPEG", quality=86, optimize=True)
    return into.getvalue()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


async def brought(database: Database, store: Shelf, folder: Path, **given: Any) -> tuple[Plan, str]:
    out = io.StringIO()
    plan = await read_all(database, store, folder, out, **given)  # type: ignore[arg-type]
    return plan, out.getvalue()


async def sent(database: Database, store: Shelf, folder: Path) -> dict[str, bytes]:
    await write_all(database, store, folder, io.StringIO())  # type: ignore[arg-type]
    return tree(folder)


async def add_post(world: World, slug: str, **given: Any) -> Post:
    now = world.now
    post = Post(
        **{
            "kind": "article",
            "slug": slug,
            "title": slug.title(),
            "body": richtext.clean(rf"<p>About {slug}: \(x^2\)</p>"),
            "credit": "The Editors",
            "publish_at": now - timedelta(days=2),
            "created_at": now - timedelta(days=3),
            "updated_at": now - timedelta(days=2),
            "tags": [PostTag(tag="proof"), PostTag(tag="geometry")],
        }
        | given
    )
    async with world.database.writing() as session:
        session.add(post)
        await session.flush()
        session.add_all(PostSlug(kind=post.kind, slug=one, post_id=post.id) for one in {slug, f"old-{slug}"})
    return post


async def furnish(world: World, store: Shelf) -> None:
    """A society with something of everything."""
    store.held[PICTURE] = picture = drawing()
    async with world.database.writing() as session:
        session.add(
            Upload(
                public_id=PICTURE,
                kind="picture",
                media_type="image/jpeg",
                name="noise.jpg",
                size=len(picture),
                sha256=hashlib.sha256(picture).hexdigest(),
                width=40,
                height=30,
                created_at=world.now,
            )
        )
    shown = f'<p>Look:</p><img src="/uploads/{PICTURE}" alt="Noise" width="40" height="30">'
    await add_post(world, "primes", body=richtext.clean(shown))
    await add_post(world, "a-draft", publish_at=None, pinned=True, audience="staff")
    await add_post(world, "gone", kind="announcement", binned_at=world.now, expires_at=world.now)
    await add_post(world, "about", kind="page", tags=[])
    await add_post(world, "term", kind="newsletter", archived_at=world.now, credit="")
    box = {"kind": "number", "key": "12", "also": ["24/2"], "options": {"tolerance": {"absolute": 0.5}}}
    await world.add_challenge("one", box, {"kind": "text", "key": "a\tb", "attempt_limit": 2}, difficulty=3)
    await world.add_challenge("two", competition="cup", release_at=None, lock_at=None, practice=True)


POST = '+++\ntitle = "T"\naudience = "public"\n{}+++\nBody\n'
Break = Callable[[Path], object]


def at(path: str, content: str | bytes) -> Break:
    def write(folder: Path) -> None:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())

    return write
