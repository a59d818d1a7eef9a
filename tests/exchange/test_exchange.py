"""All content as files and back: the same bytes, nothing lost, nothing half done."""

from __future__ import annotations

import io
import os
import stat
import string
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from mathsoc import demo, richtext
from mathsoc.challenges.models import AnswerBox, Challenge
from mathsoc.db import Database
from mathsoc.errors import Missing, Refused
from mathsoc.exchange import files, rules, shapes
from mathsoc.exchange.cli import read_all, write_all
from mathsoc.exchange.planned import Plan
from mathsoc.exchange.rules import Entry
from mathsoc.jobs import Job
from mathsoc.live.service import versions
from mathsoc.publishing.models import Post, PostSlug, PostTag
from mathsoc.submissions.models import Attempt
from mathsoc.uploads.models import Upload
from mathsoc.writing.models import Revision
from tests.support.run import Run
from tests.support.world import World, build

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


@pytest_asyncio.fixture(loop_scope="session")
async def other(run: Run, tmp_path: Path, database: Database, to_drop: list[str]) -> AsyncIterator[Database]:
    """An empty database of the same kind."""
    from mathsoc.config import database_url

    if database.sqlite:
        url = run.sqlite(tmp_path / "other.db")
    else:
        to_drop.append(run.postgres.create_migrated())
        url = database_url(to_drop[-1])
    made = Database(url)
    yield made
    await made.close()


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
                sha256=__import__("hashlib").sha256(picture).hexdigest(),
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


@pytest.fixture
def store() -> Shelf:
    return Shelf()


async def test_there_and_back_the_bytes_are_the_same(
    world: World, other: Database, store: Shelf, tmp_path: Path
) -> None:
    await furnish(world, store)
    first = await sent(world.database, store, tmp_path / "a")
    assert {"articles/primes.html", "challenges/one.boxes.toml", f"uploads/{PICTURE}.jpg"} <= set(first)
    told = b"\n".join(first.values())
    for private in (
        b"Real Alice",
        b"alice@northfield",
        b"Display Alice",
        world.now.isoformat()[:16].encode(),
    ):
        assert private not in told or private.startswith(b"20")
    elsewhere = Shelf()
    plan, words = await brought(other, elsewhere, tmp_path / "a")
    assert set(plan.what.values()) == {"create"} and "Keys of challenges" in words
    assert await sent(other, elsewhere, tmp_path / "b") == first
    assert elsewhere.held == store.held
    # Once more: all the same, nothing is written, not even a version.
    async with other.reading() as session:
        before = await versions(session, ["post:article/primes", "posts:article", "challenge:one"])
    plan, _ = await brought(other, elsewhere, tmp_path / "a")
    assert set(plan.what.values()) == {"same"}
    async with other.reading() as session:
        assert await versions(session, list(before)) == before
        assert min(before.values()) == 1
        planned = set(await session.scalars(select(Job.subject).where(Job.name == "index-for-search")))
        assert len([one for one in planned if one.startswith("post:")]) == 5


async def test_the_demo_there_and_back(
    database: Database, other: Database, store: Shelf, tmp_path: Path
) -> None:
    await demo.load(database)
    first = await sent(database, store, tmp_path / "a")
    await brought(other, Shelf(), tmp_path / "a")
    assert await sent(other, Shelf(), tmp_path / "b") == first
    assert len([path for path in first if path.endswith(".boxes.toml")]) >= 12
    assert b"@demo.example" not in b"".join(first.values())


LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
WORDS = st.text(LETTERS | st.just(" "), min_size=1, max_size=30)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
SLUGS = st.lists(
    st.text(string.ascii_lowercase + "0123456789", min_size=1, max_size=12), max_size=4, unique=True
)
PIECES = ["<p>", "</p>", "+++", "\n", "a", "&", "\\(x\\)", '"', "<b>", "é", "<"]
HTML = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORDS, WORDS, st.none() | MOMENT, SLUGS, st.lists(WORDS, max_size=4, unique=True), HTML)
def test_any_post_is_read_as_it_was_written(
    title: str, credit: str, moment: datetime | None, slugs: list[str], tags: list[str], body: str
) -> None:
    shape = shapes.shape_of("articles/x.html")
    assert shape is not None
    data: dict[str, Any] = {
        "title": title,
        "credit": credit,
        "audience": "public",
        "old_slugs": slugs,
        "tags": tags,
    }
    if moment is not None:
        data["publish_at"] = moment
    entry = Entry("articles/x.html", shapes.checked(data, shape), richtext.clean(body))
    raw = files.written(entry)
    assert files.parsed("articles/x.html", raw) == entry
    assert files.written(files.parsed("articles/x.html", raw)) == raw  # type: ignore[arg-type]


async def test_what_is_other_is_updated_and_nothing_is_lost(
    world: World, store: Shelf, tmp_path: Path
) -> None:
    await furnish(world, store)
    folder = tmp_path / "a"
    await sent(world.database, store, folder)
    article = folder / "articles/primes.html"
    article.write_text(article.read_text().replace("Look:", "See <script>alert(1)</script>"))
    article.rename(folder / "articles/prime-numbers.html")
    statement = folder / "challenges/one.html"
    statement.write_text(statement.read_text().replace("<p>Statement</p>", "<p>New words</p>"))
    (folder / "pages/rules.html").write_text(
        '+++\ntitle = "Rules"\naudience = "public"\nold_slugs = ["law"]\n+++\nBe fair.\n'
    )
    plan, words = await brought(world.database, store, folder, dry_run=True)
    assert "update  challenges/one.html" in words and "Nothing was changed: this was a dry run" in words
    assert {path: what for path, what in plan.what.items() if what != "same"} == {
        "articles/prime-numbers.html": "update",  # found by its former address
        "challenges/one.html": "update",
        "pages/rules.html": "create",
    }
    await brought(world.database, store, folder)
    async with world.database.reading() as session:
        post = (
            await session.scalars(select(Post).where(Post.title == "Primes").options(undefer(Post.body)))
        ).one()
        assert post.slug == "prime-numbers" and "script" not in post.body and "See" in post.body
        slugs = await session.scalars(select(PostSlug.slug).where(PostSlug.post_id == post.id))
        assert set(slugs) == {"primes", "old-primes", "prime-numbers"}
        assert post.updated_at > world.now - timedelta(days=1)
        texts = list(
            await session.scalars(select(Revision.text).order_by(Revision.region_id, Revision.number))
        )
        assert (
            any("Look:" in one for one in texts)
            and "<p>Statement</p>" in texts
            and "<p>New words</p>" in texts
        )
        moved = await versions(session, ["challenge:one", "challenge:two", "post:article/primes"])
        assert moved == {"challenge:one": 1, "challenge:two": 0, "post:article/primes": 1}
    plan, _ = await brought(world.database, store, folder)
    assert {path for path, what in plan.what.items() if what != "same"} <= {"articles/prime-numbers.html"}


