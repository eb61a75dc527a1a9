"""Every command line in the documentation is executed, and prints what the page says it prints.

In a block ```` ```console ```` a line `$ command` is run in a fresh copy of this repository's playbooks, one copy per page;
the lines below it are its output, with `...` for any text. A block marked `no-run reason="…"` is not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "rules")],
)
BLOCK = re.compile(r"^```(console|bash|sh|shell)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MOST_NOT_RUN = 5


def blocks(page: Path) -> list[tuple[str, str, str]]:
    return BLOCK.findall(page.read_text("utf-8"))


def commands(text: str) -> list[tuple[str, str]]:
    """Return the commands of a block with the output below each."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0][:-1] + line.strip(), found[-1][1])
        elif found:
            found[-1][1].append(line)
        else:
            raise AssertionError(f"a console block begins with '$ ', not with '{line}'")
    return [(command, "\n".join(output).strip("\n")) for command, output in found]


def workspace(folder: Path) -> dict[str, str]:
    """Copy what a user has: a git repository with our playbooks. Return the environment of the commands."""
    for name in ("playbooks", "connectors.yaml", "playbookctl.yaml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CPOD_", "GITHUB_", "CI"))},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.test",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.test",
    }  # fmt: skip
    for command in ("git init -q -b main .", "git add -A", "git commit -qm first"):
        subprocess.run(command.split(), cwd=folder, check=True, env=environment)
    return environment


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    for _, options, text in blocks(page):
        if "no-run" in options:
            continue
        environment = environment or workspace(tmp_path)
        for command, expected in commands(text):
            done = subprocess.run(
                command,
                shell=True,
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            output = (done.stdout + done.stderr).strip("\n")
            assert "Traceback" not in output, output
            if expected:
                assert matches(expected, output), f"$ {command}\n--- expected\n{expected}\n--- printed\n{output}"
            else:
                assert done.returncode in (0, 1), f"$ {command}\n{output}"


def matches(expected: str, output: str) -> bool:
    pattern = re.escape("\n".join(line.rstrip() for line in expected.splitlines())).replace(r"\.\.\.", ".*")
    return re.fullmatch(pattern, "\n".join(line.rstrip() for line in output.splitlines()), re.DOTALL) is not None


def test_what_is_not_run_is_little_and_has_a_reason() -> None:
    not_run = [(page.name, options) for page in PAGES for _, options, _ in blocks(page) if "no-run" in options]
    assert len(not_run) <= MOST_NOT_RUN
    assert [name for name, options in not_run if not re.search(r'reason="[^"]{10,}"', options)] == []


def test_the_rule_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "build_docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
