"""The pages of newsletters by mail, the mail itself, and how it is ended from there."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from quart import Quart
from sqlalchemy import select

from mathsoc import clock
from mathsoc.app import Mathsoc
from mathsoc.audit import AuditEntry
from mathsoc.config import Config
from mathsoc.mail import KeptMail
from mathsoc.mailings import rules, service
from mathsoc.members.models import Member
from mathsoc.uploads.models import Upload
from tests.console.people import logged, stored, text_of
from tests.mailings.stage import add_newsletter, add_readers, ask, begin, change, run, sends, states
from tests.support.asked import watch
from tests.support.mails import arrived
from tests.support.smtp import MailServer
from tests.support.world import World, already_signed_in

ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# As a mail provider does it: no cookie, no Origin, no Sec-Fetch-Site, and this body (RFC 8058).
ONE_CLICK = {
    "data": "List-Unsubscribe=One-Click",
    "headers": {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "GoogleImageProxy"},
}
TITLE = "Hello\r\nBcc: all@pupils.example\r\n\r\n<script>x</script> & “∑”"


def link_of(config: Config, member: Member) -> str:
    return f"/newsletters/unsubscribe/{rules.token(config.secret_key, member.handle)}"


async def test_a_member_asks_and_asks_no_more(app: Quart, world: World) -> None:
    """Off at first, switched on the account's page, logged; nobody without an address."""
    alice = await already_signed_in(app, world, "alice")
    assert (await stored(world, "alice")).newsletters_since is None
    assert "Send me newsletters by mail" in await text_of(alice, "/profile")
    for wanted, since in (("yes", clock.now()), ("yes", clock.now()), ("maybe", clock.now()), ("no", None)):
        reply = await alice.post("/profile/newsletters", form={"wanted": wanted})
        assert reply.status_code == 303 and (await stored(world, "alice")).newsletters_since == since
    changes = [detail.after for _, detail in await logged(world, "newsletters-chosen") if detail]
    assert changes == [{"newsletters": "yes"}, {"newsletters": "no"}]
    await world.add_member("nameless", email=None, login_name="quiet-heron-1")
    nameless = await already_signed_in(app, world, "nameless")
    assert "add an e-mail address</a> first" in await text_of(nameless, "/profile")
    reply = await nameless.post("/profile/newsletters", form={"wanted": "yes"})
    assert reply.headers["Location"].endswith("newsletters-nowhere")
    assert (await stored(world, "nameless")).newsletters_since is None


async def test_an_officer_sends_it(app: Mathsoc, world: World) -> None:
    """How many, who not, what it looks like; then how far it is. Nobody's name is there."""
    await ask(world, "alice", "bob")
    await world.add_member("suspended", state="suspended", newsletters_since=clock.now())
    await world.add_member("nameless", email=None, login_name="x-1", newsletters_since=clock.now())
    await add_newsletter(world)
    carol, bob = [await already_signed_in(app, world, name) for name in ("carol", "bob")]
    path = "/newsletters/autumn/mailing"
    shown = await text_of(carol, path)
    assert "Send to 2 members" in shown and "2 more asked for them" in shown
    assert "1 with no e-mail address" in shown and "1 not let in yet, or suspended" in shown
    assert "Squares &amp; cubes for <strong>everybody</strong>." in shown and "Test Society: Autumn" in shown
    assert "Alice" not in shown and "@northfield.example" not in shown.replace("staff@northfield", "")
    for client, status in ((bob, 403), (app.test_client(), 403)):
        assert (await client.post(path)).status_code == status
    assert (await carol.post("/newsletters/nothing/mailing")).status_code == 404
    assert await states(world) == {}
    for _ in range(2):
        reply = await carol.post(path)
        assert reply.status_code == 303 and reply.headers["Location"] == f"{path}?done=begun"
    mails = await arrived(app)
    assert {one.recipient for one in mails} == {world.members[name].email for name in ("alice", "bob")}
    assert len(mails) == 2 and "Squares & cubes for everybody." in mails[0].body
    shown = await text_of(carol, path)
    assert "Sent to 2 of 2" in shown and 'id="mailing-b' in shown and "topics=mailing:b" in shown
    assert len(await logged(world, "mailing-begun")) == 1


@ONCE
async def test_the_page_costs_as_much_for_many(app: Mathsoc, world: World) -> None:
    await add_newsletter(world)
    carol, asked, costs = await already_signed_in(app, world, "carol"), watch(app.database).statements, set()
    await text_of(carol, "/newsletters/autumn/mailing")
    for count in (1, 200):
        await add_readers(world, count) if count == 1 else await _many(world, count)
        asked.clear()
        await text_of(carol, "/newsletters/autumn/mailing")
        costs.add(sum(text.startswith("SELECT") for text in asked))
    assert len(costs) == 1 and max(costs) <= 12, costs


