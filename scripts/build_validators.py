"""Compile the schemas to plain Python: `scripts/build_validators.py` writes, `--check` compares.

A generated module answers one question, yes or no, as fast as Python can, and costs nothing to import. The compiler
knows the keywords our schemas use, with the meaning that the `jsonschema` package gives them, and refuses all others.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from validator_source import CALL, HEADER, PATTERN, letters, plain, word

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("config", "connectors", "playbook")

ANNOTATIONS = {
    "$comment", "$defs", "$id", "$schema", "default", "defaultSnippets", "deprecationMessage", "description",
    "enumDescriptions", "examples", "patternErrorMessage", "title", "x-playbookctl",
}  # fmt: skip
GROUPS = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum"),
    "array": ("minItems", "maxItems", "items", "uniqueItems", "contains"),
    "object": ("required", "minProperties", "dependentRequired", "propertyNames", "properties"),
}
ANYWHERE = ("$ref", "const", "enum", "not", "anyOf", "allOf", "if")
ELSEWHERE = {"type", "patternProperties", "additionalProperties", "then", "else"}
KNOWN = ANNOTATIONS | {*ANYWHERE, *ELSEWHERE, *(keyword for group in GROUPS.values() for keyword in group)}

ASKED = ("properties", "dependentRequired")  # `keys` sees to them where every key is looked at

TYPES = {
    "string": "isinstance({v}, str)",
    "boolean": "({v} is True or {v} is False)",
    "null": "{v} is None",
    "array": "isinstance({v}, list)",
    "object": "isinstance({v}, dict)",
    "integer": "_is_integer({v})",
    "number": "_is_number({v})",
}
# What most steps have is asked first.
FREQUENT = " type name description with connector next on_error branches else message choices assignee timeout "


class UnknownKeywordError(Exception):
    """The schema uses a keyword, or a form of one, that the compiler does not know."""


class Compiler:
    """Turns one schema into the source of one module.

    Every method that returns tests returns Python expressions that must all be true of the value called `v`; `known`
    is the JSON type that `v` is already known to have.
    """

    def __init__(self, kind: str, root: dict[str, Any]) -> None:
        self.kind = kind
        self.root = root
        self.functions: dict[str, str] = {}
        self.tables: dict[str, str] = {}
        self.patterns: dict[str, str] = {}
        self.parts: dict[str, str] = {}

    def module(self) -> str:
        """Return the source of the module."""
        self.function("accept", self.root)
        rows = "".join(f"    {pointer!r}: {name},\n" for pointer, name in sorted(self.parts.items()))
        blocks = [
            HEADER.format(kind=self.kind),
            *(PATTERN.format(name=name, pattern=pattern) for pattern, name in self.patterns.items()),
            *self.functions.values(),
            *self.tables.values(),
            f"PARTS: dict[str, Callable[[Any], bool]] = {{\n{rows}}}\n",
        ]
        return "\n\n".join(blocks)

    def function(self, name: str, schema: dict[str, Any], known: str = "") -> str:
        """Compile `schema` to a function of its own and return the function's name."""
        self.functions[name] = ""  # keeps the place while the parts are compiled
        tests = self.tests(schema, "v", name, known)
        lines = [f"return {_all(tests)}"]
        if _takes_statements(schema):
            lines = [f"if not ({_all(tests)}):", "    return False"] if tests else []
            if schema.get("type") != "object" and known != "object":
                lines += ["if not isinstance(v, dict):", "    return True"]
            lines += self.keys(schema, name)
        self.functions[name] = f"def {name}(v: Any) -> bool:\n" + "".join(f"    {line}\n" for line in lines)
        return name

    def expression(self, schema: Any, v: str, name: str, known: str = "") -> str:
        """Return one expression for `schema`, with a function behind it where that takes statements."""
        if _takes_statements(schema):
            return f"{self.function(self.unused(name), schema, known)}({v})"
        return _all(self.tests(schema, v, name, known))

    def unused(self, name: str) -> str:
        """Return `name`, with a number behind it if it is taken."""
        taken = [number for number in range(2, 99) if f"{name}_{number}" in self.functions]
        return f"{name}_{len(taken) + 2}" if name in self.functions else name

    def tests(self, schema: Any, v: str, name: str, known: str = "") -> list[str]:
        """Return the tests of all keywords, the cheap ones first; `keys` makes those that look at every key."""
        if isinstance(schema, bool):
            return [] if schema else ["False"]
        unknown = sorted(set(schema) - KNOWN)
        if unknown:
            raise UnknownKeywordError(f"{name}: {', '.join(unknown)}")
        types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
        found = [] if not types or types == [known] else [_any([TYPES[one].format(v=v) for one in types])]
        known = types[0] if len(types) == 1 else known
        for group, keywords in GROUPS.items():
            here = [keyword for keyword in keywords if keyword in schema and not (keyword in ASKED and _takes_statements(schema))]
            inner = [test for keyword in here for test in self.keyword(keyword, schema, v, name, group)]
            same = known == group or (group == "number" and known == "integer")
            if inner:
                found += inner if same else [_any([f"not {TYPES[group].format(v=v)}", _all(inner)])]
        for keyword in ANYWHERE:
            if keyword in schema:
                found += self.keyword(keyword, schema, v, name, known)
        return [test for test in found if test != "True"]

    def keyword(self, keyword: str, schema: dict[str, Any], v: str, name: str, known: str) -> list[str]:
        """Return the tests of one keyword."""
        found = plain(keyword, schema[keyword], v)
        if found is None:
            method = getattr(self, "on_" + keyword.replace("$", ""), None)
            if method is None:
                raise UnknownKeywordError(f"{name}: {keyword} of {schema[keyword]!r}")
            found = method(schema, v, name, known)
        return list(found)

    def on_ref(self, schema: dict[str, Any], v: str, _name: str, known: str) -> list[str]:
        pointer, target = self.resolve(schema["$ref"])
        name = "_" + "_".join(word(part) for part in pointer[2:].split("/") if part not in ("$defs", "properties"))
        if name in self.functions:
            return [f"{name}({v})"]
        if _takes_statements(target) or {"anyOf", "allOf", "if"} & set(target) or _mentions(target, schema["$ref"]):
            self.parts[pointer] = name
            return [f"{self.function(name, target)}({v})"]
        return self.tests(target, v, name, known)

    def resolve(self, pointer: str) -> tuple[str, Any]:
        """Follow a reference, and on to the next where it leads to nothing but another one."""
        target: Any = self.root
        for part in pointer.removeprefix("#/").split("/"):
            target = target[part]
        return self.resolve(target["$ref"]) if set(target) - ANNOTATIONS == {"$ref"} else (pointer, target)

    def on_pattern(self, schema: dict[str, Any], v: str, _name: str, _known: str) -> list[str]:
        pattern = schema["pattern"]
        simple = letters(pattern, v)
        if simple:
            return [simple]
        re.compile(pattern)
        return [f"{self.patterns.setdefault(pattern, f'_search_{len(self.patterns) + 1}')}({v}) is not None"]

    def on_items(self, schema: dict[str, Any], v: str, name: str, _known: str) -> list[str]:
        test = self.expression(schema["items"], "x", name + "_item")
        call = CALL.fullmatch(test)
        return [f"all(map({call[1]}, {v}))" if call else f"all([{test} for x in {v}])"]

    def on_uniqueItems(self, schema: dict[str, Any], v: str, name: str, _known: str) -> list[str]:  # noqa: N802 - a keyword
        items = schema.get("items", {})
        if schema["uniqueItems"] is not True or not (items.get("type") == "string" or _are_texts(items.get("enum"))):
            raise UnknownKeywordError(f"{name}: uniqueItems of anything but texts")
        return [f"(len({v}) < 2 or len(set({v})) == len({v}))"]

    def on_contains(self, schema: dict[str, Any], v: str, name: str, _known: str) -> list[str]:
        return [f"any({self.expression(schema['contains'], 'x', name + '_element')} for x in {v})"]

    def on_propertyNames(self, schema: dict[str, Any], v: str, name: str, _known: str) -> list[str]:  # noqa: N802 - a keyword
        return [f"all([{self.expression(schema['propertyNames'], 'k', name + '_name')} for k in {v}])"]

    def on_properties(self, schema: dict[str, Any], v: str, name: str, _known: str) -> list[str]:
        switch = self.switch(schema)
        rows = {key: value for key, value in schema["properties"].items() if not switch or not switch[3] or key != switch[0]}
        count = [f"len({v}) == {len(rows)}"] if "additionalProperties" in schema else []
        return count + [self.property_test(schema, key, value, v, name) for key, value in rows.items()]

    def property_test(self, schema: dict[str, Any], key: str, value: Any, v: str, name: str) -> str:
        test = self.expression(value, f"{v}[{key!r}]", f"{name}_{word(key)}")
        return test if test == "True" or key in schema.get("required", ()) else _any([f"{key!r} not in {v}", test])

    def on_anyOf(self, schema: dict[str, Any], v: str, name: str, known: str) -> list[str]:  # noqa: N802 - a keyword
        parts = enumerate(schema["anyOf"], 1)
        return [_any([self.expression(part, v, f"{name}_{number}", known) for number, part in parts])]

    def on_allOf(self, schema: dict[str, Any], v: str, name: str, known: str) -> list[str]:  # noqa: N802 - a keyword
        switch = self.switch(schema)
        if switch is None:
            return [self.expression(part, v, f"{name}_{number}", known) for number, part in enumerate(schema["allOf"], 1)]
        key, default, cases, complete = switch
        rows = {value: self.expression(part, "x", f"{name}_{word(value)}", "object") for value, part in cases.items()}
        table = f"_{name.strip('_').upper()}_BY_{word(key).upper()}"
        self.tables[table] = _table(table, rows)
        other = "_nothing" if complete else "_anything"
        return [f"{table}.get(t if isinstance(t := {v}.get({key!r}, {default!r}), str) else '', {other})({v})"]

    def switch(self, schema: dict[str, Any]) -> tuple[str, str | None, dict[str, Any], bool] | None:
        """Read `allOf` of `if KEY is CONST then …` as (key, what a missing key means, {const: then}, is every value there)."""
        cases: dict[str, Any] = {}
        keys, missing = set(), []
        for part in schema.get("allOf", [{}]) if schema.get("type") == "object" else [{}]:
            shape = _case(part)
            if shape is None or shape[1] in cases:
                return None
            keys.add(shape[0])
            missing += [] if shape[2] else [shape[1]]
            cases[shape[1]] = part["then"]
        if len(keys) != 1 or len(missing) > 1 or "" in cases:
            return None
        (key,) = keys
        declared = schema.get("properties", {}).get(key, {})
        values = (self.resolve(declared["$ref"])[1] if "$ref" in declared else declared).get("enum", [])
        return key, missing[0] if missing else None, cases, bool(missing) and set(values) == set(cases)

    def on_not(self, schema: dict[str, Any], v: str, name: str, known: str) -> list[str]:
        return [f"not ({self.expression(schema['not'], v, name + '_not', known)})"]

    def on_if(self, schema: dict[str, Any], v: str, name: str, known: str) -> list[str]:
        test, then, other = (
            self.expression(schema.get(word, True), v, f"{name}_{word}", known) for word in ("if", "then", "else")
        )
        return [f"({then} if {test} else {other})"]

    def keys(self, schema: dict[str, Any], name: str) -> list[str]:
        """Return the statements that look at every key and value of the mapping `v`, which has what is required."""
        properties: dict[str, Any] = schema.get("properties", {})
        patterns: dict[str, Any] = schema.get("patternProperties", {})
        clash = any(re.search(pattern, key) for key in properties for pattern in patterns)
        if clash or any(self.tests(value, "x", name) for value in patterns.values()):
            raise UnknownKeywordError(f"{name}: patternProperties that say more than 'anything'")
        other = self.expression(schema.get("additionalProperties", True), "x", name + "_value")
        if not properties and not patterns:
            return ["for x in v.values():", f"    if not {other}:", "        return False", "return True"]
        if other != "False":
            raise UnknownKeywordError(f"{name}: additionalProperties beside properties")
        lines = self.ask(schema, name)
        if not patterns:
            return [*lines, "return n == len(v)"]
        keys = f"_{name.strip('_').upper()}_KEYS"
        self.tables[keys] = f"{keys} = frozenset({sorted(properties)!r})\n"
        free = _any([test for pattern in patterns for test in self.on_pattern({"pattern": pattern}, "k", name, "")])
        return [*lines, f"return n == len(v) or all([{free} for k in v if k not in {keys}])"]

    def ask(self, schema: dict[str, Any], name: str) -> list[str]:
        """Return statements that ask for each property and count in `n` how many are there.

        The keys of a mapping that were not asked for are the unknown ones: none are left once `n` is its length.
        """
        required = schema.get("required", [])
        order = sorted(schema["properties"], key=lambda key: (key not in required, FREQUENT.find(f" {key} ") % 999))
        lines = [f"n = {len(required)}"]
        for number, key in enumerate(order, 1 - len(required)):
            test = self.expression(schema["properties"][key], "x", f"{name}_{word(key)}")
            inner = [] if test == "True" else [f"x = v[{key!r}]", f"if not ({test}):", "    return False"]
            needed = schema.get("dependentRequired", {}).get(key, [])
            inner += [line for other in needed for line in (f"if {other!r} not in v:", "    return False")]
            lines += inner if key in required else [f"if {key!r} in v:", "    n += 1", *(f"    {line}" for line in inner)]
            if number > 0 and number % 5 == 0 and number < len(order) - len(required):
                lines += ["if n == len(v):", "    return True"]
        return lines


