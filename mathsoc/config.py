"""The only reader of the environment: one frozen dataclass, checked before anything starts."""

from __future__ import annotations

import os
import secrets
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mathsoc.errors import ConfigError

PACKAGE = Path(__file__).resolve().parent
# A wheel carries templates, static files and migrations inside the package; a checkout has them beside it.
FILES = PACKAGE / "_files" if (PACKAGE / "_files").is_dir() else PACKAGE.parent
HOME = Path.cwd() if FILES.parent == PACKAGE else PACKAGE.parent

ENVIRONMENTS = ("development", "production", "testing")
KNOWN_MATHSOC_NAMES = {"MATHSOC_ENV", "MATHSOC_CLOCK_FILE"}
SAMPLE_SECRETS = ("changeme", "secret", "password", "example", "development", "0123456789")
DEBUG_SWITCHES = ("DEBUG", "FLASK_DEBUG", "QUART_DEBUG")
OFF = ("", "0", "false", "no", "off")
EXIT_BAD_CONFIG = 78  # EX_CONFIG of sysexits.h: process managers show it as "configuration error"


@dataclass(frozen=True)
class Config:
    """Everything that the environment decides. Times in seconds, sizes in bytes."""

    environment: str
    database_url: str
    secret_key: str
    site_url: str
    port: int
    workers: int
    trusted_proxies: int
    time_zone: ZoneInfo
    rate_scale: float
    redis_url: str | None = None
    mail_url: str | None = None
    upload_dir: str = ""
    backup_dir: str = ""
    backup_key: str | None = None
    clock_file: Path | None = None

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def warning(self) -> str | None:
        """What is allowed and unwise in these settings, for the log."""
        if self.production and not self.secure_cookies and not _loopback(urlsplit(self.site_url).hostname):
            return "SITE_URL is not https: whoever listens on the way can read passwords and cookies"
        if self.production and self.secure_cookies and not self.trusted_proxies:
            return (
                "SITE_URL is https and TRUSTED_PROXIES is 0: behind a proxy everybody has its address, "
                "and shares its rate limits; set TRUSTED_PROXIES=1"
            )
        return None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read and check every setting.

        Raises ConfigError with one clear line for the first that cannot be used.
        """
        env = os.environ if environ is None else environ
        unknown = sorted(name for name in env if name.startswith("MATHSOC_")) if env else []
        for name in unknown:
            if name not in KNOWN_MATHSOC_NAMES:
                raise ConfigError(
                    f"{name} is not a setting of mathsoc; known: MATHSOC_ENV, MATHSOC_CLOCK_FILE."
                )
        environment = env.get("MATHSOC_ENV", "development")
        if environment not in ENVIRONMENTS:
            raise ConfigError(f"MATHSOC_ENV is {environment!r}; use one of {', '.join(ENVIRONMENTS)}.")
        switched = [name for name in DEBUG_SWITCHES if env.get(name, "").lower() not in OFF]
        if switched and environment == "production":
            raise ConfigError(f"{switched[0]} is set; errors would show the inside of the server. Unset it.")
        port = _whole(env, "PORT", 8000, 1, 65535)
        config = cls(
            environment=environment,
            database_url=database_url(
                env.get("DATABASE_URL") or f"sqlite:///{HOME / 'instance' / 'mathsoc.db'}"
            ),
            secret_key=_secret_key(env, environment),
            site_url=_site_url(env, environment, port),
            port=port,
            workers=_whole(env, "WEB_CONCURRENCY", 1, 1, 64),
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0, 0, 10),
            time_zone=_time_zone(env.get("TIME_ZONE") or "Europe/London"),
            rate_scale=_number(env, "RATE_SCALE", 1.0),
            redis_url=_url(env, "REDIS_URL", ("redis", "rediss", "unix")),
            mail_url=_url(env, "MAIL_URL", ("smtp", "smtps")),
            upload_dir=_upload_dir(env.get("UPLOAD_DIR") or str(HOME / "instance" / "uploads")),
            backup_dir=env.get("BACKUP_DIR") or str(HOME / "instance" / "backups"),
            backup_key=env.get("BACKUP_KEY") or None,
            clock_file=_clock_file(env, environment),
        )
        if config.sqlite and config.workers > 1:
            raise ConfigError(
                f"WEB_CONCURRENCY is {config.workers}, but one process serves a SQLite database; "
                "set WEB_CONCURRENCY=1 or use PostgreSQL in DATABASE_URL."
            )
        return config


def database_url(given: str) -> str:
    """The SQLAlchemy URL with its async driver for `sqlite:///path` or `postgresql://…`."""
    scheme, separator, rest = given.partition("://")
    base = scheme.partition("+")[0]
    if not separator or base not in ("sqlite", "postgresql", "postgres"):
        raise ConfigError("DATABASE_URL must be sqlite:///path or postgresql://user:password@host/name.")
    if base == "sqlite":
        if not rest.startswith("/") or rest in ("/", "/:memory:"):
            raise ConfigError("DATABASE_URL must name a SQLite file: sqlite:///path/to/file.db.")
        return f"sqlite+aiosqlite://{rest}"
    if not urlsplit(given).path.strip("/"):
        raise ConfigError(
            "DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host/name."
        )
    return f"postgresql+asyncpg://{rest}"


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name)
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not low <= int(text) <= high:
        raise ConfigError(f"{name} is {text[:40]!r}; it must be a whole number from {low} to {high}.")
    return int(text)


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name) or ""
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1e9:
        raise ConfigError(f"{name} is {text[:40]!r}; it must be a number above 0.")
    return value


def _url(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    text = env.get(name) or None
    if text and (urlsplit(text).scheme not in schemes or not (urlsplit(text).netloc or urlsplit(text).path)):
        raise ConfigError(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}.")
    return text


def _upload_dir(text: str) -> str:
    """A folder, or a bucket of S3 or of what speaks like it."""
    if "://" in text and not (text.startswith("s3://") and urlsplit(text).netloc):
        raise ConfigError("UPLOAD_DIR must be a folder or s3://bucket/prefix.")
    return text


def _time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(f"TIME_ZONE is {name[:40]!r}; use a name such as Europe/London.") from error


def _site_url(env: Mapping[str, str], environment: str, port: int) -> str:
    text = env.get("SITE_URL") or ""
    if not text:
        if environment == "production":
            raise ConfigError("SITE_URL is required in production, e.g. https://maths.example.org.")
        return f"http://127.0.0.1:{port}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ConfigError(f"SITE_URL is {text[:80]!r}; it must look like https://maths.example.org.")
    return text.rstrip("/")


def _loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _clock_file(env: Mapping[str, str], environment: str) -> Path | None:
    text = env.get("MATHSOC_CLOCK_FILE")
    if not text:
        return None
    if environment != "testing":
        raise ConfigError("MATHSOC_CLOCK_FILE moves the clock; it is allowed only with MATHSOC_ENV=testing.")
    return Path(text)


def _secret_key(env: Mapping[str, str], environment: str) -> str:
    given = env.get("SECRET_KEY") or ""
    if environment == "production":
        if len(given.encode()) < 32:
            raise ConfigError(
                "SECRET_KEY is required in production: at least 32 bytes, e.g. `openssl rand -hex 32`."
            )
        if not _random(given) or any(sample in given.lower() for sample in SAMPLE_SECRETS):
            raise ConfigError(
                "SECRET_KEY looks like a sample or a pattern; make one with `openssl rand -hex 32`."
            )
    return given or _kept_secret(HOME / "instance" / "secret-key")


def _random(text: str) -> bool:
    """Whether this may be the work of chance: many letters, in no row, not one piece again and again."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return min(len(set(text)), len(steps)) >= 8 and len(zlib.compress(text.encode(), 9)) >= 28


def _kept_secret(path: Path) -> str:
    """A random key kept beside the development database, so that restarts do not sign everybody out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written aside and linked into place, so that two first starts at once agree on one whole key.
        aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return path.read_text()