async def _many(world: World, count: int) -> None:
    async with world.database.writing() as session:
        session.add_all(
            Member(
                email=f"m{number}@eastgate.example",
                display_name=f"Many {number}",
                state="active",
                created_at=clock.now(),
                newsletters_since=clock.now(),
            )
            for number in range(count)
        )


@ONCE
async def test_stop_go_on_and_what_cannot_be_sent(app: Mathsoc, world: World) -> None:
    """At night it waits; stopped it says so; a draft is refused with the reason."""
    await ask(world, "alice")
    await add_newsletter(world)
    await add_newsletter(world, "draft", publish_at=None)
    carol = await already_signed_in(app, world, "carol")
    reply = await carol.post("/newsletters/draft/mailing")
    assert reply.status_code == 422 and "every member can read" in (await reply.get_data()).decode()
    path = "/newsletters/autumn/mailing"
    with clock.moved_to(clock.now().replace(hour=21)):
        carol = await already_signed_in(app, world, "carol")
        assert "it begins" in await text_of(carol, path)
        await carol.post(path)
        assert "Waits for the morning" in await text_of(carol, path)
        await carol.post(f"{path}/stop")
        assert '<h2 id="progress">Stopped' in await text_of(carol, path)
    assert await arrived(app) == []
    carol = await already_signed_in(app, world, "carol")
    await carol.post(f"{path}/continuation")
    assert len(await arrived(app)) == 1
    with clock.moved_to(clock.now() + rules.PAUSE):
        await app.jobs.run_due()  # the job sees that all have it
    for noun in ("stop", "continuation", "repetition"):
        assert (await carol.post(f"{path}/{noun}")).status_code == 303, "over already: nothing happens"
    assert len(await arrived(app)) == 1
    assert len(await logged(world, "mailing-stopped")) == len(await logged(world, "mailing-resumed")) == 1


@ONCE
async def test_there_is_nothing_to_repeat_at_an_address_of_no_newsletter(app: Mathsoc, world: World) -> None:
    carol = await already_signed_in(app, world, "carol")
    for slug in ("none", "a%0d%0ab"):
        for state in ("failed", "x"):
            reply = await carol.post(f"/newsletters/{slug}/mailing/repetition", form={"state": state})
            assert reply.status_code == 404


async def test_one_click_as_providers_do_it(app: Quart, config: Config, world: World) -> None:
    """Nobody signed in, again and again; whoever presses a broken link is told that nothing was changed."""
    await ask(world, "alice", "bob")
    link = link_of(config, world.members["alice"])
    provider = app.test_client()
    page = await provider.get(link)
    assert page.status_code == 200 and "Send me no more" in (await page.get_data()).decode()
    assert (await stored(world, "alice")).newsletters_since is not None, "looking changes nothing"
    token = link.rpartition("/")[2]
    wrong = [link[:-1] + ("0" if link[-1] != "0" else "1"), "/newsletters/unsubscribe/nobody.00", link + "0"]
    for path in wrong:
        for reply in (await provider.post(path, **ONE_CLICK), await provider.get(path)):
            assert reply.status_code == 404
            assert "nothing was changed" in (await reply.get_data()).decode()
    assert (await stored(world, "alice")).newsletters_since is not None
    for path in (link, link):
        reply = await provider.post(path, **ONE_CLICK)
        text = (await reply.get_data()).decode().replace(path.rpartition("/")[2], "")
        assert reply.status_code == 200 and "Set-Cookie" not in reply.headers
        assert "You get no more newsletters by mail." in text and token not in text
        assert reply.headers["Cache-Control"] == "no-store"
    assert (await stored(world, "alice")).newsletters_since is None
    assert (await stored(world, "bob")).newsletters_since is not None
    async with world.database.reading() as session:
        noted = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "newsletters-chosen"))
        ).all()
    assert [(one.actor_id, one.subject_id) for one in noted] == [(None, world.members["alice"].id)]
    strange = await provider.post(link, headers={"Sec-Fetch-Site": "cross-site"})
    assert strange.status_code == 403, "another site's page cannot do it in somebody's browser"


@ONCE
async def test_a_link_is_good_for_nothing_else(app: Quart, config: Config, world: World) -> None:
    token = link_of(config, world.members["alice"]).rpartition("/")[2]
    for path in (f"/reset-password/{token}", f"/verify-email/{token}"):
        await app.test_client().post(path, form={"new_password": "a new long password"})
    assert (await stored(world, "alice")).password_hash == world.members["alice"].password_hash
    assert rules.handle_of(config.secret_key, token) == world.members["alice"].handle
    assert rules.handle_of("another secret of this length, at least", token) is None
    assert rules.handle_of(config.secret_key, f"{world.members['bob'].handle}.{token[-40:]}") is None


