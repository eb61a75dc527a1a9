"""The order of a review: two commits out of git, judged by the base's settings, compared."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.check.registry import RuleInfos
from playbookctl.committed import Committed, config_in
from playbookctl.errors import ConfigError, UsageError
from playbookctl.history import History, why_no_history
from playbookctl.judging import Judge
from playbookctl.load.settings import CONFIG_NAMES
from playbookctl.model.review import Commit, Level, Review, RiskKind
from playbookctl.narrow import commit_called, merge_base
from playbookctl.review import words
from playbookctl.review.effects import judged
from playbookctl.review.make import Given, make_review
from playbookctl.review.part import Part
from playbookctl.review.safety import guards
from playbookctl.trees import Store, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.review.sides import Side


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review, and the two sides that it was made of."""

    review: Review
    before: Side
    now: Side


def review(here: str, base: str, head: str, config: str | None, today: str) -> Reviewed:
    """Compare `head` with the last commit it has in common with `base`, for the repository around `here`.

    What `base` names judges both. `config` is a path in the work tree; by default the nearest config upwards that `base`
    has. Raises UsageError outside git and for a ref that is not here, ConfigError where the base's config cannot be used.
    """
    history = History.of(here)
    if history is None:
        raise UsageError(f"review needs git: {why_no_history(here)}", hint="run it inside the repository")
    tip, new = commit_called(history, base), commit_called(history, head)
    old = merge_base(history, tip, base, new)
    store = Store(history.root)
    trees = {commit: Tree(store, commit) for commit in dict.fromkeys((tip, old, new))}
    place = _config(trees[tip], history.root, here, config)
    sides = {commit: Committed(tree, history.root, place) for commit, tree in trees.items()}
    if sides[tip].wrong:
        raise ConfigError(f"the base cannot judge: {sides[tip].wrong}", hint="mend the config on the base first")
    judge = Judge(sides[tip], today)
    notes = list(_not_part(history, base, head, tip, old))
    return _compare(judge, sides[old], sides[new], Commit(base, old), Commit(head, new), notes)


def _config(tree: Tree, root: str, here: str, config: str | None) -> str:
    """Return where the config lies or would lie, relative to the root."""
    inside = os.path.relpath(os.path.realpath(here), root).replace(os.sep, "/")
    folder = "" if inside == "." else inside
    if config is None:
        return config_in(tree, folder) or posixpath.join(folder, CONFIG_NAMES[0])
    named = os.path.relpath(os.path.realpath(config), root).replace(os.sep, "/")
    if named not in tree.files:
        raise UsageError(f"the base has no config '{named}'", hint="the base decides; name a config that it has")
    return named


def _compare(judge: Judge, old: Committed, new: Committed, base: Commit, head: Commit, notes: list[str]) -> Reviewed:
    catalogue = judged(judge.base.connectors, new.connectors)
    own = {judge.base.config, judge.base.catalogue, *filter(None, [judge.known_more(new)[0], judge.base.attack_path])}
    changed = _changed(old.tree, new.tree)
    checked = None if catalogue != judge.base.connectors else changed  # another catalogue may find others everywhere
    files = [set(side.playbooks(judge.settings)) for side in (old, new)]
    files = files if checked is None else [each & checked for each in files]
    was = judge.judge(old, judge.base.connectors, files[0])
    is_ = judge.judge(new, catalogue, files[1])
    findings = judge.findings(was, is_, files[0]), judge.findings(is_, was, files[1])
    before, now = was.side, is_.side
    ours = {held.file for side in (before, now) for held in side.all_held()}
    given = Given(
        base=base,
        head=head,
        judge=judge.settings,
        connectors=catalogue,
        config=judge.base.config,
        catalogue=judge.base.catalogue,
        hidden=_hidden(judge, new),
        files=tuple(sorted(changed & own)),
        not_checked=(*notes, *_not_checked(now, changed - ours - own), *_elsewhere(judge, new), *_submodules(old, new)),
        more=tuple(_more(judge, old, new, changed)),
        rules=RuleInfos(),
        attack_name=judge.attack_name,
    )
    return Reviewed(make_review(given, before, now, findings), before, now)


def _changed(old: Tree, new: Tree) -> set[str]:
    """Return the paths that differ between two commits, and the links that lead to something else."""
    links = old.links(), new.links()
    led = {path for path in links[0].keys() & links[1].keys() if links[0][path] != links[1][path]}
    return led | {path for path in old.files.keys() | new.files.keys() if old.files.get(path) != new.files.get(path)}


def _hidden(judge: Judge, new: Committed) -> tuple[str, ...]:
    """Return the playbooks of the head, as the base finds them, that the head's own config does not find."""
    if new.wrong:
        return ()
    return tuple(sorted(new.playbooks(judge.settings).keys() - new.playbooks(new.settings).keys()))


