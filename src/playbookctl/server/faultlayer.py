"""The layer that lets faults strike: between the guard and the application, seeing only requests and answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders

from playbookctl.server.distortions import RecentWrites, repaged, rewritten
from playbookctl.server.faults import Fault, FaultKind, Faults
from playbookctl.server.listening import close_connection, reset_connection
from playbookctl.server.problems import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REFUSALS = {FaultKind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS, FaultKind.FAILURE: HTTPStatus.INTERNAL_SERVER_ERROR}
REMEMBERING = (FaultKind.STALE_LIST, FaultKind.REPEATED_ROW)  # need to have seen the requests before

Struck = dict[FaultKind, Fault]


@dataclass(frozen=True)
class Answer:
    """A whole answer of the application."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def document(self) -> dict[str, Any]:
        """Return the body as an object, empty if it is none."""
        try:
            document = json.loads(self.body)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


class FaultLayer:
    """Passes requests to `app` and lets `faults` strike them."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self._faults = faults
        self._writes = RecentWrites()
        self._last_rows: dict[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or fail to."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        struck = {fault.kind: fault for fault in self._faults.struck(scope["method"], _target(scope))}
        if FaultKind.LATENCY in struck:
            await asyncio.sleep(struck[FaultKind.LATENCY].seconds)
        if FaultKind.RESET in struck:
            await reset_connection(scope, receive)
            return
        for kind, status in REFUSALS.items():
            if kind in struck:
                headers = {"Retry-After": f"{struck[kind].seconds:g}"} if kind is FaultKind.TOO_MANY else {}
                await problem_response(status, "this fault was asked for", headers=headers)(scope, receive, send)
                return
        if struck.keys() - {FaultKind.LATENCY} or self._faults.watches(*REMEMBERING):
            await self._distort(struck, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _distort(self, struck: Struck, scope: Scope, receive: Receive, send: Send) -> None:
        body = rewritten(await _body_of(receive), struck)
        before = await self._before(scope)
        answer = await self._answer(scope, body)
        if scope["method"] in {"POST", "PATCH"} and answer.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
            self._note(answer, before)
        if FaultKind.LOSE_ANSWER in struck:
            await reset_connection(scope, receive)
            return
        if scope["method"] == "GET" and "data" in answer.document():
            answer = self._paged(struck, scope, answer)
        await _send(answer, scope, receive, send, cut=FaultKind.CUT_BODY in struck)

    def _note(self, answer: Answer, before: dict[str, Any] | None) -> None:
        document = answer.document()
        if "id" in document:
            self._writes.note(document, before)

    async def _before(self, scope: Scope) -> dict[str, Any] | None:
        """Return what a PATCH is about to change, as the caller may see it, if lists may have to hide the change."""
        if scope["method"] != "PATCH" or not self._faults.watches(FaultKind.STALE_LIST):
            return None
        return (await self._answer({**scope, "method": "GET", "query_string": b""}, b"")).document()

    def _paged(self, struck: Struck, scope: Scope, answer: Answer) -> Answer:
        page = answer.document()
        key = f"{scope['path']} {dict(scope['headers']).get(b'authorization')!r}"
        last = self._last_rows.get(key)
        if page["data"]:
            self._last_rows[key] = page["data"][-1]
        return replace(answer, body=json.dumps(repaged(page, struck, last, self._writes)).encode())

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        length = (b"content-length", str(len(body)).encode())
        headers = [header for header in scope["headers"] if header[0] != b"content-length"]
        await self.app({**scope, "headers": [*headers, length]}, receive, send)
        start, *rest = messages
        return Answer(start["status"], tuple(start["headers"]), b"".join(part.get("body", b"") for part in rest))


async def _send(answer: Answer, scope: Scope, receive: Receive, send: Send, *, cut: bool) -> None:
    start: Message = {"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)}
    MutableHeaders(scope=start)["Content-Length"] = str(len(answer.body))
    await send(start)
    if cut:
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
        await close_connection(scope, receive)
    else:
        await send({"type": "http.response.body", "body": answer.body})


async def _body_of(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _target(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])
