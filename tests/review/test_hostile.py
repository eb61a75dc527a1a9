"""A hostile pull request changes nothing but its own findings: what it writes is text, where it points is not followed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cmarkgfm
import pytest

from support.pull_request import CONFIG, Clone, estate, step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMATS = ("text", "json", "markdown")
NASTY = (
    "<img src=x onerror=alert(1)> ![p](https://x.example.test/p.png) [l](https://x.example.test) </details></summary> "
    "@org/team #1 `code` | ```\n```mermaid\nclick A\n``` ::error::boo ::set-output name=a::b ##[command]x \x85 -->"
)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "repo")
    made.base(estate())
    return made


def review(clone: Clone, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "playbookctl", "review", "--base", "main", *more],
        cwd=clone.folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


def as_json(clone: Clone, *more: str) -> dict[str, Any]:
    done = review(clone, "--format", "json", *more)
    assert done.returncode == 0, done.stderr
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def nasty_everywhere(book: dict[str, Any]) -> None:
    book.update(name=NASTY, description=NASTY, owner=NASTY, tags=[NASTY])
    book["steps"].append({"id": "nasty", "name": NASTY, "connector": NASTY, "action": "wipe-" + NASTY, "with": {NASTY: NASTY},
                          "approval": {"by": [NASTY]}})  # fmt: skip
    book["trigger_conditions"] = [{"field": NASTY, "op": "matches", "value": NASTY}]
    book["inputs"] = {"x": {"default": NASTY}}


@pytest.fixture
def nasty(clone: Clone) -> Clone:
    clone.edit("lock", nasty_everywhere)
    clone.write(
        "playbooks/<b>@all ::error::.yaml", json.dumps({"name": NASTY, "steps": [{"id": "a", "action": "get-host"}]})
    )
    clone.commit()
    return clone


def test_hostile_text_is_nothing_but_text_in_the_comment(nasty: Clone) -> None:
    comment = review(nasty, "--format", "markdown").stdout
    page = cmarkgfm.github_flavored_markdown_to_html(comment, options=cmarkgfm.Options.CMARK_OPT_UNSAFE)
    tags = set(re.findall(r"<(/?[a-z][a-z0-9]*)", page))
    ours = {"h3", "h4", "p", "ul", "li", "strong", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "details",
            "summary", "sub", "br"}  # fmt: skip
    assert {tag.lstrip("/") for tag in tags} <= ours
    assert page.count("<details>") == page.count("</details>")
    assert "<!-- playbookctl:review -->" in comment
    assert comment.count("<!--") == 1
    for mention in re.findall(
        r"@\w[\w/]*", re.sub(r"`[^`\n]*`|<code>.*?</code>|```mermaid.*?```", "", comment, flags=re.DOTALL)
    ):
        raise AssertionError(mention)
    assert "x.example.test" in comment  # it is shown, as text
    assert not re.search(r"^::|^##\[", comment, re.MULTILINE)


def test_hostile_text_stays_in_its_diagram(nasty: Clone) -> None:
    comment = review(nasty, "--format", "markdown").stdout
    for block in re.findall(r"```mermaid\n(.*?)```", comment, re.DOTALL):
        for line in block.splitlines():
            assert re.fullmatch(
                r"flowchart TD|\s*(subgraph b\d+\[.*\]|end|classDef .*|class [\w,]+ \w+|[\w]+[\[({/<].*|\w+ -\.?->.*)",
                line,
            ), line
            assert "click" not in line.split('"')[0]


def test_hostile_text_does_nothing_to_a_terminal_or_to_a_log(nasty: Clone) -> None:
    for name in FORMATS:
        done = review(nasty, "--format", name)
        assert done.returncode == 0, done.stderr
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x85\x9b]", done.stdout)
        assert not re.search(r"^\s*::(?:error|set-output)", done.stdout, re.MULTILINE)
        assert "##[" not in done.stdout


def link_out(clone: Clone) -> None:
    os.symlink("/etc/passwd", clone.folder / "playbooks" / "link.yaml")
    os.symlink("../../../outside.yaml", clone.folder / "playbooks" / "up.yaml")
    os.symlink("self.yaml", clone.folder / "playbooks" / "self.yaml")


def alias_bomb(clone: Clone) -> None:
    levels = "\n".join(
        f"x-{name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    clone.write(
        "playbooks/bomb.yaml",
        f"name: b\nx-a: &a [x, x, x, x, x, x, x, x, x]\n{levels}\nsteps: [{{id: a, action: get-host}}]\n",
    )


def deep(clone: Clone) -> None:
    clone.write("playbooks/deep.yaml", "name: " + "[" * 40_000 + "\n")


def huge(clone: Clone) -> None:
    clone.write("playbooks/huge.yaml", b"name: x\n#" + b"x" * 20_000_000)


def bytes_that_are_no_text(clone: Clone) -> None:
    clone.write("playbooks/bytes.yaml", bytes(range(256)))


def broken(clone: Clone) -> None:
    clone.write("playbooks/broken.yaml", "steps: [\n")


CASES: list[tuple[Callable[[Clone], None], str]] = [
    (link_out, "PB001"), (alias_bomb, "PB008"), (deep, "PB008"), (huge, "PB008"), (bytes_that_are_no_text, "PB001"),
    (broken, "PB001"),
]  # fmt: skip


@pytest.mark.parametrize("attack, code", CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_file_that_attacks_is_a_finding_and_hides_nothing(
    clone: Clone, attack: Callable[[Clone], None], code: str
) -> None:
    attack(clone)
    clone.edit("lock", lambda book: step(book, "disable").pop("approval"))
    clone.commit()
    data = as_json(clone)
    assert code in {finding["code"] for finding in data["new_findings"]}
    assert "unreadable" in {kind for risk in data["risks"] for kind in risk["kinds"]}
    assert [risk["key"] for risk in data["risks"] if risk["kinds"] == ["gate gone"]] == ["lock"]
    assert "root:" not in json.dumps(data)


def lax_config(clone: Clone) -> None:
    clone.write(
        "playbookctl.yaml", {**CONFIG, "rules": {"ignore": ["PB4", "PB0", "PB1"]}, "exclude": ["playbooks/lock.yaml"]}
    )


def elsewhere(clone: Clone) -> None:
    clone.write("playbookctl.yaml", {**CONFIG, "playbooks": "/etc", "connectors": "../../secrets.yaml"})


def broken_config(clone: Clone) -> None:
    clone.write("playbookctl.yaml", "namespace: [\n")


def no_config(clone: Clone) -> None:
    (clone.folder / "playbookctl.yaml").unlink()


def milder_connectors(clone: Clone) -> None:
    clone.write(
        "connectors.yaml", {"connectors": {"idp": {"provider": "idp", "actions": {"disable-user": {"effect": "read"}}}}}
    )


def no_connectors(clone: Clone) -> None:
    (clone.folder / "connectors.yaml").unlink()


def a_nearer_config(clone: Clone) -> None:
    clone.write("playbooks/playbookctl.yaml", {"rules": {"ignore": ["PB4"]}})


def a_link_for_a_config(clone: Clone) -> None:
    no_config(clone)
    os.symlink("/etc/passwd", clone.folder / "playbookctl.yaml")


JUDGES = [
    lax_config,
    elsewhere,
    broken_config,
    no_config,
    milder_connectors,
    no_connectors,
    a_nearer_config,
    a_link_for_a_config,
]


@pytest.mark.parametrize("change", JUDGES, ids=lambda change: change.__name__)
def test_the_base_judges_whatever_the_change_says_of_judging(clone: Clone, change: Callable[[Clone], None]) -> None:
    clone.edit("lock", lambda book: step(book, "disable").pop("approval"))
    clone.commit()
    alone = as_json(clone)
    change(clone)
    clone.commit()
    data = as_json(clone)
    gone = [risk for risk in alone["risks"] if risk["kinds"] == ["gate gone"]]
    assert [risk["key"] for risk in gone] == ["lock"]
    assert [risk for risk in data["risks"] if risk["kinds"] == ["gate gone"]] == gone
    assert "PB402" in {finding["code"] for finding in data["new_findings"]}
    assert {"configuration", "connectors"} & {kind for risk in data["risks"] for kind in risk["kinds"]}


def test_a_comment_that_switches_a_finding_off_is_a_risk_and_the_finding_still_counts(clone: Clone) -> None:
    clone.edit("lock", lambda book: step(book, "disable").pop("approval"))
    file = clone.folder / "playbooks" / "lock.yaml"
    file.write_text(f"# playbookctl: ignore[PB402] trust me\n{file.read_text('utf-8')}", "utf-8")
    clone.commit()
    data = as_json(clone)
    (finding,) = [finding for finding in data["new_findings"] if finding["code"] == "PB402"]
    assert finding["silenced"] == "trust me"
    assert [risk["level"] for risk in data["risks"] if risk["kinds"] == ["suppression"]] == ["high"]
    assert data["totals"]["findings"]["silenced"] == 1


def test_a_baseline_that_grows_is_a_risk_and_does_not_count(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "repo")
    clone.write("known.json", {"format": "playbookctl/baseline", "version": 1, "files": {}})
    clone.base(estate(), {**CONFIG, "rules": {**CONFIG["rules"], "baseline": "known.json"}})
    clone.edit("lock", lambda book: step(book, "disable").pop("approval"))
    done = subprocess.run(
        [sys.executable, "-m", "playbookctl", "validate", "-q", "--write-baseline", "known.json"],
        cwd=clone.folder, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    clone.commit()
    data = as_json(clone)
    assert "PB402" in {finding["code"] for finding in data["new_findings"]}
    assert [risk["level"] for risk in data["risks"] if risk["kinds"] == ["baseline"]] == ["high"]


def test_what_the_base_has_switched_off_stays_off(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "repo")
    books = estate()
    del step(books["lock"], "disable")["approval"]
    clone.write("playbooks/lock.yaml", f"# playbookctl: ignore[PB402] agreed in May\n{json.dumps(books.pop('lock'))}")
    clone.base(books)
    file = clone.folder / "playbooks" / "lock.yaml"
    file.write_text(file.read_text("utf-8").replace("Lock an account", "Lock one account"), "utf-8")
    clone.commit()
    data = as_json(clone)
    assert [change["key"] for change in data["playbooks"]] == ["lock"]
    assert data["risks"] == data["new_findings"] == data["fixed_findings"] == []


def test_no_hook_of_the_repository_and_no_network_has_a_part_in_it(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.edit("lock", lambda book: book.update(name="Another"))
    clone.commit()
    clone.git("remote", "add", "origin", "https://127.0.0.1:1/x.git")
    clone.git("config", "extensions.partialClone", "origin")
    clone.git("config", "remote.origin.promisor", "true")
    blob = clone.git("rev-parse", "HEAD:playbooks/lock.yaml")
    os.unlink(clone.folder / ".git" / "objects" / blob[:2] / blob[2:])
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    done = review(clone)
    assert done.returncode == 2
    assert f"this clone lacks the content {blob[:12]}" in done.stderr
