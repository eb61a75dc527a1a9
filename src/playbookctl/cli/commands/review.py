"""`playbookctl review`."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import click

from playbookctl import __version__
from playbookctl.cli.options import config_option, display, today_option, wanted_reports, write_file
from playbookctl.consequences import with_effects
from playbookctl.errors import ExitCode
from playbookctl.model.review import Level
from playbookctl.reviewing import review

if TYPE_CHECKING:
    from playbookctl.model.review import Review
    from playbookctl.report.registry import Options

FORMATS = ("text", "json", "markdown")


@click.command("review", short_help="Say what a pull request changes: risks first")
@click.option("--base", metavar="REF", required=True, help="What the change is to be merged into; its settings judge.")
@click.option("--head", metavar="REF", default="HEAD", show_default=True, help="The change, as it is committed.")
@click.option("--alerts", metavar="FILE", help="JSON Lines of alerts: how many start each playbook, before and after.")
@click.option("--plan", metavar="FILE", help="What `plan --format json` printed for the change: what a sync would do.")
@config_option
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="text", show_default=True,
              help="What standard output is for; markdown is a pull request's comment.")  # fmt: skip
@click.option(
    "--report", "reports", metavar="FORMAT=PATH", multiple=True, help="Write a format to a file too. May be repeated."
)
@click.option("--fail-on", type=click.Choice(["none", *(f"risk={level.value}" for level in Level)]), default="none",
              show_default=True, help="The mildest risk that makes the exit code 1.")  # fmt: skip
@today_option
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
              help="Colour. NO_COLOR is honoured.")  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Say everything that is different.")
@click.pass_context
def command(
    ctx: click.Context, /, base: str, head: str, alerts: str | None, plan: str | None, config: str | None,
    format_name: str, reports: tuple[str, ...], fail_on: str, today: str, color: str, verbose: bool,
) -> None:  # fmt: skip
    """Say what a pull request changes, risks first.

    Git against git: the change is read out of git's own store, nothing of it is run or checked out. Needs no network and
    no token. What judges (config, connectors, baseline, suppressions) is the base's; a change of it is a risk of its own.
    Exit code 0, whatever is found; see --fail-on.
    """
    wanted = wanted_reports(reports, FORMATS)
    here = os.getcwd()
    made = with_effects(review(here, base, head, config, today), here, alerts=alerts, plan=plan)
    for name, path in wanted:
        write_file(path, _render(name, made, display("never", verbose=verbose)))
    text = _render(format_name, made, display(color, verbose=verbose))
    click.echo(text if format_name == "text" else text.encode("utf-8"), nl=False, color=True)
    ctx.exit(ExitCode.FINDINGS if _fails(made, fail_on) else ExitCode.DONE)


def _render(name: str, made: Review, options: Options) -> str:
    text: str = import_module(f"playbookctl.report.review_{name}").render(made, __version__, options)
    return text


def _fails(made: Review, fail_on: str) -> bool:
    if fail_on == "none":
        return False
    limit = Level(fail_on.removeprefix("risk="))
    return any(risk.level.is_at_least(limit) for risk in made.risks)
