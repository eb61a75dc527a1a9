from __future__ import annotations

import re
from typing import Any

import pytest

from playbookctl.flow.dot import dot
from playbookctl.flow.mermaid import escape, mermaid
from playbookctl.model.playbook import Playbook
from playbookctl.model.workspace import Connector, Connectors

STEPS: list[dict[str, Any]] = [
    {"id": "look", "connector": "edr", "action": "get-host", "on_error": {"next": "ask"}},
    {
        "id": "bad",
        "name": "Is it bad?",
        "type": "decision",
        "branches": [{"name": "very", "when": {"expr": "x"}, "next": "isolate"}],
        "else": "end",
    },
    {
        "id": "isolate",
        "connector": "edr",
        "action": "isolate-host",
        "approval": {
            "by": ["lead", "duty"],
            "min": 2,
            "expires": "5m",
            "on_refused": "continue",
            "on_expired": {"next": "ask"},
        },
    },
    {
        "id": "users",
        "type": "section",
        "for_each": "{{ steps.look.output.users }}",
        "max_targets": 5,
        "steps": [{"id": "reset", "type": "playbook", "playbook": "reset-user", "on_error": "continue"}],
        "next": "end",
    },
    {"id": "ask", "type": "manual", "message": "?", "assignee": "tier-2", "next": "end"},
    {"id": "lost", "type": "wait", "delay": "1m"},
]

MERMAID = """\
flowchart TD
  s0["look<br/>edr: get-host"]
  s1{"Is it bad?"}
  g2{{"2 of lead or duty agree?"}}
  s2["isolate<br/>edr: isolate-host"]
  s3("users")
  subgraph b3["for each of steps.look.output.users, at most 5"]
    s4[["reset<br/>calls reset-user"]]
  end
  s5[/"ask<br/>asks tier-2"/]
  s6(["lost"])
  stop(("end"))
  s0 --> s1
  s0 -.->|"error"| s5
  s1 -->|"very"| g2
  s1 -->|"else"| stop
  g2 -->|"yes"| s2
  g2 -.->|"refused"| s3
  g2 -.->|"expired"| s5
  s2 --> s3
  s3 -->|"each"| s4
  s3 --> stop
  s4 -.->|"again"| s3
  s4 -.->|"error"| s3
  s5 --> stop
  s6 --> stop
  classDef gate fill:#fff3c4,stroke:#b7791f,color:#1a202c
  classDef destructive fill:#fed7d7,stroke:#c53030,stroke-width:2px,color:#1a202c
  classDef unreached stroke-dasharray:4 4,opacity:0.6
  class g2,s5 gate
  class s2 destructive
  class s6 unreached
"""

DOT = """\
digraph playbook {
  node [fontname="sans-serif"]
  edge [fontname="sans-serif"]
  s0 [shape=box label="look\\nedr: get-host"]
  s1 [shape=diamond label="Is it bad?"]
  g2 [shape=hexagon label="2 of lead or duty agree?" style=filled fillcolor="#fff3c4"]
  s2 [shape=box label="isolate\\nedr: isolate-host" style=filled fillcolor="#fed7d7" penwidth=2]
  s3 [shape=box label="users"]
  subgraph cluster_b3 {
    label="for each of steps.look.output.users, at most 5"
    s4 [shape=box3d label="reset\\ncalls reset-user"]
  }
  s5 [shape=parallelogram label="ask\\nasks tier-2" style=filled fillcolor="#fff3c4"]
  s6 [shape=oval label="lost" style=dashed]
  stop [shape=doublecircle label="end"]
  s0 -> s1
  s0 -> s5 [label="error" style=dotted]
  s1 -> g2 [label="very"]
  s1 -> stop [label="else"]
  g2 -> s2 [label="yes"]
  g2 -> s3 [label="refused" style=dotted]
  g2 -> s5 [label="expired" style=dotted]
  s2 -> s3
  s3 -> s4 [label="each"]
  s3 -> stop
  s4 -> s3 [label="again" style=dotted]
  s4 -> s3 [label="error" style=dotted]
  s5 -> stop
  s6 -> stop
}
"""


def playbook(*steps: dict[str, Any]) -> Playbook:
    return Playbook({"name": "test", "steps": list(steps)})


def test_a_playbook_is_drawn_in_mermaid() -> None:
    assert mermaid(playbook(*STEPS)) == MERMAID


def test_a_playbook_is_drawn_in_dot() -> None:
    assert dot(playbook(*STEPS)) == DOT


def test_declared_effects_decide_what_is_marked() -> None:
    known = Connectors({"edr": Connector("edr", {"actions": {"isolate-host": {"effect": "read"}}})}, "connectors.yaml")
    assert "destructive" not in mermaid(playbook(*STEPS), known)


def test_what_is_destructive_in_a_loop_is_marked_too() -> None:
    loop = {"id": "l", "type": "section", "for_each": "x", "steps": [{"id": "w", "action": "wipe-host"}]}
    inner = {"id": "outer", "type": "section", "repeat": {"max": 3}, "steps": [loop]}
    drawn = mermaid(playbook(inner))
    assert "class s2 destructive" in drawn
    assert drawn.count("subgraph") == 2
    assert '["repeats, at most 3 times"]' in drawn
    assert "fillcolor" in dot(playbook(inner))


def test_a_failure_that_goes_on_as_if_nothing_was_has_no_arrow_of_its_own() -> None:
    steps = [{"id": "a", "action": "x", "on_error": "continue"}, {"id": "b", "action": "y", "on_error": {"next": "a"}}]
    arrows = [line.strip() for line in mermaid(playbook(*steps)).splitlines() if "--" in line or "-." in line]
    assert arrows == ["s0 --> s1", "s1 --> stop", 's1 -.->|"error"| s0']


HOSTILE = [
    'x"]; click s0 "javascript:alert(1)"',
    "</div><script>alert(1)</script>",
    '%%{init: {"theme": "dark"}}%%',
    "`**markdown**`",
    "a\n  s9 --> s0",
    "#quot;&quot;",
    "\u202eright to left",
    '\\" back\\slash',
    "end",
    "|label|",
    "x" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_playbook_gets_out_of_its_label(text: str) -> None:
    step = {"id": "a", "name": text, "connector": text, "action": text, "approval": text, "for_each": text}
    decision = {"id": "b", "name": text, "type": "decision", "branches": [{"name": text, "when": {"expr": "x"}}]}
    for line in mermaid(playbook(step, decision, {"id": "c", "type": "manual", "assignee": text})).splitlines():
        outside = re.sub(r'"[\w -_.,:?!()/+=\'…→@#;<>]*"', "", line)
        assert re.fullmatch(r"[\w\s\[\](){}/.,:|>#-]*", outside), line
        assert len(line) < 1000


@pytest.mark.parametrize(
    "text, expected",
    [
        ("plain text, (with) some: marks?", "plain text, (with) some: marks?"),
        ('"', "#34;"),
        ("<b>", "#60;b#62;"),
        ("#", "#35;"),
        ("two\n  lines", "two lines"),
        ("é 日本", "é 日本"),
        ("a\u200bb\u202ec", "abc"),
        ("x" * 61, "x" * 59 + "…"),
    ],
)
def test_a_label_is_one_short_line_without_meaning(text: str, expected: str) -> None:
    assert escape(text) == expected
