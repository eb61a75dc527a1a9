"""A command that is not said to write is unable to: it sends GET, and a write planted in it never leaves the process."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click import Context

import playbookctl.cli
from playbookctl.api.client import Client
from playbookctl.cli.group import _module, cli
from playbookctl.cli.main import run
from playbookctl.errors import ExitCode
from support.recording import TOKEN_PATH, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.team import Team

COMMANDS = Path(playbookctl.cli.__file__).parent / "commands"
WRITERS = {"adopt", "run", "sync"}  # product.md: "writes", "writes markers"
# every way to call a command that talks to the API and must not write: by command, its arguments
READERS: list[tuple[str, ...]] = [
    ("alerts", "export"),
    ("doctor",),
    ("drift",),
    ("drift", "--fail"),
    ("plan",),
    ("plan", "--on-drift", "revert", "--force", "--bootstrap", "--retire", "gone", "--release", "triage"),
    ("render", "triage"),
    ("status",),
    ("adopt", "--dry-run"),
]

# what a command needs to be called with, where it has to be something
CALLS: dict[str, tuple[str, ...]] = {
    "alerts": ("export",), "attack": ("show",), "explain": ("PB101",), "graph": ("triage",), "render": ("triage",),
    "schema": ("playbook",), "serve": ("token",),
}  # fmt: skip
NETWORK = {name: getattr(_module(name), "NETWORK", "never") for name in cli.list_commands(Context(cli))}
LISTED = {"alerts": "/api/v1/soc/alerts"}  # what a command lists, other than playbooks


@pytest.fixture
def recorder(synced: Team, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A tenant in which there is something to write in every way, and a client that has to fetch its token."""
    synced.write("gone", "key: gone\nname: Gone\ndescription: d\nsteps:\n  - {id: a, action: get-host}\n")
    synced.commit("gone")
    synced.sync()
    (synced.folder / "playbooks" / "gone.yaml").unlink()
    synced.write("new", "key: new\nname: New\ndescription: d\nsteps:\n  - {id: a, action: get-host}\n")
    synced.edit("notify", "Tell the channel.", "Ours.")
    synced.analyst("Triage", description="Theirs.", enabled=False)
    synced.by_hand(name="new", steps=[])
    operator = synced.server.operator
    client_id, secret = operator.new_client(operator.caller())
    monkeypatch.delenv("CPOD_API_KEY")
    monkeypatch.setenv("CPOD_CLIENT_ID", client_id)
    monkeypatch.setenv("CPOD_CLIENT_SECRET", secret)
    with Recorder(synced.server.url) as recorder:
        synced.goes_through(recorder.url)
        yield recorder


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_a_reading_command_sends_get_and_the_token_request(
    synced: Team, recorder: Recorder, arguments: tuple[str, ...]
) -> None:
    before = synced.live()
    code, out, err = synced.say(*arguments)
    assert code in (ExitCode.DONE, ExitCode.FINDINGS, ExitCode.REFUSED), out + err
    assert ("POST", TOKEN_PATH) in recorder.asked
    assert ("GET", LISTED.get(arguments[0], "/api/v1/soc/playbooks")) in recorder.asked
    assert recorder.writes == []
    assert synced.live() == before


PLANTED: dict[str, Any] = {
    "create": lambda client: client.create_playbook({"name": "planted"}),
    "update": lambda client: client.update_playbook("ply_1", {"name": "planted"}),
    "run": lambda client: client.run_playbook("ply_1", {}),
}


@pytest.mark.parametrize("write", PLANTED.values(), ids=PLANTED.keys())
def test_a_write_planted_in_any_of_them_is_an_error_and_never_sent(
    synced: Team, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, write: Any
) -> None:
    honest, alerts = Client.list_connectors, Client.list_alerts

    def planted(client: Client) -> Any:
        write(client)
        return honest(client)

    def planted_in_alerts(client: Client) -> Any:
        write(client)
        return alerts(client)

    monkeypatch.delenv("PLAYBOOKCTL_DEBUG", raising=False)
    monkeypatch.setattr(Client, "list_connectors", planted)
    monkeypatch.setattr(Client, "list_alerts", planted_in_alerts)
    for arguments in READERS:
        code, _, err = synced.say(*arguments)
        assert (arguments, code) == (arguments, ExitCode.INTERNAL)
        assert "from a command that only reads" in err
    assert recorder.writes == []


def test_the_same_write_leaves_a_command_that_may_write(
    synced: Team, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plant would be seen: what holds it back above is the client, not the test."""
    honest = Client.list_connectors

    def planted(client: Client) -> Any:
        client.create_playbook({"name": "planted"})
        return honest(client)

    monkeypatch.setattr(Client, "list_connectors", planted)
    synced.run("sync", "--yes")
    assert ("POST", "/api/v1/soc/playbooks") in recorder.writes


@pytest.mark.parametrize("name", sorted(NETWORK.keys() - WRITERS))
def test_no_command_that_is_not_said_to_write_sends_a_write(
    synced: Team, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Found by listing the commands: one that comes is called, too, by its name alone if nobody says how."""
    before = synced.live()
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    try:
        code = run([name, *CALLS.get(name, ()), *(("--env", "prod") if NETWORK[name] == "reads" else ())])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code != ExitCode.INTERNAL
    assert recorder.writes == []
    assert synced.live() == before
    assert bool(recorder.asked) == (NETWORK[name] == "reads")


def test_every_command_that_talks_to_the_api_is_either_in_the_table_or_said_to_write() -> None:
    sources = {path.stem: path.read_text("utf-8") for path in COMMANDS.glob("[a-z]*.py")}
    talking = {name for name, text in sources.items() if "connected(" in text or "open_target(" in text}
    writing = {name for name in talking if "may_write" in sources[name]}
    assert writing == WRITERS == {name for name, network in NETWORK.items() if network == "writes"}
    assert talking - writing <= {arguments[0] for arguments in READERS}