def _elsewhere(judge: Judge, new: Committed) -> Iterator[str]:
    """Yield which files only the head's own config takes for playbooks."""
    more = () if new.wrong else sorted(new.playbooks(new.settings).keys() - new.playbooks(judge.settings).keys())
    if more:
        yield f"{words.count(len(more), 'file')} that only the changed config takes for playbooks: {words.listed(more)}"


def _submodules(old: Committed, new: Committed) -> Iterator[str]:
    other = [path for path, _ in old.tree.submodules.items() ^ new.tree.submodules.items()]
    if other:
        names = sorted(set(other))
        yield f"{words.count(len(names), 'changed submodule')}: {words.listed(names)}"


def _more(judge: Judge, old: Committed, new: Committed, changed: set[str]) -> Iterator[Part]:
    """Yield what a change of the repository's own files means beyond their values."""
    config, catalogue = judge.base.config, judge.base.catalogue
    if new.wrong and not old.wrong:
        undo = f"mend {words.quoted(config)}"
        yield _own(Level.HIGH, config, "has a config that cannot be used", "it could be used", new.wrong, undo)
    if old.connectors.file is not None and new.connectors.file is None:
        gone = "cannot be read" if new.connectors_entry is not None else "is gone"
        before = words.count(len(old.connectors.by_name), "connector")
        now = "any connector and any action is accepted, their effects guessed"
        undo = f"put {words.quoted(catalogue)} back"
        yield _own(Level.MEDIUM, catalogue, gone, before, now, undo, RiskKind.CONNECTORS)
    for path in sorted(changed - {config}):
        if posixpath.basename(path) in CONFIG_NAMES and path in new.tree.files:
            before = "it said something else" if path in old.tree.files else "there was none"
            now, undo = "it decides for what lies beside and below it", "look at it as at the repository's own"
            yield _own(Level.MEDIUM, path, "is another config, which decides for its folder", before, now, undo)
    for path in sorted(new.tree.submodules):
        if new.tree.submodules[path] != old.tree.submodules.get(path) and new.covers(path, judge.settings):
            before = "it had another commit" if path in old.tree.submodules else "there was no submodule"
            undo = "look at that commit, or put the playbooks into this repository"
            phrase = "is a submodule where playbooks lie, so nothing of them is reviewed"
            now = f"commit {new.tree.submodules[path][:12]} of another repository"
            yield _own(Level.HIGH, path, phrase, before, now, undo, RiskKind.UNREADABLE)
    pinned = judge.base.attack_path
    if pinned in changed:
        now = "it is another" if pinned in new.tree.files else "it is gone"
        undo = f"put {words.quoted(pinned)} back, or say why it changed"
        yield _own(Level.MEDIUM, pinned, "no longer holds the ATT&CK data that was pinned", "as pinned", now, undo)
    path, number, codes = judge.known_more(new)
    if number:
        level = Level.HIGH if guards(codes) else Level.MEDIUM
        more = f"knows {words.count(number, 'more finding')}, which do not count"
        now = f"findings of {words.listed(codes)} do not count from now on"
        yield _own(level, path, more, "they counted", now, "mend what was found instead", RiskKind.BASELINE)


def _own(
    level: Level, file: str, phrase: str, before: str, now: str, undo: str, kind: RiskKind = RiskKind.CONFIG
) -> Part:
    return Part(kind, level, "", file, phrase, before, now, undo)


def _not_part(history: History, base: str, head: str, tip: str, old: str) -> Iterator[str]:
    if tip != old:
        yield (
            f"{words.quoted(base)} has moved on since: what it has beyond {old[:12]} is not part of this review, "
            f"but its settings of {tip[:12]} judge"
        )
    if head == "HEAD":
        number = len(history.changed_since("HEAD"))
        if number:
            differ = f"{words.count(number, 'file')} of the work tree {'differs' if number == 1 else 'differ'}"
            yield f"{differ} from HEAD: what is not committed is not reviewed"


def _not_checked(now: Side, others: set[str]) -> Iterator[str]:
    unread = [held.file for held in now.playbooks.values() if held.playbook is None]
    if unread:
        yield f"{words.count(len(unread), 'file')} could not be read as a playbook: {words.listed(unread)}"
    if now.twice:
        files = [held.file for held in now.twice]
        yield f"{words.count(len(files), 'file')} claim a key that another has, and were passed over: {words.listed(files)}"
    if others:
        yield f"{words.count(len(others), 'other changed file')} that no playbook is made of: {words.listed(sorted(others))}"
    opaque = sum(_opaque(held.playbook.data) for held in now.playbooks.values() if held.playbook is not None)
    if opaque:
        yield f"{words.count(opaque, 'condition')} in the platform's own language: taken to go either way"


def _opaque(value: object) -> int:
    if isinstance(value, dict):
        return ("expr" in value) + sum(map(_opaque, value.values()))
    return sum(map(_opaque, value)) if isinstance(value, list) else 0
