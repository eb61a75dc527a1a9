"""`comment`, from the command line to a forge on a socket that checks every request."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from playbookctl.cli.main import run
from playbookctl.errors import AnswerLost, ExitCode
from playbookctl.forge import github
from playbookctl.forge.calls import Calls
from playbookctl.forge.post import Deed
from playbookctl.forge.sticky import Wanted, publish
from playbookctl.transport.retry import RetryPolicy
from support.scripted import Reply, Scripted
from support.standin import HEAD, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.forge.conftest import Job

MARK = "<!-- playbookctl:comment -->"
PROD = "<!-- playbookctl:comment:prod -->"
OTHER = "2222222222222222222222222222222222222222"
FAST = RetryPolicy(4, wait_initial=0.001, wait_max=0.01, wait_jitter=0.001)


def pull_event(number: int = 7, commit: str = HEAD, repository: str = REPOSITORY) -> dict[str, object]:
    head = {"sha": commit, "ref": "topic", "repo": {"full_name": repository}}
    return {"action": "synchronize", "number": number, "pull_request": {"number": number, "head": head}}


def run_event(commit: str = HEAD, repository: str = REPOSITORY, branch: str = "topic") -> dict[str, object]:
    run_ = {
        "head_sha": commit,
        "head_branch": branch,
        "head_repository": {"full_name": repository},
        "pull_requests": [],
    }
    return {"action": "completed", "workflow_run": run_}


# ------------------------------------------------------------------ one comment


def test_the_first_run_writes_a_comment_and_the_second_edits_it(job: Job) -> None:
    code, out, _ = job.comment("2 playbooks changed\n")
    assert (code, job.bodies()) == (0, [f"{MARK}\n2 playbooks changed\n"])
    assert out.startswith("created the comment in request 7 of ")
    code, out, _ = job.comment("3 playbooks changed\n")
    assert (code, job.bodies()) == (0, [f"{MARK}\n3 playbooks changed\n"])
    assert out.startswith("edited the comment")


def test_what_it_says_already_is_not_written_again(job: Job) -> None:
    job.comment("same\n")
    job.state.comments[0]["body"] = job.state.comments[0]["body"].replace("\n", "\r\n")  # as forges give it back
    code, out, _ = job.comment("same\n")
    assert (code, job.writes()) == (0, [job.creates])
    assert "says so already" in out


def test_each_environment_has_a_comment_of_its_own(job: Job) -> None:
    job.comment("review")
    job.comment("plan of prod", "--environment", "prod")
    job.comment("plan of staging", "--env", "staging")
    job.comment("plan of prod, again", "--environment", "prod")
    assert job.bodies() == [
        f"{MARK}\nreview\n",
        f"{PROD}\nplan of prod, again\n",
        "<!-- playbookctl:comment:staging -->\nplan of staging\n",
    ]


def test_the_markers_of_a_report_give_way_to_the_comments_own(job: Job) -> None:
    job.comment("<!-- playbookctl:plan:prod -->\n**playbookctl plan**: 1 to update\n", "--environment", "prod")
    assert job.bodies() == [f"{PROD}\n**playbookctl plan**: 1 to update\n"]


NOT_OURS = {
    "another author": ("somebody", f"{MARK}\nhello"),
    "the marker is quoted": ("me", f"> {MARK}\nhello"),
    "the marker is not the first line": ("me", f"see\n{MARK}\nhello"),
    "the marker of another environment": ("me", f"{PROD}\nhello"),
    "a marker with more behind it": ("me", f"{MARK} hello"),
    "a marker behind a space": ("me", f" {MARK}\nhello"),
    "an author whose name begins like ours": ("me2", f"{MARK}\nhello"),
    "a comment without text": ("me", ""),
}


@pytest.mark.parametrize("author, body", NOT_OURS.values(), ids=NOT_OURS.keys())
def test_what_is_not_ours_is_never_touched(job: Job, author: str, body: str) -> None:
    job.already(1, author.replace("me", job.state.me), body)
    code, _, _ = job.comment("ours")
    assert (code, job.bodies()) == (0, [body, f"{MARK}\nours\n"])


def test_of_several_of_ours_the_oldest_is_edited_and_the_others_are_left(job: Job) -> None:
    for post_id in (30, 10, 20):
        job.already(post_id, job.state.me, f"{MARK}\nold {post_id}")
    code, out, _ = job.comment("new")
    assert (code, job.bodies()) == (0, [f"{MARK}\nold 30", f"{MARK}\nnew\n", f"{MARK}\nold 20"])
    assert "(2 older or newer of ours left as they are)" in out


def test_ours_is_found_on_the_last_of_many_pages(job: Job) -> None:
    for post_id in range(1, 251):
        job.already(post_id, "somebody", "chat")
    job.already(251, job.state.me, f"{MARK}\nold")
    job.comment("new")
    assert job.server.done.count(job.lists) == 3
    assert job.writes() == [job.edits]
    assert len(job.bodies()) == 251


def test_a_full_last_page_is_followed_by_an_empty_one(job: Job) -> None:
    for post_id in range(1, 101):
        job.already(post_id, "somebody", "chat")
    job.comment("new")
    assert (job.server.done.count(job.lists), job.writes()) == (2, [job.creates])


def test_more_pages_than_are_read_are_no_reason_to_write_twice(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbookctl.forge.calls.MOST_PAGES", 2)
    for post_id in range(1, 202):
        job.already(post_id, "somebody", "chat")
    code, _, err = job.comment("new")
    assert (code, job.writes()) == (ExitCode.SERVER, [])
    assert "more than 200 rows, and ours may be among the rest" in err


# ------------------------------------------------------------------ nothing to say


@pytest.mark.parametrize("text", ["", "\n \n", "<!-- playbookctl:review -->\n", "<!-- playbookctl:plan:prod -->"])
def test_nothing_to_say_makes_no_comment(job: Job, text: str) -> None:
    code, out, _ = job.comment(text)
    assert (code, job.writes()) == (0, [])
    assert out.startswith("nothing to say, and no comment of ours in request 7")


def test_nothing_left_to_say_corrects_what_stands_there(job: Job) -> None:
    job.comment("1 high risk")
    code, _, _ = job.comment("")
    assert code == 0
    (body,) = job.bodies()
    assert body == (
        f"{MARK}\n**playbookctl** has nothing to say about commit `{HEAD[:12]}`. What stood here before no longer holds.\n"
    )


def test_a_review_of_no_change_makes_no_comment_and_corrects_an_old_one_in_its_own_words(job: Job) -> None:
    review = "<!-- playbookctl:review -->\n<!-- playbookctl:nothing -->\n### playbookctl review: no playbook changes\n"
    assert job.comment(review)[1].startswith("nothing to say")
    job.comment("<!-- playbookctl:review -->\n1 high risk")
    job.comment(review, "--untrusted")
    assert job.bodies() == [f"{MARK}\n### playbookctl review: no playbook changes\n"]


def test_a_comment_about_nothing_is_made_where_it_is_asked_for(job: Job) -> None:
    job.comment("", "--even-nothing")
    assert "has nothing to say" in job.bodies()[0]


# ------------------------------------------------------------------ an issue


def test_an_issue_is_opened_edited_and_closed(job: Job) -> None:
    title = "Playbooks drifted in prod"
    code, out, _ = job.comment("1 drifted", "--issue", title, "--environment", "prod")
    assert code == 0
    assert out.startswith("created the issue in ")
    (issue,) = job.state.issues
    text = issue.get("body") or issue.get("description")
    assert (issue["title"], text) == (title, "<!-- playbookctl:issue:prod -->\n1 drifted\n")
    assert job.comment("2 drifted", "--issue", title, "--environment", "prod")[1].startswith("edited the issue")
    assert job.comment("", "--issue", title, "--environment", "prod")[1].startswith("closed the issue")
    (issue,) = job.state.issues
    assert issue["state"] == "closed"
    assert "no longer holds" in (issue.get("body") or issue["description"])
    assert job.comment("", "--issue", title, "--environment", "prod")[1].startswith("nothing to say")
    job.comment("again", "--issue", title, "--environment", "prod")
    assert len(job.state.issues) == 2


def test_an_issue_of_somebody_else_is_never_touched(job: Job) -> None:
    job.issue(1, "somebody", "<!-- playbookctl:issue:prod -->\nhello")
    job.issue(2, job.state.me, "<!-- playbookctl:issue -->\nhello")
    job.comment("1 drifted", "--issue", "Drift", "--environment", "prod")
    assert [issue.get("body") or issue.get("description") for issue in job.state.issues] == [
        "<!-- playbookctl:issue:prod -->\nhello",
        "<!-- playbookctl:issue -->\nhello",
        "<!-- playbookctl:issue:prod -->\n1 drifted\n",
    ]


def test_a_pull_request_in_githubs_list_of_issues_is_none(github_job: Job) -> None:
    github_job.issue(1, github_job.state.me, "<!-- playbookctl:issue -->\nhello", pull_request={"url": "https://x"})
    github_job.comment("1 drifted", "--issue", "Drift")
    assert github_job.writes() == ["issues/create"]


# ------------------------------------------------------------------ size


def test_a_long_report_is_cut_at_a_line_and_says_how_much_is_missing(github_job: Job) -> None:
    lines = [f"- finding {number} 😀" for number in range(1, 6001)]
    github_job.comment(
        "\n".join(["# Review", "<details><summary>all</summary>", "", "```text", *lines, "```", "</details>"])
    )
    (body,) = github_job.bodies()
    assert len(body) + body.count("😀") <= 65_536
    shown = body.count("- finding")
    head, _, foot = body.rpartition("\n…")
    assert head.endswith(f"- finding {shown} 😀\n```\n</details>\n")
    missing = sum(len(line) + 2 for line in lines[shown:]) + len("```\n</details>\n")
    assert foot == (
        f" {6000 - shown + 2:,} more lines ({missing:,} characters) not shown here: a comment may have 65,536 characters.\n"
    )


def test_gitlab_takes_what_github_would_not(job_of: Callable[..., Job]) -> None:
    job = job_of("gitlab")
    job.comment("x" * 100_000)
    assert len(job.bodies()[0]) > 100_000


def test_a_report_that_none_of_ours_could_be_is_refused(job: Job) -> None:
    code, _, err = job.comment("x" * 4_000_001)
    assert (code, job.server.asked) == (ExitCode.USAGE, [])
    assert "is larger than 4 MB" in err


# ------------------------------------------------------------------ which pull request


def test_a_run_that_came_too_late_leaves_the_comment_of_a_newer_one(job: Job) -> None:
    job.already(1, job.state.me, f"{MARK}\nabout a newer commit")
    job.state.head = OTHER
    code, out, _ = job.comment("about an older commit")
    assert (code, job.writes()) == (0, [])
    assert out.startswith("request 7 has moved on: nothing was written")


def test_a_trusted_job_comments_where_the_number_fits_the_run(github_job: Job) -> None:
    github_job.state.repository = "fork/playbooks"
    github_job.event(run_event(repository="fork/playbooks"))
    (github_job.folder / "number").write_text("7\n", "utf-8")
    code, _, _ = github_job.comment("x", "--untrusted", "--number-file", str(github_job.folder / "number"))
    assert (code, github_job.bodies()) == (0, [f"{MARK}\nx\n"])


STRANGERS = {
    "another commit": run_event(commit=OTHER, repository="fork/playbooks", branch="evil"),
    "the same commit from another fork": run_event(repository="fork/playbooks"),
}


@pytest.mark.parametrize("event", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_number_that_leads_to_somebody_elses_pull_request_is_refused(github_job: Job, event: object) -> None:
    github_job.event(event)
    code, _, err = github_job.comment("x", "--untrusted", "--number", "7")
    assert (code, github_job.writes()) == (ExitCode.REFUSED, [])
    assert "and request 7 proposes commit" in err


def test_a_number_beside_another_one_in_the_event_is_refused(job: Job) -> None:
    code, _, err = job.comment("x", "--number", "8")
    assert (code, job.server.asked) == (ExitCode.REFUSED, [])
    assert "belongs to request 7, not to 8" in err


def test_a_run_of_a_branch_needs_no_number(github_job: Job) -> None:
    event = run_event()
    pulls = [{"number": 7, "base": {"repo": {"url": f"https://api.github.test/repos/{REPOSITORY}"}}},
             {"number": 9, "base": {"repo": {"url": "https://api.github.test/repos/upstream/playbooks"}}}]  # fmt: skip
    event["workflow_run"]["pull_requests"] = pulls  # type: ignore[index] # a plain mapping
    github_job.event(event)
    assert github_job.comment("x")[0] == 0


BAD_NUMBERS = ["", "7; curl evil", "$(id)", "7\n8", "-7", "0", "7" * 30, "\u0667", "../8", "7 8"]


@pytest.mark.parametrize("text", BAD_NUMBERS)
def test_a_file_that_holds_anything_but_a_number_is_refused(github_job: Job, text: str) -> None:
    (github_job.folder / "number").write_text(text, "utf-8")
    code, _, err = github_job.comment("x", "--number-file", str(github_job.folder / "number"))
    assert (code, github_job.server.asked) == (ExitCode.USAGE, [])
    assert "holds no number of a pull request" in err


def test_a_number_of_a_file_that_nothing_vouches_for_is_refused(github_job: Job) -> None:
    github_job.event({"ref": "refs/heads/main"})
    (github_job.folder / "number").write_text("7", "utf-8")
    code, _, err = github_job.comment("x", "--number-file", str(github_job.folder / "number"))
    assert (code, github_job.server.asked) == (ExitCode.REFUSED, [])
    assert "nothing tells whether the number in a file is the right one" in err
    assert github_job.comment("x", "--number", "7")[0] == 0


@pytest.mark.parametrize(
    "event",
    [
        "[",
        "[]",
        '"x"',
        "[" * 100_000,
        '{"pull_request": 1, "workflow_run": []}',
        '{"workflow_run": {"pull_requests": 5}}',
    ],
)
def test_an_event_that_is_none_names_no_pull_request(github_job: Job, event: str) -> None:
    github_job.event({})
    (github_job.folder / "event.json").write_text(event, "utf-8")
    code, _, err = github_job.comment("x")
    assert (code, github_job.server.asked) == (ExitCode.USAGE, [])
    assert "is not JSON" in err or "which pull request?" in err


def test_an_event_that_is_not_there_is_named(github_job: Job) -> None:
    os.environ["GITHUB_EVENT_PATH"] = str(github_job.folder / "nowhere.json")
    assert "nowhere.json' cannot be read: No such file" in github_job.comment("x")[2]


@pytest.mark.parametrize("project", ["", "acme/x", "42/../7", "0"])
def test_a_project_of_gitlab_is_a_number(
    job_of: Callable[..., Job], monkeypatch: pytest.MonkeyPatch, project: str
) -> None:
    job = job_of("gitlab")
    monkeypatch.setenv("CI_PROJECT_ID", project)
    code, _, err = job.comment("x")
    assert (code, job.server.asked) == (ExitCode.USAGE, [])
    assert "CI_PROJECT_ID is" in err


def test_without_a_pull_request_it_says_so(github_job: Job) -> None:
    github_job.event({"ref": "refs/heads/main"})
    code, _, err = github_job.comment("x")
    assert (code, github_job.server.asked) == (ExitCode.USAGE, [])
    assert "which pull request?" in err


# ------------------------------------------------------------------ links that another job left behind


@pytest.mark.parametrize("name", ["review.md", "number"])
def test_a_link_in_an_artifact_is_not_followed(github_job: Job, name: str) -> None:
    folder = github_job.folder
    (folder / "secret").write_text("7", "utf-8")
    (folder / "review.md").write_text("x", "utf-8")
    (folder / "number").write_text("7", "utf-8")
    (folder / name).unlink()
    (folder / name).symlink_to(folder / "secret")
    code, _, err = github_job.comment(None, "--untrusted", "--number-file", str(folder / "number"))
    assert (code, github_job.server.asked) == (ExitCode.USAGE, [])
    assert "cannot be read" in err


def test_a_pipe_in_an_artifact_is_not_waited_for(github_job: Job) -> None:
    os.mkfifo(github_job.folder / "review.md")
    begun = time.monotonic()
    code, _, err = github_job.comment(None, "--untrusted")
    assert code == ExitCode.USAGE
    assert "is no plain file" in err
    assert time.monotonic() - begun < 5


# ------------------------------------------------------------------ permissions


def test_a_forks_token_is_explained(github_job: Job) -> None:
    github_job.event(pull_event(repository="fork/playbooks"))
    github_job.state.repository = "fork/playbooks"
    refused = Reply({"message": "Resource not accessible by integration"}, 403)
    github_job.server.interruptions.append((github_job.creates, refused))
    code, _, err = github_job.comment("x")
    assert code == ExitCode.NOT_AUTHENTICATED
    assert "was answered 403: Resource not accessible by integration" in err
    assert "hint: the token of a fork's pull request only reads; comment from a job on 'workflow_run'" in err


def test_a_missing_permission_is_named(github_job: Job) -> None:
    headers = {"x-accepted-github-permissions": "issues=write; pull_requests=write"}
    refused = Reply({"message": "Resource not accessible by integration"}, 403, headers)
    github_job.server.interruptions.append((github_job.creates, refused))
    code, _, err = github_job.comment("x")
    assert code == ExitCode.NOT_AUTHENTICATED
    assert "'permissions: {pull-requests: write}' (GitHub names issues=write; pull_requests=write)" in err


REFUSALS = {
    "unknown token": (401, {"message": "Bad credentials"}, ExitCode.NOT_AUTHENTICATED, "set GITHUB_TOKEN to"),
    "not found": (404, {"message": "Not Found"}, ExitCode.NOT_AUTHENTICATED, "GITHUB_REPOSITORY has to be right"),
    "locked": (403, {"message": "Unable to create comment because issue is locked."}, ExitCode.NOT_AUTHENTICATED,
               "the conversation is locked"),
    "gone": (410, {"message": "Issues are disabled for this repo"}, ExitCode.SERVER, "see what GitHub says"),
    "invalid": (422, {"message": "Validation Failed", "errors": [{"field": "body", "message": "is too long"}]},
                ExitCode.SERVER, "body: is too long"),
}  # fmt: skip


@pytest.mark.parametrize("status, value, expected, said", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_of_github_is_explained(
    github_job: Job, status: int, value: object, expected: int, said: str
) -> None:
    github_job.server.interruptions.append((github_job.creates, Reply(value, status)))
    code, _, err = github_job.comment("x")
    assert (code, github_job.writes()) == (expected, [])
    assert said in err
    assert "the-token" not in err


REFUSALS_OF_GITLAB = {
    "unknown token": (
        401,
        {"message": "401 Unauthorized"},
        ExitCode.NOT_AUTHENTICATED,
        "CI_JOB_TOKEN cannot write notes",
    ),
    "not found": (404, {"message": "404 Project Not Found"}, ExitCode.NOT_AUTHENTICATED, "a fork's pipeline has none"),
    "invalid": (400, {"message": {"note": ["is too long"]}}, ExitCode.SERVER, "see what GitLab says"),
}


@pytest.mark.parametrize("status, value, expected, said", REFUSALS_OF_GITLAB.values(), ids=REFUSALS_OF_GITLAB.keys())
def test_a_refusal_of_gitlab_is_explained(
    job_of: Callable[..., Job], status: int, value: object, expected: int, said: str
) -> None:
    job = job_of("gitlab")
    job.server.interruptions.append((job.creates, Reply(value, status)))
    code, _, err = job.comment("x")
    assert (code, job.writes()) == (expected, [])
    assert said in err


def test_a_forge_that_does_not_say_who_we_are_gets_no_comment(github_job: Job) -> None:
    github_job.state.login_told, github_job.state.me = True, ""
    refused = Reply({"id": 1, "login": ""})
    github_job.server.interruptions.append(("users/get-authenticated", refused))
    github_job.already(1, "", f"{MARK}\nof a ghost")
    assert github_job.comment("x")[0] == 0
    assert github_job.writes() == [github_job.creates]


def test_a_forge_that_repeats_the_token_is_not_quoted(job: Job) -> None:
    job.server.interruptions.append((job.creates, Reply({"message": "the-token may not do that"}, 403)))
    code, _, err = job.comment("x")
    assert code == ExitCode.NOT_AUTHENTICATED
    assert "403: … may not do that" in err
    assert "the-token" not in err


def test_nonsense_that_repeats_the_token_is_not_quoted_either(job: Job) -> None:
    job.server.interruptions.append((job.lists, Reply(b"the-token?", 200, content_type="text/plain")))
    _, _, err = job.comment("x")
    assert "beginning with '…?'" in err


@pytest.mark.parametrize("author", ["me", 1, ["me"]])
def test_a_comment_whose_author_has_no_shape_of_one_is_not_ours(job: Job, author: object) -> None:
    row = {"id": 1, "user": author, "author": author, "body": f"{MARK}\nold"}
    job.server.interruptions.append((job.lists, Reply(json.dumps([row]).encode(), 200)))
    code, out, _ = job.comment("new")
    assert (code, out.startswith("created the comment"), job.bodies()) == (0, True, [f"{MARK}\nnew\n"])


def test_a_note_that_gitlab_wrote_itself_is_not_ours(job_of: Callable[..., Job]) -> None:
    job = job_of("gitlab")
    job.already(1, job.state.me, f"{MARK}\nmarked as draft", system=True)
    job.comment("x")
    assert job.writes() == [job.creates]


def test_a_token_of_gitlab_that_may_not_write_is_explained(job_of: Callable[..., Job]) -> None:
    job = job_of("gitlab")
    refused = {"error": "insufficient_scope", "error_description": "The request requires higher privileges"}
    job.server.interruptions.append((job.creates, Reply(refused, 403)))
    code, _, err = job.comment("x")
    assert code == ExitCode.NOT_AUTHENTICATED
    assert "hint: GITLAB_TOKEN has to be a project access token with the scope 'api'" in err


def test_without_a_token_nothing_is_sent(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv({"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}[job.forge])
    code, _, err = job.comment("x")
    assert (code, job.server.asked) == (ExitCode.NOT_AUTHENTICATED, [])
    assert "there is no GIT" in err


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "naïve", "esc\x1b"])
def test_a_token_that_can_be_none_is_not_sent_and_not_shown(
    job: Job, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv({"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}[job.forge], token)
    code, _, err = job.comment("x")
    assert (code, job.server.asked) == (ExitCode.NOT_AUTHENTICATED, [])
    assert token not in err


def test_whose_token_it_is_decides_what_is_ours(github_job: Job) -> None:
    github_job.state.login_told, github_job.state.me = True, "release-bot"
    github_job.already(1, "github-actions[bot]", f"{MARK}\nof the job")
    github_job.comment("x")
    assert github_job.writes() == [github_job.creates]


def test_an_app_can_be_named(github_job: Job) -> None:
    github_job.state.me = "our-app[bot]"
    github_job.already(1, "our-app[bot]", f"{MARK}\nold")
    github_job.comment("new", "--author", "our-app[bot]")
    assert github_job.writes() == [github_job.edits]
    assert "users/get-authenticated" not in github_job.server.done


# ------------------------------------------------------------------ rate limits and faults

SOON = str(int(time.time()) + 1)
LIMITS = {
    "429 with Retry-After": Reply({"message": "Too Many Requests"}, 429, {"Retry-After": "1"}),
    "403 with Retry-After": Reply({"message": "You have exceeded a secondary rate limit."}, 403, {"Retry-After": "1"}),
    "nothing remains": Reply({"message": "API rate limit exceeded"}, 403,
                             {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "978307201",
                              "Date": "Mon, 01 Jan 2001 00:00:01 GMT"}),
    "unavailable": Reply({"message": "no"}, 503, {"Retry-After": "1"}),
}  # fmt: skip


@pytest.mark.parametrize("reply", LIMITS.values(), ids=LIMITS.keys())
@pytest.mark.parametrize("where", ["lists", "creates"])
def test_a_rate_limit_is_sat_out(job: Job, reply: Reply, where: str) -> None:
    job.server.interruptions.append((getattr(job, where), reply))
    begun = time.monotonic()
    code, _, _ = job.comment("x")
    assert (code, job.writes()) == (0, [job.creates])
    assert 0.9 <= time.monotonic() - begun < 30


def test_a_secondary_limit_that_names_no_time_means_a_minute(github_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbookctl.forge.calls.UNTOLD_PAUSE_S", 0.3)
    reply = Reply({"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}, 403)
    github_job.server.interruptions.append((github_job.creates, reply))
    begun = time.monotonic()
    assert github_job.comment("x")[0] == 0
    assert time.monotonic() - begun >= 0.3


def test_a_limit_that_lasts_too_long_is_not_waited_for(github_job: Job) -> None:
    reply = Reply({"message": "API rate limit exceeded"}, 403,
                  {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "978310799", "Date": "Mon, 01 Jan 2001 00:00:00 GMT"})  # fmt: skip
    github_job.server.interruptions.append((github_job.lists, reply))
    begun = time.monotonic()
    code, _, err = github_job.comment("x")
    assert (code, github_job.writes()) == (ExitCode.SERVER, [])
    assert "it asks to wait 3,600 s, and longer than 300 s is not waited" in err
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("reply", [Reply({"message": "oops"}, 502), Reply(drops=True)], ids=["502", "lost"])
def test_a_read_and_an_edit_are_repeated(job: Job, reply: Reply) -> None:
    job.already(1, job.state.me, f"{MARK}\nold")
    job.server.interruptions += [(job.lists, reply), (job.edits, reply)]
    assert job.comment("new")[0] == 0
    assert job.bodies() == [f"{MARK}\nnew\n"]


@pytest.mark.parametrize("written", [True, False])
def test_a_comment_whose_answer_was_lost_is_looked_for_first(github_job: Job, written: bool) -> None:
    state = github_job.state
    with Calls(github_job.server.url, "the-token", github.dialect("", from_fork=False), policy=FAST) as calls:
        board = github.PullRequest(calls, REPOSITORY, 7)
        lost = Reply({"message": "bad gateway"}, 502)
        github_job.server.interruptions.append((github_job.creates, lost))
        if written:
            github_job.already(5, state.me, f"{MARK}\nx\n")
            real, state.comments = state.comments, []
            once = iter([[], real])
            board.posts = lambda: iter([_post(row) for row in next(once)])  # type: ignore[method-assign] # a list that lags
        done = publish(board, Wanted(MARK, "x", ""), FAST)
    assert done.deed is (Deed.UNCHANGED if written else Deed.CREATED)
    assert github_job.writes() == ([] if written else [github_job.creates])


def _post(row: dict[str, object]) -> object:
    return github._post(row, "id")


def test_after_three_lost_answers_it_gives_up(github_job: Job) -> None:
    lost = Reply({"message": "bad gateway"}, 502)
    github_job.server.interruptions += [(github_job.creates, lost)] * 10
    with Calls(github_job.server.url, "the-token", github.dialect("", from_fork=False), policy=FAST) as calls:
        board = github.PullRequest(calls, REPOSITORY, 7)
        with pytest.raises(AnswerLost):
            publish(board, Wanted(MARK, "x", ""), RetryPolicy(3, wait_initial=0.001, wait_jitter=0.001))
    assert len(github_job.server.interruptions) == 7


NONSENSE = {
    "no JSON": Reply(b"<html>", 200, content_type="text/html"),
    "an object for a list": Reply({}, 200),
    "a row without id": Reply([{"body": "x"}], 200),
    "a row that is none": Reply([1], 200),
}


@pytest.mark.parametrize("reply", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_ends_it(job: Job, reply: Reply) -> None:
    job.server.interruptions.append((job.lists, reply))
    code, _, err = job.comment("x")
    assert (code, job.writes()) == (ExitCode.SERVER, [])
    assert "the forge's API?" in err


# ------------------------------------------------------------------ where the token goes


def test_a_token_never_follows_to_another_host(job: Job) -> None:
    with Scripted(lambda _: Reply([])) as elsewhere:
        job.server.interruptions.append((job.lists, Reply({}, 302, {"Location": f"{elsewhere.url}/x"})))
        code, _, err = job.comment("x")
        assert (code, elsewhere.asked) == (ExitCode.SERVER, [])
    assert "where the token must not go" in err


@pytest.mark.parametrize("url", ["http://api.github.test", "http://10.0.0.1/api", "ftp://x", "https://me:pw@x.test"])
def test_a_token_is_not_sent_to_an_address_that_may_not_have_it(
    job: Job, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv({"github": "GITHUB_API_URL", "gitlab": "CI_API_V4_URL"}[job.forge], url)
    code, _, err = job.comment("x")
    assert code == ExitCode.USAGE
    assert "pw" not in err


@pytest.mark.parametrize(
    "repository", ["", "acme", "acme/../other", "acme/x/y", "acme/x?y", "../x", "acme/..", "a b/c"]
)
def test_a_repository_that_could_lead_elsewhere_is_refused(github_job: Job, repository: str) -> None:
    os.environ["GITHUB_REPOSITORY"] = repository
    code, _, err = github_job.comment("x")
    assert (code, github_job.server.asked) == (ExitCode.USAGE, [])
    assert "OWNER/NAME" in err


def test_the_log_has_no_token_and_no_text(job: Job) -> None:
    log = job.folder / "log"
    job.comment("a secret plan", "--log-file", str(log))
    text = log.read_text("utf-8")
    assert "POST " in text
    assert "the-token" not in text
    assert "secret plan" not in text


# ------------------------------------------------------------------ options


def test_a_dry_run_prints_the_comment_and_sends_nothing(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GITLAB_TOKEN", "GITHUB_REPOSITORY", "CI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)
    code, out, _ = job.comment("hello @team\n", "--dry-run", "--untrusted", "--environment", "prod")
    assert (code, out, job.server.asked) == (0, f"{PROD}\nhello @\u200bteam\n", [])


MISFITS = {
    "number and file": ["--number", "1", "--number-file", "x"],
    "issue and number": ["--issue", "x", "--number", "1"],
    "an issue without title": ["--issue", " "],
    "an environment that ends the hidden line": ["--environment", "x --> @team"],
    "an environment in capitals": ["--environment", "Prod"],
    "a number that is none": ["--number", "0"],
}


@pytest.mark.parametrize("arguments", MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_is_refused_before_anything_is_sent(job: Job, arguments: list[str]) -> None:
    code, _, err = job.comment("x", *arguments)
    assert (code, job.server.asked) == (ExitCode.USAGE, [])
    assert err.startswith("error: ")


def test_a_file_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["comment", "--forge", "github", "--file", "nowhere.md", "--dry-run"]) == ExitCode.USAGE
    assert "'nowhere.md' cannot be read: No such file or directory" in capsys.readouterr().err
