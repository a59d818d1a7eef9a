"""Pages show what is kept only while it is what was committed last, and only to its audience."""

from __future__ import annotations

from quart import Quart

from mathsoc.competitions.shelf import CompetitionShelf
from mathsoc.members.models import Member
from mathsoc.publishing import service as publishing
from mathsoc.publishing.live import PostSource
from mathsoc.scoring import audit
from mathsoc.scoring import service as scoring
from mathsoc.web.kept import Kept
from tests.publishing.posts import add_post
from tests.support.asked import watch
from tests.support.world import World, already_signed_in
from tests.web.test_kept import write

BOARD = "/leaderboards/ladder?stage=ks4"


async def text(client: object, path: str) -> str:
    return (await (await client.get(path)).get_data()).decode()  # type: ignore[attr-defined]


async def test_each_audience_has_its_own_board_and_everybody_their_own_row(app: Quart, world: World) -> None:
    await world.give("alice", 3)
    await world.give("bob", 2)
    ada, alice, bob = [await already_signed_in(app, world, name) for name in ("ada", "alice", "bob")]
    for _ in range(2):  # drawn, then kept
        staff = await text(ada, BOARD)
        assert "Real Alice Name" in staff and "Display Alice" not in staff
        public = await text(app.test_client(), BOARD)
        assert "Display Alice" in public and "Real Alice" not in public and "/members/" not in public
        for client, name in ((alice, "alice"), (bob, "bob")):
            page = await text(client, BOARD)
            assert "Real Alice" not in page and f'/members/{world.members["alice"].handle}"' in page
            own = page[page.index('aria-current="true"><td') :]
            assert page.count('aria-current="true"><td') == 1
            assert own.index(world.members[name].handle) < own.index("</tr>")
    asked = watch(app.database)  # type: ignore[attr-defined]
    await text(alice, BOARD)
    assert asked.statements
    assert not any("real_name" in one and "standings" in one for one in asked.statements)


async def test_the_push_and_the_page_share_what_is_drawn(app: Quart, world: World) -> None:
    from mathsoc.leaderboards.live import BoardSource

    await world.give("alice", 3)
    kept: Kept = app.extensions["kept"]
    await BoardSource(app, world.database).render("ladder:ks4", "public")
    assert (kept.misses, kept.hits) == (1, 0)
    await text(app.test_client(), BOARD)
    assert (kept.misses, kept.hits) == (1, 1)


async def test_boards_move_with_points_names_and_rebuilding(app: Quart, world: World) -> None:
    await world.give("alice", 3)
    client = app.test_client()
    assert 'data-points="3"' in await text(client, BOARD)
    await world.give("alice", 4)
    assert 'data-points="7"' in await text(client, BOARD)
    async with world.database.writing() as session:
        alice = await session.get_one(Member, world.members["alice"].id)
        alice.display_name = "Quiet Quokka"
        await scoring.announce_boards_of(session, alice.id)
    assert "Quiet Quokka" in await text(client, BOARD)
    async with world.database.writing() as session:
        alice = await session.get_one(Member, world.members["alice"].id)
        alice.hidden = True
        await scoring.set_listed(session, alice)
    assert "Quiet Quokka" not in await text(client, BOARD)
    async with world.database.writing() as session:
        (await session.get_one(Member, world.members["alice"].id)).hidden = False
        await audit.rebuild(session)
    assert "Quiet Quokka" in await text(client, BOARD)


async def test_a_corrected_real_name_is_on_the_board_of_staff(app: Quart, world: World) -> None:
    await world.give("alice", 3)
    ada = await already_signed_in(app, world, "ada")
    assert "Real Alice Name" in await text(ada, BOARD)
    reply = await ada.post(
        f"/console/members/{world.members['alice'].handle}/details",
        form={"real_name": "Alys Corrected", "year": "10", "class": ""},
    )
    assert reply.status_code in (200, 303), await reply.get_data()
    assert "Alys Corrected" in await text(ada, BOARD)


async def test_pages_after_the_last_take_no_room(app: Quart, world: World) -> None:
    await world.give("alice", 3)
    kept: Kept = app.extensions["kept"]
    for page in range(1, 20):
        await text(app.test_client(), f"{BOARD}&page={page}")
    assert len(kept) == 1


