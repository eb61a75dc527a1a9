"""The canonical quotes as a table: how a text is written, and how it is to be written."""

from __future__ import annotations

import json
import random
import re

import pytest
import yaml

from playbookctl.edit.format import formatted
from playbookctl.load.document import parse
from playbookctl.load.schema.order import key_order
from playbookctl.model.source import Source
from playbookctl.model.workspace import Entry

QUOTES = [
    # words need none
    ("'Reset a password.'", "Reset a password."),
    ('"Do we have URLs?"', "Do we have URLs?"),
    ("'it''s done'", "it's done"),
    ('"T1566.001"', "T1566.001"),
    ("'Größe (in MB)'", "Größe (in MB)"),
    # what YAML, in one version or the other, takes for something else keeps them
    ("'yes'", '"yes"'),
    ("'No'", '"No"'),
    ("'y'", '"y"'),
    ("'null'", '"null"'),
    ("'1.10'", '"1.10"'),
    ("'2026-01-31'", '"2026-01-31"'),
    ("'5m'", '"5m"'),
    ("''", '""'),
    ("' '", '" "'),
    ("'x '", '"x "'),
    ("'-'", '"-"'),
    ("'~'", '"~"'),
    ("'<<'", '"<<"'),
    ("'a: b'", '"a: b"'),
    ("'a #b'", '"a #b"'),
    ("'{{ alert.user }}'", '"{{ alert.user }}"'),
    ("'see {{ alert.user }}'", '"see {{ alert.user }}"'),
    ("'@here'", '"@here"'),
    # single ones where that spares escapes
    ("'say \"no\"'", "'say \"no\"'"),
    ('"say \\"no\\""', "'say \"no\"'"),
    ('"^\\\\d+$"', "'^\\d+$'"),
    ("'it''s \"it\"'", '"it\'s \\"it\\""'),
    # plain text stays, but for numbers of YAML 1.2
    ("Reset a password.", "Reset a password."),
    ("see {{ alert.user }}", "see {{ alert.user }}"),
    ("C:\\Temp", "C:\\Temp"),
    ("30s", "30s"),
    ("y", "y"),
    ("10.0.0.1", "10.0.0.1"),
    ("-x", "-x"),
    ("e5", "e5"),
    ("1e3", '"1e3"'),
    ("0o17", '"0o17"'),
    # no text
    ("1.0", "1.0"),
    ("yes", "yes"),
    ("~", "~"),
    # left alone
    ('"a\\tb"', '"a\\tb"'),
    ('"\\u00e9"', '"\\u00e9"'),
    ("'a\u00a0b'", "'a\u00a0b'"),
    ("'\U0001f469\u200d\U0001f692'", "'\U0001f469\u200d\U0001f692'"),
    ("&a 'x'", "&a 'x'"),
    ("!!str 'x'", "!!str 'x'"),
    ("'x\n  y'", "'x\n  y'"),
    ("|\n  'x'\n", "|\n  'x'\n"),
    ("[a, 'b c', 'yes', \"d\", 'x, y']", '[a, "b c", "yes", "d", "x, y"]'),
    ("{'a': 'b', \"c\": {d: 'e'}}", '{"a": "b", "c": {d: "e"}}'),
]  # fmt: skip


def canonical(text: str) -> str:
    source = Source("a.yaml", text)
    entry = Entry(source, parse(source, text.encode("utf-8"))[0], None, ())
    return formatted(entry, lambda after: parse(Source("a.yaml", after), after.encode("utf-8"))[0], key_order)


@pytest.mark.parametrize(("before", "after"), QUOTES)
def test_a_text_gets_its_canonical_quotes_and_keeps_them(before: str, after: str) -> None:
    assert canonical(f"x: {before}\n".replace("\n\n", "\n")) == f"x: {after}\n".replace("\n\n", "\n")
    assert canonical(f"x: {after}\n".replace("\n\n", "\n")) == f"x: {after}\n".replace("\n\n", "\n")


KEYS = [
    ("'name'", "name"),
    ('"Email Body"', "Email Body"),
    ("'yes'", '"yes"'),
    ("'5'", '"5"'),
    ("1e3", "1e3"),
    ("? 'a'\n  ", "? a\n  "),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), KEYS)
def test_keys_get_them_too_but_a_plain_key_stays(before: str, after: str) -> None:
    assert canonical(f"x:\n  {before}: 1\n") == f"x:\n  {after}: 1\n"


WORDS = [
    "a",
    "Z9",
    "a b",
    "a-b",
    "a_b",
    "a/b",
    "a.b",
    "a,b",
    "a, b",
    "a (b)",
    "a!",
    "a?",
    "don't",
    "nothing",
    "é",
    "ß1",
]
SIGNS = list('{}[]&*#|>@`%:;=<~^$+\\"')  # fmt: skip


@pytest.mark.parametrize("word", [*WORDS, *(f"a{sign}" for sign in SIGNS), "(a)", *(f"a {sign} b" for sign in SIGNS)])
def test_only_words_lose_their_quotes_and_they_read_the_same(word: str) -> None:
    written = canonical(f"x:\n  - {json.dumps(word, ensure_ascii=False)}\n")
    assert yaml.safe_load(written) == {"x": [word]}
    assert (written == f"x:\n  - {word}\n") == (word in WORDS)


# The core schema of YAML 1.2, chapter 10.3.2: what a reader of that version, such as an editor, takes for no text.
CORE = re.compile(
    r"null|Null|NULL|~|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|"
)


@pytest.mark.unmeasured
def test_text_is_text_to_readers_of_the_newer_yaml_as_well() -> None:
    source = random.Random("quotes")  # noqa: S311 - a seed, not a secret
    texts = ["".join(source.choices("0123457eEoxXbInfa._+-yN~", k=source.randint(1, 6))) for _ in range(4000)]
    quoted = canonical("".join(f"x{at}: {json.dumps(text)}\n" for at, text in enumerate(texts)))
    read: dict[str, object] = yaml.safe_load(quoted)
    plain = canonical("".join(f"x{at}: {text}\n" for at, text in enumerate(texts) if not text.startswith(("-", "~"))))
    values = [line.partition(": ")[2] for line in quoted.splitlines()]
    assert list(read.values()) == texts
    assert not [value for value in values if CORE.fullmatch(value)]
    text_to_us = {key for key, value in yaml.safe_load(plain).items() if isinstance(value, str)}
    doubtful = [line for line in plain.splitlines() if CORE.fullmatch(line.partition(": ")[2])]
    assert len(text_to_us) > len(texts) // 4
    assert not [line for line in doubtful if line.partition(":")[0] in text_to_us]
