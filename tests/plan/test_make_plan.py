"""The three-way table, row by row: what a plan does about one playbook, with and without the flags that matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from playbookctl.canonical import POSITIONS, digests, field_digest, fingerprint
from playbookctl.errors import ConfigError, UsageError
from playbookctl.marker import read_tags, self_digest
from playbookctl.model.choices import NO_CHOICES, Adoption, Choices, Decision, OnDrift, Retirement, Take
from playbookctl.model.fields import MANAGED
from playbookctl.model.marker import NO_COMMIT, Base, Marker
from playbookctl.model.plan import Action, Change, Side, Standing, StepChange, StepKind, Writer, placeholder
from playbookctl.plan import Ancestry, Unreadable
from support.plans import COMMIT, SPACE, Scene, body, marks, row, wanted

B = body()
NEWER = body(description="Look twice.")
STEPS = [
    {"id": "look", "connector": "cnn_mail", "action": "get-message"},
    {"id": "reset", "connector": "cnn_mail", "action": "reset"},
]
MOVED = body(steps=STEPS)
OFF: dict[str, Any] = {"enabled": False, "auto_execute": False}
FULL = "0" * 96
KEEP_LIVE, KEEP_REPO = Take.LIVE, Take.REPO


def ours(desired: dict[str, Any], base: dict[str, Any], live: dict[str, Any], **stamps: Any) -> Scene:
    """One file, and its one live playbook."""
    return Scene({"phishing": desired}, [row("ply_1", live, marks("phishing", base, "ply_1"), **stamps)])


def live_hash(scene: Scene) -> str:
    return scene.change().live_hash


def decided(scene: Scene, take: Take, **more: Any) -> Choices:
    return Choices(resolve=(Decision("phishing", take, live_hash(scene)),), **more)


def seen(change: Change) -> tuple[Any, ...]:
    return (change.action, change.standing, {field.field for field in change.fields if field.written}, int(change.row))


HOLD, NONE, MARK, UPDATE = Action.HOLD, Action.NONE, Action.MARK, Action.UPDATE
IN_SYNC, AHEAD, DRIFTED, CONFLICT, HUMAN = (
    Standing.IN_SYNC, Standing.REPO_AHEAD, Standing.SERVER_DRIFTED, Standing.CONFLICT, Standing.NEEDS_HUMAN,
)  # fmt: skip


class TestRow5ByField:
    @pytest.mark.parametrize(
        "desired, base, live, expected",
        [
            (B, B, B, (NONE, IN_SYNC, set(), 5)),
            (NEWER, B, NEWER, (MARK, IN_SYNC, set(), 5)),
            (NEWER, B, B, (UPDATE, AHEAD, {"description"}, 5)),
            (B, B, NEWER, (NONE, DRIFTED, set(), 5)),
            (NEWER, B, body(description="Hot fix."), (HOLD, CONFLICT, set(), 5)),
            (MOVED, B, NEWER, (UPDATE, AHEAD, {"steps"}, 5)),
            (MOVED, B, body(auto_execute=True), (HOLD, CONFLICT, set(), 5)),
            (body(steps=STEPS, name="A"), B, body(name="A", tags=["x"]), (UPDATE, AHEAD, {"steps"}, 5)),
        ],
    )
    def test_the_table(self, desired: Any, base: Any, live: Any, expected: tuple[Any, ...]) -> None:
        assert seen(ours(desired, base, live).change()) == expected

    def test_an_update_carries_all_that_apply_needs(self) -> None:
        scene = ours({**NEWER, "tags": ["mail", "email"]}, B, B)
        change = scene.change()
        assert change.write == (("description", '"Look twice."'),)
        assert change.tags == ("mail", "email")
        base = Base(digests({**NEWER, "tags": ["mail", "email"]}), COMMIT, self_digest("ply_1"))
        assert change.mark == Marker(SPACE, "phishing", base)
        assert change.expect == fingerprint(scene.rows[0])
        assert (change.live_id, change.file, change.name) == ("ply_1", "playbooks/phishing.yaml", "Phishing")
        assert change.writer == Writer("per_analyst", "2026-01-02T00:00:00Z", "frontend")
        assert change.reason == "the repo changed description, tags"

    def test_tags_of_the_server_are_sent_back_where_the_repo_did_not_move_them(self) -> None:
        change = ours(NEWER, B, body(tags=["email", "from-an-analyst"])).change()
        assert change.tags == ("email", "from-an-analyst")
        assert change.reason == "the repo changed description; the server's edit of tags is kept"
        assert change.merges

    def test_a_vendors_keys_are_sent_back_with_the_steps(self) -> None:
        live = body(steps=[{**B["steps"][0], "layout": {"x": 1}}, {**B["steps"][1], "layout": {"x": 2}}])
        change = ours(MOVED, B, live).change()
        assert change.write == (
            (
                "steps",
                (
                    '[{"id":"look","connector":"cnn_mail","action":"get-message","layout":{"x":1}},'
                    '{"id":"reset","connector":"cnn_mail","action":"reset"}]'
                ),
            ),
        )
        assert change.fields[0].steps == (
            StepChange("reset", StepKind.ADDED),
            StepChange("ask", StepKind.REMOVED, dropped=("layout",)),
        )

    def test_drift_says_who_wrote_it_and_what_takes_it_in(self) -> None:
        change = ours(B, B, NEWER).change()
        assert change.reason == "the server changed description; the repo did not"
        assert (
            change.hint
            == f"take the edit into the file and commit; sync --resolve phishing=repo@{change.live_hash} undoes it"
        )
        (field,) = change.fields
        assert (field.moved_by, field.before, field.after, field.written) == (
            Side.LIVE, '"Look twice."', '"Look at it."', False,
        )  # fmt: skip

    @pytest.mark.parametrize(
        "on_drift, expected",
        [
            (OnDrift.REVERT, (UPDATE, DRIFTED, {"description"}, 5)),
            (OnDrift.FAIL, (HOLD, DRIFTED, set(), 5)),
        ],
    )
    def test_drift_is_reverted_or_fails_where_asked(self, on_drift: OnDrift, expected: tuple[Any, ...]) -> None:
        assert seen(ours(B, B, NEWER).change(choices=Choices(on_drift=on_drift))) == expected

    def test_expected_drift_is_shown_and_counts_nowhere(self) -> None:
        scene = ours(B, B, body(description="Look twice.", tags=["x"]))
        for fields, standing in (
            (frozenset({"description", "tags"}), IN_SYNC),
            (frozenset({"tags"}), DRIFTED),
            (frozenset[str](), IN_SYNC),
        ):
            scene.situation = replace(scene.situation, expected_drift={"phishing": fields})
            assert scene.change().standing is standing
            assert len(scene.change().fields) == 2
        assert seen(scene.change(choices=Choices(on_drift=OnDrift.FAIL)))[0] is NONE

    def test_a_revert_of_all_drift_leaves_what_is_expected_and_a_decision_does_not(self) -> None:
        scene = ours(B, B, body(description="Look twice.", tags=["x"]))
        scene.situation = replace(scene.situation, expected_drift={"phishing": frozenset({"tags"})})
        revert = Choices(on_drift=OnDrift.REVERT)
        assert seen(scene.change(choices=revert)) == (UPDATE, DRIFTED, {"description"}, 5)
        both = {"description", "tags"}
        assert seen(scene.change(choices=decided(scene, KEEP_REPO))) == (UPDATE, DRIFTED, both, 5)
        scene.situation = replace(scene.situation, expected_drift={"phishing": frozenset()})
        assert seen(scene.change(choices=revert)) == (NONE, IN_SYNC, set(), 5)

    def test_what_the_server_makes_of_a_value_is_no_drift(self) -> None:
        desired = body(description="Look at it. ")
        stored = body(description="Look at it.")
        echo = (("description", digests(stored)[8:16]),)
        scene = Scene({"phishing": desired}, [row("ply_1", stored, marks("phishing", desired, "ply_1", echo=echo))])
        assert seen(scene.change()) == (NONE, IN_SYNC, set(), 5)
        scene.files["phishing"] = {**desired, "name": "Phish"}
        change = scene.change()
        assert change.write == (("name", '"Phish"'),)
        assert change.mark is not None
        assert change.mark.echo == echo
        scene.files["phishing"] = {**desired, "description": "New. "}
        change = scene.change()
        assert change.write == (("description", '"New. "'),)
        assert change.mark is not None
        assert change.mark.echo == ()

    def test_a_new_id_behind_a_name_is_the_environment_that_moved(self) -> None:
        moved = body(
            steps=[{**B["steps"][0], "connector": "cnn_new"}, B["steps"][1]],
            required_connector_ids=["cnn_new"],
            owner_id="per_new",
        )
        scene = ours(moved, B, B)
        scene.situation = replace(scene.situation, alive=frozenset({"cnn_new", "per_new"}))
        change = scene.change()
        assert {field.moved_by for field in change.fields} == {Side.ENVIRONMENT}
        assert change.reason == "the environment moved: new ids in steps, required_connector_ids, owner_id"
        scene.situation = replace(scene.situation, alive=frozenset({"cnn_new", "cnn_mail", "per_new", "per_lead"}))
        assert {field.moved_by for field in scene.change().fields} == {Side.REPO}

    def test_a_callee_that_was_made_anew_is_the_environment_that_moved(self) -> None:
        scene = ours(calling("ply_new"), calling("ply_gone"), calling("ply_gone"))
        scene.rows.append(row("ply_new", body(name="Callee", steps=[]), marks("callee", B, "ply_new")))
        scene.situation = replace(scene.situation, alive=frozenset())
        assert [field.moved_by for field in scene.change().fields] == [Side.ENVIRONMENT]
        scene.rows.append(row("ply_gone", body(name="Other", steps=[])))
        assert [field.moved_by for field in scene.change().fields] == [Side.REPO]

    def test_fields_that_are_not_managed_are_neither_compared_nor_sent(self) -> None:
        scene = ours(body(name="A", enabled=True), B, body(enabled=False))
        scene.situation = replace(scene.situation, unmanaged_fields=frozenset({"enabled"}))
        assert seen(scene.change()) == (UPDATE, AHEAD, {"name"}, 5)
        assert len(scene.change().fields) == 1

    def test_fields_that_an_older_mark_did_not_know_are_compared_only_where_the_file_sets_them(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from playbookctl import marker

        monkeypatch.setitem(marker.FORMATS, 1, marker.FORMATS[1][:11])
        base = f"playbookctl:base=1.{digests(B)[:88]}.{self_digest('ply_1')}.{COMMIT}"
        scene = Scene(
            {"phishing": {**B, "tags": []}}, [row("ply_1", body(tags=["x"]), ["playbookctl:key=soc/phishing", base])]
        )
        scene.known["phishing"] = {"unset": ("tags",)}
        assert seen(scene.change()) == (NONE, IN_SYNC, set(), 5)
        scene.known.clear()
        assert seen(scene.change()) == (NONE, DRIFTED, set(), 5)
        scene.files["phishing"] = body(tags=["email"])
        assert seen(scene.change()) == (HOLD, CONFLICT, set(), 5)
        scene.rows[0]["tags"] = [tag for tag in scene.rows[0]["tags"] if tag != "x"]
        assert seen(scene.change()) == (UPDATE, AHEAD, {"tags"}, 5)


class TestConflicts:
    scene = ours(NEWER, B, body(description="Hot fix."))

    def test_a_conflict_names_the_fields_and_both_ways_out(self) -> None:
        change = self.scene.change()
        assert change.reason == "the repo and the server both changed: description"
        assert change.hint == (
            f"take the edit into the file and commit, or decide: sync --resolve phishing=repo@{change.live_hash}, "
            f"or --resolve phishing=live@{change.live_hash}"
        )
        assert (change.write, change.mark, change.expect) == ((), None, "")

    def test_a_decision_for_the_server_says_that_its_edit_stays_and_drifts(self) -> None:
        change = self.scene.change(choices=decided(self.scene, KEEP_LIVE))
        assert (change.action, change.write) == (MARK, ())
        assert change.reason == (
            "decided for the server: description; only the mark is written, and it shows as drift from now on"
        )

    def test_a_decision_for_the_repo_writes(self) -> None:
        change = self.scene.change(choices=decided(self.scene, KEEP_REPO))
        assert seen(change) == (UPDATE, AHEAD, {"description"}, 5)
        assert change.reason == "decided for the repo: description"

    def test_a_decision_for_live_moves_the_base_and_writes_nothing(self) -> None:
        change = self.scene.change(choices=decided(self.scene, KEEP_LIVE))
        assert seen(change) == (MARK, DRIFTED, set(), 5)
        assert change.write == ()
        assert change.mark is not None
        assert change.mark.base == Base(digests(NEWER), COMMIT, self_digest("ply_1"))

    def test_a_decision_is_void_for_a_newer_live_edit(self) -> None:
        choices = decided(self.scene, KEEP_REPO)
        assert seen(ours(NEWER, B, body(description="Hotter fix.")).change(choices=choices)) == (
            HOLD,
            CONFLICT,
            set(),
            5,
        )

    def test_a_decision_ends_with_its_day(self) -> None:
        decision = Decision("phishing", Take.REPO, live_hash(self.scene), until="2026-03-01")
        for today, action in (("2026-03-01", UPDATE), ("2026-03-02", HOLD)):
            scene = replace(self.scene, situation=replace(self.scene.situation, today=today))
            assert scene.change(choices=Choices(resolve=(decision,))).action is action

    def test_a_decision_of_another_playbook_is_void(self) -> None:
        scene = replace(self.scene, files={**self.scene.files, "other": body(name="Other")})
        decision = Decision("other", Take.REPO, live_hash(self.scene))
        assert scene.change(choices=Choices(resolve=(decision,))).action is HOLD

    def test_neither_force_nor_revert_ends_a_conflict(self) -> None:
        choices = Choices(
            on_drift=OnDrift.REVERT, force=True, allow_older=True, bootstrap=True, release=frozenset({"phishing"})
        )
        assert self.scene.change(choices=choices).action is HOLD

    def test_two_sides_that_say_how_it_acts_are_a_conflict_with_a_way_out(self) -> None:
        scene = ours(MOVED, B, body(trigger_conditions=[]))
        change = scene.change()
        assert change.reason == (
            "the repo changed steps and the server changed trigger_conditions: "
            "both say how it acts, and together nobody has reviewed them"
        )
        assert seen(scene.change(choices=decided(scene, KEEP_REPO))) == (
            UPDATE,
            AHEAD,
            {"steps", "trigger_conditions"},
            5,
        )
        assert seen(scene.change(choices=decided(scene, KEEP_LIVE))) == (MARK, DRIFTED, set(), 5)


class TestBrakes:
    gate = body(steps=[{**B["steps"][0], "approval": {"by": ["lead"]}}, B["steps"][1]])
    narrower = body(trigger_conditions=[*B["trigger_conditions"], {"field": "alert.host", "op": "exists"}])

    @pytest.mark.parametrize(
        "live, said",
        [
            (body(enabled=False), "disabled"),
            (gate, "gate added at step 'look'"),
            (narrower, "trigger narrowed"),
            (body(trigger_conditions=[{"expr": "x"}]), "the trigger changed in a way that may be safer"),
        ],
    )
    def test_a_brake_is_undone_by_its_release_alone(self, live: dict[str, Any], said: str) -> None:
        scene = ours(B, B, live)
        for choices in (
            NO_CHOICES,
            Choices(on_drift=OnDrift.REVERT, force=True),
            decided(scene, KEEP_REPO),
            Choices(release=frozenset()),
        ):
            change = scene.change(choices=choices)
            assert seen(change) == (NONE, DRIFTED, set(), 5)
            assert change.safer == (said,)
            assert change.hint == "take the edit into the file and commit; sync --release phishing undoes it"
            assert [field.brake for field in change.fields] == [True]
        change = scene.change(choices=Choices(release=frozenset({"phishing"})))
        assert (change.action, change.write != ()) == (UPDATE, True)

    def test_the_rest_of_an_edit_is_reverted_without_its_brake(self) -> None:
        scene = ours(body(auto_execute=True), body(auto_execute=True), body(auto_execute=False, description="x"))
        change = scene.change(choices=Choices(on_drift=OnDrift.REVERT))
        assert seen(change) == (UPDATE, DRIFTED, {"description"}, 5)
        assert change.notes == ("live was made safer, and that is kept; only --release phishing undoes it",)
        assert change.safer == ("auto-execute turned off",)

    def test_beside_a_brake_the_rest_of_an_edit_needs_a_decision_too(self) -> None:
        scene = ours(B, B, body(enabled=False, description="x"))
        change = scene.change()
        undo = f"--resolve phishing=repo@{change.live_hash} --release phishing"
        assert change.hint == f"take the edit into the file and commit; sync {undo} undoes it"
        undone = scene.change(choices=decided(scene, KEEP_REPO, release=frozenset({"phishing"})))
        assert seen(undone) == (UPDATE, DRIFTED, {"description", "enabled"}, 5)

    def test_drift_that_may_not_be_names_only_what_ends_it(self) -> None:
        scene = ours(B, B, body(description="x"))
        change = scene.change(choices=Choices(on_drift=OnDrift.FAIL))
        undo = f"--resolve phishing=repo@{change.live_hash}"
        assert change.hint == f"take the edit into the file and commit; sync {undo} undoes it"
        ended = scene.change(choices=replace(decided(scene, KEEP_REPO), on_drift=OnDrift.FAIL))
        assert seen(ended) == (UPDATE, DRIFTED, {"description"}, 5)

    def test_a_release_writes_enabled_even_where_it_is_not_managed(self) -> None:
        scene = ours(B, B, body(enabled=False))
        scene.situation = replace(scene.situation, unmanaged_fields=frozenset({"enabled"}))
        assert seen(scene.change()) == (NONE, IN_SYNC, set(), 5)
        change = scene.change(choices=Choices(release=frozenset({"phishing"})))
        assert change.write == (("enabled", "true"),)

    def test_a_decision_about_a_brake_also_needs_its_release(self) -> None:
        scene = ours(body(steps=STEPS), B, self.gate)
        change = scene.change(choices=decided(scene, KEEP_REPO))
        assert seen(change) == (HOLD, CONFLICT, set(), 5)
        command = f"sync --resolve phishing=repo@{change.live_hash} --release phishing"
        assert change.hint == f"live was made safer: only {command} undoes that"
        released = decided(scene, KEEP_REPO, release=frozenset({"phishing"}))
        assert seen(scene.change(choices=released)) == (UPDATE, AHEAD, {"steps"}, 5)

    def test_a_repo_that_moved_beside_a_brake_is_merged_or_held(self) -> None:
        assert seen(ours(NEWER, B, body(enabled=False)).change()) == (UPDATE, AHEAD, {"description"}, 5)
        change = ours(MOVED, B, body(enabled=False)).change(choices=Choices(on_drift=OnDrift.REVERT))
        assert seen(change) == (HOLD, CONFLICT, set(), 5)
        assert "--release phishing" in change.hint

    def test_a_riskier_edit_is_named(self) -> None:
        change = ours(B, B, body(auto_execute=True)).change()
        assert (change.safer, change.riskier) == ((), ("auto-execute turned on",))


class TestRows1To4:
    def test_a_new_file_is_created_whole(self) -> None:
        change = Scene({"phishing": B}).change()
        assert seen(change)[:2] == (Action.CREATE, AHEAD)
        assert int(change.row) == 1
        assert [field for field, _ in change.write] == [
            "name", "description", "category", "trigger_conditions", "auto_execute", "mitre_tactics", "mitre_techniques",
            "steps", "required_connector_ids", "owner_id", "enabled",
        ]  # fmt: skip
        assert change.tags == ("email",)
        assert change.mark == Marker(SPACE, "phishing", Base(digests(B), COMMIT))
        assert (change.live_id, change.expect) == ("", "")

    def test_a_file_without_a_key_is_planned_and_not_created(self) -> None:
        scene = Scene({"phishing": B}, known={"phishing": {"has_key": False}})
        change = scene.change()
        assert (change.action, change.hint) == (HOLD, "playbookctl validate --fix playbooks/phishing.yaml")
        scene = ours(NEWER, B, B)
        scene.known["phishing"] = {"has_key": False}
        assert scene.change().action is UPDATE

    def test_what_breaks_a_rule_is_not_written(self) -> None:
        for scene in (Scene({"phishing": B}), ours(NEWER, B, B)):
            scene.known["phishing"] = {"errors": ("PB102", "PB402")}
            change = scene.change()
            assert (change.action, change.reason) == (HOLD, "it breaks rules: PB102, PB402")
            assert change.hint == "playbookctl validate playbooks/phishing.yaml"
        for scene, action in ((ours(B, B, B), NONE), (ours(NEWER, B, NEWER), MARK), (ours(B, B, NEWER), NONE)):
            scene.known["phishing"] = {"errors": ("PB102",)}
            assert scene.change().action is action

    def test_what_is_gone_from_the_server_is_created_again_by_name_only(self) -> None:
        scene = Scene({"phishing": B})
        scene.situation = replace(
            scene.situation, applied_keys=frozenset({"phishing"}), applied_commit="abc", ancestry=Ancestry.APPLIED
        )
        change = scene.change()
        assert seen(change) == (HOLD, HUMAN, set(), 2)
        assert change.reason == "gone from the server or never created: commit abc, which was applied, has its file"
        assert scene.change(choices=Choices(create=frozenset({"phishing"}))).action is Action.CREATE

    def test_without_the_applied_commit_a_create_beside_ours_needs_its_name(self) -> None:
        scene = Scene({"phishing": B, "other": B}, [row("ply_9", B, marks("other", B, "ply_9"))])
        assert scene.change().action is Action.CREATE
        scene.situation = replace(scene.situation, ancestry=Ancestry.OLDER)
        assert scene.change().action is HOLD
        scene.situation = replace(scene.situation, applied_keys=frozenset({"other"}))
        assert scene.change().action is Action.CREATE
        scene.situation = replace(scene.situation, ancestry=Ancestry.UNKNOWN)
        assert seen(scene.change()) == (HOLD, HUMAN, set(), 1)
        assert "not in this clone" in scene.change().reason
        assert scene.change(choices=Choices(create=frozenset({"phishing"}))).action is Action.CREATE
        assert scene.change("other").action is NONE
        scene.rows.clear()
        assert scene.change().action is Action.CREATE

    alike = Scene({"phishing": B}, [row("ply_7", body(name="phishing ", steps=STEPS, tags=["mine"]))])

    @pytest.mark.parametrize(
        ("tags", "whose"),
        [
            ([], ""),
            (marks("phishing", B, "ply_7", space="other"), ", of the namespace 'other'"),
            (marks("other", B, "ply_1"), ", a copy"),
        ],
    )
    def test_whose_the_alike_one_is_is_said_where_its_mark_says_it(self, tags: list[str], whose: str) -> None:
        change = Scene({"phishing": B}, [row("ply_7", B, tags)]).change()
        assert change.reason == f"not ours, but alike: ply_7 ('Phishing'{whose})"

    def test_something_alike_is_named(self) -> None:
        change = self.alike.change()
        assert seen(change) == (HOLD, HUMAN, set(), 3)
        assert change.reason == "not ours, but alike: ply_7 ('phishing ')"
        assert change.hint == "adopt phishing, or sync --create phishing"
        assert self.alike.change(choices=Choices(create=frozenset({"phishing"}))).action is Action.CREATE

    @pytest.mark.parametrize(
        "choices",
        [
            Choices(adopt=(Adoption("phishing"),)),
            Choices(adopt=(Adoption("phishing", "ply_7"),)),
            Choices(takeover=frozenset({"phishing"})),
        ],
    )
    def test_adopting_marks_and_writes_nothing_else(self, choices: Choices) -> None:
        change = self.alike.change(choices=choices)
        assert (change.action, change.standing, change.write) == (Action.ADOPT, DRIFTED, ())
        assert {field.field: field.moved_by for field in change.fields} == dict.fromkeys(
            ("name", "steps", "tags"), Side.LIVE
        )
        assert change.tags == ("mine",)
        commit = COMMIT if choices.takeover else NO_COMMIT  # an adoption by itself applies no commit
        assert change.mark == Marker(SPACE, "phishing", Base(digests(B), commit, self_digest("ply_7")))
        assert change.expect == fingerprint(self.alike.rows[0])

    def test_a_playbook_of_another_name_is_adopted_by_its_id(self) -> None:
        scene = Scene({"phishing": B}, [row("ply_7", body(name="Mail", steps=STEPS))])
        assert scene.change().action is Action.CREATE
        assert scene.change(choices=Choices(adopt=(Adoption("phishing", "ply_7"),))).live_id == "ply_7"

    def test_nothing_is_adopted_where_it_is_not_clear_which(self) -> None:
        scene = Scene({"phishing": B}, [row("ply_7", B), row("ply_8", B)])
        change = scene.change(choices=Choices(adopt=(Adoption("phishing"),)))
        assert (change.action, change.hint) == (HOLD, "adopt phishing=ID, or sync --create phishing")
        assert "ply_7 ('Phishing'), ply_8 ('Phishing')" in change.reason

    def test_another_repositorys_playbook_is_taken_over_and_never_adopted(self) -> None:
        scene = Scene({"phishing": B}, [row("ply_7", B, marks("phishing", B, "ply_7", space="other"))])
        assert scene.change(choices=Choices(adopt=(Adoption("phishing", "ply_7"),))).action is HOLD
        change = scene.change(choices=Choices(takeover=frozenset({"phishing"})))
        assert change.action is Action.ADOPT
        assert change.tags == ("email",)

    def test_our_own_playbook_of_another_key_is_not_adopted(self) -> None:
        scene = Scene({"phishing": B, "other": B}, [row("ply_7", B, marks("other", B, "ply_7"))])
        choices = Choices(adopt=(Adoption("phishing", "ply_7"),), takeover=frozenset({"phishing"}))
        assert scene.change(choices=choices).action is HOLD

    new_1, new_2 = (marks("phishing", None, f"ply_{number}", unfinished=True) for number in (1, 2))

    def test_an_interrupted_create_is_finished_once(self) -> None:
        ours = {"created_by": "per_robot", "updated_by": "per_robot"}
        scene = Scene(
            {"phishing": B},
            [row("ply_2", {**B, **OFF}, self.new_2, **ours), row("ply_1", {**B, **OFF}, self.new_1, **ours)],
        )
        first, second = scene.plan().changes
        assert (first.action, first.live_id, first.write) == (Action.FINISH, "ply_1", (("enabled", "true"),))
        assert first.mark == Marker(SPACE, "phishing", Base(digests(B), COMMIT, self_digest("ply_1")))
        assert (second.action, second.live_id, second.write) == (Action.DUPLICATE, "ply_2", ())
        assert second.mark == Marker(SPACE, "phishing", unfinished=True, duplicate_of="ply_1")

    def test_an_interrupted_create_is_finished_with_what_the_repo_says_by_now(self) -> None:
        scene = Scene({"phishing": NEWER}, [row("ply_1", {**B, **OFF}, self.new_1, updated_at="2026-01-01T00:00:00Z")])
        change = scene.change()
        assert (change.action, [field for field, _ in change.write]) == (Action.FINISH, ["description", "enabled"])

    def test_an_interrupted_create_that_was_edited_is_held(self) -> None:
        scene = Scene({"phishing": NEWER}, [row("ply_1", {**B, **OFF, "category": "x"}, self.new_1)])
        change = scene.change()
        assert seen(change) == (HOLD, HUMAN, set(), 4)
        assert change.reason.startswith(
            "its creation was interrupted, and it was edited before it was finished: description"
        )
        held = scene.change(choices=decided(scene, KEEP_REPO))
        command = f"sync --resolve phishing=repo@{held.live_hash} --release phishing"
        assert (held.action, held.hint) == (HOLD, f"live was made safer: only {command} undoes that")
        finished = scene.change(choices=decided(scene, KEEP_REPO, release=frozenset({"phishing"})))
        assert (finished.action, [field for field, _ in finished.write]) == (
            Action.FINISH, ["description", "category", "enabled"],
        )  # fmt: skip
        kept = scene.change(choices=decided(scene, KEEP_LIVE))
        assert (kept.action, kept.write) == (Action.FINISH, ())

    @pytest.mark.parametrize("creator", ["per_robot", None])
    def test_what_somebody_else_may_have_left_off_is_not_switched_on_without_a_word(self, creator: str | None) -> None:
        scene = Scene({"phishing": B}, [row("ply_1", {**B, **OFF}, self.new_1, created_by=creator)])
        change = scene.change()
        assert seen(change) == (HOLD, HUMAN, set(), 4)
        assert change.safer == ("disabled",)
        assert "--release phishing" in change.hint

    def test_an_unmanaged_field_is_sent_when_a_create_is_finished(self) -> None:
        scene = Scene({"phishing": B}, [row("ply_1", {**B, **OFF}, self.new_1, created_by="per_analyst")])
        scene.situation = replace(scene.situation, unmanaged_fields=frozenset({"enabled"}))
        assert scene.change().write == (("enabled", "true"),)


class TestRows6To9:
    two = Scene({"phishing": NEWER}, [row(f"ply_{n}", B, marks("phishing", B, f"ply_{n}")) for n in (1, 2)])

    def test_two_live_playbooks_of_one_key_are_held(self) -> None:
        change = self.two.change()
        assert seen(change) == (HOLD, HUMAN, set(), 6)
        assert change.reason == "2 live playbooks are marked as 'phishing': ply_1 ('Phishing'), ply_2 ('Phishing')"

    def test_the_one_that_is_kept_goes_on_and_the_other_is_switched_off(self) -> None:
        first, second = self.two.plan(Choices(keep=frozenset({"ply_2"}))).changes
        assert (first.live_id, first.action, first.write) == ("ply_1", Action.DUPLICATE, (("enabled", "false"),))
        assert first.mark == Marker(
            SPACE, "phishing", Base(digests(B), COMMIT, self_digest("ply_1")), duplicate_of="ply_2"
        )
        assert first.expect == fingerprint(self.two.rows[0])
        assert (second.live_id, second.action, second.write) == ("ply_2", UPDATE, (("description", '"Look twice."'),))

    def test_the_other_is_switched_off_even_if_the_one_that_is_kept_is_held(self) -> None:
        hot = body(description="Hot fix.")
        scene = Scene({"phishing": NEWER}, [row(f"ply_{n}", hot, marks("phishing", B, f"ply_{n}")) for n in (1, 2)])
        actions = {change.live_id: change.action for change in scene.plan(Choices(keep=frozenset({"ply_2"}))).changes}
        assert actions == {"ply_1": Action.DUPLICATE, "ply_2": HOLD}

    bare = Scene({"phishing": B}, [row("ply_1", B, marks("phishing", None, "ply_1"))])

    def test_a_lost_base_is_marked_again_where_both_sides_agree(self) -> None:
        change = self.bare.change()
        assert seen(change) == (MARK, IN_SYNC, set(), 7)
        assert change.mark == Marker(SPACE, "phishing", Base(digests(B), COMMIT, self_digest("ply_1")))

    def test_a_lost_base_is_held_where_they_do_not(self) -> None:
        scene = replace(self.bare, files={"phishing": NEWER})
        change = scene.change()
        assert seen(change) == (HOLD, HUMAN, set(), 7)
        assert change.reason == "its mark has lost the base, so nobody knows which side changed: description"
        assert seen(scene.change(choices=decided(scene, KEEP_REPO))) == (UPDATE, AHEAD, {"description"}, 7)
        assert seen(scene.change(choices=decided(scene, KEEP_LIVE))) == (MARK, DRIFTED, set(), 7)

    @pytest.mark.parametrize(
        "tag, hint",
        [
            ("playbookctl:base=9.x", "upgrade playbookctl"),
            ("playbookctl:base=x", "correct or remove the tags of ply_1 on the server, then adopt phishing"),
        ],
    )
    def test_a_mark_that_cannot_be_read_is_held_and_shown(self, tag: str, hint: str) -> None:
        scene = Scene({"phishing": NEWER}, [row("ply_1", B, ["playbookctl:key=soc/phishing", tag])])
        change = scene.change()
        assert seen(change) == (HOLD, HUMAN, set(), 8)
        assert (change.live_id, change.hint) == ("ply_1", hint)
        assert f"({tag}, playbookctl:key=soc/phishing)" in change.reason

    def test_a_bad_mark_of_another_playbook_holds_nobody(self) -> None:
        scene = ours(NEWER, B, B)
        scene.rows.append(
            row("ply_2", body(name="Mail", steps=STEPS), ["playbookctl:key=soc/mail", "playbookctl:base=x"])
        )
        assert [(change.key, change.action) for change in scene.plan().changes] == [("phishing", UPDATE)]

    retired = digests(B)

    def test_a_retired_playbook_comes_back_with_its_file(self) -> None:
        scene = Scene(
            {"phishing": NEWER}, [row("ply_1", {**B, **OFF}, marks("phishing", B, "ply_1", retired=self.retired))]
        )
        change = scene.change()
        assert seen(change) == (Action.REVIVE, AHEAD, {"description", "enabled"}, 9)
        assert change.mark == Marker(SPACE, "phishing", Base(digests(NEWER), COMMIT, self_digest("ply_1")))
        scene.situation = replace(scene.situation, unmanaged_fields=frozenset({"enabled"}))
        assert seen(scene.change())[2] == {"description", "enabled"}

    def test_an_edit_from_before_it_was_retired_is_drift_when_it_comes_back(self) -> None:
        left = {**B, "description": "Hot fix."}
        tags = marks("phishing", B, "ply_1", retired=digests(left))
        scene = Scene({"phishing": B}, [row("ply_1", {**left, **OFF}, tags)])
        assert seen(scene.change()) == (Action.REVIVE, AHEAD, {"enabled"}, 9)
        scene.files["phishing"] = NEWER
        assert seen(scene.change()) == (HOLD, HUMAN, set(), 9)

    def test_a_playbook_that_was_disabled_before_it_was_retired_stays_so_when_it_comes_back(self) -> None:
        off = {**B, "enabled": False}
        scene = Scene({"phishing": B}, [row("ply_1", off, marks("phishing", B, "ply_1", retired=digests(off)))])
        change = scene.change()
        assert (change.action, change.write, change.safer) == (Action.REVIVE, (), ("disabled",))
        assert scene.change(choices=Choices(release=frozenset({"phishing"}))).write == (("enabled", "true"),)

    def test_a_playbook_that_was_retired_twice_comes_back_as_it_was_before_the_first_time(self) -> None:
        """An analyst edited what was retired, and it was retired once more: neither switch is an edit of theirs."""
        live = {**B, **OFF, "description": "Theirs."}
        scene = Scene({"other": B}, [row("ply_1", live, marks("phishing", B, "ply_1", retired=self.retired))])
        again = Choices(retire=(Retirement("phishing", scene.change().live_hash),))
        mark = scene.change(choices=again).mark
        assert mark is not None
        assert mark.retired == digests({**B, "description": "Theirs."})
        back = Scene(
            {"phishing": B}, [row("ply_1", live, marks("phishing", B, "ply_1", retired=mark.retired))]
        ).change()
        assert back.action is Action.REVIVE
        assert [(field.field, field.written) for field in back.fields] == [("description", False), ("enabled", True)]

    def test_what_was_off_before_it_was_retired_twice_stays_off(self) -> None:
        before = digests({**B, **OFF})
        live = {**B, **OFF, "description": "Theirs."}
        scene = Scene({"other": B}, [row("ply_1", live, marks("phishing", B, "ply_1", retired=before))])
        mark = scene.change(choices=Choices(retire=(Retirement("phishing", scene.change().live_hash),))).mark
        assert mark is not None
        assert mark.retired == digests(live)

    def test_a_retired_playbook_that_was_edited_is_held(self) -> None:
        scene = Scene(
            {"phishing": B},
            [row("ply_1", {**B, **OFF, "name": "X"}, marks("phishing", B, "ply_1", retired=self.retired))],
        )
        change = scene.change()
        assert seen(change) == (HOLD, HUMAN, set(), 9)
        assert change.reason == "it was edited after it was retired, in name"
        assert seen(scene.change(choices=decided(scene, KEEP_REPO))) == (Action.REVIVE, AHEAD, {"name", "enabled"}, 9)
        kept = scene.change(choices=decided(scene, KEEP_LIVE))
        assert (kept.action, kept.write) == (Action.REVIVE, (("enabled", "true"),))
        assert kept.mark is not None
        assert kept.mark.retired == ""


def calling(*keys: str, **fields: Any) -> dict[str, Any]:
    return body(steps=[{"id": f"s{i}", "type": "playbook", "playbook": key} for i, key in enumerate(keys)], **fields)


class TestRow10Calls:
    def test_a_callee_is_created_before_its_caller(self) -> None:
        scene = Scene(
            {"a": calling(placeholder("b"), name="A"), "b": calling(placeholder("c"), name="B"), "c": body(name="C")},
            known={"a": {"calls": ("b",)}, "b": {"calls": ("c",)}},
        )
        plan = scene.plan()
        assert [(change.key, change.action, change.pending) for change in plan.to_write] == [
            ("c", Action.CREATE, ()),
            ("b", Action.CREATE, ("c",)),
            ("a", Action.CREATE, ("b",)),
        ]

    def test_a_caller_waits_for_a_callee_that_is_held(self) -> None:
        scene = Scene(
            {"a": calling(placeholder("b"), name="A"), "b": calling(placeholder("c"), name="B"), "c": body(name="C")},
            known={"a": {"calls": ("b",)}, "b": {"calls": ("c",)}, "c": {"has_key": False}},
        )
        held = {change.key: (int(change.row), change.reason) for change in scene.plan().held}
        assert held == {
            "a": (10, "it waits for 'b', which has no id on the server and gets none in this run"),
            "b": (10, "it waits for 'c', which has no id on the server and gets none in this run"),
            "c": (1, "its file has no 'key:', so a renamed file would make a twin"),
        }

    def test_a_caller_waits_for_a_callee_that_is_left_out(self) -> None:
        scene = Scene({"a": calling(placeholder("b"), name="A"), "b": body(name="B")}, known={"a": {"calls": ("b",)}})
        assert [
            (change.key, int(change.row), change.action)
            for change in scene.plan(Choices(only=frozenset({"a"}))).changes
        ] == [("a", 10, HOLD)]

    @pytest.mark.parametrize(
        "callee, only, ends",
        [
            ([row("ply_7", body(name="B"))], frozenset(), {"a": UPDATE, "b": Action.ADOPT}),
            ([row("ply_7", body(name="B"))], frozenset({"a"}), {"a": HOLD}),
            (
                [
                    row("ply_7", body(name="B")),
                    row("ply_8", body(name="B"), ["playbookctl:key=soc/b", "playbookctl:key=o/b"]),
                ],
                frozenset(),
                {"a": HOLD, "b": HOLD},
            ),
        ],
    )
    def test_a_caller_waits_for_a_callee_that_is_named_and_not_adopted(
        self, callee: list[dict[str, Any]], only: frozenset[str], ends: dict[str, Action]
    ) -> None:
        before = body(name="A")
        scene = Scene(
            {"a": calling("ply_7", name="A"), "b": body(name="B")},
            [row("ply_1", before, marks("a", before, "ply_1")), *callee],
            known={"a": {"calls": ("b",)}},
        )
        choices = Choices(adopt=(Adoption("b", "ply_7"),), only=only)
        assert {change.key: change.action for change in scene.plan(choices).changes} == ends

    def test_a_caller_of_what_is_taken_over_is_told_its_id_in_the_same_run(self) -> None:
        before = body(name="A")
        scene = Scene(
            {"a": calling(placeholder("b"), name="A"), "b": body(name="B")},
            [row("ply_1", before, marks("a", before, "ply_1")), row("ply_7", body(name="B"))],
            known={"a": {"calls": ("b",)}},
        )
        caller, callee = scene.plan(Choices(takeover=frozenset({"b"}))).changes
        assert (callee.action, callee.live_id, callee.wave) == (Action.ADOPT, "ply_7", 0)
        assert (caller.action, caller.pending, caller.wave) == (UPDATE, ("b",), 1)

    def test_playbooks_that_call_each_other_in_a_ring_are_held_and_their_callers_are_not(self) -> None:
        scene = Scene(
            {"a": calling("ply_b", name="A"), "b": calling("ply_a", name="B"), "c": calling("ply_a", name="C")},
            known={"a": {"calls": ("b",)}, "b": {"calls": ("a",)}, "c": {"calls": ("a",)}},
        )
        for key in "abc":
            shown = scene.files[key]
            scene.rows.append(
                row(
                    f"ply_{key}",
                    {**shown, "description": "old"},
                    marks(key, {**shown, "description": "old"}, f"ply_{key}"),
                )
            )
        found = {change.key: (change.action, int(change.row)) for change in scene.plan().changes}
        assert found == {"a": (HOLD, 10), "b": (HOLD, 10), "c": (UPDATE, 5)}

    def test_a_name_without_an_id_holds_the_playbook(self) -> None:
        scene = Scene({"phishing": B}, known={"phishing": {"digests": "", "problem": "no connector", "hint": "map it"}})
        change = scene.change()
        assert (change.action, change.standing, change.reason, change.hint) == (HOLD, HUMAN, "no connector", "map it")

    def test_a_decision_for_live_waits_until_the_callee_has_an_id(self) -> None:
        scene = Scene(
            {"phishing": calling(placeholder("b")), "b": body(name="B", steps=STEPS)},
            [row("ply_1", body(steps=STEPS), marks("phishing", B, "ply_1"))],
            known={"phishing": {"calls": ("b",)}},
        )
        change = scene.change(choices=decided(scene, KEEP_LIVE))
        assert (change.action, change.hint) == (HOLD, "sync 'b' first")


class TestRows11To14:
    def test_an_unreadable_file_is_held_and_nothing_is_retired(self) -> None:
        scene = Scene(
            {"other": body(name="Other", steps=STEPS)},
            [row("ply_1", B, marks("phishing", B, "ply_1")), row("ply_2", B, marks("gone", B, "ply_2"))],
        )
        scene.situation = replace(scene.situation, unreadable=(Unreadable("phishing", "playbooks/phishing.yaml"),))
        plan = scene.plan(Choices(retire=(Retirement("gone"),)))
        found = {change.key: (change.action, int(change.row)) for change in plan.changes}
        assert found == {"gone": (HOLD, 12), "other": (Action.CREATE, 1), "phishing": (HOLD, 11)}
        assert plan.notes == ("nothing is retired in this run: 1 file is not a valid playbook",)

    orphan = Scene({"other": body(name="Other", steps=STEPS)}, [row("ply_1", B, marks("phishing", B, "ply_1"))])

    def test_a_twin_under_another_key_is_told_of_what_it_stands_beside(self) -> None:
        said = "'renamed' is alike 'phishing', which has no file any more: both can act until sync --retire phishing"
        for file, live, expected in (
            (B, B, (said,)),
            (body(name="Other"), B, (said,)),
            (body(steps=[{"id": "o"}]), B, (said,)),
            (body(name="Other", steps=[{"id": "o"}]), B, ()),
            (B, {**B, **OFF}, ()),
        ):
            scene = replace(
                self.orphan, files={"renamed": file}, rows=[row("ply_1", live, marks("phishing", live, "ply_1"))]
            )
            assert scene.plan(NO_CHOICES).notes == expected
            assert scene.plan(Choices(retire=(Retirement("phishing"),))).notes == ()

    def test_a_playbook_without_a_file_is_listed_and_retired_by_name(self) -> None:
        change = self.orphan.change()
        assert seen(change) == (NONE, IN_SYNC, set(), 12)
        assert change.hint == "sync --retire phishing disables it; or bring the file back"
        change = self.orphan.change(choices=Choices(retire=(Retirement("phishing"),)))
        assert (change.action, change.write) == (Action.RETIRE, (("enabled", "false"),))
        assert change.mark == Marker(
            SPACE, "phishing", Base(digests(B), COMMIT, self_digest("ply_1")), retired=digests(B)
        )

    def test_retiring_writes_enabled_even_where_it_is_not_managed(self) -> None:
        scene = replace(self.orphan, situation=replace(self.orphan.situation, unmanaged_fields=frozenset({"enabled"})))
        assert scene.change(choices=Choices(retire=(Retirement("phishing"),))).write == (("enabled", "false"),)

    def test_a_playbook_that_is_called_is_not_retired(self) -> None:
        scene = replace(self.orphan, rows=[*self.orphan.rows, row("ply_2", calling("ply_1", name="Caller"))])
        change = scene.change(choices=Choices(retire=(Retirement("phishing"),)))
        assert (change.action, change.reason) == (HOLD, "it is called by ply_2 ('Caller')")

    def test_a_playbook_without_a_file_that_was_edited_is_retired_with_its_hash_only(self) -> None:
        scene = Scene({"other": body(name="Other", steps=STEPS)}, [row("ply_1", NEWER, marks("phishing", B, "ply_1"))])
        change = scene.change()
        assert seen(change) == (NONE, DRIFTED, set(), 13)
        assert change.reason == "its file is gone, and the server changed description"
        for wrong in ("", "00000000"):
            assert scene.change(choices=Choices(retire=(Retirement("phishing", wrong),))).action is HOLD
        right = Choices(retire=(Retirement("phishing", change.live_hash),))
        assert scene.change(choices=right).action is Action.RETIRE

    def test_a_retired_playbook_is_listed_again_once_somebody_switched_it_on(self) -> None:
        tags = marks("phishing", B, "ply_1", retired=digests(B))
        scene = replace(self.orphan, rows=[row("ply_1", {**B, **OFF}, tags)])
        assert [change.key for change in scene.plan().changes] == ["other"]
        scene = replace(self.orphan, rows=[row("ply_1", B, tags)])
        change = scene.change()
        assert (seen(change), change.reason) == (
            (NONE, DRIFTED, set(), 13),
            "its file is gone, and the server changed enabled",
        )

    def test_everything_else_is_counted_and_left_alone(self) -> None:
        scene = ours(B, B, B)
        scene.rows += [
            row("ply_2", body(name="x", steps=STEPS)),
            row("ply_3", body(name="y", steps=STEPS), marks("y", B, "ply_3", space="other")),
            row("ply_4", B, marks("phishing", B, "ply_1", bound_to="ply_1")),
            row("ply_5", {**B, **OFF}, marks("phishing", B, "ply_5", duplicate_of="ply_1")),
            row("ply_6", {**B, **OFF}, marks("late", B, "ply_6", retired=digests(B))),
            row("ply_7", B, marks("phishing", B, "ply_7"), is_deleted=True),
        ]
        plan = scene.plan()
        assert [change.live_id for change in plan.changes] == ["ply_1"]
        counts = plan.counts
        assert (counts.managed, counts.unmanaged, counts.foreign, counts.copies) == (1, 1, 1, 1)
        assert (counts.duplicates, counts.retired, counts.deleted, counts.files) == (1, 1, 1, 1)

    def test_a_duplicate_that_was_switched_on_again_is_told(self) -> None:
        scene = ours(B, B, B)
        scene.rows.append(row("ply_2", B, marks("phishing", B, "ply_2", duplicate_of="ply_1")))
        assert scene.plan().notes == ("the duplicate ply_2 ('Phishing') is switched on again; both copies can act",)


class TestRollback:
    rollback = Choices(rollback=True)

    @pytest.mark.parametrize(
        "desired, base, live, expected",
        [
            (B, NEWER, NEWER, (UPDATE, AHEAD, {"description"}, 5)),
            (B, NEWER, B, (NONE, IN_SYNC, set(), 5)),
            (B, B, NEWER, (NONE, DRIFTED, set(), 5)),
            (B, NEWER, body(description="Hot fix."), (HOLD, CONFLICT, set(), 5)),
        ],
    )
    def test_contents_are_written_and_the_mark_is_not(
        self, desired: Any, base: Any, live: Any, expected: tuple[Any, ...]
    ) -> None:
        change = ours(desired, base, live).change(choices=self.rollback)
        assert seen(change) == expected
        assert change.mark is None

    def test_tags_are_rolled_back_beside_the_mark_as_it_is(self) -> None:
        scene = ours(body(tags=["old"]), B, B)
        change = scene.change(choices=self.rollback)
        assert change.tags == ("old",)
        assert change.mark == read_tags(scene.rows[0]["tags"])

    def test_a_rollback_creates_finishes_revives_marks_and_retires_nothing(self) -> None:
        new = marks("new", None, "ply_1", unfinished=True)
        scene = Scene(
            {"absent": body(name="Absent", steps=STEPS), "new": B, "back": B, "bare": B},
            [
                row("ply_1", {**B, **OFF}, new),
                row("ply_2", {**B, **OFF}, marks("back", B, "ply_2", retired=digests(B))),
                row("ply_3", B, marks("bare", None, "ply_3")),
                row("ply_4", B, marks("gone", B, "ply_4")),
            ],
        )
        plan = scene.plan(Choices(rollback=True, retire=(Retirement("gone"),)))
        found = {change.key: change.action for change in plan.changes}
        assert found == {"absent": HOLD, "new": HOLD, "back": HOLD, "bare": NONE, "gone": HOLD}
        assert plan.to_write == ()

    def test_a_rollback_does_not_release_a_brake(self) -> None:
        scene = ours(B, B, body(enabled=False))
        assert seen(scene.change(choices=self.rollback)) == (NONE, DRIFTED, set(), 5)


class TestTheRunAsAWhole:
    def test_a_name_that_nobody_has_is_a_slip_of_the_pen(self) -> None:
        scene = ours(B, B, B)
        scene.rows.append(row("ply_2", B, marks("gone", B, "ply_2")))
        for choices in (
            Choices(create=frozenset({"phising"})),
            Choices(takeover=frozenset({"phising"})),
            Choices(release=frozenset({"phising"})),
            Choices(only=frozenset({"phising"})),
            Choices(retire=(Retirement("phising"),)),
            Choices(adopt=(Adoption("phising"),)),
            Choices(resolve=(Decision("phising", Take.REPO, "00000000"),)),
        ):
            with pytest.raises(UsageError, match="'phising', and there is no such playbook; did you mean 'phishing'"):
                scene.plan(choices)
        for choices in (Choices(keep=frozenset({"ply_9"})), Choices(adopt=(Adoption("phishing", "ply_9"),))):
            with pytest.raises(UsageError, match="'ply_9' is not the id of a live playbook"):
                scene.plan(choices)
        with pytest.raises(UsageError, match="--retire names 'phishing', and its file is still there"):
            scene.plan(Choices(retire=(Retirement("phishing"),)))
        scene.plan(Choices(retire=(Retirement("gone"),), keep=frozenset({"ply_1"})))

    def test_an_old_decision_of_the_config_is_no_slip(self) -> None:
        old = Decision("long-gone", Take.REPO, "00000000", source="playbookctl.yaml")
        plan = ours(B, B, B).plan(Choices(resolve=(old,)))
        said = "playbookctl.yaml: there is no playbook 'long-gone' to decide about; remove the entry"
        assert (plan.refusals, plan.notes) == ((), (said,))

    def test_an_empty_repository_is_an_error(self) -> None:
        with pytest.raises(ConfigError, match="no playbook was found"):
            Scene({}, [row("ply_1", B, marks("phishing", B, "ply_1"))]).plan()

    def test_only_what_was_named_is_planned(self) -> None:
        scene = ours(NEWER, B, B)
        scene.files["other"] = body(name="Other", steps=STEPS)
        assert [change.key for change in scene.plan(Choices(only=frozenset({"phishing"}))).changes] == ["phishing"]

    def test_a_plan_says_what_it_is_bound_to(self) -> None:
        scene = ours(B, B, B)
        scene.situation = replace(scene.situation, app_id="app_1", config="abcd", touched=frozenset({"phishing"}))
        plan = scene.plan()
        assert (plan.environment, plan.namespace, plan.tenant_id, plan.app_id, plan.commit, plan.config) == (
            "prod", SPACE, "tnt_a", "app_1", COMMIT, "abcd",
        )  # fmt: skip
        assert plan.changes[0].touched is True

    def test_the_same_values_make_the_same_plan(self) -> None:
        scene = ours(MOVED, B, NEWER)
        scene.files["other"] = body(name="Other", steps=STEPS)
        backwards = replace(scene, files=dict(reversed(scene.files.items())), rows=scene.rows[::-1])
        assert scene.plan() == backwards.plan()
        assert hash(scene.plan()) == hash(backwards.plan())

    def test_a_body_is_rendered_only_where_something_moved(self) -> None:
        scene = ours(B, B, B)
        desired = {"phishing": wanted("phishing", B)}
        from playbookctl.plan import LiveRows, make_plan, read_live

        def never(key: str) -> dict[str, Any]:
            raise AssertionError(key)

        make_plan(desired, LiveRows(map(read_live, scene.rows), SPACE), scene.situation, NO_CHOICES, never)


class TestWhatAServerMayHold:
    """Values that no file can have: they are somebody's edit like any other, and never end a plan."""

    def test_a_gate_among_steps_without_a_canonical_form_holds_as_a_brake(self) -> None:
        gate = {"id": "gate", "type": "manual", "message": "Ask first."}
        tell = {"id": "tell", "connector": "cnn_mail", "action": "send", "with": {"channel": 2**60 + 1}}
        scene = ours(B, B, body(steps=[*B["steps"], gate, tell]))
        change = scene.change(choices=Choices(on_drift=OnDrift.REVERT))
        assert (change.action, change.write) == (Action.NONE, ())
        assert "--release phishing" in change.hint
        released = scene.change(choices=Choices(on_drift=OnDrift.REVERT, release=frozenset({"phishing"})))
        assert [field for field, _ in released.write] == ["steps"]

    @pytest.mark.parametrize(
        "field, stored, newer",
        [
            ("required_connector_ids", [{"id": "cnn_mail"}], ["cnn_new"]),
            ("owner_id", {"id": "per_lead"}, "per_new"),
            ("steps", [{"id": "look", "connector": {"id": "cnn_mail"}}], STEPS[:1]),
        ],
    )
    def test_an_id_that_is_stored_as_an_object_is_no_id_that_is_gone(self, field: str, stored: Any, newer: Any) -> None:
        """The server's own form of what was sent is noted as its echo; then the repo moves."""
        live = body(**{field: stored})
        echo = ((field, field_digest(MANAGED[POSITIONS[field]], stored)),)
        scene = Scene(
            {"phishing": body(**{field: newer})}, [row("ply_1", live, marks("phishing", B, "ply_1", echo=echo))]
        )
        scene.situation = replace(scene.situation, alive=frozenset({"cnn_new", "per_new"}))
        change = scene.change()
        assert [(moved.field, moved.moved_by, moved.written) for moved in change.fields] == [(field, Side.REPO, True)]

    def test_no_tags_and_null_are_one_to_whoever_adopts(self) -> None:
        untagged = {**row("ply_1", body(tags=[])), "tags": None}
        change = Scene({"phishing": B}, [untagged]).change(
            choices=Choices(adopt=(Adoption("phishing", "ply_1"),)),
        )
        assert (change.action, change.expect) == (Action.ADOPT, fingerprint(untagged))


