"""`playbookctl validate`."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli.options import (
    cache_option,
    config_option,
    jobs_option,
    output_options,
    show,
    today_option,
    write_file,
)
from playbookctl.errors import ExitCode, UsageError
from playbookctl.model.finding import Severity
from playbookctl.pipeline import UNNAMED, CheckOptions, Repository, check

if TYPE_CHECKING:
    from playbookctl.check.affected import Affected
    from playbookctl.check.baseline import Baseline, Recorder


@click.command("validate", short_help="Check playbooks by all rules, and mend what can be mended")
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@config_option
@click.option(
    "--select", metavar="CODES", multiple=True, help="Only these rules: codes, prefixes or names, with commas."
)
@click.option("--ignore", metavar="CODES", multiple=True, help="Not these rules.")
@click.option("--fail-on", type=click.Choice([severity.value for severity in Severity]), default="error", show_default=True,
              help="The mildest finding that makes the exit code 1.")  # fmt: skip
@click.option("--changed-since", metavar="REF", help="Only playbooks that changed since the merge base with REF, the work "
              "tree included, and those that call them; all, if the config or the connectors changed.")  # fmt: skip
@click.option("--baseline", metavar="FILE", help="Findings that are known and do not count. Default: the config's.")
@click.option("--write-baseline", metavar="FILE", help="Write a baseline of everything found now.")
@click.option("--fix", is_flag=True, help="Repair what can be repaired safely, and report the rest. With '-' the text goes "
              "to standard output and the report to standard error.")  # fmt: skip
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that may change what is sent.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing. Exit code 1 if anything.")
@click.option("--stdin-filename", metavar="NAME", default=UNNAMED, help="What '-' is called in the findings.")
@today_option
@jobs_option
@cache_option
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, paths: tuple[str, ...], config: str | None, changed_since: str | None, fail_on: str,
    jobs: int, key_folder: str | None, verbose: bool, quiet: bool, **options: Any,
) -> None:  # fmt: skip
    """Check playbooks: schema, YAML traps, structure, connectors, ATT&CK, safety. Needs no network.

    Without PATH every playbook of the repository is checked. '-' reads standard input.
    Exit code 1 means findings; see --fail-on.
    """
    _refuse_what_does_not_fit(paths, changed_since, options)
    repository = Repository(config, os.getcwd(), key_folder=key_folder, jobs=jobs)
    affected = _affected(repository, changed_since, verbose=verbose, quiet=quiet) if changed_since is not None else None
    recorder = _recorder(repository, options["write_baseline"])
    data = sys.stdin.buffer.read() if paths == ("-",) else None
    make = partial(_check_options, repository, options, data, recorder, set(affected.files) if affected else None)
    asked = () if data is not None else paths
    if options["fix"] or options["diff"]:
        from playbookctl.cli import fixing

        report = fixing.fix(repository, asked, make, options, quiet=quiet)
    else:
        report = check(repository, asked, make())
    if recorder is not None:
        write_file(options["write_baseline"], recorder.text())
        if not quiet:
            click.echo(f"{recorder.name}: {recorder.summary()}", err=True)
    format_name = options["format_name"]
    if not quiet or report.findings or format_name != "text":
        show(report, format_name, options["reports"], options["color"], verbose=verbose, fail_on=Severity(fail_on),
             err=data is not None and options["fix"])  # fmt: skip
    failing = any(finding.severity.rank <= Severity(fail_on).rank for finding in report.findings)
    ctx.exit(ExitCode.FINDINGS if failing else ExitCode.DONE)


def _check_options(
    repository: Repository,
    options: dict[str, Any],
    data: bytes | None,
    recorder: Recorder | None,
    only: set[str] | None,
) -> CheckOptions:
    return CheckOptions(
        today=options["today"],
        select=_codes(options["select"]),
        ignore=_codes(options["ignore"]),
        stdin=data,
        stdin_name=_name_of_input(repository, options["stdin_filename"]),
        known=recorder or _baseline(repository, options["baseline"]),
        only=only,
    )


def _refuse_what_does_not_fit(paths: tuple[str, ...], changed_since: str | None, options: dict[str, Any]) -> None:
    if "-" in paths and len(paths) > 1:
        raise UsageError("'-' stands alone: standard input is one playbook")
    if "-" in paths and changed_since is not None:
        raise UsageError("'-' and --changed-since do not go together: git knows nothing of standard input")
    if options["fix"] or options["diff"] or options["unsafe_fixes"]:
        from playbookctl.cli.fixing import refuse_what_does_not_fit

        refuse_what_does_not_fit(paths, options)
    if options["write_baseline"] is not None:
        if paths or changed_since is not None or options["select"] or options["ignore"]:
            raise UsageError(
                "--write-baseline takes down everything: no PATH, --changed-since, --select or --ignore beside it",
                hint="rules that the config ignores are left out of the baseline too",
            )
        if options["baseline"] is not None:
            raise UsageError("--baseline and --write-baseline do not go together: one reads, the other writes anew")


def _affected(repository: Repository, ref: str, *, verbose: bool, quiet: bool) -> Affected:
    from playbookctl.cli import changes
    from playbookctl.narrow import affected_since

    found = affected_since(repository, ref)
    if not quiet:
        for line in changes.explain(found, ref, len(repository.files()), verbose=verbose):
            click.echo(line, err=True)
    return found


def _recorder(repository: Repository, target: str | None) -> Recorder | None:
    if target is None:
        return None
    from playbookctl.check.baseline import Recorder

    return Recorder(repository.shown(os.path.abspath(target)), repository.rooted)


def _baseline(repository: Repository, named: str | None) -> Baseline | None:
    if named is None and repository.settings.baseline is None:
        return None
    from playbookctl.narrow import open_baseline

    return open_baseline(repository, None if named is None else os.path.abspath(named))


def _name_of_input(repository: Repository, named: str) -> str:
    """Return what standard input is called, as a file of that name is shown: editors hand over absolute paths."""
    return UNNAMED if named in ("", UNNAMED) else repository.shown(os.path.abspath(named))


def _codes(words: tuple[str, ...]) -> list[str]:
    return [code.strip() for word in words for code in word.split(",") if code.strip()]