async def test_a_key_that_was_answered_stays(world: World, store: Shelf, tmp_path: Path) -> None:
    await furnish(world, store)
    folder = tmp_path / "a"
    await sent(world.database, store, folder)
    boxes = folder / "challenges/one.boxes.toml"
    first = boxes.read_text()
    async with world.database.writing() as session:
        box = (await session.scalars(select(AnswerBox).where(AnswerBox.kind == "number"))).one()
        session.add(
            Attempt(
                member_id=world.members["alice"].id,
                challenge_id=box.challenge_id,
                box_id=box.id,
                number=1,
                token="t",
                answer="12",
                outcome="correct",
                method="exact",
                reason="",
                key_revision=1,
                received_at=world.now,
                recorded_at=world.now,
            )
        )
    for altered in (first.replace('"12"', '"13"'), first.replace("0.5", "0.25"), "boxes = []\n"):
        boxes.write_text(altered)
        with pytest.raises(Refused, match="has been answered"):
            await brought(world.database, store, folder)
    main = folder / "challenges/one.html"
    kept = main.read_text()
    boxes.write_text(first)
    main.write_text(kept.replace('"ladder"', '"cup"'))
    with pytest.raises(Refused, match="stays in its competition"):
        await brought(world.database, store, folder)
    main.write_text(kept)
    # Its words may change, and so may the key of the other box.
    boxes.write_text(first.replace("Box 0", "How many?").replace('"a\\tb"', '"abc"'))
    await brought(world.database, store, folder)
    async with world.database.reading() as session:
        rows = select(AnswerBox.label, AnswerBox.key, AnswerBox.key_revision).join(Challenge)
        found = {tuple(row) for row in await session.execute(rows.where(Challenge.slug == "one"))}
    assert found == {("How many?", "12", 1), ("Box 1", "abc", 2)}


POST = '+++\ntitle = "T"\naudience = "public"\n{}+++\nBody\n'
Break = Callable[[Path], object]


def at(path: str, content: str | bytes) -> Break:
    def write(folder: Path) -> None:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def post(more: str) -> Break:
    return at("articles/x.html", POST.format(more))


def box(key: str) -> Break:
    return at("challenges/one.boxes.toml", f'[[boxes]]\nlabel = "a"\nkind = "number"\nkey = "{key}"\n')


def links_a_folder(folder: Path) -> None:
    os.rename(folder / "pages", folder / ".pages")
    (folder / "pages").symlink_to("/etc")


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


async def test_files_are_taken_out_again_when_the_rows_are_not_written(
    world: World, other: Database, store: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await furnish(world, store)
    await sent(world.database, store, tmp_path / "a")

    async def broken(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr("mathsoc.exchange.service.search.plan", broken)
    empty = Shelf()
    with pytest.raises(RuntimeError):
        await brought(other, empty, tmp_path / "a")
    assert empty.held == {}
    async with other.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Post)) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_folder_of_somebody_elses_is_left_alone(world: World, store: Shelf, tmp_path: Path) -> None:
    foreign = tmp_path / "home"
    foreign.mkdir()
    (foreign / "thesis.tex").write_text("years of work")
    with pytest.raises(Refused, match="holds something else"):
        await sent(world.database, store, foreign)
    with pytest.raises(Refused, match="not a folder"):
        await sent(world.database, store, foreign / "thesis.tex")
    await furnish(world, store)
    folder = tmp_path / "a"
    first = await sent(world.database, store, folder)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes == {0o700, 0o600}
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text("mine")
    (folder / "articles/stale.html").write_text("of an older export")
    assert await sent(world.database, store, folder) == first | {".git/config": b"mine"}
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match=r"notes\.txt besides"):
        await sent(world.database, store, folder)
    (folder / "notes.txt").unlink()
    store.held.clear()
    with pytest.raises(Refused, match="not in UPLOAD_DIR"):
        await sent(world.database, store, folder)
    assert tree(folder) == first | {".git/config": b"mine"}
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_commands(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import asyncio

    from mathsoc.__main__ import main
    from tests.support.serving import plain

    await build(database)
    monkeypatch.setenv("DATABASE_URL", plain(database.url))
    monkeypatch.setenv("MATHSOC_ENV", "testing")
    monkeypatch.setenv("SECRET_KEY", "only-for-tests")
    monkeypatch.setenv("UPLOAD_DIR", str(tmp_path / "uploads"))
    folder = str(tmp_path / "a")
    assert await asyncio.to_thread(main, ["export", folder]) == 0
    assert "keys" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["import", folder, "--dry-run"]) == 0
    assert "dry run" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["import", str(tmp_path)]) == 1
    assert "it is no export" in capsys.readouterr().err
