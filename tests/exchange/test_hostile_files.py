"""Files that nobody should have written: refused with their line, and nothing is changed."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from mathsoc.errors import Refused
from mathsoc.exchange import rules
from mathsoc.publishing.models import Post
from tests.exchange.content import (
    PICTURE,
    POST,
    Break,
    Shelf,
    at,
    brought,
    drawing,
    furnish,
    sent,
)
from tests.support.world import World


def post(more: str) -> Break:
    return at("articles/x.html", POST.format(more))


def box(key: str) -> Break:
    return at("challenges/one.boxes.toml", f'[[boxes]]\nlabel = "a"\nkind = "number"\nkey = "{key}"\n')


OUT = "publish_at = 2026-01-02T00:00:00Z\n"
SHOWN = f'<img src="/uploads/{PICTURE}"'
STRANGER = '<img src="/uploads/zzzzzzzzzzzzzzzzzzzz" alt="a">'


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (at("articles/a..%2fx.html", POST), "is no file of an export"),
        (at("articles/x.exe", b"MZ"), "articles/x.exe: this is no file of an export"),
        (post('document = "../../etc/passwd"\n'), "x.html, line 4: document"),
        (post('old_slugs = ["../up"]\n'), "line 4: old_slugs"),
        (post("pinned = maybe\n"), "x.html, line 4: this is not TOML"),
        (post('pinned = "yes"\n'), "line 4: pinned: write true or false"),
        (post("color = 1\n"), "line 4: color is not known here"),
        (post("a = " + "[" * 5000 + "\n"), "articles/x.html"),
        (at("articles/x.html", POST.encode() + b"\xff"), "line 6: this is not UTF-8"),
        (at("articles/x.html", "<p>no front</p>"), "line 1: begin the file with a line"),
        (at("articles/x.html", b"+++\n" + b"a" * 1_100_000), "more than 1,000,000 bytes"),
        (at("articles/new.html", POST.format("")), "means something else in addresses"),
        (post('old_slugs = ["primes"]\n'), "primes is the address of articles/primes.html too"),
        (
            at("articles/x.html", POST.format("") + STRANGER),
            "is not here",
        ),
        (
            at("articles/x.html", POST.format(OUT) + f"<p>a</p>\n{SHOWN} alt=''>{SHOWN}>"),
            "x.html, line 8: say in alt",
        ),
        (at("challenges/one.solution.html", f"<p>a\n{SHOWN} alt=' '>"), "one.solution.html, line 2: say"),
        (
            lambda folder: (folder / "competitions/cup.html").open("a").write(f"{SHOWN}>\n"),
            "competitions/cup.html, line",
        ),
        (
            post('publish_at = "2026-01-02T00:00:00"\n'),
            "a moment with its zone",
        ),
        (
            at(
                "articles/x.html",
                POST.format("publish_at = 2026-01-02T00:00:00Z\nexpires_at = 2026-01-01T00:00:00Z\n"),
            ),
            "expires_at must be after publish_at",
        ),
        (
            box("1+"),
            "cannot be read",
        ),
        (
            at(
                "challenges/one.boxes.toml",
                '[[boxes]]\nlabel = "a"\nkind = "number"\nkey = "__import__(\'os\')"\n',
            ),
            "cannot be read",
        ),
        (at("challenges/none.solution.html", "x"), "there is no challenge for it"),
        (at("uploads/bbbbbbbbbbbbbbbbbbbb.png", b"x"), "add uploads/bbbbbbbbbbbbbbbbbbbb.toml"),
        (at(f"uploads/{PICTURE}.jpg", b"other"), "is kept with other content"),
        (lambda folder: (folder / "articles/x.html").symlink_to("/etc/passwd"), "this is a link"),
        (
            lambda folder: (
                os.rename(folder / "pages", folder / ".p"),
                (folder / "pages").symlink_to("/etc"),
            ),
            "no folder of its own",
        ),
        (lambda folder: os.mkfifo(folder / "articles/x.html"), "this is a link or no plain file"),
        (lambda folder: (folder / rules.MARKER).unlink(), "so it is no export"),
        (at(rules.MARKER, "format = 99"), "says format 99"),
        (at(rules.MARKER, f"format = {'9' * 5_000}"), "so it is no export"),
        (at(rules.MARKER, f"format = 0x{'f' * 5_000}"), "says no format"),
        (at(rules.MARKER, "a = " + "[" * 5_000), "so it is no export"),
        (post(f"pinned = {'9' * 5_000}\n"), "articles/x.html: there is a number in it that is far too long"),
        (
            at(
                "challenges/one.boxes.toml",
                '[[boxes]]\nlabel = "a"\nkind = "number"\nkey = "1"\n'
                f"[boxes.options]\ntolerance = 0x{'f' * 5_000}\n",
            ),
            "options: write a table of names and values",
        ),
        (post('publish_at = "8999-12-31T23:59:59-23:59"\n'), "line 4: publish_at: write a moment"),
        (post('publish_at = "0001-01-01T00:00:00+23:59"\n'), "line 4: publish_at: write a moment"),
        (post('publish_at = "9999-12-31T23:59:59-23:59"\n'), "line 4: publish_at: write a moment"),
        (at("articles/\x1b]0;owned\x07.exe", b"MZ"), r"articles/\x1b]0;owned\x07.exe: this is no file"),
        (at("articles/\udcff\u202e.exe", b"MZ"), r"articles/\udcff\u202e.exe: this is no file"),
    ],
)
async def test_hostile_files_change_nothing(
    world: World, store: Shelf, tmp_path: Path, harm: Break, told: str
) -> None:
    await furnish(world, store)
    folder = tmp_path / "a"
    await sent(world.database, store, folder)
    (folder / "articles/good.html").write_text(POST.format(""))
    held = dict(store.held)
    harm(folder)
    with pytest.raises(Refused) as refused:
        await brought(world.database, store, folder)
    assert told in str(refused.value)
    assert store.held == held
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 5


async def test_a_picture_that_is_none_is_not_kept_and_notes_are_taken_off(
    world: World, store: Shelf, tmp_path: Path
) -> None:
    await furnish(world, store)
    folder = tmp_path / "a"
    await sent(world.database, store, folder)
    name = "bbbbbbbbbbbbbbbbbbbb"
    at(f"uploads/{name}.toml", 'name = "x.jpg"\n')(folder)
    at(f"uploads/{name}.jpg", b"\xff\xd8\xff<script>")(folder)
    with pytest.raises(Refused, match=f"uploads/{name}.jpg"):
        await brought(world.database, store, folder)
    assert name not in store.held
    at(f"uploads/{name}.jpg", drawing() + b"<script>a polyglot</script>")(folder)
    await brought(world.database, store, folder)
    assert b"polyglot" not in store.held[name] and Image.open(io.BytesIO(store.held[name])).size == (40, 30)


async def test_a_draft_waits_for_the_words_of_its_pictures(
    world: World, store: Shelf, tmp_path: Path
) -> None:
    """Once it is out they must be there; what is there already and stays as it was is nobody's fault now."""
    await furnish(world, store)
    folder = tmp_path / "a"
    await sent(world.database, store, folder)
    draft, out = (POST.format(more) + SHOWN + ">\n" for more in ("", OUT))
    at("articles/x.html", draft)(folder)
    await brought(world.database, store, folder)
    at("articles/x.html", out)(folder)
    with pytest.raises(Refused, match=r"x\.html, line 7: say in alt"):
        await brought(world.database, store, folder)
    async with world.database.writing() as session:
        await session.execute(update(Post).where(Post.slug == "x").values(publish_at=world.now))
    await sent(world.database, store, folder)
    await brought(world.database, store, folder)
