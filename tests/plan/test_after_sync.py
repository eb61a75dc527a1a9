"""The test of it all: people edit on both sides and syncs crash; whatever they do, a sync leaves nothing to write, every
hold names a way that empties it, and no analyst's value is overwritten that the repo never held.

The server is a dictionary (`support.plans.Server`), the repository another; only the planning is ours.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from playbookctl.canonical import canonical_text, digests
from playbookctl.marker import is_reserved, read_tags
from playbookctl.model.choices import NO_CHOICES, Choices, Decision, OnDrift, Retirement, Take
from playbookctl.model.fields import MANAGED
from playbookctl.model.marker import Marker
from playbookctl.model.plan import Action, Plan, Side, placeholder
from playbookctl.plan import LiveClass, LiveRows, Row, Situation, make_plan, read_live
from playbookctl.plan.three_way import ACTING
from support.plans import SPACE, Server, body, carry_out, wanted

LONG = "PLAYBOOKCTL_FUZZ" in os.environ
KEYS = ("a", "c")
FIELDS = st.sampled_from(["description", "enabled", "auto_execute", "tags", "trigger_conditions", "steps"])
FORMS = {field.api_name: field for field in MANAGED}


def text(field: str, value: Any) -> str:
    return canonical_text(FORMS[field], value)


class TwoSides(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.server = Server()
        self.repo: dict[str, dict[str, Any]] = {}
        self.held_by_repo: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.analysts: dict[tuple[str, str], str] = {}  # (id, field) -> text that an analyst wrote there
        self.clones: set[str] = set()
        self.lookalikes: set[str] = set()
        self.commit = 0
        self.values = 0
        self.applied: frozenset[str] | None = None

    @initialize()
    def begin(self) -> None:
        for key in KEYS:
            self.add_file(key)
        self.sync()

    # --- the repository

    @rule(key=st.sampled_from(KEYS), field=FIELDS)
    def commit_an_edit(self, key: str, field: str) -> None:
        if key in self.repo:
            self.repo[key] = {**self.repo[key], field: self._value(field, "repo", self.repo[key][field])}
            self._commit()

    @rule()
    def commit_a_call(self) -> None:
        if "a" in self.repo:  # c calls nobody, so there is no ring
            self.repo["a"] = {**self.repo["a"], "steps": [{"id": "t", "type": "playbook", "playbook": "@c"}]}
            self._commit()

    @rule(pick=st.integers(0, 3), field=FIELDS)
    def commit_what_live_has(self, pick: int, field: str) -> None:
        live = self._pick(pick)
        for key in KEYS:
            mine = live is not None and f"playbookctl:key={SPACE}/{key}" in live["tags"]
            if live is not None and mine and key in self.repo and field != "steps":
                value = live[field]
                value = [tag for tag in value if not is_reserved(tag)] if field == "tags" else value
                self.repo[key] = {**self.repo[key], field: value}
                self._commit()

    @rule(key=st.sampled_from(KEYS))
    def add_file(self, key: str) -> None:
        if key not in self.repo:
            self.repo[key] = body(
                name=f"Playbook {key}", steps=[{"id": "s", "action": f"look-{key}"}], description="one", tags=[]
            )
            self._commit()

    @rule()
    def remove_a_file(self) -> None:
        if self.repo.pop("a", None):
            self._commit()

    # --- people on the server

    @rule(pick=st.integers(0, 3), field=FIELDS)
    def edit_live(self, pick: int, field: str) -> None:
        live = self._pick(pick)
        if live is not None:
            value = self._value(field, "live", live[field])
            self.analysts[live["id"], field] = text(field, value)
            marks = list(filter(is_reserved, live["tags"])) if field == "tags" else []
            self._by_analyst(live, {field: [*value, *marks] if field == "tags" else value})

    @rule(pick=st.integers(0, 3))
    def arrange_steps_in_the_editor(self, pick: int) -> None:
        live = self._pick(pick)
        if live is not None:
            self._by_analyst(live, {"steps": [{**step, "layout": {"x": self.server.clock}} for step in live["steps"]]})

    @rule(pick=st.integers(0, 3), what=st.sampled_from(["base", "ours"]))
    def edit_the_marks(self, pick: int, what: str) -> None:
        live = self._pick(pick)
        if live is None:
            return
        prefix = "playbookctl:base" if what == "base" else "playbookctl:"
        tags = [tag for tag in live["tags"] if not tag.startswith(prefix)]
        self.lookalikes.add(live["id"])
        self._by_analyst(live, {"tags": tags})

    @rule(pick=st.integers(0, 3))
    def clone(self, pick: int) -> None:
        live = self._pick(pick)
        if live is not None:
            copied = {name: live[name] for name in FORMS}
            new = self.server.create(copied, by="per_analyst")
            self.clones.add(new)
            if read_live(live).class_in(SPACE) in (LiveClass.UNFINISHED, LiveClass.WITHOUT_BASE):
                self.lookalikes.add(new)  # no mark tells it from what we created

    @rule(pick=st.integers(0, 3))
    def delete(self, pick: int) -> None:
        live = self._pick(pick)
        if live is not None:
            self._by_analyst(live, {"is_deleted": True})

    # --- what seldom comes about by itself

    @rule(field=FIELDS)
    def edit_what_was_half_created(self, field: str) -> None:
        self.repo.pop("a", None)
        for live in self.server.rows():
            if f"playbookctl:key={SPACE}/a" in live["tags"]:
                self._by_analyst(live, {"is_deleted": True})
        self.applied = frozenset(self.repo)
        self.add_file("a")
        plan, ids = self._plan(Choices(only=frozenset({"a"})))
        if carry_out(plan, self.server, ids, stop_after=1):
            live = self.server.objects[ids["a"]]
            value = self._value(field, "live", live[field])
            self.analysts[live["id"], field] = text(field, value)
            marks = list(filter(is_reserved, live["tags"])) if field == "tags" else []
            self._by_analyst(live, {field: [*value, *marks] if field == "tags" else value})
            self.commit_an_edit("a", field)

    @rule(pick=st.integers(0, 3), field=FIELDS)
    def edit_what_was_retired_and_bring_it_back(self, pick: int, field: str) -> None:
        if self.repo.pop("a", None):
            self._commit()
        self.retire("a", with_hash=True)
        self.edit_live(pick, field)
        self.add_file("a")

    @rule(pick=st.integers(0, 3), key=st.sampled_from(KEYS))
    def change_on_both_sides_how_it_acts(self, pick: int, key: str) -> None:
        self.commit_an_edit(key, "steps")
        self.edit_live(pick, "trigger_conditions")

    # --- syncs

    @rule()
    def sync(self) -> None:
        self._sync(NO_CHOICES)

    @rule(requests=st.integers(0, 6))
    def crash_in_a_sync(self, requests: int) -> None:
        plan, ids = self._plan(NO_CHOICES)
        carry_out(plan, self.server, ids, stop_after=requests)

    @rule(requests=st.integers(1, 3))
    def sync_twice_at_once(self, requests: int) -> None:
        """Two pipelines plan at the same time; the second is interrupted, so that its creates stay unfinished."""
        plan, ids = self._plan(NO_CHOICES)
        carry_out(plan, self.server, dict(ids), stop_after=requests)
        carry_out(plan, self.server, dict(ids), stop_after=requests)

    @rule()
    def revert_drift(self) -> None:
        self._sync(Choices(on_drift=OnDrift.REVERT))

    @rule(key=st.sampled_from(KEYS), with_hash=st.booleans())
    def retire(self, key: str, with_hash: bool) -> None:
        plan, _ = self._plan(NO_CHOICES) if self.repo else (None, None)
        for change in plan.changes if plan is not None else ():
            if change.key == key and change.row in (Row.ORPHAN, Row.EDITED_ORPHAN):
                live = change.live_hash if with_hash else ""
                self._sync(Choices(retire=(Retirement(key, live),)))
                return

    @rule(take=st.sampled_from(Take))
    def decide_every_hold(self, take: Take) -> None:
        """Follow the hints, round by round: callers wait for callees, and a decision may uncover another hold."""
        for _ in range(4):
            plan, _ = self._plan(NO_CHOICES)
            if not plan.held:
                return
            self._sync(self._ways_out(plan, take), checked=False)
        plan, _ = self._plan(NO_CHOICES)
        assert not plan.held, plan.held

    # --- what holds at all times

    @invariant()
    def every_hold_names_a_way(self) -> None:
        plan, _ = self._plan(NO_CHOICES) if self.repo else (None, None)
        if plan is not None:
            assert all(change.hint and change.reason for change in plan.held)

    @invariant()
    def of_what_we_created_one_copy_acts(self) -> None:
        acting: dict[str, list[str]] = defaultdict(list)
        for live in self.server.rows():
            key = next((tag for tag in live["tags"] if tag.startswith("playbookctl:key=")), None)
            switched_on = (live["id"], "enabled") in self.analysts
            if key and live["enabled"] and not switched_on and live["id"] not in self.clones:
                acting[key].append(live["id"])
        assert all(len(ids) == 1 for ids in acting.values()), acting

    # --- below

    def _value(self, field: str, where: str, now: Any) -> Any:
        """A value that nobody has had before, switches aside."""
        self.values += 1
        word = f"{where}-{self.values}"
        return {
            "description": word,
            "enabled": not now,
            "auto_execute": not now,
            "tags": [word],
            "trigger_conditions": [{"field": word, "op": "exists"}],
            "steps": [{"id": "s", "action": word}],
        }[field]

    def _commit(self) -> None:
        self.commit += 1
        for key, wanted_body in self.repo.items():
            for field, value in wanted_body.items():
                self.held_by_repo[key, field].add(text(field, value))

    def _pick(self, number: int) -> dict[str, Any] | None:
        rows = self.server.rows()
        return rows[number % len(rows)] if rows else None

    def _by_analyst(self, live: dict[str, Any], sent: dict[str, Any]) -> None:
        self.server.patch(live["id"], sent, by="per_analyst")

    def _plan(self, choices: Choices) -> tuple[Plan, dict[str, str]]:
        rows = LiveRows(map(read_live, self.server.rows()), SPACE)
        ids = rows.ids(choices.keep)
        bodies = {key: self._rendered(shown, ids) for key, shown in self.repo.items()}
        desired = {
            key: wanted(key, bodies[key], calls=("c",) if "@c" in str(self.repo[key]["steps"]) else ())
            for key in self.repo
        }
        situation = Situation(
            "sim", SPACE, commit=f"{self.commit:012x}", applied_keys=self.applied, bootstrap_needed=False
        )
        return make_plan(desired, rows, situation, choices, bodies.__getitem__), ids

    def _rendered(self, shown: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
        callee = ids.get("c", placeholder("c"))
        steps = [{**step, "playbook": callee} if "playbook" in step else step for step in shown["steps"]]
        for step in steps:
            self.held_by_repo["", "playbook"].add(str(step.get("playbook")))
        return {**shown, "steps": steps}

    def _sync(self, choices: Choices, *, checked: bool = True) -> None:
        if not self.repo:
            return
        plan, ids = self._plan(choices)
        before = {live_id: dict(live) for live_id, live in self.server.objects.items()}
        carry_out(plan, self.server, ids)
        self._note_what_was_switched_off(plan)
        if checked:
            self._assert_no_edit_was_lost(plan, before, choices)
            self._assert_nothing_came_back(plan, before)
            self._assert_nothing_untried(plan)
            self._assert_what_was_written_arrived(plan)
            assert not (self.clones - self.lookalikes) & {change.live_id for change in plan.to_write}
        self.applied = frozenset(self.repo)
        again, _ = self._plan(replace(choices, retire=()))  # what was retired is no orphan any more
        if checked:
            assert again.to_write == (), again.to_write
            self._assert_the_base_is_the_repo(again)

    def _note_what_was_switched_off(self, plan: Plan) -> None:
        """What a retirement wrote is ours to take back: an analyst who sets the same again leaves it untouched (row 9)."""
        for change in plan.to_write:
            if change.action in (Action.RETIRE, Action.DUPLICATE):
                for field, value in change.write:
                    self.held_by_repo[change.key, field].add(value)

    def _assert_no_edit_was_lost(self, plan: Plan, before: dict[str, dict[str, Any]], choices: Choices) -> None:
        for change in plan.to_write:
            if change.action is Action.RETIRE:
                assert change.row == Row.ORPHAN or choices.retire[0].live, change
            if change.action in (Action.DUPLICATE, Action.RETIRE) or choices.on_drift is OnDrift.REVERT:
                continue  # asked for by key, by hash, or by flag
            for field, sent in ((field, FORMS[field]) for field in FORMS if change.live_id):
                was = text(field, before[change.live_id][field])
                now = text(field, self.server.objects[change.live_id][field])
                if was != now and self.analysts.get((change.live_id, field)) == was:
                    assert was in self.held_by_repo[change.key, field], (change, sent.name, was, now)

    def _assert_what_was_written_arrived(self, plan: Plan) -> None:
        ids = LiveRows(map(read_live, self.server.rows()), SPACE).ids()
        for change in plan.to_write:
            live = self.server.objects.get(change.live_id)
            if live is not None and change.action in (Action.UPDATE, Action.REVIVE, Action.FINISH):
                wanted_body = self._rendered(self.repo[change.key], ids)
                for field in (field.field for field in change.fields if field.written):
                    assert text(field, live[field]) == text(field, wanted_body[field]), change

    def _assert_nothing_untried(self, plan: Plan) -> None:
        for change in plan.to_write:
            if change.action is Action.UPDATE:
                acting = [field for field in change.fields if field.field in ACTING]
                moved = [field for field in acting if field.moved_by is not Side.LIVE or not field.written]
                assert len({field.written for field in moved}) < 2, change

    def _assert_the_base_is_the_repo(self, plan: Plan) -> None:
        """After a sync the base of whatever is not held is what the file asks for, drift or not; nothing is half done."""
        ids = LiveRows(map(read_live, self.server.rows()), SPACE).ids()
        for change in plan.changes:
            if change.action is Action.NONE and change.file:
                marker = read_tags(self.server.objects[change.live_id]["tags"])
                assert isinstance(marker, Marker)
                assert marker.base is not None
                assert marker.base.digests == digests(self._rendered(self.repo[change.key], ids))
                assert not self._unfinished_beside(change.key)

    def _unfinished_beside(self, key: str) -> list[str]:
        new = {f"playbookctl:key={SPACE}/{key}", "playbookctl:base=1.new"}
        rows = [live for live in self.server.rows() if new <= set(live["tags"])]
        return [live["id"] for live in rows if not any("duplicate-of" in tag for tag in live["tags"])]

    def _assert_nothing_came_back(self, plan: Plan, before: dict[str, dict[str, Any]]) -> None:
        """What somebody deleted on the server is not created again, unless a sync was told so."""
        for change in plan.to_write:
            tag = f"playbookctl:key={SPACE}/{change.key}"
            lost = any(live.get("is_deleted") and tag in live["tags"] for live in before.values())
            if change.action is Action.CREATE and lost and self.applied is not None:
                assert change.key not in self.applied, change

    def _ways_out(self, plan: Plan, take: Take) -> Choices:
        create, keep, decisions, release = set(), set(), [], set()
        for change in plan.held:
            if change.row in (Row.NEW, Row.GONE, Row.ALIKE):
                create.add(change.key)
            elif change.row == Row.SEVERAL:
                keep.add(change.reason.split(": ")[1].split(" ")[0])  # the first id that the reason names
            elif change.live_hash:
                decisions.append(Decision(change.key, take, change.live_hash))
                release.add(change.key)
        return Choices(
            create=frozenset(create), keep=frozenset(keep), resolve=tuple(decisions), release=frozenset(release)
        )


TestTwoSides = TwoSides.TestCase
TestTwoSides.settings = settings(
    max_examples=2000 if LONG else 80,
    stateful_step_count=25,
    deadline=None,
    derandomize=not LONG,
    print_blob=LONG,
)
