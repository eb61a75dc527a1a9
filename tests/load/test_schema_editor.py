"""What people see in an editor: completion, hover and diagnostics of the real yaml-language-server on our schemas."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
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
        """Open a text with the cursor at `mark`; return where the cursor is, and what is marked as wrong."""
        before, _, after = text.partition(mark)
        head = f"# yaml-language-server: $schema={(ROOT / 'schemas').as_uri()}/{kind}.schema.json\n"
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


@pytest.mark.parametrize("text, messages", WRONG)
def test_a_mistake_is_marked_while_typing(editor: Editor, text: str, messages: list[str]) -> None:
    assert editor.open("playbook", text)[1] == messages


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.name) for path in sorted((ROOT / "playbooks").glob("*.yaml")) if ".test." not in path.name]
)  # fmt: skip
def test_our_own_playbooks_show_nothing_wrong(editor: Editor, path: Path) -> None:
    assert editor.open("playbook", path.read_text("utf-8"), mark="\0")[1] == []
