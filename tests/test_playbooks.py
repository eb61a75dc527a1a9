"""What every playbook of this repository promises to the people who run it."""

from __future__ import annotations

from typing import Any

import pytest

from support.walk import (
    ACTED,
    BLOCKS,
    ELSE,
    END,
    ERROR,
    INCIDENTS,
    SKIPPED,
    Book,
    Way,
    actions,
    acts,
    books,
    called,
    closure,
    leads_to_acts,
    listed,
    references,
    spec_of,
)

# What no call can take back, and why that is borne.
NO_UNDO = {
    ("identity", "revoke-sessions"): "the user signs in again",
    ("identity", "reset-password"): "the user sets another",
    ("identity", "revoke-grant"): "the user consents again",
    ("identity", "remove-mfa-method"): "enrolled again, in person",
    ("network-devices", "end-sessions"): "users sign in again",
}


@pytest.fixture(params=INCIDENTS)
def incident(request: pytest.FixtureRequest) -> Book:
    return books()[request.param]


@pytest.fixture(params=[*BLOCKS, *INCIDENTS])
def book(request: pytest.FixtureRequest) -> Book:
    return books()[request.param]


def test_nothing_is_changed_before_a_person_has_agreed(incident: Book) -> None:
    assert ungated(incident) == []
    assert any(leads_to_acts(step) for step in incident.order), "it gates nothing because it does nothing"


def test_a_block_asks_a_person_itself() -> None:
    assert {key: ungated(books()[key]) for key in BLOCKS} == {key: [] for key in BLOCKS}


def ungated(book: Book) -> list[str]:
    """Return the steps that change something and can be reached, through calls as well, without anybody's yes."""
    without = book.reached(lambda step, way: not (asks(step) and way.kind in {ACTED, ELSE, ERROR}))
    found = [id_ for id_ in without - {END} if acts(book.steps[id_]) and "approval" not in book.steps[id_]]
    for id_ in without - {END}:
        callee = called(book.steps[id_])
        if callee is not None and "approval" not in book.steps[id_]:
            found += [f"{id_} > {inner}" for inner in ungated(callee)]
    return sorted(found)


def asks(step: dict[str, Any]) -> bool:
    return "approval" in step or (step.get("type") == "manual" and "choices" in step)


def test_a_protected_asset_is_asked_for_before_anything_is_changed(incident: Book) -> None:
    checks = [step["id"] for step in incident.order if step.get("playbook") == "protected-asset-check"]
    assert len(checks) == 1
    assert incident.steps[checks[0]]["on_error"] == {"next": "by_hand"}, "no consent, and it goes on"
    assert [id_ for id_ in changes(incident) if not incident.must_pass(checks[0], id_)] == []


def test_evidence_comes_first_or_the_step_says_why_not(incident: Book) -> None:
    taken = [step["id"] for step in incident.order if step.get("playbook") == "preserve-evidence"]
    assert len(taken) == 1
    without = incident.reached(lambda step, _way: step["id"] != taken[0])
    early = [incident.steps[id_] for id_ in changes(incident) if id_ in without]
    assert [step["id"] for step in early if "evidence" not in step.get("description", "").lower()] == []


# What an experienced responder would object to if it were the other way round.
ORDER = [
    ("credential-stuffing", "hits", "reset"),
    ("ddos", "watch", "undo"),
    ("ddos", "watch", "undo_limit"),
    ("endpoint-malware", "snapshot", "isolate"),
    ("endpoint-malware", "isolate", "evidence"),
    ("endpoint-malware", "evidence", "rebuild"),
    ("helpdesk-mfa-fraud", "lock", "remove_methods"),
    ("helpdesk-mfa-fraud", "reset", "undo"),
    ("insider-exfiltration", "mandate", "evidence"),
    ("insider-exfiltration", "decide", "lock"),
    ("insider-exfiltration", "devices", "undo_lock"),
    ("leaked-cloud-key", "use", "deactivate"),
    ("leaked-cloud-key", "evidence", "disable_created"),
    ("notify-and-ticket", "urgent", "page"),
    ("mailbox-takeover", "lock", "evidence"),
    ("mailbox-takeover", "evidence", "remove_rules"),
    ("mailbox-takeover", "remove_methods", "reset"),
    ("mailbox-takeover", "reset", "money"),
    ("phishing", "evidence", "quarantine"),
    ("phishing", "passwords", "sessions"),
    ("ransomware", "isolate", "evidence"),
    ("ransomware", "isolate", "account"),
    ("suspicious-oauth-grant", "evidence", "revoke"),
    ("suspicious-oauth-grant", "disable", "evidence"),
    ("vulnerable-edge-device", "evidence", "repair"),
    ("vulnerable-edge-device", "repair", "end_sessions"),
    ("vulnerable-edge-device", "secrets", "undo"),
]


@pytest.mark.parametrize("key, earlier, later", ORDER)
def test_the_order_of_the_response(key: str, earlier: str, later: str) -> None:
    assert later in books()[key].reached()
    assert later not in books()[key].reached(lambda step, _way: step["id"] != earlier)


