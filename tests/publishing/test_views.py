"""Reading and publishing through pages: by the public, members, and those who edit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from quart import Quart

from mathsoc import clock
from mathsoc.publishing import naming, queries, service
from tests.console.people import logged, text_of
from tests.publishing.posts import TEXT, add_post, stored
from tests.support.world import World, already_signed_in

if TYPE_CHECKING:
    from quart.typing import TestClientProtocol

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Clients = dict[str, "TestClientProtocol"]


async def clients_of(app: Quart, world: World, *names: str) -> Clients:
    found = {"anonymous": app.test_client()}
    for name in names:
        found[name] = await already_signed_in(app, world, name)
    return found


async def begun(carol: TestClientProtocol, title: str, kind: str = "article") -> str:
    """A draft made through the form; its address."""
    reply = await carol.post("/console/publishing", form={"kind": kind, "title": title})
    assert reply.status_code == 303
    return str(reply.headers["Location"]).partition("?")[0]


async def test_a_post_is_begun_published_withdrawn_and_archived(app: Quart, world: World) -> None:
    """Nobody but editors sees it while it is not published; each step is in the log."""
    people = await clients_of(app, world, "alice", "bob", "carol")
    path = await begun(people["carol"], "Prime numbers")
    assert path == "/articles/prime-numbers"

    async def seen() -> dict[str, int]:
        return {name: (await client.get(path)).status_code for name, client in people.items()}

    hidden = dict.fromkeys(("anonymous", "alice", "bob"), 404) | {"carol": 200}
    assert await seen() == hidden
    assert (await people["carol"].post(f"{path}/publication")).status_code == 422, "there is no text yet"
    async with world.database.writing() as session:
        post = await service.held(session, "article", "prime-numbers")
        await service.write(session, post, TEXT, world.now)
    steps = [("publication", False), ("withdrawal", True), ("publication", False), ("archive", True),
             ("restoration-from-archive", False), ("bin", True), ("restoration-from-bin", False)]  # fmt: skip
    for noun, hides in steps:
        for name in ("alice", "anonymous"):
            assert (await people[name].post(f"{path}/{noun}")).status_code == 403
        assert (await people["carol"].post(f"{path}/{noun}")).status_code == 303, noun
        assert (await seen() == hidden) is hides, noun
        for name, client in people.items():
            assert ("Prime numbers" in await text_of(client, "/articles")) is not hides, (noun, name)
    for action, times in {"post-made": 1, "post-published": 2, "post-withdrawn": 1, "post-archived": 1,
                          "post-binned": 1, "post-restored": 2}.items():  # fmt: skip
        entries = await logged(world, action)
        assert len(entries) == times and entries[0][0].actor_id == world.members["carol"].id, action


@ONCE
async def test_what_goes_into_the_bin_can_be_undone_from_the_list_and_from_the_bin(
    app: Quart, world: World
) -> None:
    await add_post(world, "Goldbach")
    people = await clients_of(app, world, "alice", "carol")
    reply = await people["carol"].post("/articles/goldbach/bin")
    undo = 'action="/articles/goldbach/restoration-from-bin"'
    assert undo in await text_of(people["carol"], reply.headers["Location"])
    assert undo in await text_of(people["carol"], "/console/publishing?state=bin")
    for name in ("alice", "anonymous"):
        page = await text_of(people[name], reply.headers["Location"])
        assert "Goldbach" not in page
    await people["carol"].post("/articles/goldbach/restoration-from-bin")
    assert "Goldbach" in await text_of(people["alice"], "/articles")


@ONCE
async def test_scheduling_says_when_and_refuses_what_cannot_be(app: Quart, world: World) -> None:
    with clock.moved_to(
        clock.now().replace(year=2026, month=3, day=25, hour=12, minute=0, second=0, microsecond=0)
    ):
        await add_post(world, "Later", publish_at=None)
        carol = await already_signed_in(app, world, "carol")
        world_now = clock.now()

        async def asked(text: str) -> tuple[int, str]:
            form = {"when": "later", "publish_at": text}
            reply = await carol.post("/articles/later/publication", form=form)
            return reply.status_code, (await reply.get_data(as_text=True))

        for text, words in {
            "2026-03-29T01:30": "the clocks go forward",
            "2026-03-25T11:59": "has passed",
            "": "Say when it is to appear",
            "soon": "Write it as",
        }.items():
            status, page = await asked(text)
            assert status == 422 and words in page, text
        assert (await stored(world, "Later")).publish_at is None
        assert (await asked("2026-03-29T16:00"))[0] == 303
        page = await text_of(carol, "/articles/later")
        assert "Sunday 29 March 2026, 16:00 BST, in 4 days 3 h" in page and "Europe/London" in page
        assert (await asked("2026-10-25T01:30"))[0] == 303
        assert "comes twice" in await text_of(carol, "/articles/later?done=first")
        assert (await app.test_client().get("/articles/later")).status_code == 404
    assert (await stored(world, "Later")).publish_at == world_now.replace(month=10, day=25, hour=0, minute=30)


@ONCE
async def test_an_old_address_is_redirected_for_those_who_may_read(app: Quart, world: World) -> None:
    await add_post(world, "Primes")
    await add_post(world, "Secret", publish_at=None)
    for old, new in (("primes", "Prime numbers"), ("secret", "Other secret")):
        async with world.database.writing() as session:
            post = await service.held(session, "article", old)
            await naming.rename(session, post, new)
    people = await clients_of(app, world, "carol")
    reply = await people["anonymous"].get("/articles/primes?as=x")
    assert (reply.status_code, reply.headers["Location"]) == (301, "/articles/prime-numbers?as=x")
    for slug in ("secret", "other-secret", "nothing"):
        assert (await people["anonymous"].get(f"/articles/{slug}")).status_code == 404
    assert (await people["carol"].get("/articles/secret")).status_code == 301


@ONCE
async def test_preview_narrows_and_never_widens(app: Quart, world: World) -> None:
    await add_post(world, "For members", audience="members")
    await add_post(world, "Draft", publish_at=None)
    people = await clients_of(app, world, "alice", "carol")
    carol = people["carol"]
    assert "Every even number" not in await text_of(carol, "/articles/for-members?as=public")
    page = await text_of(carol, "/articles/for-members?as=members")
    assert "Every even number" in page and 'id="tools"' not in page and "data-edit" not in page
    assert "For members" not in await text_of(carol, "/articles?as=public")
    assert "Every even number" in await text_of(carol, "/articles/draft?as=public")
    for name in ("alice", "anonymous"):
        for seen_as in ("staff", "members"):
            assert (await people[name].get(f"/articles/draft?as={seen_as}")).status_code == 404
    assert (await people["anonymous"].get("/articles/for-members?as=staff")).status_code == 404
    assert 'id="tools"' in await text_of(carol, "/articles/for-members")


DETAILS = {"title": "Primes", "summary": "All of them", "tags": "Number, Proof", "credit": "The editors",
           "audience": "public", "expires_at": ""}  # fmt: skip


async def base_of(client: TestClientProtocol, path: str) -> str:
    page = await text_of(client, f"{path}/details")
    return page.partition('name="base" value="')[2].partition('"')[0]


async def test_of_two_officers_the_second_is_told_of_the_firsts(app: Quart, world: World) -> None:
    """And nothing is lost: both values stand in the form, and saving once more takes one's own."""
    await add_post(world, "Primes")
    people = await clients_of(app, world, "carol", "ada", "alice")
    path = "/articles/primes/details"
    bases = {name: await base_of(people[name], "/articles/primes") for name in ("carol", "ada")}
    assert (await people["alice"].post(path, form=DETAILS)).status_code == 403
    reply = await people["carol"].post(path, form=DETAILS | {"base": bases["carol"]})
    assert reply.status_code == 303
    mine = DETAILS | {"summary": "Some of them", "base": bases["ada"]}
    reply = await people["ada"].post(path, form=mine)
    page = await reply.get_data(as_text=True)
    assert reply.status_code == 409 and "All of them" in page and "Some of them" in page
    assert (await stored(world, "Primes")).summary == "All of them"
    base = page.partition('name="base" value="')[2].partition('"')[0]
    assert (await people["ada"].post(path, form=mine | {"base": base})).status_code == 303
    post = await stored(world, "Primes")
    assert post.summary == "Some of them" and [one.tag for one in post.tags] == ["number", "proof"]
    entries = await logged(world, "post-changed")
    assert entries[-1][1] is not None
    assert entries[-1][1].after == {"summary": "Some of them"}
    assert entries[-1][1].before == {"summary": "All of them"}


