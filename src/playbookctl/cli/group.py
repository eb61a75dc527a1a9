"""The commands as click sees them: found by listing a folder, imported when they are called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from playbookctl import __version__
from playbookctl.errors import ExitCode, UsageError

_FOLDER = os.path.join(os.path.dirname(__file__), "commands")
# What a command does to the server stands in its module as NETWORK; without that it never asks one.
_SECTIONS = {
    "never": "Commands that need no server",
    "reads": "Commands that read a server, and cannot write",
    "writes": "Commands that write to a server",
    "forge": "Commands that write to GitHub or GitLab",
}
# Options of commands that are taken before the command, too, and whether a value follows.
_BEFORE = {
    "-v": False, "--verbose": False, "-q": False, "--quiet": False, "--no-cache": False,
    "--color": True, "--config": True, "--env": True, "--format": True, "--log-file": True,
}  # fmt: skip


class LazyGroup(click.Group):
    """Imports a command when it is called: `validate` must not pay for what `serve` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, sorted."""
        names = [name[:-3] for name in os.listdir(_FOLDER) if name.endswith(".py") and not name.startswith("_")]
        return sorted(name.replace("_", "-") for name in names)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options that every report has before the command as well: `playbookctl -v validate`."""
        at = 0
        while at < len(args) and args[at].partition("=")[0] in _BEFORE:
            at += 1 + (_BEFORE[args[at].partition("=")[0]] and "=" not in args[at])
        if 0 < at < len(args) and not args[at].startswith("-"):
            args = [args[at], *args[:at], *args[at + 1 :]]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called `cmd_name`, None if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = _module(cmd_name).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, by what they do to the server."""
        names = self.list_commands(ctx)
        width = formatter.width - 6 - max(len(name) for name in names)
        for network, title in _SECTIONS.items():
            rows = [
                (name, _module(name).command.get_short_help_str(width))
                for name in names
                if getattr(_module(name), "NETWORK", "never") == network
            ]
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{max(map(len, names))}}", said) for name, said in rows])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve as click does, with a guess for a misspelt name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from playbookctl.model.nearest import did_you_mean

            guess = did_you_mean(args[0], self.list_commands(ctx))
            raise click.UsageError(f"there is no command '{args[0]}'{guess}", ctx) from None


def _module(name: str) -> Any:
    return import_module(f"playbookctl.cli.commands.{name.replace('-', '_')}")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="playbookctl %(version)s")
def cli() -> None:
    """Validate, plan and sync SOC response playbooks kept as YAML in git.

    \b
    First steps:
      playbookctl init                config, hook, schema for the editor, an example
      playbookctl validate            check every playbook of the repository
      playbookctl explain PB102       what a finding means, and how to mend it
      playbookctl plan                what a sync would change, field by field
      playbookctl sync                change it
      playbookctl review --base main  what a branch changes, risks first
    """  # noqa: D301 - click's mark for a paragraph that is not to be wrapped


def call(arguments: list[str]) -> int:
    """Run a command and return its exit code. Raises UsageError for what click does not understand, KeyboardInterrupt."""
    try:
        result: Any = cli.main(arguments, "playbookctl", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # click 8.2 and newer; older ones print the help themselves
            click.echo(error.format_message())
            return ExitCode.DONE
        raise UsageError(error.format_message(), hint=_usage(error)) from error
    except click.Abort as error:
        raise KeyboardInterrupt from error
    return int(result) if isinstance(result, int) else ExitCode.DONE


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see '{context.command_path} --help'" if context is not None else ""
