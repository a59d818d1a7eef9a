"""How often something may be done: one table, read by the guard here, by views and by the tests.

Reading pages is free. What changes something, asks the marking, signs in, opens a stream, searches or exports
is counted: by member, or where nobody is signed in by address. A whole school is behind one address, so what
an address may do is generous. RATE_SCALE multiplies every count.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil

from quart import Quart, current_app, g, request

from mathsoc.config import Config
from mathsoc.errors import TooMany
from mathsoc.web.counters import Counters
from mathsoc.web.unit_of_work import SAFE_METHODS, release

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds: for each member, and for each address with nobody signed in."""

    member: int
    address: int
    seconds: int = MINUTE


# Endpoint → what it allows. Unsafe methods are counted, and every method of an address that only reads.
LIMITS: dict[str, tuple[Limit, ...]] = {
    # 1,500 phones behind one address, each with a page or two in a minute, and once more after a restart.
    "live.live": (Limit(member=120, address=6_000),),
    "accounts.logout": (Limit(member=30, address=1_500),),
    "recovery.forgot": (Limit(member=30, address=300),),
    "recovery.reset": (Limit(member=30, address=300),),
    # Classes join together, from one address, and mistype.
    "joining.register": (Limit(member=30, address=600),),
    "joining.join_by_code": (Limit(member=30, address=600),),
    "joining.join_by_mail": (Limit(member=30, address=600),),
    "privacy.download": (Limit(member=10, address=300),),
    "privacy.delete": (Limit(member=30, address=300),),
    "privacy.undo": (Limit(member=30, address=300),),
    "reports.make": (Limit(member=10, address=10), Limit(member=30, address=30, seconds=HOUR)),
    "decisions.decide": (Limit(member=120, address=30),),
    "roll_over.begin": (Limit(member=10, address=10),),
    "retention.keep": (Limit(member=120, address=30),),
    "retention.leaving": (Limit(member=120, address=30),),
    "retention.stays": (Limit(member=120, address=30),),
    "mailings.begin": (Limit(member=20, address=10),),
    "mailings.stop": (Limit(member=60, address=10),),
    "mailings.resume": (Limit(member=60, address=10),),
    "mailings.repeat": (Limit(member=20, address=10),),
    "newsletters_by_mail.choose": (Limit(member=30, address=300),),
    # Providers of mail press the button for everybody who has their mail there.
    "newsletters_by_mail.end": (Limit(member=60, address=1_500),),
    "profile.stand_on_boards": (Limit(member=10, address=300),),
    "names.choose": (Limit(member=30, address=300),),
    "names.wish": (Limit(member=30, address=300),),
    "names.withdraw": (Limit(member=30, address=300),),
    # Each may be a mail to somebody.
    "addresses.ask": (Limit(member=20, address=300, seconds=HOUR),),
    "addresses.change": (Limit(member=30, address=300),),
    "profile.end_session": (Limit(member=60, address=300),),
    "profile.end_other_sessions": (Limit(member=30, address=300),),
    "profile.change_password": (Limit(member=30, address=300),),
    "second_factor.code": (Limit(member=60, address=1_500),),
    "second_factor.start": (Limit(member=30, address=300),),
    "second_factor.confirm_app": (Limit(member=30, address=300),),
    "second_factor.recovery_codes": (Limit(member=30, address=300),),
    "second_factor.removal": (Limit(member=30, address=300),),
    "setup.save": (Limit(member=60, address=60),),
    # The page asks a quarter of a second after the last key.
    "submissions.reading": (Limit(member=240, address=6_000),),
    "submissions.send": (Limit(member=30, address=1_500), Limit(member=600, address=20_000, seconds=HOUR)),
    "uploads.send": (Limit(member=60, address=30), Limit(member=600, address=30, seconds=HOUR)),
    "files.removal": (Limit(member=120, address=30),),
    "maths_api.validate": (Limit(member=240, address=60),),
    "maths_api.equivalent": (Limit(member=240, address=60),),
    "maths_api.normalise": (Limit(member=240, address=60),),
    "posts.make": (Limit(member=60, address=30),),
    "posts.publish": (Limit(member=60, address=30),),
    "posts.step": (Limit(member=60, address=30),),
    "posts.document": (Limit(member=20, address=10),),
    "posts.remove_document": (Limit(member=60, address=30),),
    "posts.bin": (Limit(member=60, address=30),),
    "post_details.save": (Limit(member=120, address=30),),
    "writing.publish": (Limit(member=60, address=30),),
    "writing.preview": (Limit(member=120, address=30),),
    # Every five seconds, and when the editor is left; in a few tabs at once.
    "drafts.keep": (Limit(member=120, address=30),),
    "drafts.dispose": (Limit(member=60, address=30),),
    "drafts.presence": (Limit(member=60, address=30),),
    "revisions.restore": (Limit(member=30, address=30),),
    # A quarter of a second after the last key.
    "formulas.formula": (Limit(member=600, address=30),),
    # The page asks a while after the last key; a whole school looks something up in one lesson.
    "search.show": (Limit(member=120, address=1_500),),
    # The whole list of pages, for search engines.
    "feeds.site_map": (Limit(member=30, address=30),),
    "people.index": (Limit(member=120, address=60),),
    "people.export": (Limit(member=10, address=10),),
    "people.details": (Limit(member=240, address=60),),
    "people.role": (Limit(member=30, address=30),),
    "people.suspension": (Limit(member=60, address=30),),
    "people.reinstatement": (Limit(member=60, address=30),),
    "people.end_sessions": (Limit(member=60, address=30),),
    "people.remove_second_factor": (Limit(member=30, address=30),),
    # A whole class on its first morning: the teacher hands each pupil a link.
    "people.make_reset_link": (Limit(member=120, address=30),),
    "people.make_slip": (Limit(member=120, address=30),),
    "school_admin.settings": (Limit(member=60, address=30),),
    "school_admin.add_domain": (Limit(member=60, address=30),),
    "school_admin.remove_domain": (Limit(member=60, address=30),),
    "school_admin.add_class": (Limit(member=60, address=30),),
    "school_admin.new_code": (Limit(member=60, address=30),),
    "school_admin.close_code": (Limit(member=60, address=30),),
    "school_admin.places": (Limit(member=60, address=30),),
    "slips.export": (Limit(member=10, address=10),),
    "slips.check": (Limit(member=20, address=10),),
    "slips.renewal": (Limit(member=20, address=10),),
    "slips.withdrawal": (Limit(member=120, address=30),),
    "joining_staff.index": (Limit(member=120, address=60),),
    # A whole year group, one by one.
    "joining_staff.approvals": (Limit(member=120, address=30),),
    "joining_staff.approval": (Limit(member=240, address=30),),
    "joining_staff.refusal": (Limit(member=120, address=30),),
    "joining_staff.name": (Limit(member=240, address=30),),
}

