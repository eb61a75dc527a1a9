"""The config and the connectors file: found, read, and refused with the place of the mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.errors import ConfigError
from playbookctl.load.connectors import load_connectors
from playbookctl.load.settings import find_config, load_settings
from playbookctl.model.finding import Severity

if TYPE_CHECKING:
    from pathlib import Path

FULL = """\
namespace: soc-core
playbooks: [playbooks, more]
attack: {version: "19", domains: [enterprise, ics]}
default_environment: prod
unmanaged_fields: [owner]
rules:
  ignore: [PB504]
  severity: {PB402: note}
environments:
  local: {url: embedded}
  prod:
    url: https://api.cyberpod.app
    tenant_id: tnt_1
    namespace: soc-prod
    connectors: {okta: cnn_1, slack: {provider: slack, name: SOC Slack}}
    owners: {soc-lead: per_1}
    unmanaged_fields: [enabled]
"""


def write(folder: Path, text: str, name: str = "playbookctl.yaml") -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def test_everything_is_read(tmp_path: Path) -> None:
    settings, entry = load_settings(write(tmp_path, FULL), str(tmp_path), "playbookctl.yaml")
    assert entry is not None
    assert entry.problems == ()
    assert settings.root == str(tmp_path)
    assert settings.playbooks == ("playbooks", "more")
    assert settings.attack_domains == ("enterprise", "ics")
    assert settings.severity == {"PB402": Severity.NOTE}
    local, prod = settings.environments["local"], settings.environments["prod"]
    assert (local.is_embedded, local.namespace, local.unmanaged_fields) == (True, "soc-core", ("owner",))
    assert (prod.is_embedded, prod.namespace, prod.unmanaged_fields) == (False, "soc-prod", ("enabled", "owner"))
    assert prod.connectors["slack"] == {"provider": "slack", "name": "SOC Slack"}


def test_a_playbook_is_no_config(tmp_path: Path) -> None:
    file = write(tmp_path, "name: Triage\nsteps: [{id: a, action: get}]\n", "triage.yaml")
    with pytest.raises(ConfigError, match=r"'triage\.yaml' is a playbook, not a config") as refused:
        load_settings(file, str(tmp_path), "triage.yaml")
    assert "playbookctl validate FILE" in refused.value.hint


def test_without_a_config_everything_has_its_default(tmp_path: Path) -> None:
    settings, entry = load_settings(None, str(tmp_path))
    assert entry is None
    assert (settings.playbooks, settings.connectors, settings.attack_version) == (
        ("playbooks",),
        "connectors.yaml",
        "19",
    )
    assert settings.default_environment is None


REFUSED = [
    ("namespace: [a]\n", "playbookctl.yaml:1:12: "),
    ("rules:\n\tignore: []\n", "playbookctl.yaml:2:1: this is no YAML: a tab cannot indent"),
    ("namespace: a\nnamespace: b\n", "playbookctl.yaml:2:1: the key 'namespace' stands twice"),
    ("- a\n", "playbookctl.yaml:1:1: a mapping is expected"),
    ("required_version: '>=99'\n", "but the config asks for '>=99'"),
    ('connectors: "a\\0"\n', "a value holds the character U+0000"),
    ('playbooks: [a, "\\0"]\n', "a value holds the character U+0000"),
    ("required_version: 'new'\n", "required_version 'new' is no version"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_would_change_what_is_done_is_refused_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, text), str(tmp_path), "playbookctl.yaml")
    assert message in caught.value.message


def test_an_unknown_key_is_a_finding_and_the_rest_counts(tmp_path: Path) -> None:
    settings, entry = load_settings(write(tmp_path, "namespce: a\nplaybooks: x\n"), str(tmp_path), "playbookctl.yaml")
    assert entry is not None
    assert settings.playbooks == ("x",)
    (code, problem), *rest = entry.problems
    assert (code, rest) == ("PB002", [])
    assert problem.message == "unknown field 'namespce'; did you mean 'namespace'?"


def test_the_nearest_config_upwards_is_found_up_to_the_root_of_the_work_tree(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "team" / "playbooks"
    inner.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    outer = write(tmp_path, "namespace: outer\n")
    assert find_config(str(inner)) is None, outer
    root = write(tmp_path / "repo", "namespace: root\n")
    assert find_config(str(inner)) == root
    team = write(tmp_path / "repo" / "team", "namespace: team\n")
    assert find_config(str(inner)) == team


def test_connectors_are_known_by_name_even_where_an_entry_is_broken(tmp_path: Path) -> None:
    text = "connectors:\n  okta:\n    provider: okta\n    actions: {get-user: {effect: read}}\n  slack: {provider: 7}\n"
    write(tmp_path, text, "connectors.yaml")
    settings, _ = load_settings(None, str(tmp_path))
    connectors, entry = load_connectors(settings)
    assert sorted(connectors.by_name) == ["okta", "slack"]
    assert connectors.by_name["slack"].actions is None
    assert entry is not None
    assert [(code, problem.path) for code, problem in entry.problems] == [
        ("PB004", ("connectors", "slack", "provider"))
    ]


def test_without_a_connectors_file_nothing_is_known_and_nothing_is_said(tmp_path: Path) -> None:
    settings, _ = load_settings(None, str(tmp_path))
    connectors, entry = load_connectors(settings)
    assert (connectors.file, connectors.by_name, entry) == (None, {}, None)


def test_a_connectors_file_that_is_named_and_missing_is_a_finding(tmp_path: Path) -> None:
    settings, _ = load_settings(write(tmp_path, "connectors: nowhere.yaml\n"), str(tmp_path))
    _, entry = load_connectors(settings)
    assert entry is not None
    assert [(code, problem.message) for code, problem in entry.problems] == [
        ("PB001", "cannot be read: No such file or directory")
    ]
