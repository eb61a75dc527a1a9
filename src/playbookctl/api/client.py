"""The live API as functions: list, get, create, update, run. Synchronous, and safe to share between threads."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from playbookctl.api.answers import is_id, single
from playbookctl.api.caller import Caller
from playbookctl.api.pages import PAGE_SIZE, BrokenList, Page, read_page, rows
from playbookctl.api.readonly import ReadOnly
from playbookctl.api.tenancy import HINT, Tenancy
from playbookctl.errors import AuthError, Rejected
from playbookctl.model.collector import collector_paused
from playbookctl.transport.address import base_url
from playbookctl.transport.answers import Nonsense, payload
from playbookctl.transport.limiter import Limiter
from playbookctl.transport.line import headers_for, open_line
from playbookctl.transport.retry import RetryPolicy
from playbookctl.transport.wire import PAGE_BYTES, TIMEOUT, Answer, Call, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    import httpx

    from playbookctl.api.answers import Row
    from playbookctl.api.auth import Claims, Credentials
    from playbookctl.api.pages import Params
    from playbookctl.errors import ServerError

    Rows: TypeAlias = Iterator[Row]

PLAYBOOKS = "/api/v1/soc/playbooks"
ALERTS = "/api/v1/soc/alerts"
CONNECTORS = "/api/v1/integration/connectors"
PERSONS = "/api/v1/people/persons"
HEALTH = "/health"
SMALLER_PAGES = (100, 50)  # asked for where a server refuses our page size instead of lowering it
NO_CONTENT = 204


class Client:
    """One tenant's API. Reads only, unless `may_write`; a write from a client that may not is a WriteAttempted.

    Every function raises AuthError (401, 403, another tenant), Rejected or NotFound (the server's no to this call),
    Transient (throttled, 5xx or unreachable, after the retries), ServerError (nonsense) and Stopped (`stop` was set
    while the server made us wait). Writes are sent once and raise AnswerLost if nobody can tell what became of them.
    """

    def __init__(  # noqa: PLR0913 - what a connection is
        self,
        url: str,
        credentials: Credentials,
        *,
        tenant_id: str | None = None,
        app_id: str | None = None,
        may_write: bool = False,
        insecure_http: bool = False,
        policy: RetryPolicy | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        page_size: int = PAGE_SIZE,
        stop: threading.Event | None = None,
        on_pause: Callable[[float], None] | None = None,
        on_retry: Callable[[ServerError, float], None] | None = None,
    ) -> None:
        base = base_url(url, insecure_http=insecure_http)
        policy = policy or RetryPolicy()
        self._tenancy = Tenancy(tenant_id, app_id)
        self._page_size = page_size
        line = open_line(base)
        self._line = line if may_write else ReadOnly(line)
        limiter = Limiter(stop or threading.Event(), on_pause)
        self._wire = Wire(self._line, base, limiter, policy.longest_pause, headers=headers_for(), timeout=timeout)
        try:
            self._caller = Caller(
                self._wire, credentials, lambda token: self._tenancy.check_claims(token.claims), policy, on_retry
            )
        except BaseException:
            self._line.close()
            raise

    def __repr__(self) -> str:
        return f"Client(tenant_id={self._tenancy.tenant_id!r})"

    def __enter__(self) -> Client:  # noqa: PYI034 - typing.Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    @property
    def tenant_id(self) -> str | None:
        """The tenant this client is bound to: pinned, else claimed by the token, else named by the first object."""
        return self._tenancy.tenant_id

    @property
    def claims(self) -> Claims | None:
        """What the token says of itself, unverified; None before `log_in`, and for a token that is no JWT."""
        return self._caller.session.claims

    def greet(self) -> Answer:
        """Return the answer to GET /health, whatever it is: somebody is there. Sent once, without the token.

        Raises Transient if nobody is there, ServerError for a bad certificate or a redirect to another host.
        """
        return self._wire.send(Call("GET", HEALTH), None)

    def log_in(self) -> None:
        """Get a token now rather than at the first call, and check whose it is."""
        self._caller.session.token()

    def list_playbooks(self, *, include_deleted: bool = False, tags: tuple[str, ...] = ()) -> Rows:
        """Yield every playbook, ordered as the server orders them; complete only once it ends without an error.

        `tags` asks for those that carry all of them; a server may ignore that, so look at what comes.
        """
        params = (("include_deleted", "true"),) if include_deleted else ()
        return self._rows(PLAYBOOKS, (*params, *(("tags", tag) for tag in tags)))

    def list_connectors(self) -> Rows:
        """Yield every connector."""
        return self._rows(CONNECTORS)

    def list_persons(self) -> Rows:
        """Yield every person."""
        return self._rows(PERSONS)

    def list_alerts(self, params: Params = ()) -> Rows:
        """Yield alerts; `params` are the API's own filters, such as `(('severity', 'high'),)`."""
        return self._rows(ALERTS, params)

    def get_playbook(self, playbook_id: str) -> Row:
        """Return one playbook."""
        call = Call("GET", _path(playbook_id))
        return self._caller.read(call, lambda answer: self._object(answer, playbook_id))

    def create_playbook(self, body: Row) -> Row:
        """Create a playbook and return it as the server stored it. Never repeated, whatever happens."""
        self._make_sure_of_tenant()
        return self._caller.write(_write("POST", PLAYBOOKS, body), self._object)

    def update_playbook(self, playbook_id: str, body: Row) -> Row | None:
        """Replace the top-level fields in `body`; return the playbook, None if the server answers without one.

        Sent once: whoever wants another attempt reads the playbook first, also after Transient.
        """
        self._make_sure_of_tenant()
        call = _write("PATCH", _path(playbook_id), body)
        return self._caller.write(
            call, lambda answer: None if answer.status == NO_CONTENT else self._object(answer, playbook_id)
        )

    def run_playbook(self, playbook_id: str, inputs: Row, alert_id: str | None = None) -> Row:
        """Start a playbook and return `{run_id, status}`. Never repeated: after AnswerLost see its `last_run_id`."""
        self._make_sure_of_tenant()
        body = {"inputs": inputs} | ({} if alert_id is None else {"alert_id": alert_id})
        return self._caller.write(_write("POST", f"{_path(playbook_id)}/run", body), _run)

    def _rows(self, path: str, params: Params = ()) -> Rows:
        for size in (self._page_size, *(smaller for smaller in SMALLER_PAGES if smaller < self._page_size)):
            begun = False
            try:
                for row in rows(lambda asked: self._page(path, asked), size, params):
                    begun = True
                    yield row
            except BrokenList as broken:
                raise broken.nonsense.named(Call("GET", path), broken.request_id) from broken
            except Rejected as error:
                if begun or error.status not in {400, 422} or size == SMALLER_PAGES[-1]:
                    raise
            else:
                self._page_size = size
                return

    def _page(self, path: str, params: Params) -> Page:
        return self._caller.read(Call("GET", path, params, most=PAGE_BYTES), self._our_page)

    def _our_page(self, answer: Answer) -> Page:
        page = _page(answer)
        for row in page.rows:
            self._tenancy.check_object(row)
        return page

    def _object(self, answer: Answer, expected_id: str | None = None) -> Row:
        row = single(payload(answer))
        if expected_id is not None and row["id"] != expected_id:
            raise Nonsense(f"the object '{row['id']}' instead of '{expected_id}'")
        self._tenancy.check_object(row)
        return row

    def _make_sure_of_tenant(self) -> None:
        """Before a write: a token that claims nothing leaves it to the first object to say whose tenant this is."""
        self._caller.session.token()
        for path in (PLAYBOOKS, PERSONS, CONNECTORS):
            if self._tenancy.confirmed:
                return
            self._page(path, (("limit", "1"),))
        if not self._tenancy.confirmed:
            raise AuthError("neither the token nor any object says which tenant and application this is", hint=HINT)


def _page(answer: Answer) -> Page:
    with collector_paused():
        return read_page(payload(answer), answer.request_id)


def _run(answer: Answer) -> Row:
    value = payload(answer)
    if isinstance(value, dict) and "run_id" not in value and isinstance(value.get("data"), dict):
        value = value["data"]
    if not isinstance(value, dict) or not is_id(value.get("run_id")):
        raise Nonsense("no run_id")
    return value


def _write(method: str, path: str, body: Any) -> Call:
    try:
        content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:  # such as a number that a server sent and that no float can hold
        said = f"{method} {path} is not sent, what it holds has no JSON form: {error}"
        raise Rejected(said, hint="correct that value on the server, which sent it") from error
    return Call(method, path, content=content, writes=True)


def _path(playbook_id: str) -> str:
    if playbook_id in {"", ".", ".."}:
        raise Rejected(f"'{playbook_id}' is no playbook id")
    return f"{PLAYBOOKS}/{quote(playbook_id, safe='')}"
