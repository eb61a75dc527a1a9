"""Small changes of Python code that a good test notices: one place, one change, the rest byte for byte as it was.

What is left out cannot matter or cannot be judged: docstrings, annotations, `if TYPE_CHECKING:`, `__slots__`, texts
(messages are compared elsewhere), numbers of type variables, the arguments of regular expressions, and `strict=` of zip,
which is itself a check.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

_FLIPPED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Is: "is not", ast.IsNot: "is",
    ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
_SWAPPED: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.FloorDiv: "*", ast.BitOr: "&", ast.BitAnd: "|", ast.Mod: "*",
}  # fmt: skip
_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.BitOr: "|", ast.BitAnd: "&", ast.Mod: "%",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """Replace the text between two offsets (in characters) by another. `place` is 'line:column', `change` says what."""

    start: int
    end: int
    text: str
    place: str
    change: str

    def apply(self, source: str) -> str:
        """Return the mutant of `source`."""
        return source[: self.start] + self.text + source[self.end :]


def mutations(source: str) -> list[Mutation]:
    """Return every mutation of a module, in the order of the text; those that are no Python are left out."""
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    found = [each for each in finder.found if _is_python(each.apply(source))]
    return sorted(found, key=lambda each: (each.start, each.change))


def _is_python(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


class _Finder(ast.NodeVisitor):
    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[Mutation] = []
        self._lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def _offset(self, line: int, column: int) -> int:
        """Return the offset of a place as the parser counts it: columns in bytes."""
        text = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(text)

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def _add(self, node: ast.expr | ast.stmt, start: int, end: int, text: str) -> None:
        before, after = " ".join(self.source[start:end].split()), " ".join(text.split())
        place = f"{node.lineno}:{node.col_offset + 1}"
        self.found.append(Mutation(start, end, text, place, f"{before[:60]} -> {after[:60] or 'nothing'}"))

    def _replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        self._add(node, *self._span(node), text)

    # --- what is not looked into

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Leave annotations alone."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in (*node.args.defaults, *(each for each in node.args.kw_defaults if each)):
            self.visit(default)
        for statement in node.body:
            self.visit(statement)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if "__slots__" not in names:
            self.visit(node.value)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "strict":
            self.visit(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave messages alone."""

    # --- what is changed

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        if not isinstance(node.test, (ast.Compare, ast.UnaryOp)):
            self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        if not isinstance(node.test, (ast.Compare, ast.UnaryOp)):
            self._negate(node.test)
        self.generic_visit(node)

    def _negate(self, test: ast.expr) -> None:
        start, end = self._span(test)
        self._add(test, start, end, f"(not ({self.source[start:end]}))")

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            start, end = self._span(left)[1], self._span(right)[0]
            between = self.source[start:end]
            self._add(node, start, end, between.replace(between.strip("() \n\t"), _FLIPPED[type(operator)], 1))
            left = right
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        here, there = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            start, end = self._span(left)[1], self._span(right)[0]
            self._add(node, start, end, self.source[start:end].replace(here, there, 1))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        start, end = self._span(node)
        inner, _ = self._span(node.operand)
        if isinstance(node.op, ast.Not):
            self._add(node, start, end, f"({self.source[inner:end]})")
        elif isinstance(node.op, ast.USub):
            self._add(node, start, inner, "")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in _SWAPPED and not isinstance(node.left, (ast.JoinedStr, ast.Constant)):
            start, end = self._span(node.left)[1], self._span(node.right)[0]
            text = self.source[start:end].replace(_SYMBOLS[type(node.op)], _SWAPPED[type(node.op)], 1)
            self._add(node, start, end, text)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._replace(node, str(not node.value))
        elif isinstance(node.value, int):
            self._replace(node, str(node.value + 1))

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if not isinstance(node.value, (ast.Yield, ast.YieldFrom)):
            self._replace(node, "pass")
        else:
            self._replace(node, "yield from ()")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._replace(node, "pass")
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        self._replace(node, "pass")

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is None:
            self._replace(node, "pass")
        elif isinstance(node.value, ast.Call):
            self._replace(node, "return None")
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Go on inside, past annotations."""
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.arguments):
                self.visit(child)
