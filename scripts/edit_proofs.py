"""Show that `fmt` and `validate --fix` lose nothing: on real playbooks, and on mutants of them.

    python scripts/edit_proofs.py [--mutants 1000] [--seed N] [FOLDER ...]

Starts from this repository's playbooks and the YAML files of each FOLDER. What counts is judged by readers of its own:
PyYAML's loader and its tokens, not the tool's. Of `fmt`: the same data, the same comments, nothing left for a second run.
Of `--fix`, unsafe fixes included: every byte is either the old one or one that a patch put there, no value is lost that
no fix speaks of, and a second run changes nothing. Prints the figures; exit code 1, with the file, for whatever breaks.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import yaml

from mutants import mutate
from playbookctl.edit.format import formatted
from playbookctl.edit.patch import Unfit
from playbookctl.load.document import parse
from playbookctl.load.entry import load_entry
from playbookctl.load.schema.order import key_order
from playbookctl.model.source import Source
from playbookctl.pipeline import CheckOptions, check
from playbookctl.promise import fixed, promised
from playbookctl.repair import repair
from playbookctl.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playbookctl.model.finding import Finding, Fix
    from playbookctl.model.source import Document
    from playbookctl.model.workspace import Entry

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = {"today": "2026-06-01"}
LONGEST = 60_000  # bytes of a mutant
MISTAKES = [
    b"id: ply_1  # from an export",
    b"run_stats:\n  total: 3\n  # of last week\n  failed: 1",
    b"tags:\n  - x\n  - x # again\n  - y",
    b"tags: [x, 'playbookctl:key=a', \"playbookctl:base=1.new\"] # c",
    b"mitre_techniques: [T1562.001, t1566, TA0001, T1562.006]",
    b"mitre_techniques:\n  # the old ids\n  - T1562\n  - ' T1566 '\n\n  - T1073",
    b"mitre_tactics:\n- T1566.001\n- ta0001",
    b"owner: 2026-01-31",
    b"owner: yes # or no",
    b"descrption: see #12 now",
    b"# playbookctl: ignore[PB402] not needed",
    b"required_connectors: [one, two, # c\n  three]",
    b"category: recovry",
    b"name: off",
]
MOST_ROUNDS = 10
_BREAK = re.compile(r"\r\n|\n|\r")


class Broken(AssertionError):
    """Something that must hold does not."""


def prove_format(data: bytes) -> str:
    """Format a file and judge what came of it; return in a word what that was. Raises Broken."""
    entry = load_entry("a.yaml", data)
    if entry.document is None:
        return "unreadable"
    try:
        after = formatted(entry, _reread, key_order)
    except Unfit as reason:
        return "twice the same key" if "twice in one mapping" in str(reason) else "refused"
    before = entry.source.text
    if after == before:
        return "as it was"
    if data_of(after) != data_of(before):
        raise Broken("fmt changed the data")
    if comments_of(after) != comments_of(before):
        raise Broken("fmt changed the comments")
    if formatted(load_entry("a.yaml", after.encode("utf-8")), _reread, key_order) != after:
        raise Broken("fmt changes its own output")
    return "formatted"


def _reread(text: str) -> Document | None:
    return parse(Source("a.yaml", text), text.encode("utf-8"))[0]


def prove_fixes(files: dict[str, bytes], counts: Counter[str]) -> None:
    """Fix files in a repository of their own, round by round, and judge every step. Raises Broken."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "playbooks").mkdir()
        (Path(folder) / "playbookctl.yaml").write_text("namespace: proofs\n", "utf-8")
        for name, data in files.items():
            (Path(folder) / "playbooks" / name).write_bytes(data)
        mine = _fixed_by_hand(Repository(None, folder), counts)
        done = repair(Repository(None, folder), (), _options, unsafe=True)
        if mine != {shown: after for shown, _, after in done.changes}:
            raise Broken("validate --fix does something else than its fixes one after the other")
        for shown, _, after in done.changes:
            (Path(folder) / shown).write_bytes(after.encode("utf-8"))
        again = repair(Repository(None, folder), (), _options, unsafe=True)
        if again.changes or again.fixed:
            raise Broken(f"a second validate --fix changes {again.changes[0][0]}")
        counts["files fixed"] += len(done.changes)


def _options() -> CheckOptions:
    return CheckOptions(**OPTIONS)  # type: ignore[arg-type]


def _fixed_by_hand(repository: Repository, counts: Counter[str]) -> dict[str, str]:
    """Make all fixes as `validate --fix` does, and judge every round by itself; return the texts that changed."""
    changed: dict[str, str] = {}
    for _ in range(MOST_ROUNDS):
        made = 0
        by_file: dict[str, list[Finding]] = {}
        for finding in check(repository, (), _options()).findings:
            if finding.fix is not None:
                by_file.setdefault(finding.location.file, []).append(finding)
        for shown, findings in sorted(by_file.items()):
            fixes = [finding.fix for finding in findings if finding.fix is not None]
            file = os.path.join(repository.here, shown)
            entry = repository.load(file)
            done = fixed(entry, fixes)
            kept = [fix for fix, refusal in zip(fixes, done.refusals, strict=True) if not refusal]
            if kept:
                _judge_steps(entry, done.entry.source.text, kept, shown)
                repository.drafts[os.path.abspath(file)] = changed[shown] = done.entry.source.text
                made += len(kept)
        counts["fixes made"] += made
        if not made:
            return changed
    return changed


