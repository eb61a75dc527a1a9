"""The whole job on a database of its own: validate, plan, sync, plan again (nothing to do), one edit, and two runs.

Run by `make demo`. Needs no network and leaves nothing behind. Ends with 1 if anything is not as it should be.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from playbookctl.server.embedded import EmbeddedServer

ROOT = Path(__file__).parent.parent
PARTS = ("playbooks", "connectors.yaml", "playbookctl.yaml")
PLAYBOOKS = "/api/v1/soc/playbooks"
ALERT = {
    "title": "Ransom note written on FIN-WS-042",
    "severity": "critical",
    "host": "FIN-WS-042",
    "user": "j.doe",
    "mitre_technique": "T1486",
}
BOLD, DIM, OFF = ("\x1b[1m", "\x1b[2m", "\x1b[0m") if sys.stdout.isatty() else ("", "", "")


def main() -> int:
    """Run the demo."""
    with tempfile.TemporaryDirectory(prefix="playbookctl-demo-") as name:
        folder = Path(name)
        lay_out(folder)
        say("1. Twelve incident playbooks and the blocks they share, checked without any network")
        run(folder, "playbookctl validate", expect=0)
        say("2. What a sync would do: the server (embedded, on SQLite) has nothing yet")
        run(folder, "playbookctl plan", expect=0)
        say("3. Do it: two-phase creates, callees before callers, every write read back")
        run(folder, "playbookctl sync --yes", expect=0)
        say("4. Plan again: empty")
        run(folder, "playbookctl plan --detailed-exitcode", expect=0)
        say("5. The repository moves one field; only that field is sent")
        edit(folder / "playbooks" / "phishing.yaml", "name: Phishing message", "name: Reported phishing message")
        run(folder, "git commit -q -a -m 'Name it as the service desk does'", expect=0)
        run(folder, "playbookctl sync --yes", expect=0)
        run(folder, "playbookctl plan --detailed-exitcode", expect=0)
        say("6. A run that a person asks for, and one that an alert starts")
        run_both_ways(folder / ".playbookctl" / "local.db")
    say("The second plan was empty: repository and server agree.")
    return 0


def run_both_ways(database: Path) -> None:
    """Run one playbook through the API, ingest an alert that fires another, and show what each left behind."""
    with EmbeddedServer(database) as server:
        headers = {"Authorization": f"Bearer {server.token()}"}
        with httpx.Client(base_url=server.url, headers=headers) as client:
            host = find(client, "Isolate a host")
            answer = client.post(f"{PLAYBOOKS}/{host['id']}/run", json={"inputs": {"host": "FIN-WS-042"}})
            print(f"POST {PLAYBOOKS}/{host['id']}/run -> {answer.status_code} {answer.json()}")
            show_run(client, "Isolate a host")
            fired = server.ingest(ALERT)
            print(f"alert '{ALERT['title']}' -> {fired.alert_id} runs {', '.join(fired.run_ids)}")
            show_run(client, "Ransomware on a host")


def find(client: httpx.Client, name: str) -> dict[str, Any]:
    """Return the one live playbook of a name."""
    (row,) = client.get(PLAYBOOKS, params={"name": name}).json()["data"]
    found: dict[str, Any] = row
    return found


def show_run(client: httpx.Client, name: str) -> None:
    """Wait for the last run of a playbook to end, and print what it left behind."""
    for _ in range(100):
        row = find(client, name)
        if row["last_run_id"]:
            print(f"'{name}': last run {row['last_run_id']} at {row['last_run_at']}, {row['run_stats']}")
            return
        time.sleep(0.1)
    sys.exit(f"demo: '{name}' did not run")


def lay_out(folder: Path) -> None:
    """Make a git repository with this project's playbooks."""
    for part in PARTS:
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
    identity = ["-c", "user.name=demo", "-c", "user.email=demo@example.test"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-q", "-m", "Our playbooks"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


def edit(path: Path, before: str, after: str) -> None:
    """Replace the first `before` in a file."""
    text = path.read_text("utf-8")
    if before not in text:
        sys.exit(f"demo: '{before}' is not in {path.name}")
    path.write_text(text.replace(before, after, 1), "utf-8")


def say(text: str) -> None:
    """Print a heading."""
    print(f"\n{BOLD}{text}{OFF}", flush=True)


def run(folder: Path, command: str, *, expect: int) -> None:
    """Run a command line in `folder`, show it and what it prints, and end the demo if it ends with another code."""
    print(f"{DIM}$ {command}{OFF}", flush=True)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "GIT_AUTHOR_NAME": "demo", "GIT_AUTHOR_EMAIL": "demo@example.test",
        "GIT_COMMITTER_NAME": "demo", "GIT_COMMITTER_EMAIL": "demo@example.test",
    }  # fmt: skip
    code = subprocess.run(shlex.split(command), cwd=folder, env=environment, check=False).returncode
    if code != expect:
        sys.exit(f"demo: '{command}' ended with {code}, not {expect}")


if __name__ == "__main__":
    sys.exit(main())
