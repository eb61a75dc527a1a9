"""A forge on a real socket that knows a few operations, refuses whatever does not fit them, and answers only what they allow."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jsonschema import Draft202012Validator, ValidationError

from support.scripted import Asked, Reply, Scripted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIXTURE = Path(__file__).parent.parent / "forge" / "github_operations.json"
REPOSITORY, PROJECT = "acme/playbooks", "42"
TOKEN = "the-token"  # noqa: S105 - what these forges ask for
BOT = "github-actions[bot]"
HEAD = "1111111111111111111111111111111111111111"
LARGEST_PAGE = 100


@dataclass
class State:
    """What the forge holds. `me` is the token's owner; `login_told` is false where the forge does not tell who that is."""

    me: str
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    head: str = HEAD
    branch: str = "topic"
    repository: str = REPOSITORY
    login_told: bool = True
    number: int = 7
    next_id: int = 9000

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id


class StandIn(Scripted):
    """`interruptions` are replies given in place of the next answers, each for the operation it names."""

    def __init__(self, operations: list[dict[str, Any]], state: State, answer: Callable[..., Any], prefix: str) -> None:
        self.state = state
        self.wrong: list[str] = []
        self.interruptions: list[tuple[str, Reply]] = []
        self.done: list[str] = []
        self._operations = operations
        self._answer = answer
        self._prefix = prefix
        super().__init__(self._checked)
        self.url += prefix

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        assert self.wrong == []

    def _checked(self, asked: Asked) -> Reply:
        try:
            operation, path = self._operation(asked)
            parameters = {**path, **query(operation, asked)}
            body = request_body(operation, asked)
            assert asked.headers["authorization"] == f"Bearer {TOKEN}", "another token"
            assert asked.headers["user-agent"].startswith("playbookctl/")
            if (told := self._interruption(operation["id"])) is not None:
                return told
            value = self._answer(self.state, operation["id"], parameters, body)
            if isinstance(value, Reply):
                assert value.status in operation["refusals"], f"{operation['id']} never answers {value.status}"
                return value
            Draft202012Validator(operation["answer"]).validate(value)
            self.done.append(operation["id"])
            return Reply(value, operation["status"])
        except (AssertionError, KeyError, TypeError, ValueError, ValidationError) as error:  # fails the test in the end
            self.wrong.append(f"{asked.method} {asked.target}: {type(error).__name__}: {error}")
            return Reply({"message": self.wrong[-1]}, 418)

    def _interruption(self, operation: str) -> Reply | None:
        for number, (name, reply) in enumerate(self.interruptions):
            if name == operation:
                del self.interruptions[number]
                return reply
        return None

    def _operation(self, asked: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
        assert asked.path.startswith(self._prefix), "another root"
        for operation in self._operations:
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation["path"])
            match = re.fullmatch(pattern, asked.path[len(self._prefix) :])
            if match is not None and operation["method"] == asked.method:
                said = {name: unquote(value) for name, value in match.groupdict().items()}
                return operation, typed(operation, "path", said)
        raise AssertionError("no operation of the fixture")


def query(operation: dict[str, Any], asked: Asked) -> dict[str, Any]:
    pairs = parse_qsl(
        urlsplit(asked.target).query, keep_blank_values=True, strict_parsing=bool(urlsplit(asked.target).query)
    )
    assert len(dict(pairs)) == len(pairs), "a parameter twice"
    said = typed(operation, "query", dict(pairs))
    assert said.get("per_page", 1) <= LARGEST_PAGE
    return said


def typed(operation: dict[str, Any], place: str, said: dict[str, str]) -> dict[str, Any]:
    """Check parameters against their schemas; they arrive as text."""
    known = {one["name"]: one for one in operation["parameters"] if one["in"] == place}
    assert set(said) <= set(known), f"unknown: {sorted(set(said) - set(known))}"
    assert {name for name, one in known.items() if one["required"]} <= set(said), "one is missing"
    values = {}
    for name, text in said.items():
        values[name] = int(text) if known[name]["schema"].get("type") == "integer" else text
        Draft202012Validator(known[name]["schema"]).validate(values[name])
    return values


def request_body(operation: dict[str, Any], asked: Asked) -> Any:
    if operation["body"] is None:
        assert asked.body == b"", "a body where none belongs"
        return None
    assert asked.headers["content-type"] == "application/json"
    Draft202012Validator({**operation["body"], "additionalProperties": False}).validate(asked.json)
    return asked.json


def paged(rows: list[dict[str, Any]], said: dict[str, Any], default: int) -> list[dict[str, Any]]:
    size, page = said.get("per_page", default), said.get("page", 1)
    return rows[(page - 1) * size : page * size]