# Rules with an unsafe method that need no limit, each with its reason.
FREE: dict[str, str] = {
    "accounts.login": "counted in accounts/throttle.py, where a known device passes its address",
}

# What views count by a name: how many in how many seconds, for each `who` that they give.
BUCKETS: dict[str, tuple[int, int]] = {
    "login-pair": (10, 15 * MINUTE),  # an account tried from one address
    "login-pair-tight": (3, 15 * MINUTE),  # the same, while the account is under attack
    "login-known": (10, 15 * MINUTE),  # an account tried from a device that it has signed in on
    "login-known-all": (60, MINUTE),  # from all of those together: only who knows the password gets there
    "login-slow": (1, MINUTE),  # beyond each of these three, by account and address or device
    "login-account": (50, HOUR),  # an account tried from anywhere; tells of an attack, refuses nobody
    "login-address": (1_500, MINUTE),  # by strange devices
    "failures": (60, MINUTE),  # wrong passwords from one address that are written to the audit log
    "reset-mail": (3, HOUR),  # letters to one account, asked for from one address or known device
    "reset-mail-all": (12, HOUR),  # the same, from all addresses
    "reset-address": (300, HOUR),
    "join-address": (1_500, HOUR),  # links to join: a whole school may join in one lesson
    # Codes of classes that fail, from one address: ten classes in one lesson, each pupil mistypes once.
    "join-code": (300, 10 * MINUTE),
    "names": (5, 24 * HOUR),  # changes of one's display name, and wishes for another
    "confirm": (10, 15 * MINUTE),  # one's own password asked again
    "code": (5, 5 * MINUTE),  # wrong codes of a member; the right one empties it
    "code-known": (5, 5 * MINUTE),  # the same, from a device where a code of theirs was right before
    "code-browser": (10, 10 * MINUTE),  # codes from one sign-in; then it begins again with the password
    "setup": (10, 10 * MINUTE),
    "denials": (30, MINUTE),  # refusals of one member or address that are written to the audit log
}


