"""The units that pupils write: symbol, words, size in base units, dimension. Sizes are exact.

Sources: the SI brochure (9th edition); the international yard and pound (1959), the imperial gallon of
4.54609 litres (Weights and Measures Act 1985); the standard atmosphere and the thermochemical calorie.
Years count months, not days, for a year has no fixed number of days.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

POUND = Fraction("0.45359237")
FOOT = Fraction("0.3048")
INCH = Fraction("0.0254")
GALLON = Fraction("0.00454609")

ALL = "pnμmkMGT"  # prefixes of a unit of physics
METRIC = "pnμmcdk"  # no M: Mm and Mg are slips for mm and mg, and are asked about

PREFIXES = {
    "p": ("pico", -12), "n": ("nano", -9), "μ": ("micro", -6), "m": ("milli", -3), "c": ("centi", -2),
    "d": ("deci", -1), "h": ("hecto", 2), "k": ("kilo", 3), "M": ("mega", 6), "G": ("giga", 9),
    "T": ("tera", 12),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One unit. `words` are written out, in the singular and plural and any case; `also` are symbols."""

    symbol: str
    words: str
    size: Fraction | int
    dimension: str
    prefixes: str = ""
    also: str = ""
    pi: int = 0  # times π to this power
    zero: Fraction = Fraction(0)  # the base unit's value at 0 of this unit


ROWS = (
    # Length, area, volume.
    Row("m", "metre metres meter meters", 1, "L", METRIC),
    Row("in", "inch inches", INCH, "L", also="ins"),
    Row("ft", "foot feet", FOOT, "L"),
    Row("yd", "yard yards", 3 * FOOT, "L", also="yds"),
    Row("mi", "mile miles", 5280 * FOOT, "L"),
    Row("nmi", "", 1852, "L"),
    Row("μm", "micron microns", Fraction(1, 10**6), "L"),
    Row("ha", "hectare hectares", 10**4, "L2"),
    Row("acre", "acre acres", 4840 * (3 * FOOT) ** 2, "L2"),
    Row("l", "litre litres liter liters ltr", Fraction(1, 1000), "L3", "nμmcdhk", also="L"),
    Row("pt", "pint pints", GALLON / 8, "L3"),
    Row("gal", "gallon gallons", GALLON, "L3"),
    Row("floz", "", GALLON / 160, "L3"),
    # Mass.
    Row("g", "gram grams gramme grammes gm gms", Fraction(1, 1000), "M", METRIC),
    Row("t", "tonne tonnes", 1000, "M", "kM"),
    Row("lb", "pound pounds", POUND, "M", also="lbs"),
    Row("oz", "ounce ounces", POUND / 16, "M", also="ozs"),
    Row("st", "stone stones", 14 * POUND, "M"),
    Row("cwt", "hundredweight", 112 * POUND, "M"),
    # Time.
    Row("s", "second seconds sec secs", 1, "T", "pnμm"),
    Row("min", "minute minutes min mins", 60, "T"),
    Row("h", "hour hours hr hrs", 3600, "T"),
    Row("d", "day days", 86400, "T"),
    Row("wk", "week weeks wks", 7 * 86400, "T"),
    Row("fortnight", "fortnight fortnights", 14 * 86400, "T"),
    Row("month", "month months mth mths", 1, "C"),
    Row("yr", "year years yrs", 12, "C"),
    Row("decade", "decade decades", 120, "C"),
    Row("century", "century centuries", 1200, "C"),
    # Speed and turning.
    Row("mph", "", Fraction(5280 * FOOT, 3600), "L T-1"),
    Row("kn", "knot knots", Fraction(1852, 3600), "L T-1"),
    Row("mpg", "", 5280 * FOOT / GALLON, "L-2"),
    Row("rpm", "", Fraction(2, 60), "A T-1", pi=1),
    # Angle.
    Row("°", "degree degrees deg degs", Fraction(1, 180), "A", pi=1),
    Row("rad", "radian radians rad rads", 1, "A", "m"),
    Row("arcmin", "arcminute arcminutes", Fraction(1, 10800), "A", pi=1),
    Row("arcsec", "arcsecond arcseconds", Fraction(1, 648000), "A", pi=1),
    Row("rev", "revolution revolutions rev revs turn turns", 2, "A", pi=1),
    # Temperature.
    Row("K", "kelvin kelvins", 1, "K", "mμ"),
    Row("°C", "celsius centigrade", 1, "K", zero=Fraction("273.15")),
    Row("°F", "fahrenheit", Fraction(5, 9), "K", zero=Fraction("459.67") * 5 / 9),
    # Physics and chemistry.
    Row("N", "newton newtons", 1, "M L T-2", ALL),
    Row("J", "joule joules", 1, "M L2 T-2", ALL),
    Row("eV", "electronvolt electronvolts", Fraction("1.602176634e-19"), "M L2 T-2", ALL),
    Row("cal", "calorie calories", Fraction("4.184"), "M L2 T-2", "k"),
    Row("Wh", "", 3600, "M L2 T-2", ALL),
    Row("W", "watt watts", 1, "M L2 T-3", ALL),
    Row("Pa", "pascal pascals", 1, "M L-1 T-2", ALL + "h"),
    Row("bar", "bar bars", 10**5, "M L-1 T-2", "m"),
    Row("atm", "atmosphere atmospheres", 101325, "M L-1 T-2"),
    Row("psi", "", POUND * Fraction("9.80665") / INCH**2, "M L-1 T-2"),
    Row("Hz", "hertz", 1, "T-1", ALL),
    Row("Bq", "becquerel becquerels", 1, "T-1", ALL),
    Row("A", "ampere amperes amp amps", 1, "I", ALL),
    Row("C", "coulomb coulombs", 1, "I T", ALL),
    Row("V", "volt volts", 1, "M L2 T-3 I-1", ALL),
    Row("Ω", "ohm ohms", 1, "M L2 T-3 I-2", ALL, also="Omega"),
    Row("S", "siemens", 1, "M-1 L-2 T3 I2", ALL),
    Row("F", "farad farads", 1, "M-1 L-2 T4 I2", ALL),
    Row("T", "tesla teslas", 1, "M T-2 I-1", "nμm"),
    Row("Wb", "weber webers", 1, "M L2 T-2 I-1", "nμm"),
    Row("H", "henry henries henrys", 1, "M L2 T-2 I-2", "nμm"),
    Row("mol", "mole moles", 1, "N", "nμmk"),
    # Data.
    Row("bit", "bit bits", 1, "B", "kMGT"),
    Row("B", "byte bytes", 8, "B", "kMGT"),
    Row("KiB", "kibibyte kibibytes", 8 * 2**10, "B"),
    Row("MiB", "mebibyte mebibytes", 8 * 2**20, "B"),
    Row("GiB", "gibibyte gibibytes", 8 * 2**30, "B"),
    # Money: every currency is a dimension of its own.
    Row("£", "pound pounds quid", 1, "GBP", also="GBP"),
    Row("p", "penny pence pennies", Fraction(1, 100), "GBP"),
    Row("€", "euro euros", 1, "EUR", also="EUR"),
    Row("c", "cent cents", Fraction(1, 100), "EUR"),
    Row("$", "dollar dollars", 1, "USD", also="USD"),
    Row("¢", "cent cents", Fraction(1, 100), "USD", also="c USDc"),
    Row("¥", "yen", 1, "JPY", also="JPY"),
    Row("₹", "rupee rupees", 1, "INR", also="INR"),
)  # fmt: skip

