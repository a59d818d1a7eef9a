"""Random answers and true rewritings of them. All are texts, made from one source of chance."""

from __future__ import annotations

from random import Random

LEAVES = ["x", "y", "2", "3x", "x^2", "x/3", "x_1", "pi", "1/2", "-x", "0.5y", "2xy", "e"]
WRAPPED = ["sin({})", "cos({})", "e^({})", "sqrt(({})^2+1)", "ln(({})^2+2)", "|{}|", "1/(({})^2+1)", "({})^2",
           "arctan({})", "({})^3", "-({})"]  # fmt: skip
JOINED = ["({})+({})", "({})-({})", "({})*({})", "({})/(({})^2+3)", "({})+2*({})"]

# Both sides are the same for all real A and B; P and Q stand for positive things, K for a whole number > 0.
IDENTITIES = [
    ("A+B", "B+A"), ("A*B", "B*A"), ("A-B", "-(B-A)"), ("A+(B+K)", "(A+B)+K"), ("A*(B*K)", "(A*B)*K"),
    ("K*(A+B)", "K*A+K*B"), ("A*(A+B)", "A^2+A*B"), ("(A+B)^2", "A^2+2*A*B+B^2"),
    ("(A-B)^2", "A^2-2*A*B+B^2"), ("(A+B)*(A-B)", "A^2-B^2"), ("(A+B)^3", "A^3+3*A^2*B+3*A*B^2+B^3"),
    ("A^3-B^3", "(A-B)*(A^2+A*B+B^2)"), ("A", "K*A/K"), ("A", "A+K-K"), ("A", "-(-(A))"), ("A", "A*P/P"),
    ("A/K+B/2", "(2*A+K*B)/(2*K)"), ("A/P+B/Q", "(A*Q+B*P)/(P*Q)"), ("(A/P)/Q", "A/(P*Q)"),
    ("A/(1/P)", "A*P"), ("A-K*B", "A+(-K)*B"), ("A^2*A^3", "A^5"), ("(A^2)^3", "A^6"), ("P^K/P", "P^(K-1)"),
    ("(A*B)^2", "A^2*B^2"), ("1/P^2", "P^-2"), ("sqrt(P)^2", "P"), ("P^(1/2)", "sqrt(P)"),
    ("sqrt(A^2)", "|A|"), ("|A|*|B|", "|A*B|"), ("|A|^2", "A^2"), ("|-(A)|", "|A|"),
    ("sqrt(P)*sqrt(Q)", "sqrt(P*Q)"), ("1/sqrt(P)", "sqrt(P)/P"), ("sqrt(K^2*P)", "K*sqrt(P)"),
    ("K/(sqrt(P+1)-sqrt(P))", "K*(sqrt(P+1)+sqrt(P))"), ("A^2+2*K*A", "(A+K)^2-K^2"),
    ("1/(P*(P+1))", "1/P-1/(P+1)"), ("A/P", "(A+P)/P-1"), ("sin(A)^2+cos(A)^2", "1"),
    ("sin(2*(A))", "2*sin(A)*cos(A)"), ("cos(2*(A))", "cos(A)^2-sin(A)^2"), ("cos(2*(A))", "1-2*sin(A)^2"),
    ("cos(2*(A))", "2*cos(A)^2-1"), ("sin(A+B)", "sin(A)*cos(B)+cos(A)*sin(B)"),
    ("cos(A-B)", "cos(A)*cos(B)+sin(A)*sin(B)"), ("sin(-(A))", "-sin(A)"), ("cos(-(A))", "cos(A)"),
    ("sin(pi/2-(A))", "cos(A)"), ("sin(A+pi)", "-sin(A)"), ("cos(A+2*pi)", "cos(A)"),
    ("ln(P*Q)", "ln(P)+ln(Q)"), ("ln(P/Q)", "ln(P)-ln(Q)"), ("ln(P^K)", "K*ln(P)"), ("e^(ln(P))", "P"),
    ("ln(e^(A))", "A"), ("log_2(P)", "ln(P)/ln(2)"), ("log(100*P)", "2+log(P)"), ("e^(A+B)", "e^(A)*e^(B)"),
    ("e^(A-B)", "e^(A)/e^(B)"), ("(e^(A))^K", "e^(K*(A))"), ("e^(-(A))", "1/e^(A)"),
    ("(e^(A)+e^(-(A)))/2", "cosh(A)"), ("P^(-1/2)", "1/sqrt(P)"), ("root(P^3,3)", "P"),
    ("tan(A)*cos(A)", "sin(A)"), ("K!*(K+1)", "(K+1)!"), ("sqrt(8)*A", "2*sqrt(2)*A"),
    ("A/sqrt(2)", "A*sqrt(2)/2"), ("A*(1/(sqrt(3)-1))", "A*(sqrt(3)+1)/2"), ("50%*A", "A/2"),
    ("sin(30°)*A", "A/2"), ("A^2-(K+1)*A+K", "(A-1)*(A-K)"),
]  # fmt: skip


