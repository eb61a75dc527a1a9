"""A scratch repository of 612 playbooks of which 300 are changed, in every way a review speaks of; run it to look at one."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from support.pull_request import CATALOGUE, CONFIG, Clone

if TYPE_CHECKING:
    from collections.abc import Callable

CHANGED, ALL = 300, 612
SECRET = "ghp_" + "wE7k2LmQ9xZr4TvB8nYc3PdS6hJf5GaU1"  # a token in the form of an issuer, and of nobody
_OWNERS = ("soc-lead", "mail-team", "identity", "endpoint", "cloud")


def playbook(number: int) -> dict[str, Any]:
    """Return a playbook of the base: every second one automatic, each with a gate, a loop, an error path and an input."""
    key = f"pb-{number:03}"
    return {
        "key": key,
        "name": f"Response {number}",
        "description": "What to do when it happens.",
        "owner": _OWNERS[number % len(_OWNERS)],
        "auto_execute": number % 2 == 0,
        "trigger_conditions": [
            {"field": "alert.severity", "op": "in", "value": ["high", "critical"]},
            {"field": "alert.title", "op": "contains", "value": f"case {number}"},
        ],
        "mitre_techniques": ["T1566.001", "T1078"],
        "tags": ["a", "b"],
        "inputs": {"ask": {"default": True}, "host": {"default": "none"}},
        "outputs": {"done": {}},
        "steps": [
            {"id": "look", "name": "Look it up", "connector": "edr", "action": "get-host", "with": {"host": "{{ alert.host }}"}},
            {"id": "user", "name": "Who is it", "connector": "idp", "action": "get-user", "with": {"user": "{{ alert.user }}"}},
            {"id": "decide", "name": "Ask first?", "type": "decision", "else": "isolate", "branches": [
                {"name": "ask", "when": {"field": "inputs.ask", "op": "equals", "value": True}, "next": "approve"}]},
            {"id": "approve", "name": "May we isolate?", "type": "manual", "message": "Isolate?", "assignee": "soc-lead",
             "choices": ["yes", "no"], "branches": [{"name": "yes", "next": "isolate"}, {"name": "no", "next": "end"}]},
            {"id": "isolate", "name": "Isolate the host", "connector": "edr", "action": "isolate-host",
             "with": {"host": "{{ alert.host }}"}, "on_error": {"next": "by_hand"}, "timeout": "5m"},
            {"id": "sweep", "name": "Lock the accounts", "for_each": "{{ alert.indicators }}", "max_targets": 10,
             "type": "section", "steps": [{"id": "lock", "name": "Lock one", "connector": "idp", "action": "disable-user",
                                           "with": {"user": "{{ item }}"}, "approval": "soc-lead"}]},
            {"id": "tell", "connector": "chat", "action": "send-message", "with": {"text": f"done {number}"}, "next": "end"},
            {"id": "by_hand", "name": "By hand", "type": "manual", "message": "Do it by hand.", "assignee": "tier-2"},
        ],
    }  # fmt: skip


def _named(data: dict[str, Any], id_: str) -> dict[str, Any]:
    pending: list[dict[str, Any]] = list(data["steps"])
    for each in pending:
        if each["id"] == id_:
            return each
        pending += each.get("steps", [])
    raise KeyError(id_)


def _rename_step(data: dict[str, Any]) -> None:
    _named(data, "tell")["id"] = "inform"


def _many_things(data: dict[str, Any]) -> None:
    data.update(auto_execute=True, enabled=True, trigger_conditions=[{"field": "alert.title", "op": "exists"}])
    del _named(data, "lock")["approval"]
    del _named(data, "sweep")["max_targets"]


WAYS: tuple[tuple[str, Callable[[dict[str, Any]], object]], ...] = (
    ("default flipped", lambda data: data["inputs"]["ask"].update(default=False)),
    ("approval gone", lambda data: _named(data, "lock").pop("approval")),
    ("approver changed", lambda data: _named(data, "lock").update(approval="anybody")),
    ("everything at once", _many_things),
    ("automatic", lambda data: data.update(auto_execute=True)),
    ("trigger wider", lambda data: data["trigger_conditions"][0]["value"].append("low")),
    ("trigger narrower", lambda data: data["trigger_conditions"].append({"field": "alert.host", "op": "exists"})),
    ("destructive step added", lambda data: data["steps"].insert(0, {"id": "wipe", "connector": "edr", "action": "wipe-host"})),
    ("reading step added", lambda data: data["steps"].insert(1, {"id": "more", "connector": "idp", "action": "get-user"})),
    ("step gone", lambda data: data["steps"].pop(1)),
    ("steps in another order", lambda data: data["steps"].insert(0, data["steps"].pop(1))),
    ("step renamed", _rename_step),
    ("rewired", lambda data: _named(data, "tell").pop("next")),
    ("error path gone", lambda data: _named(data, "isolate").pop("on_error")),
    ("cap gone", lambda data: _named(data, "sweep").pop("max_targets")),
    ("time limit gone", lambda data: _named(data, "isolate").pop("timeout")),
    ("switched off", lambda data: data.update(enabled=False)),
    ("input and output gone", lambda data: (data["inputs"].pop("host"), data.pop("outputs"))),
    ("technique exchanged", lambda data: data.update(mitre_techniques=["T1078", "T1110"])),
    ("another owner", lambda data: data.update(owner="somebody")),
    ("another text", lambda data: data.update(description="Another text.", name=data["name"] + " again")),
    ("tags", lambda data: data.update(tags=["b", "c"])),
    ("condition", lambda data: _named(data, "user").update({"if": {"field": "alert.user", "op": "exists"}})),
    ("a secret added", lambda data: _named(data, "look")["with"].update(api_key=SECRET + data["key"][-3:])),
    ("hostile texts", lambda data: data.update(name="</details> @org/team ![x](http://x.test/p) ::error::x" * 9)),
    ("a field of a vendor", lambda data: data.update({"x-vendor": {"colour": data["key"]}})),
)  # fmt: skip


def build(folder: Path, changed: int = CHANGED, total: int = ALL) -> Clone:
    """Make the repository: the base on `main`, the change on `pr`, which is checked out."""
    clone = Clone(folder)
    books = {f"pb-{number:03}": playbook(number) for number in range(total)}
    clone.base(books)
    for number in range(changed):
        key = f"pb-{number:03}"
        path = f"playbooks/{key}.yaml"
        way = number % (len(WAYS) + 6)
        if way < len(WAYS):
            clone.edit(key, WAYS[way][1])
        else:
            _change_file(clone, way - len(WAYS), path, books[key])
    config = copy.deepcopy(CONFIG)
    config["rules"]["ignore"] = ["PB404"]
    config["environments"]["prod"]["url"] = "https://elsewhere.example.test"
    clone.write("playbookctl.yaml", config)
    catalogue = copy.deepcopy(CATALOGUE)
    catalogue["edr"]["actions"]["wipe-host"]["effect"] = "read"
    clone.write("connectors.yaml", {"connectors": catalogue})
    clone.write("README.txt", "not a playbook\n")
    clone.commit("everything")
    return clone


def _change_file(clone: Clone, way: int, path: str, data: dict[str, Any]) -> None:
    file = clone.folder / path
    if way == 0:
        file.unlink()
    elif way == 1:  # the same key in another place
        clone.write(path.replace("playbooks/", "playbooks/moved/"), file.read_text("utf-8"))
        file.unlink()
    elif way == 2:
        clone.write(path.replace(".yaml", "-new.yaml"), {**data, "key": f"{data['key']}-new"})
        file.unlink()
    elif way == 3:
        file.write_text(f"# a comment\n{file.read_text('utf-8')}", "utf-8")
    elif way == 4:
        clone.write(path.replace("pb-", "new-"), {**data, "key": data["key"].replace("pb-", "new-"), "name": "New"})
        clone.edit(data["key"], lambda book: book.update(category="containment"))
    else:
        file.write_text("steps: [unclosed\n", "utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
