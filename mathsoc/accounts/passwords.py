"""Password hashes: argon2id, off the event loop, a few at a time."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mathsoc.accounts.rules import LONGEST, normal

# 19 MiB, two passes, one lane: OWASP's first choice for argon2id.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_places = asyncio.Semaphore(2)
# A member that does not exist must take as long as one that does.
_NOBODY = _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    async with _places:
        return await asyncio.to_thread(_hasher.hash, normal(password))


async def verify(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash; without a hash, False after the same time."""
    password = normal(password)
    if len(password) > LONGEST:
        return False
    async with _places:
        right = await asyncio.to_thread(_matches, password_hash or _NOBODY, password)
    return right and password_hash is not None


async def upgraded(password: str, password_hash: str) -> str | None:
    """A hash of this (right) password by today's numbers, where the one that is kept was made by others."""
    return await hash_password(password) if _hasher.check_needs_rehash(password_hash) else None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