def test_what_may_only_follow_if_it_worked() -> None:
    assert books()["vulnerable-edge-device"].must_pass("evidence", "repair"), "a patch removes the traces"
    assert books()["insider-exfiltration"].must_pass("evidence", "decide"), "HR would sit there with nothing"
    assert books()["leaked-cloud-key"].must_pass("verify_key", "verify_denied"), (
        "the key and its sessions are two things"
    )


@pytest.mark.parametrize("key", [key for key in BLOCKS if key != "notify-and-ticket"])
def test_a_block_ends_well_only_if_it_did_what_it_is_for(key: str) -> None:
    block = books()[key]
    ends = [(step["id"], way.kind) for step in block.order for way in block.ways(step) if way.target == END]
    assert ends
    assert [end for end in ends if end[1] != ACTED] == []


@pytest.mark.parametrize("key", ["isolate-host", "lock-identity", "release-host"])
def test_a_block_looks_again_until_an_order_has_arrived(key: str) -> None:
    assert books()[key].steps["verify"]["repeat"]["max"] > 1


def test_a_mailbox_is_freed_of_everything_the_attacker_added() -> None:
    used = {step["action"] for each in closure(books()["mailbox-takeover"]) for step in each.order if acts(step)}
    assert used >= {
        "disable-user",
        "revoke-sessions",
        "reset-password",
        "remove-inbox-rule",
        "revoke-grant",
        "remove-mfa-method",
    }


def test_nothing_here_can_delete_or_power_off() -> None:
    verbs = {action.partition("-")[0] for _, action in actions()}
    assert verbs.isdisjoint(
        {"delete", "destroy", "format", "power", "purge", "reboot", "shutdown", "terminate", "wipe"}
    )


def test_each_change_is_checked_by_looking(book: Book) -> None:
    unchecked = []
    for step in book.order:
        if acts(step):

            def goes(here: dict[str, Any], way: Way, change: dict[str, Any] = step) -> bool:
                return way.kind in {ACTED, SKIPPED} and not (here is not change and looks(here, change["connector"]))

            if END in book.reached_from([step["id"]], goes):
                unchecked.append(step["id"])
    assert unchecked == []


def looks(step: dict[str, Any], connector: str) -> bool:
    """Tell whether the step reads from the connector, decides by what it read, and gives a bad answer to a person."""
    own = {("steps", step["id"], "output")}
    decided = {reference[:3] for reference in references([branch.get("when") for branch in step.get("branches", [])])}
    return (
        step.get("connector") == connector and spec_of(step)["effect"] == "read" and decided == own and "else" in step
    )


def test_a_change_that_fails_ends_at_instructions_for_a_person(book: Book) -> None:
    for step in book.order:
        if leads_to_acts(step):
            target = book.steps[step["on_error"]["next"]]
            assert (step["id"], target["type"]) == (step["id"], "manual")
            assert len(target["message"]) > 350
            assert target["assignee"]


def test_the_incident_has_a_way_back(incident: Book) -> None:
    back = [step["id"] for step in incident.order if step["id"].startswith("undo") and leads_to_acts(step)]
    assert back
    assert set(back) <= incident.reached()
    everything = closure(incident)
    used = {(step["connector"], step["action"]) for each in everything for step in each.order if acts(step)}
    said = " ".join(incident.path.read_text(encoding="utf-8").split())
    missing = []
    for connector, action in sorted(used - set(NO_UNDO)):
        undo = actions()[connector, action]["undo"]
        if (connector, undo) not in used and f"{connector} {undo}" not in said:
            missing.append(f"{connector} {action}")
    assert missing == []


def test_only_the_listed_changes_have_no_undo() -> None:
    assert {key for key, spec in actions().items() if spec["effect"] != "read" and "undo" not in spec} == {
        *NO_UNDO, *(key for key, spec in actions().items() if spec["effect"] == "notify"),
    }  # fmt: skip
    for (connector, action), spec in actions().items():
        if "undo" in spec:
            assert actions()[connector, spec["undo"]]["undo"] == action


def test_every_run_begins_and_ends_with_the_ticket(incident: Book) -> None:
    begin = incident.order[0]
    first = listed(begin["next"]) if begin.get("type") == "section" else [begin["id"]]
    assert any(writes_ticket(incident.steps[id_]) for id_ in first)
    last = [
        step["id"]
        for step in incident.order
        for way in incident.ways(step)
        if way.target == END and not writes_ticket(step)
    ]
    # Without a mandate there is no insider case, and its ticket stays as it was opened.
    assert sorted(set(last)) == (["mandate"] if incident.key == "insider-exfiltration" else [])


def writes_ticket(step: dict[str, Any]) -> bool:
    return step.get("playbook") == "notify-and-ticket" or step.get("connector") == "ticketing"


def test_an_insider_is_not_tipped_off() -> None:
    insider = books()["insider-exfiltration"]
    assert insider.data["auto_execute"] is False
    assert {"chat", "paging"}.isdisjoint(name for each in closure(insider) for name in each.data["required_connectors"])
    assert [id_ for id_ in changes(insider) if not insider.must_pass("mandate", id_)] == []
    assert [insider.steps[id_]["approval"]["by"] for id_ in ("hold", "undo")] == [["legal-counsel"]] * 2


def changes(book: Book) -> list[str]:
    return [step["id"] for step in book.order if leads_to_acts(step)]
