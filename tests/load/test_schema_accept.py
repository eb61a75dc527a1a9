"""The compiled acceptors say what jsonschema says, and are what the schemas ask for."""

from __future__ import annotations

import copy
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from playbookctl.load.schema import accepts, explain
from playbookctl.load.schema.files import schema_text

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("config", "connectors", "playbook")
TRUTH = {kind: Draft202012Validator(json.loads(schema_text(kind))) for kind in KINDS}
OURS = [
    yaml.safe_load(path.read_bytes())
    for path in sorted((ROOT / "playbooks").glob("*.yaml"))
    if ".test." not in path.name
]

CONDITION = {
    "all": [
        {"field": "alert.severity", "op": "in", "value": ["high"]},
        {"any": [{"not": {"expr": "x"}}]},
        {"connector_available": "okta"},
    ]
}
WHOLE: dict[str, Any] = {
    "key": "a-1", "name": "Whole", "description": "", "category": "containment", "owner": "a", "enabled": True, "auto_execute": False,
    "trigger_conditions": [CONDITION, {"field": "a", "op": "exists", "ignore_case": True}], "mitre_tactics": ["TA0001"],
    "mitre_techniques": ["T1566"], "required_connectors": ["okta"], "tags": ["a", "b"], "x-soar": {"a": 1}, "id": "ply_1",
    "inputs": {"host": {"required": True, "description": "x", "default": 1.0}, "user": None}, "outputs": {"a": "b", "c": {"description": "d"}},
    "steps": [
        {"id": "a", "connector": "okta", "action": "x", "with": {"user": None}, "if": CONDITION, "timeout": "5m", "retry": {"times": 2, "delay": "1s"},
         "approval": {"by": ["a", "b"], "min": 1, "not_author": False, "expires": "15m", "on_refused": "end", "on_expired": {"next": "m"}},
         "message": "Sure?", "assignee": "a", "notify": {"via": ["email"], "subject": "x", "body": "y"}, "on_error": {"next": ["m", "d"]}, "next": "d"},
        {"id": "d", "type": "decision", "branches": [{"name": "yes", "when": CONDITION, "next": ["m", "w"]}, {"name": "no"}], "match": "all", "else": "end"},
        {"id": "m", "type": "manual", "name": "Ask", "choices": ["a", "b"], "form": [{"name": "q", "options": ["a", 1, True], "required": True}],
         "timeout": "{{ x }}", "on_timeout": "end", "join": "any", "x-vendor": None},
        {"id": "p", "type": "playbook", "playbook": "other", "approval": True, "shared_context": True, "optional": True, "for_each": "x", "max_targets": 3},
        {"id": "s", "type": "section", "repeat": {"until": CONDITION, "max": 2.0, "delay": "0s"}, "steps": [{"id": "t", "action": "x", "approval": "a"}]},
        {"id": "w", "type": "wait", "until": CONDITION, "delay": "1h30m", "on_error": "continue"},
        {"id": "e", "type": "end", "description": "x"},
    ],
}  # fmt: skip
STARTED = {
    "name": "Started",
    "owner_id": "per_1",
    "steps": [
        {"id": "start", "type": "start", "inputs": [{"name": "a"}], "outputs": {"a": "b"}, "next": ["x", "y"]},
        {"id": "x", "action": "y"},
    ],
}
CONFIG = {
    "required_version": ">=0.1", "namespace": "soc", "default_environment": "local", "playbooks": ["a/*.yaml"], "exclude": ["b"], "connectors": "c.yaml",
    "attack": {"version": 19, "domains": ["enterprise", "ics"], "file": "x"}, "entry_points": ["a"], "thresholds": {"create": 30, "at_least": 10},
    "rules": {"select": ["PB1"], "ignore": ["PB504"], "severity": {"PB402": "error"}, "per_path": {"a/**": {"ignore": ["PB5"]}}},
    "expected_drift": [{"key": "a", "fields": ["enabled"], "reason": "b", "until": "2026-12-31"}], "unmanaged_fields": ["tags"], "cache": False,
    "resolve": [{"key": "a", "live": "12ab", "take": "live", "reason": "x"}],
    "environments": {"local": {"url": "embedded"}, "eu": None, "prod": {"url": "https://api.example.com/v1", "tenant_id": "t", "namespace": "x",
        "connectors": {"okta": "cnn_1", "slack": {"provider": "slack", "name": "SOC"}}, "owners": {"a": "per_1"}, "update": "replace", "workers": 4}},
}  # fmt: skip
CONNECTORS = {"connectors": {"okta": {"provider": "okta", "actions": {"a": {"required": ["user"], "optional": [], "effect": "read", "undo": "b", "outputs": ["c"]}, "b": None}}, "x": None}}  # fmt: skip
GOOD = [
    ("playbook", WHOLE),
    ("playbook", STARTED),
    ("config", CONFIG),
    ("connectors", CONNECTORS),
    *(("playbook", one) for one in OURS),
]

