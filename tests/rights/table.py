"""Who is answered what at each URL rule: written by hand, so that a slip in the application is seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.rights.scene import CAST

OUT = ("anonymous", "suspended")  # a suspended member is nobody
IN = tuple(name for name in CAST if name not in OUT)
GROUPS = {
    "everyone": CAST,
    "out": OUT,
    "members": IN,
    "keys": ("carol", "ada"),
    "people": ("lead", "ada"),
    "pupils": ("alice", "bob", "pending"),
}


@dataclass(frozen=True)
class Goes:
    """Sent on to this address: 303 with Location, or for htmx 204 with HX-Redirect."""

    to: str


ASKS = Goes("/login?next=")  # by GET without htmx; else 403, and 401 with a problem for the API
Answer = int | Goes


@dataclass(frozen=True)
class Row:
    """One request to a rule, and the exact answer for each of the cast."""

    rule: str
    method: str
    path: str
    answers: dict[str, Answer]
    body: dict[str, str] = field(default_factory=dict)
    json: bool = False
    # Ends sessions, so each request needs one of its own.
    ends: bool = False
    # Fields that the form has besides those of `body`.
    more: tuple[str, ...] = ()

    def answer(self, who: str, *, htmx: bool) -> tuple[int, str | None]:
        """Status and where to."""
        given = self.answers[who]
        if isinstance(given, int):
            return given, None
        if given is ASKS:
            if self.path.startswith("/api/"):
                return 401, None
            if htmx or self.method != "GET":
                return 403, None
            return 303, ASKS.to + self.path.partition("?")[0]
        return (204 if htmx else 303), given.to


def row(
    rule: str,
    method: str = "GET",
    path: str | None = None,
    *,
    body: dict[str, str] | None = None,
    json: bool = False,
    ends: bool = False,
    more: Iterable[str] = (),
    **answers: Answer,
) -> Row:
    """Later answers win over earlier ones: `everyone=403, out=ASKS, ada=200`."""
    found: dict[str, Answer] = {}
    for who, answer in answers.items():
        found |= dict.fromkeys(GROUPS.get(who, (who,)), answer)
    assert found.keys() == set(CAST), f"{rule}: no answer for {set(CAST) - found.keys()}"
    return Row(rule, method, path or rule, found, body or {}, json, ends, tuple(more))


SETUP = ("code", "display_name", "email", "password", "society", "staff_contact", "stages", "school")
ABOUT_ONESELF = ("real_name", "year", "display_name", "wished_name", "new_password", "offered", "names")
SECOND = "/profile/second-factor"
SESSION = "/profile/sessions/<public_id>/ending"
SCHOOL, NORTH, EAST = (f"/console/schools/{slug}" for slug in ("<slug>", "northfield", "eastgate"))
SETTINGS = ("staff_contact", "real_names")
CLASS = "/console/classes/<public_id>"
PERSON = "/console/members/<handle>"
DETAILS = {"real_name": "", "year": "", "class": ""}
JOINING = "/console/joining"
REPORT = "/members/<handle>/report"
DECISION = "/console/reports/<public_id>/decision"
UPLOAD, FILES = "/uploads/<public_id>", "/console/uploads"
REMOVAL = f"{FILES}/<public_id>/removal"
READING = "/challenges/<slug>/boxes/<box_id>/reading"
ATTEMPTS = "/challenges/<slug>/boxes/<box_id>/attempts"

MAILING, BY_MAIL = "/newsletters/<slug>/mailing", "/newsletters/by-mail/mailing"
SHELVES = ("articles", "newsletters", "announcements", "pages", "challenges", "competitions")
TEXT = f"/<any({', '.join(SHELVES)}):shelf>/<slug>"
LISTS = "/<any(articles, newsletters, announcements):shelf>"
POST = "/<any(articles, newsletters, announcements, pages):shelf>/<slug>"
# What takes something away and what brings it back, in an order that leaves it as it was.
STEPS = {"archive": "archived", "restoration-from-archive": "back", "restoration-from-bin": "back",
         "withdrawal": "withdrawn"}  # fmt: skip
_NOUNS = ("withdrawal", "archive", "restoration-from-archive", "restoration-from-bin")
STEP = POST + "/<any({}):noun>".format(", ".join(f'"{noun}"' for noun in _NOUNS))
TYPED = ("field", "text", "base", "note", "draft", "publish", "as")

ROWS: tuple[Row, ...] = (
    row("/static/<path:name>", path="/static/css/base.css", everyone=200),
    row("/static/<path:name>", path="/static/nothing.css", everyone=404),
    row("/healthz", everyone=200),
    row("/readyz", everyone=200),
    row("/live", path="/live?topics=nothing", everyone=404),
    row("/", everyone=200),
    row("/login", members=Goes("/"), out=200),
    row("/login", "POST", everyone=422, more=("email", "password", "next", "remember")),
    row("/logout", "POST", everyone=Goes("/"), ends=True),
    row("/forgot-password", everyone=200),
    row("/forgot-password", "POST", everyone=422, more=("email",)),
    row("/reset-password/<token>", path="/reset-password/nobodys", everyone=410),
    row("/reset-password/<token>", "POST", "/reset-password/nobodys", everyone=410, more=("new_password",)),
    row("/register", everyone=200),
    row("/register", "POST", members=Goes("/register"), out=422, more=("code", "email")),
    row("/register/code", "POST", members=Goes("/register"), out=422, more=("code", *ABOUT_ONESELF)),
    row("/verify-email/<token>", path="/verify-email/nobodys", everyone=410),
    row("/verify-email/<token>", "POST", "/verify-email/nobodys", everyone=410, more=ABOUT_ONESELF),
    row("/privacy", everyone=200),
    row("/profile/export", members=200, out=ASKS),
    row("/profile/export", "POST", members=200, out=ASKS, more=("format",)),
    row("/profile/delete", members=200, out=ASKS),
    row(
        "/profile/delete",
        "POST",
        members=Goes("/profile/delete"),
        ada=422,
        out=ASKS,
        ends=True,
        more=("points", "credit", "your_password"),
    ),
    row("/profile/delete/undo", "POST", members=Goes("/profile?notice=kept"), out=ASKS),
    row(REPORT, path="/members/{bob}/report", members=200, out=ASKS, bob=404),
    row(REPORT, path="/members/{pending}/report", members=404, out=ASKS),
    row(REPORT, "POST", "/members/{bob}/report", members=422, out=ASKS, bob=404, more=("reason", "more")),
    row("/console/reports", members=403, out=ASKS, people=200),
    *(
        row(DECISION, "POST", path, members=403, out=ASKS, more=("outcome",), **done)
        for path, done in (
            ("/console/reports/{pia_report}/decision", {"people": 422}),
            ("/console/reports/{bob_report}/decision", {"lead": 404, "ada": 422}),
        )
    ),
    row("/console/roll-over", members=403, out=ASKS, ada=200),
    row("/console/roll-over", "POST", members=403, out=ASKS, ada=422, more=("fingerprint", "your_password")),
    row("/console/retention", members=403, out=ASKS, people=200),
    *(
        row(
            rule,
            "POST",
            rule.replace("<handle>", f"{{{whom}}}"),
            members=403,
            out=ASKS,
            lead=404 if whom == "bob" else Goes(f"/console/{then}".replace("<handle>", f"{{{whom}}}")),
            ada=Goes(f"/console/{then}".replace("<handle>", f"{{{whom}}}")),
        )
        for whom in ("pia", "bob")
        for rule, then in (
            ("/console/retention/<handle>/keep", "retention?done=kept"),
            (f"{PERSON}/leaving", "members/<handle>?done=left"),
            (f"{PERSON}/leaving/undo", "members/<handle>?done=stays"),
        )
    ),
    row("/profile", members=200, out=ASKS),
    row("/profile/attempts", members=200, out=ASKS),
    row("/profile/attempts", path="/profile/attempts?page=0", members=404, out=ASKS),
    row(
        "/profile/newsletters",
        "POST",
        body={"wanted": "yes"},
        members=Goes("/profile?notice=newsletters-yes"),
        out=ASKS,
    ),
    row("/newsletters/unsubscribe/<token>", path="/newsletters/unsubscribe/nobodys", everyone=404),
    row("/newsletters/unsubscribe/<token>", "POST", "/newsletters/unsubscribe/nobodys", everyone=404),
    row(MAILING, path=BY_MAIL, members=403, keys=200, out=ASKS),
    row(MAILING, "POST", BY_MAIL, members=403, keys=Goes(f"{BY_MAIL}?done=begun"), out=ASKS),
    row(
        f"{MAILING}/stop",
        "POST",
        f"{BY_MAIL}/stop",
        members=403,
        keys=Goes(f"{BY_MAIL}?done=stopped"),
        out=ASKS,
    ),
    row(
        f"{MAILING}/continuation",
        "POST",
        f"{BY_MAIL}/continuation",
        members=403,
        keys=Goes(f"{BY_MAIL}?done=resumed"),
        out=ASKS,
    ),
    row(
        f"{MAILING}/repetition",
        "POST",
        f"{BY_MAIL}/repetition",
        body={"state": "failed"},
        members=403,
        keys=Goes(f"{BY_MAIL}?done=begun"),
        out=ASKS,
    ),
    row("/profile/boards", "POST", body={"shown": "yes"}, members=Goes("/profile?notice=shown"), out=ASKS),
    row("/profile/name", members=200, out=ASKS),
    row("/profile/name", "POST", members=422, out=ASKS, more=("display_name",)),
    row("/profile/name/wish", "POST", members=422, out=ASKS, more=("wished_name",)),
    row("/profile/name/wish/withdrawal", "POST", members=Goes("/profile/name"), out=ASKS),
    row("/profile/email", members=200, out=ASKS),
    # No school in this scene has a domain, so nobody but staff has a form.
    row("/profile/email", "POST", members=422, pupils=200, out=ASKS, more=("email", "current_password")),
    row("/profile/email/<token>", path="/profile/email/nobodys", members=410, out=ASKS),
    row("/profile/email/<token>", "POST", "/profile/email/nobodys", members=410, out=ASKS),
    row("/profile/sessions", members=200, out=ASKS),
    # Ending one's own is told in tests/accounts; here somebody else's is asked for.
    row(SESSION, "POST", "/profile/sessions/{suspended_session}/ending", members=404, out=ASKS),
    row("/profile/sessions/endings", "POST", members=Goes("/profile/sessions"), out=ASKS, ends=True),
    row("/profile/password", members=200, out=ASKS),
    row("/profile/password", "POST", members=422, out=ASKS, more=("current_password", "new_password")),
    row("/login/code", members=Goes("/"), out=Goes("/login")),
    row("/login/code", "POST", everyone=Goes("/login"), more=("code", "next")),
    row("/profile/second-factor", members=200, out=ASKS),
    row(SECOND, "POST", members=Goes(SECOND), out=ASKS, more=("your_password",)),
    row("/profile/second-factor/confirmation", "POST", members=422, out=ASKS, more=("code", "your_password")),
    row("/profile/second-factor/recovery-codes", "POST", members=422, out=ASKS, more=("your_password",)),
    row(f"{SECOND}/removal", "POST", members=Goes(SECOND), out=ASKS, more=("your_password",)),
    row("/setup", everyone=404),
    row("/setup", "POST", everyone=404, more=SETUP),
    row("/console", members=403, out=ASKS, lead=200, carol=200, ada=200),
    row("/console/audit", members=403, out=ASKS, ada=200),
    row("/console/mail", members=403, out=ASKS, ada=200),
    row("/console/mail/<public_id>", path="/console/mail/nothing", members=403, out=ASKS, ada=404),
    row("/console/members", members=403, out=ASKS, people=200),
    row("/console/members.csv", members=403, out=ASKS, people=200),
    row(PERSON, path="/console/members/{pia}", members=403, out=ASKS, people=200),
    row(PERSON, path="/console/members/{bob}", members=403, out=ASKS, lead=404, ada=200),
    row(PERSON, path="/console/members/{carol}", members=403, out=ASKS, lead=404, ada=200),
    row(PERSON, path="/console/members/nobody", members=403, out=ASKS, people=404),
    *(
        row(
            f"{PERSON}/{what}",
            "POST",
            f"/console/members/{{pia}}/{what}",
            body=body,
            members=403,
            out=ASKS,
            **done,
        )
        for what, body, done in (
            ("role", {"role": "nothing"}, {"ada": 422}),
            ("suspension", {}, {"people": Goes("/console/members/{pia}?done=suspended")}),
            ("reinstatement", {}, {"people": Goes("/console/members/{pia}?done=reinstated")}),
            ("sessions/endings", {}, {"people": Goes("/console/members/{pia}?done=signed-out")}),
            ("second-factor/removal", {}, {"ada": Goes("/console/members/{pia}?done=second-factor")}),
            ("reset-link", {}, {"people": 200}),
            ("slip", {}, {"people": 422}),  # she has an address
            ("details", DETAILS, {"people": 422}),  # without a name
        )
    ),
    *(
        row(
            f"{PERSON}/{what}",
            "POST",
            f"/console/members/{{bob}}/{what}",
            members=403,
            out=ASKS,
            lead=404,
            ada=answer,
        )
        for what, answer in (
            ("sessions/endings", Goes("/console/members/{bob}?done=signed-out")),
            ("reset-link", 200),
            ("slip", 422),
            ("details", 422),
        )
    ),
    row("/console/schools", members=403, out=ASKS, lead=Goes(NORTH), ada=200),
    *(
        row(SCHOOL + end, path=school + end, members=403, out=ASKS, lead=lead, ada=200)
        for end in ("", "/slips", "/slips.csv", "/slips/template.csv")
        for school, lead in ((NORTH, 200), (EAST, 404))
    ),
    *(
        row(SCHOOL + end, "POST", school + end, more=more, members=403, out=ASKS, lead=lead, ada=answer)
        for end, more, answer in (
            ("/classes", ("name", "year", "places", "lasts"), 422),
            ("/slips", ("file", "list", "fingerprint"), 422),
            ("/slips/renewal", ("class",), 422),
        )
        for school, lead in ((NORTH, answer), (EAST, 404))
    ),
    *(
        row(f"{SCHOOL}/settings", "POST", f"{at}/settings", members=403, out=ASKS, **answers, more=SETTINGS)
        for at, answers in (
            (NORTH, {"people": Goes(f"{NORTH}?done=saved")}),
            (EAST, {"lead": 404, "ada": Goes(f"{EAST}?done=saved")}),
        )
    ),
    row(f"{SCHOOL}/domains", "POST", f"{NORTH}/domains", members=403, out=ASKS, ada=422, more=("domain",)),
    row(
        f"{SCHOOL}/domains/removal",
        "POST",
        f"{NORTH}/domains/removal",
        more=("domain",),
        members=403,
        out=ASKS,
        ada=Goes(f"{NORTH}?done=domain-gone"),
    ),
    row(CLASS, path="/console/classes/{northfield_class}", members=403, out=ASKS, people=200),
    row(CLASS, path="/console/classes/{eastgate_class}", members=403, out=ASKS, lead=404, ada=200),
    *(
        row(CLASS + end, "POST", one + end, members=403, out=ASKS, lead=lead, ada=answer, more=more)
        for one in ("/console/classes/{northfield_class}", "/console/classes/{eastgate_class}")
        for end, more, answer in (
            ("/code", ("lasts",), Goes(f"{one}?done=code")),
            ("/closing", (), Goes(f"{one}?done=closed")),
            ("/places", ("places",), 422),
        )
        for lead in ([404] if "eastgate" in one else [answer])
    ),
    row(
        "/console/slips/<public_id>/withdrawal",
        "POST",
        "/console/slips/nobodys/withdrawal",
        members=403,
        out=ASKS,
        people=404,
    ),
    row(JOINING, members=403, out=ASKS, people=200),
    row(f"{JOINING}/approvals", "POST", members=403, out=ASKS, people=422, more=("handle",)),
    *(
        row(
            f"{JOINING}/<handle>/{what}",
            "POST",
            f"{JOINING}/{{{whom}}}/{what}",
            members=403,
            out=ASKS,
            **done,
        )
        for what in ("approval", "refusal")
        for whom, done in (("pia", {"people": 422}), ("bob", {"lead": 404, "ada": 422}))
    ),
    *(
        row(
            f"{JOINING}/<handle>/name",
            "POST",
            f"{JOINING}/{{{whom}}}/name",
            body={"decision": "accept"},
            members=403,
            out=ASKS,
            more=("wished_name",),
            **done,
        )
        for whom, done in (("pia", {"people": 422}), ("bob", {"lead": 404, "ada": 422}))
    ),
    row("/members/<handle>", path="/members/{alice}", members=200, out=404),
    row("/members/<handle>", path="/members/{suspended}", everyone=404),
    row("/members/<handle>", path="/members/{pending}", everyone=404, pending=200),
    row("/members/<handle>", path="/members/{carol}", everyone=404, carol=200),
    # Texts in their place; what says no text, or not what it was begun from, is refused.
    *(row(LISTS, path=f"/{shelf}", everyone=200) for shelf in ("articles", "newsletters", "announcements")),
    row(LISTS, path="/articles?page=2", everyone=404),
    row(LISTS, path="/articles?page=x", everyone=404),
    *(
        row(f"/{shelf}/<slug>", path=f"/{shelf}/nothing", everyone=404)
        for shelf in ("articles", "newsletters", "announcements", "pages")
    ),
    row("/articles/<slug>", path="/articles/for-everybody", everyone=200),
    row("/articles/<slug>", path="/articles/for-members", members=200, out=404),
    row("/announcements/<slug>", path="/announcements/for-staff", members=404, out=404, people=200, keys=200),
    row("/newsletters/<slug>", path="/newsletters/with-a-file", members=404, out=404, keys=200),
    row("/about", everyone=200),
    row("/console/publishing", members=403, out=ASKS, keys=200),
    row("/console/publishing/new", members=403, out=ASKS, keys=200),
    row("/console/publishing", "POST", members=403, out=ASKS, keys=422, more=("kind", "title")),
    row(f"{POST}/details", path="/newsletters/with-a-file/details", members=403, out=ASKS, keys=200),
    row(f"{POST}/details", path="/newsletters/nothing/details", members=403, out=ASKS, keys=404),
    row(
        f"{POST}/details",
        "POST",
        "/newsletters/with-a-file/details",
        members=403,
        out=ASKS,
        keys=422,
        more=("base", "title", "summary", "tags", "credit", "audience", "expires_at", "pinned"),
    ),
    row(
        f"{POST}/publication",
        "POST",
        "/newsletters/with-a-file/publication",
        members=403,
        out=ASKS,
        keys=422,
        body={"when": "later"},
        more=("publish_at",),
    ),
    row(f"{POST}/publication", "POST", "/pages/nothing/publication", members=403, out=ASKS, keys=404),
    row(f"{POST}/bin", "POST", "/pages/nothing/bin", members=403, out=ASKS, keys=404),
    *(
        row(
            STEP,
            "POST",
            f"/newsletters/with-a-file/{noun}",
            members=403,
            out=ASKS,
            keys=Goes(f"/newsletters/with-a-file?done={done}"),
        )
        for noun, done in STEPS.items()
    ),
    row(
        "/newsletters/<slug>/document",
        "POST",
        "/newsletters/nothing/document",
        members=403,
        out=ASKS,
        keys=404,
        more=("file",),
    ),
    row(
        "/newsletters/<slug>/document/removal",
        "POST",
        "/newsletters/nothing/document/removal",
        members=403,
        out=ASKS,
        keys=404,
    ),
    *(
        row(f"/{shelf}/<slug>", "POST", f"/{shelf}/nothing", members=403, out=ASKS, keys=404, more=TYPED)
        for shelf in SHELVES
    ),
    *(
        row(f"/{path.split('/')[1]}/<slug>", "POST", path, members=403, out=ASKS, keys=422, more=TYPED)
        for path in ("/challenges/squares", "/challenges/draft", "/competitions/cup")
    ),
    row(f"{TEXT}/edit", path="/challenges/nothing/edit", members=403, out=ASKS, keys=404),
    row(f"{TEXT}/edit", path="/challenges/squares/edit?field=title", members=403, out=ASKS, keys=404),
    *(
        row(f"{TEXT}/{what}", path=f"{path}/{what}", members=403, out=ASKS, keys=200)
        for path in ("/challenges/squares", "/challenges/draft", "/competitions/cup")
        for what in ("edit", "history")
    ),
    row(f"{TEXT}/edit", path="/challenges/squares/edit?field=solution", members=403, out=ASKS, keys=200),
    row(f"{TEXT}/history", path="/challenges/squares/history?number=1", members=403, out=ASKS, keys=404),
    row(f"{TEXT}/region", path="/challenges/squares/region?field=title", members=403, out=ASKS, keys=404),
    *(
        row(
            f"{TEXT}/{what}",
            "POST",
            f"/challenges/squares/{what}",
            members=403,
            out=ASKS,
            more=more,
            **answers,
        )
        for what, more, answers in (
            ("preview", TYPED, {"keys": 200}),
            ("restoration", ("field", "number", "base"), {"keys": 404}),
        )
    ),
    *(
        row(
            f"{TEXT}/{what}",
            "POST",
            f"/challenges/squares/{what}",
            body={"base": "x"},
            members=403,
            out=ASKS,
            keys=422,
            more=(*TYPED, "left"),
        )
        for what in ("draft", "presence")
    ),
    row(
        f"{TEXT}/draft/disposal",
        "POST",
        "/challenges/squares/draft/disposal",
        body={"then": "read"},
        members=403,
        out=ASKS,
        keys=Goes("/challenges/squares"),
        more=("field", "draft"),
    ),
    row("/console/writing/formula", "POST", members=403, out=ASKS, keys=200, more=("latex", "display")),
    row("/search", everyone=200),
    row("/search", path="/search?q=squares", everyone=200),
    row("/search", path="/search?q=squares&page=0", everyone=404),
    row("/feed.xml", everyone=200),
    row("/feed/<shelf>.xml", path="/feed/articles.xml", everyone=200),
    row("/feed/<shelf>.xml", path="/feed/pages.xml", everyone=404),
    row("/calendar.ics", everyone=200),
    row("/sitemap.xml", everyone=200),
    row("/robots.txt", everyone=200),
    row("/competitions", everyone=200),
    row("/competitions/<slug>", path="/competitions/ladder", everyone=200),
    row("/competitions/<slug>", path="/competitions/cup", members=200, out=404),
    row("/challenges", everyone=200),
    row("/challenges/<slug>", path="/challenges/squares", everyone=200),
    row("/challenges/<slug>", path="/challenges/done", everyone=200),
    row("/challenges/<slug>", path="/challenges/drill", everyone=200),
    row("/challenges/<slug>", path="/challenges/draft", everyone=404, keys=200),
    row("/challenges/<slug>", path="/challenges/later", everyone=404, keys=200),
    row("/challenges/<slug>", path="/challenges/nothing", everyone=404),
    row(
        READING,
        "POST",
        "/challenges/squares/boxes/{squares_box}/reading",
        body={"answer": "x", "token": "t"},
        members=200,
        out=ASKS,
    ),
    row(
        READING,
        "POST",
        "/challenges/later/boxes/{later_box}/reading",
        body={"answer": "x", "token": "t"},
        members=404,
        out=ASKS,
        keys=200,
    ),
    row(
        ATTEMPTS,
        "POST",
        "/challenges/squares/boxes/{squares_box}/attempts",
        body={"answer": "", "token": "t"},
        members=409,
        out=ASKS,
        alice=422,
        bob=422,
    ),
    row(
        ATTEMPTS,
        "POST",
        "/challenges/later/boxes/{later_box}/attempts",
        body={"answer": "1", "token": "t2"},
        members=404,
        out=ASKS,
        keys=409,
    ),
    row(
        ATTEMPTS,
        "POST",
        "/challenges/squares/boxes/{done_box}/attempts",
        body={"answer": "1", "token": "t2"},
        members=404,
        out=ASKS,
    ),
    row("/leaderboards", everyone=200),
    row("/leaderboards/<slug>", path="/leaderboards/ladder", everyone=200),
    row("/leaderboards/<slug>", path="/leaderboards/cup", members=200, out=404),
    row("/leaderboards/<slug>/place", path="/leaderboards/ladder/place", everyone=200),
    row("/leaderboards/<slug>/place", path="/leaderboards/cup/place", members=200, out=404),
    row(UPLOAD, path="/uploads/{carol_upload}", everyone=404, keys=200),
    row(UPLOAD, path="/uploads/{kept_upload}?download=1", everyone=404, keys=200),
    row(UPLOAD, path="/uploads/nothing", everyone=404),
    row(FILES, members=403, out=ASKS, keys=200),
    row(FILES, "POST", members=403, out=ASKS, keys=422, more=("file",)),
    row(
        f"{FILES}/<public_id>/removal",
        "POST",
        f"{FILES}/{{kept_upload}}/removal",
        members=403,
        out=ASKS,
        keys=422,
    ),
    row("/api/openapi.json", everyone=200),
    *(
        row(
            f"/api/math/{what}",
            "POST",
            json=True,
            body={"answer": "x", "key": "x"},
            members=403,
            out=ASKS,
            keys=answer,
        )
        for what, answer in (("validate", 422), ("equivalent", 200), ("normalise", 422))
    ),
)
