"""`playbookctl serve` as a person runs it: in a process, in a folder."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from playbookctl.cli.main import run
from playbookctl.server.faults import PRESETS
from playbookctl.server.tenants import DEFAULT_TENANT, tenant_id_of
from support.server import ALERTS, CONNECTORS, PERSONS, PLAYBOOKS, playbook

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "playbookctl", "serve"]
SECRET = "PLAYBOOKCTL_SERVER_SECRET"  # noqa: S105 - the variable's name


class Said:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Serve = Callable[..., Said]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Serve:
    """Run `playbookctl serve …` in the test's folder, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(SECRET, raising=False)

    def run_here(*arguments: str) -> Said:
        return Said(run(["serve", *arguments]), *capsys.readouterr())

    return run_here


class Running:
    """A server in a process of its own, on a free port."""

    def __init__(self, folder: Path, *arguments: str, begin: tuple[str, ...] = tuple(COMMAND)) -> None:
        command = [*begin, "--port", "0", *arguments]
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.printed = ""
        assert self.process.stdout is not None
        while "Ctrl-C stops" not in self.printed:
            line = self.process.stdout.readline()
            assert line, self.process.communicate()[1]
            self.printed += line
        self.url = re.findall(r"http://[0-9.:]+", self.printed)[0]

    def end(self, number: int) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    server = Running(tmp_path)
    yield server
    if server.process.poll() is None:
        server.end(signal.SIGKILL)


def test_the_first_start_gives_credentials_that_work(running: Running) -> None:
    given = dict(re.findall(r"export (CPOD_\w+)=(\S+)", running.printed))
    body = {"client_id": given["CPOD_CLIENT_ID"], "client_secret": given["CPOD_CLIENT_SECRET"]}
    answer = httpx.post(f"{running.url}/api/v1/auth/token", data={"grant_type": "client_credentials", **body})
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert httpx.get(running.url + PLAYBOOKS, headers=headers).json()["total"] == 0
    assert f"tenant 'default' is {tenant_id_of(DEFAULT_TENANT)}" in running.printed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_quietly_and_the_next_start_shows_no_secret(tmp_path: Path, number: signal.Signals) -> None:
    code, out, err = Running(tmp_path).end(number)
    assert (code, out, err) == (0, "stopped\n", "")
    again = Running(tmp_path)
    assert "CPOD_CLIENT_SECRET" not in again.printed
    assert again.end(number)[0] == 0
    folder = tmp_path / ".playbookctl"
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "local.db"]
    assert (folder / ".gitignore").read_text("utf-8") == "*\n"


# as a shell starts what it runs in the background: an interrupt is ignored, until somebody says otherwise
IN_THE_BACKGROUND = """\
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
from playbookctl.cli.main import main
main(["serve", *sys.argv[1:]])
"""


def test_an_interrupt_ends_a_server_in_the_background_as_well(tmp_path: Path) -> None:
    server = Running(tmp_path, begin=(sys.executable, "-c", IN_THE_BACKGROUND))
    assert server.end(signal.SIGINT) == (0, "stopped\n", "")


# moments between "Ctrl-C stops" and the first request that is answered
EARLY = {
    "before the event loop": "uvicorn.Server.run",
    "before the server starts": "uvicorn.Server.serve",
    "while it starts": "uvicorn.Server.startup",
    "before it waits": "uvicorn.Server.main_loop",
}
EARLY_CHILD = """\
import os, sys
import uvicorn
name = sys.argv[1].rpartition(".")[2]
real = getattr(uvicorn.Server, name)
def struck(*arguments, **options):
    setattr(uvicorn.Server, name, real)
    os.kill(os.getpid(), int(sys.argv[2]))
    return real(*arguments, **options)
setattr(uvicorn.Server, name, struck)
from playbookctl.cli.main import main
main(["serve", *sys.argv[3:]])
"""


@pytest.mark.parametrize("moment", EARLY.values(), ids=EARLY.keys())
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_early_ends_it_just_as_quietly(tmp_path: Path, number: signal.Signals, moment: str) -> None:
    command = [sys.executable, "-c", EARLY_CHILD, moment, str(int(number)), "--port", "0"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1:], done.stderr) == (0, ["stopped"], "")