@ONCE
async def test_the_mail_itself(config: Config, world: World, smtp: MailServer) -> None:
    """Two ways to read it, a link to end it in the head in one piece, and no line of a title's own."""
    config = replace(config, site_url="https://maths.a-school-with-a-rather-long-name.example")
    await ask(world, "alice")
    body = '<p>See <a href="/articles/x">this</a> and <span data-latex="x^2"></span> &lt;b&gt;</p>'
    post = await add_newsletter(world, title=TITLE, body=body)
    await begin(world, post)
    await run(sends(config, world, smtp), 2)
    (mail,) = smtp.mails
    assert "Bcc" not in mail and mail["To"] == world.members["alice"].email
    assert len(mail.get_all("Subject")) == 1 and "Bcc: all@pupils.example" in mail["Subject"]
    raw = message_from_bytes(smtp.raw[0], policy=policy.compat32)
    link = f"{config.site_url}{link_of(config, world.members['alice'])}"
    assert str(raw["List-Unsubscribe"]).split() == [f"<{link}>"], "not folded into pieces or encoded words"
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (raw["Precedence"], raw["Auto-Submitted"]) == ("bulk", "auto-generated")
    text, html = [part.get_content() for part in mail.iter_parts()]
    assert mail.get_content_type() == "multipart/alternative" and link in text and link in html
    assert f"{config.site_url}/newsletters/autumn" in text and f"{config.site_url}/articles/x" in html
    assert "<script" not in html and "&lt;script&gt;" in html and "<script>" in text
    assert not [word for word in ("src=", "<style", "style=", "http://") if word in html]


async def test_unsubscribed_in_mid_sending(config: Config, world: World, smtp: MailServer) -> None:
    await ask(world, "alice", "bob")
    post, own = await add_newsletter(world), sends(config, world, smtp)
    await begin(world, post)
    await own._next()
    async with world.database.writing() as session:
        await service.no_more(session, world.members["bob"].handle, clock.now(), "")
    await run(own, 2)
    assert smtp.recipients == [world.members["alice"].email]
    assert await states(world) == {"sent": 1, "skipped": 1}
    await change(world, "bob", newsletters_since=clock.now())
    await begin(world, post)
    await run(own, 2)
    assert smtp.recipients == [world.members[name].email for name in ("alice", "bob")]


@ONCE
async def test_kept_mail_has_it_without_a_mail_server(app: Mathsoc, world: World) -> None:
    """Where mail is kept to be read in the console, it counts as sent."""
    await ask(world, "alice")
    await begin(world, await add_newsletter(world))
    await arrived(app)
    assert await states(world) == {"sent": 1}
    async with world.database.reading() as session:
        assert (await session.scalars(select(KeptMail.recipient))).one() == world.members["alice"].email


@ONCE
async def test_a_newsletter_that_is_a_pdf_alone(config: Config, world: World, smtp: MailServer) -> None:
    """The mail says what it is about: its summary, or the first words of the PDF, and where the rest is."""
    await ask(world, "alice")
    paper = Upload(
        **{"kind": "document", "media_type": "application/pdf", "size": 9, "sha256": "0" * 64, "pages": 1},
        **{"created_at": clock.now(), "text": "Squares  and cubes. " * 60},
    )
    async with world.database.writing() as session:
        session.add(paper)
    for slug, summary in (("autumn", ""), ("winter", "About circles")):
        alone = {"body": "", "summary": summary, "document_id": paper.id}
        await begin(world, await add_newsletter(world, slug, **alone))
        await run(sends(config, world, smtp), 2)
        text, html = [part.get_content() for part in smtp.mails[-1].iter_parts()]
        words = summary or "Squares and cubes. Squares"
        assert words in text and words in html and len(text) < 1500
        assert "Read the rest in the PDF" in text and "Read the rest in the PDF" in html
        assert [one.count(f"/newsletters/{slug}") for one in (text, html)] == [1, 1]
    assert len(smtp.mails) == 2


@ONCE
async def test_one_link_to_the_page(config: Config, world: World, smtp: MailServer) -> None:
    await ask(world, "alice")
    await begin(world, await add_newsletter(world, body="<p>So <span data-latex='x^2'></span>.</p>"))
    await run(sends(config, world, smtp), 2)
    text, html = [part.get_content() for part in smtp.mails[-1].iter_parts()]
    assert text.count("/newsletters/autumn") == 1
    assert html.count('href="http') - html.count("unsubscribe/") == 1
