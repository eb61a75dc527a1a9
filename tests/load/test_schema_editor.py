"""What people see in an editor: completion, hover and diagnostics of the real yaml-language-server on our schemas."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SERVER = shutil.which("yaml-language-server")
SETTINGS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {"completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}},
}

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(
        SERVER is None and not os.environ.get("REQUIRE_ALL"),
        reason="needs yaml-language-server: npm install --global yaml-language-server@1",
    ),
]


class Editor:
    """As much of an editor as the language server needs to answer."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.write, self.read = process.stdin, process.stdout
        self.asked = self.opened = 0
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": CAPABILITIES})
        self.send({"method": "initialized", "params": {}})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.write.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.write.flush()

    def receive(self) -> dict[str, Any]:
        length = 0
        while (line := self.read.readline().strip()) or not length:
            assert line, "the language server has ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(self.read.read(length))
        if message.get("method") == "workspace/configuration":
            wanted = [SETTINGS if item.get("section") == "yaml" else {} for item in message["params"]["items"]]
            self.send({"id": message["id"], "result": wanted})
        elif message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        return message

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.asked and "method" not in message:
                return message.get("result")

    def open(self, kind: str, text: str, mark: str = "|") -> tuple[dict[str, Any], list[str]]:
        """Open a text with the cursor at `mark`; return where the cursor is, and what is marked as wrong.

        `kind` is the name of a schema of ours, or the address of another.
        """
        before, _, after = text.partition(mark)
        address = kind if "://" in kind else f"{(ROOT / 'schemas').as_uri()}/{kind}.schema.json"
        head = f"# yaml-language-server: $schema={address}\n"
        self.opened += 1
        uri = f"file:///text-{self.opened}.yaml"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": head + before + after}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while uri not in self.diagnostics:
            self.receive()
        cursor = {"line": 1 + before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return {"textDocument": {"uri": uri}, "position": cursor}, [one["message"] for one in self.diagnostics[uri]]

    def completions(self, kind: str, text: str) -> dict[str, str]:
        answer = self.ask("textDocument/completion", self.open(kind, text)[0])
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: said(item.get("documentation")) for item in items}

    def hover(self, kind: str, text: str) -> str:
        return said((self.ask("textDocument/hover", self.open(kind, text)[0]) or {}).get("contents"))


