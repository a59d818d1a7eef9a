"""The codes of apps, and the picture that they scan."""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import segno

from mathsoc import ids
from mathsoc.second_factor import rules, totp
from tests.support.world import noon

# RFC 6238, appendix B, for SHA-1: eight digits there, of which apps show the last six.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.mark.parametrize(("seconds", "code"), RFC)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.step_of(RFC_SECRET, code, moment) == seconds // 30


def by_hand(secret: bytes, step: int) -> str:
    """RFC 4226 in five lines, so that the library is not its own witness."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_right_one_step_around_the_present(steps: int, right: bool) -> None:
    now = noon()
    step = int(now.timestamp()) // 30
    code = by_hand(b"12345678901234567890", step + steps)
    assert totp.step_of(RFC_SECRET, code, now) == (step + steps if right else None)


def test_a_secret_has_160_bits() -> None:
    assert re.fullmatch("[A-Z2-7]{32}", totp.new_secret())
    assert len({totp.new_secret() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("１２３４５６", "123456"),
        ("12345", None),
        ("1234567", None),
        ("12345x", None),
        ("١٢٣٤٥٦", None),
        ("", None),
        ("1" * 10_000, None),
    ],
)
def test_what_is_read_as_six_digits(typed: str, read: str | None) -> None:
    assert rules.six_digits(typed) == read


def test_the_address_says_whose_code_it_is() -> None:
    parts = urlsplit(totp.address(RFC_SECRET, "alice@school.example", "Maths: a society"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    asked = parse_qs(parts.query)
    assert asked["secret"] == [RFC_SECRET] and asked["issuer"] == ["Maths  a society"]
    assert parts.path.endswith("alice%40school.example")


def test_the_picture_is_the_code_of_the_text() -> None:
    """Drawn back from the path it is the matrix that the library makes, with white round it."""
    text = totp.address(totp.new_secret(), "alice@school.example", "Society")
    picture = totp.picture(text)
    drawn = {
        (int(x) + right, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", picture.path)
        for right in range(int(length))
    }
    matrix = segno.make_qr(text, error="m").matrix
    dark = {(x + 4, y + 4) for y, row in enumerate(matrix) for x, bit in enumerate(row) if bit}
    assert drawn == dark and dark
    assert picture.size == len(matrix) + 8
    assert re.fullmatch(r"[Mhvz0-9 -]+", picture.path)


def test_codes_for_people_are_long_and_cannot_be_misread() -> None:
    codes = {ids.spoken_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(
        re.fullmatch(r"[2-9b-df-hj-km-np-tv-z]{4}(-[2-9b-df-hj-km-np-tv-z]{4}){3}", one) for one in codes
    )
    assert len(ids.ALPHABET) ** 16 > 2**60
    assert ids.folded(" K7WQ-bcdf 2345\t-GHJK") == "k7wqbcdf2345ghjk"


@pytest.mark.parametrize(
    ("production", "staff", "enrolled", "must"),
    [
        (True, True, False, True),
        (True, True, True, False),
        (True, False, False, False),
        (False, True, False, False),
    ],
)
def test_who_must_enrol(production: bool, staff: bool, enrolled: bool, must: bool) -> None:
    assert rules.must_enrol(production=production, staff=staff, enrolled=enrolled) is must
