"""Mutants of playbooks: their bytes knocked about, or their structure changed and written again in another style.

Pure and seeded: the same `random.Random` gives the same mutants. Used by scripts/fuzz.py.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from random import Random

ROOT = Path(__file__).resolve().parent.parent

# What has broken parsers, validators or terminals before.
TOKENS = [
    b":", b": ", b"- ", b"#", b" #", b"\n", b"\r\n", b"\r", b"\t", b"\0", b"'", b'"', b"{", b"}", b"[", b"]", b",", b"&a ",
    b"*a", b"<<: *a", b"!!python/object:os.system ", b"!!binary ", b"!!set ", b"!!omap ", b"!t ", b"|\n", b">-\n", b"|2+\n",
    b"---\n", b"...\n", b"%YAML 1.1\n", b"? ", b"=", b"~", b"null", b"yes", b"off", b"0x1F", b"0o17", b"1_000", b"1e400",
    b".nan", b".inf", b"-0", b"2026-01-01", b"12:30:45", b"1.0", b"9" * 40, b"{{ steps.x.output }}", b"{{", b"}}",
    b"{{ alert.title }}", b"{{ inputs.host }}", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3\x28", b"\xf0\x9f\x91\xa9",
    "\u200b\u202e\u2028\x85\xa0\ufeff".encode(), b"\x1b[31m", b"::error::", b"\\x00", b'"\\ud800"', b'"\\U0010FFFF"', b'"\\0"',
    b"# playbookctl: ignore[PB402] why", b"# playbookctl: ignore[", b"# playbookctl: ignore[PB1,PB9] until=2020-01-01",
    b"playbookctl:key=a/b", b"T1566.001", b"TA0001", b"T4198.001", b"AKIA" + b"A" * 16, b"(a+)+$", b"(?P<x>", b"[[[[[[[[",
    b"&x [*x, *x]", b"x-vendor: ", b"[" * 210, b"{a: " * 210, b"a" * 6000, b"- " * 220, b"!!merge <<: {a: b}",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "end", "start", "yes", "a" * 500, "\u202ex", "{{ steps.a.output.b }}",
    "{{ inputs.x }}", "{{ item }}", "{{ a | b }} {{", "T1566", "T0000", "TA0001", "5m", "0s", "(a|a)*$", "[", "\ud800", "\n",
    "#", "a: b", "- a", "1e3", "playbookctl:base=1.new", [], {}, [None], [[]], [1, 2], ["end"], {"a": 1}, {"next": "end"},
    {"by": ["x"], "expires": "5m"}, {"field": "alert.title", "op": "matches", "value": "(a*)*b"}, {"all": []}, {"expr": "1"},
    {"any": [{"not": {"expr": "x"}}]}, {"not": {"not": {"field": "a", "op": "in", "value": []}}},
    {"until": {"field": "item.x", "op": "exists"}, "max": 3}, {"connector_available": "edr"},
    [{"id": "a"}, {"id": "a"}], [{"id": "b", "type": "section", "steps": []}],
]  # fmt: skip


def vocabulary() -> list[str]:
    """Return every name of a field or choice that the playbook's schema knows."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.update(node.get("properties", ()))
            found.update(value for value in node.get("enum", ()) if isinstance(value, str))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(json.loads((ROOT / "schemas" / "playbook.schema.json").read_text("utf-8")))
    return sorted(found)


WORDS = vocabulary()


def mutate(random: Random, data: bytes, others: list[bytes]) -> bytes:
    """Return a mutant of `data`: of its bytes two times in three, else of its structure where it has one."""
    if random.random() < 1 / 3 and (structured := mutate_structure(random, data)) is not None:
        return structured
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        data = random.choice(TEXT_MUTATIONS)(random, data, others)
    return data


def _insert(random: Random, data: bytes, _: list[bytes]) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(TOKENS) + data[at:]


def _insert_at_word(random: Random, data: bytes, _: list[bytes]) -> bytes:
    """Put a token where a value begins: that is where it means most."""
    places = [index + 2 for index in range(len(data)) if data[index : index + 2] in (b": ", b"- ")]
    at = random.choice(places or [0])
    end = data.find(b"\n", at)
    stop = random.choice((at, end if end >= 0 else len(data)))
    return data[:at] + random.choice(TOKENS) + data[stop:]


