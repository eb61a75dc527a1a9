"""A review for people: never too long, never active, its numbers adding up, whatever is in it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cmarkgfm
import jsonschema
import pytest

from playbookctl.model.review import (
    Caller,
    ChangeKind,
    Commit,
    Exchange,
    Level,
    PlaybookChange,
    Review,
    ReviewFinding,
    Risk,
    RiskKind,
    StepKind,
    StepNote,
)
from playbookctl.model.review_effects import AlertsEffect, Firing, TargetEffect, TargetRow
from playbookctl.report import review_json, review_markdown, review_text
from playbookctl.report.registry import Options

ROOT = Path(__file__).parent.parent.parent
NASTY = "<script>x</script> ![i](http://x.test/i.png) @org/team </details> `c` | **b** \x1b[31m \u202e ::error::x\n# h\n- [ ] t"
EMPTY = Review(Commit("main", "a" * 40), Commit("HEAD", "b" * 40))


def risk(level: Level = Level.HIGH, key: str = "k", text: str = "runs 'x'") -> Risk:
    return Risk(level, (RiskKind.GATE_GONE,), text, text, text, text, key, f"playbooks/{key}.yaml", ("s",), (text,))


def change(key: str, text: str = "plain") -> PlaybookChange:
    return PlaybookChange(
        ChangeKind.CHANGED, key, text, f"playbooks/{key}.yaml", key, f"playbooks/{key}.yaml", (text,), ("0", "1"), (text,),
        (StepNote(StepKind.RENAMED, text, text, (text,), text),), Exchange((text,), (text,)), callers=(Caller(text, (text,)),),
        diagrams=("flowchart TD\n  a\n", "flowchart TD\n  b\n"),
    )  # fmt: skip


def finding(text: str, number: int = 1) -> ReviewFinding:
    return ReviewFinding("PB402", "error", "k", f"{text}.yaml", number, text, text)


def everything(text: str, number: int) -> Review:
    keys = [f"k{at}" for at in range(number)]
    return replace(
        EMPTY,
        risks=tuple(risk(level, key, f"{text} {key}") for level in Level for key in keys),
        playbooks=tuple(change(key, text) for key in keys),
        new_findings=tuple(finding(text, at + 1) for at in range(number)),
        fixed_findings=tuple(finding(text, at + 1) for at in range(number)),
        not_checked=tuple(text for _ in keys),
        alerts=AlertsEffect(text, 9, tuple(Firing(key, 1, 2, 3, (text,), (text,)) for key in keys), (text,)),
        target=TargetEffect(
            "prod", text, text, (("update", 3),), tuple(TargetRow(key, "update", (text,), text) for key in keys)
        ),
    )


def markdown(review: Review) -> str:
    return review_markdown.render(review, "0.1.0", Options())


@pytest.mark.unmeasured
@pytest.mark.parametrize("number", [1, 40, 3000])
@pytest.mark.parametrize("text", ["plain", NASTY, "x" * 4000], ids=["plain", "nasty", "long"])
def test_a_comment_is_never_too_long_and_nothing_in_it_is_active(text: str, number: int) -> None:
    comment = markdown(everything(text, number))
    assert len(comment) <= 65_000
    page = cmarkgfm.github_flavored_markdown_to_html(comment, options=cmarkgfm.Options.CMARK_OPT_UNSAFE)
    assert not re.search(r"<(script|img|a|h1|h2|input)\b", page)
    assert page.count("<details>") == page.count("</details>") == comment.count("<details>")
    assert comment.endswith("playbookctl 0.1.0</sub>\n")
    assert "**Not checked**" in comment
    assert "@org" not in re.sub(r"`[^`\n]*`|<code>.*?</code>", "", comment)


@pytest.mark.parametrize("number", [1, 40, 3000])
def test_what_is_shown_and_what_is_left_out_add_up(number: int) -> None:
    comment = markdown(everything("plain", number))
    assert f"{number:,} playbook" in comment.split("\n")[1]
    parts = re.split(
        r"(?:#### |<summary>)[🔴🟠🟡] ([\d,]+) (high|medium|low) risks?", comment.partition("| | before | now |")[0]
    )
    assert [parts[at] for at in range(1, len(parts), 3)] == [f"{number:,}"] * 3
    for at in range(3, len(parts), 3):
        shown = len(re.findall(r"^- ", parts[at], re.MULTILINE))
        left = sum(int(count.replace(",", "")) for count in re.findall(r"… ([\d,]+) more \w+ risks? not", parts[at]))
        assert shown + left == number


def test_the_environment_of_the_target_is_in_the_marker() -> None:
    assert markdown(EMPTY).startswith("<!-- playbookctl:review -->\n")
    target = TargetEffect("prod --> <b>", "t", "c")
    assert markdown(replace(EMPTY, target=target)).startswith("<!-- playbookctl:review:prod-b -->\n")


def test_nothing_to_say_is_said() -> None:
    comment = markdown(EMPTY)
    assert "### playbookctl review: no playbook changes, no risk found" in comment
    assert "Must look" not in comment


def test_alerts_and_target_are_told_in_every_format() -> None:
    review = everything("plain", 2)
    text = review_text.render(review, "0.1.0", Options())
    comment = markdown(review)
    data = json.loads(review_json.render(review, "0.1.0", Options()))
    assert "alerts k0: 1 → 2, 3 unclear" in text
    assert "target k1: update plain plain" in text
    assert "| `k0` | 1 | 2 | 3 | starts now: plain<br>no longer: plain |" in comment
    assert "| `k1` | update | `plain` | plain |" in comment
    assert data["alerts"]["firings"][1]["after"] == 2
    assert data["target"]["rows"][0]["group"] == "update"


def test_the_same_of_several_playbooks_is_told_once() -> None:
    same = tuple(risk(Level.HIGH, key) for key in ("a", "b", "c"))
    comment = markdown(replace(EMPTY, risks=same))
    assert "#### 🔴 3 high risks" in comment
    assert "- **3 playbooks**, such as **`a`**, `b`, `c`: each runs `x`" in comment
    assert comment.count("**undo:**") == 1


@pytest.mark.parametrize("text", ["plain", NASTY])
def test_the_json_is_as_published(text: str) -> None:
    schema: dict[str, Any] = json.loads((ROOT / "schemas" / "review.schema.json").read_text("utf-8"))
    shown = review_json.render(everything(text, 3), "0.1.0", Options())
    jsonschema.Draft202012Validator(schema).validate(json.loads(shown))
    assert shown.isascii()


@pytest.mark.parametrize("color", [False, True])
def test_a_terminal_gets_no_control_sequence_but_ours(color: bool) -> None:
    shown = review_text.render(everything(NASTY, 3), "0.1.0", Options(color=color, width=100))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", re.sub(r"\x1b\[[\d;]*m", "", shown) if color else shown)
    assert not re.search(r"^\s*::", shown, re.MULTILINE)
