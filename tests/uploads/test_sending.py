"""Sending a file: what is answered, what is refused, what is left behind."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.audit import AuditEntry
from mathsoc.errors import Busy, Refused
from mathsoc.uploads import rules, service
from mathsoc.uploads.store import Folder
from tests.support.world import HTMX, World, already_signed_in
from tests.uploads.files import SCRIPT, locked_pdf, noted, pdf, picture, png, send

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

from tests.uploads.kept import agree, rows, sent

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