async def test_a_statement_is_drawn_once_and_costs_no_statement_more(app: Quart, world: World) -> None:
    await world.add_challenge("one", statement='<p>Old <span data-latex="x">x</span></p>')
    client = app.test_client()
    asked = watch(app.database)  # type: ignore[attr-defined]
    assert "Old" in await text(client, "/challenges/one")
    first = len(asked.statements)
    asked.clear()
    assert "Old" in await text(client, "/challenges/one")
    assert len(asked.statements) < first
    assert not any("statement" in one.split("FROM")[0] for one in asked.statements)
    await write(world.database, 2)
    assert "hx-ignore>2<" in await text(client, "/challenges/one")


async def change(world: World, slug: str, **given: object) -> None:
    """What `publishing.service` does to a text or to its moments."""
    async with world.database.writing() as session:
        post = await publishing.held(session, "article", slug)
        was_seen = publishing.seen(post, world.now)
        for name, value in given.items():
            setattr(post, name, value)
        await publishing.changed(session, post, world.now, was_seen=was_seen)


async def test_an_article_is_drawn_once_for_everybody_and_again_when_it_is_written(
    app: Quart, world: World
) -> None:
    await add_post(world, "one", body="<p>Old</p>")
    asked = watch(app.database)  # type: ignore[attr-defined]
    assert "<p>Old</p>" in await text(app.test_client(), "/articles/one")
    first = len(asked.statements)
    asked.clear()
    assert "<p>Old</p>" in await text(app.test_client(), "/articles/one")
    assert len(asked.statements) < first
    assert not any("posts.body" in one for one in asked.statements)
    await change(world, "one", body="<p>New</p>")
    page = await text(app.test_client(), "/articles/one")
    assert "<p>New</p>" in page and 'content="New"' in page and "Old" not in page


async def test_a_kept_article_does_not_come_back_with_it(app: Quart, world: World) -> None:
    """Drafts are written without an announcement: neither they nor what stood there before are kept."""
    await add_post(world, "one", body="<p>Old</p>")
    public, carol = app.test_client(), await already_signed_in(app, world, "carol")
    for client in (public, carol):
        assert "<p>Old</p>" in await text(client, "/articles/one")
    await change(world, "one", publish_at=None)
    for number in range(3):
        await change(world, "one", body=f"<p>Draft {number}</p>")
        assert f"<p>Draft {number}</p>" in await text(carol, "/articles/one")
        assert (await public.get("/articles/one")).status_code == 404
    await change(world, "one", publish_at=world.now)
    assert "<p>Draft 2</p>" in await text(public, "/articles/one")


async def test_a_kept_text_for_members_is_for_nobody_else(app: Quart, world: World) -> None:
    await add_post(world, "one", body="<p>Ours</p>", audience="members")
    alice = await already_signed_in(app, world, "alice")
    assert "<p>Ours</p>" in await text(alice, "/articles/one")
    reply = await app.test_client().get("/articles/one")
    assert reply.status_code == 404 and "Ours" not in (await reply.get_data()).decode()


async def test_the_push_of_an_article_and_its_page_share_what_is_drawn(app: Quart, world: World) -> None:
    await add_post(world, "one", body="<p>Old</p>")
    kept: Kept = app.extensions["kept"]
    await PostSource(app, world.database).render("article/one", "public")
    assert (kept.misses, kept.hits) == (1, 0)
    await text(app.test_client(), "/articles/one")
    assert (kept.misses, kept.hits) == (1, 1)


async def test_an_introduction_is_kept_until_it_is_written(app: Quart, world: World) -> None:
    shelf = CompetitionShelf()
    for words in ("First", "Second"):
        async with world.database.writing() as session:
            thing = await shelf.find(session, "ladder")
            await shelf.write(session, thing, "introduction", f"<p>{words}</p>", world.now)
        assert f"<p>{words}</p>" in await text(app.test_client(), "/competitions/ladder")
        asked = watch(app.database)  # type: ignore[attr-defined]
        assert f"<p>{words}</p>" in await text(app.test_client(), "/competitions/ladder")
        assert not any("introduction" in one for one in asked.statements)
