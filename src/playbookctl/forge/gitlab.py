"""GitLab: eight operations of its REST API, as docs.gitlab.com describes them (notes, issues, merge requests, users)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbookctl.forge.calls import Dialect, inside
from playbookctl.forge.post import Head, Post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playbookctl.forge.calls import Calls, Row

LIMIT = 1_000_000  # characters of a note; an issue's description may have a little more
LONGEST_TITLE = 255
TOKEN = "a project access token with the scope 'api' and the role 'Reporter' or higher"  # noqa: S105 - words


def dialect() -> Dialect:
    """Return how GitLab is spoken to. It takes access tokens as bearer tokens too."""
    return Dialect("application/json", {}, "CI_API_V4_URL", "GITLAB_TOKEN", _hint)


def _hint(status: int, said: str, _: str) -> str:
    match status:
        case 401:
            return f"set GITLAB_TOKEN to {TOKEN}; CI_JOB_TOKEN cannot write notes"
        case 403 | 404 if "insufficient_scope" in said:
            return f"GITLAB_TOKEN has to be {TOKEN}"
        case 403 | 404:
            return f"GITLAB_TOKEN has to be {TOKEN}, of the project CI_PROJECT_ID; a fork's pipeline has none"
        case _:
            return "see what GitLab says"


class MergeRequest:
    """The notes of a merge request."""

    limit = LIMIT
    closes = False

    def __init__(self, calls: Calls, project: str, number: int, author: str | None = None) -> None:
        self._calls = calls
        self._author = author
        self._path = f"/projects/{project}/merge_requests/{number}"

    def head(self) -> Head:
        """Return what the merge request proposes now."""
        row = self._calls.get(self._path, "iid")
        return Head(str(row.get("sha")), str(row.get("source_project_id") or ""), str(row.get("source_branch") or ""))

    def me(self) -> str:
        """Return the login of the token's owner; a project access token has a user of its own."""
        return self._author or login(self._calls)

    def posts(self) -> Iterator[Post]:
        """Yield every note that a person or a bot wrote."""
        for row in self._calls.rows(f"{self._path}/notes", "id", (("sort", "asc"), ("order_by", "created_at"))):
            if row.get("system") is not True:
                yield _post(row, "id", "body")

    def create(self, body: str) -> Post:
        """Write a note."""
        return _post(self._calls.create(f"{self._path}/notes", "id", {"body": body}), "id", "body")

    def edit(self, post: Post, body: str, *, close: bool) -> Post:  # noqa: ARG002 - a note cannot be closed
        """Replace the text of a note."""
        path = f"{self._path}/notes/{post.id}"
        return _post(self._calls.replace("PUT", path, "id", {"body": body}), "id", "body")


class Issues:
    """The open issues of a project."""

    limit = LIMIT
    closes = True

    def __init__(self, calls: Calls, project: str, title: str, author: str | None = None) -> None:
        self._calls = calls
        self._author = author
        self._path = f"/projects/{project}/issues"
        self._title = title[:LONGEST_TITLE]

    def me(self) -> str:
        """Return the login of the token's owner."""
        return self._author or login(self._calls)

    def posts(self) -> Iterator[Post]:
        """Yield every open issue."""
        for row in self._calls.rows(self._path, "iid", (("state", "opened"), ("scope", "all"))):
            yield _post(row, "iid", "description")

    def create(self, body: str) -> Post:
        """Open an issue."""
        row = self._calls.create(self._path, "iid", {"title": self._title, "description": body})
        return _post(row, "iid", "description")

    def edit(self, post: Post, body: str, *, close: bool) -> Post:
        """Replace the text of an issue, and close it if `close`."""
        fields: Row = {"description": body} | ({"state_event": "close"} if close else {})
        return _post(self._calls.replace("PUT", f"{self._path}/{post.id}", "iid", fields), "iid", "description")


def login(calls: Calls) -> str:
    """Return whose token this is."""
    return str(calls.get("/user", "id").get("username") or "")


def _post(row: Row, identity: str, text: str) -> Post:
    login_ = str(inside(row, "author").get("username") or "")
    return Post(row[identity], login_, str(row.get(text) or ""), str(row.get("web_url") or ""))
