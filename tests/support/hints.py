"""Doing what a hint says: every hold names a way that empties it, and a way can be walked."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from playbookctl.marker import is_reserved
from playbookctl.model.choices import NO_CHOICES, Adoption, Choices, Decision, OnDrift, Retirement, Take
from playbookctl.model.plan import Action
from support.laws import Broken
from support.values import document, pulled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playbookctl.model.plan import Change, Plan
    from support.estate import Estate

    Way = Callable[[Estate, Change, re.Match[str], int], Choices]

ROUNDS = 8
ID = re.compile(r"(ply_[0-9A-Z]{26}) \('")  # as a reason names what may be meant, with its name


def follow(estate: Estate, change: Change, choice: int) -> Choices:
    """Do what the hint of a held change says outside of a sync, and return what has to be said to the next sync.

    Where a hint names several ways, `choice` takes one. Raises Broken for a hint that says nothing that can be done.
    """
    ways = [(way, found) for pattern, way in WAYS if (found := re.search(pattern, change.hint))]
    if not ways:
        raise Broken("every hold names a way that empties it", (change.key, change.reason, change.hint))
    if re.search(r"\bID\b", change.hint) and not ID.search(change.reason):
        raise Broken("where a hint says ID the ids are named", (change.key, change.reason, change.hint))
    way, found = ways[choice % len(ways)]
    return way(estate, change, found, choice)


def settle(estate: Estate, choice: int) -> None:
    """Follow hints, each hold's own, until nothing is held; raises Broken if that takes more than a few rounds."""
    held: tuple[Change, ...] = ()
    for turn in range(ROUNDS):
        plan = estate.plan()
        held = plan.held
        if not held and not plan.refusals and not plan.to_write:
            return
        choices = NO_CHOICES
        for change in held:
            choices = join(choices, follow(estate, change, choice + turn // 3))
        obey(estate, choices)
    raise Broken("following the hints ends every hold", [(change.key, change.reason, change.hint) for change in held])


def obey(estate: Estate, choices: Choices) -> None:
    """Sync with these choices; where that is refused, or uncovers another hold, do what is said then as well."""
    followed: set[str] = set()
    for _ in range(4):
        plan = estate.sync(choices).plan
        if plan is None:
            return
        if plan.refusals:
            lifted = lift(plan)
            choices = replace(choices, bootstrap=lifted.bootstrap, force=lifted.force, allow_older=lifted.allow_older)
            continue
        uncovered = [change for change in plan.held if change.key in named(choices) and change.hint not in followed]
        if not uncovered:
            return
        for change in uncovered:
            followed.add(change.hint)
            choices = join(choices, follow(estate, change, 0))


def named(choices: Choices) -> set[str]:
    """Return the keys that a decision was made about."""
    keys = {decision.key for decision in choices.resolve} | {adoption.key for adoption in choices.adopt}
    return {*keys, *choices.create, *choices.takeover, *choices.release}


def lift(plan: Plan) -> Choices:
    """Return the flags that the hints of a refused plan name."""
    said = " ".join(refusal.hint for refusal in plan.refusals)
    return Choices(bootstrap="--bootstrap" in said, force="--force" in said, allow_older="--allow-older" in said)


def join(one: Choices, other: Choices) -> Choices:
    """Return the choices of both."""
    return Choices(
        create=one.create | other.create,
        takeover=one.takeover | other.takeover,
        bootstrap=one.bootstrap or other.bootstrap,
        force=one.force or other.force,
        allow_older=one.allow_older or other.allow_older,
        release=one.release | other.release,
        keep=one.keep | other.keep,
        adopt=tuple({adoption.key: adoption for adoption in (*one.adopt, *other.adopt)}.values()),
        retire=(*one.retire, *other.retire),
        resolve=(*one.resolve, *other.resolve),
        on_drift=one.on_drift if other.on_drift is OnDrift.KEEP else other.on_drift,
    )


def decide(_: Estate, change: Change, found: re.Match[str], choice: int) -> Choices:
    take = Take.LIVE if choice // 2 % 2 and "=live@" in change.hint else Take.REPO
    release = frozenset({change.key}) if f"--release {change.key}" in change.hint and take is Take.REPO else frozenset()
    return Choices(resolve=(Decision(change.key, take, found[1]),), release=release)


def pull(estate: Estate, change: Change, _: re.Match[str], __: int) -> Choices:
    stem = estate.stems()[change.key]
    row = estate.watch.playbooks(estate.tenant)[change.live_id]
    old = estate.files[stem]
    assert isinstance(old, dict)
    fields = [field.field for field in change.fields]
    new = pulled(estate.survey(), row, old, fields)
    if new is not None and new.get("steps") and str(new.get("name", "")).strip():
        estate.files[stem] = {"steps": old["steps"], **new}
        estate.commit()
        return NO_CHOICES
    live_hash = change.live_hash  # a file cannot say it: decide
    return Choices(resolve=(Decision(change.key, Take.REPO, live_hash),), release=frozenset({change.key}))


def keep(_: Estate, change: Change, __: re.Match[str], choice: int) -> Choices:
    ids = ID.findall(change.reason)
    return Choices(keep=frozenset({ids[choice % len(ids)]}))


def create(_: Estate, change: Change, __: re.Match[str], ___: int) -> Choices:
    return Choices(create=frozenset({change.key}))


def adopt(_: Estate, change: Change, found: re.Match[str], choice: int) -> Choices:
    ids = ID.findall(change.reason)
    many = found[2] == "=ID" or len(ids) > 1
    return Choices(adopt=(Adoption(change.key, ids[choice % len(ids)] if many else ""),))


def take_over(_: Estate, change: Change, __: re.Match[str], ___: int) -> Choices:
    if len(ID.findall(change.reason)) > 1:  # the next plan says which to name
        return Choices(create=frozenset({change.key}))
    return Choices(takeover=frozenset({change.key}))


def delete_the_file(estate: Estate, change: Change, _: re.Match[str], __: int) -> Choices:
    if len(estate.files) == 1:
        estate.files["z"] = document("z")
    del estate.files[estate.stems()[change.key]]
    estate.commit()
    return NO_CHOICES


def remove_the_tags(estate: Estate, change: Change, found: re.Match[str], _: int) -> Choices:
    row = estate.watch.playbooks(estate.tenant)[found[1]]
    estate.edit(row["id"], {"tags": [tag for tag in row["tags"] if not is_reserved(tag)]})
    return Choices(adopt=(Adoption(change.key, row["id"]),)) if change.key in estate.stems() else NO_CHOICES


def upgrade(estate: Estate, change: Change, _: re.Match[str], __: int) -> Choices:
    """There is no newer version to upgrade to: its marks are taken back by hand."""
    row = estate.watch.playbooks(estate.tenant)[change.live_id]
    tags = [tag.replace("playbookctl:base=9.", "playbookctl:base=1.") for tag in row["tags"]]
    estate.edit(row["id"], {"tags": [tag for tag in tags if not tag.startswith("playbookctl:lease")]})
    return NO_CHOICES


def correct(estate: Estate, change: Change, _: re.Match[str], __: int) -> Choices:
    """Write the file anew: what it got wrong may be anything."""
    stem = os.path.basename(change.file).removesuffix(".yaml")
    found = estate.files.get(stem)
    if found is None:
        raise Broken("a hint names a file that is there", (change.key, change.file, sorted(estate.files)))
    key = found.get("key", change.key) if isinstance(found, dict) else change.key
    taken = [other for other, where in estate.stems().items() if where != stem]
    estate.files[stem] = document(str(key) if key and key not in taken else f"new-{stem}")
    estate.commit()
    return NO_CHOICES


def correct_the_call(estate: Estate, change: Change, _: re.Match[str], __: int) -> Choices:
    found = estate.files[estate.stems()[change.key]]
    assert isinstance(found, dict)
    found["steps"] = document(change.key)["steps"]
    estate.commit()
    return NO_CHOICES


def map_the_name(estate: Estate, _: Change, found: re.Match[str], __: int) -> Choices:
    """Map a name that has no id in this environment to one that has: the first there is."""
    kind, name = found[1], found[2]
    prod = dict(estate.config.get("prod", {}))
    prod[kind] = {**prod.get(kind, {}), name: estate.somebody(kind)}
    estate.configure(prod=prod)
    estate.commit()
    return NO_CHOICES


def retire(_: Estate, change: Change, found: re.Match[str], __: int) -> Choices:
    return Choices(retire=(Retirement(change.key, found[1] or ""),))


def wait(_: Estate, __: Change, ___: re.Match[str], ____: int) -> Choices:
    """Another hold has to end first; its own hint is followed beside this one."""
    return NO_CHOICES


WAYS: tuple[tuple[str, Way], ...] = (
    (r"take the edit into the file and commit", pull),
    (r"--resolve \S+?=repo@([0-9a-f]{8})", decide),
    (r"--keep ID", keep),
    (r"^adopt ([a-z0-9-]+)(=ID)?", adopt),
    (r"--takeover (\S+)", take_over),
    (r"--create (\S+)", create),
    (r", or delete (\S+)", delete_the_file),
    (r"remove the tags of (\S+) on the server", remove_the_tags),
    (r"^upgrade playbookctl", upgrade),
    (r"playbookctl validate( --fix)?", correct),
    (r"environments\.prod\.(connectors|owners)\.(\S+?)(?:,|$)", map_the_name),
    (r"take one call out of the ring|^correct the key", correct_the_call),
    (r"end the hold of (\S+) first|^sync '\S+ first", wait),
    (r"sync --retire \S+?@([0-9a-f]{8})", retire),
)


def hold_of(plan: Plan, number: int) -> Change | None:
    """Return one of the held changes."""
    return plan.held[number % len(plan.held)] if plan.held else None


def orphan_of(plan: Plan) -> list[Change]:
    """Return the live playbooks whose file is gone."""
    return [change for change in plan.changes if change.action is Action.NONE and "--retire" in change.hint]
