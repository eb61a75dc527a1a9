"""The examples of the rules' pages, and repositories to check them in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from playbookctl.check.rule import Rule

BLOCK = re.compile(r"^```yaml (bad|good)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = re.compile(r"[ \t]*# <- (PB\d{3}(?:, PB\d{3})*)[ \t]*$", re.MULTILINE)


def examples(rule: Rule) -> list[tuple[str, str, str]]:
    return [(kind, options.strip(), text) for kind, options, text in BLOCK.findall(rule.doc)]


def write_repository(folder: Path, options: str, text: str) -> None:
    """Lay out a repository with the example, as `playbooks/example.yaml` or the `file` of its heading, and what is beside it."""
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
    (playbooks / "example.yaml").write_text(COMPANIONS["phishing.yaml"]["playbooks/a.yaml"], "utf-8")
    (folder / example(options)).write_text(MARK.sub("", text), "utf-8")


def example(options: str) -> str:
    """Return the path of the example, from the heading's options."""
    return next((option[5:] for option in options.split() if option.startswith("file=")), "playbooks/example.yaml")


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
