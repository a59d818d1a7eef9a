"""create_app: registers everything. The table of contents of mathsoc."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from quart import Quart, current_app, g, has_request_context, request
from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import audit, clock, jobs, live, mail
from mathsoc.accounts import letters
from mathsoc.accounts import service as account_changes
from mathsoc.accounts import views as accounts
from mathsoc.accounts.holding import stream_guard
from mathsoc.accounts.recovery import blueprint as recovery_pages
from mathsoc.challenges import service as challenges
from mathsoc.challenges.live import OpenSource
from mathsoc.challenges.shelf import ChallengeShelf
from mathsoc.challenges.views import blueprint as challenge_pages
from mathsoc.competitions.shelf import CompetitionShelf
from mathsoc.competitions.views import blueprint as competition_pages
from mathsoc.config import FILES, Config
from mathsoc.console import denials
from mathsoc.console.admin import blueprint as people_pages
from mathsoc.console.views import blueprint as console_pages
from mathsoc.db import Database
from mathsoc.feeds.views import blueprint as feeds
from mathsoc.home.views import blueprint as home_page
from mathsoc.joining import letters as joining_letters
from mathsoc.joining.admin import blueprint as joining_staff
from mathsoc.joining.views import blueprint as joining_pages
from mathsoc.leaderboards.live import BoardSource
from mathsoc.leaderboards.views import blueprint as leaderboard_pages
from mathsoc.mailings import letters as mailing_letters
from mathsoc.mailings import sending
from mathsoc.mailings import service as mailings
from mathsoc.mailings.admin import blueprint as mailing_pages
from mathsoc.mailings.live import MailingSource
from mathsoc.mailings.views import blueprint as newsletters_by_mail
from mathsoc.marking import pool
from mathsoc.maths_api.views import blueprint as maths_api
from mathsoc.members.rules import Viewer
from mathsoc.members.views import blueprint as member_pages
from mathsoc.privacy import letters as privacy_letters
from mathsoc.privacy import scrub
from mathsoc.privacy import service as privacy
from mathsoc.privacy.admin import blueprint as retention_pages
from mathsoc.privacy.views import blueprint as privacy_pages
from mathsoc.profile import letters as profile_letters
from mathsoc.profile.addresses import blueprint as address_pages
from mathsoc.profile.names import blueprint as name_pages
from mathsoc.profile.views import blueprint as profile_pages
from mathsoc.publishing import service as posts
from mathsoc.publishing.admin import blueprint as post_pages
from mathsoc.publishing.details import blueprint as post_details
from mathsoc.publishing.live import ListSource, PostSource
from mathsoc.publishing.models import KINDS
from mathsoc.publishing.shelf import PostShelf
from mathsoc.publishing.views import blueprint as publishing_pages
from mathsoc.reports.admin import blueprint as decision_pages
from mathsoc.reports.views import blueprint as report_pages
from mathsoc.roll_over.admin import blueprint as roll_over_pages
from mathsoc.school_admin.admin import blueprint as school_pages
from mathsoc.schools import queries as schools
from mathsoc.search import service as search
from mathsoc.search.views import blueprint as search_pages
from mathsoc.second_factor import views as second_factor
from mathsoc.setup import views as setup
from mathsoc.slips import service as slips
from mathsoc.slips.admin import blueprint as slip_pages
from mathsoc.submissions import queries as submissions
from mathsoc.submissions.views import blueprint as submission_pages
from mathsoc.uploads import tidying, workshop
from mathsoc.uploads.admin import TEXTS
from mathsoc.uploads.admin import blueprint as file_pages
from mathsoc.uploads.store import open_store
from mathsoc.uploads.views import blueprint as upload_pages
from mathsoc.web import assets, errors, filters, limits, operations, pages, rights, security, unit_of_work
from mathsoc.web.kept import Kept
from mathsoc.writing import service as writing
from mathsoc.writing.admin import blueprint as formula_pages
from mathsoc.writing.drafts import blueprint as draft_pages
from mathsoc.writing.history import blueprint as revision_pages
from mathsoc.writing.shelves import Shelves, Thing
from mathsoc.writing.views import blueprint as writing_pages

JOBS: dict[str, jobs.Step] = {
    challenges.ANNOUNCE: challenges.announce_open,
    audit.FORGET: audit.forget_details,
    account_changes.FORGET: account_changes.forget_old,
    jobs.TIDY: jobs.tidy,
    posts.ANNOUNCE: posts.announce_due,
    posts.PURGE: posts.purge,
    slips.FORGET: slips.forget_old,
    privacy.ERASE: privacy.erase_due,
    privacy.RETAIN: privacy.retain,
    mailings.FORGET: mailings.forget_old,
    writing.FORGET: writing.forget_old,
    search.INDEX: search.index,
    search.FILL: search.fill,
}
# Jobs that come round again by themselves.
DAILY = (
    audit.FORGET,
    account_changes.FORGET,
    jobs.TIDY,
    slips.FORGET,
    mailings.FORGET,
    privacy.RETAIN,
    writing.FORGET,
    posts.PURGE,
    tidying.FORGET,
)
STANDING = dict.fromkeys(DAILY, timedelta(days=1)) | {privacy.ERASE: timedelta(hours=1)}
STANDING |= {search.FILL: timedelta(hours=1)}
# What may be missing in a database that was just restored, or filled by hand.
AT_START = (search.FILL,)
# What is written is read again for the search.
posts.on_changed.append(search.post_changed)
writing.on_published.append(search.text_published)
# Who makes the mails of each kind.
MAIL: dict[str, mail.Builder] = {
    "reset": letters.reset,
    "password-changed": letters.password_changed,
    "join": joining_letters.join,
    "approved": joining_letters.approved,
    "erasure-asked": privacy_letters.erasure_asked,
    "retention": privacy_letters.retention,
    "verify-address": profile_letters.verify_address,
    "address-changed": profile_letters.address_changed,
}

PAGES = (
    operations.blueprint,
    home_page,
    setup.blueprint,
    accounts.blueprint,
    second_factor.blueprint,
    profile_pages,
    name_pages,
    address_pages,
    recovery_pages,
    privacy_pages,
    retention_pages,
    mailing_pages,
    newsletters_by_mail,
    report_pages,
    decision_pages,
    roll_over_pages,
    joining_pages,
    member_pages,
    competition_pages,
    challenge_pages,
    submission_pages,
    leaderboard_pages,
    search_pages,
    feeds,
    console_pages,
    people_pages,
    school_pages,
    slip_pages,
    joining_staff,
    maths_api,
    publishing_pages,
    post_pages,
    post_details,
    upload_pages,
    file_pages,
    writing_pages,
    draft_pages,
    revision_pages,
    formula_pages,
)


class Mathsoc(Quart):
    """The application, with its settings and database."""

    settings: Config
    database: Database
    jobs: jobs.Runner

    def log_exception(self, exception_info: Any) -> None:
        """Names the rule and not the path as Quart does: there may be a token in it."""
        asked = f" on {request.method} {request.url_rule}" if has_request_context() else ""
        self.logger.error("Exception%s", asked, exc_info=exception_info)


def create_app(config: Config) -> Mathsoc:
    """An application that serves these settings; its database is connected to when first used."""
    app = Mathsoc("mathsoc", static_folder=None, template_folder=str(FILES / "templates"))
    app.settings = config
    app.secret_key = config.secret_key
    app.database = Database(config.database_url)
    app.extensions["kept"] = Kept()
    clock.follow(config.clock_file)
    # Every template escapes, whatever its name ends with.
    app.jinja_env.autoescape = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    # In this order for requests; replies pass the other way round, so the commit comes before the headers.
    security.install(app, config)
    setup.install(app)
    accounts.install(app, config)
    second_factor.install(app, config)
    limits.install(app, config)
    rights.install(app)
    security.take_large_bodies(app)
    rights.on_denied(app, denials.note)
    unit_of_work.install(app)
    errors.install(app)
    filters.install(app, config)
    assets.install(app, FILES / "static")
    pages.on_every_page(app, _society_and_viewer)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.extensions["shelves"] = Shelves(
        ChallengeShelf(submissions.members_answered), CompetitionShelf(), *map(PostShelf, KINDS)
    )
    app.extensions["uploads"] = open_store(config.upload_dir)
    _go_live(app)
    _run_with_the_server(app, config)
    rights.check_complete(app)
    limits.check_complete(app)
    security.set_largest_body(app)
    return app


def _go_live(app: Mathsoc) -> None:
    hub = live.attach(app, app.database)
    hub.source("board", BoardSource(app, app.database))
    hub.source("challenges", OpenSource(app, app.database))
    hub.source("posts", ListSource(app, app.database))
    hub.source("post", PostSource(app, app.database))
    hub.source("mailing", MailingSource(app, app.database))
    hub.guard = stream_guard
    hub.viewer_key = lambda viewer: viewer.handle if isinstance(viewer, Viewer) else None


def _run_with_the_server(app: Mathsoc, config: Config) -> None:
    builders = {**MAIL, sending.KIND: mailing_letters.builder(config)}
    delivery = mail.Delivery(config, builders, _society_name, app.jinja_env.filters)
    app.extensions["mail"] = delivery
    steps: dict[str, jobs.Step] = {**JOBS, mail.JOB: delivery, scrub.JOB: scrub.step(app.database)}
    steps[mailings.JOB] = sending.step(config.time_zone)
    steps |= {
        tidying.FORGET: tidying.forget(TEXTS),
        tidying.SWEEP: tidying.sweep(app.database, app.extensions["uploads"]),
    }
    app.jobs = runner = jobs.Runner(app.database, steps, STANDING, AT_START)
    warming: list[asyncio.Task[None]] = []

    @app.before_serving
    async def start() -> None:
        # In the background: the first page need not wait for the marking workers.
        warming.append(asyncio.create_task(asyncio.to_thread(pool.start)))
        delivery.warn()
        runner.start()

    @app.after_serving
    async def stop() -> None:
        await runner.stop()
        await asyncio.gather(*warming)
        await asyncio.to_thread(pool.stop)
        await asyncio.to_thread(workshop.stop)
        await app.database.close()


async def _search_again(session: AsyncSession, thing: Thing, _field: str, _now: datetime) -> None:
    await search.plan(session, thing.owner.removesuffix("_id"), thing.id)


writing.on_published.append(_search_again)


async def _society_name(session: AsyncSession) -> str:
    society = await schools.society(session)
    return society.name if society else "mathsoc"


async def _society_and_viewer() -> dict[str, Any]:
    db, viewer = await unit_of_work.session(), g.get("viewer")
    society, contact = await schools.society_and_contact(db, viewer.school_id if viewer else None)
    current_app.extensions["society"] = society
    sends_mail = mail.sends(current_app.settings)  # type: ignore[attr-defined]
    return {"society": society, "staff_contact": contact, "viewer": viewer, "sends_mail": sends_mail}
