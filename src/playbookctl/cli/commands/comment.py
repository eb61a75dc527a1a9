"""`playbookctl comment`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from playbookctl.cli.connection import logging_to
from playbookctl.cli.progress import WaitNotes
from playbookctl.errors import Refused, UsageError
from playbookctl.forge import github, gitlab
from playbookctl.forge.calls import Calls
from playbookctl.forge.place import github_place, gitlab_place, judge
from playbookctl.forge.post import Deed
from playbookctl.forge.reading import read_number, read_report
from playbookctl.forge.sticky import Done, Wanted, publish
from playbookctl.forge.text import marker, nothing_left
from playbookctl.report.escape import visible

if TYPE_CHECKING:
    from playbookctl.forge.place import Place
    from playbookctl.forge.post import Board

LIMITS = {"github": github.LIMIT, "gitlab": gitlab.LIMIT}
NETWORK = "forge"


@click.command("comment", short_help="Keep one comment of a pull request up to date")
@click.option("--forge", type=click.Choice(sorted(LIMITS)), required=True, help="Where the pull request is.")
@click.option("--file", "file", metavar="FILE", required=True,
              help="What to say, as Markdown; '-' is standard input. An empty file is nothing to say.")  # fmt: skip
@click.option("--environment", "--env", "environment", metavar="NAME", default="",
              help="The environment it is about: there is one comment for each.")  # fmt: skip
@click.option(
    "--number", type=click.IntRange(1), metavar="N", help="The pull request. Default: that of the CI's event."
)
@click.option("--number-file", metavar="FILE", help="Read its number from a file that another job left behind.")
@click.option("--untrusted", is_flag=True, help="FILE was written where outsiders could steer it, such as a fork's job: "
              "take mentions, links, pictures and HTML out of it.")  # fmt: skip
@click.option("--issue", metavar="TITLE", help="An issue with this title in place of a comment. It is closed where nothing "
              "is left to say.")  # fmt: skip
@click.option("--even-nothing", is_flag=True, help="Comment even where there is nothing to say, and never was.")
@click.option(
    "--author", metavar="LOGIN", help="Whose token it is, where the forge does not tell: an app's is APP[bot]."
)
@click.option("--dry-run", is_flag=True, help="Print the comment and send nothing. Needs no token.")
@click.option("--log-file", metavar="FILE", help="Add a line for every request to FILE. It holds no secrets.")
def command(forge: str, file: str, environment: str, issue: str | None, dry_run: bool, **options: Any) -> None:
    """Create or edit the one comment that playbookctl has on a pull request.

    It is found by its author and a hidden first line; what others wrote is never touched. The token comes from the
    environment: GITHUB_TOKEN beside what GitHub Actions sets, or GITLAB_TOKEN beside what GitLab CI sets. Talks to the
    forge and to nobody else.
    """
    _refuse_what_does_not_fit(issue, options)
    hidden = marker("comment" if issue is None else "issue", environment)
    text = read_report(file, untrusted=options["untrusted"])
    if dry_run:
        wanted = Wanted(hidden, text, nothing_left(""), untrusted=options["untrusted"])
        click.echo(wanted.body(LIMITS[forge]).encode("utf-8", "replace"), nl=False)
        return
    given = read_number(options["number_file"]) if options["number_file"] else options["number"]
    place = (github_place if forge == "github" else gitlab_place)(os.environ, given)
    if options["number_file"] and place.head is None:
        raise Refused(
            "nothing tells whether the number in a file is the right one: the job's event belongs to no pull request",
            hint="run on 'workflow_run' or 'pull_request', or give a number that you trust with --number",
        )
    wanted = Wanted(
        hidden, text, nothing_left(place.head.commit if place.head else ""),
        untrusted=options["untrusted"], even_nothing=options["even_nothing"],
    )  # fmt: skip
    pausing = WaitNotes(quiet=False).pause
    with (
        logging_to(options["log_file"]),
        Calls(place.url, place.token, _dialect(forge, issue, place), on_pause=pausing) as calls,
    ):
        done = _published(calls, forge, place, issue, wanted, options["author"])
    click.echo(_said(done, place, issue))


def _refuse_what_does_not_fit(issue: str | None, options: dict[str, Any]) -> None:
    if options["number"] is not None and options["number_file"] is not None:
        raise UsageError("--number and --number-file do not go together")
    if issue is not None and (options["number"] is not None or options["number_file"] is not None):
        raise UsageError(
            "--issue and the number of a pull request do not go together: an issue is found by its hidden line"
        )
    if issue is not None and not issue.strip():
        raise UsageError("an issue needs a title", hint="--issue 'Playbooks drifted in prod'")


def _dialect(forge: str, issue: str | None, place: Place) -> Any:
    if forge == "gitlab":
        return gitlab.dialect()
    return github.dialect("pull-requests: write" if issue is None else "issues: write", from_fork=place.from_fork)


def _published(calls: Calls, forge: str, place: Place, issue: str | None, wanted: Wanted, author: str | None) -> Done:
    board: Board
    if issue is not None:
        board = (github if forge == "github" else gitlab).Issues(calls, place.project, issue, author)
        return publish(board, wanted)
    if place.number is None:
        raise UsageError(
            "which pull request? the job's event belongs to none", hint="add --number N, or run on 'pull_request'"
        )
    requests = github.PullRequest if forge == "github" else gitlab.MergeRequest
    request = requests(calls, place.project, place.number, author)
    if judge(place.head, request.head(), place.number) is not None:
        return Done(Deed.STALE, None)
    board = request
    return publish(board, wanted)


def _said(done: Done, place: Place, issue: str | None) -> str:
    kind = "comment" if issue is None else "issue"
    there = f"request {place.number} of {place.project}" if issue is None else place.project
    words = {
        Deed.CREATED: f"created the {kind} in {there}",
        Deed.EDITED: f"edited the {kind} in {there}",
        Deed.CLOSED: f"closed the {kind} in {there}: nothing is left to say",
        Deed.UNCHANGED: f"the {kind} in {there} says so already",
        Deed.NOTHING: f"nothing to say, and no {kind} of ours in {there}",
        Deed.STALE: f"request {place.number} has moved on: nothing was written, the run for its newest commit does that",
    }
    url = f": {visible(done.post.url)}" if done.post is not None and done.post.url else ""
    others = f" ({done.others:,} older or newer of ours left as they are)" if done.others else ""
    return f"{words[done.deed]}{url}{others}"
