"""How often a password may be tried: never a hard lock, and never a word about which accounts exist.

A try is counted before the password is looked at, so of many at once no more are looked at than may be. An
account is counted for each address, and apart from that for each device that it has signed in on: nothing
that is done elsewhere, or behind the same address, keeps its owner out on such a device. A strange device
shares the tries of its address. When an account's are used up there, one more is let through in each minute:
a right password gets in, unless somebody else behind the same address goes on trying.
"""

from __future__ import annotations

from dataclasses import dataclass

from mathsoc.accounts import cookies
from mathsoc.members import rules
from mathsoc.web import limits


def account_key(email: str) -> str:
    """What an account is counted under, whether or not it exists; only this application can make it."""
    return limits.keyed("account", rules.normal_email(email))


@dataclass(frozen=True)
class Try:
    """A try that was admitted, and what it was counted in."""

    account: str
    counted: tuple[tuple[str, ...], ...]
    slow: bool = False  # beyond a bucket, as the one of this minute

    async def was_right(self) -> None:
        """Nobody is kept out by having signed in before."""
        for name, *who in self.counted:
            if name == "login-account":
                await limits.refund(name, *who)
            else:
                await limits.clear(name, *who)


async def admit(email: str) -> Try:
    """Count a try for this account from the request's address and device.

    Raises TooMany, with at most a minute to wait, where a limit was reached before; the same for accounts
    that do not exist.
    """
    account, address = account_key(email), limits.client_address()
    device = _known_device(account)
    if device is not None:
        # Apart from the address, which others can use up.
        admitted = await _or_slowly(account, ("login-known", account, device))
        await limits.must_take("login-known-all", account)
        return admitted
    await limits.must_take("login-address", address)
    admitted = await _or_slowly(account, ("login-pair", account, address))
    if admitted.slow:
        return admitted
    if await limits.take("login-account", account):
        return Try(account, (*admitted.counted, ("login-account", account)))
    # Many addresses are at this account: a stranger gets fewer tries from each.
    tight = await _or_slowly(account, ("login-pair-tight", account, address))
    return Try(account, (*admitted.counted, *tight.counted))


async def admit_reset(email: str) -> bool:
    """Count a request for a link; whether a mail may be sent for it.

    Raises TooMany where too many were asked for from the request's address, whoever they were for.
    """
    account, address = account_key(email), limits.client_address()
    device = _known_device(account)
    if device is not None:
        return await limits.take("reset-mail", account, device)
    await limits.must_take("reset-address", address)
    return await limits.take("reset-mail", account, address) and await limits.take("reset-mail-all", account)


async def admit_joining(email: str) -> bool:
    """Count a request for a link to join; whether a mail may be sent for it.

    Raises TooMany where too many were asked for from the request's address, whoever they were for.
    """
    account, address = account_key(email), limits.client_address()
    await limits.must_take("join-address", address)
    return await limits.take("reset-mail", account, address) and await limits.take("reset-mail-all", account)


async def _or_slowly(account: str, bucket: tuple[str, ...]) -> Try:
    """A try from this bucket, or beyond it the one of this minute."""
    if await limits.take(*bucket):
        return Try(account, (bucket,))
    slow = ("login-slow", *bucket[1:])
    await limits.must_take(*slow)
    return Try(account, (bucket, slow), slow=True)


def _known_device(account: str) -> str | None:
    """The request's device, where this account has signed in on it before."""
    device = cookies.device()
    return device.id if device is not None and account in device.accounts else None
