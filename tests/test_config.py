"""Settings: what is nonsense stops the start with one clear line."""

from __future__ import annotations

import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mathsoc.config import EXIT_BAD_CONFIG, Config
from mathsoc.errors import ConfigError
from tests.support.commands import mathsoc

GOOD_SECRET = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4"
PRODUCTION = {
    "MATHSOC_ENV": "production",
    "SECRET_KEY": GOOD_SECRET,
    "SITE_URL": "https://maths.school.test",
    "DATABASE_URL": "postgresql://maths:pw@db/maths",
}

# (settings, a word of the line, which must also name the setting at fault)
NONSENSE: list[tuple[dict[str, str], str]] = [
    ({"MATHSOC_ENV": "prod"}, "MATHSOC_ENV"),
    ({"MATHSOC_ENV": ""}, "MATHSOC_ENV"),
    ({"MATHSOC_DEBUG": "1"}, "MATHSOC_DEBUG is not a setting"),
    ({"MATHSOC_CLOCK_FILE": "/tmp/clock"}, "MATHSOC_CLOCK_FILE"),
    ({**PRODUCTION, "MATHSOC_CLOCK_FILE": "/tmp/clock"}, "MATHSOC_CLOCK_FILE"),
    ({"DATABASE_URL": "mysql://root@db/maths"}, "DATABASE_URL"),
    ({"DATABASE_URL": "maths.db"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgresql://db"}, "DATABASE_URL"),
    ({"DATABASE_URL": "postgresql://db/"}, "DATABASE_URL"),
    ({"PORT": "0"}, "PORT"),
    ({"PORT": "65536"}, "PORT"),
    ({"PORT": "http"}, "PORT"),
    ({"PORT": "-1"}, "PORT"),
    ({"PORT": "８０"}, "PORT"),
    ({"PORT": "9" * 5000}, "PORT"),
    ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
    ({"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY"),
    ({"WEB_CONCURRENCY": "2", "DATABASE_URL": "sqlite:////tmp/x.db"}, "one process serves a SQLite database"),
    ({"TRUSTED_PROXIES": "yes"}, "TRUSTED_PROXIES"),
    ({"TRUSTED_PROXIES": "11"}, "TRUSTED_PROXIES"),
    ({"RATE_SCALE": "0"}, "RATE_SCALE"),
    ({"RATE_SCALE": "-1"}, "RATE_SCALE"),
    ({"RATE_SCALE": "nan"}, "RATE_SCALE"),
    ({"RATE_SCALE": "inf"}, "RATE_SCALE"),
    ({"RATE_SCALE": "fast"}, "RATE_SCALE"),
    ({"TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE"),
    ({"TIME_ZONE": "../../etc/passwd"}, "TIME_ZONE"),
    ({"TIME_ZONE": "Europe"}, "TIME_ZONE"),
    ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
    ({"REDIS_URL": "redis://"}, "REDIS_URL"),
    ({"MAIL_URL": "mail.school.test"}, "MAIL_URL"),
    ({"MAIL_URL": "http://mail.school.test"}, "MAIL_URL"),
    ({"SITE_URL": "maths.school.test"}, "SITE_URL"),
    ({"SITE_URL": "ftp://maths.school.test"}, "SITE_URL"),
    ({"SITE_URL": "https://maths.school.test/society"}, "SITE_URL"),
    ({"SITE_URL": "https://"}, "SITE_URL"),
    ({**PRODUCTION, "SITE_URL": ""}, "SITE_URL is required"),
    ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY is required"),
    ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY"),
    ({**PRODUCTION, "SECRET_KEY": "a" * 40}, "SECRET_KEY"),
    ({**PRODUCTION, "SECRET_KEY": "changeme-changeme-changeme-changeme-1"}, "SECRET_KEY"),
]


@pytest.mark.parametrize(("given", "line"), NONSENSE)
def test_nonsense_is_refused_in_one_line(given: dict[str, str], line: str) -> None:
    with pytest.raises(ConfigError, match=line) as refused:
        Config.from_environment({"SECRET_KEY": GOOD_SECRET, **given})
    said = str(refused.value)
    assert "\n" not in said
    assert len(said) < 250


def test_a_refusal_does_not_repeat_the_secret() -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_environment({**PRODUCTION, "SECRET_KEY": "changeme-or-else-all-is-lost-567890"})
    assert "or-else" not in str(refused.value)


def test_production_settings_that_hold() -> None:
    config = Config.from_environment(PRODUCTION)
    assert config.production
    assert config.secure_cookies
    assert config.database_url == "postgresql+asyncpg://maths:pw@db/maths"
    assert config.time_zone == ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////srv/maths.db", "sqlite+aiosqlite:////srv/maths.db"),
        ("postgres://u:p@db/maths", "postgresql+asyncpg://u:p@db/maths"),
        ("postgresql+asyncpg://u:p@db/maths", "postgresql+asyncpg://u:p@db/maths"),
    ],
)
def test_the_driver_is_our_business(given: str, used: str) -> None:
    assert Config.from_environment({"SECRET_KEY": GOOD_SECRET, "DATABASE_URL": given}).database_url == used


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(AttributeError):
        Config.from_environment(PRODUCTION).port = 1  # type: ignore[misc]


COMMANDS = (
    ["run"],
    ["run", "--demo"],
    ["migrate"],
    ["demo"],
    ["standings", "--check"],
    ["create-admin", "a@b.example"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_stops_with_one_line_and_78(command: list[str]) -> None:
    done = mathsoc(*command, SECRET_KEY=GOOD_SECRET, PORT="http")
    assert done.returncode == EXIT_BAD_CONFIG == 78
    assert done.stdout == ""
    assert done.stderr.startswith("mathsoc: PORT is 'http'")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("flag", "name"), [("--port=99999", "PORT"), ("--workers=many", "WEB_CONCURRENCY")])
def test_a_flag_is_checked_as_its_setting_is(flag: str, name: str) -> None:
    done = mathsoc("run", flag, SECRET_KEY=GOOD_SECRET)
    assert done.returncode == EXIT_BAD_CONFIG
    assert done.stderr.startswith(f"mathsoc: {name} is ")


def test_a_database_that_does_not_answer_is_one_line() -> None:
    done = mathsoc("migrate", SECRET_KEY=GOOD_SECRET, DATABASE_URL="postgresql://a:b@127.0.0.1:1/x")
    assert done.returncode == 1
    assert done.stderr.startswith("mathsoc: the database of DATABASE_URL cannot be opened")
    assert done.stderr.count("\n") == 1


def test_run_refuses_a_schema_that_is_not_the_newest(run) -> None:
    url = run.postgres.create()
    try:
        done = mathsoc("run", SECRET_KEY=GOOD_SECRET, DATABASE_URL=url)
    finally:
        run.postgres.drop(url)
    assert done.returncode == EXIT_BAD_CONFIG
    assert done.stderr == "mathsoc: the database is not at the newest schema; run `mathsoc migrate` first.\n"


def test_the_demo_is_refused_in_production(tmp_path: Path) -> None:
    settings = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'real.db'}"}
    for command in (["demo"], ["run", "--demo"]):
        done = mathsoc(*command, **settings)
        assert done.returncode == 1
        assert "production" in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_database_with_the_demo_is_refused_in_production(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tried-out.db'}"
    assert mathsoc("demo", DATABASE_URL=url).returncode == 0
    done = mathsoc("run", **{**PRODUCTION, "DATABASE_URL": url})
    assert (done.returncode, done.stdout) == (78, "")
    assert "holds the demo society" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command", [[], ["run"], ["migrate"], ["demo"], ["mark"], ["standings"], ["create-admin"]], ids=" ".join
)
def test_every_command_explains_itself(command: list[str]) -> None:
    done = mathsoc(*command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: mathsoc")
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [["--help"], ["mark", "--kind=number", "--key=1", "1"]], ids=" ".join)
def test_marking_and_help_wait_for_no_web_and_no_database(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom mathsoc.__main__ import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "heavy = {'sqlalchemy', 'quart', 'hypercorn', 'alembic', 'asyncpg', 'sympy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def production(tmp_path: Path, **settings: str) -> dict[str, str]:
    return {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'real.db'}", **settings}


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is required"),
        ({"SECRET_KEY": GOOD_SECRET[:31]}, "SECRET_KEY is required"),
        ({"SECRET_KEY": "a" * 40}, "SECRET_KEY looks like a sample"),
        ({"SECRET_KEY": "abcdefghijklmnopqrstuvwxyzabcdefghij"}, "SECRET_KEY looks like a sample"),
        ({"SECRET_KEY": GOOD_SECRET[:12] * 4}, "SECRET_KEY looks like a sample"),
        ({"SECRET_KEY": "changeme-" + GOOD_SECRET}, "SECRET_KEY looks like a sample"),
        ({"SITE_URL": ""}, "SITE_URL is required"),
        ({"QUART_DEBUG": "1"}, "QUART_DEBUG is set"),
        ({"FLASK_DEBUG": "true"}, "FLASK_DEBUG is set"),
        ({"DEBUG": "yes"}, "DEBUG is set"),
        (
            {"DATABASE_URL": "sqlite:///file:{}/no-log.db?vfs=unix-dotfile&uri=true"},
            "the SQLite file of DATABASE_URL cannot have a write-ahead log",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_production_refuses_what_is_not_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {name: value.format(tmp_path) for name, value in setting.items()}
    done = mathsoc("run", "--port=1", **production(tmp_path, **given))
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr.startswith(f"mathsoc: {line}") and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize("command", [["run"], ["create-admin", "a@b.example"]], ids=" ".join)
def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, command: list[str]) -> None:
    settings = production(tmp_path)
    assert mathsoc("migrate", **settings).returncode == 0
    with sqlite3.connect(tmp_path / "real.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    done = mathsoc(*command, **settings)
    assert done.returncode == 78
    assert (
        done.stderr.startswith("mathsoc: the database is of a newer mathsoc") and done.stderr.count("\n") == 1
    )


@pytest.mark.parametrize(
    "make", [lambda: secrets.token_hex(16), lambda: secrets.token_hex(32), lambda: secrets.token_urlsafe(24)]
)
def test_what_chance_made_is_a_secret(make: Callable[[], str]) -> None:
    for _ in range(200):
        secret = make()
        assert Config.from_environment({**PRODUCTION, "SECRET_KEY": secret}).secret_key == secret


@pytest.mark.parametrize("off", ["", "0", "false", "False", "no"])
def test_a_debug_switch_that_is_off_is_no_reason(off: str) -> None:
    assert Config.from_environment({**PRODUCTION, "QUART_DEBUG": off}).production


@pytest.mark.parametrize(
    ("site", "environment", "warns"),
    [
        ("http://maths.school.test", "production", True),
        ("http://192.0.2.7:8000", "production", True),
        ("https://maths.school.test", "production", False),
        ("https://maths.school.test", "development", False),
        ("http://127.0.0.1:8000", "production", False),
        ("http://localhost:8000", "production", False),
        ("http://maths.school.test", "development", False),
    ],
)
def test_a_site_in_clear_is_warned_of(site: str, environment: str, warns: bool) -> None:
    given = {**PRODUCTION, "SITE_URL": site, "MATHSOC_ENV": environment, "TRUSTED_PROXIES": "1"}
    assert bool(Config.from_environment(given).warning) is warns


def test_a_proxy_that_is_not_told_of_is_warned_of() -> None:
    given = {**PRODUCTION, "SITE_URL": "https://maths.school.test"}
    assert "TRUSTED_PROXIES" in (Config.from_environment(given).warning or "")


async def test_the_warning_is_one_line_of_the_log(server, sqlite_url: str) -> None:
    settings = {
        "MATHSOC_ENV": "production",
        "SECRET_KEY": GOOD_SECRET,
        "SITE_URL": "http://maths.school.test",
    }
    running = await server(sqlite_url, **settings)
    assert len([line for line in running.logs().splitlines() if "SITE_URL is not https" in line]) == 1