def test_an_operator_works_beside_a_running_server(tmp_path: Path, serve: Serve, running: Running) -> None:
    token = serve("token").out.strip()
    with httpx.Client(base_url=running.url, headers={"Authorization": f"Bearer {token}"}) as client:
        seeded = serve("seed", "--connector", "okta=okta", "--person", "soc-lead")
        assert seeded.out == "seeded 1 connector and 1 person\n"
        assert [row["name"] for row in client.get(CONNECTORS).json()["data"]] == ["okta"]
        assert [row["display_name"] for row in client.get(PERSONS).json()["data"]] == ["soc-lead"]
        document = client.post(PLAYBOOKS, json=playbook(auto_execute=True, tags=["x"])).json()
        (tmp_path / "alerts.json").write_text('[{"title": "a"}, {"title": "b"}]', "utf-8")
        taken = serve("ingest", "alerts.json").out.splitlines()
        assert [bool(re.fullmatch(r"alr_\w{26} runs: run_\w{26}", line)) for line in taken] == [True, True]
        assert client.get(ALERTS).json()["total"] == 2
        assert waited_for(client, document["id"])["run_stats"]["succeeded"] == 2
        copy = serve("clone", document["id"]).out.strip()
        assert client.get(f"{PLAYBOOKS}/{copy}").json()["tags"] == ["x"]
        assert serve("delete", copy).code == 0
        assert client.get(PLAYBOOKS).json()["total"] == 1
        assert serve("backup", "copy.db").out == "copy.db\n"
    assert (tmp_path / "copy.db").stat().st_size > 0


def waited_for(client: httpx.Client, playbook_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while True:
        document: dict[str, Any] = client.get(f"{PLAYBOOKS}/{playbook_id}").json()
        if document["run_stats"]["total"] == 2 or time.monotonic() > deadline:
            return document
        time.sleep(0.05)


def test_a_seed_is_taken_from_the_repository(tmp_path: Path, serve: Serve) -> None:
    (tmp_path / "playbookctl.yaml").write_text("namespace: soc\n", "utf-8")
    (tmp_path / "connectors.yaml").write_text("connectors:\n  okta: {provider: okta}\n  edr: {provider: x}\n", "utf-8")
    (tmp_path / "playbooks").mkdir()
    text = "name: A\nowner: soc-lead\nsteps:\n  - {id: a, type: manual, message: Look}\n"
    (tmp_path / "playbooks" / "a.yaml").write_text(text, "utf-8")
    seeded = serve("seed")
    assert (seeded.out, seeded.err) == ("seeded 2 connectors and 1 person\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "192.0.2.1"], f"error: '192.0.2.1' can be reached from other machines, and {SECRET} is not set"),
        (["--faults", "gremlins"], "error: 'gremlins' is no preset and no readable file"),
        (["--database", "/dev/null/x"], "error: '/dev/null/x' cannot be written"),
        (["delete", "ply_x"], "error: 'ply_x' is no id"),
        (["delete", "ply_01M82E5FXG74YR2EDMM9Y3W4TT"], "has no object 'ply_01M82E5FXG74YR2EDMM9Y3W4TT'"),
        (["seed", "--connector", "okta"], "error: --connector okta is not NAME=PROVIDER"),
        (["ingest", "there.db"], "error: 'there.db' is not JSON"),
        (["backup", "there.db"], "error: 'there.db' exists"),
        (["token", "--scope"], "error:"),
    ],
)
def test_a_mistake_is_said_and_nothing_listens(tmp_path: Path, serve: Serve, arguments: list[str], said: str) -> None:
    (tmp_path / "there.db").touch()
    done = serve(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_secret_of_the_users_signs_and_must_be_long(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def signed_with(secret: str) -> Said:
        monkeypatch.setenv(SECRET, secret)
        return serve("token")

    assert "has 31 bytes, at least 32" in signed_with("x" * 31).err
    assert len({signed_with(letter * 32).out for letter in "xy"}) == 2


def test_a_taken_port_is_named(serve: Serve, running: Running) -> None:
    port = running.url.rpartition(":")[2]
    said = serve("--port", port)
    assert (said.code, said.err) == (
        2,
        f"error: cannot listen on 127.0.0.1:{port}: Address already in use\nhint: --port takes another one\n",
    )


def test_faults_are_taken_from_a_preset_or_a_file(tmp_path: Path) -> None:
    rules = {"faults": [{"kind": "failure", "path": "/health", "times": None}]}
    (tmp_path / "faults.json").write_text(json.dumps(rules), "utf-8")
    server = Running(tmp_path, "--faults", "faults.json")
    assert httpx.get(f"{server.url}/health").status_code == 500
    server.end(signal.SIGTERM)
    server = Running(tmp_path, "--faults", "slow")
    began = time.monotonic()
    assert httpx.get(f"{server.url}/health").status_code == 200
    assert time.monotonic() - began >= PRESETS["slow"][0].seconds
    server.end(signal.SIGTERM)


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path) -> None:
    blocked = (
        "import sys; sys.modules['fastapi'] = None; from playbookctl.cli.main import main; main(['serve', 'token'])"
    )
    done = subprocess.run([sys.executable, "-c", blocked], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "hint: pip install 'playbookctl[server]'" in done.stderr


def test_help_does_not_load_the_server(tmp_path: Path) -> None:
    asked = "import sys; from playbookctl.cli.main import run; run(['--help']); print(sorted({'fastapi', 'uvicorn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]"