def said(documentation: Any) -> str:
    return documentation["value"] if isinstance(documentation, dict) else documentation or ""


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    assert SERVER, "REQUIRE_ALL is set, and yaml-language-server is missing"
    with subprocess.Popen([SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Editor(process)
        process.kill()


STEP = "name: x\nsteps:\n  - id: a\n    "
FIELDS = [
    (STEP + "type: manual\n    |", {"message", "choices", "form", "assignee", "on_timeout"}, {"action", "connector", "branches_"}),
    (STEP + "type: decision\n    |", {"branches", "else", "match"}, {"action", "with", "approval", "timeout"}),
    (STEP + "type: wait\n    |", {"delay", "until", "on_timeout"}, {"action", "approval", "retry"}),
    (STEP + "type: end\n    |", {"name", "description", "if"}, {"next", "branches", "action"}),
    (STEP + "action: x\n    |", {"connector", "approval", "on_error", "for_each"}, {"choices", "form", "delay"}),
    (STEP + "action: x\n    approval:\n      |", {"by", "min", "not_author", "expires"}, {"who"}),
    ("name: x\n|", {"key", "category", "trigger_conditions", "steps"}, {"id", "tenant_id", "run_stats", "created_at"}),
]  # fmt: skip
WORDS = [
    (STEP + "type: |", "manual", "Asks a person"),
    (STEP + "action: x\n    on_error: |", "continue", "Go on"),
    (STEP + "action: x\n    join: |", "any", "Whichever"),
    ("name: x\ncategory: |", "containment", "Stop it"),
    ("name: x\ntrigger_conditions:\n  - field: a\n    op: |", "starts_with", "Text that begins"),
]
HOVERS = [
    ("na|me: x\n", "Name for people"),
    (STEP + "action: x\n    appro|val: {by: [a]}\n", "A person must agree"),
    (STEP + "action: x\n    on_er|ror: {next: a}\n", "What happens if the step fails"),
    (STEP + "action: x\n    ne|xt: [a, b]\n", "Where to go after this step"),
    (
        STEP + "type: decision\n    branches:\n      - name: a\n        wh|en: {field: a, op: exists}\n",
        "Take the branch",
    ),
    ("run_st|ats: {}\n", "Set by the server"),
]
WRONG = [
    (STEP + "action: x\n    timeout: 5 minutes\n", ["write a number above zero and a unit, such as 30s, 5m or 1h30m"]),
    (STEP + "action: x\n    colour: red\n", ["Property colour is not allowed."]),
    ("id: 3\n" + STEP + "action: x\n", ["the server sets 'id'; remove it from the file"]),
]


@pytest.mark.parametrize("text, offered, withheld", FIELDS)
def test_only_the_fields_that_the_type_of_step_takes_are_offered(
    editor: Editor, text: str, offered: set[str], withheld: set[str]
) -> None:
    labels = editor.completions("playbook", text)
    assert offered - labels.keys() == set()
    assert withheld & labels.keys() == set()
    assert all(labels[label] for label in offered), "a field without a word of explanation"


@pytest.mark.parametrize("text, word, explained", WORDS)
def test_every_word_to_choose_from_is_offered_with_what_it_means(
    editor: Editor, text: str, word: str, explained: str
) -> None:
    labels = editor.completions("playbook", text)
    assert labels[word].startswith(explained)
    assert not {"[object Object]", "Default value"} & labels.keys()


@pytest.mark.parametrize("text, meaning", HOVERS)
def test_hovering_a_field_says_what_the_field_means(editor: Editor, text: str, meaning: str) -> None:
    assert meaning in editor.hover("playbook", text)


PLAYBOOK = json.loads((ROOT / "schemas" / "playbook.schema.json").read_text("utf-8"))
TYPES = PLAYBOOK["$defs"]["stepFields"]["properties"]["type"]["enum"]
CONDITION = "name: x\ntrigger_conditions:\n  - "
# Where in a playbook the properties of each part of the schema may stand; for a step that is behind its type.
PLACES = {
    "": "",
    "goTo": STEP + "action: x\n    on_error:\n      ",
    "input": "name: x\ninputs:\n  host:\n    ",
    "output/anyOf/1": "name: x\noutputs:\n  done:\n    ",
    "comparison": CONDITION,
    "allOfConditions": CONDITION,
    "anyOfConditions": CONDITION,
    "notCondition": CONDITION,
    "connectorAvailable": CONDITION,
    "expression": CONDITION,
    "stepFields/properties/notify": STEP + "type: manual\n    notify:\n      ",
    **{f"{kind}Step": f"name: x\nsteps:\n  - type: {kind}\n    " for kind in TYPES},
    "branch": STEP + "type: decision\n    branches:\n      - ",
    "approval": STEP + "action: x\n    approval:\n      ",
    "repeat": STEP + "action: x\n    repeat:\n      ",
    "retry": STEP + "action: x\n    retry:\n      ",
    "startInput": "name: x\nsteps:\n  - type: start\n    inputs:\n      - ",
    "formField": STEP + "type: manual\n    form:\n      - ",
}


def resolved(part: Any) -> Any:
    """Follow references until there is a description; what is described with all steps stands in a step as `true`."""
    part = PLAYBOOK["$defs"]["stepFields"]["properties"]["type"] if part is True else part
    while "description" not in part and "$ref" in part:
        target = PLAYBOOK
        for name in part["$ref"].split("/")[1:]:
            target = target[name]
        part = target
    return part


def part_of(place: str) -> Any:
    part = PLAYBOOK["$defs"] if place else PLAYBOOK
    for name in filter(None, place.split("/")):
        part = part[int(name)] if isinstance(part, list) else part[name]
    return part


def described(node: Any, place: str = "") -> Iterator[str]:
    """Yield the places in the schema, below `$defs`, whose properties have words of their own."""
    if isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict) and any("description" in resolved(part) for part in properties.values()):
            yield place.removeprefix("/$defs").removeprefix("/")
        for name, inner in node.items():
            yield from described(inner, f"{place}/{name}")
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from described(inner, f"{place}/{index}")


def plain(text: str) -> str:
    """Return only the words of a text: Markdown escapes some of the signs."""
    return re.sub(r"[\W_]+", " ", text).strip()


def test_every_property_of_the_schema_is_hovered_somewhere() -> None:
    places = [place for place in described(PLAYBOOK) if not place.startswith("step/allOf")]
    assert sorted({*places} - {"step", "stepFields"}) == sorted(PLACES)  # these two stand behind those of each type
    assert {*part_of("stepFields")["properties"]} == {
        name for kind in TYPES for name in part_of(f"{kind}Step")["properties"]
    }


@pytest.mark.parametrize("place", PLACES)
def test_hovering_any_property_says_what_its_description_says(editor: Editor, place: str) -> None:
    silent = {}
    for name, part in part_of(place)["properties"].items():
        text = PLACES[place].replace("- type: ", "- t|ype: ") if name == "type" and place.endswith("Step") else ""
        said = plain(editor.hover("playbook", text or f"{PLACES[place]}{name[:1]}|{name[1:]}: x\n"))
        if plain(resolved(part)["description"])[:60] not in said:
            silent[name] = said
    assert silent == {}


CATALOGUE = """\
connectors:
  okta: {provider: okta, actions: {get-user: {effect: read}, reset-password: {required: [user], effect: reversible}}}
  slack: {provider: slack}
"""
CONNECTED = STEP + "connector: okta\n    action: "


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a schema that `schema playbook --with-connectors` has written."""
    folder = tmp_path_factory.mktemp("connected")
    (folder / "playbookctl.yaml").write_text("namespace: test\n", "utf-8")
    (folder / "connectors.yaml").write_text(CATALOGUE, "utf-8")
    command = [sys.executable, "-m", "playbookctl", "schema", "playbook", "--with-connectors"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    (folder / "playbook.schema.json").write_bytes(done.stdout)
    return (folder / "playbook.schema.json").as_uri()


OFFERED = [
    (STEP + "action: x\n    connector: |", "okta", "okta: get-user, reset-password."),
    (STEP + "action: x\n    connector: |", "slack", "slack: any action."),
    ("name: x\nrequired_connectors:\n  - |", "slack", "slack: any action."),
    (CONDITION + "connector_available: |", "okta", "okta: get-user, reset-password."),
    (CONNECTED + "|", "reset-password", "Effect: reversible."),
]


@pytest.mark.parametrize("text, name, explained", OFFERED)
def test_the_names_of_the_catalogue_are_offered(
    editor: Editor, connected: str, text: str, name: str, explained: str
) -> None:
    assert explained in editor.completions(connected, text)[name]


JUDGED = [
    (STEP + "connector: okat\n    action: x\n", 'Value is not accepted. Valid values: "okta", "slack".'),
    (CONNECTED + "get-usr\n", 'Value is not accepted. Valid values: "get-user", "reset-password".'),
    ("name: x\nrequired_connectors: [slak]\nsteps: [{id: a, action: x}]\n", 'Value is not accepted. Valid values: "okta", "slack".'),
    (CONNECTED + "get-user\n", ""),
    (CONNECTED + "'{{ inputs.action }}'\n", ""),
    (STEP + "connector: slack\n    action: whatever\n", ""),
    (STEP + "connector: cnn_01J\n    action: whatever\n", ""),
    (STEP + "connector: '{{ inputs.tool }}'\n    action: whatever\n", ""),
]  # fmt: skip


@pytest.mark.parametrize("text, message", JUDGED)
def test_another_name_is_marked_and_an_id_or_a_template_is_not(
    editor: Editor, connected: str, text: str, message: str
) -> None:
    assert editor.open(connected, text)[1] == ([message] if message else [])


@pytest.mark.parametrize("text, messages", WRONG)
def test_a_mistake_is_marked_while_typing(editor: Editor, text: str, messages: list[str]) -> None:
    assert editor.open("playbook", text)[1] == messages


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.name) for path in sorted((ROOT / "playbooks").glob("*.yaml")) if ".test." not in path.name]
)  # fmt: skip
def test_our_own_playbooks_show_nothing_wrong(editor: Editor, path: Path) -> None:
    assert editor.open("playbook", path.read_text("utf-8"), mark="\0")[1] == []
