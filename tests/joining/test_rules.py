"""What is decided about joining, without any page."""

from __future__ import annotations

import pytest

from mathsoc import ids
from mathsoc.joining import rules
from mathsoc.joining.forms import one_spelling
from mathsoc.members.rules import name_key

DOMAINS = {"school.uk": 1, "oak.school.uk": 2}


@pytest.mark.parametrize(
    ("address", "school"),
    [
        ("x@school.uk", 1),
        ("x@oak.school.uk", 2),
        ("x@evilschool.uk", None),
        ("x@school.uk.evil.com", None),
        ("x@sub.school.uk", None),
        ("x@school.uk.", None),
        ("x@school", None),
        ("x@uk", None),
        ("@school.uk", None),
        ("school.uk", None),
        ("x@school.uk@evil.com", None),
        ("x@sсhool.uk", None),  # Cyrillic с
        ("x@xn--shool-j1e.uk", None),
    ],
)
def test_a_domain_is_the_schools_letter_for_letter(address: str, school: int | None) -> None:
    assert rules.school_of(address, DOMAINS) == school


@pytest.mark.parametrize("local", ["zoe", "z.oe", "zoe_marsh", "zoe-marsh", "o'hara", "16zmarsh", "z", "1"])
def test_plain_addresses_will_do(local: str) -> None:
    assert rules.problem_with_address(f"{local}@school.uk") is None


@pytest.mark.parametrize(
    "local", ["zoe%evil.com", "evil.com!zoe", "prvs=1=zoe", "zoe/x", "{zoe}", "'zoe", "|x"]
)
def test_addresses_that_a_mail_server_might_send_on_will_not(local: str) -> None:
    assert rules.problem_with_address(f"{local}@school.uk") == rules.PLAIN_ADDRESS


def test_tags_are_told_apart() -> None:
    assert rules.problem_with_address("zoe+2@school.uk") == rules.NO_TAGS


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("k7wq-m3xz", None),
        (" K7WQ m3xz ", None),
        ("k7wq–m3xz", None),
        ("ｋ７ｗｑ－ｍ３ｘｚ", None),
        ("K7W Q.M 3 X Z", None),
        ("ko7wq-m3xz", "no “o”."),
        ("k0wq-m3xz", "no “0”."),
        ("klwq-m31z", "no “l” and no “1”."),
        ("k7wq", "has 4 letters"),
        ("k7wq-m3xz-k7wq", "has 12 letters"),
        ("", "has 0 letters"),
        ("ß" * 50, "no “ß”."),
    ],
)
def test_what_is_wrong_with_a_code_is_said_of_its_letters_alone(typed: str, said: str | None) -> None:
    problem = rules.problem_with_code(ids.folded(typed), ids.ALPHABET)
    assert problem is None if said is None else problem is not None and said in problem


@pytest.mark.parametrize(
    "wished",
    [
        *("Zoë the Brave", "Quiet Heron 7", "O'Neil", "Пётр", "Ωmega"[1:], "さくらカナ", "René", "X7"),
        *("Jean-Luc", "Łukasz"),
    ],
)
def test_names_that_staff_may_be_asked_for(wished: str) -> None:
    assert rules.problem_with_name(one_spelling(wished), "Ken Ode", real_names=False) is None


@pytest.mark.parametrize(
    "wished",
    [
        *("A", "x" * 31, "7up", "http://x.y", "@zoe", "zoe@x.y", "<b>", "Zoe 🙂", "=1+1", "a_b", "  "),
        *("Hеron", "Ρeter", "Ωmega", "Heron Ноme"),  # Cyrillic е, Greek Ρ and Ω, Cyrillic Но
        *("a\u0336b\u0336c", "Ze\u202enoB", "a..b", "a- b"),
    ],
)
def test_names_that_nobody_is_asked_for(wished: str) -> None:
    wished = one_spelling(wished)
    problem = rules.problem_with_name(wished, "Ken Ode", real_names=False)
    # What is not seen is a space by then, which staff see.
    assert problem is not None or wished == "Ze noB"


@pytest.mark.parametrize(
    "wished",
    ["Zoe", "zoë 7", "MARSH", "Marsha", "Z-o-e", "Zoemarsh", "ＺＯＥ", "Heron Zoe", "Bo", "bo 7", "Bo-x"],
)
def test_parts_of_the_real_name_are_refused(wished: str) -> None:
    wished = one_spelling(wished)
    assert rules.problem_with_name(wished, "Zoë Bo Marsh", real_names=False) is not None
    assert rules.problem_with_name(wished, "Zoë Bo Marsh", real_names=True) is None


@pytest.mark.parametrize("wished", ["Z03", "Mar5h 7", "Quiet M4rsha", "B0 Heron", "W1ll1am", "X7I2 Wi11iam"])
def test_digits_for_letters_tell_the_real_name(wished: str) -> None:
    name = "Zoë Bo William Marsh"
    assert rules.problem_with_name(wished, name, real_names=False) is not None
    assert rules.problem_with_name(wished, name, real_names=True) is None


@pytest.mark.parametrize(
    "wished", ["Mr Heron", "mrs.Otter", "MISS 7", "The T3acher", "Adm1n", "Sir-Quiet", "Ad min", "Head 2"]
)
def test_nobody_goes_by_a_word_for_staff(wished: str) -> None:
    problem = rules.problem_with_name(wished, "Ken Ode", real_names=True)
    assert problem is not None and "take you for a teacher" in problem
    assert rules.problem_with_name(wished, "Ken Ode", real_names=False, staff=True) is None


@pytest.mark.parametrize("wished", ["Missing Heron", "Ahead", "Siren", "M5", "Arrowhead", "Staffa", "Amr"])
def test_words_for_staff_inside_others_are_fine(wished: str) -> None:
    assert rules.problem_with_name(wished, "Ken Ode", real_names=False) is None


def test_a_short_part_inside_another_word_tells_nothing() -> None:
    assert rules.problem_with_name("Bold Robot", "Zoe Bo Marsh", real_names=False) is None


def test_names_are_told_apart_by_their_letters() -> None:
    assert name_key("QUIET Heron", "member", "active") == name_key("quiet heron", "member", "pending")
    assert name_key("É", "member", "active") == name_key("e\u0301", "member", "active")
    assert name_key("Quiet Heron", "lead", "active") is None
    assert name_key("Former member", "member", "erased") is None
    assert rules.look("Quiet-Hèron") == rules.look("quiet heron") != rules.look("Quiet Heron 7")


def test_nothing_unseen_is_kept_of_a_name() -> None:
    assert one_spelling(" Qui\u200bet\u00a0\u202eHe\u00adron\ufeff ") == "Qui et He ron"
    assert one_spelling("ﬁnch Ⅷ ｗide") == "finch VIII wide"