@ONCE
@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 151}, {"audience": "nobody"}, {"tags": ",".join(map(str, range(9)))},
     {"tags": "x" * 41}, {"expires_at": "2001-01-01T10:00"}, {"expires_at": "then"}, {"summary": "x" * 301}],
)  # fmt: skip
async def test_what_is_wrong_is_said_at_its_field(app: Quart, world: World, wrong: dict[str, str]) -> None:
    await add_post(world, "Primes")
    carol = await already_signed_in(app, world, "carol")
    form = DETAILS | wrong | {"base": await base_of(carol, "/articles/primes")}
    reply = await carol.post("/articles/primes/details", form=form)
    page = await reply.get_data(as_text=True)
    assert reply.status_code == 422 and 'class="error"' in page
    assert (await stored(world, "Primes")).summary == ""


@ONCE
async def test_the_societys_own_pages(app: Quart, world: World) -> None:
    """Addresses that are known outside stay, whatever the title; the notice stays above the society's own."""
    anonymous = app.test_client()
    assert "More about us" not in await text_of(anonymous, "/about")
    for title in ("About", "Privacy", "Rules of the cup"):
        await add_post(world, title, kind="page", body=f"<p>Words of {title}.</p>")
    for path, words in {"/about": "Words of About", "/pages/rules-of-the-cup": "Words of Rules"}.items():
        assert words in await text_of(anonymous, path)
    page = await text_of(anonymous, "/privacy")
    assert "Words of Privacy" in page and "Information Commissioner" in page and 'id="tools"' not in page
    for slug in ("about", "privacy"):
        reply = await anonymous.get(f"/pages/{slug}")
        assert (reply.status_code, reply.headers["Location"]) == (301, f"/{slug}")
    async with world.database.writing() as session:
        await naming.rename(session, await service.held(session, "page", "about"), "Who we are")
    assert "Who we are" in await text_of(anonymous, "/about")
    carol = await already_signed_in(app, world, "carol")
    assert 'action="/pages/privacy/bin"' in await text_of(carol, "/privacy")
    async with world.database.writing() as session:
        post = await service.held(session, "page", "privacy")
        post.publish_at = None
    assert "Words of Privacy" not in await text_of(anonymous, "/privacy")


