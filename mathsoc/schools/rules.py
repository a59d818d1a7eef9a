"""What is decided about schools and stages: pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """A stage to be: the school years whose members stand on its board."""

    slug: str
    name: str
    years: range


@dataclass(frozen=True)
class Preset:
    """A map from school year to stage that a society can begin with."""

    label: str
    bands: tuple[Band, ...]


KS3, KS4, KS5 = ("ks3", "KS3"), ("ks4", "KS4"), ("ks5", "KS5")
# Years are the numbers that schools there use: S1 is 1 in Scotland, Year 7 is 7 in England.
PRESETS: dict[str, Preset] = {
    "england": Preset(
        "England: years 7–9, 10–11, 12–13",
        (Band(*KS3, range(7, 10)), Band(*KS4, range(10, 12)), Band(*KS5, range(12, 14))),
    ),
    "england-8": Preset(
        "England, GCSE in three years: years 7–8, 9–11, 12–13",
        (Band(*KS3, range(7, 9)), Band(*KS4, range(9, 12)), Band(*KS5, range(12, 14))),
    ),
    "scotland": Preset(
        "Scotland: S1–S3, S4, S5–S6",
        (
            Band("s1-s3", "S1–S3", range(1, 4)),
            Band("s4", "S4", range(4, 5)),
            Band("s5-s6", "S5–S6", range(5, 7)),
        ),
    ),
    "wales": Preset(
        "Wales: years 7–9, 10–11, 12–13",
        (
            Band("years-7-9", "Years 7–9", range(7, 10)),
            Band("years-10-11", "Years 10–11", range(10, 12)),
            Band("years-12-13", "Years 12–13", range(12, 14)),
        ),
    ),
    "northern-ireland": Preset(
        "Northern Ireland: years 8–10, 11–12, 13–14",
        (Band(*KS3, range(8, 11)), Band(*KS4, range(11, 13)), Band("post-16", "Post-16", range(13, 15))),
    ),
    "university": Preset(
        "University: first year, second year, later years",
        (
            Band("first-year", "First year", range(1, 2)),
            Band("second-year", "Second year", range(2, 3)),
            Band("later-years", "Later years", range(3, 7)),
        ),
    ),
    "one": Preset("One board for everybody", (Band("all", "Everybody", range(1, 15)),)),
}
USUAL = "england"


def slug(name: str, otherwise: str) -> str:
    """A name as it stands in addresses: ASCII letters, digits and hyphens; `otherwise` where none is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:70].strip("-") or otherwise
