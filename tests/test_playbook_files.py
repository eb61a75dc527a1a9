"""The files behind the playbooks of this repository: every name stands for something, and nothing hangs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
import yaml

from playbookctl.attack.index import AttackIndex
from playbookctl.attack.values import Status
from support.walk import (
    ALERT_FIELDS,
    BLOCKS,
    END,
    INCIDENTS,
    ROOT,
    SKIPPED,
    Book,
    actions,
    books,
    called,
    listed,
    references,
    spec_of,
)


@pytest.fixture(params=[*BLOCKS, *INCIDENTS])
def book(request: pytest.FixtureRequest) -> Book:
    return books()[request.param]


def test_the_folder_holds_the_incidents_and_the_blocks_and_nothing_else() -> None:
    assert sorted(books()) == sorted([*BLOCKS, *INCIDENTS])


@pytest.mark.parametrize(
    "name, kind",
    [*((f"playbooks/{key}.yaml", "playbook") for key in [*BLOCKS, *INCIDENTS]),
     ("connectors.yaml", "connectors"), ("playbookctl.yaml", "config")],
)  # fmt: skip
def test_the_schema_accepts_the_file(name: str, kind: str) -> None:
    schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    data = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    errors = jsonschema.Draft202012Validator(schema).iter_errors(data)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_the_linter_finds_nothing_not_even_a_note() -> None:
    command = [sys.executable, "-m", "playbookctl", "validate", "--fail-on", "note", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])


def test_the_head_of_the_file_is_complete(book: Book) -> None:
    first = book.path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../schemas/playbook.schema.json"
    assert book.key == book.path.stem
    assert book.data["owner"]
    assert len(book.data["description"]) > 80
    assert book.data["category"] in {"identification", "containment", "eradication", "recovery"}


def test_a_block_is_called_and_never_starts_by_itself() -> None:
    uses = {step["playbook"] for book in books().values() for step in book.order if step.get("type") == "playbook"}
    assert sorted(uses) == sorted(BLOCKS)
    for key in BLOCKS:
        block = books()[key].data
        assert block["auto_execute"] is False
        assert block["inputs"]
        assert block["outputs"]
        assert "trigger_conditions" not in block


def test_every_wait_has_a_limit_and_an_answer_to_silence(book: Book) -> None:
    assert [step["id"] for step in book.order if not is_limited(step)] == []


def is_limited(step: dict[str, Any]) -> bool:
    needs = {
        "action": {"timeout", "on_error"},
        "playbook": {"timeout", "on_error"},
        "manual": {"timeout", "on_timeout", "assignee"},
    }
    approval = step.get("approval")
    return (
        needs.get(step.get("type", "action"), set()) <= set(step)
        and (approval is None or set(approval) == {"by", "expires", "on_refused", "on_expired"})
        and ("for_each" not in step or step["max_targets"] <= 500)
        and ("repeat" not in step or step["repeat"]["max"] <= 15)
    )


def test_only_news_and_evidence_may_fail_unnoticed(book: Book) -> None:
    unnoticed = [step for step in book.order if step.get("on_error") == "continue"]
    if book.key in BLOCKS:
        assert [step["id"] for step in unnoticed] == (["post"] if book.key == "notify-and-ticket" else [])
    looked_up = {step["action"] for step in unnoticed if spec_of(step).get("effect") not in {None, "notify"}}
    calls = {step["playbook"] for step in unnoticed if "playbook" in step}
    assert looked_up <= {"collect-evidence"}
    assert calls <= {"notify-and-ticket", "preserve-evidence"}


def test_a_call_waits_longer_than_the_called_playbook_can_take(book: Book) -> None:
    for step in book.order:
        callee = called(step)
        if callee is not None:
            assert minutes(step["timeout"]) >= longest(callee, callee.order[0]["id"]), step["id"]


def longest(book: Book, id_: str) -> float:
    """Return the minutes of the slowest run from a step on; the graphs have no cycles."""
    if id_ == END:
        return 0
    step = book.steps[id_]
    repeat = step.get("repeat", {})
    tries = (1 + step.get("retry", {}).get("times", 0)) * repeat.get("max", 1)
    pause = minutes(step.get("retry", {}).get("delay", "0s")) + minutes(repeat.get("delay", "0s"))
    own = minutes(step.get("approval", {}).get("expires", "0s")) + tries * (minutes(step.get("timeout", "0s")) + pause)
    callee = called(step)
    if callee is not None:
        own = max(own, longest(callee, callee.order[0]["id"]))
    return own + max((longest(book, way.target) for way in book.ways(step)), default=0)


def minutes(duration: str) -> float:
    return sum(
        int(n) * {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}[unit] for n, unit in re.findall(r"(\d+)([smhd])", duration)
    )


def test_every_step_is_reached_and_every_path_ends_on_purpose(book: Book) -> None:
    assert len(book.steps) == len(book.order)
    assert set(book.steps) <= book.reached(), "unreachable"
    targets = {way.target for step in book.order for way in book.ways(step)}
    assert targets <= {*book.steps, END}
    assert "next" in book.order[-1]


def test_no_path_falls_into_the_steps_of_another(book: Book) -> None:
    jumped = {
        way.target for step in book.order for way in book.ways(step) if way.kind != SKIPPED and names(step, way.target)
    }
    falls = [
        (step["id"], after["id"])
        for step, after in zip(book.order, book.order[1:], strict=False)
        if "next" not in step and "branches" not in step and after["id"] in jumped
    ]
    assert falls == []


def names(step: dict[str, Any], target: str) -> bool:
    approval = step.get("approval", {})
    places = [step.get("next"), *(branch.get("next") for branch in step.get("branches", []))]
    places += [
        step.get("else"),
        step.get("on_error"),
        step.get("on_timeout"),
        approval.get("on_refused"),
        approval.get("on_expired"),
    ]
    return any(target in listed(place["next"] if isinstance(place, dict) else place) for place in places)


def test_every_answer_has_a_branch_and_every_branch_an_answer(book: Book) -> None:
    for step in book.order:
        plain = [branch["name"] for branch in step.get("branches", []) if "when" not in branch]
        assert plain == step.get("choices", []), step["id"]
        assert plain or "branches" not in step or "else" in step, step["id"]


# Names that stand for something.


def test_every_reference_is_to_something_that_has_run(book: Book) -> None:
    wrong = [
        f"{step['id']}: {'.'.join(reference)}"
        for step in book.order
        for reference in sorted(references(step))
        if not is_known(book, step, reference)
    ]
    assert wrong == []


def is_known(book: Book, step: dict[str, Any], reference: tuple[str, ...]) -> bool:
    match reference:
        case ("steps", id_, "output", name):
            ran = id_ == step["id"] or book.must_pass(id_, step["id"])
            return ran and name in outputs_of(book.steps[id_])
        case ("inputs", name):
            return name in book.data.get("inputs", {})
        case ("alert", name):
            return name in ALERT_FIELDS and book.key in INCIDENTS
        case ("item",):
            return "for_each" in step
    return False


def outputs_of(step: dict[str, Any]) -> list[str]:
    return [*spec_of(step).get("outputs", []), *(field["name"] for field in step.get("form", []))]


def test_the_outputs_and_inputs_of_a_block_are_filled_and_used() -> None:
    for key in BLOCKS:
        block = books()[key]
        for _, id_, _, name in references(block.data["outputs"]):
            assert name in outputs_of(block.steps[id_])
        assert {name for kind, name, *_ in references(block.order) if kind == "inputs"} == set(block.data["inputs"])


def test_a_step_gives_what_is_asked_for(book: Book) -> None:
    for step in book.order:
        callee = called(step)
        if callee is not None:
            inputs = callee.data["inputs"]
            required = {name for name, about in inputs.items() if about.get("required")}
            assert required <= set(step["with"]) <= set(inputs), step["id"]
        elif "connector" in step:
            spec = spec_of(step)
            assert set(spec["required"]) <= set(step["with"]), step["id"]
            assert set(step["with"]) <= {*spec["required"], *spec.get("optional", [])}, step["id"]


def test_the_connectors_required_are_those_used(book: Book) -> None:
    assert book.data["required_connectors"] == sorted({step["connector"] for step in book.order if "connector" in step})


def test_every_action_of_the_catalogue_is_used_or_undoes_one_that_is() -> None:
    used = {
        (step["connector"], step["action"]) for book in books().values() for step in book.order if "connector" in step
    }
    undo = {(connector, actions()[connector, action].get("undo")) for connector, action in used}
    assert set(actions()) - used - undo == set()


def test_the_attack_ids_are_active_and_the_tactics_fit(book: Book) -> None:
    index = AttackIndex.bundled(version="19", domains=("enterprise",))
    tactics = set(book.data.get("mitre_tactics", []))
    fitting = set()
    for id_ in book.data.get("mitre_techniques", []):
        technique = index.technique(id_)
        assert technique is not None, id_
        assert technique.status is Status.ACTIVE, id_
        assert tactics & set(technique.tactics), id_
        fitting |= tactics & set(technique.tactics)
    assert fitting == tactics
    assert bool(tactics) == (book.key in INCIDENTS)


def test_the_page_about_the_playbooks_lists_them_as_they_are() -> None:
    page = (ROOT / "docs" / "playbooks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([a-z-]+)\]\(\.\./playbooks/\1\.yaml\) \|.*\| ([T0-9., ]+) \|$", page, re.MULTILINE)
    listed_there = {key: techniques.split(", ") for key, techniques in rows}
    assert listed_there == {key: books()[key].data["mitre_techniques"] for key in INCIDENTS}
    assert sorted(re.findall(r"^\[([a-z-]+)\]\(\.\./playbooks/\1\.yaml\)", page, re.MULTILINE)) == sorted(BLOCKS)
