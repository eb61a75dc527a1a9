"""What must hold of every write that the tool commits, whatever happened before: the laws of the reconciler.

They look at the database's own record of writes, and at what the repository has asked for; nothing of the planning or of
the applying is asked whether it was right.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playbookctl.canonical import POSITIONS, digest, digest_at, digests, free_tags, live_texts
from playbookctl.marker import BadMarker, base_by_field, read_tags, self_digest
from playbookctl.model.choices import OnDrift, Take
from playbookctl.model.fields import MANAGED, SERVER_FIELDS
from playbookctl.model.marker import Marker
from playbookctl.model.outcome import OutcomeKind
from playbookctl.model.plan import Action
from playbookctl.server.faults import FaultKind
from playbookctl.steps import all_steps, vendor_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.choices import Choices
    from playbookctl.reconcile import Reconciled
    from support.estate import Ended, Estate, Weather
    from support.watch import Write

SWITCHES = ("enabled", "auto_execute")
ACTING = (*SWITCHES, "steps", "trigger_conditions")
GOOD = (OutcomeKind.DONE, OutcomeKind.ALREADY, OutcomeKind.HELD)
DISTORTING = {FaultKind.DROP_FIELD, FaultKind.ALTER_FIELD, FaultKind.REPLACE}
TWINS = {FaultKind.STALE_LIST}  # with these a second, switched-off object of a key is no mistake


class Broken(AssertionError):
    """A law was broken: its name, and by what."""

    def __init__(self, law: str, said: object) -> None:
        super().__init__(f"{law}: {said}")
        self.law = law


@dataclass
class Run:
    """One sync: what it was told, and what it saw when it planned."""

    estate: Estate
    choices: Choices
    weather: Weather
    seen: dict[str, dict[str, str]] = field(default_factory=dict)  # id -> texts of the managed fields
    asked: dict[str, str] = field(default_factory=dict)  # digests of what each file asked for, by key
    pending: frozenset[str] = frozenset()
    adopts: frozenset[str] = frozenset()
    hashes: dict[str, str] = field(default_factory=dict)  # live id -> live hash
    unmanaged: frozenset[str] = frozenset()
    created: dict[str, str] = field(default_factory=dict)  # id -> key
    namespace: str = ""

    def begin(self, found: Reconciled) -> None:
        names = [one.api_name for one in MANAGED]
        self.seen = {live.id: dict(zip(names, live.texts, strict=True)) for live in found.rows.by_id.values()}
        self.namespace = found.plan.namespace
        bodies = {key: self.estate.body(found, key) for key in found.gathered.playbooks}
        self.asked = {key: digests(body) for key, body in bodies.items() if body is not None}
        changes = found.plan.changes
        self.pending = frozenset(change.key for change in changes if change.pending)
        self.adopts = frozenset(change.live_id for change in changes if change.action is Action.ADOPT)
        self.hashes = {change.live_id: change.live_hash for change in changes if change.live_hash}
        fields = found.survey.environment.unmanaged_fields
        self.unmanaged = frozenset(one.api_name for one in MANAGED if one.name in fields or one.api_name in fields)

    @property
    def faults(self) -> set[FaultKind]:
        return {fault.kind for fault in (*self.weather.faults, *self.estate.character)}

    def permits(self, key: str, live_id: str, name: str, text: str, base: str | None) -> bool:
        """Whether somebody allowed this value of an analyst to be overwritten, having seen it.

        `base` is the digest of what the repo asked for last: --on-drift revert is about drift alone, where the repo asks
        for the same still; --release is about what says how a playbook acts.
        """
        seen = self.seen.get(live_id)
        if seen is None or seen[name] != text:
            return False
        choices = self.choices
        decided = any(
            decision.key == key and decision.take is Take.REPO and decision.live == self.hashes.get(live_id)
            for decision in choices.resolve
        )
        switched_off = name in SWITCHES and (
            any(retirement.key == key for retirement in choices.retire) or bool(choices.keep)
        )
        drifted = key in self.asked and base == digest_at(self.asked[key], POSITIONS[name])
        reverted = choices.on_drift is OnDrift.REVERT and drifted
        released = key in choices.release and name in ACTING and drifted
        return reverted or released or decided or switched_off


class Laws:
    """The record of one tenant: who gave each field its value, and what the repository ever asked for."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._number = 0
        self.objects: dict[str, dict[str, Any]] = {}
        self.authors: dict[tuple[str, str], str] = {}  # (id, field) -> who gave it its value
        self.held: dict[tuple[str, str], set[str]] = defaultdict(set)  # (key, field) -> texts
        self.writes = 0

    def learn(self, found: Reconciled) -> None:
        """Take in what the repository asks for."""
        for key in found.gathered.playbooks:
            body = self._estate.body(found, key)
            for name, text in texts_of(body).items() if body is not None else ():
                self.held[key, name].add(text)

    def catch_up(self) -> None:
        """Take in what others wrote."""
        for write in self._new():
            self._take_in(write)

    def judge(self, run: Run, ended: Ended) -> None:
        """Hold what a sync wrote to the laws. Raises Broken."""
        from support.estate import ROBOT

        writes = self._new()
        if ended.plan is not None and ended.plan.refusals and any(write.by == ROBOT for write in writes):
            raise Broken("a refused plan writes nothing", ended.plan.refusals)
        for write in _net(writes, ROBOT) if FaultKind.REPLACE in run.faults else writes:
            if write.by == ROBOT:
                self.writes += 1
                self._judge(write, run)
            self._take_in(write)
            self._one_acts(write, run)
        self._nothing_is_left(run, ended)

    def reached(self, found: Reconciled) -> None:
        """What no law of safety says: the tool does its work. All drift reverted, live is what the files ask for."""
        rows = self._estate.rows()
        for key in sorted(found.gathered.playbooks):
            body = self._estate.body(found, key)
            mine = [row for row in rows if stands_for(row, found.plan.namespace) == key and not _is_retired(row)]
            if body is None or len(mine) != 1:
                raise Broken("every file has one live playbook in the end", (key, [row["id"] for row in mine]))
            wanted, live, echo = texts_of(body), texts_of(mine[0]), _echo_of(mine[0])
            unmanaged = found.survey.environment.unmanaged_fields
            names = [one.api_name for one in MANAGED if not {one.name, one.api_name} & set(unmanaged)]
            wrong = [name for name in names if live[name] != wanted[name] and digest(live[name]) != echo.get(name)]
            if wrong:
                said = [
                    (change.action, change.reason, change.hint) for change in found.plan.changes if change.key == key
                ]
                raise Broken("live is in the end what the files ask for", (key, wrong, said, wanted, mine[0]))

    # --- one write

    def _judge(self, write: Write, run: Run) -> None:
        if write.before is None:
            self._created(write.after, run)
            return
        key = self._whose(write.before, write.after, run)
        before, after = texts_of(write.before), texts_of(write.after)
        changed = [name for name in POSITIONS if before[name] != after[name]]
        base = _base_of(write.before)
        for name in changed:
            self._may_change(write, key, name, before[name], base.get(name), run)
        self._base_is_the_repos(write, key, run)
        self._echo_is_the_servers(write)
        self._others_stay(write.before, write.after)

    def _created(self, row: dict[str, Any], run: Run) -> None:
        marker = read_tags(row["tags"])
        dropped = FaultKind.DROP_FIELD in run.faults
        key = marker.key if isinstance(marker, Marker) else ""
        if not dropped and (not isinstance(marker, Marker) or not marker.unfinished or acts(row)):
            raise Broken("a create begins switched off and marked as unfinished", row)
        if key and key not in run.asked:
            raise Broken("only what a file asks for is created", row)
        if key and key in run.created.values():
            raise Broken("a playbook is created once in a run", row)
        twins = [found["id"] for found in self.objects.values() if stands_for(found, run.namespace) == key]
        if key and twins and not run.faults & TWINS:
            raise Broken("nothing is created beside an object of the same key", (row, twins))
        run.created[row["id"]] = key

    def _whose(self, before: dict[str, Any], after: dict[str, Any], run: Run) -> str:
        """Return the key that a written object belongs to; only what is ours, or is adopted, may be written."""
        live_id = str(before["id"])
        marker = read_tags(after["tags"] if live_id in run.adopts else before["tags"])
        ours = live_id in run.adopts or live_id in run.created or stands_for(before, run.namespace) is not None
        if not ours or before["is_deleted"]:
            raise Broken("what is not ours is not touched", before)
        return marker.key if isinstance(marker, Marker) else run.created.get(live_id, "")

    def _may_change(self, write: Write, key: str, name: str, text: str, base: str | None, run: Run) -> None:
        from support.estate import ROBOT

        assert write.before is not None
        live_id = write.id
        was_on = write.before["enabled"] is True
        if name == "enabled" and was_on and live_id not in run.created and not self._may_switch_off(key, run):
            raise Broken("only what a file or a person names is switched off", write)
        if name in run.unmanaged and live_id not in run.created and not self._may_send_unmanaged(write, key, name, run):
            raise Broken("unmanaged fields are not written", (name, write))
        if self.authors[live_id, name] == ROBOT or (base is not None and digest(text) == base):
            return  # it is as the repo last asked for, or as the server made of it
        if name == "tags" and FaultKind.ALTER_FIELD in run.faults and _tidy(write.before) == _tidy(write.after):
            return  # an analyst's tags travel along with our marks, and this server tidies what it is sent
        permitted = run.permits(key, live_id, name, text, base)
        if text not in self.held[key, name] and not permitted:
            raise Broken("no value is overwritten that the repo never held", (key, name, text, write))
        if not permitted:
            raise Broken("no edit is overwritten without a word about it", (key, name, text, write))
        if self._lets_go_of_a_brake(write, name) and key not in run.choices.release:
            raise Broken("a brake holds until it is released", (key, name, write))

    def _may_switch_off(self, key: str, run: Run) -> bool:
        wants_off = key in run.asked and digest_at(run.asked[key], POSITIONS["enabled"]) == digest("false")
        retired = any(retirement.key == key for retirement in run.choices.retire)
        return wants_off or retired or bool(run.choices.keep)

    def _may_send_unmanaged(self, write: Write, key: str, name: str, run: Run) -> bool:
        marker = read_tags(write.before["tags"]) if write.before else None
        whole = isinstance(marker, Marker) and bool(marker.retired or marker.unfinished)  # a revive, or a finish
        named = key in run.choices.release or bool(run.choices.keep or run.choices.retire)
        return whole or (named and name in SWITCHES)

    @staticmethod
    def _lets_go_of_a_brake(write: Write, name: str) -> bool:
        return name in SWITCHES and write.after[name] is True

    def _base_is_the_repos(self, write: Write, key: str, run: Run) -> None:
        assert write.before is not None
        old, new = _base_of(write.before), _base_of(write.after)
        asked = run.asked.get(key)
        if not new or new == old or key in run.pending:
            return
        wanted = {name: digest_at(asked, at) for name, at in POSITIONS.items()} if asked else {}
        if new != wanted:
            raise Broken(
                "the base is what the repo asks for", (key, [n for n in new if new[n] != wanted.get(n)], write)
            )

    def _echo_is_the_servers(self, write: Write) -> None:
        """What counts as the server's form of our value must not be what a person wrote: it would be overwritten."""
        from support.estate import ROBOT

        for name in sorted(_echo_of(write.after).items() - _echo_of(write.before).items()):
            if self.authors[write.id, name[0]] != ROBOT:
                raise Broken("a person's value is no echo of ours", (name, write))

    @staticmethod
    def _others_stay(before: dict[str, Any], after: dict[str, Any]) -> None:
        """Fields of nobody we know, and a vendor's keys in steps that stay, are carried through."""
        known = POSITIONS.keys() | SERVER_FIELDS.keys()
        lost = {name: before[name] for name in before.keys() - known if after.get(name) != before[name]}
        kept = {step["id"] for step in all_steps(after["steps"])}
        there, now = vendor_keys(before["steps"]), vendor_keys(after["steps"])
        lost |= {step: there[step] for step in there if step in kept and now.get(step) != there[step]}
        if lost:
            raise Broken("what is not managed stays", (lost, before["id"]))

    # --- after each write, and after all

    def _one_acts(self, write: Write, run: Run) -> None:
        """Of one key one object acts, as far as it was not a person who switched another one on."""
        from support.estate import ROBOT

        key = stands_for(write.after, run.namespace)
        if write.by != ROBOT or key is None or not acts(write.after):
            return
        others = [
            row["id"]
            for row in self.objects.values()
            if row["id"] != write.id and acts(row) and stands_for(row, run.namespace) == key
        ]
        others = [found for found in others if not self._by_a_person(found)]
        if others and not self._by_a_person(write.id):
            raise Broken("at most one object of a key acts", (key, write.id, others))

    def _by_a_person(self, live_id: str) -> bool:
        from support.estate import ROBOT

        row = self.objects[live_id]
        return any(row[name] is True and self.authors[live_id, name] != ROBOT for name in SWITCHES)

    def _nothing_is_left(self, run: Run, ended: Ended) -> None:
        if not run.weather.fair:
            return
        if ended.error is not None or ended.plan is None:
            raise Broken("a sync in fair weather comes to its end", repr(ended.error))
        if ended.plan.refusals or ended.applied is None:
            return
        odd = (*GOOD, OutcomeKind.ALTERED) if run.faults & DISTORTING else GOOD
        failed = [outcome for outcome in ended.applied.outcomes if outcome.kind not in odd]
        if failed:
            raise Broken("a sync in fair weather does what it planned", failed)
        if run.choices.rollback or run.choices.on_drift is OnDrift.FAIL:
            return
        again = self._estate.plan()
        if again.to_write:
            raise Broken("after a sync the next plan has no write", again.to_write)

    # --- below

    def _new(self) -> list[Write]:
        found = self._estate.watch.writes(self._estate.tenant, self._number)
        self._number = found[-1].number if found else self._number
        return found

    def _take_in(self, write: Write) -> None:
        before = texts_of(write.before) if write.before is not None else {}
        for name, text in texts_of(write.after).items():
            if before.get(name) != text:
                self.authors[write.id, name] = write.by
        self.objects[write.id] = write.after