def _judge_steps(entry: Entry, after: str, fixes: list[Fix], shown: str) -> None:
    """Make the fixes one by one, from the end of the file to its beginning, and judge each step by what the fix says."""
    places = [max(location.span.end for location, _ in fix.replacements) for fix in fixes]
    for _, at in sorted(zip(places, range(len(fixes)), strict=True), reverse=True):
        (said,) = promised(entry, (fixes[at],))
        if said is None:
            raise Broken(f"{shown}: '{fixes[at].title}' can be made among others, but not after them")
        step = fixed(entry, (said,)).entry
        _judge(entry.source.text, step.source.text, said, shown)
        entry = step
    if entry.source.text != after:
        raise Broken(f"{shown}: all fixes at once give something else than one after the other")


def _judge(before: str, after: str, fix: Fix, shown: str) -> None:
    parts: list[str] = []
    at = 0
    for location, text in fix.replacements:
        parts += (before[at : location.span.start], text)
        at = location.span.end
    if "".join((*parts, before[at:])) != after:
        raise Broken(f"{shown}: a byte changed that the fix does not speak of")
    lost = Counter(_leaves(_read(before))) - Counter(_leaves(_read(after)))
    touched = Counter(leaf for edit in fix.edits for leaf in _leaves(_at(_ours(before), edit.path)))
    if lost - touched:
        raise Broken(f"{shown}: lost {list(lost - touched)[:3]}")


def _ours(text: str) -> Any:
    document = _reread(text)
    return document.data if document else None


def _at(value: Any, path: Iterable[str | int]) -> Any:
    try:
        for part in path:
            value = value[part]
    except (KeyError, IndexError, TypeError):
        return None
    return value


def data_of(text: str) -> Any:
    """Return the data of a text as PyYAML's own loader reads it, comparable: 1, 1.0 and true are three things."""
    return _texts(_read(text))


def _read(text: str) -> Any:
    """Return what PyYAML's own loader makes of a text; None for what it cannot read, a template without quotes, say."""
    try:
        return yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError, AttributeError):
        return None


def _texts(value: Any) -> Any:
    """Write everything that is no text as its type and its value; so are keys."""
    if isinstance(value, dict):
        return {f"{type(key).__name__} {key!r}": _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    return f"{type(value).__name__} {value!r}"


def _leaves(value: Any) -> Iterator[str]:
    """Yield the scalars in a value, without their type: a fix may write in quotes what was a number."""
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)


def comments_of(text: str) -> Counter[str]:
    """Return the comments of a text: what begins with a `#` at the start of a line or behind a blank, outside of tokens."""
    try:
        tokens = [token for token in yaml.scan(text, yaml.CSafeLoader) if isinstance(token, yaml.ScalarToken)]
    except yaml.YAMLError:
        return Counter()
    outside, at = [], 0
    for token in tokens:
        outside.append(text[at : token.start_mark.index])
        at = token.end_mark.index
        outside.append("\0" if text[token.start_mark.index] not in "|>" else "\n")
    lines = _BREAK.split("".join((*outside, text[at:])))
    found = (re.search(r"(?:^|[ \t\0])(#.*)", line) for line in lines)
    return Counter(match.group(1).rstrip().rstrip("\0") for match in found if match)


def mutants(seed: int, parents: list[bytes], number: int) -> Iterator[bytes]:
    """Yield mutants, the same for the same seed."""
    random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    for _ in range(number):
        yield mutate(random, random.choice(parents)[:LONGEST], parents)[:LONGEST]


def planted(seed: int, parents: list[bytes], number: int) -> Iterator[bytes]:
    """Yield playbooks with mistakes that have a fix, between their lines and in their dress."""
    random = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    for _ in range(number):
        data = random.choice(parents)[:LONGEST]
        lines = data.split(b"\n")
        for mistake in random.sample(MISTAKES, k=random.randint(1, 4)):
            keys = [at for at, line in enumerate(lines) if re.match(rb"[a-z_]+:", line)]
            same = [at for at in keys if lines[at].startswith(mistake.partition(b":")[0] + b":")]
            on_one_line = [at for at in same if lines[at][-1:] != b":" and not lines[at + 1].startswith((b" ", b"-"))]
            if on_one_line:
                lines[on_one_line[0]] = mistake
            elif not same:
                lines.insert(random.choice(keys or [0]), mistake)
        break_ = random.choice((b"\n", b"\n", b"\r\n"))
        yield random.choice((b"", b"", b"\xef\xbb\xbf")) + break_.join(lines)


def own_playbooks() -> list[bytes]:
    """Return this repository's playbooks."""
    return [path.read_bytes() for path in sorted((ROOT / "playbooks").glob("*.yaml")) if ".test." not in path.name]


def main() -> int:
    """Prove it for playbooks and mutants, print the figures, return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    found = [path.read_bytes() for folder in arguments.folders for path in sorted(folder.rglob("*.y*ml"))]
    parents = [*own_playbooks(), *found]
    broken = 0
    sets = {
        "playbooks": parents,
        "mutants": [*mutants(arguments.seed, parents, arguments.mutants)],
        "playbooks with mistakes": [*planted(arguments.seed, parents, arguments.mutants)],
    }
    for what, files in sets.items():
        counts: Counter[str] = Counter()
        for at, data in enumerate(files):
            broken += _report(f"{what} {at}", data, partial(_count, counts, data))
        named = {f"m{at:05}.yaml": data for at, data in enumerate(files)}
        broken += _report(f"{what}, fixes", b"", partial(prove_fixes, named, counts))
        print(f"{len(files):,} {what}: " + ", ".join(f"{count:,} {said}" for said, count in sorted(counts.items())))
    print("nothing lost, no other byte changed, nothing left for a second run" if not broken else f"{broken} broken")
    return 1 if broken else 0


def _count(counts: Counter[str], data: bytes) -> None:
    counts[prove_format(data)] += 1


def _report(what: str, data: bytes, prove: Any) -> int:
    try:
        prove()
    except Broken as reason:
        print(f"{what}: {reason}\n{data[:2000].decode('utf-8', 'replace')}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
