"""The whole job on a database of its own: validate, plan, sync, plan again (nothing to do), an analyst's edit, drift.

Run by `make demo`. Needs no network and leaves nothing behind. Ends with 1 if anything is not as it should be.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARTS = ("playbooks", "connectors.yaml", "playbookctl.yaml")
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
    say("The second plan was empty: repository and server agree.")
    return 0


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