class TestDecisionsThatCoverUnmanagedFields:
    """What is revived is written whole: a decision about it is bound to all that is overwritten."""

    @staticmethod
    def scene(description: str) -> Scene:
        live = {**B, **OFF, "category": "theirs", "description": description}
        tags = marks("phishing", B, "ply_1", retired=digests(B))
        scene = Scene({"phishing": B}, [row("ply_1", live, tags)])
        scene.situation = replace(scene.situation, unmanaged_fields=frozenset({"description"}))
        return scene

    def test_a_later_edit_of_an_unmanaged_field_is_not_hit(self) -> None:
        choices = decided(self.scene("Theirs."), KEEP_REPO)
        assert "description" in dict(self.scene("Theirs.").change(choices=choices).write)
        later = self.scene("Theirs, a day later.").change(choices=choices)
        assert (later.action, later.write) == (Action.HOLD, ())


class TestRetiringWhatAFileCalls:
    @pytest.mark.parametrize("called", ["old", "ply_1"])
    def test_a_playbook_that_a_new_file_calls_is_not_retired(self, called: str) -> None:
        caller = body(name="Caller", steps=[{"id": "c", "type": "playbook", "playbook": "ply_1"}])
        scene = Scene(
            {"caller": caller}, [row("ply_1", B, marks("old", B, "ply_1"))], known={"caller": {"calls": (called,)}}
        )
        change = scene.change("old", Choices(retire=(Retirement("old"),), create=frozenset({"caller"})))
        assert (change.action, change.reason) == (Action.HOLD, "it is called by playbooks/caller.yaml")


