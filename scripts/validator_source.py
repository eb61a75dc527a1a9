"""Pieces of source that `validator_compiler` puts together."""

from __future__ import annotations

import re
from typing import Any

HEADER = '''\
"""Tells whether a document follows schemas/{kind}.schema.json. Made by scripts/build_validators.py: do not edit."""

from __future__ import annotations

TYPE_CHECKING = False  # typing is not imported for it: this module costs nothing at start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _is_integer(v: Any) -> bool:
    return (isinstance(v, int) and v is not True and v is not False) or (isinstance(v, float) and v.is_integer())


def _is_number(v: Any) -> bool:
    return isinstance(v, (int, float)) and v is not True and v is not False


def _anything(v: Any) -> bool:
    return True


def _nothing(v: Any) -> bool:
    return False
'''

PATTERN = """\
def {name}(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["{name}"] = compile({pattern!r}).search
    return found(v)
"""

CALL = re.compile(r"(\w+)\(x\)")  # a test that is nothing but a call can be handed on as the function itself


def plain(keyword: str, value: Any, v: str, known: str) -> list[str] | None:
    """Return the tests of a keyword that is said in one line, None for any other."""
    match keyword:
        case "minLength" | "minItems" | "minProperties":
            return [f"len({v}) >= {value}" if value != 1 else f"len({v}) > 0"]
        case "maxLength" | "maxItems":
            return [f"len({v}) <= {value}"]
        case "minimum":
            return [f"not {v} < {value!r}"]
        case "maximum":
            return [f"not {v} > {value!r}"]
        case "required":
            return [f"{key!r} in {v}" for key in value]
        case "dependentRequired":
            return [
                f"({key!r} not in {v} or {' and '.join(f'{other!r} in {v}' for other in others)})"
                for key, others in value.items()
            ]
        case "const" if value is True:
            return [f"{v} is True"]
        case "const" if isinstance(value, str):
            return [f"{v} == {value!r}"]
        case "enum" if all(isinstance(one, str) for one in value):
            among = f"{v} in {{{', '.join(map(repr, value))}}}"
            return [among] if known == "string" else [f"isinstance({v}, str)", among]
    return None


def letters(pattern: str, v: str) -> list[str]:
    r"""Return tests without regular expression for `^[A][B]*(?!\n)$` or `^[A]+(?!\n)$` with A among B, else none."""
    shape = re.fullmatch(r"\^\[([a-z0-9_-]+)\](?:\[([a-z0-9_-]+)\]\*|\+)\(\?!\\n\)\$", pattern)
    if shape is None:
        return []
    first = _characters(shape[1])
    rest = _characters(shape[2]) if shape[2] else first
    if not set(first) <= set(rest):
        return []
    never = ["", *sorted(set(rest) - set(first))]
    begin = f"{v} != ''" if never == [""] else f"{v}[:1] not in {{{', '.join(map(repr, never))}}}"
    return [begin, f"not {v}.strip({rest!r})"]


def word(text: str) -> str:
    """Return `text` as part of a Python name."""
    return re.sub(r"\W", "_", text)


def takes_statements(schema: Any) -> bool:
    """Tell whether keys must be looked at one by one; where every key is required it is enough to count them."""
    if not isinstance(schema, dict) or not {"additionalProperties", "patternProperties"} & set(schema):
        return False
    closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    properties = set(schema.get("properties", ()))
    return not (closed and properties and properties == set(schema.get("required", ())))


def case(part: dict[str, Any]) -> tuple[str, str, bool] | None:
    """Read `{if: {properties: {KEY: {const: TEXT}}, required?}, then}` as (key, text, is the key required)."""
    condition = part.get("if", {})
    properties = condition.get("properties", {})
    if set(part) != {"if", "then"} or not set(condition) <= {"properties", "required"} or len(properties) != 1:
        return None
    ((key, test),) = properties.items()
    if set(test) != {"const"} or not isinstance(test["const"], str) or condition.get("required", [key]) != [key]:
        return None
    return key, test["const"], "required" in condition


def all_true(tests: list[str]) -> str:
    """Return the expression that all tests are true."""
    return " and ".join(dict.fromkeys(test for test in tests if test != "True")) or "True"


def any_true(tests: list[str]) -> str:
    """Return the expression that one of the tests is true."""
    tests = list(dict.fromkeys(test for test in tests if test != "False")) or ["False"]
    return "True" if "True" in tests else f"({' or '.join(tests)})" if len(tests) > 1 else tests[0]


def table(name: str, kind: str, lines: list[str]) -> str:
    """Return the assignment of a dict or set, one line for each element."""
    return f"{name}: {kind} = {{\n" + "".join(f"    {line},\n" for line in lines) + "}\n"


def _characters(text: str) -> str:
    """Return the characters of a regular expression's class, such as `a-z0-9_-`."""
    return "".join(chr(code) for code in range(128) if re.fullmatch(f"[{text}]", chr(code)))
