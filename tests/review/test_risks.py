"""Each kind of risk, and beside it a change that looks like it and is none. Rows: what changed, and what must be said."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.model.review import Level, RiskKind
from support.pull_request import CATALOGUE, CONFIG, estate, review_of, step

if TYPE_CHECKING:
    from collections.abc import Callable

    Playbooks = dict[str, dict[str, Any]]

HIGH, MEDIUM, LOW = Level
K = RiskKind


SCORE: dict[str, Any] = {
    "key": "score", "name": "Score", "owner": "lead", "auto_execute": True,
    "trigger_conditions": [{"field": "alert.score", "op": "exists"}],
    "steps": [
        {"id": "decide", "type": "decision", "else": "end",
         "branches": [{"name": "bad", "when": {"field": "alert.score", "op": "gt", "value": 90}, "next": "isolate"}]},
        {"id": "isolate", "connector": "edr", "action": "isolate-host", "with": {"host": "{{ alert.host }}"}, "next": "end"},
        {"id": "tell", "connector": "chat", "action": "send-message"},
    ],
}  # fmt: skip


def world() -> Playbooks:
    """Return the estate, a loop of calls that is started by hand, and another playbook that isolates."""
    calling = {
        "id": "one",
        "type": "playbook",
        "playbook": "contain",
        "with": {"host": "{{ item }}", "ask_first": True},
    }
    each = {"id": "each", "type": "section", "for_each": "{{ alert.hosts }}", "max_targets": 9, "steps": [calling]}
    known = estate()
    return {
        **known,
        "score": copy.deepcopy(SCORE),
        "round": {"key": "round", "name": "Round", "owner": "lead", "steps": [each]},
        "contain-too": {**copy.deepcopy(known["contain"]), "key": "contain-too", "name": "Contain too"},
    }


def flip_default(books: Playbooks) -> None:
    books["phish"]["steps"][2]["with"].pop("ask_first")
    books["contain"]["inputs"]["ask_first"]["default"] = False


def only_default(books: Playbooks) -> None:
    books["contain"]["inputs"]["ask_first"]["default"] = False


def other_default(books: Playbooks) -> None:
    books["report"]["inputs"]["spare"]["default"] = "something"


def hand_false(books: Playbooks) -> None:
    books["phish"]["steps"][2]["with"]["ask_first"] = False


def hand_another_host(books: Playbooks) -> None:
    books["phish"]["steps"][2]["with"]["host"] = "{{ alert.source_id }}"


def hand_another_reason(books: Playbooks) -> None:
    books["phish"]["steps"][2]["with"]["reason"] = "because"


def other_default_host(books: Playbooks) -> None:
    books["contain"]["inputs"]["host"]["default"] = "*"


def loop_through_all_hosts(books: Playbooks) -> None:
    books["sweep"]["steps"][0]["for_each"] = "{{ alert.everything }}"


def loop_of_calls_through_all_hosts(books: Playbooks) -> None:
    books["round"]["steps"][0]["for_each"] = "{{ alert.everything }}"


def isolate_in_a_new_loop(books: Playbooks) -> None:
    books["score"]["steps"][1] = {
        "id": "each", "type": "section", "for_each": "{{ alert.hosts }}", "max_targets": 9, "next": "end",
        "steps": [{**step(books["score"], "isolate"), "next": "end"}],
    }  # fmt: skip
    step(books["score"], "decide")["branches"][0]["next"] = "each"


def isolate_ten_times(books: Playbooks) -> None:
    step(books["score"], "isolate")["repeat"] = {"max": 10}


def message_in_a_new_loop(books: Playbooks) -> None:
    step(books["score"], "tell")["repeat"] = {"max": 10}


def call_another_that_isolates(books: Playbooks) -> None:
    books["phish"]["steps"][2]["playbook"] = "contain-too"


def drop_approval(books: Playbooks) -> None:
    del step(books["lock"], "disable")["approval"]


def rename_step_and_drop_approval(books: Playbooks) -> None:
    it = step(books["lock"], "disable")
    it["id"] = "switch-off"
    del it["approval"]


def rename_step_and_keep_approval(books: Playbooks) -> None:
    step(books["lock"], "disable")["id"] = "switch-off"


def rename_gate_and_follow_it(books: Playbooks) -> None:
    step(books["contain"], "approve")["id"] = "ask-lead"
    step(books["contain"], "decide")["branches"][0]["next"] = "ask-lead"


def move_action_into_new_playbook(books: Playbooks) -> None:
    acting = step(books["lock"], "disable")
    approval = acting.pop("approval")
    books["lock"]["steps"] = [{"id": "call", "type": "playbook", "playbook": "lock-it"}]
    books["lock-it"] = {"key": "lock-it", "name": "Lock it", "steps": [{**acting, "with": {"user": "x"}}]}
    assert approval


def move_action_and_gate_into_new_playbook(books: Playbooks) -> None:
    acting = step(books["lock"], "disable")
    books["lock"]["steps"] = [{"id": "call", "type": "playbook", "playbook": "lock-it"}]
    books["lock-it"] = {"key": "lock-it", "name": "Lock it", "steps": [{**acting, "with": {"user": "x"}}]}


def go_round_the_gate(books: Playbooks) -> None:
    step(books["contain"], "decide")["branches"].insert(
        0, {"name": "server", "when": {"expr": "is_server()"}, "next": "isolate"}
    )


def gate_that_nobody_answers(books: Playbooks) -> None:
    step(books["contain"], "approve").update(
        timeout="5m", on_timeout="continue", branches=[{"name": "no", "next": "end"}]
    )
    step(books["contain"], "approve")["else"] = "isolate"


def a_no_that_isolates(books: Playbooks) -> None:
    step(books["contain"], "approve")["branches"][1]["next"] = "isolate"


def a_no_that_leads_to_a_person(books: Playbooks) -> None:
    step(books["contain"], "approve")["branches"][1]["next"] = "by_hand"


def fewer_approvers(books: Playbooks) -> None:
    step(books["lock"], "disable")["approval"]["by"] = ["ciso"]


def more_approvers(books: Playbooks) -> None:
    step(books["lock"], "disable")["approval"]["by"] = ["lead", "ciso", "intern"]


def other_approvers(books: Playbooks) -> None:
    step(books["lock"], "disable")["approval"]["by"] = ["intern"]


def one_approver_is_enough(books: Playbooks) -> None:
    del step(books["lock"], "disable")["approval"]["min"]


def author_may_approve(books: Playbooks) -> None:
    del step(books["lock"], "disable")["approval"]["not_author"]


def approvers_in_another_order(books: Playbooks) -> None:
    step(books["lock"], "disable")["approval"]["by"] = ["ciso", "lead"]


def other_assignee(books: Playbooks) -> None:
    step(books["contain"], "approve")["assignee"] = "anybody"


def approval_waits_longer(books: Playbooks) -> None:
    step(books["lock"], "disable")["approval"]["expires"] = "12h"


def approval_of_a_message_gone(books: Playbooks) -> None:
    del step(books["by-hand"], "note")["approval"]


def approval_gone_where_a_person_starts(books: Playbooks) -> None:
    del step(books["by-hand"], "kill")["approval"]


def becomes_automatic(books: Playbooks) -> None:
    books["by-hand"].update(auto_execute=True, trigger_conditions=[{"field": "alert.title", "op": "exists"}])


def becomes_automatic_and_unasked(books: Playbooks) -> None:
    becomes_automatic(books)
    approval_gone_where_a_person_starts(books)


def reading_becomes_automatic(books: Playbooks) -> None:
    books["report"].update(auto_execute=True, trigger_conditions=[{"field": "alert.title", "op": "exists"}])


def new_isolation(books: Playbooks) -> None:
    books["enrich"]["steps"].append({"id": "c", "name": "Cut it off", "connector": "edr", "action": "isolate-host"})


def new_isolation_with_approval(books: Playbooks) -> None:
    books["enrich"]["steps"].append({"id": "c", "connector": "edr", "action": "isolate-host", "approval": "lead"})


def new_isolation_by_call(books: Playbooks) -> None:
    books["enrich"]["steps"].append(
        {"id": "c", "type": "playbook", "playbook": "contain", "with": {"host": "a", "ask_first": False}}
    )


def new_reading(books: Playbooks) -> None:
    books["enrich"]["steps"].append({"id": "c", "connector": "edr", "action": "get-host"})


def isolation_becomes_wiping(books: Playbooks) -> None:
    step(books["sweep"], "stop")["action"] = "wipe-host"


def new_automatic_playbook(books: Playbooks) -> None:
    books["new"] = {"key": "new", "name": "New", "auto_execute": True, "owner": "lead",
                    "trigger_conditions": [{"field": "alert.title", "op": "exists"}],
                    "steps": [{"id": "x", "connector": "edr", "action": "wipe-host"}]}  # fmt: skip


def new_harmless_playbook(books: Playbooks) -> None:
    books["new"] = {"key": "new", "name": "New", "steps": [{"id": "x", "connector": "edr", "action": "get-host"}]}


def wider_trigger(books: Playbooks) -> None:
    books["lock"]["trigger_conditions"] = [{"field": "alert.severity", "op": "in", "value": ["critical", "high"]}]


def other_trigger(books: Playbooks) -> None:
    books["lock"]["trigger_conditions"] = [{"field": "alert.title", "op": "matches", "value": "lock.*"}]


def narrower_trigger(books: Playbooks) -> None:
    books["lock"]["trigger_conditions"].append({"field": "alert.user", "op": "exists"})


def trigger_said_otherwise(books: Playbooks) -> None:
    books["phish"]["trigger_conditions"] = [{"any": [
        {"field": "alert.severity", "op": "equals", "value": "critical"},
        {"field": "alert.severity", "op": "equals", "value": "high"},
    ]}]  # fmt: skip


def trigger_in_another_order(books: Playbooks) -> None:
    books["phish"]["trigger_conditions"][0]["value"] = ["critical", "high"]


def wider_trigger_of_a_reader(books: Playbooks) -> None:
    books["enrich"]["trigger_conditions"] = [{"field": "alert.title", "op": "exists"}]


def error_path_gone(books: Playbooks) -> None:
    del step(books["contain"], "isolate")["on_error"]


def error_is_passed_over(books: Playbooks) -> None:
    step(books["contain"], "isolate")["on_error"] = "continue"


def error_path_elsewhere(books: Playbooks) -> None:
    step(books["contain"], "isolate")["on_error"] = {"next": "approve"}


def error_path_new(books: Playbooks) -> None:
    step(books["lock"], "disable")["on_error"] = "stop"


def cap_gone(books: Playbooks) -> None:
    del books["sweep"]["steps"][0]["max_targets"]


def cap_raised(books: Playbooks) -> None:
    books["sweep"]["steps"][0]["max_targets"] = 500


def cap_lowered(books: Playbooks) -> None:
    books["sweep"]["steps"][0]["max_targets"] = 2


def timeout_gone(books: Playbooks) -> None:
    del step(books["contain"], "isolate")["timeout"]


def timeout_shorter(books: Playbooks) -> None:
    step(books["contain"], "isolate")["timeout"] = "60s"


def same_timeout_otherwise(books: Playbooks) -> None:
    step(books["contain"], "isolate")["timeout"] = "300s"


def more_retries(books: Playbooks) -> None:
    step(books["contain"], "isolate")["retry"]["times"] = 9


def switched_off(books: Playbooks) -> None:
    books["phish"]["enabled"] = False


def said_to_be_on(books: Playbooks) -> None:
    books["phish"]["enabled"] = True


def not_automatic(books: Playbooks) -> None:
    books["enrich"]["auto_execute"] = False


def other_host(books: Playbooks) -> None:
    step(books["sweep"], "stop")["with"]["host"] = "*"


def condition_on_isolation_gone(books: Playbooks) -> None:
    step(books["contain"], "decide")["branches"][0]["when"] = {
        "field": "inputs.host",
        "op": "starts_with",
        "value": "srv",
    }


def otherwise_isolates(books: Playbooks) -> None:
    step(books["score"], "decide")["else"] = "isolate"


def more_ways_isolate(books: Playbooks) -> None:
    way = {"name": "all", "when": {"field": "alert.score", "op": "gt", "value": 0}, "next": "isolate"}
    step(books["score"], "decide")["branches"].append(way)


def other_ways_message(books: Playbooks) -> None:
    step(books["score"], "decide")["else"] = "tell"


def decision_gone(books: Playbooks) -> None:
    books["score"]["steps"].pop(0)


def isolates_before_the_decision(books: Playbooks) -> None:
    decide, isolate, tell = books["score"]["steps"]
    del isolate["next"]
    books["score"]["steps"] = [isolate, decide, tell]


def isolates_beside_the_decision(books: Playbooks) -> None:
    both = {"id": "both", "connector": "chat", "action": "send-message", "next": ["decide", "isolate"]}
    books["score"]["steps"].insert(0, both)


def another_step_before_the_decision(books: Playbooks) -> None:
    books["score"]["steps"].insert(0, {"id": "first", "connector": "chat", "action": "send-message"})


def decision_becomes_a_condition(books: Playbooks) -> None:
    books["score"]["steps"].pop(0)
    step(books["score"], "isolate")["if"] = {"field": "alert.score", "op": "gt", "value": 90}


def input_gone(books: Playbooks) -> None:
    del books["contain"]["inputs"]["host"]


def unused_input_gone(books: Playbooks) -> None:
    del books["report"]["inputs"]["spare"]


def input_needed(books: Playbooks) -> None:
    books["contain"]["inputs"]["ticket"] = {"required": True}


def input_offered(books: Playbooks) -> None:
    books["contain"]["inputs"]["ticket"] = {"default": "none"}


def output_gone(books: Playbooks) -> None:
    del books["contain"]["outputs"]


def unread_output_gone(books: Playbooks) -> None:
    del books["report"]["outputs"]


def callee_gone(books: Playbooks) -> None:
    del books["contain"]


def uncalled_gone(books: Playbooks) -> None:
    del books["report"]


def automatic_gone(books: Playbooks) -> None:
    del books["enrich"]


def another_key(books: Playbooks) -> None:
    books["lock"]["key"] = "lock-account"


def other_owner(books: Playbooks) -> None:
    books["lock"]["owner"] = "somebody"


def owner_named(books: Playbooks) -> None:
    books["enrich"]["owner"] = "lead"


def reorder_independent_steps(books: Playbooks) -> None:
    books["enrich"]["steps"].reverse()


def another_text(books: Playbooks) -> None:
    books["contain"]["description"] = "Isolates a host from the network."
    step(books["contain"], "approve")["message"] = "Please decide."


def fewer_techniques(books: Playbooks) -> None:
    books["phish"]["mitre_techniques"] = ["T1566.002"]


Expected = list[tuple[Level, set[RiskKind], str]]
ROWS: list[tuple[Callable[[Any], None], Expected]] = [
    (flip_default, [(HIGH, {K.GATE_GONE}, "contain")]),
    (only_default, [(MEDIUM, {K.GATE_GONE}, "contain")]),  # the caller hands true; whoever starts it by hand is not asked
    (other_default, []),
    (hand_false, [(HIGH, {K.GATE_GONE}, "phish")]),
    (hand_another_host, [(MEDIUM, {K.TARGET}, "phish")]),
    (hand_another_reason, []),
    (other_default_host, [(MEDIUM, {K.TARGET}, "contain")]),
    (loop_through_all_hosts, [(MEDIUM, {K.TARGET}, "sweep")]),
    (loop_of_calls_through_all_hosts, [(LOW, {K.TARGET}, "round")]),
    (isolate_in_a_new_loop, [(MEDIUM, {K.TARGET}, "score")]),
    (isolate_ten_times, [(MEDIUM, {K.TARGET}, "score")]),
    (message_in_a_new_loop, []),
    (call_another_that_isolates, [(MEDIUM, {K.TARGET}, "phish")]),
    (drop_approval, [(HIGH, {K.GATE_GONE}, "lock")]),
    (rename_step_and_drop_approval, [(HIGH, {K.GATE_GONE}, "lock")]),
    (rename_step_and_keep_approval, []),
    (rename_gate_and_follow_it, []),
    (move_action_into_new_playbook, [(HIGH, {K.GATE_GONE}, "lock")]),
    (move_action_and_gate_into_new_playbook, [(LOW, {K.DESTRUCTIVE}, "lock-it")]),  # it can be started by itself now
    (go_round_the_gate, [(HIGH, {K.GATE_GONE}, "contain")]),
    (gate_that_nobody_answers, [(HIGH, {K.GATE_GONE}, "contain")]),
    (a_no_that_isolates, [(MEDIUM, {K.CONDITION}, "contain")]),
    (a_no_that_leads_to_a_person, []),
    (fewer_approvers, []),
    (more_approvers, [(MEDIUM, {K.GATE_WEAKER}, "lock")]),
    (other_approvers, [(MEDIUM, {K.GATE_WEAKER}, "lock")]),
    (one_approver_is_enough, [(MEDIUM, {K.GATE_WEAKER}, "lock")]),
    (author_may_approve, [(MEDIUM, {K.GATE_WEAKER}, "lock")]),
    (approvers_in_another_order, []),
    (other_assignee, [(MEDIUM, {K.GATE_WEAKER}, "contain")]),
    (approval_waits_longer, [(LOW, {K.LIMITS}, "lock")]),
    (approval_of_a_message_gone, [(LOW, {K.GATE_GONE}, "by-hand")]),
    (approval_gone_where_a_person_starts, [(MEDIUM, {K.GATE_GONE}, "by-hand")]),
    (becomes_automatic, [(MEDIUM, {K.AUTOMATIC}, "by-hand")]),
    (becomes_automatic_and_unasked, [(HIGH, {K.AUTOMATIC, K.GATE_GONE}, "by-hand")]),
    (reading_becomes_automatic, [(LOW, {K.AUTOMATIC}, "report")]),
    (new_isolation, [(HIGH, {K.DESTRUCTIVE}, "enrich")]),
    (new_isolation_with_approval, [(MEDIUM, {K.DESTRUCTIVE}, "enrich")]),
    (new_isolation_by_call, [(HIGH, {K.DESTRUCTIVE}, "enrich")]),
    (new_reading, []),
    (isolation_becomes_wiping, [(MEDIUM, {K.DESTRUCTIVE}, "sweep")]),
    (new_automatic_playbook, [(HIGH, {K.AUTOMATIC, K.DESTRUCTIVE}, "new")]),
    (new_harmless_playbook, []),
    (wider_trigger, [(MEDIUM, {K.TRIGGER}, "lock")]),
    (other_trigger, [(MEDIUM, {K.TRIGGER}, "lock")]),
    (narrower_trigger, []),
    (trigger_said_otherwise, []),
    (trigger_in_another_order, []),
    (wider_trigger_of_a_reader, [(LOW, {K.TRIGGER}, "enrich")]),
    (error_path_gone, [(MEDIUM, {K.ERRORS}, "contain")]),
    (error_is_passed_over, [(MEDIUM, {K.ERRORS}, "contain")]),
    (error_path_elsewhere, []),
    (error_path_new, []),
    (cap_gone, [(HIGH, {K.CAP}, "sweep")]),
    (cap_raised, [(MEDIUM, {K.CAP}, "sweep")]),
    (cap_lowered, []),
    (timeout_gone, [(LOW, {K.LIMITS}, "contain")]),
    (timeout_shorter, []),
    (same_timeout_otherwise, []),
    (more_retries, [(LOW, {K.LIMITS}, "contain")]),
    (switched_off, [(MEDIUM, {K.DISABLED}, "phish")]),
    (said_to_be_on, []),
    (not_automatic, [(LOW, {K.DISABLED}, "enrich")]),
    (other_host, [(MEDIUM, {K.TARGET}, "sweep")]),
    (condition_on_isolation_gone, [(HIGH, {K.GATE_GONE, K.CONDITION}, "contain")]),
    (otherwise_isolates, [(MEDIUM, {K.CONDITION}, "score")]),
    (more_ways_isolate, [(MEDIUM, {K.CONDITION}, "score")]),
    (other_ways_message, []),
    (decision_gone, [(MEDIUM, {K.CONDITION}, "score")]),
    (isolates_before_the_decision, [(MEDIUM, {K.CONDITION}, "score")]),
    (isolates_beside_the_decision, [(MEDIUM, {K.CONDITION}, "score")]),
    (another_step_before_the_decision, []),
    (decision_becomes_a_condition, []),
    (input_gone, [(MEDIUM, {K.COMPATIBILITY}, "contain")]),
    (unused_input_gone, []),
    (input_needed, [(MEDIUM, {K.COMPATIBILITY}, "contain")]),
    (input_offered, []),
    (output_gone, [(MEDIUM, {K.COMPATIBILITY}, "contain")]),
    (unread_output_gone, []),
    (callee_gone, [(HIGH, {K.COMPATIBILITY}, "contain")]),
    (uncalled_gone, []),
    (automatic_gone, [(MEDIUM, {K.REMOVED}, "enrich")]),
    (another_key, [(MEDIUM, {K.IDENTITY}, "lock-account")]),
    (other_owner, [(LOW, {K.OWNER}, "lock")]),
    (owner_named, []),
    (reorder_independent_steps, []),
    (another_text, []),
    (fewer_techniques, []),
]  # fmt: skip


@pytest.mark.parametrize("change, expected", ROWS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_change_is_the_risk_that_it_is(change: Callable[[Playbooks], None], expected: Expected) -> None:
    before, now = world(), world()
    change(now)
    review = review_of(before, now)
    said = [(risk.level, set(risk.kinds), risk.key) for risk in review.risks]
    assert said == expected, "\n".join(f"{risk.level.value} {risk.key} {risk.sentence}" for risk in review.risks)


@pytest.mark.parametrize("change", [row[0] for row in ROWS], ids=lambda change: change.__name__)
def test_taking_a_change_back_is_never_worse_than_making_it_where_it_took_a_gate(
    change: Callable[[Playbooks], None],
) -> None:
    """Whatever frees an action one way cannot free the same one on the way back."""
    one, other = world(), world()
    change(other)
    forth = {(risk.key, kind) for risk in review_of(one, other).risks for kind in risk.kinds if kind is K.GATE_GONE}
    back = {(risk.key, kind) for risk in review_of(other, one).risks for kind in risk.kinds if kind is K.GATE_GONE}
    assert not forth & back


CATALOGUES: list[tuple[str, dict[str, Any], Expected]] = [
    ("lowered", {"edr": {"isolate-host": "read"}}, [(HIGH, {K.CONNECTORS}, "")]),
    ("lowered from wiping to isolating", {"edr": {"wipe-host": "reversible"}}, [(HIGH, {K.CONNECTORS}, "")]),
    ("raised", {"edr": {"get-host": "irreversible"}}, []),
    ("notify is as harmless as read", {"chat": {"send-message": "read"}}, []),
    ("a new action that its name gives away", {"edr": {"delete-host": "read"}}, [(LOW, {K.CONNECTORS}, "")]),
    ("a new action as its name says", {"edr": {"delete-host": "irreversible"}}, []),
]


@pytest.mark.parametrize("name, effects, expected", CATALOGUES, ids=[row[0] for row in CATALOGUES])
def test_a_milder_effect_is_a_risk(name: str, effects: dict[str, Any], expected: Expected) -> None:
    changed = copy.deepcopy(CATALOGUE)
    for connector, actions in effects.items():
        changed[connector]["actions"].update({action: {"effect": effect} for action, effect in actions.items()})
    review = review_of(estate(), estate(), connectors=(CATALOGUE, changed))
    assert [(risk.level, set(risk.kinds), risk.key) for risk in review.risks] == expected, name


def test_a_lowered_effect_hides_no_gate_that_goes_with_it() -> None:
    changed = copy.deepcopy(CATALOGUE)
    changed["idp"]["actions"]["disable-user"] = {"effect": "read"}
    now = estate()
    drop_approval(now)
    review = review_of(estate(), now, connectors=(CATALOGUE, changed))
    assert {(risk.level, risk.kinds[0]) for risk in review.risks} == {(HIGH, K.GATE_GONE), (HIGH, K.CONNECTORS)}


def changed_config(**values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CONFIG), **values}


PROD = CONFIG["environments"]["prod"]
CONFIGS: list[tuple[str, dict[str, Any], list[tuple[Level, str]]]] = [
    ("ignores a safety rule", changed_config(rules={**CONFIG["rules"], "ignore": ["PB402"]}), [(HIGH, "no longer applies")]),
    ("ignores a rule of style", changed_config(rules={**CONFIG["rules"], "ignore": ["PB501"]}), [(MEDIUM, "no longer applies")]),
    ("ignores a safety rule by its name", changed_config(rules={**CONFIG["rules"], "ignore": ["destructive-without-person"]}), [(HIGH, "no longer applies")]),
    ("ignores nearly everything", changed_config(rules={**CONFIG["rules"], "ignore": ["P"]}), [(HIGH, "no longer applies")]),
    ("selects no safety rule any more", changed_config(rules={**CONFIG["rules"], "select": ["PB1"]}), [(HIGH, "selects other rules")]),
    ("selects all but style", changed_config(rules={**CONFIG["rules"], "select": ["PB0", "PB1", "PB2", "PB3", "PB4", "PB9"]}), [(MEDIUM, "selects other rules")]),
    ("ignores a safety rule in some files", changed_config(rules={**CONFIG["rules"], "per_path": {"playbooks/x*": {"ignore": ["PB4"]}}}), [(HIGH, "other rules for some files")]),
    ("makes a safety rule milder in some files", changed_config(rules={**CONFIG["rules"], "per_path": {"playbooks/x*": {"severity": {"PB402": "note"}}}}), [(HIGH, "other rules for some files")]),
    ("ignores a rule of style in some files", changed_config(rules={**CONFIG["rules"], "per_path": {"playbooks/x*": {"ignore": ["PB501"]}}}), [(MEDIUM, "other rules for some files")]),
    ("another tenant", changed_config(environments={"prod": {**PROD, "tenant_id": "tnt_2"}}), [(HIGH, "another tenant_id")]),
    ("another address", changed_config(environments={"prod": {**PROD, "url": "https://evil.example.test"}}), [(HIGH, "another url")]),
    ("another person behind a name", changed_config(environments={"prod": {**PROD, "owners": {"lead": "per_2"}}}), [(MEDIUM, "other owners")]),
    ("a new environment", changed_config(environments={"prod": PROD, "test": {"url": "embedded"}}), [(LOW, "new environment")]),
    ("another namespace", changed_config(namespace="other"), [(HIGH, "another namespace")]),
    ("a laxer threshold", changed_config(thresholds={"update": 100}), [(MEDIUM, "one sync may write")]),
    ("a fresh entry point", changed_config(entry_points=["report"]), [(MEDIUM, "started by the platform")]),
    ("others who must look", changed_config(code_owners={"lead": "@acme/interns"}), [(MEDIUM, "who has to look")]),
    ("the same, in another order", dict(reversed(CONFIG.items())), []),
]  # fmt: skip


@pytest.mark.parametrize("name, config, expected", CONFIGS, ids=[row[0] for row in CONFIGS])
def test_a_change_of_what_judges_is_a_risk_of_its_own(name: str, config: dict[str, Any], expected: list[Any]) -> None:
    risks = review_of(estate(), estate(), config=(CONFIG, config)).risks
    assert len(risks) == len(expected), name
    for risk, (level, words) in zip(risks, expected, strict=True):
        assert risk.level is level
        assert words in risk.sentence


def test_a_milder_severity_is_a_risk_and_a_stricter_one_is_none() -> None:
    from playbookctl.model.finding import Severity

    rules = [{"severity": {"PB402": severity}} for severity in (Severity.ERROR, Severity.NOTE)]
    strict, mild = (changed_config(rules=each) for each in rules)
    assert [risk.level for risk in review_of(estate(), estate(), config=(strict, mild)).risks] == [HIGH]
    assert review_of(estate(), estate(), config=(mild, strict)).risks == ()


def test_what_acts_together_is_one_sentence() -> None:
    now = estate()
    becomes_automatic_and_unasked(now)
    (risk,) = review_of(estate(), now).risks
    assert risk.sentence == "starts by itself now and runs 'wipe-host (edr)' without a person being asked"
    assert "'lead' had to agree first (step 'Wipe the host')" in risk.before
    assert "a person had to start it" in risk.before
    assert "let a person start it (auto_execute: false)" in risk.undo
    assert "put the approval of the step 'Wipe the host' back: 'lead' agrees" in risk.undo


def test_a_flipped_default_says_what_takes_it_back_and_who_must_look() -> None:
    now = estate()
    del step(now["phish"], "call")["with"]["ask_first"]
    before = copy.deepcopy(now)
    only_default(now)
    (risk,) = review_of(before, now).risks
    assert (risk.level, risk.key) == (HIGH, "contain")
    assert risk.sentence == "lets 'phish' run 'isolate-host (edr)' without a person being asked"
    assert risk.undo == "set the default of the input 'ask_first' back to 'true'"
    assert risk.owners == ("lead", "mail-team")


@pytest.mark.parametrize("calls, expected", [(90, [(LOW, {K.TARGET}, "k0")]), (150, []), (1500, [])])
def test_calls_inside_calls_are_followed_and_not_without_end(calls: int, expected: Expected) -> None:
    hands = {"h": "{{ inputs.h }}"}
    chain: Playbooks = {
        f"k{at}": {
            "key": f"k{at}", "name": f"K{at}", "inputs": {"h": {"required": True}},
            "steps": [{"id": "call", "type": "playbook", "playbook": f"k{at + 1}", "with": hands}],
        } for at in range(calls)
    }  # fmt: skip
    chain[f"k{calls}"] = {"key": f"k{calls}", "name": "Wipe", "inputs": {"h": {"required": True}},
                          "steps": [{"id": "wipe", "connector": "edr", "action": "wipe-host", "with": hands}]}  # fmt: skip
    now = copy.deepcopy(chain)
    now["k0"]["inputs"]["h"] = {"default": "*"}
    assert [(risk.level, set(risk.kinds), risk.key) for risk in review_of(chain, now).risks] == expected
