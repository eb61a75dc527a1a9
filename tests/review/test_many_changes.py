"""300 playbooks of 612 changed in every way: nothing is missed, nothing made up, and the comment stays a comment.

The oracle knows nothing of the tool: it reads both commits with `git archive` and PyYAML, and compares sorted JSON.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from support.many_changes import SECRET, build

if TYPE_CHECKING:
    from support.pull_request import Clone

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]
ROOT = Path(__file__).parent.parent.parent
SETS = ("tags", "mitre_tactics", "mitre_techniques", "required_connectors")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return build(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module")
def output(clone: Clone) -> tuple[dict[str, Any], str, str]:
    """Return what JSON, Markdown and text say."""
    target = clone.folder.parent
    done = subprocess.run(
        [sys.executable, "-m", "playbookctl", "review", "--base", "main", "--report", f"json={target / 'r.json'}",
         "--report", f"markdown={target / 'r.md'}"],
        cwd=clone.folder, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    data: dict[str, Any] = json.loads((target / "r.json").read_text("utf-8"))
    return data, (target / "r.md").read_text("utf-8"), done.stdout


def files_of(clone: Clone, commit: str) -> dict[str, str]:
    """Return the texts of all playbooks of a commit, by path."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", commit, "playbooks/"], cwd=clone.folder, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {each.name: archive.extractfile(each) for each in archive if each.isfile()}
        return {path: file.read().decode("utf-8") for path, file in files.items() if file is not None}


def oracle(clone: Clone, commit: str) -> dict[str, tuple[str, str, str]]:
    """Return {key: (file, text, canonical JSON)} of a commit."""
    found = {}
    for path, text in files_of(clone, commit).items():
        try:
            data = yaml.load(text, yaml.CSafeLoader)
        except yaml.YAMLError:
            data = {}
        key = data.pop("key", Path(path).stem)
        for name in SETS:
            if name in data:
                data[name] = sorted(set(data[name]))
        found[key] = (path, text, json.dumps(data, sort_keys=True))
    return found


def test_what_is_not_named_did_not_change_and_what_is_named_did(clone: Clone, output: Any) -> None:
    said = {change["key"]: change for change in output[0]["playbooks"]}
    before, now = oracle(clone, "main"), oracle(clone, "pr")
    new_keys = {change["before_key"]: key for key, change in said.items() if change["kind"] == "renamed"}
    for key in before.keys() | now.keys():
        one, other = before.get(key), now.get(key)
        if one == other:
            assert key not in said
        elif key in new_keys:
            assert before[key][2] == now[new_keys[key]][2]
        elif one is None or other is None:
            assert said[key]["kind"] == (
                "renamed" if key in new_keys.values() else "added" if one is None else "removed"
            )
        elif one[2] != other[2]:
            assert said[key]["kind"] == "changed"
        else:
            assert said[key]["kind"] == ("moved" if one[0] != other[0] else "rewritten")
    assert said.keys() <= before.keys() | now.keys()


def test_a_changed_playbook_says_what_is_different(output: Any) -> None:
    sets = ("connectors", "actions", "tactics", "techniques", "inputs", "outputs")
    silent = [
        change["key"]
        for change in output[0]["playbooks"]
        if change["kind"] == "changed"
        and not (
            change["said"] or change["steps"] or any(change[name]["gained"] or change[name]["lost"] for name in sets)
        )
    ]
    assert silent == []


def test_the_comment_is_short_enough_and_counts_what_it_leaves_out(output: Any) -> None:
    data, comment, _ = output
    assert len(comment) < 65_000
    shown = re.findall(r"… ([\d,]+) more playbooks not shown here", comment)
    told = re.findall(
        r"^- \*\*`[a-z0-9-]+`\*\*.*: (?:added|removed|renamed|moved|changed|rewritten)$", comment, re.MULTILINE
    )
    assert len(told) + int(shown[0].replace(",", "")) == len(data["playbooks"])


def test_every_format_counts_the_same(output: Any) -> None:
    data, comment, text = output
    totals = data["totals"]
    assert totals["risks"] == {
        level: sum(risk["level"] == level for risk in data["risks"]) for level in ("high", "medium", "low")
    }
    assert sum(totals["playbooks"].values()) == len(data["playbooks"])
    assert totals["findings"]["new"] == len(data["new_findings"])
    risks = ", ".join(f"{totals['risks'][level]} {level}" for level in ("high", "medium"))
    headline = f"{len(data['playbooks'])} playbooks change, {risks} and {totals['risks']['low']} low risks"
    assert headline in comment.split("\n")[1]
    assert headline in text.split("\n")[0]
    for level, number in totals["risks"].items():
        assert f"{number} {level} risks" in comment
        section = re.split(r"\d+ (?:high|medium|low) risks\b", comment.partition("| | before | now |")[0])[2:]
        told = section[("high", "medium", "low").index(level)]
        groups = [int(count) for count in re.findall(r"^- \*\*(\d+) playbooks\*\*", told, re.MULTILINE)]
        single = len(re.findall(r"^- ", told, re.MULTILINE)) - len(groups)
        left = sum(int(count) for count in re.findall(rf"… (\d+) more {level} risk", told))
        assert sum(groups) + single + left == number
    assert text.count("\nHIGH ") == totals["risks"]["high"]


def test_the_json_is_what_the_published_schema_says(output: Any) -> None:
    schema = json.loads((ROOT / "schemas" / "review.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(output[0])


def test_every_way_of_a_risk_is_found(output: Any) -> None:
    kinds = {kind for risk in output[0]["risks"] for kind in risk["kinds"]}
    assert kinds >= {
        "gate gone", "gate weaker", "destructive action added", "automatic", "disabled", "trigger", "error path", "cap",
        "limits", "identity", "owner", "unreadable", "connectors", "configuration",
    }  # fmt: skip


def test_a_secret_stands_in_no_format(output: Any) -> None:
    data, comment, text = output
    assert "(a secret, not shown)" in json.dumps(data)
    for shown in (json.dumps(data), comment, text):
        assert SECRET not in shown


def test_it_tells_which_other_files_changed(output: Any) -> None:
    assert output[0]["files"] == ["connectors.yaml", "playbookctl.yaml"]
    assert "1 other changed file that no playbook is made of: 'README.txt'" in output[0]["not_checked"]
