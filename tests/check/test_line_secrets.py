"""A line that a report shows holds no secret, even where the file cannot be read and no rule can say where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from playbookctl.check.line_secrets import without_secrets
from playbookctl.pipeline import CheckOptions, Repository, check
from playbookctl.report.registry import Options, formats, render

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
STARS = "*" * len(TOKEN)

# the line, what is above it, what is shown
LINES = [
    (f"  note: see {TOKEN} }}", "", f"  note: see {STARS} }}"),
    (f"  {TOKEN}, {TOKEN}", "", f"  {STARS}, {STARS}"),
    ("  password: hunter2hunter2", "", "  password: **************"),
    ("  with: {user: a, Password: 'Sommer 26', x: 1", "", "  with: {user: a, Password: 'Sommer 26', x: 1"),
    ("  with: {user: a, Password: 'Sommer2026', x: 1", "", "  with: {user: a, Password: '**********', x: 1"),
    ('  "pwd" : "Sommer2026!', "", '  "pwd" : "***********'),
    ("  db: Server=x;Pwd=Sommer2026;Port=1", "", "  db: Server=x;Pwd=**********;Port=1"),
    ("  a: b, token: abcd1234abcd1234, password: s3cr3t}", "", "  a: b, token: ****************, password: ******}"),
    ("  token: short1", "", "  token: short1"),
    ("  password:", "", "  password:"),
    ("  {password: }, {password: s3cr3t]", "", "  {password: }, {password: ******]"),
    ('  {password: "s3cr3t", user: "b"}', "", '  {password: "******", user: "b"}'),
    ("  password: 's3cr3t", "", "  password: '******"),
    ("  password='s3cr3t' token='a'", "", "  password='******' token='a'"),
    ("  {pwd: '',user:'abc'}", "", "  {pwd: '',user:'abc'}"),
    ("  user: s3cr3tuser, pwd: ''", "", "  user: s3cr3tuser, pwd: ''"),
    ("  password: {{ secrets.okta }} }", "", "  password: {{ secrets.okta }} }"),
    ("  password: true", "", "  password: true"),
    ("  passwords are kept elsewhere", "", "  passwords are kept elsewhere"),
    ("  user: hunter2hunter2", "  password:\n", "  user: hunter2hunter2"),
    ("    hunter2hunter2", "name: a\n  password:\n", "    **************"),
    ("    hunter2hunter2 ", "  password: |-\n\n", "    ************** "),
    ("    hunter2hunter2", "  user: >\n", "    hunter2hunter2"),
    ("    infected", "  password:\n", "    infected"),
    ("  MIIEpAIB: x", "key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  Proc\n", "  ***********"),
    ("  MIIEpAIB: x", "about PRIVATE KEY-----\n", "  MIIEpAIB: x"),
    ("  MIIEpAIB: x", "  -----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "  MIIEpAIB: x"),
    ("  -----BEGIN PRIVATE KEY-----", "", "  ***************************"),
]


@pytest.mark.parametrize(("line", "above", "shown"), LINES)
def test_a_secret_is_shown_as_stars(line: str, above: str, shown: str) -> None:
    assert without_secrets(line, above) == shown


BROKEN = f"name: a\nsteps:\n  - id: a\n    with: {{password: Herbst1789!, token: {TOKEN} }} }}\n"
READABLE = f"name: a\nsteps:\n  - id: a\n    with: {{password: Herbst1789!, token: {TOKEN} }}\n    next: {{bad}}\n"


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("text", [BROKEN, READABLE, READABLE.replace("\n    next: {bad}", ", next: b")])
def test_no_format_shows_it_with_or_without_the_rule(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "playbooks" / "a.yaml").write_text(text, "utf-8")
    for ignore in ((), ("PB403",)):
        report = check(Repository(None, str(tmp_path)), (), CheckOptions(today="2026-06-01", ignore=ignore))
        assert report.findings
        shown = render(name, report, Options(verbose=True))
        assert TOKEN not in shown
        assert "Herbst1789" not in shown
