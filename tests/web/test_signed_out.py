"""Who is signed out while typing, without JavaScript, has it back in the page that says so."""

from __future__ import annotations

from quart import Quart

from tests.support.world import World, already_signed_in

TYPED = {
    "field": "body",
    "base": "0",
    "text": "<p>An hour’s work</p>\n<p>and more &amp; more</p>",
    "note": "",
}


async def test_what_was_typed_is_in_a_form_that_sends_it_again(app: Quart, world: World) -> None:
    reply = await app.test_client().post("/articles/primes", form=TYPED)
    page = (await reply.get_data()).decode()
    assert reply.status_code == 403 and 'action="/articles/primes"' in page
    assert "&lt;p&gt;An hour’s work&lt;/p&gt;\n&lt;p&gt;and more &amp;amp; more&lt;/p&gt;</textarea>" in page
    assert '<input type="hidden" name="field" value="body">' in page


async def test_nothing_secret_is_repeated_and_nothing_is_promised(app: Quart, world: World) -> None:
    secret = {"your_password": "correct horse", "reason": "x"}
    for form in (secret, {"code": "123 456"}, {}):
        reply = await app.test_client().post("/console/retention", form=form)
        page = (await reply.get_data()).decode()
        assert reply.status_code in (403, 405) and "correct horse" not in page and "123 456" not in page
        assert "is kept" not in page


async def test_who_may_not_is_given_no_form(app: Quart, world: World) -> None:
    alice = await already_signed_in(app, world, "alice")
    page = (await (await alice.post("/articles/primes", form=TYPED)).get_data()).decode()
    assert "An hour" not in page


async def test_what_cannot_be_kept_is_no_mistake_of_ours(app: Quart, world: World) -> None:
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"text=a%00b", b"a%00b=text", b"text=%ED%A0%80", b"text=\xff", b"%FF=%FF"):
        reply = await app.test_client().post("/articles/primes", data=body, headers=head)
        assert reply.status_code in (400, 403), body
        assert b"\x00" not in await reply.get_data()
