"""The words that the reader knows: functions, constants, Greek letters, LaTeX commands."""

from __future__ import annotations

# What may be typed -> the name in the tree.
FUNCTIONS = {
    "sin": "sin", "cos": "cos", "tan": "tan", "sec": "sec", "csc": "csc", "cosec": "csc", "cot": "cot",
    "arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan", "arcsec": "arcsec", "arccsc": "arccsc",
    "arccosec": "arccsc", "arccot": "arccot", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "asec": "arcsec", "acsc": "arccsc", "acot": "arccot",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sech": "sech", "csch": "csch", "cosech": "csch",
    "coth": "coth", "arcsinh": "arsinh", "arccosh": "arcosh", "arctanh": "artanh", "asinh": "arsinh",
    "acosh": "arcosh", "atanh": "artanh", "arsinh": "arsinh", "arcosh": "arcosh", "artanh": "artanh",
    "ln": "ln", "log": "log", "lg": "log", "exp": "exp", "sqrt": "sqrt", "cbrt": "cbrt", "root": "root",
    "abs": "abs", "sign": "sign", "sgn": "sign", "signum": "sign", "floor": "floor", "ceil": "ceil",
    "ceiling": "ceil", "factorial": "factorial", "binomial": "binomial", "binom": "binomial",
    "choose": "binomial", "nCr": "binomial", "nPr": "permutations", "gcd": "gcd", "hcf": "gcd", "lcm": "lcm",
    "cotan": "cot", "nthroot": "root",
    "cis": "cis", "max": "max", "min": "min", "re": "re", "im": "im", "conj": "conj", "arg": "arg",
}  # fmt: skip

# Names that are functions only where an argument follows: elsewhere letters that are multiplied.
CALLED = {
    "tg": "tan", "ctg": "cot", "cotg": "cot", "cth": "coth", "arctg": "arctan", "arcctg": "arccot",
    "arsh": "arsinh", "arch": "arcosh", "arth": "artanh", "sen": "sin", "loge": "ln",
    "sh": "sinh", "ch": "cosh", "th": "tanh",
}  # fmt: skip
# Asked about where an argument follows.
ASKED = {
    "In": "Did you mean ln, with a small L?",
    "sqr": "Did you mean a square root (sqrt) or a square (^2)?",
}
ASKED_UNDECLARED = {
    "sh": "Did you mean sinh, or s times h?", "ch": "Did you mean cosh, or c times h?",
    "th": "Did you mean tanh, or t times h?",
}  # fmt: skip

# How many arguments each takes; one where it is not listed.
ARGUMENTS = {
    "log": (1, 2), "root": (1, 2), "binomial": (2, 2), "permutations": (2, 2),
    "gcd": (2, 9), "lcm": (2, 9), "max": (2, 9), "min": (2, 9),
}  # fmt: skip

# Only these may be written before an argument without brackets, and take powers as in sin^2 x.
BARE = {
    "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "arcsec", "arccsc", "arccot",
    "sinh", "cosh", "tanh", "sech", "csch", "coth", "arsinh", "arcosh", "artanh", "ln", "log", "exp", "cis",
}  # fmt: skip
INVERSES = {
    "sin": "arcsin", "cos": "arccos", "tan": "arctan", "sec": "arcsec", "csc": "arccsc", "cot": "arccot",
    "sinh": "arsinh", "cosh": "arcosh", "tanh": "artanh",
}  # fmt: skip
TIGHT = {"sqrt", "cbrt", "root"}  # take just the next thing: sqrt2x is sqrt(2)·x

CONSTANTS = {"pi": "pi", "e": "e", "i": "i", "inf": "inf", "infinity": "inf", "oo": "inf", "infty": "inf"}

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
FROM_GREEK = {letter: name for name, letter in GREEK.items()} | {
    "π": "pi",
    "ϵ": "epsilon",
    "ϕ": "phi",
    "ς": "sigma",
}
GREEK_VARIANTS = {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma",
    "varkappa": "kappa",
}  # fmt: skip

KEYWORDS = {"or": "or", "and": "and", "not": "not", "in": "in", "union": "∪"}

