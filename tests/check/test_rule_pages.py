"""Every rule's page is its test: each example is checked, and each `# <- CODE` must be met on its very line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playbookctl.check.registry import all_rules
from playbookctl.flow.alert import ALERT_FIELDS
from playbookctl.pipeline import CheckOptions, Repository, check

if TYPE_CHECKING:
    from playbookctl.check.rule import Rule

BLOCK = re.compile(r"^```yaml (bad|good)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = re.compile(r"[ \t]*# <- (PB\d{3}(?:, PB\d{3})*)[ \t]*$", re.MULTILINE)
RULES = all_rules()


def examples(rule: Rule) -> list[tuple[str, str, str]]:
    return [(kind, options.strip(), text) for kind, options, text in BLOCK.findall(rule.doc)]


def write_repository(folder: Path, options: str, text: str) -> None:
    """Lay out a repository with the example as `playbooks/example.yaml`, and the files its heading names beside it."""
    playbooks = folder / "playbooks"
    playbooks.mkdir()
    (folder / ".git").mkdir()
    settings = dict(option.split("=", 1) for option in options.split() if "=" in option)
    (folder / "playbookctl.yaml").write_text(
        settings.get("config", "").replace("\\n", "\n") or "namespace: test\n", "utf-8"
    )
    for name, content in COMPANIONS.get(settings.get("beside", ""), {}).items():
        target = folder / name
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_text(content, "utf-8")
    if not (folder / "connectors.yaml").exists():
        (folder / "connectors.yaml").write_text(CONNECTORS, "utf-8")
    (playbooks / "example.yaml").write_text(MARK.sub("", text), "utf-8")


CONNECTORS = """\
connectors:
  okta: {provider: okta}
  slack: {provider: slack}
  edr: {provider: defender_for_endpoint}
  microsoft-365: {provider: microsoft_365}
  jira: {provider: jira}
  firewall: {provider: palo_alto}
"""
ACTIONS = """\
connectors:
  okta:
    provider: okta
    actions:
      reset-password: {required: [user], optional: [], effect: reversible}
      disable-user: {required: [user], effect: reversible}
"""
ENVIRONMENTS = "namespace: test\nenvironments:\n  prod: {url: 'https://example.test', connectors: {okta: cnn_1}}\n"
COMPANIONS: dict[str, dict[str, str]] = {
    "phishing.yaml": {
        "playbooks/a.yaml": "key: phishing\nname: Phishing\nsteps:\n  - id: a\n    action: get-message\n",
    },
    "automatic.yaml": {
        "playbooks/a.yaml": "name: Phishing\nauto_execute: true\ntrigger_conditions:\n"
        "  - {op: contains, value: phish, field: alert.title}\nsteps:\n  - id: a\n    action: get-message\n",
    },
    "isolate.yaml": {
        "playbooks/isolate.yaml": "name: Isolate\ninputs: {host: {required: true}, reason: {}}\n"
        "outputs: {isolated: Whether it is}\nsteps:\n  - id: a\n    action: get-host\n",
    },
    "actions": {"connectors.yaml": ACTIONS},
    "environments": {"playbookctl.yaml": ENVIRONMENTS},
}


def found(folder: Path, code: str) -> list[int]:
    report = check(Repository(None, str(folder)), (), CheckOptions(today="2026-06-01"))
    return [f.location.span.start_line for f in report.findings if f.code == code and "example" in f.location.file]


@pytest.mark.parametrize("code", sorted(RULES))
def test_each_example_finds_what_it_marks_and_nothing_else(code: str, tmp_path: Path) -> None:
    blocks = examples(RULES[code])
    assert {kind for kind, _, _ in blocks} == {"bad", "good"}
    for index, (kind, options, text) in enumerate(blocks):
        folder = tmp_path / str(index)
        folder.mkdir()
        write_repository(folder, options, text)
        wanted = [
            number
            for number, line in enumerate(text.splitlines(), start=1)
            if (mark := MARK.search(line)) and code in mark.group(1).split(", ")
        ]
        assert bool(wanted) == (kind == "bad")
        assert found(folder, code) == wanted, f"{kind} example {index}"


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_page_says_why_and_how_to_fix(code: str) -> None:
    rule = RULES[code]
    assert rule.title.endswith("."), "the first line is one sentence"
    assert rule.doc.strip().splitlines()[1] == ""
    assert "**How to fix it:**" in rule.doc


def test_the_page_about_alert_fields_lists_all_of_them() -> None:
    prose = RULES["PB406"].doc.partition("```")[0]
    listed = re.findall(r"`([a-z_]+)`", prose.partition("written `alert.<field>`:")[2])
    assert len(listed) == len(set(listed))
    assert set(listed) == ALERT_FIELDS


def test_files_are_called_as_their_rules() -> None:
    folder = Path(all_rules.__code__.co_filename).parent / "rules"
    names = sorted(path.stem for path in folder.glob("pb*.py"))
    assert names == [f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES.values()]
