"""The names of the slips, with the words an officer reads: what was typed, and why it should not pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Title:
    """`equal`: right in value, so that only the form, the accuracy or another option can refuse it."""

    title: str
    why: str
    equal: bool = False


_WORK_LEFT = "The value is right, but the work is left undone."
_ROUNDED = "A rounded decimal is not the exact value."
_OTHER = "This is another value."

TITLES: dict[str, Title] = {
    # Right in value.
    "typed-back": Title("The question typed back", "Nothing was worked out.", True),
    "sum-left": Title("A sum that is not worked out", _WORK_LEFT, True),
    "product-left": Title("A product that is not worked out", _WORK_LEFT, True),
    "power-left": Title("A power or root that is not worked out", _WORK_LEFT, True),
    "fraction-left": Title("A fraction that is not cancelled", _WORK_LEFT, True),
    "terms-left": Title("Like terms that are not put together", _WORK_LEFT, True),
    "as-decimal": Title("Written as a decimal", "The value is right, but it is no fraction.", True),
    "not-rounded": Title("Exact, not rounded", "A rounded decimal was asked for.", True),
    "expanded": Title("Multiplied out", "The same expression without its brackets.", True),
    "factorised": Title("Factorised", "The same expression as a product.", True),
    "partly-factorised": Title("Only partly factorised", "A bracket can be factorised further.", True),
    # Decimals.
    "decimal-2": Title("A decimal of 2 figures", _ROUNDED),
    "decimal-4": Title("A decimal of 4 figures", _ROUNDED),
    "too-few-figures": Title("One figure too few", "It is not as accurate as asked for."),
    "just-outside": Title("Just too far off", "It lies outside the tolerance."),
    # Another value.
    "sign": Title("The wrong sign", _OTHER),
    "one-sign": Title("One wrong sign", _OTHER),
    "one-off": Title("One off", _OTHER),
    "ten-times": Title("Ten times too big", "The decimal point slipped."),
    "tenth": Title("Ten times too small", "The decimal point slipped."),
    "upside-down": Title("Upside down", "The top and the bottom are swapped."),
    "percent-lost": Title("Percent without the sign", "25% is 0.25, not 25."),
    "percent-added": Title("A percent sign too many", "25% is 0.25, not 25."),
    "degrees-lost": Title("Degrees without the sign", "Without ° an angle is in radians."),
    "degrees-for-radians": Title("Degrees where radians are asked for", "Without ° an angle is in radians."),
    "unit-missing": Title("Without its unit", "A number alone says nothing about its size."),
    "unit-size": Title("The right number in another unit", "That is another size."),
    "unit-dimension": Title("The unit of something else", "A length is no area, an area no volume."),
    "mixed-as-product": Title("A mixed number multiplied", "2 1/2 is 2 + 1/2, not 2 × 1/2."),
    "one-of-two": Title("Only one of the two signs", "± stands for two values."),
    # Expressions.
    "missing-constant": Title("Without + C", "The constant of integration is missing."),
    "number-for-constant": Title("A number in place of C", "The constant must be able to take any value."),
    "constant-multiplied": Title("C multiplied, not added", "The constant of integration is added."),
    "coefficient": Title("One number changed", _OTHER),
    "exponent": Title("One power changed", _OTHER),
    "term-lost": Title("One term left out", _OTHER),
    "brackets-lost": Title("Without the brackets", "Brackets decide what belongs together."),
    "other-letter": Title("Another letter", "The question uses another letter."),
    "size-only": Title("√(x²) in place of x", "√(x²) is |x|: it differs where x is negative."),
    # Equations and inequalities.
    "solution-lost": Title("A solution lost", "Dividing by a factor loses solutions."),
    "squared": Title("Both sides squared", "Squaring brings in solutions that were not there."),
    "equation-lost": Title("One statement left out", "Too many points satisfy what is left."),
    "swapped-letters": Title("Two letters swapped", "This is another relation."),
    "swapped-numbers": Title("Two numbers swapped", "This is another relation."),
    "reversed": Title("The sign turned round", "Less and greater are swapped."),
    "strictness": Title("With or without equality", "The end point is counted wrongly."),
    "equation": Title("An equation in place of an inequality", "Only the boundary is left."),
    "or-for-and": Title("Or in place of and", "Both must hold together."),
    "and-for-or": Title("And in place of or", "One of them is enough."),
    # Lists.
    "missing": Title("One missing", "Something is left out."),
    "extra": Title("One too many", "Something was added."),
    "swapped-pair": Title("Two swapped", "The order matters."),
    "reversed-order": Title("In the opposite order", "The order matters."),
    "left-end": Title("The left end open or closed", "The end point is counted wrongly."),
    "right-end": Title("The right end open or closed", "The end point is counted wrongly."),
    "ends-swapped": Title("The ends swapped", "From the larger to the smaller there is nothing."),
    "transposed": Title("Rows and columns swapped", "This is another matrix."),
    "swapped-rows": Title("Two rows swapped", "This is another matrix."),
    "swapped-columns": Title("Two columns swapped", "This is another matrix."),
    # Words.
    "letter-lost": Title("A letter left out", "It is misspelt."),
    "letters-swapped": Title("Two letters swapped", "It is misspelt."),
    "plural": Title("One or many", "This is another form of the word."),
    "article": Title("With an article", "Texts are compared word for word."),
    "case": Title("Capitals and small letters", "Capitals matter here."),
    "other-choice": Title("Another choice", "This is not the right one."),
}
