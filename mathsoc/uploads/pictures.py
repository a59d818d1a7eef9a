"""Pictures made anew from their pixels alone. Runs in a worker: it decodes a stranger's bytes."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from mathsoc.errors import Refused
from mathsoc.uploads import rules
from mathsoc.uploads.tasks import Picture

# What Pillow raises over bytes that are not what they say; MemoryError is the worker's own.
FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
LARGE = 1_500_000  # bytes of a PNG beyond which it is rather a photograph
QUALITY = 86
# A picture's notes may unpack to far more than they take.
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 256 * 1024
Image.MAX_IMAGE_PIXELS = None  # ours is asked before anything is decoded


def make(data: bytes) -> Picture:
    """The picture in these bytes, made anew: the first frame, upright, in sRGB, with nothing besides.

    Raises Refused with the reason for whoever sent it.
    """
    kind = rules.kind_of(data)
    if kind not in rules.PICTURES:
        raise Refused(rules.why_not(data))
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as found:
            if reason := rules.too_many_pixels(*found.size):
                raise Refused(reason)
            return encoded(_pixels(found), photograph=kind in ("JPEG", "WEBP"))
    except FAULTS as fault:
        raise Refused(rules.BROKEN_PICTURE) from fault


def encoded(image: Image.Image, *, photograph: bool) -> Picture:
    """The image as a file: PNG for drawings, JPEG for photographs, WebP for those one can see through."""
    clear = image.mode == "RGBA"
    if not photograph:
        data = _saved(image, "PNG", optimize=True)
        if len(data) <= LARGE:
            return Picture(data, "image/png", *image.size)
    if clear:
        return Picture(_saved(image, "WEBP", quality=QUALITY, method=4), "image/webp", *image.size)
    return Picture(
        _saved(image, "JPEG", quality=QUALITY, optimize=True, progressive=True), "image/jpeg", *image.size
    )


def _pixels(found: Image.Image) -> Image.Image:
    side = rules.LONGEST_SIDE
    # A JPEG can be decoded at a half or a quarter, which saves most of the time and memory.
    found.draft(None, (side, side))
    found.load()
    profile, exif = found.info.get("icc_profile"), found.getexif()
    turn = exif.get(0x0112, 1)
    image = _plain(found)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if profile:
        image = _in_srgb(image, profile)
    if turn in (2, 3, 4, 5, 6, 7, 8):
        only = Image.Exif()
        only[0x0112] = turn
        image.info["exif"] = only.tobytes()
        image = ImageOps.exif_transpose(image) or image
    image.info.clear()
    return image


def _plain(found: Image.Image) -> Image.Image:
    """In one of three modes: grey, colours, or colours that one can see through."""
    if found.mode.startswith("I"):  # sixteen bits of grey
        return found.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    if found.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in found.info:
        image = found.convert("RGBA")
        opaque = image.getchannel("A").getextrema() == (255, 255)
        return image.convert("RGB") if opaque else image
    return found.convert("L" if found.mode in ("1", "L") else "RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Without its own colour profile, and yet in the same colours; a profile that is broken is let go."""
    if image.mode == "L":
        return image
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, theirs, ImageCms.createProfile("sRGB"), outputMode=image.mode)
    except (ImageCms.PyCMSError, *FAULTS):
        return image
    return made or image


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()
