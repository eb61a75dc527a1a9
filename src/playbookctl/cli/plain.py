"""`validate` with names of files and nothing else, as a hook calls it: without click, a third of the time of such a start.

Whatever else stands on the command line goes through click (`cli/commands/validate.py`); a test holds the two to the same
output.
"""

from __future__ import annotations

import os
import sys

from playbookctl.cli.terminal import can_unicode, cores, display, today, user_folder
from playbookctl.errors import ExitCode
from playbookctl.model.finding import Severity
from playbookctl.pipeline import CheckOptions, Repository, check
from playbookctl.report.registry import render

_SAYS_MORE = ("GITHUB_ACTIONS", "_PLAYBOOKCTL_COMPLETE")  # variables that ask for what click has to do with


def fits(arguments: list[str]) -> bool:
    """Tell whether this command line is plain enough."""
    if arguments[:1] != ["validate"] or any(word.startswith("-") for word in arguments):
        return False
    return os.name != "nt" and can_unicode() and not any(os.environ.get(name) for name in _SAYS_MORE)


def validate(paths: list[str]) -> int:
    """Check files and print the report. Return the exit code."""
    repository = Repository(None, os.getcwd(), key_folder=user_folder(os.environ), jobs=cores())
    baseline = None
    if repository.settings.baseline is not None:
        from playbookctl.narrow import open_baseline

        baseline = open_baseline(repository)
    report = check(repository, paths, CheckOptions(today=today(), known=baseline))
    sys.stdout.write(render("text", report, display("auto")))
    sys.stdout.flush()
    failing = any(finding.severity is Severity.ERROR for finding in report.findings)
    return ExitCode.FINDINGS if failing else ExitCode.DONE
