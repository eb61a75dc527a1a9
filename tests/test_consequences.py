"""`review --alerts` and `review --plan`, from the command line: git, files, and the reference server."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.alerts.firing import Pair, firings
from playbookctl.alerts.read import AlertFile
from playbookctl.errors import ExitCode
from playbookctl.model.playbook import Playbook

if TYPE_CHECKING:
    from pathlib import Path

    from support.team import Team

PHISH = """\
key: phish
name: Phish
description: d
auto_execute: true
required_connectors: [edr]
trigger_conditions:
  - {field: alert.severity, op: in, value: [high, critical]}
steps:
  - {id: look, connector: edr, action: get-host, with: {host: "{{ alert.host }}"}}
"""
ALERTS = [
    {"id": "alr_1", "severity": "critical", "title": "a"},
    {"id": "alr_2", "severity": "high", "title": "b"},
    {"id": "alr_3", "severity": "low", "title": "c"},
]


@pytest.fixture
def change(synced: Team) -> Team:
    """A branch that narrows a trigger, off a main that the server has."""
    synced.write("phish", PHISH)
    synced.commit("phish")
    synced.sync()
    synced.git("checkout", "-qb", "change")
    synced.edit("phish", "value: [high, critical]", "value: [critical]")
    return synced


def reviewed(team: Team, *arguments: str) -> tuple[int, dict[str, Any], str]:
    code, out, err = team.review(*arguments, "--format", "json")
    return code, json.loads(out), err


def alerts_in(folder: Path, *rows: Any) -> str:
    file = folder / "alerts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(file)


def test_the_alerts_of_a_file_are_counted_before_and_after(change: Team, tmp_path: Path) -> None:
    file = alerts_in(tmp_path, *ALERTS, "no alert", ALERTS[0])
    code, said, _ = reviewed(change, "--alerts", file)
    assert code == 0
    firing = {"key": "phish", "before": 2, "after": 1, "unclear": 0, "gained": [], "lost": ["alr_2"]}
    notes = [
        "1 line is no alert and was left out: line 4 (not a JSON object)",
        "1 alert stands in the file more than once",
    ]
    assert said["alerts"] == {"file": "alerts.jsonl", "alerts": 3, "firings": [firing], "notes": notes}


def test_what_export_writes_review_reads(change: Team, tmp_path: Path) -> None:
    operator = change.server.operator
    for alert in ALERTS:
        operator.ingest(operator.caller(), {"title": alert["title"], "severity": alert["severity"]})
    file = str(tmp_path / "alerts.jsonl")
    assert change.say("alerts", "export", "-o", file)[0] == 0
    (firing,) = reviewed(change, "--alerts", file)[1]["alerts"]["firings"]
    assert (firing["before"], firing["after"]) == (2, 1)


def test_a_renamed_an_added_and_a_removed_playbook_are_followed(change: Team, tmp_path: Path) -> None:
    change.write("new", PHISH.replace("phish", "new").replace("Phish", "New").replace("get-host", "get-process"))
    (change.folder / "playbooks" / "phish.yaml").rename(change.folder / "playbooks" / "mail.yaml")
    change.edit("mail", "key: phish", "key: mail")
    firings = reviewed(change, "--alerts", alerts_in(tmp_path, *ALERTS))[1]["alerts"]["firings"]
    assert {row["key"]: (row["before"], row["after"]) for row in firings} == {"mail": (2, 1), "new": (0, 2)}


def test_a_playbook_that_cannot_be_read_is_named_and_not_counted(change: Team, tmp_path: Path) -> None:
    change.edit("phish", "steps:", "steps: [")
    said = reviewed(change, "--alerts", alerts_in(tmp_path, *ALERTS))[1]["alerts"]
    assert said["firings"] == []
    assert said["notes"] == ["'phish' cannot be read on one side: which alerts start it is not known"]


@pytest.mark.parametrize(
    "content, said",
    [
        (None, "cannot be read: no such file or directory"),
        (b"", "holds no alert"),
        (b"[]", "holds no alert: 1 line is no alert and was left out: line 1 (not a JSON object)"),
    ],
)
def test_a_file_without_an_alert_is_an_error(change: Team, tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "alerts.jsonl"
    if content is not None:
        file.write_bytes(content)
    code, _, err = change.review("--alerts", str(file))
    assert (code, said in err) == (ExitCode.USAGE, True), err


def plan_of(team: Team, folder: Path, **fields: Any) -> str:
    """Write a plan as the command prints it, with some fields of it changed."""
    code, out, err = team.say("plan", "--format", "json")
    assert code == 0, err
    said = json.loads(out)
    said["plan"].update(fields)
    file = folder / "plan.json"
    file.write_text(json.dumps(said), "utf-8")
    return str(file)


def test_a_plan_of_the_head_says_what_a_sync_would_do(change: Team, tmp_path: Path) -> None:
    change.analyst("Notify", description="Theirs.")
    code, said, _ = reviewed(change, "--plan", plan_of(change, tmp_path))
    target = said["target"]
    assert code == 0
    assert (target["environment"], target["tenant_id"]) == ("prod", change.server.tenant_id)
    assert said["head"]["commit"].startswith(target["commit"])
    assert [(row["key"], row["group"], row["fields"]) for row in target["rows"]] == [
        ("phish", "update", ["trigger_conditions"]),
        ("notify", "drift", ["description"]),
    ]
    assert "not of this change, and in the plan: 'notify'" in target["notes"]


def test_a_plan_of_the_merge_of_the_head_counts_too(change: Team, tmp_path: Path) -> None:
    change.git("branch", "head")
    change.git("checkout", "-q", "main")
    change.edit("notify", "Tell the channel.", "Tell all.")
    change.git("-c", "user.name=a", "-c", "user.email=a@example.test", "merge", "-q", "--no-edit", "head")
    file = plan_of(change, tmp_path)
    target = reviewed(change, "--plan", file, "--base", "main^1", "--head", "head")[1]["target"]
    assert {row["key"] for row in target["rows"]} == {"phish", "notify"}


def test_a_stale_plan_is_said_and_says_nothing_else(change: Team, tmp_path: Path) -> None:
    file = plan_of(change, tmp_path)
    change.edit("phish", "description: d", "description: e")
    _, said, _ = reviewed(change, "--plan", file)
    target, head = said["target"], said["head"]["commit"][:12]
    assert (target["rows"], target["totals"]) == ([], {})
    assert target["notes"] == [f"the plan was made of commit {target['commit']}, not of {head}: plan again"]
    _, out, _ = change.review("--plan", file, "--format", "text")
    assert "a sync to 'prod': not known" in out


FOREIGN = [
    ({"environment": "test"}, "the plan is for the environment 'test', which the base's configuration does not have"),
    ({"namespace": "other"}, "the plan is for the namespace 'other'; that of 'prod' is 'soc' on the base"),
    ({"tenant_id": "tnt_other"}, "the plan is for the tenant 'tnt_other'; that of 'prod' is '{tenant}' on the base"),
    ({"commit": None}, "the plan was made of files that are in no commit"),
    ({"commit": "HEAD"}, "the plan names no commit, but 'HEAD'"),
    ({"commit": "-rf"}, "the plan names no commit, but '-rf'"),
]


@pytest.mark.parametrize("fields, said", FOREIGN)
def test_a_foreign_plan_is_said_and_says_nothing_else(
    change: Team, tmp_path: Path, fields: dict[str, Any], said: str
) -> None:
    target = reviewed(change, "--plan", plan_of(change, tmp_path, **fields))[1]["target"]
    assert (target["rows"], target["notes"]) == ([], [said.format(tenant=change.server.tenant_id)])


def test_the_head_cannot_make_a_foreign_plan_its_own(change: Team, tmp_path: Path) -> None:
    """The base's configuration decides what the target is, not that of the change."""
    config = change.folder / "playbookctl.yaml"
    config.write_text(config.read_text("utf-8").replace("namespace: soc", "namespace: theirs"), "utf-8")
    change.commit("another namespace")
    target = reviewed(change, "--plan", plan_of(change, tmp_path))[1]["target"]
    assert target["notes"] == ["the plan is for the namespace 'theirs'; that of 'prod' is 'soc' on the base"]


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is no plan: invalid json"),
        ("[]", "is no plan: input should be an object"),
        ('{"format": "playbookctl/plan"}', "is no plan:"),
    ],
)
def test_what_is_no_plan_is_an_error(change: Team, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(text, "utf-8")
    code, _, err = change.review("--plan", str(file))
    assert (code, said in err) == (ExitCode.USAGE, True), err


def test_a_report_without_a_plan_and_a_plan_cut_short_are_errors(change: Team, tmp_path: Path) -> None:
    code, out, _ = change.say_locally("validate", "--format", "json")
    file = tmp_path / "report.json"
    file.write_text(out, "utf-8")
    code, _, err = change.review("--plan", str(file))
    assert (code, "is a report of 'validate' and holds no plan" in err) == (ExitCode.USAGE, True), err
    whole = json.loads((tmp_path / plan_of(change, tmp_path)).read_text("utf-8"))
    del whole["plan"]["changes"][0]["reason"]
    file.write_text(json.dumps(whole), "utf-8")
    code, _, err = change.review("--plan", str(file))
    assert (code, "is no plan: field required at plan/changes/0/reason" in err) == (ExitCode.USAGE, True), err


FIRED = [
    [],
    [{"field": "alert.severity", "op": "in", "value": ["high", "critical"]}],
    [{"field": "alert.title", "op": "matches", "value": "^phish(ing)?$", "ignore_case": True}],
    [{"any": [{"field": "alert.user", "op": "not_exists"}, {"field": "alert.host", "op": "starts_with", "value": "srv"}]}],
    [{"not": {"field": "alert.indicators", "op": "contains", "value": "10.0.0.1"}}],
    [{"field": "alert.user", "op": "equals", "value": "{{ alert.host }}"}],
    [{"expr": "somebody.knows()"}],
    [{"field": "alert.severity", "op": "equals", "value": "low"}, {"field": "alert.title", "op": "matches", "value": "("}],
]  # fmt: skip
INCOMING = [
    {"title": "Phishing", "severity": "high", "user": "sam", "host": "srv-1"},
    {"title": "phish", "severity": "low", "user": "x", "host": "x"},
    {"title": "phish them", "severity": "critical", "indicators": ["10.0.0.1", "b"]},
    {"title": "other", "severity": "low", "user": None, "host": "ws-1", "indicators": ["10.0.0.1"]},
]


def test_the_server_fires_what_a_review_counts(team: Team) -> None:
    """One evaluation serves both: what the reference server runs for an alert is what the review says it would."""
    ids = {}
    for number, conditions in enumerate(FIRED):
        steps = [{"id": "a", "type": "wait"}]
        ids[
            team.by_hand(name=f"f{number}", auto_execute=True, enabled=True, trigger_conditions=conditions, steps=steps)
        ] = number
    operator, fired, rows = team.server.operator, dict.fromkeys(range(len(FIRED)), 0), []
    for alert in INCOMING:
        taken = operator.ingest(operator.caller(), alert)
        rows.append(team.http.get(f"/api/v1/soc/alerts/{taken.alert_id}").json())
        wanted = len(taken.run_ids)
        assert taken.skipped == 0
        before = dict(fired)
        pairs = [Pair(f"f{at}", None, _automatic(conditions)) for at, conditions in enumerate(FIRED)]
        for at, firing in enumerate(firings(pairs, AlertFile(io.BytesIO(json.dumps(rows[-1]).encode())))):
            fired[at] += firing.after
        assert sum(fired.values()) - sum(before.values()) == wanted, alert
    stats = _stats(team, ids, sum(fired.values()))
    assert stats == fired


def _automatic(conditions: list[dict[str, Any]]) -> Playbook:
    data = {"key": "k", "name": "K", "auto_execute": True, "steps": [{"id": "a"}], "trigger_conditions": conditions}
    return Playbook(data)


def _stats(team: Team, ids: dict[str, int], total: int) -> dict[int, int]:
    until = time.monotonic() + 30
    stats: dict[int, int] = {}
    while sum(stats.values()) < total and time.monotonic() < until:
        stats = {ids[row["id"]]: row["run_stats"]["total"] for row in team.live().values() if row["id"] in ids}
        time.sleep(0.05)
    return stats