def texts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the canonical text of every managed field of an object, by API field."""
    return dict(zip((one.api_name for one in MANAGED), live_texts(row), strict=True))


def _tidy(row: Mapping[str, Any]) -> list[str]:
    """Return the tags that are not ours as a server has them that trims and sorts."""
    return sorted({tag.strip() for tag in free_tags(row["tags"])})


def acts(row: Mapping[str, Any]) -> bool:
    """Whether an object can run or start by itself."""
    return not row["is_deleted"] and (row["enabled"] is True or row["auto_execute"] is True)


def stands_for(row: Mapping[str, Any], namespace: str) -> str | None:
    """Return the key that an object stands for in a namespace, as product.md's list of classes says; None for none."""
    marker = read_tags(row["tags"])
    if row["is_deleted"] or marker is None or isinstance(marker, BadMarker) or marker.namespace != namespace:
        return None
    is_copy = marker.base is not None and marker.base.self_id != self_digest(str(row["id"]))
    return None if marker.duplicate_of or is_copy else marker.key


def _base_of(row: Mapping[str, Any]) -> dict[str, str]:
    marker = read_tags(row["tags"])
    return base_by_field(marker.base) if isinstance(marker, Marker) and marker.base is not None else {}


def _is_retired(row: Mapping[str, Any]) -> bool:
    marker = read_tags(row["tags"])
    return isinstance(marker, Marker) and bool(marker.retired)


def _echo_of(row: Mapping[str, Any] | None) -> dict[str, str]:
    marker = read_tags(row["tags"]) if row is not None else None
    return dict(marker.echo) if isinstance(marker, Marker) else {}


def _net(writes: list[Write], robot: str) -> list[Write]:
    """Return the writes with all that the tool did to one object joined: what a server lost and was given back is not lost."""
    from support.watch import Write as Joined

    joined: dict[str, Write] = {}
    rest: list[Write] = []
    for write in writes:
        if write.by != robot or write.before is None:
            rest.append(write)
        elif write.id in joined:
            joined[write.id] = Joined(write.number, joined[write.id].before, write.after)
        else:
            joined[write.id] = write
    return [*rest, *joined.values()]