# Each step in a playbook of its own: jsonschema takes milliseconds for the whole, and each is changed a thousand times.
SINGLE: list[tuple[str, Any]] = [
    ("config", CONFIG),
    ("connectors", CONNECTORS),
    ("playbook", STARTED),
    ("playbook", {**WHOLE, "steps": [{"id": "e", "type": "end"}]}),
    *(("playbook", {"name": "One", "steps": [step]}) for step in WHOLE["steps"]),
]

# Values on the edge of what a keyword means: 1 and True, 1.0 and 1, text that ends with a line end, texts of patterns.
VALUES = [
    None, True, False, 0, 1, 1.0, 1.5, -1, 10**20, float("inf"), "", " ", "a", "a\n", "end", "start", "Ä", "a b", "x-a", "0s", "5m", "5m\n", "٣s",
    "{{ x }}", "TA0001", "stop", "continue", "manual", "action", "high", "2026-12-31", "embedded", "https://a.b", "https://u@h", "true", [], ["a"],
    ["a", "a"], [1, True], [True, 1], [["a"], ["a"]], [None], {}, {"a": 1}, {"next": "a"}, {"next": "end"}, {"field": "a", "op": "exists"}, {"expr": "x"},
    {"id": "a", "type": "start"}, {"id": "a", "action": "b"}, {"name": "a"}, {"times": 1.0}, {"max": True}, {"until": {"expr": "x"}, "while": {"expr": "y"}},
]  # fmt: skip
KEYS = sorted(
    set(re.findall(r'"([a-z_]+)": [{t]', schema_text("playbook") + schema_text("config") + schema_text("connectors")))
)
NEW_KEYS = [*KEYS, "x-a", "x-", "X-a", "x-a\n", "xx-a", "unknown", ""]


@pytest.mark.parametrize("kind, document", GOOD)
def test_a_whole_document_is_accepted_by_both(kind: str, document: Any) -> None:
    assert list(TRUTH[kind].iter_errors(document)) == []
    assert accepts(kind, document)


def test_every_field_of_the_format_stands_in_a_document_that_is_mutated() -> None:
    said = {key for _, document in GOOD for key in keys_of(document)}
    fields = json.loads(schema_text("playbook"))["$defs"]["stepFields"]["properties"]
    assert set(fields) - said == set()


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(keys_of(item) for item in value.values()))
    return set().union(*(keys_of(item) for item in value)) if isinstance(value, list) else set()


@pytest.mark.unmeasured
@pytest.mark.parametrize("kind, document", SINGLE)
def test_with_any_one_value_changed_the_fast_and_the_slow_validator_agree(kind: str, document: Any) -> None:
    """Every place gets seven of the values; which ones moves on from place to place, so that all come up."""
    agreed = {True: 0, False: 0}
    for turn, path in enumerate(sorted(places(document), key=str)):
        for value in (VALUES * 8)[turn * 7 % len(VALUES) :][:7]:
            changed = put(document, path, value)
            verdict = TRUTH[kind].is_valid(changed)
            assert accepts(kind, changed) is verdict, f"{path} = {value!r}"
            agreed[verdict] += 1
    assert agreed[True] > 0 < agreed[False]


