"""Mail: queued with the transaction that causes it, made and sent after the commit, tried again.

A slice registers a builder under a kind. The job keeps only ids, so no token and no text of a message is ever
stored: the builder makes the message (and its token) when it is about to be sent.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, select_autoescape
from sqlalchemy import String, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from mathsoc import clock, heads, ids, jobs
from mathsoc.config import FILES, Config
from mathsoc.db import Base
from mathsoc.errors import ConfigError
from mathsoc.jobs import Job, NotDone, Outside

log = logging.getLogger(__name__)

JOB = "mail"
KEPT = 200  # newest messages of a development server
ANSWER_WITHIN = 20.0  # seconds for each answer of the mail server
# Seconds between tries, a day in all: a school's mail server may be away for a night.
PAUSES = (60.0, 300.0, 900.0, 3_600.0, 10_800.0, 25_200.0, 43_200.0)
ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f<>,;\"\\()\[\]@]{1,64}@[^\s\x00-\x1f\x7f<>,;\"\\()@]{1,253}")


@dataclass(frozen=True)
class Message:
    """A mail to be made from `templates/emails/<template>/{subject,body}.txt` with this context.

    Where a `body.html` stands beside them it goes along, as another way to read the same. `headers` are ours:
    what anybody typed belongs into the context. `number` is the mail's own at every try, for one that
    nobody may get twice. `noted` is told how each try ended, in the transaction that notes it.
    """

    to: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    number: str | None = None
    noted: Noted | None = None


# Told of the reason, empty where it went well, and whether it was the last try.
Noted = Callable[[AsyncSession, str, bool], Awaitable[None]]
# Makes the message of a queued mail in a transaction of its own; None when there is nothing to send any more.
Builder = Callable[[AsyncSession, dict[str, Any]], Awaitable[Message | None]]


class KeptMail(Base):
    """A message of a development server, kept for /console/mail instead of being sent."""

    __tablename__ = "kept_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=ids.public_id)
    at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)


async def queue(
    session: AsyncSession, kind: str, payload: dict[str, Any], subject: str | None = None
) -> None:
    """Queue a mail in the caller's transaction: it is sent if, and only if, that commits.

    Of one `subject` there is one mail at most that waits.
    """
    await jobs.plan(session, JOB, subject or ids.public_id(20), clock.now(), {"kind": kind, **payload})


def sends(config: Config) -> bool:
    """Whether a mail reaches somebody: its recipient, or in development whoever reads /console/mail."""
    return config.mail_url is not None or not config.production


def keeps(config: Config) -> bool:
    """Whether mail is kept in the database to be read in the console instead of being sent."""
    return config.mail_url is None and not config.production


@dataclass(frozen=True)
class Server:
    """The mail server of MAIL_URL, and the address that our mail comes from."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: bool
    start_tls: bool
    sender: str


