"""The cookies of signing in: the session's, and one by which an account knows a device again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from quart import Quart, Response, current_app, request
from quart_auth import QuartAuth

from mathsoc.config import Config
from mathsoc.members import rules
from mathsoc.members.models import LoginSession, Member

DEVICE_KEPT = timedelta(days=180)
MOST_ACCOUNTS = 8  # that one device is known to, of a computer that several people use


def install(app: Quart, config: Config) -> None:
    """Quart-Auth carries the token of a session kept on the server; each request looks it up."""
    app.config["QUART_AUTH_COOKIE_NAME"] = _name(config, "mathsoc")
    app.config["QUART_AUTH_COOKIE_SECURE"] = config.secure_cookies
    app.config["QUART_AUTH_DURATION"] = int(rules.ABSOLUTE[False].total_seconds())
    QuartAuth(app)


def hand_over(response: Response, token: str, lasts: timedelta | None) -> None:
    """Give the browser a session's token: for so long, or None for as long as it stays open."""
    (auth,) = current_app.extensions["QUART_AUTH"]
    _set(response, auth.cookie_name, auth.dump_token(token), lasts)


def lifetime(session: LoginSession, member: Member, now: datetime) -> timedelta | None:
    """For how long the browser may keep this session's cookie; None until it is closed."""
    if not session.remembered:
        return None
    return session.created_at + rules.ABSOLUTE[member.role in rules.STAFF] - now


@dataclass(frozen=True)
class Device:
    """A browser, and the accounts (by their keys) that have signed in on it."""

    id: str
    accounts: tuple[str, ...] = ()
    # Those of them whose second factor was given here too.
    proved: tuple[str, ...] = ()


def device() -> Device | None:
    """The device that the request's cookie shows; None for a stranger or a cookie that is not ours."""
    given = request.cookies.get(_device_name())
    if given is None:
        return None
    try:
        found = _signed().loads(given, max_age=int(DEVICE_KEPT.total_seconds()))
    except BadSignature:
        return None
    return Device(found["id"], tuple(found["for"]), tuple(found.get("proved", ())))


def know_device(response: Response, account: str, *, proved: bool = False) -> None:
    """Remember that this account has signed in on this device; `proved`: with its second factor."""
    known = device() or Device(secrets.token_urlsafe(12))
    accounts = [account, *(one for one in known.accounts if one != account)][:MOST_ACCOUNTS]
    with_code = [one for one in accounts if one in known.proved or (proved and one == account)]
    kept: dict[str, Any] = {"id": known.id, "for": accounts, "proved": with_code}
    _set(response, _device_name(), _signed().dumps(kept), DEVICE_KEPT)


def _set(response: Response, name: str, value: str, lasts: timedelta | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=None if lasts is None else int(lasts.total_seconds()),
        httponly=True,
        secure=_config().secure_cookies,
        samesite="Lax",
        path="/",
    )


def _signed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="known device")


def _device_name() -> str:
    return _name(_config(), "mathsoc-device")


def _name(config: Config, name: str) -> str:
    return f"__Host-{name}" if config.secure_cookies else name


def _config() -> Config:
    found: Config = current_app.settings  # type: ignore[attr-defined]
    return found