# Short ways to write compound units, as products of the symbols above. They take no power: in `kmh^-1` the
# power belongs to the h.
SHORT = {
    "kmh": (("km", 1), ("h", -1)), "kph": (("km", 1), ("h", -1)), "kmph": (("km", 1), ("h", -1)),
    "mps": (("m", 1), ("s", -1)), "cc": (("cm", 3),), "ccm": (("cm", 3),),
    "kbps": (("kbit", 1), ("s", -1)), "Mbps": (("Mbit", 1), ("s", -1)), "Gbps": (("Gbit", 1), ("s", -1)),
    "kms": (("km", 1),), "cms": (("cm", 1),), "mms": (("mm", 1),), "kgs": (("kg", 1),), "mls": (("ml", 1),),
    "kilohm": (("kΩ", 1),), "kilohms": (("kΩ", 1),), "megohm": (("MΩ", 1),),
    "kilo": (("kg", 1),), "kilos": (("kg", 1),),
}  # fmt: skip

# What else a word may be, where only the question's unit can tell.
OTHERS = {
    "C": ("°C",), "F": ("°F",), "°": ("°C",), "degree": ("°C",), "degrees": ("°C",), "deg": ("°C",),
    "USDc": ("c",),
    "'": ("ft", "arcmin"), '"': ("in", "arcsec"),
}  # fmt: skip
# Symbols that are written next to each other to multiply them, as in Nm. What starts with one of
# JOINED_FIRST is surely a product.
JOINED = ("kg", "km", "cm", "mm", "kN", "kJ", "kW", "kPa", "mol", "Pa", "N", "J", "W", "K", "A", "V", "C",
          "m", "g", "s", "h", "l", "L")  # fmt: skip
JOINED_FIRST = frozenset(("kg", "N", "kN", "J", "kJ", "W", "kW", "Pa", "kPa", "V", "A", "C"))

CURRENCIES = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹"}
ASKED = {"ton": "tonne", "tons": "tonnes"}  # two weights have this name

NAMES = {
    "L": "a length", "L2": "an area", "L3": "a volume", "M": "a mass", "T": "a time", "L T-1": "a speed",
    "L T-2": "an acceleration", "M L T-2": "a force", "M L2 T-2": "an energy", "M L2 T-3": "a power",
    "M L-1 T-2": "a pressure", "M L-3": "a density", "A": "an angle", "K": "a temperature",
    "T-1": "a frequency", "I": "a current", "I T": "a charge", "M L2 T-3 I-1": "a voltage",
    "M L2 T-3 I-2": "a resistance", "N": "an amount of substance", "B": "an amount of data",
    "C": "a time in months or years", "GBP": "money in pounds", "EUR": "money in euros",
    "USD": "money in dollars", "JPY": "money in yen", "INR": "money in rupees", "M L T-1": "a momentum",
    "B T-1": "a speed of data", "A T-1": "a speed of turning", "GBP M-1": "a price by mass",
    "GBP L-3": "a price by volume", "GBP L-1": "a price by length", "GBP L-2": "a price by area",
    "GBP T-1": "money by time", "L3 T-1": "a flow", "M T-1": "a mass by time",
    "N L-3": "a concentration",
}  # fmt: skip
