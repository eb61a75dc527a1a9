"""The mutator changes one thing at a time, and nothing that cannot matter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ast_mutations import mutations

ROOT = Path(__file__).parents[2]

# source, the mutants that are made of it
MADE = [
    ("a == b", ["a != b"]),
    ("a < b <= c", ["a <= b <= c", "a < b < c"]),
    ("x in y", ["x not in y"]),
    ("x is not None", ["x is None"]),
    ("a and b and c", ["a or b and c", "a and b or c"]),
    ("not a", ["(a)"]),
    ("n = 5", ["n = 6"]),
    ("n = True", ["n = False"]),
    ("n = -x", ["n = x"]),
    ("n = a + b", ["n = a - b"]),
    ("n += f", ["pass"]),
    ("f(x)", ["pass"]),
    ("'a docstring'", []),
    ("n: int = a", []),
    ("__slots__ = ('a', 1)", []),
    ("f'{a + 1}'", ["pass"]),
    ("if TYPE_CHECKING:\n    x = 1", []),
    ("if a:\n    b = c", ["if (not (a)):\n    b = c"]),
    ("b = c if a else d", ["b = c if (not (a)) else d"]),
    ("def f(x: int = 3) -> g(1):\n    return", ["def f(x: int = 4) -> g(1):\n    return", "def f(x: int = 3) -> g(1):\n    pass"]),
    ("def f():\n    return g(x)", ["def f():\n    return None"]),
    ("def f():\n    yield x", ["def f():\n    yield from ()"]),
    ("for a in b:\n    continue", ["for a in b:\n    pass"]),
    ("n = zip(a, b, strict=True)", []),
    ("n = f(a, b=True)", ["n = f(a, b=False)"]),
    ("é = a == b", ["é = a != b"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "mutants"), MADE)
def test_what_is_made_of_it(source: str, mutants: list[str]) -> None:
    made = [each.apply(source) for each in mutations(source)]
    assert [each for each in made if each != "pass" or "pass" in mutants] == mutants


def test_every_mutant_of_the_product_is_python_and_differs() -> None:
    source = (ROOT / "src" / "playbookctl" / "check" / "engine.py").read_text("utf-8")
    made = {each.apply(source) for each in mutations(source)}
    assert len(made) > 30
    plain = ast.dump(ast.parse(source))
    assert all(ast.dump(ast.parse(mutant)) != plain for mutant in made)
