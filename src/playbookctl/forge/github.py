"""GitHub: eight operations of its REST API, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.errors import Forbidden
from playbookctl.forge.calls import Dialect, inside
from playbookctl.forge.post import Head, Post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.forge.calls import Calls, Row

LIMIT = 65_536  # characters of a comment, and of an issue
LONGEST_TITLE = 256
BOT = "github-actions[bot]"  # who writes with the token of a job
RECIPE = "see ci/github in playbookctl's repository"


def dialect(needs: str, *, from_fork: bool) -> Dialect:
    """Return how GitHub is spoken to; `needs` is the permission that the job has to have, such as 'issues: write'."""

    def hint(status: int, said: str, accepted: str) -> str:
        wanted = f"permissions: {{{needs}}}"
        named = f" (GitHub names {accepted})" if accepted else ""
        if status == 401:  # noqa: PLR2004 - the token is not known
            return "set GITHUB_TOKEN to ${{ github.token }} in the step's env"
        if "locked" in said.lower():
            return "the conversation is locked; unlock it, or leave the comment out"
        if status == 403 and from_fork:  # noqa: PLR2004 - not allowed
            return f"the token of a fork's pull request only reads; comment from a job on 'workflow_run', {RECIPE}"
        if status in {403, 404}:
            return f"the job needs '{wanted}'{named}, and GITHUB_REPOSITORY has to be right; {RECIPE}"
        return "see what GitHub says"

    return Dialect(
        "application/vnd.github+json", {"X-GitHub-Api-Version": "2022-11-28"}, "GITHUB_API_URL", "GITHUB_TOKEN", hint
    )


class PullRequest:
    """The comments of a pull request."""

    limit = LIMIT
    closes = False

    def __init__(self, calls: Calls, repository: str, number: int, author: str | None = None) -> None:
        self._calls = calls
        self._author = author
        self._repository = f"/repos/{repository}"
        self._number = number

    def head(self) -> Head:
        """Return what the pull request proposes now."""
        pull = self._calls.get(f"{self._repository}/pulls/{self._number}", "number")
        head = inside(pull, "head")
        return Head(str(head.get("sha")), str(inside(head, "repo").get("full_name") or ""), str(head.get("ref") or ""))

    def me(self) -> str:
        """Return the login of the token's owner."""
        return self._author or login(self._calls)

    def posts(self) -> Iterator[Post]:
        """Yield every comment."""
        for row in self._calls.rows(f"{self._repository}/issues/{self._number}/comments", "id"):
            yield _post(row, "id")

    def create(self, body: str) -> Post:
        """Write a comment."""
        path = f"{self._repository}/issues/{self._number}/comments"
        return _post(self._calls.create(path, "id", {"body": body}), "id")

    def edit(self, post: Post, body: str, *, close: bool) -> Post:  # noqa: ARG002 - a comment cannot be closed
        """Replace the text of a comment."""
        path = f"{self._repository}/issues/comments/{post.id}"
        return _post(self._calls.replace("PATCH", path, "id", {"body": body}), "id")


class Issues:
    """The open issues of a repository."""

    limit = LIMIT
    closes = True

    def __init__(self, calls: Calls, repository: str, title: str, author: str | None = None) -> None:
        self._calls = calls
        self._author = author
        self._path = f"/repos/{repository}/issues"
        self._title = title[:LONGEST_TITLE]

    def me(self) -> str:
        """Return the login of the token's owner."""
        return self._author or login(self._calls)

    def posts(self) -> Iterator[Post]:
        """Yield every open issue; GitHub lists pull requests among them."""
        for row in self._calls.rows(self._path, "number", (("state", "open"),)):
            if "pull_request" not in row:
                yield _post(row, "number")

    def create(self, body: str) -> Post:
        """Open an issue."""
        return _post(self._calls.create(self._path, "number", {"title": self._title, "body": body}), "number")

    def edit(self, post: Post, body: str, *, close: bool) -> Post:
        """Replace the text of an issue, and close it if `close`."""
        fields: Row = {"body": body} | ({"state": "closed", "state_reason": "completed"} if close else {})
        return _post(self._calls.replace("PATCH", f"{self._path}/{post.id}", "number", fields), "number")


def login(calls: Calls) -> str:
    """Return whose token this is. The token of a job is an app's, which GitHub does not tell who it is (403)."""
    try:
        return str(calls.get("/user", "id").get("login") or BOT)
    except Forbidden:
        return BOT


def _post(row: Row, identity: str) -> Post:
    login_ = str(inside(row, "user").get("login") or "")
    return Post(row[identity], login_, str(row.get("body") or ""), str(row.get("html_url") or ""))
