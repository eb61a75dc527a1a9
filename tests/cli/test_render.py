"""`render`: the body that would be sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playbookctl.errors import ExitCode
from support.recording import Recorder

if TYPE_CHECKING:
    from support.team import Team

OURS = "playbookctl:"


def render(team: Team, *arguments: str) -> tuple[int, dict[str, Any], str]:
    code, out, err = team.say("render", *arguments)
    return code, json.loads(out) if out else {}, err


def test_what_is_printed_is_what_a_sync_sends(synced: Team) -> None:
    live = synced.live()
    for key, name in (("notify", "Notify"), ("triage", "Triage")):
        code, body, err = render(synced, key)
        assert (code, err) == (0, "")
        assert len(body) == 12
        shown = {field: live[name][field] for field in body}
        shown["tags"] = [tag for tag in shown["tags"] if not tag.startswith(OURS)]
        assert body == shown


def test_a_callee_without_an_id_is_a_placeholder_and_said_so(team: Team) -> None:
    code, body, err = render(team, "triage")
    assert code == 0
    assert body["steps"][1]["playbook"] == "playbookctl:id-of=notify"
    assert err == "note: what has no id yet is named by a placeholder: notify\n"


def test_a_broken_rule_is_noted(synced: Team) -> None:
    synced.edit("triage", "action: get-host", "action: get-host\n    next: nowhere")
    code, _, err = render(synced, "triage")
    assert (code, err) == (0, "note: 'triage' breaks rules, and a sync would hold it: PB102\n")


def test_names_without_an_id_are_all_named_and_end_with_6(synced: Team) -> None:
    synced.server.delete(synced.connectors()["edr"]["id"])
    synced.edit("triage", "owner: soc-lead", "owner: nobody")
    code, body, err = render(synced, "triage")
    assert (code, body) == (ExitCode.REFUSED, {})
    assert "the connector 'edr' has no id" in err
    assert "the owner 'nobody' has no id" in err


def test_offline_asks_nobody_and_knows_only_what_is_mapped(synced: Team) -> None:
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        code, _, err = render(synced, "notify", "--offline")
        assert (code, "map it to an id: environments.prod.connectors.chat" in err) == (ExitCode.REFUSED, True)
        path = synced.folder / "playbookctl.yaml"
        path.write_text(path.read_text("utf-8").replace("tenant_id:", "connectors: {chat: cnn_1}, tenant_id:"), "utf-8")
        code, body, _ = render(synced, "notify", "--offline")
    assert (code, body["required_connector_ids"]) == (0, ["cnn_1"])
    assert recorder.asked == []


def test_a_key_that_there_is_not_ends_with_2(synced: Team) -> None:
    code, _, err = render(synced, "triag")
    assert (code, err.splitlines()[0]) == (
        ExitCode.USAGE,
        "error: no playbook has the key 'triag'; did you mean 'triage'?",
    )
    synced.edit("triage", "steps:", "\tsteps:")
    code, _, err = render(synced, "triage")
    assert (code, err.splitlines()[0]) == (ExitCode.USAGE, "error: playbooks/triage.yaml cannot be read as a playbook")


def test_it_sends_nothing_but_get(synced: Team) -> None:
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        assert render(synced, "triage")[0] == 0
    assert {method for method, _ in recorder.asked} == {"GET"}