def _flip(random: Random, data: bytes, _: list[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _delete(random: Random, data: bytes, _: list[bytes]) -> bytes:
    start = random.randint(0, len(data))
    return data[:start] + data[start + random.choice((1, 1, 2, 10, 200)) :]


def _repeat(random: Random, data: bytes, _: list[bytes]) -> bytes:
    start = random.randint(0, len(data))
    piece = data[start : start + random.choice((1, 5, 40, 400))]
    return (data[:start] + piece * random.choice((2, 3, 30)) + data[start:])[:200_000]


def _splice(random: Random, data: bytes, others: list[bytes]) -> bytes:
    other = random.choice(others)
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def _lines(random: Random, data: bytes, others: list[bytes]) -> bytes:
    """Drop, double, swap, move or indent a line, or take one from elsewhere."""
    lines = data.split(b"\n")
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(6):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines[at] = random.choice((b" ", b"  ", b"\t", b"    ")) + lines[at]
        case 4:
            lines[at] = lines[at][random.choice((1, 2, 4)) :]
        case _:
            lines.insert(at, random.choice(random.choice(others).split(b"\n")))
    return b"\n".join(lines)


def _word(random: Random, data: bytes, _: list[bytes]) -> bytes:
    """Replace one word by one of the schema's."""
    words = data.split(b" ")
    words[random.randrange(len(words))] = random.choice(WORDS).encode() + random.choice((b"", b":"))
    return b" ".join(words)


def _line_ends(random: Random, data: bytes, _: list[bytes]) -> bytes:
    return data.replace(b"\n", random.choice((b"\r\n", b"\r", "\u2028".encode(), "\x85".encode(), b" \n")))


TEXT_MUTATIONS = [
    _insert, _insert_at_word, _insert_at_word, _flip, _delete, _repeat, _splice, _lines, _lines, _word, _line_ends,
]  # fmt: skip


def mutate_structure(random: Random, data: bytes) -> bytes | None:
    """Return `data` with its structure changed, in a random style; None where it is no YAML to begin with."""
    try:
        document = yaml.load(data, yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, TypeError, RecursionError, OverflowError):
        return None
    if not isinstance(document, (dict, list)):
        return None
    try:
        for _ in range(random.choice((1, 1, 2, 4))):
            document = _changed(random, document)
        text = yaml.dump(
            document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=random.random() < 0.8,  # noqa: PLR2004 - a chance
            default_flow_style=random.choice((False, False, None, True)), width=random.choice((40, 120, 4000)),
            default_style=random.choice((None, None, None, "'", '"', "|", ">")),
        )  # fmt: skip
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError):
        return None
    return text.encode("utf-8", "replace")


def _changed(random: Random, document: Any) -> Any:
    """Return a copy with one container changed: a value, a key, the order, a depth."""
    document = copy.deepcopy(document)
    containers = [node for node in _walk(document) if node]
    if not containers:
        return random.choice(VALUES)
    node = random.choice(containers)
    if isinstance(node, dict):
        random.choice([*CHANGES, _add_key, _rename_key])(random, node, random.choice(list(node)), containers)
    else:
        random.choice([*CHANGES, _add_element, _shuffle])(random, node, random.randrange(len(node)), containers)
    return document


def _set(random: Random, node: Any, key: Any, _: list[Any]) -> None:
    node[key] = copy.deepcopy(random.choice(VALUES))


def _drop(_: Random, node: Any, key: Any, __: list[Any]) -> None:
    del node[key]


def _wrap(random: Random, node: Any, key: Any, _: list[Any]) -> None:
    node[key] = random.choice(([node[key]], {random.choice(WORDS): node[key]}))


def _graft(random: Random, node: Any, key: Any, containers: list[Any]) -> None:
    node[key] = copy.deepcopy(random.choice(containers))


def _deepen(random: Random, node: Any, key: Any, _: list[Any]) -> None:
    for _level in range(random.choice((3, 30, 190))):
        node[key] = {random.choice(("not", "all", "steps", "with")): node[key]}


def _add_key(random: Random, node: Any, key: Any, _: list[Any]) -> None:
    node[random.choice(WORDS)] = copy.deepcopy(random.choice([*VALUES, node[key]]))


def _rename_key(random: Random, node: Any, key: Any, _: list[Any]) -> None:
    node[random.choice([*WORDS, "x-a", "", "Id", 5, True, None])] = node.pop(key)


def _add_element(random: Random, node: Any, key: Any, _: list[Any]) -> None:
    node.insert(key, copy.deepcopy(random.choice([*VALUES, node[key]])))


def _shuffle(random: Random, node: Any, _: Any, __: list[Any]) -> None:
    random.shuffle(node)


CHANGES = [_set, _set, _drop, _wrap, _graft, _deepen]


def _walk(document: Any) -> list[Any]:
    """Return the containers of a document, each once, wherever aliases lead."""
    found: dict[int, Any] = {}
    pending = [document]
    while pending:
        node = pending.pop()
        if isinstance(node, (dict, list)) and id(node) not in found:
            found[id(node)] = node
            pending += node.values() if isinstance(node, dict) else node
    return list(found.values())