def part(chance: Random, depth: int) -> str:
    """A random expression that has a value for all real letters."""
    if depth <= 0 or chance.random() < 0.3:
        return chance.choice(LEAVES)
    if chance.random() < 0.5:
        return chance.choice(WRAPPED).format(part(chance, depth - 1))
    return chance.choice(JOINED).format(part(chance, depth - 1), part(chance, depth - 1))


def filled(template: str, parts: dict[str, str]) -> str:
    return "".join(f"({parts[sign]})" if sign in parts else sign for sign in template)


def rewritten(chance: Random, depth: int = 1) -> tuple[str, str]:
    """An expression, and the same after one identity somewhere inside it."""
    left, right = chance.choice(IDENTITIES)
    if chance.random() < 0.5:
        left, right = right, left
    parts = {
        "A": part(chance, depth),
        "B": part(chance, depth),
        "P": f"({part(chance, depth - 1)})^2+{chance.randint(1, 3)}",
        "Q": f"({part(chance, depth - 1)})^2+{chance.randint(4, 6)}",
        "K": str(chance.randint(2, 5)),
    }
    around = chance.choice(["{}", "{}", "({})+({other})", "({other})*({})", "sin({})", "e^({})", "({})/3"])
    other = part(chance, 1)
    return tuple(around.format(filled(side, parts), other=other) for side in (left, right))  # type: ignore[return-value]


def line_or_curve(chance: Random) -> tuple[str, str]:
    """An equation in x and y, and the same moved, scaled or turned round."""
    left = chance.choice(["y", "2y", "x+y", "y^2", "x^2+y^2", "xy", "y-3x"])
    right = chance.choice(["2x+1", "x^2-4", "7", "x^3-2x", "(x-1)(x+2)", "x/2+5", "3(x-2)^2"])
    more, times = chance.choice(["x", "5", "x^2", "y"]), chance.choice(["2", "-3", "1/4", "-1", "7"])
    new = chance.choice(["{R}={L}", "({L})-({R})=0", "0=({R})-({L})", "{T}*({L})={T}*({R})",
                         "{L}+{M}={R}+{M}", "({L})/({T})=({R})/({T})", "{L}-({M})=({R})-({M})"])  # fmt: skip
    return f"{left}={right}", new.format(L=left, R=right, M=more, T=times)


def roots(chance: Random) -> tuple[str, str]:
    """A quadratic by its factors, and multiplied out, scaled, or as its roots."""
    p, q, k = chance.randint(-9, 9), chance.randint(-9, 9), chance.choice([1, 2, 3, -1, -4])
    forms = [
        f"{k}*(x-({p}))*(x-({q}))=0", f"x^2-({p + q})*x+({p * q})=0", f"x=({p}) or x=({q})",
        f"x^2=({p + q})*x-({p * q})", f"{k}x^2-({k * (p + q)})*x+({k * p * q})=0",
    ]  # fmt: skip
    key, answer = chance.sample(forms, 2)
    return key, answer


def half_line(chance: Random) -> tuple[str, str]:
    """A linear or quadratic inequality, and the same rearranged: a negative factor turns the sign."""
    a, b, c = chance.randint(1, 9), chance.randint(-9, 9), chance.randint(-9, 9)
    sign, turned = chance.choice([("<", ">"), (">", "<"), ("<=", ">="), (">=", "<=")])
    low, high = sorted(chance.sample(range(-9, 10), 2))
    straight = [f"{a}x+({b}){sign}{c}", f"{c}{turned}{a}x+({b})", f"-{a}x{turned}({b})-({c})",
                f"x{sign}(({c})-({b}))/{a}", f"-2*({a}x+({b})){turned}-2*({c})"]  # fmt: skip
    between = [f"(x-({low}))*(x-({high}))<0", f"{low}<x<{high}", f"x in ({low},{high})",
               f"x>{low} and x<{high}", f"-(x-({low}))*(x-({high}))>0"]  # fmt: skip
    closed = [f"{low}<=x<{high}", f"x in [{low},{high})", f"{high}>x and x>={low}"]
    key, answer = chance.sample(chance.choice([straight, between, closed]), 2)
    return key, answer


def gathered(chance: Random) -> tuple[str, str, str]:
    """A set in another order, a list or a matrix, each entry rewritten: the kind, the key, the answer."""
    pairs = [rewritten(chance, 0) for _ in range(4)]
    keys, answers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    kind = chance.choice(["set", "sequence", "matrix"])
    if kind == "matrix":
        return (kind, *("[[{},{}],[{},{}]]".format(*cells) for cells in (keys, answers)))  # type: ignore[return-value]
    if kind == "set":
        chance.shuffle(answers)
        return kind, f"{{{','.join(keys)}}}", f"{{{','.join(answers)}}}"
    return kind, f"({','.join(keys)})", f"({','.join(answers)})"


def any_pair(chance: Random) -> tuple[str, str, str]:
    """A kind, a key, and the same in another guise."""
    turn = chance.randrange(8)
    if turn < 4:
        return ("expression", *rewritten(chance))
    if turn < 6:
        return ("equation", *(line_or_curve(chance) if turn == 4 else roots(chance)))
    return ("inequality", *half_line(chance)) if turn == 6 else gathered(chance)
