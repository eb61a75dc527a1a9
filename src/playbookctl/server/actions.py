"""The calls that do something with an object: run a playbook, acknowledge or escalate an alert, deactivate a person."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002 - FastAPI reads the annotations
from starlette.responses import Response  # noqa: TC002 - same

from playbookctl.server import objects
from playbookctl.server.bodies import read_object
from playbookctl.server.fields import ALERT, PERSON, PLAYBOOK
from playbookctl.server.problems import ApiProblem, unprocessable
from playbookctl.server.routes import CallerOf, json_response
from playbookctl.server.runner import obstacles, queue_run

if TYPE_CHECKING:
    import sqlite3

    from fastapi import FastAPI

    from playbookctl.server.auth import Caller
    from playbookctl.server.fields import Resource
    from playbookctl.server.problems import Mistake
    from playbookctl.server.runner import Runner
    from playbookctl.server.store import Store

RUN_FIELDS: dict[str, tuple[type, ...]] = {"inputs": (dict, type(None)), "alert_id": (str, type(None))}
ESCALATE_FIELDS: dict[str, tuple[type, ...]] = {"assignee_id": (str, type(None))}


@dataclass(frozen=True)
class Step:
    """A move of an alert or a person: from which states, to which, and which of the body's fields it takes over."""

    frm: tuple[str, ...]
    to: str
    fields: dict[str, tuple[type, ...]]


ACKNOWLEDGE = Step(("new", "acknowledged"), "acknowledged", {})
ESCALATE = Step(("new", "acknowledged", "escalated"), "escalated", ESCALATE_FIELDS)
DEACTIVATE = Step(("active", "inactive"), "inactive", {})


class Actions:
    """The routes of all actions over one store."""

    def __init__(self, store: Store, runner: Runner) -> None:
        self.store = store
        self.runner = runner

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        for path, endpoint in {
            f"{PLAYBOOK.path}/{{object_id}}/run": self.run,
            f"{ALERT.path}/{{object_id}}/acknowledge": self.acknowledge,
            f"{ALERT.path}/{{object_id}}/escalate": self.escalate,
            f"{PERSON.path}/{{object_id}}/deactivate": self.deactivate,
        }.items():
            app.add_api_route(path, endpoint, methods=["POST"], response_model=None)

    async def run(self, request: Request, object_id: str, caller: CallerOf) -> Response:
        """Queue a run and say its id."""
        body = await read_object(request, optional=True)
        return await run_in_threadpool(self._run, caller, object_id, body)

    async def acknowledge(self, request: Request, object_id: str, caller: CallerOf) -> Response:
        """Mark an alert as seen."""
        body = await read_object(request, optional=True)
        return await run_in_threadpool(self._move, ALERT, caller, object_id, ACKNOWLEDGE, body)

    async def escalate(self, request: Request, object_id: str, caller: CallerOf) -> Response:
        """Hand an alert on, to a person if the body names one."""
        body = await read_object(request, optional=True)
        return await run_in_threadpool(self._move, ALERT, caller, object_id, ESCALATE, body)

    async def deactivate(self, request: Request, object_id: str, caller: CallerOf) -> Response:
        """Make a person inactive."""
        body = await read_object(request, optional=True)
        return await run_in_threadpool(self._move, PERSON, caller, object_id, DEACTIVATE, body)

    def _run(self, caller: Caller, object_id: str, body: dict[str, Any]) -> Response:
        with self.store.writing() as connection:
            playbook = objects.get(connection, PLAYBOOK, caller, object_id)
            _check(body, RUN_FIELDS)
            reasons = [*_without_alert(connection, caller, body.get("alert_id")), *obstacles(connection, playbook)]
            if reasons:
                raise ApiProblem(HTTPStatus.CONFLICT, "the playbook cannot run", reasons)
            run_id = self.store.ids.next("run")
            queue_run(connection, playbook, run_id, body.get("alert_id"), body.get("inputs") or {})
        self.runner.wake()
        return json_response({"run_id": run_id, "status": "queued"}, HTTPStatus.ACCEPTED)

    def _move(self, resource: Resource, caller: Caller, object_id: str, step: Step, body: dict[str, Any]) -> Response:
        with self.store.writing() as connection:
            document = objects.get(connection, resource, caller, object_id)
            _check(body, step.fields)
            if document["status"] not in step.frm:
                raise ApiProblem(HTTPStatus.CONFLICT, f"the {resource.name} is {document['status']}")
            return json_response(objects.patch(connection, resource, caller, object_id, {**body, "status": step.to}))


def _without_alert(connection: sqlite3.Connection, caller: Caller, alert_id: str | None) -> list[Mistake]:
    try:
        if alert_id is not None:
            objects.get_text(connection, ALERT, caller, alert_id)
    except ApiProblem:
        return [("/alert_id", "there is no such alert")]
    return []


def _check(body: dict[str, Any], fields: dict[str, tuple[type, ...]]) -> None:
    mistakes: list[Mistake] = [
        (f"/{name}", f"this call has no field '{name}'") for name in sorted(body.keys() - fields)
    ]
    mistakes += [
        (f"/{name}", f"must be {'an object' if dict in kinds else 'a text'}")
        for name, kinds in fields.items()
        if not isinstance(body.get(name), kinds)
    ]
    if mistakes:
        raise unprocessable(mistakes)
