"""Draw the terminal pictures of the README: real commands, run on a copy of this repository, drawn by rich.

Run by hand (`make images`) when what they show has changed; the pictures hold dates and ids, so no test compares them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from demo import PLAYBOOKS, edit, find, lay_out
from playbookctl.server.embedded import EmbeddedServer

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "images"
WIDTH = 112
THEME = TerminalTheme(
    (13, 17, 23),
    (201, 209, 217),
    [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255), (188, 140, 255), (57, 197, 207),
     (177, 186, 196)],
    [(110, 118, 129), (255, 161, 152), (86, 211, 100), (227, 179, 65), (121, 192, 255), (210, 168, 255),
     (86, 212, 221), (240, 246, 252)],
)  # fmt: skip
# rich's own frame names a font of a web host; a picture of this repository loads nothing.
FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{width}" height="{height}"/></clipPath>
{lines}</defs>
<rect fill="#0d1117" x="0" y="0" width="{width}" height="{height}" rx="8"/>
<g transform="translate({terminal_x}, 12)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def main() -> int:
    """Draw the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="playbookctl-images-") as name:
        folder = Path(name)
        lay_out(folder)
        said(folder, "playbookctl sync --yes")
        draw("plan", plan(folder))
        draw("validate", validate(folder))
    return 0


def plan(folder: Path) -> list[str]:
    """Let an analyst and the repository move different and equal fields, and return what `plan` says."""
    changes = {
        "Ransomware on a host": {"auto_execute": False},
        "Impossible travel": {"description": "Ask the user first; the VPN egress moved."},
    }
    with (
        EmbeddedServer(folder / ".playbookctl" / "local.db") as server,
        httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.token()}"}) as client,
    ):
        for name, change in changes.items():
            client.patch(f"{PLAYBOOKS}/{find(client, name)['id']}", json=change).raise_for_status()
    edit(
        folder / "playbooks" / "impossible-travel.yaml", "description: >-\n", "description: >-\n  (Reviewed in May.)\n"
    )
    edit(folder / "playbooks" / "phishing.yaml", "    max_targets: 25\n", "    max_targets: 10\n")
    said(folder, "git commit -q -a -m 'Reset fewer at once'")
    return ["playbookctl plan", said(folder, "playbookctl plan --color always")]


def validate(folder: Path) -> list[str]:
    """Make three mistakes, and return what `validate` says."""
    phishing = folder / "playbooks" / "phishing.yaml"
    edit(phishing, "action: get-message", "action: get-mesage")
    edit(phishing, "T1204.002", "T1562.001")
    text = phishing.read_text("utf-8")
    kept = [line for line in text.splitlines(keepends=True) if "approval: {by: [tier-2, soc-lead]" not in line]
    phishing.write_text("".join(kept), "utf-8")
    return ["playbookctl validate", said(folder, "playbookctl validate --color always")]


def said(folder: Path, command: str) -> str:
    """Run a command in `folder` and return what it prints on standard output."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "COLUMNS": str(WIDTH),
        "GIT_AUTHOR_NAME": "demo", "GIT_AUTHOR_EMAIL": "demo@example.test",
        "GIT_COMMITTER_NAME": "demo", "GIT_COMMITTER_EMAIL": "demo@example.test",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout


def draw(name: str, rows: list[str]) -> None:
    """Write one picture: the command, and what it says."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text.assemble(("$ ", "bright_black"), (rows[0], "bold")))
        console.print(Text.from_ansi(rows[1].rstrip("\n")))
        console.save_svg(str(FOLDER / f"{name}.svg"), title="", theme=THEME, code_format=FRAME, unique_id=name)


if __name__ == "__main__":
    sys.exit(main())