# ------------------------------------------------------------------ GitHub


def github(**state: Any) -> StandIn:
    """GitHub, by its own description (scripts/cut_forge_fixture.py)."""
    operations = json.loads(FIXTURE.read_text("utf-8"))["operations"]
    return StandIn(operations, State(**{"me": BOT, "login_told": False, **state}), github_answer, "")


def github_user(login: str) -> dict[str, Any]:
    return {"login": login, "id": 1, "type": "Bot" if login.endswith("[bot]") else "User"}


def github_comment(post_id: int, author: str, body: str) -> dict[str, Any]:
    when = "2026-01-01T00:00:00Z"
    return {"id": post_id, "body": body, "user": github_user(author), "created_at": when, "updated_at": when,
            "html_url": f"https://github.test/{REPOSITORY}/pull/7#issuecomment-{post_id}"}  # fmt: skip


def github_issue(number: int, author: str, body: str, title: str, **more: Any) -> dict[str, Any]:
    return {"id": number + 500, "number": number, "title": title, "body": body, "state": "open",
            "user": github_user(author), "html_url": f"https://github.test/{REPOSITORY}/issues/{number}", **more}  # fmt: skip


def github_answer(state: State, operation: str, said: dict[str, Any], body: Any) -> Any:  # noqa: C901 - a table
    if "owner" in said and f"{said['owner']}/{said['repo']}" != REPOSITORY:
        return Reply({"message": "Not Found", "status": "404"}, 404)
    match operation:
        case "users/get-authenticated":
            refused = Reply({"message": "Resource not accessible by integration"}, 403)
            return github_user(state.me) if state.login_told else refused
        case "pulls/get":
            if said["pull_number"] != state.number:
                return Reply({"message": "Not Found"}, 404)
            head = {"sha": state.head, "ref": state.branch, "repo": {"full_name": state.repository}}
            return {"number": state.number, "state": "open", "head": head}
        case "issues/list-comments":
            return paged(state.comments, said, 30)
        case "issues/create-comment":
            state.comments.append(github_comment(state.new_id(), state.me, body["body"]))
            return state.comments[-1]
        case "issues/update-comment":
            (found,) = [row for row in state.comments if row["id"] == said["comment_id"]]
            found["body"] = body["body"]
            return found
        case "issues/list-for-repo":
            return paged([row for row in state.issues if row["state"] == said.get("state", "open")], said, 30)
        case "issues/create":
            state.issues.append(github_issue(state.new_id(), state.me, body["body"], body["title"]))
            return state.issues[-1]
        case "issues/update":
            (found,) = [row for row in state.issues if row["number"] == said["issue_number"]]
            found.update({name: value for name, value in body.items() if name in {"body", "state"}})
            return found
    raise AssertionError(operation)


# ------------------------------------------------------------------ GitLab

WHOLE, TEXT = {"type": "integer"}, {"type": "string"}
AUTHOR = {"type": "object", "properties": {"id": WHOLE, "username": TEXT, "name": TEXT}, "required": ["id", "username"]}
NOTE = {"type": "object", "properties": {"id": WHOLE, "body": TEXT, "author": AUTHOR, "system": {"type": "boolean"},
                                         "noteable_type": TEXT}, "required": ["id", "body", "author", "system"]}  # fmt: skip
ISSUE = {"type": "object", "required": ["id", "iid", "title", "state", "author"],
         "properties": {"id": WHOLE, "iid": WHOLE, "title": TEXT, "description": {"type": ["string", "null"]},
                        "state": {"enum": ["opened", "closed"]}, "author": AUTHOR, "web_url": TEXT}}  # fmt: skip
