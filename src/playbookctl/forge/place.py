"""Where to comment, as the variables of a CI job say: the API, the project, the pull request, and what it proposes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playbookctl.errors import AuthError, Refused, UsageError
from playbookctl.forge.post import Deed, Head
from playbookctl.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Row: TypeAlias = dict[str, Any]

LARGEST_EVENT = 30_000_000  # bytes; GitHub's events end at 25 MB
_REPOSITORY = re.compile(r"(?!\.{1,2}/)[A-Za-z0-9_.-]{1,100}/(?!\.{1,2}\Z)[A-Za-z0-9_.-]{1,100}")
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


class Place(Value):
    """`project` is `owner/name` or GitLab's id; `number` and `head` are None where the job knows of none.

    `head` is what the job looked at; `from_fork`: the job runs for a fork's pull request, with a token that only reads.
    """

    __slots__ = ("from_fork", "head", "number", "project", "token", "url")

    def __init__(
        self, url: str, project: str, token: str, number: int | None, head: Head | None, *, from_fork: bool = False
    ) -> None:
        self.url = url
        self.project = project
        self.token = token
        self.number = number
        self.head = head
        self.from_fork = from_fork


def github_place(variables: Mapping[str, str], given: int | None) -> Place:
    """Read GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and the event's file.

    `given` is a number from elsewhere, such as an artifact. Raises UsageError and AuthError where something is missing,
    Refused where the event names another number.
    """
    token = _token(variables, "GITHUB_TOKEN", "${{ github.token }}")
    repository = variables.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(f"GITHUB_REPOSITORY is '{repository}'", hint="set it to OWNER/NAME, as GitHub Actions does")
    url = variables.get("GITHUB_API_URL") or "https://api.github.com"
    event = _event(variables.get("GITHUB_EVENT_PATH", ""))
    if isinstance(pull := event.get("pull_request"), dict):
        number = _agreed(_whole(pull.get("number")), given, "run")
        row = _mapping(pull.get("head"))
        head = _head(row.get("sha"), row.get("repo"), row.get("ref"))
        from_fork = head is not None and head.repository.lower() not in {"", repository.lower()}
        return Place(url, repository, token, number, head, from_fork=from_fork)
    run = _mapping(event.get("workflow_run"))
    head = _head(run.get("head_sha"), run.get("head_repository"), run.get("head_branch"))
    return Place(url, repository, token, given or _only_pull(run, repository), head)


def gitlab_place(variables: Mapping[str, str], given: int | None) -> Place:
    """Read GITLAB_TOKEN, CI_PROJECT_ID, CI_API_V4_URL, CI_MERGE_REQUEST_IID and its commit; raises as `github_place`."""
    token = _token(variables, "GITLAB_TOKEN", "a project access token with the scope 'api'")
    project = variables.get("CI_PROJECT_ID", "")
    if not _NUMBER.fullmatch(project):
        raise UsageError(f"CI_PROJECT_ID is '{project}'", hint="set it to the project's number, as GitLab CI does")
    url = variables.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
    said = variables.get("CI_MERGE_REQUEST_IID", "")
    number = number_in(said, "CI_MERGE_REQUEST_IID") if said else None
    number = _agreed(number, given, "pipeline")
    commit = variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or variables.get("CI_COMMIT_SHA", "")
    branch = variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "")
    head = Head(commit, variables.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", ""), branch) if number and commit else None
    return Place(url, project, token, number, head)


def number_in(text: str, where: str) -> int:
    """Return the number of a pull request that a file or variable holds; it may be a stranger's. Raises UsageError."""
    if not _NUMBER.fullmatch(text.strip()):
        raise UsageError(f"{where} holds no number of a pull request", hint="it has to hold nothing but digits")
    return int(text)


def judge(expected: Head | None, found: Head, number: int) -> Deed | None:
    """Compare what the job looked at with what the pull request proposes now: None is go on, STALE is leave it.

    Raises Refused where it is another pull request altogether: then somebody else chose the number.
    """
    if expected is None:
        return None
    same_repository = not expected.repository or expected.repository.lower() == found.repository.lower()
    if same_repository and expected.commit == found.commit:  # a commit alone can be proposed from any fork
        return None
    if same_repository and expected.branch and expected.branch == found.branch:
        return Deed.STALE
    raise Refused(
        f"this run looked at {_named(expected)}, and request {number} proposes {_named(found)}",
        hint="nothing was written; the number has to be the one that the run was made for",
    )


def _named(head: Head) -> str:
    return f"commit {head.commit[:12]} of '{head.repository}', branch '{head.branch}'"


def _agreed(number: int | None, given: int | None, what: str) -> int | None:
    if number is not None and given is not None and number != given:
        raise Refused(f"this {what} belongs to request {number}, not to {given}", hint="leave the number out")
    return number or given


def _only_pull(run: Row, repository: str) -> int | None:
    """Return the number of the one pull request that a run names. A fork's run names none, a branch may have several."""
    said = run.get("pull_requests")
    pulls = [
        row for row in (said if isinstance(said, list) else ()) if _base(row).endswith(f"/repos/{repository.lower()}")
    ]
    return _whole(pulls[0].get("number")) if len(pulls) == 1 else None


def _base(row: Any) -> str:
    return str(_mapping(_mapping(_mapping(row).get("base")).get("repo")).get("url")).lower()


def _head(commit: Any, repository: Any, branch: Any) -> Head | None:
    name = _mapping(repository).get("full_name")
    return Head(commit, str(name or ""), str(branch or "")) if isinstance(commit, str) and commit else None


def _event(path: str) -> Row:
    if not path:
        return {}
    try:
        with open(path, "rb") as file:
            return _mapping(json.loads(file.read(LARGEST_EVENT)))
    except OSError as error:
        raise UsageError(f"the event '{path}' cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"the event '{path}' is not JSON", hint="GITHUB_EVENT_PATH is set by GitHub Actions"
        ) from error


def _token(variables: Mapping[str, str], name: str, source: str) -> str:
    token = variables.get(name, "").strip()
    if not token:
        raise AuthError(
            f"there is no {name} in the environment", hint=f"set it to {source} in this step's env, and only there"
        )
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise AuthError(f"{name} holds characters that no token has", hint=f"set it to {source}")
    return token


def _mapping(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