@pytest.mark.parametrize("kind, document", SINGLE)
def test_with_any_key_added_or_dropped_the_two_agree(kind: str, document: Any) -> None:
    for turn, path in enumerate(sorted(places(document), key=str)):
        value = at(document, path)
        if path and isinstance(path[-1], str):
            dropped = copy.deepcopy(document)
            del at(dropped, path[:-1])[path[-1]]
            assert accepts(kind, dropped) is TRUTH[kind].is_valid(dropped), f"without {path}"
        for key in (NEW_KEYS * 8)[turn * 5 % len(NEW_KEYS) :][:5] if isinstance(value, dict) else ():
            added = copy.deepcopy(document)
            at(added, path).setdefault(key, "a")
            assert accepts(kind, added) is TRUTH[kind].is_valid(added), f"{path} with {key!r}"


scalars = st.sampled_from([value for value in VALUES if not isinstance(value, (list, dict))])
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NEW_KEYS), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.unmeasured
@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind_and_document=st.sampled_from([*SINGLE, *GOOD[-3:]]), data=st.data())
def test_on_documents_changed_at_random_the_two_agree_and_what_is_refused_is_explained(
    kind_and_document: Any, data: Any
) -> None:
    kind, document = kind_and_document
    document = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 4), label="changes")):
        path = data.draw(st.sampled_from(sorted(places(document), key=str)), label="place")
        document = put(document, path, data.draw(anything, label="value"))
    verdict = TRUTH[kind].is_valid(document)
    assert accepts(kind, document) is verdict
    errors = explain(kind, document)
    assert bool(errors) is not verdict
    for error in errors:
        assert error.message
        assert not re.search(r"[\x00\x01\n]|\{'|\['|None", error.message), error.message
        assert len(error.message) < 400
    assert len({error.path for error in errors}) == len(errors)


