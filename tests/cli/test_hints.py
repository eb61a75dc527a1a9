"""What we tell people to type exists: every command and every option that a message names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from playbookctl.cli.group import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[2] / "src" / "playbookctl"
# commands that are planned or were once: a message that names one has to wait for it
WORDS = (
    "adopt", "alerts", "attack", "comment", "coverage", "doctor", "drift", "explain", "fmt", "graph", "init", "journal",
    "owners", "plan", "probe", "pull", "render", "review", "rollback", "run", "schema", "serve", "status", "sync", "test",
    "validate",
)  # fmt: skip
CALL = re.compile(
    rf"(?:^|[;:,(] |\b(?:or|then|first|and|only) |playbookctl |')({'|'.join(WORDS)}) (?=--|X|KEY|ID|FILE)"
)
OPTION = re.compile(rf"\b({'|'.join(WORDS)})((?: --[a-z][a-z-]*(?: [^-\s]\S*)?)+)")


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text of our sources with its place; what is filled in later is an X."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        pages = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        for node in ast.walk(tree):
            place = f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
                yield place, "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pages:
                yield place, node.value


@cache
def commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


@cache
def options_of(command: click.Command) -> set[str]:
    own = {option for param in command.params for option in param.opts}
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return own.union({"--help"}, *(options_of(each) for each in inner))


def wrong(text: str) -> list[str]:
    known = commands()
    found = [f"there is no command '{name}'" for name in CALL.findall(text) if name not in known]
    for name, said in OPTION.findall(text):
        named = re.findall(r"--[a-z][a-z-]*", said) if name in known else []
        found += [f"'{name}' has no option {option}" for option in named if option not in options_of(known[name])]
    return found


@pytest.mark.unmeasured
def test_every_command_and_option_that_a_message_names_is_there() -> None:
    assert [(place, said) for place, text in texts() for said in wrong(text)] == []


@pytest.mark.parametrize(
    "text, said",
    [
        ("pull X and commit; sync --release X undoes it", ["there is no command 'pull'"]),
        ("read the plan, then sync --farce", ["'sync' has no option --farce"]),
        ("update the branch; to write this older state: sync --allow-older", []),
        ("'playbookctl rollback KEY' does", ["there is no command 'rollback'"]),
        ("sync --resolve X=repo@X --relaese X", ["'sync' has no option --relaese"]),
    ],
)
def test_a_message_that_names_what_there_is_not_is_found(text: str, said: list[str]) -> None:
    assert wrong(text) == said