# Words of a few letters that are nobody's product of variables.
NOT_PRODUCTS = frozenset((
    "the", "and", "yes", "no", "not", "none", "true", "one", "two", "six",
    "ten", "cat", "dog", "help", "idk", "lol", "what", "why", "who", "how",
    "can", "you", "my", "is", "it", "hi", "ok", "na", "nan", "null",
    "nil", "zoo", "pls", "sum", "int", "lim", "var", "def", "for", "if",
    "else", "do", "so", "to", "of", "on", "be", "we", "he", "she",
    "sir", "half", "even", "odd", "any", "all", "zero", "five", "four", "nine",
    "real", "pass", "import", "from", "or", "sine", "cosine", "tangent", "dne",
    "only", "over", "per", "both", "then", "when", "this", "that", "with", "each", "just", "left", "than",
    "has", "are", "was", "its", "our", "out", "but", "let", "mean", "must", "also", "same", "side", "cent",
))  # fmt: skip
# How to write what these words say.
SAID = {
    "half": "Write 1/2.", "quarter": "Write 1/4.", "third": "Write 1/3.",
    "minus": "Write - for minus, as in -5.", "negative": "Write - for negative.", "plus": "Write + for plus.",
    "squared": "Write ^2 for squared.", "cubed": "Write ^3 for cubed.", "divided": "Write / for divided by.",
    "times": "Write * for times.", "percent": "Write % for per cent.", "per": "Write % for per cent.",
    "over": "Write / for over.", "equals": "Write = for equals.", "recurring": "Write 0.(3) for 0.333…",
    "choose": "Write binomial(n, 2), or 5C2 with numbers.",
}  # fmt: skip
# A unit after a number where none is asked for: asked about, never charged.
UNIT_WORDS = frozenset((
    "cm", "mm", "km", "kg", "mg", "ml", "cl", "dl", "min", "mph", "kmh", "cm2", "m2", "ms", "Hz",
    "kHz", "km2", "cm3", "m3", "rad", "deg", "sec", "hrs", "hr",
))  # fmt: skip

COMMAND_OPERATORS = {
    "cdot": "*", "times": "*", "ast": "*", "cdotp": "*", "div": "/", "le": "<=", "leq": "<=",
    "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<",
    "gt": ">", "pm": "±",
    "mp": "∓", "cup": "∪", "in": "in", "lor": "or", "vee": "or", "land": "and", "wedge": "and", "lnot": "not",
    "neg": "not", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|", "lbrace": "⦃", "rbrace": "⦄",
    "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "degree": "°", "circ": "∘", "colon": ":",
    "emptyset": "∅", "varnothing": "∅", "differentialD": "d", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈",
    "rceil": "⌉", "equal": "=", "plus": "+", "percent": "%", "langle": "(", "rangle": ")", "over": "over",
    "choose": "choose",
}  # fmt: skip
RELATIONS = frozenset(("=", "<", ">", "<=", ">=", "!=", "in"))
COMMAND_WORDS = {
    "infty": "inf", "exponentialE": "e", "imaginaryI": "i", "imaginaryJ": "i", "abs": "abs", "imath": "i",
    "jmath": "j",
}  # fmt: skip
TEXT_COMMANDS = frozenset((
    "operatorname", "operatorname*", "mathrm", "text", "textrm", "mathit", "mathbf", "mathsf",
    "textit", "textbf", "mbox", "boldsymbol", "bm", "mathtt", "mathnormal", "textsf", "texttt", "textup",
    "textnormal",
))  # fmt: skip
SPACE_COMMANDS = frozenset((
    "quad", "qquad", "space", "displaystyle", "textstyle", "limits", "nolimits", "thinspace",
    "enspace", "ensuremath", "bigl", "bigr", "big", "Big", "Bigl", "Bigr", "bigg", "biggl", "biggr",
    "middle", "nobreak", "left", "right", "mleft", "mright", "Bigg", "Biggl", "Biggr", "bigm", "Bigm",
    "biggm", "Biggm", "scriptstyle", "scriptscriptstyle", "medspace", "thickspace", "negthinspace", "strut",
    "mathstrut", "nonumber", "notag", "rm", "bf",
))  # fmt: skip
FRACTION_COMMANDS = frozenset(("frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"))
BINOMIAL_COMMANDS = frozenset(("binom", "dbinom", "tbinom"))
OTHER_COMMANDS = frozenset(("sqrt", "begin", "end", "placeholder", "square", "mathbb", "boxed"))
# These begin names of other commands: \\overline, \\bmod, \\chi.
WHOLE_COMMANDS = frozenset(("over", "choose", "bm", "rm", "bf", *CALLED))

# Signs of work that is still to be done.
UNREADABLE_COMMANDS = frozenset(("int", "iint", "iiint", "oint", "sum", "prod", "coprod", "lim"))

COMMANDS = frozenset(
    set(COMMAND_OPERATORS) | set(COMMAND_WORDS) | set(FUNCTIONS) | set(GREEK) | set(GREEK_VARIANTS) | {"pi"}
    | UNREADABLE_COMMANDS | TEXT_COMMANDS | SPACE_COMMANDS
    | set(CALLED) | FRACTION_COMMANDS | BINOMIAL_COMMANDS | OTHER_COMMANDS
)  # fmt: skip
