"""Whether those who call a playbook still can: it is there, takes what they hand it, and hands back what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.review import Level, RiskKind
from playbookctl.review import words
from playbookctl.review.part import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.model.playbook import Playbook
    from playbookctl.review.changed import Changed
    from playbookctl.review.pairing import Pair


def parts(changed: Changed) -> Iterator[Part]:
    """Yield what breaks for callers, as they are on the head's side, and whose identity changed."""
    yield from _claims(changed)
    for key in sorted(changed.steps):
        pair = changed.pairs[key]
        yield from _gone(changed, pair)
        yield from _identity(pair)
        old = pair.old.playbook if pair.old is not None else None
        new = pair.new.playbook if pair.new is not None else None
        if old is not None and new is not None:
            yield from _interface(changed, pair, old, new)
            yield from _owner(pair, old, new)
        if pair.new is not None and new is None:
            before = "it could be read" if old is not None else "there was no such file"
            yield Part(
                RiskKind.UNREADABLE,
                Level.HIGH,
                key,
                pair.new.file,
                "cannot be read, so nothing of it is reviewed",
                before,
                "it is no playbook that can be loaded",
                "mend the file; the findings say what is wrong",
            )


def _claims(changed: Changed) -> Iterator[Part]:
    """Yield the files that claim a key which another has; they are compared with nothing."""
    known = {(held.file, held.text) for held in changed.before.side.twice}
    for held in changed.now.side.twice:
        if (held.file, held.text) not in known:
            owner = changed.now.side.playbooks[held.key].file
            yield Part(
                RiskKind.UNREADABLE,
                Level.HIGH,
                "",
                held.file,
                f"claims the key {words.quoted(held.key)} of {words.quoted(owner)}, so nothing of it is reviewed",
                "each key had one file",
                "two files claim it, and neither is synced",
                "give one of them another key",
            )


def _gone(changed: Changed, pair: Pair) -> Iterator[Part]:
    old = pair.old
    if old is None or old.key in changed.now.side.playbooks:
        return
    if pair.new is None and old.playbook is not None and old.playbook.auto_execute and old.playbook.enabled:
        yield Part(
            RiskKind.REMOVED,
            Level.MEDIUM,
            pair.key,
            old.file,
            "has no file any more",
            "it started by itself, as its file said",
            "what is live goes on starting by itself until it is retired, and nobody reviews it",
            "bring the file back, or retire it: playbookctl sync --retire KEY",
        )
    callers = changed.now.called_by.get(old.key, [])
    if callers:
        yield Part(
            RiskKind.COMPATIBILITY,
            Level.HIGH,
            pair.key,
            pair.one.file,
            f"is called by {words.listed(callers)}, which call nothing now",
            f"the key {words.quoted(old.key)} was there",
            "no playbook has that key",
            "change the callers too, or keep the key",
        )


def _identity(pair: Pair) -> Iterator[Part]:
    if pair.old is None or pair.new is None or pair.old.key == pair.new.key:
        return
    playbook = pair.old.playbook
    twice = playbook is not None and playbook.auto_execute and playbook.enabled
    yield Part(
        RiskKind.IDENTITY,
        Level.MEDIUM if twice else Level.LOW,
        pair.key,
        pair.new.file,
        "is another playbook to the platform",
        f"the key {words.quoted(pair.old.key)}",
        f"the key {words.quoted(pair.new.key)}: a second one is created, and the first stays live until it is retired",
        f"keep key: {words.quoted(pair.old.key)}; the file may be called anything",
    )


def _interface(changed: Changed, pair: Pair, old: Playbook, new: Playbook) -> Iterator[Part]:
    before, now = ({each.name: each for each in side.inputs} for side in (old, new))
    needed = _needed(old)
    calls = list(_calls(changed, pair.key))
    for name in sorted(before.keys() - now.keys()):
        callers = [caller for caller, (given, _, _) in calls if name in given]
        yield from _broken(pair, "no longer takes the input", name, callers, "give it")
    for name in sorted(_needed(new) - needed):
        callers = [caller for caller, (given, shares, _) in calls if name not in given and not shares]
        yield from _broken(pair, "needs the input", name, callers, "do not give it")
    for name in sorted(set(old.outputs) - set(new.outputs)):
        callers = [caller for caller, (_, _, read) in calls if name in {row[1] for row in read}]
        yield from _broken(pair, "no longer hands back", name, callers, "read it")


def _needed(playbook: Playbook) -> set[str]:
    return {each.name for each in playbook.inputs if each.required and not each.has_default}


def _broken(pair: Pair, phrase: str, name: str, callers: list[str], relies: str) -> Iterator[Part]:
    if callers:
        who = sorted(set(callers))
        yield Part(
            RiskKind.COMPATIBILITY,
            Level.MEDIUM,
            pair.key,
            pair.one.file,
            f"{phrase} {words.quoted(name)}",
            f"{words.listed(who)} {relies}",
            f"{words.count(len(who), 'caller no longer fits', 'callers no longer fit')}",
            f"leave {words.quoted(name)} as it was, or change the callers too",
        )


def _calls(changed: Changed, key: str) -> Iterator[tuple[str, Any]]:
    """Yield the caller and what it hands over and reads, for each call of `key` on the head's side."""
    for caller in changed.now.called_by.get(key, ()):
        facts = changed.now.side.playbooks[caller].facts
        for (_, callee), hands in zip(facts["calls"], facts["hands"], strict=True):
            if callee == key:
                yield caller, hands


def _owner(pair: Pair, old: Playbook, new: Playbook) -> Iterator[Part]:
    before, now = (side.data.get("owner") or side.data.get("owner_id") for side in (old, new))
    if before and before != now:
        yield Part(
            RiskKind.OWNER,
            Level.LOW,
            pair.key,
            pair.one.file,
            "has another owner",
            words.said(before),
            words.said(now),
            f"give it back to {words.quoted(before)}",
        )
