"""Turns a JSON Schema into a Python module that answers one question, yes or no, as fast as Python can.

The compiler knows the keywords our schemas use, with the meaning that the `jsonschema` package gives them, and refuses
all others. What it makes is read by people now and then, so it stays plain.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from validator_source import (
    CALL,
    HEADER,
    PATTERN,
    all_true,
    any_true,
    case,
    letters,
    plain,
    table,
    takes_statements,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Schema = dict[str, Any]

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
ASKED = {"properties", "dependentRequired"}  # `_keys` sees to them where every key is looked at

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
EARLY = 5  # after so many questions it is worth asking whether all keys are known already


class UnknownKeywordError(Exception):
    """The schema uses a keyword, or a form of one, that the compiler does not know."""


class Compiler:
    """Turns one schema into the source of one module.

    Tests are Python expressions that must all be true of the value called `v`; `known` is the JSON type that `v` is
    already known to have.
    """

    def __init__(self, kind: str, root: Schema) -> None:
        self.kind = kind
        self.root = root
        self.functions: dict[str, str] = {}
        self.tables: dict[str, str] = {}
        self.patterns: dict[str, str] = {}
        self.parts: dict[str, str] = {}

    def module(self) -> str:
        """Return the source of the module. Raises UnknownKeywordError."""
        self._function("accept", self.root)
        rows = "".join(f"    {pointer!r}: {name},\n" for pointer, name in sorted(self.parts.items()))
        blocks = [
            HEADER.format(kind=self.kind),
            *(PATTERN.format(name=name, pattern=pattern) for pattern, name in self.patterns.items()),
            *self.functions.values(),
            *self.tables.values(),
            f"PARTS: dict[str, Callable[[Any], bool]] = {{\n{rows}}}\n",
        ]
        return "\n\n".join(blocks)

    def _function(self, name: str, schema: Schema) -> str:
        """Compile `schema` to a function of its own and return the function's name."""
        self.functions[name] = ""  # keeps the place while the parts are compiled
        tests = self._tests(schema, "v", name)
        lines = [f"return {all_true(tests)}"]
        if takes_statements(schema):
            lines = [f"if not ({all_true(tests)}):", "    return False"] if tests else []
            if schema.get("type") != "object":
                lines += ["if not isinstance(v, dict):", "    return True"]
            lines += self._keys(schema, name)
        self.functions[name] = f"def {name}(v: Any) -> bool:\n" + "".join(f"    {line}\n" for line in lines)
        return name

    def _expression(self, schema: Any, v: str, name: str, known: str = "") -> str:
        """Return one expression for `schema`, with a function behind it where that takes statements."""
        if not takes_statements(schema):
            return all_true(self._tests(schema, v, name, known))
        number = sum(1 for taken in self.functions if re.fullmatch(rf"{name}(_\d+)?", taken))
        return f"{self._function(f'{name}_{number + 1}' if number else name, schema)}({v})"

    def _tests(self, schema: Any, v: str, name: str, known: str = "") -> list[str]:
        """Return the tests of all keywords, the cheap ones first; `_keys` makes those that look at every key."""
        if isinstance(schema, bool):
            return [] if schema else ["False"]
        unknown = sorted(set(schema) - KNOWN)
        if unknown:
            raise UnknownKeywordError(f"{name}: {', '.join(unknown)}")
        types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
        found = [] if not types or types == [known] else [any_true([TYPES[one].format(v=v) for one in types])]
        known = types[0] if len(types) == 1 else known
        elsewhere = ASKED if takes_statements(schema) else set()
        for group, keywords in GROUPS.items():
            here = [keyword for keyword in keywords if keyword in schema and keyword not in elsewhere]
            inner = [test for keyword in here for test in self._keyword(keyword, schema, v, name, group)]
            same = known == group or (group == "number" and known == "integer")
            if inner:
                found += inner if same else [any_true([f"not {TYPES[group].format(v=v)}", all_true(inner)])]
        for keyword in ANYWHERE:
            if keyword in schema:
                found += self._keyword(keyword, schema, v, name, known)
        return found

    def _keyword(self, keyword: str, schema: Schema, v: str, name: str, known: str) -> list[str]:
        """Return the tests of one keyword."""
        found = plain(keyword, schema[keyword], v, known)
        if found is None:
            if keyword not in METHODS:
                raise UnknownKeywordError(f"{name}: {keyword} of {schema[keyword]!r}")
            found = METHODS[keyword](self, schema, v, name, known)
        return found

    def _ref(self, schema: Schema, v: str, _name: str, known: str) -> list[str]:
        pointer, target = self._resolve(schema["$ref"])
        name = "_" + "_".join(word(part) for part in pointer[2:].split("/") if part not in ("$defs", "properties"))
        if name in self.functions:
            return [f"{name}({v})"]
        itself = f'"$ref": "{pointer}"' in json.dumps(target)
        if takes_statements(target) or {"anyOf", "allOf", "if"} & set(target) or itself:
            self.parts[pointer] = name
            return [f"{self._function(name, target)}({v})"]
        return self._tests(target, v, name, known)

    def _resolve(self, pointer: str) -> tuple[str, Any]:
        """Follow a reference, and on to the next where it leads to nothing but another one."""
        target: Any = self.root
        for part in pointer.removeprefix("#/").split("/"):
            target = target[part]
        return self._resolve(target["$ref"]) if set(target) - ANNOTATIONS == {"$ref"} else (pointer, target)

    def _pattern(self, schema: Schema, v: str, _name: str, _known: str) -> list[str]:
        pattern = schema["pattern"]
        simple = letters(pattern, v)
        if simple:
            return simple
        re.compile(pattern)
        return [f"{self.patterns.setdefault(pattern, f'_search_{len(self.patterns) + 1}')}({v}) is not None"]

    def _items(self, schema: Schema, v: str, name: str, _known: str) -> list[str]:
        test = self._expression(schema["items"], "x", name + "_item")
        call = CALL.fullmatch(test)
        return [f"all(map({call[1]}, {v}))" if call else f"all([{test} for x in {v}])"]

    def _unique_items(self, schema: Schema, v: str, name: str, _known: str) -> list[str]:
        items = schema.get("items", {})
        texts = items.get("type") == "string" or all(isinstance(one, str) for one in items.get("enum", [0]))
        if schema["uniqueItems"] is not True or not texts:
            raise UnknownKeywordError(f"{name}: uniqueItems of anything but texts")
        return [f"(len({v}) < 2 or len(set({v})) == len({v}))"]

    def _contains(self, schema: Schema, v: str, name: str, _known: str) -> list[str]:
        return [f"any({self._expression(schema['contains'], 'x', name + '_element')} for x in {v})"]

    def _property_names(self, schema: Schema, v: str, name: str, _known: str) -> list[str]:
        return [f"all([{self._expression(schema['propertyNames'], 'k', name + '_name')} for k in {v}])"]

    def _properties(self, schema: Schema, v: str, name: str, _known: str) -> list[str]:
        """Test the properties one by one; where no other key may be there, it is enough to count them."""
        switch = self._switch(schema)
        skipped = switch[0] if switch and switch[3] else ""
        tests = [f"len({v}) == {len(schema['properties'])}"] if "additionalProperties" in schema else []
        for key, value in schema["properties"].items():
            test = self._expression(value, f"{v}[{key!r}]", f"{name}_{word(key)}")
            if key != skipped:
                tests.append(test if key in schema.get("required", ()) else any_true([f"{key!r} not in {v}", test]))
        return tests

    def _any_of(self, schema: Schema, v: str, name: str, known: str) -> list[str]:
        parts = enumerate(schema["anyOf"], 1)
        return [any_true([self._expression(part, v, f"{name}_{number}", known) for number, part in parts])]

    def _all_of(self, schema: Schema, v: str, name: str, known: str) -> list[str]:
        switch = self._switch(schema)
        if switch is None:
            parts = enumerate(schema["allOf"], 1)
            return [self._expression(part, v, f"{name}_{number}", known) for number, part in parts]
        key, default, cases, complete = switch
        rows = {value: self._expression(part, "x", f"{name}_{word(value)}") for value, part in cases.items()}
        title = f"_{name.strip('_').upper()}_BY_{word(key).upper()}"
        calls = {value: CALL.fullmatch(test) for value, test in rows.items()}
        lines = [f"{value!r}: {call[1] if call else f'lambda x: {rows[value]}'}" for value, call in calls.items()]
        self.tables[title] = table(title, "dict[str, Callable[[Any], bool]]", lines)
        other = "_nothing" if complete else "_anything"
        return [f"{title}.get(t if isinstance(t := {v}.get({key!r}, {default!r}), str) else '', {other})({v})"]

    def _switch(self, schema: Schema) -> tuple[str, str | None, Schema, bool] | None:
        """Read `allOf` of `if KEY is TEXT then …`: the key, what it means to have none, {text: then}, are all there."""
        shapes = [case(part) for part in schema.get("allOf", ())] if schema.get("type") == "object" else []
        cases = {shape[1]: part["then"] for shape, part in zip(shapes, schema.get("allOf", ()), strict=False) if shape}
        keys = {shape[0] for shape in shapes if shape}
        missing = [shape[1] for shape in shapes if shape and not shape[2]]
        if not shapes or len(cases) != len(shapes) or len(keys) != 1 or len(missing) > 1 or "" in cases:
            return None
        (key,) = keys
        declared = schema.get("properties", {}).get(key, {})
        values = (self._resolve(declared["$ref"])[1] if "$ref" in declared else declared).get("enum", [])
        return key, missing[0] if missing else None, cases, bool(missing) and set(values) == set(cases)

    def _not(self, schema: Schema, v: str, name: str, known: str) -> list[str]:
        return [f"not ({self._expression(schema['not'], v, name + '_not', known)})"]

    def _if(self, schema: Schema, v: str, name: str, known: str) -> list[str]:
        parts = {keyword: schema.get(keyword, True) for keyword in ("if", "then", "else")}
        test, then, other = (self._expression(part, v, f"{name}_{key}", known) for key, part in parts.items())
        return [f"({then} if {test} else {other})"]

    def _keys(self, schema: Schema, name: str) -> list[str]:
        """Return the statements that look at every key and value of the mapping `v`, which has what is required."""
        properties: Schema = schema.get("properties", {})
        patterns: Schema = schema.get("patternProperties", {})
        clash = any(re.search(pattern, key) for key in properties for pattern in patterns)
        if clash or any(self._tests(value, "x", name) for value in patterns.values()):
            raise UnknownKeywordError(f"{name}: patternProperties that say more than 'anything'")
        other = self._expression(schema.get("additionalProperties", True), "x", name + "_value")
        if not properties and not patterns:
            return ["for x in v.values():", f"    if not ({other}):", "        return False", "return True"]
        if other != "False":
            raise UnknownKeywordError(f"{name}: additionalProperties beside properties")
        lines = self._ask(schema, name)
        if not patterns:
            return [*lines, "return n == len(v)"]
        keys = f"_{name.strip('_').upper()}_KEYS"
        self.tables[keys] = table(keys, "set[str]", [repr(key) for key in sorted(properties)])
        free = any_true([test for pattern in patterns for test in self._pattern({"pattern": pattern}, "k", name, "")])
        return [*lines, f"return n == len(v) or all([{free} for k in v if k not in {keys}])"]

    def _ask(self, schema: Schema, name: str) -> list[str]:
        """Return statements that ask for each property and count in `n` how many are there.

        The keys of a mapping that were not asked for are the unknown ones: none are left once `n` is its length.
        """
        required = schema.get("required", [])
        order = sorted(schema["properties"], key=lambda key: (key not in required, FREQUENT.find(f" {key} ") % 999))
        lines = [f"n = {len(required)}"]
        for number, key in enumerate(order, 1 - len(required)):
            test = self._expression(schema["properties"][key], "x", f"{name}_{word(key)}")
            inner = [] if test == "True" else [f"x = v[{key!r}]", f"if not ({test}):", "    return False"]
            for other in schema.get("dependentRequired", {}).get(key, []):
                inner += [f"if {other!r} not in v:", "    return False"]
            optional = [f"if {key!r} in v:", "    n += 1", *(f"    {line}" for line in inner)]
            lines += inner if key in required else optional
            if number > 0 and number % EARLY == 0 and number < len(order) - len(required):
                lines += ["if n == len(v):", "    return True"]
        return lines


METHODS: dict[str, Callable[[Compiler, Schema, str, str, str], list[str]]] = {
    "$ref": Compiler._ref,  # noqa: SLF001 - the table of the class's own methods
    "pattern": Compiler._pattern,  # noqa: SLF001
    "items": Compiler._items,  # noqa: SLF001
    "uniqueItems": Compiler._unique_items,  # noqa: SLF001
    "contains": Compiler._contains,  # noqa: SLF001
    "propertyNames": Compiler._property_names,  # noqa: SLF001
    "properties": Compiler._properties,  # noqa: SLF001
    "anyOf": Compiler._any_of,  # noqa: SLF001
    "allOf": Compiler._all_of,  # noqa: SLF001
    "not": Compiler._not,  # noqa: SLF001
    "if": Compiler._if,  # noqa: SLF001
}