def _takes_statements(schema: Any) -> bool:
    """Tell whether keys must be looked at one by one. A mapping of which every key is required needs only be counted."""
    if not isinstance(schema, dict) or not {"additionalProperties", "patternProperties"} & set(schema):
        return False
    fixed = schema.get("additionalProperties") is False and "patternProperties" not in schema and schema.get("properties")
    return not fixed or set(schema["properties"]) != set(schema.get("required", ()))


def _mentions(schema: Any, pointer: str) -> bool:
    """Tell whether `schema` refers to `pointer` itself: such a one needs a function that can call itself."""
    return f'"$ref": "{pointer}"' in json.dumps(schema)


def _case(part: dict[str, Any]) -> tuple[str, str, bool] | None:
    """Read `{if: {properties: {KEY: {const: TEXT}}, required?}, then}` as (key, text, is the key required)."""
    condition = part.get("if", {})
    properties = condition.get("properties", {})
    if set(part) != {"if", "then"} or not set(condition) <= {"properties", "required"} or len(properties) != 1:
        return None
    ((key, test),) = properties.items()
    if set(test) != {"const"} or not isinstance(test["const"], str) or condition.get("required", [key]) != [key]:
        return None
    return key, test["const"], "required" in condition


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _all(tests: list[str]) -> str:
    tests = list(dict.fromkeys(test for test in tests if test != "True"))
    return " and ".join(tests) or "True"


