"""What is said of each kind of mistake: the document, the place, the sentence. One mistake is one error."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from playbookctl.load.schema import accepts, explain
from playbookctl.model.source import Key

STEP = {"id": "a", "action": "x"}
CONDITION = {"field": "alert.severity", "op": "equals", "value": "high"}
OPS = "equals, not_equals, in, not_in, contains, not_contains, … (15 in all)"
TYPES = "action, manual, decision, playbook, section, wait, start or end"
LIMIT = "is no time limit; write a number above zero and a unit, such as 30s, 5m or 1h30m"
ID = "is no step id; write lower-case letters, digits, '_' and '-', with a letter or digit first"


def playbook(**fields: Any) -> dict[str, Any]:
    return {"name": "Triage", "steps": [STEP], **fields}


def step(**fields: Any) -> dict[str, Any]:
    return playbook(steps=[STEP, {"id": "b", **fields}])


def action(**fields: Any) -> dict[str, Any]:
    return step(action="x", **fields)


def when(*conditions: Any) -> dict[str, Any]:
    return playbook(trigger_conditions=list(conditions))


S = ("steps", 1)  # where the step under test stands

ROWS: list[tuple[str, dict[str, Any], list[tuple[tuple[Any, ...], str]]]] = [
    # fields of the playbook
    ("nothing at all", {}, [((), "missing fields 'name' and 'steps'")]),
    ("no steps", {"name": "x"}, [((), "missing field 'steps'")]),
    (
        "a field misspelt",
        playbook(descripton="x"),
        [((Key("descripton"),), "unknown field 'descripton'; did you mean 'description'?")],
    ),
    (
        "a required field misspelt is not missing too",
        {"nmae": "x", "steps": [STEP]},
        [((Key("nmae"),), "unknown field 'nmae'; did you mean 'name'?")],
    ),
    ("a field nobody knows", playbook(colour="red"), [((Key("colour"),), "unknown field 'colour'")]),
    (
        "a word from elsewhere",
        playbook(triggers=[]),
        [((Key("triggers"),), "unknown field 'triggers'; did you mean 'trigger_conditions'?")],
    ),
    (
        "the API's name of a field",
        playbook(required_connector_ids=[]),
        [
            (
                (Key("required_connector_ids"),),
                "unknown field 'required_connector_ids'; did you mean 'required_connectors'?",
            )
        ],
    ),
    (
        "a vendor's field in capitals",
        playbook(**{"X-Splunk": 1}),
        [
            (
                (Key("X-Splunk"),),
                "unknown field 'X-Splunk'; a vendor's own field is written x-name, in lower-case letters",
            )
        ],
    ),
    (
        "text where a list is expected",
        playbook(tags="email"),
        [(("tags",), "'tags' must be a list, found the text 'email'; write [email]")],
    ),
    (
        "a boolean among texts",
        playbook(tags=["a", True]),
        [(("tags", 1), "each of 'tags' must be text, found true; write it in quotes")],
    ),
    (
        "a number among texts",
        playbook(mitre_techniques=[1566]),
        [
            (
                ("mitre_techniques", 0),
                "each of 'mitre_techniques' must be text, found the number 1566; write it in quotes",
            )
        ],
    ),
    ("an element twice", playbook(tags=["a", "b", "a"]), [(("tags", 2), "'a' stands twice in 'tags'")]),
    (
        "owner and owner_id",
        playbook(owner="a", owner_id="per_1"),
        [((Key("owner_id"),), "'owner' says it already: keep one of 'owner' and 'owner_id'")],
    ),
    ("an empty owner", playbook(owner=""), [(("owner",), "'owner' cannot be empty")]),
    ("a name that is empty", playbook(name=""), [(("name",), "'name' cannot be empty")]),
    ("a name of blanks", playbook(name=" \t"), [(("name",), "'name' cannot be blank")]),
    (
        "a name that is too long",
        playbook(name="x" * 256),
        [(("name",), "'name' has 256 characters; at most 255 are allowed")],
    ),
    (
        "a name that is a number",
        playbook(name=1.5),
        [(("name",), "'name' must be text, found the number 1.5; write it in quotes")],
    ),
    (
        "a description that is nothing",
        playbook(description=None),
        [(("description",), "'description' must be text, found nothing")],
    ),
    (
        "a key of other letters",
        playbook(key="Phishing Triage"),
        [(("key",), "'Phishing Triage' is no key; write lower-case letters, digits and '-', such as phishing-triage")],
    ),
    ("a key that is too long", playbook(key="x" * 65), [(("key",), "'key' has 65 characters; at most 64 are allowed")]),
    (
        "a key with a line end",
        playbook(key="a\n"),
        [(("key",), "'a ' is no key; write lower-case letters, digits and '-', such as a")],
    ),
    (
        "a category that is a list",
        playbook(category=["containment"]),
        [(("category",), "'category' must be text, found a list")],
    ),
    (
        "a truth in words",
        playbook(enabled="yes"),
        [(("enabled",), "'enabled' must be true or false, found the text 'yes'; write true without quotes")],
    ),
    (
        "a truth in numbers",
        playbook(auto_execute=1),
        [(("auto_execute",), "'auto_execute' must be true or false, found the number 1")],
    ),
    ("steps as a mapping", playbook(steps={"a": STEP}), [(("steps",), "'steps' must be a list, found a mapping")]),
    ("no step", playbook(steps=[]), [(("steps",), "'steps' cannot be empty")]),
    (
        "a step that is text",
        playbook(steps=["isolate"]),
        [(("steps", 0), "each of 'steps' must be a mapping, found the text 'isolate'")],
    ),
    # inputs and outputs
    (
        "an input that is a number",
        playbook(inputs={"host": 1}),
        [(("inputs", "host"), "'host' must be a mapping, found the number 1")],
    ),
    (
        "an input's field misspelt",
        playbook(inputs={"host": {"requird": True}}),
        [(("inputs", "host", Key("requird")), "unknown field 'requird'; did you mean 'required'?")],
    ),
    ("no inputs among inputs", playbook(inputs={}), [(("inputs",), "'inputs' cannot be empty")]),
    (
        "an output that is a list",
        playbook(outputs={"verdict": []}),
        [(("outputs", "verdict"), "'verdict' must be text or a mapping, found a list")],
    ),
    (
        "inputs at the top beside a start step",
        playbook(inputs={"host": {}}, steps=[{"id": "start", "type": "start"}, STEP]),
        [
            (
                ("steps", 0),
                "'inputs' and 'outputs' stand at the top of the file already: keep them or the start step, not both",
            )
        ],
    ),
    (
        "an input of a start step without name",
        playbook(steps=[{"id": "start", "type": "start", "inputs": [{"required": True}]}]),
        [(("steps", 0, "inputs", 0), "an input needs 'name'")],
    ),
    # conditions
    (
        "a comparison nobody knows",
        when({**CONDITION, "op": "eq"}),
        [(("trigger_conditions", 0, "op"), f"'op' must be {OPS}, found 'eq'; did you mean 'equals'?")],
    ),
    (
        "a comparison misspelt",
        when({**CONDITION, "op": "start_with"}),
        [(("trigger_conditions", 0, "op"), f"'op' must be {OPS}, found 'start_with'; did you mean 'starts_with'?")],
    ),
    (
        "a comparison misspelt that takes no value",
        when({"field": "a", "op": "exist"}),
        [(("trigger_conditions", 0, "op"), f"'op' must be {OPS}, found 'exist'; did you mean 'exists'?")],
    ),
    (
        "a comparison that is nothing",
        when({"field": "a", "op": None}),
        [(("trigger_conditions", 0, "op"), f"'op' must be {OPS}, found nothing")],
    ),
    (
        "a comparison without op",
        when({"field": "a", "value": 1}),
        [(("trigger_conditions", 0), "a comparison needs 'op'")],
    ),
    (
        "a comparison without value",
        when({"field": "a", "op": "in"}),
        [(("trigger_conditions", 0), "'in' needs a 'value'")],
    ),
    (
        "a value where none is taken",
        when({"field": "a", "op": "exists", "value": 1}),
        [(("trigger_conditions", 0, Key("value")), "'exists' takes no 'value'")],
    ),
    (
        "a field of a comparison misspelt",
        when({"feild": "a", "op": "in", "value": []}),
        [(("trigger_conditions", 0, Key("feild")), "unknown field 'feild'; did you mean 'field'?")],
    ),
    (
        "a condition that says nothing",
        when({}),
        [
            (
                ("trigger_conditions", 0),
                "a condition needs 'field' and 'op', or one of 'all', 'any', 'not', 'connector_available' or 'expr'",
            )
        ],
    ),
    (
        "a condition that is text",
        when("alert.severity == high"),
        [
            (
                ("trigger_conditions", 0),
                "each of 'trigger_conditions' must be a mapping, found the text 'alert.severity == high'; write {field: …, op: …, value: …}, or {expr: …} for an expression of the platform",
            )
        ],
    ),
    (
        "two shapes in one condition",
        when({**CONDITION, "any": []}),
        [
            (
                ("trigger_conditions", 0, Key("any")),
                "'any' cannot stand beside 'field'; put both into the list of an 'all' or 'any'",
            )
        ],
    ),
    ("an empty any", when({"any": []}), [(("trigger_conditions", 0, "any"), "'any' cannot be empty")]),
    (
        "a mistake deep in a condition",
        when({"all": [CONDITION, {"not": {"any": [{"field": "", "op": "exists"}]}}]}),
        [(("trigger_conditions", 0, "all", 1, "not", "any", 0, "field"), "'field' cannot be empty")],
    ),
    # identity and type of a step
    ("a step without id", playbook(steps=[{"action": "x"}]), [(("steps", 0), "a step needs 'id'")]),
    (
        "a step of nothing",
        playbook(steps=[{}]),
        [(("steps", 0), "a step without 'type' is an action and needs 'id' and 'action'")],
    ),
    (
        "an id of other letters",
        playbook(steps=[{"id": "Get User", "action": "x"}]),
        [(("steps", 0, "id"), f"'Get User' {ID}, such as get-user")],
    ),
    (
        "an id that ends paths",
        playbook(steps=[{"id": "end", "action": "x"}]),
        [(("steps", 0, "id"), "'end' ends a path and 'start' is kept for the start step: choose another id")],
    ),
    (
        "an id that is a number with a point",
        playbook(steps=[{"id": 1.5, "action": "x"}]),
        [(("steps", 0, "id"), f"'1.5' {ID}, such as 1-5")],
    ),
    (
        "a type misspelt",
        step(type="manul", message="x"),
        [((*S, "type"), f"'type' must be {TYPES}, found 'manul'; did you mean 'manual'?")],
    ),
    (
        "a type by another name",
        step(type="approval", message="x"),
        [((*S, "type"), f"'type' must be {TYPES}, found 'approval'; did you mean 'manual'?")],
    ),
    ("a type that is a list", step(type=["manual"]), [((*S, "type"), f"'type' must be {TYPES}, found a list")]),
    (
        "a type forgotten",
        step(message="Contain it?", choices=["a"]),
        [(S, "a step without 'type' is an action and needs 'action'; did you mean type 'manual'?")],
    ),
    (
        "a type forgotten, and another mistake",
        step(message="Contain it?", choices=["a", True]),
        [
            (S, "a step without 'type' is an action and needs 'action'; did you mean type 'manual'?"),
            ((*S, "choices", 1), "each of 'choices' must be text, found true; write it in quotes"),
        ],
    ),
    (
        "a type forgotten where branches tell",
        step(branches=[{"name": "a"}]),
        [(S, "a step without 'type' is an action and needs 'action'; did you mean type 'decision'?")],
    ),
    ("action misspelt", step(actoin="x"), [((*S, Key("actoin")), "unknown field 'actoin'; did you mean 'action'?")]),
    (
        "parameters by another name",
        action(params={}),
        [((*S, Key("params")), "unknown field 'params'; did you mean 'with'?")],
    ),
    # fields that belong elsewhere, or need others
    ("manual without a question", step(type="manual"), [(S, "a step of type 'manual' needs 'message' or 'name'")]),
    ("decision without branches", step(type="decision"), [(S, "a step of type 'decision' needs 'branches'")]),
    ("playbook without a playbook", step(type="playbook"), [(S, "a step of type 'playbook' needs 'playbook'")]),
    ("wait for nothing", step(type="wait"), [(S, "a step of type 'wait' needs 'delay' or 'until'")]),
    (
        "choices on an action",
        action(choices=["a"]),
        [
            (
                (*S, Key("choices")),
                "a step without 'type' is an action and takes no 'choices'; it belongs to steps of type 'manual'",
            )
        ],
    ),
    (
        "an action in a decision",
        step(type="decision", branches=[{"name": "a"}], action="x"),
        [((*S, Key("action")), "a step of type 'decision' takes no 'action'; it belongs to steps of type 'action'")],
    ),
    (
        "on_timeout on an action",
        step(type="action", action="x", timeout="1m", on_timeout="end"),
        [
            (
                (*S, Key("on_timeout")),
                "a step of type 'action' takes no 'on_timeout'; a call that takes too long has failed: say it with 'on_error'",
            )
        ],
    ),
    (
        "a way on after the end",
        step(type="end", next="a"),
        [((*S, Key("next")), "a step of type 'end' takes no 'next'; the path ends here")],
    ),
    (
        "a question on an action that asks nobody",
        action(message="Sure?"),
        [
            (
                (*S, Key("message")),
                "'message' needs 'approval'; to ask a person something else, use a step of type 'manual'",
            )
        ],
    ),
    ("a cap without a loop", action(max_targets=3), [((*S, Key("max_targets")), "'max_targets' needs 'for_each'")]),
    ("else without branches", action(**{"else": "a"}), [((*S, Key("else")), "'else' needs 'branches'")]),
    (
        "on_timeout without timeout",
        step(type="manual", name="x", on_timeout="end"),
        [((*S, Key("on_timeout")), "'on_timeout' needs 'timeout'")],
    ),
    (
        "a loop without a body",
        step(type="section", for_each="{{ x }}"),
        [((*S, Key("for_each")), "'for_each' needs 'steps', the body of the loop")],
    ),
    (
        "a body without a loop",
        step(type="section", steps=[{"id": "c", "action": "x"}]),
        [(S, "nested 'steps' are the body of a loop and need 'for_each' or 'repeat'")],
    ),
    (
        "a start step in a loop",
        step(type="section", for_each="x", steps=[{"id": "c", "type": "start"}]),
        [((*S, "steps", 0), "a start step stands first in the file, never in the body of a loop")],
    ),
    (
        "a mistake in the body of a loop",
        step(type="section", for_each="x", steps=[{"id": "c", "action": ""}]),
        [((*S, "steps", 0, "action"), "'action' cannot be empty")],
    ),
    # durations and numbers
    ("a duration in words", action(timeout="5 minutes"), [((*S, "timeout"), f"'5 minutes' {LIMIT}")]),
    ("a limit of zero", action(timeout="0s"), [((*S, "timeout"), f"'0s' {LIMIT}")]),
    ("a duration without unit", action(timeout=30), [((*S, "timeout"), f"'30' {LIMIT}")]),
    (
        "a delay in words",
        step(type="wait", delay="soon"),
        [((*S, "delay"), "'soon' is no duration; write a number and a unit, such as 30s, 5m or 1h30m")],
    ),
    (
        "zero targets",
        action(for_each="x", max_targets=0),
        [((*S, "max_targets"), "'max_targets' must be at least 1, found 0")],
    ),
    (
        "a number in quotes",
        action(for_each="x", max_targets="5"),
        [((*S, "max_targets"), "'max_targets' must be a whole number, found the text '5'; write it without quotes")],
    ),
    (
        "true as a number",
        action(retry={"times": True}),
        [((*S, "retry", "times"), "'times' must be a whole number, found true")],
    ),
    (
        "half a number",
        action(retry={"times": 1.5}),
        [((*S, "retry", "times"), "'times' must be a whole number, found the number 1.5")],
    ),
    ("a retry without times", action(retry={"delay": "1s"}), [((*S, "retry"), "a retry needs 'times'")]),
    (
        "a retry as a number",
        action(retry=3),
        [((*S, "retry"), "'retry' must be a mapping, found the number 3; write {times: …, delay: …}")],
    ),
    (
        "until and while",
        action(repeat={"until": CONDITION, "while": CONDITION, "max": 2}),
        [((*S, "repeat", Key("while")), "'until' says it already: keep one of 'until' and 'while'")],
    ),
    ("an empty repeat", action(repeat={}), [((*S, "repeat"), "'repeat' cannot be empty")]),
    # where a path goes
    (
        "on_error with a bare id",
        action(on_error="by_hand"),
        [
            (
                (*S, "on_error"),
                "'on_error' must be stop, continue or {next: ID}, found the text 'by_hand'; to go to a step write {next: by_hand}",
            )
        ],
    ),
    (
        "on_error misspelt",
        action(on_error="contiune"),
        [
            (
                (*S, "on_error"),
                "'on_error' must be stop, continue or {next: ID}, found the text 'contiune'; did you mean 'continue'?",
            )
        ],
    ),
    (
        "on_error false",
        action(on_error=False),
        [((*S, "on_error"), "'on_error' must be stop, continue or {next: ID}, found false")],
    ),
    (
        "on_error to nowhere",
        action(on_error={"nxt": "a"}),
        [((*S, "on_error", Key("nxt")), "unknown field 'nxt'; did you mean 'next'?")],
    ),
    (
        "on_timeout with a bare id",
        step(type="manual", name="x", timeout="1m", on_timeout="a"),
        [
            (
                (*S, "on_timeout"),
                "'on_timeout' must be stop, continue, end or {next: ID}, found the text 'a'; to go to a step write {next: a}",
            )
        ],
    ),
    (
        "next that is a number",
        action(next=3),
        [((*S, "next"), "'next' must be text or a list, found the number 3; write it in quotes")],
    ),
    (
        "next to no id",
        action(next="Get User"),
        [((*S, "next"), "'Get User' is no step id; write the id of a step, or end")],
    ),
    (
        "end among others",
        action(next=["a", "end"]),
        [((*S, "next", 1), "'end' stands alone: a list names steps that run in parallel")],
    ),
    ("next to nobody", action(next=[]), [((*S, "next"), "'next' cannot be empty")]),
    ("no branch", step(type="decision", branches=[]), [((*S, "branches"), "'branches' cannot be empty")]),
    (
        "a branch called yes without quotes",
        step(type="decision", branches=[{"name": True, "next": "a"}]),
        [((*S, "branches", 0, "name"), "'name' must be text, found true; write it in quotes")],
    ),
    (
        "a branch without name",
        step(type="decision", branches=[{"next": "a"}]),
        [((*S, "branches", 0), "a branch needs 'name'")],
    ),
    (
        "a branch with if",
        step(type="decision", branches=[{"name": "a", "if": CONDITION}]),
        [((*S, "branches", 0, Key("if")), "unknown field 'if'; did you mean 'when'?")],
    ),
    (
        "match that is no word of ours",
        step(type="decision", branches=[{"name": "a"}], match="some"),
        [((*S, "match"), "'match' must be first or all, found 'some'")],
    ),
    # approvals and forms
    (
        "approval false",
        action(approval=False),
        [
            (
                (*S, "approval"),
                "'approval' cannot be false; leave it out if nobody must agree, or write true for any person",
            )
        ],
    ),
    ("approval by nobody", action(approval=" "), [((*S, "approval"), "'approval' cannot be blank")]),
    (
        "approval that is a number",
        action(approval=3),
        [((*S, "approval"), "'approval' must be true, text or a mapping, found the number 3; write it in quotes")],
    ),
    ("an approval that says nothing", action(approval={}), [((*S, "approval"), "'approval' cannot be empty")]),
    (
        "by without list",
        action(approval={"by": "soc-lead"}),
        [((*S, "approval", "by"), "'by' must be a list, found the text 'soc-lead'; write [soc-lead]")],
    ),
    (
        "a field of an approval by another name",
        action(approval={"approvers": ["a"]}),
        [((*S, "approval", Key("approvers")), "unknown field 'approvers'; did you mean 'by'?")],
    ),
    (
        "a field of an approval nobody knows",
        action(approval={"colour": "red"}),
        [
            (
                (*S, "approval", Key("colour")),
                "unknown field 'colour'; the fields here are by, min, not_author, expires, on_refused, on_expired",
            )
        ],
    ),
    (
        "expired without a limit",
        action(approval={"on_expired": "end"}),
        [((*S, "approval", Key("on_expired")), "'on_expired' needs 'expires'")],
    ),
    (
        "choices of a form",
        step(type="manual", name="x", form=[{"name": "q", "choices": ["a"]}]),
        [((*S, "form", 0, Key("choices")), "unknown field 'choices'; did you mean 'options'?")],
    ),
    (
        "an answer twice",
        step(type="manual", name="x", choices=["a", "a"]),
        [((*S, "choices", 1), "'a' stands twice in 'choices'")],
    ),
    ("with that is a list", action(**{"with": ["user"]}), [((*S, "with"), "'with' must be a mapping, found a list")]),
    # several mistakes in different places are several errors
    (
        "three mistakes",
        playbook(tgas=[], steps=[{"id": "a", "action": "x", "timeout": "0s"}, {"id": "b", "type": "wait"}]),
        [
            ((Key("tgas"),), "unknown field 'tgas'; did you mean 'tags'?"),
            (("steps", 0, "timeout"), f"'0s' {LIMIT}"),
            (("steps", 1), "a step of type 'wait' needs 'delay' or 'until'"),
        ],
    ),
]

OTHERS: list[tuple[str, str, dict[str, Any], list[tuple[tuple[Any, ...], str]]]] = [
    (
        "config",
        "a key misspelt",
        {"playbook": "x"},
        [((Key("playbook"),), "unknown field 'playbook'; did you mean 'playbooks'?")],
    ),
    (
        "config",
        "a namespace of other letters",
        {"namespace": "SOC Core"},
        [(("namespace",), "'SOC Core' is no namespace; write lower-case letters, digits and '-', such as soc-core")],
    ),
    (
        "config",
        "a version as a float",
        {"attack": {"version": 19.1}},
        [
            (
                ("attack", "version"),
                "'version' must be text or a whole number, found the number 19.1; write it in quotes",
            )
        ],
    ),
    (
        "config",
        "a matrix nobody knows",
        {"attack": {"domains": ["entreprise"]}},
        [
            (
                ("attack", "domains", 0),
                "each of 'domains' must be enterprise, mobile or ics, found 'entreprise'; did you mean 'enterprise'?",
            )
        ],
    ),
    (
        "config",
        "a severity nobody knows",
        {"rules": {"severity": {"PB402": "fatal"}}},
        [(("rules", "severity", "PB402"), "'PB402' must be error, warning or note, found 'fatal'")],
    ),
    (
        "config",
        "the name of an environment",
        {"environments": {"Prod EU": {}}},
        [
            (
                ("environments", Key("Prod EU")),
                "'Prod EU' is no name of an environment; write lower-case letters, digits, '_' and '-', with a letter or digit first",
            )
        ],
    ),
    (
        "config",
        "an address with a password",
        {"environments": {"prod": {"url": "https://me:secret@host"}}},
        [
            (
                ("environments", "prod", "url"),
                "'https://me:secret@host' is no address; write https://HOST or http://HOST, without name or password, or embedded",
            )
        ],
    ),
    (
        "config",
        "a key of an environment misspelt",
        {"environments": {"prod": {"tenantid": "t"}}},
        [(("environments", "prod", Key("tenantid")), "unknown field 'tenantid'; did you mean 'tenant_id'?")],
    ),
    (
        "config",
        "a connector without provider",
        {"environments": {"prod": {"connectors": {"okta": {"name": "x"}}}}},
        [(("environments", "prod", "connectors", "okta"), "a connector to look up needs 'provider'")],
    ),
    (
        "config",
        "a connector that is a list",
        {"environments": {"prod": {"connectors": {"okta": []}}}},
        [(("environments", "prod", "connectors", "okta"), "'okta' must be text or a mapping, found a list")],
    ),
    (
        "config",
        "too many at once",
        {"environments": {"prod": {"workers": 64}}},
        [(("environments", "prod", "workers"), "'workers' must be at most 32, found 64")],
    ),
    (
        "config",
        "a decision without reason",
        {"resolve": [{"key": "a", "live": "12ab", "take": "repo"}]},
        [(("resolve", 0), "a decision about a conflict needs 'reason'")],
    ),
    (
        "config",
        "a date in another order",
        {"expected_drift": [{"key": "a", "reason": "b", "until": "31.12.2026"}]},
        [(("expected_drift", 0, "until"), "'31.12.2026' is no date; write YYYY-MM-DD, in quotes")],
    ),
    (
        "config",
        "a field of the API",
        {"unmanaged_fields": ["owner_id"]},
        [
            (
                ("unmanaged_fields", 0),
                "each of 'unmanaged_fields' must be name, description, category, trigger_conditions, … (12 in all), found 'owner_id'; did you mean 'owner'?",
            )
        ],
    ),
    ("connectors", "no connectors", {}, [((), "missing field 'connectors'")]),
    (
        "connectors",
        "connectors as a list",
        {"connectors": ["okta"]},
        [(("connectors",), "'connectors' must be a mapping, found a list")],
    ),
    (
        "connectors",
        "an effect nobody knows",
        {"connectors": {"okta": {"actions": {"wipe": {"effect": "destructive"}}}}},
        [
            (
                ("connectors", "okta", "actions", "wipe", "effect"),
                "'effect' must be read, notify, reversible or irreversible, found 'destructive'",
            )
        ],
    ),
    (
        "connectors",
        "an action's field misspelt",
        {"connectors": {"okta": {"actions": {"wipe": {"requires": []}}}}},
        [
            (
                ("connectors", "okta", "actions", "wipe", Key("requires")),
                "unknown field 'requires'; did you mean 'required'?",
            )
        ],
    ),
]


@pytest.mark.parametrize("document, errors", [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_a_mistake_in_a_playbook_is_said_once_in_words(document: dict[str, Any], errors: list[Any]) -> None:
    check("playbook", document, errors)


@pytest.mark.parametrize(
    "kind, document, errors", [pytest.param(kind, *row, id=f"{kind}: {name}") for kind, name, *row in OTHERS]
)
def test_a_mistake_in_another_file_is_said_once_in_words(
    kind: str, document: dict[str, Any], errors: list[Any]
) -> None:
    check(kind, document, errors)


def check(kind: str, document: dict[str, Any], errors: list[Any]) -> None:
    before = copy.deepcopy(document)
    assert not accepts(kind, document)
    found = explain(kind, document)
    assert [(error.path, error.message) for error in found] == errors
    ends = [(type(error.path[-1]) if error.path else None) for error in found]
    assert ends == [(type(path[-1]) if path else None) for path, _ in errors], "a key is a Key, a value is none"
    assert document == before


def test_there_are_rows_enough_for_every_kind_of_mistake() -> None:
    assert len(ROWS) + len(OTHERS) > 100


def test_what_is_accepted_has_no_errors() -> None:
    assert explain("playbook", playbook()) == []


@pytest.mark.parametrize(
    "document, kind, expected",
    [
        (playbook(name=True), "type", ("string",)),
        (playbook(tags=["a", False]), "type", ("string",)),
        (playbook(tags=5), "type", ("array",)),
        (action(next=True), "type", ("string", "array")),
        (step(type="manual", name="x", choices=["a", True]), "type", ("string",)),
        (playbook(key=True), "type", ("string",)),
        (playbook(key=12), "type", ("string",)),
        (action(timeout=30), "schema", ()),  # '30' in quotes would be no duration either
        (playbook(key=1.5), "schema", ()),
        (action(on_error=False), "schema", ()),
        (step(type=True, action="x"), "schema", ()),
        (playbook(tags=["a", "a"]), "repeat", ()),
    ],
)
def test_a_wrong_type_that_quotes_would_mend_is_marked(
    document: dict[str, Any], kind: str, expected: tuple[str, ...]
) -> None:
    (error,) = explain("playbook", document)
    assert (error.kind, error.expected) == (kind, expected)


@pytest.mark.parametrize(
    "document, suggestion",
    [
        (playbook(descripton="x"), "description"),
        (step(type="manul", message="x"), "manual"),
        (playbook(key="Phishing Triage"), "phishing-triage"),
        (playbook(colour="x"), ""),
    ],
)
def test_the_word_that_was_meant_is_said_for_machines_too(document: dict[str, Any], suggestion: str) -> None:
    (error,) = explain("playbook", document)
    assert error.suggestion == suggestion


def test_the_servers_own_fields_are_left_to_the_rule_that_says_who_sets_them() -> None:
    assert accepts(
        "playbook", playbook(id="ply_1", tenant_id="t", created_at="2026-01-01", run_stats={}, is_deleted=False)
    )


@pytest.mark.parametrize(
    "document",
    [
        playbook(steps=[STEP, STEP]),
        action(repeat={"until": CONDITION}),
        action(next="nowhere"),
        playbook(mitre_techniques=["T4198.001", "D3-FEND", "nonsense"]),
        playbook(tags=["playbookctl:key=a/b"]),
        playbook(category="triage"),
    ],
)
def test_what_a_rule_says_better_is_accepted(document: dict[str, Any]) -> None:
    assert accepts("playbook", document)


@pytest.mark.parametrize(
    "document",
    [
        playbook(inputs={"host": None, "user": {"required": True, "default": None, "description": "x"}}),
        playbook(outputs={"verdict": "what it is", "score": {"description": "how sure", "unit": "%"}}),
        playbook(steps=[{"id": "start", "type": "start", "inputs": [{"name": "host", "default": 1}], "outputs": {"a": "b"}}, STEP]),
        when({"connector_available": "okta"}, {"expr": "x"}, {"not": CONDITION}, {"field": "a", "op": "not_exists"}),
        when({"field": "a", "op": "exists", "ignore_case": True}),
        action(approval=True),
        action(approval="soc-lead", message="Sure?", assignee="soc-lead"),
        action(approval={"by": ["a"], "min": 2, "not_author": True, "expires": "15m", "on_refused": "end", "on_expired": {"next": ["a", "b"]}}),
        action(timeout="{{ inputs.limit }}", retry={"times": 2, "delay": "1h30m"}, on_error={"next": "end"}),
        action(next=["a"]),
        step(type="manual", name="Ask", form=[{"name": "q", "label": "?", "help": "", "type": "text", "required": True, "options": ["a", 1]}]),
        step(type="decision", branches=[{"name": "a", "when": CONDITION}], assignee="a", on_error="continue", match="all", **{"else": "end"}),
        step(type="section", for_each="{{ x }}", max_targets=5, steps=[{"id": "c", "action": "x"}], **{"x-vendor": [1]}),
        step(type="wait", until=CONDITION, delay="0s", timeout="1d", on_timeout={"next": "a"}),
        playbook(**{"x-soar": {"any": "thing"}, "key": "a-1", "owner_id": "per_1"}),
    ],
)  # fmt: skip
def test_every_form_of_the_format_is_accepted(document: dict[str, Any]) -> None:
    assert accepts("playbook", document), [error.message for error in explain("playbook", document)]