class Limiter:
    """The counters of the application, by the table above."""

    def __init__(self, config: Config) -> None:
        self.counters = Counters(config.redis_url)
        self._scale = config.rate_scale
        self._key = hashlib.sha256(config.secret_key.encode()).digest()

    def count(self, number: int) -> int:
        return max(1, round(number * self._scale))

    def key(self, *who: str) -> str:
        """Who, so that neither memory nor Redis holds an e-mail or an address that can be read."""
        text = "\x00".join(who).encode("utf-8", "replace")
        return hashlib.blake2b(text, key=self._key, digest_size=16).hexdigest()


async def take(name: str, *who: str) -> bool:
    """Count one for `who` in the bucket `name`; whether that was still within its number.

    `who` may be personal (an e-mail): it is hashed. Call it before a unit of work is begun, or after
    `release()`: it may ask Redis.
    """
    return await _limiter().counters.add(*_bucket(name, who))


async def must_take(name: str, *who: str) -> None:
    """As `take`; raises TooMany, with the seconds to wait, where the number was reached before."""
    if not await take(name, *who):
        raise await too_many(name, *who)


async def seen(name: str, *who: str) -> bool:
    """Whether the bucket is full: one more `take` would say no. Counts nothing."""
    left, _ = await _limiter().counters.left(*_bucket(name, who))
    return left <= 0


async def too_many(name: str, *who: str) -> TooMany:
    """The error to raise for a full bucket."""
    _, seconds = await _limiter().counters.left(*_bucket(name, who))
    return TooMany(max(1, ceil(seconds)))


def keyed(*who: str) -> str:
    """A name for `who` that nobody without the application's secret can make from a guess."""
    return _limiter().key(*who)


async def refund(name: str, *who: str) -> None:
    """Take one back, as if it had never been counted."""
    await _limiter().counters.add(*_bucket(name, who), cost=-1)


async def clear(name: str, *who: str) -> None:
    """Empty a bucket."""
    await _limiter().counters.clear(*_bucket(name, who))


def client_address() -> str:
    """Where the request came from, as it is counted."""
    return counted_as(request.remote_addr or "")


def counted_as(given: str) -> str:
    """An IPv6 client by its network, since it may take any address in there; anything else as it stands."""
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return given


def install(app: Quart, config: Config) -> None:
    """To be called after what loads the viewer and before what looks at rights: refusals count too."""
    limiter = Limiter(config)
    app.extensions["limiter"] = limiter
    app.before_request(_count)
    app.after_serving(limiter.counters.close)


def check_complete(app: Quart) -> None:
    """Stop the start when a rule that changes something has no row; so an unlimited one cannot ship."""
    unsafe = {
        rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - set(SAFE_METHODS)
    }
    missing = unsafe - LIMITS.keys() - FREE.keys()
    if missing:
        raise LookupError(f"no row in mathsoc.web.limits for: {', '.join(sorted(missing))}")


async def _count() -> None:
    endpoint = request.endpoint or ""
    if endpoint not in LIMITS or not _counted():
        return
    limiter = _limiter()
    if limiter.counters.shared:
        await release()  # no connection to the database waits for Redis
    viewer = g.get("viewer")
    who = ("member", str(viewer.id)) if viewer is not None else ("address", client_address())
    for limit in LIMITS[endpoint]:
        number = limiter.count(limit.member if viewer is not None else limit.address)
        window = (f"at/{endpoint}", limiter.key(*who), number, limit.seconds)
        if not await limiter.counters.add(*window):
            _, seconds = await limiter.counters.left(*window)
            raise TooMany(max(1, ceil(seconds)))


def _counted() -> bool:
    if request.method not in SAFE_METHODS:
        return True
    return request.url_rule is not None and (request.url_rule.methods or set()) <= set(SAFE_METHODS)


def _bucket(name: str, who: tuple[str, ...]) -> tuple[str, str, int, int]:
    limiter = _limiter()
    count, seconds = BUCKETS[name]
    return f"in/{name}", limiter.key(*who), limiter.count(count), seconds


def _limiter() -> Limiter:
    found: Limiter = current_app.extensions["limiter"]
    return found