@ONCE
async def test_an_article_leads_to_challenges_on_its_tags(app: Quart, world: World) -> None:
    await world.add_challenge("seen", topic="Geometry", title="Seen challenge")
    await world.add_challenge(
        "unseen", topic="Geometry", title="Unseen", release_at=world.now + timedelta(1), lock_at=None
    )
    await world.add_challenge("other", topic="Number", title="Other challenge")
    await add_post(world, "Angles", tags=("geometry",))
    page = await text_of(app.test_client(), "/articles/angles")
    assert "Seen challenge" in page and "Unseen" not in page and "Other challenge" not in page


@ONCE
async def test_lists_are_paged_and_filtered_by_tag(app: Quart, world: World) -> None:
    for number in range(queries.ROWS + 1):
        tags = ("odd",) if number % 2 else ("even", "two words")
        moment = world.now - timedelta(hours=number + 1)
        await add_post(world, f"Number {number} of many", tags=tags, publish_at=moment)
    client = app.test_client()
    first, second = await text_of(client, "/articles"), await text_of(client, "/articles?page=2")
    assert "Number 0 of many" in first and "Older" in first and "Number 20 of many" not in first
    assert "Number 20 of many" in second and "Newer" in second and "Older" not in second
    assert (await client.get("/articles?page=3")).status_code == 404
    odd = await text_of(client, "/articles?tag=ODD")
    assert "Number 1 of many" in odd and "Number 2 of many" not in odd
    assert "Number 2 of many" in await text_of(client, "/articles?tag=two%20words")
    for tag in ("%00", "nothing", "x" * 200, "%f0%90%80"):
        assert (await client.get(f"/articles?tag={tag}")).status_code in (200, 404)


@ONCE
async def test_titles_and_tags_are_shown_as_text(app: Quart, world: World) -> None:
    mark = "<img src=x onerror=alert(1)>"
    given: dict[str, Any] = {"summary": mark, "credit": mark, "pinned": True}
    for kind in ("article", "announcement"):
        await add_post(world, f"{mark} {kind}", kind=kind, tags=(mark,), **given)
    carol = await already_signed_in(app, world, "carol")
    slug = (await stored(world, f"{mark} article")).slug
    for path in ("/", "/articles", f"/articles/{slug}", f"/articles/{slug}/details", "/console/publishing"):
        page = await text_of(carol, path)
        assert mark not in page and "&lt;img" in page, path
