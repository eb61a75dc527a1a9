"""The order of a review: two commits out of git, judged by the base's settings, compared."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.check.facts import facts_of
from playbookctl.check.rule import Context
from playbookctl.committed import Committed, config_in
from playbookctl.errors import ConfigError, UsageError
from playbookctl.history import History, why_no_history
from playbookctl.load.entry import key_in
from playbookctl.model.review import Commit, Review
from playbookctl.narrow import commit_called, merge_base
from playbookctl.review.make import make_review
from playbookctl.review.sides import Held, Side, digest_of
from playbookctl.trees import Store, Tree

if TYPE_CHECKING:
    from playbookctl.model.workspace import Settings

DEFAULT_CONFIG = "playbookctl.yaml"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review, and the two sides that it was made of."""

    review: Review
    before: Side
    now: Side


def review(here: str, base: str, head: str = "HEAD", config: str | None = None) -> Reviewed:
    """Compare `head` with the last commit it has in common with `base`, for the repository around `here`.

    `config` is a path in the work tree; by default the nearest config upwards that `base` has. Raises UsageError outside
    git and for a ref that is not here, ConfigError where the base's config cannot be used.
    """
    history = History.of(here)
    if history is None:
        raise UsageError(f"review needs git: {why_no_history(here)}", hint="run it inside the repository")
    tip = commit_called(history, base)
    new = commit_called(history, head)
    old = merge_base(history, tip, base, new)
    with closing(Store(history.root)) as store:
        trees = {commit: Tree(store, commit) for commit in (tip, old, new)}
        place = _config(trees[tip], history.root, here, config)
        sides = {commit: Committed(tree, history.root, place) for commit, tree in trees.items()}
        judge = sides[tip]
        if judge.wrong:
            raise ConfigError(f"the base cannot judge: {judge.wrong}", hint="mend the config on the base first")
        context = Context(judge.settings, judge.connectors, judge.attack())
        known: dict[tuple[str, str], Held] = {}
        before = _side(sides[old], judge.settings, context, known)
        now = _side(sides[new], judge.settings, context, known)
    made = make_review(Commit(base, old), Commit(head, new), before, now)
    return Reviewed(made, before, now)


def _config(tree: Tree, root: str, here: str, config: str | None) -> str:
    """Return where the config lies, relative to the root."""
    inside = os.path.relpath(os.path.realpath(here), root).replace(os.sep, "/")
    folder = "" if inside == "." else inside
    if config is None:
        return config_in(tree, folder) or os.path.join(folder, DEFAULT_CONFIG)
    named = os.path.relpath(os.path.realpath(config), root).replace(os.sep, "/")
    if named not in tree.files:
        raise UsageError(f"the base has no config '{named}'", hint="the base decides; name a config that it has")
    return named


def _side(side: Committed, settings: Settings, context: Context, known: dict[tuple[str, str], Held]) -> Side:
    """Load the playbooks of a commit; a file that another side has just so is not loaded again."""
    playbooks: dict[str, Held] = {}
    twice: list[Held] = []
    for path, blob in side.playbooks(settings).items():
        same = (path, blob.name)
        held = known.get(same) or _held(side, path, blob.name, context)
        if not blob.is_link:  # the same link may lead to another text
            known[same] = held
        if held.key in playbooks:
            twice.append(held)
        else:
            playbooks[held.key] = held
    own = side.settings if not side.wrong else None
    return Side(playbooks, tuple(twice), own, side.connectors)


def _held(side: Committed, path: str, text: str, context: Context) -> Held:
    entry = side.load(path)
    playbook = entry.playbook
    if playbook is None:
        return Held(key_in(entry), path, None, {}, text, "")
    return Held(playbook.key, path, playbook, facts_of(playbook, context), text, digest_of(playbook.data))
