"""Pictures are made anew from their pixels alone, whatever else was in the file."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from mathsoc.errors import Refused
from mathsoc.uploads import pictures, rules
from mathsoc.uploads.tasks import Picture
from tests.support.images import besides
from tests.uploads.files import PLACE, SCRIPT, chunk, noted, packed_note, picture, png

ZIP = b"PK\x03\x04" + b"evil.html" + b"PK\x05\x06" + bytes(18)


def seen(made: Picture) -> Image.Image:
    """The picture as a browser would open it; nothing but pixels is in the file."""
    assert not besides(f"a.{rules.ENDINGS[made.media_type]}", made.data)
    image = Image.open(io.BytesIO(made.data))
    assert Image.MIME[image.format or ""] == made.media_type and image.size == (made.width, made.height)
    assert (
        not {"exif", "icc_profile", "comment", "xmp", "Comment"} & image.info.keys() and not image.getexif()
    )
    return image.convert("RGB")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture("PNG"), "image/png"),
        (picture("PNG", mode="RGBA"), "image/png"),
        (picture("PNG", mode="P"), "image/png"),
        (picture("PNG", mode="1"), "image/png"),
        (picture("PNG", mode="LA"), "image/png"),
        (picture("PNG", mode="I;16"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", mode="CMYK"), "image/jpeg"),
        (picture("WEBP"), "image/jpeg"),
        (picture("WEBP", mode="RGBA"), "image/jpeg"),
        (picture("GIF"), "image/png"),
        (picture("GIF", save_all=True, append_images=[Image.new("RGB", (40, 30))]), "image/png"),
    ],
)
def test_each_kind_comes_out_as_one_that_browsers_show(data: bytes, kind: str) -> None:
    made = pictures.make(data)
    assert (made.media_type, made.width, made.height) == (kind, 40, 30)
    left, right = (seen(made).getpixel((x, 15)) for x in (5, 35))
    assert left != right or kind == "image/png"


def test_what_one_can_see_through_stays_so() -> None:
    into = io.BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 128)).save(into, "WEBP")
    made = pictures.make(into.getvalue())
    assert made.media_type == "image/webp"
    assert Image.open(io.BytesIO(made.data)).mode == "RGBA"


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_the_place_and_the_camera_are_gone_and_it_stands_upright(kind: str) -> None:
    data = noted(kind)
    assert b"Camera Of Alice" in data and PLACE.encode() in data
    made = pictures.make(data)
    assert (made.width, made.height) == (30, 40)  # held sideways
    image = seen(made)
    top, bottom = image.getpixel((15, 5)), image.getpixel((15, 35))
    assert isinstance(top, tuple) and isinstance(bottom, tuple)
    assert top[2] > 200 and bottom[0] > 200  # its left half, the blue one, is above
    for secret in (b"Camera", b"Northfield", b"GPS"):
        assert secret not in made.data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("GIF and script", b"GIF89a=0;//".ljust(6) + picture("GIF")[6:] + b"*/=1;alert(1)//"),
        ("GIF with script after its end", picture("GIF") + b"/*" + SCRIPT),
        ("GIF with script in a comment", picture("GIF", comment=SCRIPT)),
        ("PNG and zip", picture("PNG") + ZIP),
        ("PNG with a page in a note", png(4, 4, chunk(b"tEXt", b"Title\0" + SCRIPT), rows=4)),
        ("PNG with a page in its profile", png(4, 4, chunk(b"prVt", SCRIPT), rows=4)),
        ("JPEG and page", picture("JPEG") + b"<html>" + SCRIPT),
        ("JPEG with a page in its comment", picture("JPEG", comment=b"*/" + SCRIPT)),
        ("JPEG and zip", picture("JPEG") + ZIP),
        ("WebP and page", picture("WEBP") + SCRIPT),
        ("WebP with a page as its notes", picture("WEBP", xmp=SCRIPT)),
        ("PNG and PDF", picture("PNG") + b"%PDF-1.4\n1 0 obj<</JS(app.alert(1))>>"),
    ],
)
def test_files_of_two_kinds_come_out_clean_or_not_at_all(name: str, data: bytes) -> None:
    try:
        made = pictures.make(data)
    except Refused:
        assert name == "GIF and script"  # its first letters stand where the size is
        return
    seen(made)
    for word in (b"script", b"alert", b"PK\x03\x04", b"%PDF", b"html"):
        assert word not in made.data, name


def test_a_bomb_is_refused_by_what_it_says_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb, others = png(10_000, 10_000, rows=10_000), [grown(kind) for kind in ("GIF", "WEBP", "JPEG")]
    assert all(len(one) < 120_000 for one in (bomb, *others))
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("it was decoded"))
    with pytest.raises(Refused, match="10,000 × 10,000 pixels; at most 40 million"):
        pictures.make(bomb)
    for one in others:
        with pytest.raises(Refused, match="pixels"):
            pictures.make(one)


def grown(kind: str) -> bytes:
    """A small file that says it is of 60,000 × 60,000 pixels, or 16,000 × 16,000 where it cannot say more."""
    data = picture(kind)
    if kind == "GIF":
        return data[:6] + (60_000).to_bytes(2, "little") * 2 + data[10:]
    if kind == "JPEG":
        at = data.index(b"\xff\xc0") + 5
        return data[:at] + (60_000).to_bytes(2, "big") * 2 + data[at + 4 :]
    at = data.index(b"\x9d\x01\x2a") + 3
    return data[:at] + (16_000).to_bytes(2, "little") * 2 + data[at + 4 :]


@pytest.mark.parametrize(
    "data",
    [
        png(4, 4, packed_note(50_000_000), rows=4),
        png(4, 4, *[packed_note(250_000)] * 9, rows=4),
        png(4_000, 4_000, rows=4_000)[:-30],
        picture("PNG")[:60],
        picture("JPEG", size=(400, 300))[:400],
        picture("WEBP")[:40],
        picture("GIF")[:20],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"GIF89a",
    ],
)
def test_what_is_broken_cut_off_or_unpacks_to_too_much_is_refused(data: bytes) -> None:
    assert len(data) < 100_000
    with pytest.raises(Refused) as refusal:
        pictures.make(data)
    assert refusal.value.message == rules.BROKEN_PICTURE


def test_a_large_picture_becomes_as_large_as_a_page_needs() -> None:
    for size, kept in (((6_000, 1_500), (2_400, 600)), ((100, 5_000), (48, 2_400))):
        made = pictures.make(picture("JPEG", size=size))
        assert (made.width, made.height) == kept


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", rules.SVG),
        (
            b"\xef\xbb\xbf \n<?xml version='1.0'?><!DOCTYPE svg><!-- x --><svg><script/></svg>",
            rules.SVG,
        ),
        (b"\x1f\x8b\x08" + bytes(20), rules.SVG),
        (b"<!--" * 200, rules.UNKNOWN),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), rules.PHONE),
        (SCRIPT, rules.UNKNOWN),
        (b"MZ" + bytes(100), rules.UNKNOWN),
        (b"BM" + bytes(100), rules.UNKNOWN),
        (b" " + picture("PNG"), rules.UNKNOWN),
        (b"", rules.EMPTY),
    ],
)
def test_what_is_no_picture_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        pictures.make(data)
    assert refusal.value.message == words
