"""From a hostile pull request to the comment: whatever its playbooks are called, the comment is only read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from playbookctl.cli.main import run
from playbookctl.forge.defuse import UNSEEN
from support.markup import lively, rendered

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.forge.conftest import Job

    from support.team import Team

NASTY = {
    "a mention": "@acme/everyone look",
    "a picture": "![x](https://evil.test/p.png)",
    "a picture in HTML": "<img src=https://evil.test/p.png onerror=x>",
    "our own mark": "<!-- playbookctl:comment -->",
    "a mark on a line of its own": "x\n<!-- playbookctl:comment -->\ny",
    "a mark of nothing": "<!-- playbookctl:nothing -->",
    "the end of a fold": "</details></summary>\n\n# Approved by the SOC lead\n",
    "a command to a bot": "\n/approve\n/merge\n",
    "a command to the log": "::error::x\n::set-output name=a::b",
    "an issue": "closes #1, GH-2, acme/other#3, !4",
    "a fence": "```\n\n```\n@acme\n",
    "a table": "| a | b |\n|---|---|\n",
    "an escape": "\x1b[2J\u202eevorppa",
    "an end of a diagram": '"] --> evil[x]\n```\n\n@acme',
    "entities": "&#64;acme &commat;acme",
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("trust", ["", "--untrusted"])
def test_the_comment_about_a_hostile_pull_request_is_only_read(
    team: Team, job_of: Callable[..., Job], text: str, trust: str
) -> None:
    team.git("checkout", "-q", "-b", "topic")
    said = json.dumps(text)
    for before in ("name: Triage", "description: Look at the host.", "owner: soc-lead", "tags: [endpoint]"):
        field = before.partition(":")[0]
        value = f"[{said}]" if field == "tags" else said
        path = team.folder / "playbooks" / "triage.yaml"
        path.write_text(path.read_text("utf-8").replace(before, f"{field}: {value}"), "utf-8")
    team.write("new", f"key: new\nname: {said}\nsteps:\n  - {{id: a, action: b, name: {said}, with: {{x: {said}}}}}\n")
    team.commit("nasty")
    assert run(["review", "--base", "main", "--report", "markdown=review.md"]) == 0
    job = job_of("github")
    code, _, err = job.comment((team.folder / "review.md").read_text("utf-8"), *([trust] if trust else []))
    assert (code, err) == (0, "")
    (body,) = job.bodies()
    first, _, rest = body.partition("\n")
    assert first == "<!-- playbookctl:comment -->"
    assert lively(rest) == []
    assert not any(line.lstrip(" \t").startswith("/") for line in rest.splitlines())
    assert "<h1>" not in rendered(rest)
    assert not any(character in rest for character in "\x1b\u202e")
    job.comment(rest.replace(UNSEEN, ""))  # what was said can be said again and edits the same comment
    assert len(job.bodies()) == 1