def test_of_two_keys_that_take_over_one_playbook_one_gets_it() -> None:
    theirs = row("ply_9", B, marks("x", B, "ply_9", space="theirs"))
    choices = Choices(takeover=frozenset({"a", "b"}))
    changes = {change.key: change for change in Scene({"a": B, "b": B}, [theirs]).plan(choices).changes}
    assert {key: change.action for key, change in changes.items()} == {"a": Action.ADOPT, "b": Action.HOLD}
    assert changes["b"].reason == "ply_9 becomes 'a' in this run, and can be only one's"
    one = replace(choices, only=frozenset({"b"}))
    assert Scene({"a": B, "b": B}, [theirs]).change("b", one).action is Action.ADOPT


def test_the_copy_that_acts_goes_on_while_the_one_to_keep_is_held() -> None:
    """To keep what an interrupted create left is a choice; to have nothing act at all is none."""
    begun = row("ply_2", {**B, **OFF}, marks("phishing", None, "ply_2", unfinished=True))
    acting = row("ply_1", B, marks("phishing", B, "ply_1"))
    keep = Choices(keep=frozenset({"ply_2"}))
    for broken, action in ((("PB402",), Action.HOLD), ((), Action.DUPLICATE)):
        scene = Scene({"phishing": B}, [acting, {**begun, "created_at": begun["updated_at"]}])
        scene.known = {"phishing": {"errors": broken}}
        changes = {change.live_id: change for change in scene.plan(keep).changes}
        assert changes["ply_1"].action is action
        assert bool(changes["ply_1"].write) is not bool(broken)


def test_a_decision_for_live_is_not_undone_by_reverting_drift() -> None:
    """The first sync moves the base, so that the conflict is drift from then on; the decision still counts for it."""
    conflict = ours(NEWER, B, body(description="Hot-fixed at 3 a.m."))
    for scene in (conflict, ours(NEWER, NEWER, body(description="Hot-fixed at 3 a.m."))):
        choices = replace(decided(scene, KEEP_LIVE), on_drift=OnDrift.REVERT)
        assert scene.change(choices=choices).write == ()
        undone = replace(decided(scene, KEEP_REPO), on_drift=OnDrift.KEEP)
        assert [field for field, _ in scene.change(choices=undone).write] == ["description"]