def server_of(url: str, site_host: str) -> Server:
    """Read `smtp[s]://user:password@host:port?from=address&tls=start`.

    smtps is TLS from the start. smtp turns to TLS by STARTTLS and refuses a server without it; to a server on
    this machine it does so only with `tls=start`. Raises ConfigError.
    """
    parts = urlsplit(url)
    given = parse_qs(parts.query, keep_blank_values=True)
    try:
        port = parts.port
    except ValueError:
        raise ConfigError("MAIL_URL has a port that is no number.") from None
    sender = given.get("from", [f"no-reply@{site_host}"])[0]
    if not parts.hostname or given.keys() - {"from", "tls"} or given.get("tls", ["start"]) != ["start"]:
        raise ConfigError("MAIL_URL must look like smtp://user:password@host:587?from=maths@school.org.")
    if not ADDRESS.fullmatch(sender):
        raise ConfigError("MAIL_URL has no address in `from`, e.g. ?from=maths@school.org.")
    tls = parts.scheme == "smtps"
    return Server(
        host=parts.hostname,
        port=port or (465 if tls else 25 if _here(parts.hostname) else 587),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
        tls=tls,
        start_tls=not tls and ("tls" in given or not _here(parts.hostname)),
        sender=sender,
    )


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Delivery:
    """The step that makes a queued mail and has it sent.

    `name` reads the society's name; `filters` are what the templates of mails may use besides Jinja's own.
    """

    goes_outside = True

    def __init__(
        self,
        config: Config,
        builders: Mapping[str, Builder],
        name: Callable[[AsyncSession], Awaitable[str]],
        filters: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.config = config
        self.builders = builders
        self.name = name
        self.host = urlsplit(config.site_url).hostname or "localhost"
        self.server = server_of(config.mail_url, self.host) if config.mail_url else None
        self.templates = _templates()
        self.templates.filters.update(filters or {})

    def warn(self) -> None:
        """Say at the start when no mail will be sent."""
        if not sends(self.config):
            log.warning("MAIL_URL is not set: no mail is sent; links to reset a password come from /console")

    async def __call__(self, session: AsyncSession, job: Job) -> Outside | None:
        """Make the message in the step's transaction; it is sent after that."""
        kind = str(job.payload["kind"])
        if not sends(self.config):
            log.warning("a mail (%s) is not sent: MAIL_URL is not set", kind)
            job.payload = {}
            return None
        message = await self.builders[kind](session, job.payload)
        if message is None:
            job.payload = {}
            return None
        if self.server is None:
            await self._keep(session, message)
            if message.noted is not None:
                await message.noted(session, "", True)
            job.payload = {}
            return None
        made = self._made(message, await self.name(session), self.server)
        return Outside(partial(_send, self.server, made), PAUSES, message.noted)

    def text(self, message: Message) -> tuple[str, str]:
        """Subject and body. What stands in a subject is one line, whatever was put into it."""
        subject, body = (self._part(message, part) for part in ("subject.txt", "body.txt"))
        return " ".join(subject.split())[:200], body.strip() + "\n"

    def html(self, message: Message) -> str | None:
        """The body for programs that show pages; None where the mail has none."""
        try:
            return self._part(message, "body.html")
        except TemplateNotFound:
            return None

    def _part(self, message: Message, part: str) -> str:
        context = {"site": self.config.site_url, **message.context}
        return self.templates.get_template(f"{message.template}/{part}").render(context)

    def _made(self, message: Message, name: str, server: Server) -> EmailMessage:
        """Raises NotDone, for good, where the address is none: nothing may add a line to the head."""
        if not ADDRESS.fullmatch(message.to):
            raise NotDone("the recipient's address is no address", final=True)
        try:
            recipient = Address(addr_spec=message.to)
        except (ValueError, MessageError):  # what the pattern lets through and no head may hold
            raise NotDone("the recipient's address is no address", final=True) from None
        made = EmailMessage(heads.POLICY)
        subject, body = self.text(message)
        # Fresh at each try: a mail server that has seen an id may drop the second one as a copy.
        # With a number of its own it shall.
        made["Message-ID"] = f"<{message.number or ids.public_id(24)}@{self.host}>"
        made["Date"] = format_datetime(clock.now())
        made["From"] = Address(" ".join(name.split()), addr_spec=server.sender)
        made["To"] = recipient
        made["Subject"] = subject
        made["Auto-Submitted"] = "auto-generated"
        for header, value in message.headers.items():
            made[header] = value
        made.set_content(body, cte="quoted-printable")
        if (html := self.html(message)) is not None:
            made.add_alternative(html, subtype="html", cte="quoted-printable")
        return made

    async def _keep(self, session: AsyncSession, message: Message) -> None:
        subject, body = self.text(message)
        session.add(KeptMail(at=clock.now(), recipient=message.to[:254], subject=subject, body=body))
        await session.flush()
        newest = select(KeptMail.id).order_by(KeptMail.id.desc()).limit(KEPT)
        await session.execute(delete(KeptMail).where(KeptMail.id.not_in(newest)))
        if self.config.environment == "development":
            log.info("mail to %s: %s (not sent, but kept: /console/mail)", message.to, subject)
            # Whoever develops follows the link in it; in a one-line log it could not be read.
            sys.stdout.write("".join(f"  | {line}\n" for line in body.splitlines()))
            sys.stdout.flush()


async def _send(server: Server, message: EmailMessage) -> None:
    """Hand the message to the mail server. Raises NotDone, for good when it refuses recipient or message."""
    try:
        await aiosmtplib.send(
            message,
            sender=server.sender,
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password if server.user else None,
            use_tls=server.tls,
            start_tls=server.start_tls,
            timeout=ANSWER_WITHIN,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        code = max(one.code for one in error.recipients)
        raise NotDone(f"recipient refused, {code}", final=code >= 500) from None
    except aiosmtplib.SMTPDataError as error:
        raise NotDone(f"message refused, {error.code}", final=error.code >= 500) from None
    except aiosmtplib.SMTPResponseException as error:
        # Our own log-in or sender: somebody may put MAIL_URL right before the last try.
        raise NotDone(f"{type(error).__name__} {error.code}") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotDone(type(error).__name__) from None


def _templates() -> Environment:
    # In plain text escaping would put &amp; into links and names.
    return Environment(
        loader=FileSystemLoader(FILES / "templates" / "emails"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