def _any(tests: list[str]) -> str:
    tests = list(dict.fromkeys(test for test in tests if test != "False"))
    if "True" in tests:
        return "True"
    return f"({' or '.join(tests)})" if len(tests) > 1 else (tests[0] if tests else "False")


def _table(name: str, rows: dict[str, str]) -> str:
    """Return a table of the functions that `rows` call."""
    calls = {key: CALL.fullmatch(test) for key, test in rows.items()}
    values = "".join(f"    {key!r}: {call[1] if call else f'lambda x: {rows[key]}'},\n" for key, call in calls.items())
    return f"{name}: dict[str, Callable[[Any], bool]] = {{\n{values}}}\n"


def generate(kind: str) -> str:
    """Return the source of the module for `schemas/KIND.schema.json`."""
    schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return Compiler(kind, schema).module()


def target(kind: str) -> Path:
    """Return where the module belongs."""
    return ROOT / "src" / "playbookctl" / "load" / "schema" / f"_accept_{kind}.py"


def main(arguments: list[str]) -> int:
    """Write the modules, or with `--check` tell whether they are what the schemas ask for."""
    stale = [kind for kind in KINDS if not target(kind).exists() or target(kind).read_text(encoding="utf-8") != generate(kind)]
    if "--check" in arguments:
        print("\n".join(f"{target(kind).relative_to(ROOT)} is stale" for kind in stale) or "up to date")
        return 1 if stale else 0
    for kind in stale:
        target(kind).write_text(generate(kind), encoding="utf-8")
        print(f"wrote {target(kind).relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
