"""Display names and sign-in names that tell nothing about anybody."""

from __future__ import annotations

import secrets

_FIRST = """
Amber Ancient Autumn Azure Blue Bold Brave Breezy Bright Brisk Bronze Calm Cheerful Clever Copper Coral
Crimson Curious Daring Dapper Eager Early Emerald Fearless Fleet Gentle Gilded Golden Grand Green Happy
Hardy Hazel Hidden Honest Indigo Ivory Jade Jolly Keen Kind Lively Lucky Lunar Mellow Merry Mighty Misty
Modest Nimble Noble Northern Olive Patient Pearl Playful Polite Proud Quick Quiet Rapid Royal Ruby Rustic
Sage Scarlet Silver Sky Solar Southern Spry Steady Still Sturdy Summer Sunny Swift Tall Teal Tidy Topaz
True Upbeat Velvet Violet Vivid Warm Western Wild Winter Wise Witty Young Zesty
"""
_SECOND = """
Abacus Acorn Albatross Angle Arc Badger Beacon Bear Beetle Bison Bramble Cedar Circle Comet Compass Condor
Cone Crane Cube Cuckoo Curve Cygnet Dolphin Dragonfly Eagle Ellipse Falcon Fern Finch Fox Fractal Gecko
Graph Hare Harrier Hedgehog Heron Hexagon Ibis Integer Jackdaw Kestrel Kite Lantern Lark Lemma Linnet
Locus Lynx Magpie Marten Matrix Meteor Mole Moth Nebula Newt Nightjar Octagon Orbit Osprey Otter Owl
Parabola Peacock Pebble Penguin Pentagon Petrel Pine Plover Polygon Prism Proof Puffin Pyramid Quokka
Radius Raven Rhombus Robin Salmon Seal Sequence Siskin Skylark Sparrow Sphere Spiral Stoat Surd Swallow
Swan Tangent Tensor Tern Theorem Tiger Toucan Triangle Turtle Vector Vertex Vole Walrus Warbler Whale
Willow Wombat Woodpecker Wren Zebra Zenith
"""
FIRST, SECOND = _FIRST.split(), _SECOND.split()


def display_name() -> str:
    """One of some ten thousand, like "Quiet Heron"."""
    return f"{secrets.choice(FIRST)} {secrets.choice(SECOND)}"


def login_name() -> str:
    """One of some nine hundred million, like "quiet-heron-04718": easy to copy, and no hint at anybody."""
    return f"{secrets.choice(FIRST)}-{secrets.choice(SECOND)}-{secrets.randbelow(100_000):05}".lower()


def is_ours(name: str) -> bool:
    """Whether this could have come from `display_name`: nobody's own words."""
    first, _, second = name.partition(" ")
    return first in FIRST and second in SECOND
