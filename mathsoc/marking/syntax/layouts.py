"""LaTeX layouts in rows: matrices, determinants, systems of equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..results import ReadError
from .names import RELATIONS
from .tokens import Token
from .tree import STATEMENTS, All, Matrix, Negative, Node, Product, Relation, Sum, walk

if TYPE_CHECKING:
    from .grammar import Grammar

_MATRICES = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"))
_SYSTEMS = frozenset((
    "cases", "dcases", "rcases", "drcases", "aligned", "align", "alignedat", "gathered", "gather", "split",
    "eqnarray",
))  # fmt: skip
_EITHER = frozenset(("array", "matrix"))  # a system after a brace
_SIGNS = frozenset(("+", "-"))
_LONGEST_CELL = 20  # in a determinant of three rows every cell stands twice
_END_MARKS = frozenset((",", ";"))


def layout(g: Grammar, token: Token) -> Node:
    """What stands between \\begin and \\end, the former taken. Raises ReadError."""
    name = _name(token)
    if name in _MATRICES:
        return _matrix(g, token, name)
    if name == "vmatrix":
        return determinant(_matrix(g, token, name), token)
    if name in _SYSTEMS:
        return _system(g, token, name)
    raise ReadError("This kind of layout cannot be read here.", token.position)


def opens_system(token: Token) -> bool:
    """Does a system begin here, where a curly bracket stands before it?"""
    return token.kind == "cmd" and token.text.startswith("begin:") and _name(token) in _SYSTEMS | _EITHER


def braced_system(g: Grammar) -> Node:
    """A system after its curly bracket, with the closing one if it has one."""
    token = g.take()
    node = _system(g, token, _name(token))
    if g.is_op("⦄"):
        g.take()
    return node


def determinant(matrix: Node, token: Token) -> Node:
    """The determinant of two or three rows, as it is worked out. Raises ReadError for others."""
    rows = matrix.rows if isinstance(matrix, Matrix) else ()
    if len(rows) not in (2, 3) or any(len(row) != len(rows) for row in rows):
        raise ReadError("Only a determinant of 2 or 3 rows can be read here.", token.position)
    if len(rows) == 2:
        return _two(rows)
    if any(sum(1 for _ in walk(cell)) > _LONGEST_CELL for row in rows for cell in row):
        raise ReadError("This determinant is too long to be read.", token.position)
    terms = []
    for column, cell in enumerate(rows[0]):
        minor = Product((cell, _two(tuple(row[:column] + row[column + 1 :] for row in rows[1:]))))
        terms.append(Negative(minor) if column == 1 else minor)
    return Sum(tuple(terms))


def _two(rows: tuple[tuple[Node, ...], ...]) -> Node:
    (a, b), (c, d) = rows
    return Sum((Product((a, d)), Negative(Product((b, c)))))


def _name(token: Token) -> str:
    return token.text.partition(":")[2]


def _matrix(g: Grammar, token: Token, name: str) -> Matrix:
    rows: list[tuple[Node, ...]] = []
    row: list[Node] = []
    g.deeper()
    while True:
        row.append(g.either())
        if g.is_op("&"):
            g.take()
            continue
        rows.append(tuple(row))
        row = []
        if _ends_rows(g, name):
            break
    g.level -= 1
    if len({len(cells) for cells in rows}) != 1:
        raise ReadError("The rows of this matrix are not equally long.", token.position)
    return Matrix(tuple(rows))


def _system(g: Grammar, token: Token, name: str) -> Node:
    """Statements in rows, which all hold together."""
    _unaligned(g, name, token)
    rows: list[Node] = []
    g.deeper()
    while True:
        rows.append(g.either())
        if g.op in _END_MARKS and _ends_row(g.ahead(), name):
            g.take()
        if _ends_rows(g, name):
            break
    g.level -= 1
    if len(rows) == 1:
        return rows[0]
    if not all(isinstance(row, STATEMENTS) for row in rows):
        raise ReadError("Every line here must be an equation or an inequality.", token.position)
    lefts = {row.left if isinstance(row, Relation) and row.op == "=" else row for row in rows}
    if len(lefts) == 1:
        raise ReadError("Write or between two answers.", token.position)
    return All(tuple(rows))


def _ends_row(token: Token, name: str) -> bool:
    return _is_end(token, name) or (token.kind == "op" and token.text == "\\\\")


def _ends_rows(g: Grammar, name: str) -> bool:
    """Takes what ends a row; does the layout end with it? Raises ReadError."""
    broken = g.is_op("\\\\")
    while g.is_op("\\\\"):
        g.take()
    if _is_end(g.token, name):
        g.take()
        return True
    if not broken:
        raise g.unexpected()
    return False


def _unaligned(g: Grammar, name: str, opening: Token) -> None:
    """Takes the & away that stand beside relation signs. Raises ReadError where one parts two columns."""
    end = next((at for at in range(g.at, len(g.tokens)) if _is_end(g.tokens[at], name)), None)
    if end is None:
        raise ReadError("Here \\end is missing.", opening.position, unfinished=True)
    inside = g.tokens[g.at : end]
    kept = [token for at, token in enumerate(inside) if not (token.text == "&" and _aligns(inside, at))]
    if any(token.text == "&" for token in kept):
        raise ReadError("Several columns cannot be read here.", opening.position)
    g.tokens[g.at : end] = kept
    g.seek(g.at)


def _is_end(token: Token, name: str) -> bool:
    return token.kind == "cmd" and token.text == f"end:{name}"


def _aligns(tokens: list[Token], at: int) -> bool:
    before = tokens[at - 1].text if at else "\\\\"
    after, beyond = ((tokens[i].text if i < len(tokens) else "\\\\") for i in (at + 1, at + 2))
    if before in RELATIONS or after in RELATIONS or before in _SIGNS or before in ("\\\\", "&"):
        return True
    return after == "&" or (after in _SIGNS and beyond == "&")