def places(value: Any, path: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path}.union(*(places(item, (*path, key)) for key, item in inner))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return `document` with the value at `path` replaced; what is not on the way is shared."""
    if not path:
        return value
    changed = copy.copy(document)
    changed[path[0]] = put(document[path[0]], path[1:], value)
    return changed


# The compiler


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_module_is_what_the_schema_asks_for(scripts: Any, kind: str) -> None:
    build = scripts("build_validators")
    assert build.target(kind).read_text("utf-8") == build.generate(kind), "run scripts/build_validators.py"


@pytest.mark.parametrize(
    "schema, word",
    [
        ({"type": "object", "dependentSchemas": {}}, "dependentSchemas"),
        ({"properties": {"a": {"oneOf": []}}}, "oneOf"),
        ({"items": {"format": "date"}}, "format"),
        ({"enum": [1, "a"]}, "enum"),
        ({"const": 1}, "const"),
        ({"type": "array", "uniqueItems": True}, "uniqueItems"),
        ({"patternProperties": {"^x-": {"type": "string"}}}, "patternProperties"),
        (
            {"properties": {"x-a": True}, "patternProperties": {"^x-": True}, "additionalProperties": False},
            "patternProperties",
        ),
        ({"properties": {"a": True}, "additionalProperties": {"type": "string"}}, "additionalProperties"),
    ],
)
def test_a_keyword_that_is_not_known_is_refused_by_name(scripts: Any, schema: Any, word: str) -> None:
    compiler = scripts("validator_compiler")
    with pytest.raises(compiler.UnknownKeywordError, match=word):
        compiler.Compiler("x", schema).module()


SMALL: list[tuple[Any, list[Any]]] = [
    ({"type": "integer", "minimum": 1, "maximum": 3}, [0, 1, 1.0, 2.5, 3, 4, True, "1", None, float("nan")]),
    ({"type": ["string", "integer"]}, ["a", 1, True, 1.5, None]),
    ({"type": "number", "minimum": 0}, [-0.5, 0, True, "a", 2**70]),
    ({"minLength": 2, "minItems": 1, "minimum": 5, "required": ["a"]}, ["", "ab", [], [1], 4, 5, {}, {"a": 1}, None, True]),
    ({"const": True}, [True, 1, 1.0, "true", False]),
    ({"const": "a"}, ["a", "b", ["a"]]),
    ({"enum": ["a", "b"]}, ["a", "c", ["a"], None, {}]),
    ({"type": "object", "properties": {"a": {"type": "string"}}}, [{}, {"a": "x"}, {"a": 1}, {"b": 1}, []]),
    ({"type": ["object", "null"], "minProperties": 1, "additionalProperties": {"enum": ["x", "y"]}}, [None, {}, {"a": "x"}, {"a": "z"}, {"a": 1}, []]),
    ({"type": "object", "required": ["a", "b"], "additionalProperties": False, "properties": {"a": True, "b": {"type": "null"}}}, [{"a": 1, "b": None}, {"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": None, "c": 3}]),
    ({"type": "object", "propertyNames": {"pattern": "^[a-z]+(?!\\n)$"}}, [{"a": 1}, {"A": 1}, {"a\n": 1}, {}]),
    ({"contains": {"type": "string"}}, [[], ["a"], [1], [1, "a"], "a"]),
    ({"type": "array", "uniqueItems": True, "items": {"type": "string"}}, [["a", "b"], ["a", "a"], [1, True], []]),
    ({"not": {"anyOf": [{"type": "string"}, {"const": True}]}}, ["a", True, 1, None]),
    ({"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "integer"}}, ["a", "ab", 1, 1.5]),
    ({"type": "object", "dependentRequired": {"a": ["b", "c"]}}, [{}, {"a": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}]),
    ({"type": "object", "allOf": [{"if": {"properties": {"t": {"const": "x"}}}, "then": {"required": ["a"]}}, {"if": {"required": ["t"], "properties": {"t": {"const": "y"}}}, "then": {"required": ["b"]}}]}, [{}, {"a": 1}, {"t": "x"}, {"t": "y"}, {"t": "y", "b": 1}, {"t": "z"}, {"t": ["x"]}, {"t": None}]),
    ({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}, [[], [[], [[]]], [[], [1]], 1]),
    ({"pattern": "b+"}, ["abc", "ac", 1]),
    ({"pattern": "^[a-z][a-z0-9]*(?!\\n)$"}, ["a", "a1", "1a", "a\n", "", "A", "ä", "a-"]),
    ({"pattern": "^[a-z0-9-]+(?!\\n)$"}, ["a-1", "", "a\n", "\n", "A"]),
    ({"pattern": "^[a-z][0-9]*(?!\\n)$"}, ["a1", "ab", "a"]),
]  # fmt: skip


@pytest.mark.parametrize("schema, values", SMALL)
def test_each_keyword_means_what_it_means_to_jsonschema(scripts: Any, schema: Any, values: list[Any]) -> None:
    namespace: dict[str, Any] = {}
    exec(scripts("validator_compiler").Compiler("x", schema).module(), namespace)  # noqa: S102 - it is our own source
    verdicts = [Draft202012Validator(schema).is_valid(value) for value in values]
    assert [namespace["accept"](value) for value in values] == verdicts
    assert set(verdicts) == {True, False}, "a row that cannot fail"


def test_accepting_imports_neither_jsonschema_nor_json() -> None:
    code = (
        "import sys; from importlib import import_module; before = set(sys.modules)\n"
        "module = import_module('playbookctl.load.schema._accept_playbook')\n"
        "assert module.accept({'name': 'x', 'steps': [{'id': 'a', 'action': 'b', 'timeout': '5m'}]})\n"
        "print(*sorted(set(sys.modules) & {'jsonschema', 'json', 'dataclasses', 'referencing'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_every_part_of_a_schema_has_its_own_acceptor_for_the_explanations() -> None:
    module: ModuleType = importlib.import_module("playbookctl.load.schema._accept_playbook")
    assert {"#/$defs/step", "#/$defs/condition", "#/$defs/branch", "#/$defs/target"} <= set(module.PARTS)
    assert module.PARTS["#/$defs/condition"]({"expr": "x"})
    assert not module.PARTS["#/$defs/condition"]({"expr": ""})
