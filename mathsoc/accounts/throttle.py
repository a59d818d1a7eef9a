"""How often a password may be tried: never a hard lock, and never a word about which accounts exist.

A try is counted before the password is looked at, so of many at once no more are looked at than may be. An
account is counted for each address, and apart from that for each device that it has signed in on: whoever
tries from elsewhere, or from the same school, never keeps its owner out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from mathsoc.accounts import cookies
from mathsoc.members import rules
from mathsoc.web import limits


def account_key(email: str) -> str:
    """What an account is counted under, whether or not it exists."""
    return hashlib.sha256(rules.normal_email(email).encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True)
class Try:
    """A try that was admitted, and what it was counted in."""

    account: str
    counted: tuple[tuple[str, ...], ...]

    async def was_right(self) -> None:
        """Nobody is kept out by having signed in before."""
        for name, *who in self.counted:
            if name == "login-account":
                await limits.refund(name, *who)
            else:
                await limits.clear(name, *who)


async def admit(email: str) -> Try:
    """Count a try for this account from the request's address and device.

    Raises TooMany where a limit was reached before; the same for accounts that do not exist.
    """
    account, address = account_key(email), limits.client_address()
    await limits.must_take("login-address", address)
    device = cookies.device()
    if device is not None and account in device.accounts:
        return await _counted(account, ("login-known", account, device.id))
    first = ("login-pair", account, address)
    found = await _counted(account, first)
    if await limits.take("login-account", account):
        return Try(account, (*found.counted, ("login-account", account)))
    # Many addresses are at this account: a stranger gets fewer tries from each.
    tight = ("login-pair-tight", account, address)
    await limits.must_take(*tight)
    return Try(account, (first, tight))


async def _counted(account: str, bucket: tuple[str, ...]) -> Try:
    await limits.must_take(*bucket)
    return Try(account, (bucket,))
