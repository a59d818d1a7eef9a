"""Sending a file, reading it, the list: who may, what is answered, what is left behind."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quart import Quart
from sqlalchemy import delete, func, select, update

from mathsoc import clock
from mathsoc.audit import Action, AuditEntry
from mathsoc.challenges.models import Challenge
from mathsoc.errors import Busy, Refused
from mathsoc.publishing.models import Post, PostSlug
from mathsoc.uploads import rules, service
from mathsoc.uploads.models import Upload
from mathsoc.uploads.store import Folder
from mathsoc.web.security import CONTENT_SECURITY_POLICY, WITH_FRAMES, with_frames
from mathsoc.writing.models import Draft, Region, RegionUpload
from tests.support.asked import watch
from tests.support.world import HTMX, World, already_signed_in
from tests.uploads.files import SCRIPT, locked_pdf, noted, pdf, picture, png, send

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WHO = ("anonymous", "alice", "bob", "carol", "ada")


@pytest_asyncio.fixture(loop_scope="session")
async def carol(app: Quart, world: World) -> TestClientProtocol:
    return await already_signed_in(app, world, "carol")


@pytest_asyncio.fixture(loop_scope="session")
async def clients(app: Quart, world: World) -> dict[str, TestClientProtocol]:
    signed_in = {name: await already_signed_in(app, world, name) for name in WHO[1:]}
    return {"anonymous": app.test_client()} | signed_in


async def rows(world: World) -> list[Upload]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Upload).order_by(Upload.id)))


def kept(app: Quart) -> set[str]:
    """Every file in the folder, whole or half."""
    folder: Folder = app.extensions["uploads"]
    return set(os.listdir(folder.path)) if folder.path.exists() else set()


async def agree(app: Quart, world: World) -> int:
    """Each row has its file of its size, and each file its row; how many there are."""
    found = await rows(world)
    assert kept(app) == {one.public_id for one in found}
    for one in found:
        assert len(await app.extensions["uploads"].get(one.public_id)) == one.size
    return len(found)


async def sent(world: World, client: TestClientProtocol, data: bytes, name: str = "a.png") -> Upload:
    """Sent through the form; the row of it."""
    status, text = await send(client, data, name)
    assert status == 200, text
    return next(one for one in await rows(world) if one.public_id in text)


async def statuses(clients: dict[str, TestClientProtocol], upload: Upload) -> list[int]:
    return [(await clients[who].get(f"/uploads/{upload.public_id}")).status_code for who in WHO]


async def test_a_picture_is_sent_and_stands_in_a_fragment(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    status, text = await send(carol, noted("JPEG"), "../../etc/passwd\u202egpj.exe")
    (made,) = await rows(world)
    image = f'<img src="/uploads/{made.public_id}" width="30" height="40" alt="">'
    assert (status, text.strip()) == (200, image)
    assert (made.name, made.media_type, made.kind) == ("passwd gpj.jpg", "image/jpeg", "picture")
    assert made.owner_id == world.members["carol"].id and await agree(app, world) == 1
    reply = await carol.get(f"/uploads/{made.public_id}")
    assert b"Camera" not in await reply.get_data()
    async with world.database.reading() as session:
        noted_down = await session.scalars(select(AuditEntry.action).where(AuditEntry.action == "uploaded"))
        assert len(noted_down.all()) == 1


@ONCE
async def test_a_pdf_is_kept_as_it_is_with_its_words_and_its_first_page(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    data = pdf(2, "Prime")
    made = await sent(world, carol, data, "Hello “World”;.pdf")
    async with world.database.reading() as session:
        (shown,) = [await service.queries.document(session, made.id)]
        assert shown is not None and shown.picture is not None
        assert (shown.upload.text, shown.upload.pages) == ("Prime 1\n\nPrime 2", 2)
        assert (shown.picture.width, shown.picture.height) == (848, 1200)
    reply = await carol.get(f"/uploads/{made.public_id}")
    assert await reply.get_data() == data
    headers = reply.headers
    assert headers["Content-Type"] == "application/pdf" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert headers["Cache-Control"] == "private, no-cache" and "Cookie" in headers["Vary"]
    named = "filename=\"Hello _World_.pdf\"; filename*=UTF-8''Hello%20%E2%80%9CWorld%E2%80%9D.pdf"
    assert headers["Content-Disposition"] == f"inline; {named}"
    saved = await carol.get(f"/uploads/{made.public_id}?download=1")
    assert saved.headers["Content-Disposition"] == f"attachment; {named}"
    page = await carol.get(f"/uploads/{shown.picture.public_id}")
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    again = await carol.get(f"/uploads/{made.public_id}", headers={"If-None-Match": headers["ETag"]})
    assert again.status_code == 304 and not await again.get_data()
    for name in ("Content-Security-Policy", "Cache-Control", "ETag"):
        assert again.headers[name] == headers[name]
    assert (await carol.head(f"/uploads/{made.public_id}")).status_code == 200
    assert await agree(app, world) == 2


@ONCE
@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.png", rules.EMPTY),
        (SCRIPT, "a.png", rules.UNKNOWN),
        (b"<svg><script>alert(1)</script></svg>", "a.svg", "SVG drawings are not taken"),
        (b"<?xml version='1.0'?><svg/>", "a.png", "SVG drawings are not taken"),
        (png(10_000, 10_000), "a.png", "10,000 × 10,000 pixels"),
        (picture()[:50], "a.png", "broken or cut off"),
        (pdf()[:300], "a.pdf", "broken or cut off"),
        (locked_pdf(), "a.pdf", "locked with a password"),
        (pdf(201), "a.pdf", "201 pages"),
        (picture() + bytes(rules.PICTURE_BYTES), "a.png", "at most 10 MB"),
    ],
)
async def test_what_is_refused_is_refused_in_words_and_leaves_nothing(
    app: Quart, world: World, carol: TestClientProtocol, data: bytes, name: str, words: str
) -> None:
    for plain in (False, True):
        status, text = await send(carol, data, name, plain=plain)
        assert status == 422 and words in text and 'class="error"' in text
        assert ("<html" in text) is plain
    assert await agree(app, world) == 0


@ONCE
async def test_the_bytes_say_what_it_is_and_no_name_does_harm(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    long = "a" * rules.LONGEST_NAME
    for data, name, kept_as in (
        (picture("JPEG"), "a.pdf", "a.jpg"),
        (pdf(), "evil.html", "evil.pdf"),
        (picture("PNG") + SCRIPT, "x.html.js", "x.png"),
        (picture("GIF"), "....//....//..\\..\\a.php%00.gif", "a.php 00.png"),
        (picture(), "..", "picture.png"),
        (picture(), "\u202e\u200b", "picture.png"),
        (picture(), "a" * 500, f"{long}.png"),
        (picture(), "Über π.png", "Über π.png"),
    ):
        assert (await sent(world, carol, data, name)).name == kept_as
    assert await agree(app, world) == 9


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('x"\r\nSet-Cookie: a=b.png', "x Set-Cookie a=b.pdf"),
        ("C:\\Users\\Alice\\n.PDF", "n.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("a\x00b.pdf", "a b.pdf"),
        ("", "document.pdf"),
    ],
)
def test_a_name_is_words_and_an_ending(name: str, shown: str) -> None:
    assert rules.safe_name(name, "application/pdf") == shown
    coded = rules.disposition(shown, download=True)
    assert coded.isascii() and coded.isprintable() and coded.count('"') == 2


async def test_who_is_not_staff_sends_nothing(app: Quart, world: World) -> None:
    for name in ("alice", "bob", "anonymous"):
        client = app.test_client() if name == "anonymous" else await already_signed_in(app, world, name)
        assert (await send(client, picture()))[0] == 403, name
    assert await agree(app, world) == 0


@ONCE
async def test_a_form_without_a_file_or_with_too_large_a_one(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    for form in ({}, {"file": "text"}):
        reply = await carol.post("/console/uploads", form=form, headers=HTMX)
        assert reply.status_code == 422 and rules.NOTHING in (await reply.get_data()).decode()
    assert (await send(carol, b"%PDF-" + bytes(rules.BODY)))[0] == 413
    status, text = await send(carol, b"%PDF-" + bytes(rules.DOCUMENT_BYTES))
    assert status == 422 and "at most 25 MB" in text
    assert await agree(app, world) == 0


@ONCE
@pytest.mark.parametrize("reason", [rules.FULL, rules.AWAY])
async def test_a_store_that_fails_is_told_and_leaves_neither_row_nor_file(
    app: Quart, world: World, carol: TestClientProtocol, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    """The second of two files: the first, which was put already, is taken out again."""
    put, calls = Folder.put, []

    async def fails(self: Folder, name: str, data: bytes) -> None:
        calls.append(name)
        if len(calls) % 2 == 0:
            raise Busy(reason)
        await put(self, name, data)

    monkeypatch.setattr(Folder, "put", fails)
    for plain in (False, True):
        status, text = await send(carol, pdf(), "a.pdf", plain=plain)
        assert (status, len(calls) % 2) == (503, 0) and reason in text
    assert await agree(app, world) == 0


@ONCE
async def test_the_society_has_a_quota(
    app: Quart, world: World, carol: TestClientProtocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (await sent(world, carol, picture())).size
    monkeypatch.setattr(rules, "QUOTA", 2 * size + 10)
    ada = await already_signed_in(app, world, "ada")
    answers = await asyncio.gather(*(send(one, picture()) for one in (carol, ada, carol, ada)))
    assert sorted(status for status, _ in answers) == [200, 422, 422, 422]
    assert any("Delete what is not used" in text for _, text in answers)
    assert await agree(app, world) == 2
    page = (await (await carol.get("/console/uploads")).get_data()).decode()
    assert f'max="{2 * size + 10}"' in page and f'value="{2 * size}"' in page


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_many_who_take_the_last_room_at_once_one_does(
    app: Quart, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = [await service.prepare(picture(), "a") for _ in range(6)]
    monkeypatch.setattr(rules, "QUOTA", prepared[0].size)

    async def enter(one: service.Prepared) -> bool:
        try:
            async with service.placed(app.extensions["uploads"], one), world.database.writing() as session:
                await service.enter(session, one, None, clock.now())
        except Refused:
            return False
        return True

    entered = await asyncio.gather(*map(enter, prepared))
    assert sum(entered) == 1 and await agree(app, world) == 1


async def post(world: World, upload: Upload, publish_at: datetime | None, audience: str = "public") -> Post:
    """A newsletter with this file as its PDF."""
    made = Post(kind="newsletter", slug=f"n{upload.id}", title="Issue 1", document_id=upload.id)
    made.publish_at, made.audience = publish_at, audience
    made.created_at = made.updated_at = world.now
    async with world.database.writing() as session:
        session.add(made)
        await session.flush()
        session.add(PostSlug(kind=made.kind, slug=made.slug, post_id=made.id))
    return made


async def test_a_newsletters_pdf_and_its_first_page_are_read_by_its_readers(
    app: Quart, world: World, clients: dict[str, TestClientProtocol]
) -> None:
    made = await sent(world, clients["carol"], pdf(), "a.pdf")
    page = next(one for one in await rows(world) if one.id == made.picture_id)
    newsletter = await post(world, made, None)
    hidden, members, everyone = [404, 404, 404, 200, 200], [404, 200, 200, 200, 200], [200] * 5
    later, before = clock.now() + timedelta(hours=1), clock.now() - timedelta(hours=1)
    for values, expected in (
        ({}, hidden),
        ({"publish_at": later}, hidden),
        ({"publish_at": before, "audience": "members"}, members),
        ({"audience": "public"}, everyone),
        ({"archived_at": before}, hidden),
        ({"archived_at": None, "binned_at": before}, hidden),
    ):
        async with world.database.writing() as session:
            if values:
                await session.execute(update(Post).where(Post.id == newsletter.id).values(**values))
        for upload in (made, page):
            assert await statuses(clients, upload) == expected, (values, upload.kind)


async def show_in(world: World, upload: Upload, challenge: Challenge, field: str) -> None:
    async with world.database.writing() as session:
        region = Region(challenge_id=challenge.id, field=field)
        session.add(region)
        await session.flush()
        session.add(RegionUpload(region_id=region.id, upload_id=upload.id))


@ONCE
async def test_a_picture_in_a_text_is_read_by_whoever_reads_the_text(
    app: Quart, world: World, clients: dict[str, TestClientProtocol]
) -> None:
    """The statement from its release on, the solution after the lock; before, not a byte of either."""
    hour = timedelta(hours=1)
    later = await world.add_challenge("later", release_at=world.now + hour, lock_at=world.now + 2 * hour)
    opened = await world.add_challenge("opened", release_at=world.now - hour, lock_at=world.now + hour)
    locked = await world.add_challenge("locked", release_at=world.now - 2 * hour, lock_at=world.now - hour)
    hidden, everyone = [404, 404, 404, 200, 200], [200] * 5
    for challenge, field, expected in (
        (later, "statement", hidden),
        (opened, "statement", everyone),
        (opened, "solution", hidden),
        (locked, "solution", everyone),
    ):
        made = await sent(world, clients["carol"], picture())
        assert await statuses(clients, made) == hidden  # nothing shows it
        await show_in(world, made, challenge, field)
        assert await statuses(clients, made) == expected, (challenge.slug, field)
        page = (await (await clients["ada"].get("/console/uploads")).get_data()).decode()
        assert f'href="/challenges/{challenge.slug}"' in page


@ONCE
async def test_its_owner_reads_it_whatever_becomes_of_their_role(
    app: Quart, world: World, clients: dict[str, TestClientProtocol]
) -> None:
    made = await sent(world, clients["carol"], picture())
    async with world.database.writing() as session:
        await session.execute(
            update(Upload).where(Upload.id == made.id).values(owner_id=world.members["bob"].id)
        )
    assert await statuses(clients, made) == [404, 404, 200, 200, 200]


@ONCE
async def test_a_row_whose_file_is_lost_is_missing(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    made = await sent(world, carol, picture())
    await app.extensions["uploads"].delete(made.public_id)
    assert (await carol.get(f"/uploads/{made.public_id}")).status_code == 404


async def test_what_is_used_stays_and_what_is_not_goes(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    """A draft that names it uses it too; a PDF takes the picture of its first page along."""
    document = await sent(world, carol, pdf(), "a.pdf")
    first_page = next(one for one in await rows(world) if one.id == document.picture_id)
    drafted, shown = [await sent(world, carol, picture()) for _ in range(2)]
    challenge = await world.add_challenge("shows")
    await show_in(world, shown, challenge, "statement")
    await post(world, document, None)
    async with world.database.writing() as session:
        region = Region(challenge_id=challenge.id, field="solution")
        session.add(region)
        await session.flush()
        text = f'<p><img src="/uploads/{drafted.public_id}" alt="x"></p>'
        draft = {"member_id": world.members["carol"].id, "base": 0, "text": text, "saved_at": world.now}
        session.add(Draft(region_id=region.id, **draft))
    for one in (document, first_page, drafted, shown):
        reply = await carol.post(f"/console/uploads/{one.public_id}/removal", form={})
        assert reply.status_code == 422 and rules.IN_USE in (await reply.get_data()).decode()
    assert await agree(app, world) == 4
    async with world.database.writing() as session:
        for table in (Draft, RegionUpload, PostSlug, Post):
            await session.execute(delete(table))
    assert (await carol.post(f"/console/uploads/{first_page.public_id}/removal", form={})).status_code == 422
    for one in (document, drafted, shown):
        reply = await carol.post(f"/console/uploads/{one.public_id}/removal", form={})
        assert reply.status_code == 303
        assert (await carol.post(f"/console/uploads/{one.public_id}/removal", form={})).status_code == 404
    assert await agree(app, world) == 0
    async with world.database.reading() as session:
        deleted = select(func.count()).where(AuditEntry.action == Action.UPLOAD_DELETED)
        assert await session.scalar(deleted) == 3


@ONCE
async def test_the_list_has_pages_and_asks_little(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    given = {"kind": "picture", "media_type": "image/png", "size": 9, "sha256": "0" * 64}
    async with world.database.writing() as session:
        session.add_all(
            Upload(name=f"<b>{number}</b>.png", width=1, height=1, created_at=world.now, **given)
            for number in range(70)
        )
    asked = watch(world.database)
    for number, count in ((1, 30), (2, 30), (3, 10)):
        asked.clear()
        page = (await (await carol.get(f"/console/uploads?page={number}")).get_data()).decode()
        assert page.count("<tr role") == count + 1 and "<b>" not in page
        assert len(asked.statements) < 15, asked.statements
    assert (await carol.get("/console/uploads?page=0")).status_code == 404


def test_one_page_may_ask_for_frames() -> None:
    from quart import Response

    assert f"{CONTENT_SECURITY_POLICY}; frame-src 'self'" == WITH_FRAMES
    assert with_frames(Response("")).headers["Content-Security-Policy"] == WITH_FRAMES


@ONCE
async def test_whatever_is_sent_there_is_a_row_with_its_file_or_neither(
    app: Quart, world: World, carol: TestClientProtocol
) -> None:
    whole = [picture(kind) for kind in ("PNG", "JPEG", "GIF", "WEBP")] + [pdf(), noted("PNG")]
    bent = st.builds(
        lambda data, at, put, cut: data[: at % len(data)] + put + data[at % len(data) + cut :],
        st.sampled_from(whole),
        st.integers(0, 5_000),
        st.binary(max_size=12),
        st.integers(0, 12),
    )
    loop = asyncio.get_running_loop()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.one_of(bent, bent, st.binary(max_size=200), st.sampled_from(whole)), st.text(max_size=30))
    def check(data: bytes, name: str) -> None:
        async def one() -> None:
            before = len(await rows(world))
            made = None
            try:
                prepared = await service.prepare(data, name)
                placed = service.placed(app.extensions["uploads"], prepared)
                async with placed, world.database.writing() as session:
                    made = await service.enter(session, prepared, None, clock.now())
            except Refused as refusal:
                assert refusal.message.endswith(".") and refusal.field == "file"
            after = await agree(app, world)
            assert after == before + (0 if made is None else 1 + (made.kind == "document"))

        asyncio.run_coroutine_threadsafe(one(), loop).result(60)

    await asyncio.to_thread(check)
    assert await rows(world), "some of them are taken"
