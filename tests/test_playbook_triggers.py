"""Which alert fires which playbook of this repository, and that none fires two."""

from __future__ import annotations

import re
from typing import Any

import pytest

from playbookctl.attack.index import AttackIndex
from playbookctl.attack.values import Status
from playbookctl.flow.evaluate import evaluate_all
from support.walk import ALERT_FIELDS, INCIDENTS, Book, books, references

# Alerts and the playbook each of them fires. The first of a playbook is its plainest.
ALERTS: list[tuple[str, dict[str, Any]]] = [
    (
        "credential-stuffing",
        {"title": "Credential stuffing at the login", "mitre_technique": "T1110.004", "host": "shop"},
    ),
    ("credential-stuffing", {"title": "Password spray", "host": "shop"}),
    ("ddos", {"title": "DDoS against the shop", "mitre_technique": "T1498.001", "host": "shop"}),
    ("ddos", {"title": "Requests exhaust the pool", "mitre_technique": "T1499.003", "host": "shop"}),
    ("endpoint-malware", {"title": "Malware 'Agent' executed", "mitre_technique": "T1059.001", "host": "ws-17"}),
    ("endpoint-malware", {"title": "Process injection", "mitre_technique": "T1055", "host": "ws-17"}),
    ("helpdesk-mfa-fraud", {"title": "MFA reset, then a new device", "mitre_technique": "T1556.006", "user": "a.lee"}),
    ("helpdesk-mfa-fraud", {"title": "Phish by phone", "mitre_technique": "T1566.004", "user": "a.lee"}),
    ("impossible-travel", {"title": "Impossible travel activity", "mitre_technique": "T1078.004", "user": "a.lee"}),
    ("insider-exfiltration", {"title": "Bulk copy to USB", "mitre_technique": "T1052.001", "user": "a.lee"}),
    ("leaked-cloud-key", {"title": "Exposed access key in a repository", "mitre_technique": "T1552.001"}),
    ("leaked-cloud-key", {"title": "Stolen cloud API key used"}),
    ("mailbox-takeover", {"title": "Suspicious inbox rule", "mitre_technique": "T1564.008", "user": "a.lee"}),
    ("mailbox-takeover", {"title": "Session used from a proxy", "mitre_technique": "T1557", "user": "a.lee"}),
    ("phishing", {"title": "User reported a phish", "mitre_technique": "T1566.002", "user": "a.lee"}),
    ("phishing", {"title": "PHISHING reported", "user": "a.lee"}),
    ("ransomware", {"title": "Ransomware: files encrypted", "mitre_technique": "T1486", "host": "fs-1"}),
    ("ransomware", {"title": "Malware deletes shadow copies", "mitre_technique": "T1490", "host": "fs-1"}),
    ("ransomware", {"title": "Ransom note dropped", "mitre_technique": "T1059.001", "host": "fs-1"}),
    ("suspicious-oauth-grant", {"title": "Consent phishing", "mitre_technique": "T1528", "user": "a.lee"}),
    ("suspicious-oauth-grant", {"title": "Risky OAuth app", "user": "a.lee"}),
    ("vulnerable-edge-device", {"title": "Exploitation of a VPN gateway", "mitre_technique": "T1190", "host": "vpn-1"}),
]
PLAIN = dict(reversed(ALERTS))


@pytest.fixture(params=INCIDENTS)
def incident(request: pytest.FixtureRequest) -> Book:
    return books()[request.param]


def test_the_trigger_asks_for_fields_that_an_alert_has(incident: Book) -> None:
    asked = references(incident.data["trigger_conditions"])
    assert asked
    assert asked <= {("alert", name) for name in ALERT_FIELDS}
    index = AttackIndex.bundled(version="19", domains=("enterprise",))
    ids = {id_ for text in flat(incident.data["trigger_conditions"]) for id_ in re.findall(r"T\d{4}(?:\.\d{3})?", text)}
    assert {id_ for id_ in ids if getattr(index.technique(id_), "status", None) is not Status.ACTIVE} == set()


def flat(value: Any) -> list[str]:
    return re.findall(r"'([^']*)'", str(value))


@pytest.mark.parametrize("key, alert", ALERTS)
def test_an_alert_fires_its_own_playbook_and_no_other(key: str, alert: dict[str, Any]) -> None:
    facts = {"alert": {"severity": "high", "source_id": "a-1", **alert}}
    assert [name for name in INCIDENTS if evaluate_all(books()[name].data["trigger_conditions"], facts)] == [key]


@pytest.mark.parametrize("field", ["host", "user"])
def test_no_playbook_starts_without_the_host_or_user_it_acts_on(incident: Book, field: str) -> None:
    needed = any(("alert", field) in references(step) for step in incident.order if "if" not in step)
    alert = {"severity": "high", "host": "ws-17", "user": "a.lee", **PLAIN[incident.key]}
    del alert[field]
    assert evaluate_all(incident.data["trigger_conditions"], {"alert": alert}) is not needed


@pytest.mark.parametrize("key", INCIDENTS)
def test_a_weak_signal_starts_no_playbook_that_is_not_meant_to_look_into_it(key: str) -> None:
    alert = {"severity": "informational", "host": "ws-17", "user": "a.lee", **PLAIN[key]}
    fires = evaluate_all(books()[key].data["trigger_conditions"], {"alert": alert})
    # These two ask a person before anything else, whatever the sensor thought of it.
    assert fires is (key in {"helpdesk-mfa-fraud", "impossible-travel"})


def test_a_harmless_alert_fires_nothing() -> None:
    alert = {
        "severity": "high",
        "title": "Sensor offline",
        "source_id": "a-1",
        "host": "ws-17",
        "user": "a.lee",
        "indicators": [],
    }
    assert [
        name for name in INCIDENTS if evaluate_all(books()[name].data["trigger_conditions"], {"alert": alert})
    ] == []