LONG = {"type": "string", "maxLength": 1_000_000}
PAGES = {"page": WHOLE, "per_page": WHOLE}
NOTES = "/projects/{id}/merge_requests/{merge_request_iid}/notes"
# From docs.gitlab.com: Notes API, Issues API, Merge requests API, Users API. Written by hand.
GITLAB_OPERATIONS = [
    {"id": "list notes", "method": "GET", "path": NOTES, "status": 200, "body": None,
     "query": {"sort": {"enum": ["asc", "desc"]}, "order_by": {"enum": ["created_at", "updated_at"]}, **PAGES},
     "answer": {"type": "array", "items": NOTE}},
    {"id": "create note", "method": "POST", "path": NOTES, "status": 201, "query": {}, "answer": NOTE,
     "body": {"type": "object", "properties": {"body": LONG, "internal": {"type": "boolean"}}, "required": ["body"]}},
    {"id": "edit note", "method": "PUT", "path": f"{NOTES}/{{note_id}}", "status": 200, "query": {}, "answer": NOTE,
     "body": {"type": "object", "properties": {"body": LONG}, "required": ["body"]}},
    {"id": "get request", "method": "GET", "path": "/projects/{id}/merge_requests/{merge_request_iid}", "status": 200,
     "query": {}, "body": None,
     "answer": {"type": "object", "required": ["id", "iid", "sha", "source_branch", "source_project_id"],
                "properties": {"id": WHOLE, "iid": WHOLE, "sha": TEXT, "source_branch": TEXT, "source_project_id": WHOLE}}},
    {"id": "list issues", "method": "GET", "path": "/projects/{id}/issues", "status": 200, "body": None,
     "query": {"state": {"enum": ["all", "opened", "closed"]}, "scope": {"enum": ["created_by_me", "assigned_to_me", "all"]},
               **PAGES}, "answer": {"type": "array", "items": ISSUE}},
    {"id": "create issue", "method": "POST", "path": "/projects/{id}/issues", "status": 201, "query": {}, "answer": ISSUE,
     "body": {"type": "object", "properties": {"title": TEXT, "description": LONG}, "required": ["title"]}},
    {"id": "edit issue", "method": "PUT", "path": "/projects/{id}/issues/{issue_iid}", "status": 200, "query": {},
     "answer": ISSUE, "body": {"type": "object", "properties": {"description": LONG, "title": TEXT,
                                                               "state_event": {"enum": ["close", "reopen"]}}}},
    {"id": "who am I", "method": "GET", "path": "/user", "status": 200, "query": {}, "body": None, "answer": AUTHOR},
]  # fmt: skip


def gitlab(**state: Any) -> StandIn:
    """GitLab, by its public documentation; nothing of ours was ever run against the real one."""
    return StandIn([*gitlab_operations()], State(**{"me": "project_42_bot", "repository": "42", **state}), gitlab_answer,
                   "/api/v4")  # fmt: skip


def gitlab_operations() -> Iterator[dict[str, Any]]:
    for one in GITLAB_OPERATIONS:
        names = re.findall(r"\{(\w+)\}", str(one["path"]))
        parameters = [{"name": name, "in": "path", "required": True, "schema": WHOLE} for name in names]
        asked: dict[str, Any] = one["query"]  # type: ignore[assignment] # a table of several kinds
        parameters += [{"name": name, "in": "query", "required": False, "schema": kind} for name, kind in asked.items()]
        yield {**one, "parameters": parameters, "refusals": [400, 401, 403, 404, 409, 422, 429]}


def gitlab_user(login: str) -> dict[str, Any]:
    return {"id": 1, "username": login, "name": login}


def gitlab_note(post_id: int, author: str, body: str, *, system: bool = False) -> dict[str, Any]:
    return {
        "id": post_id,
        "body": body,
        "author": gitlab_user(author),
        "system": system,
        "noteable_type": "MergeRequest",
    }


def gitlab_issue(number: int, author: str, body: str, title: str) -> dict[str, Any]:
    return {"id": number + 500, "iid": number, "title": title, "description": body, "state": "opened",
            "author": gitlab_user(author), "web_url": f"https://gitlab.test/-/issues/{number}"}  # fmt: skip


def gitlab_answer(state: State, operation: str, said: dict[str, Any], body: Any) -> Any:
    if said.get("id", 42) != int(PROJECT) or said.get("merge_request_iid", state.number) != state.number:
        return Reply({"message": "404 Not found"}, 404)
    match operation:
        case "who am I":
            return gitlab_user(state.me) if state.login_told else Reply({"message": "401 Unauthorized"}, 401)
        case "get request":
            return {"id": 100, "iid": state.number, "sha": state.head, "source_branch": state.branch,
                    "source_project_id": int(state.repository)}  # fmt: skip
        case "list notes":
            return paged(state.comments, said, 20)
        case "create note":
            state.comments.append(gitlab_note(state.new_id(), state.me, body["body"]))
            return state.comments[-1]
        case "edit note":
            (found,) = [row for row in state.comments if row["id"] == said["note_id"]]
            found["body"] = body["body"]
            return found
        case "list issues":
            return paged([row for row in state.issues if row["state"] == said.get("state", "opened")], said, 20)
        case "create issue":
            state.issues.append(gitlab_issue(state.new_id(), state.me, body.get("description", ""), body["title"]))
            return state.issues[-1]
        case "edit issue":
            (found,) = [row for row in state.issues if row["iid"] == said["issue_iid"]]
            found["description"] = body.get("description", found["description"])
            found["state"] = "closed" if body.get("state_event") == "close" else found["state"]
            return found
    raise AssertionError(operation)
