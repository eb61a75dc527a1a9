"""Lists, page by page, and the proof that they are complete: absence decides about creating, so a doubt is an error."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.api.answers import is_id
from playbookctl.transport.answers import Nonsense, a_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from playbookctl.api.answers import Row

    Params: TypeAlias = tuple[tuple[str, str], ...]

PAGE_SIZE = 500
MOST_PAGES = 20_000
# A server that lowers the limit silently answers one of these; without total or cursor such a page may be cut off.
USUAL_PAGE_SIZES = frozenset({10, 20, 25, 30, 50, 100, 200, 250, 500, 1000})


@dataclass(frozen=True)
class Page:
    """One page as said by the server: `following` are the parameters that ask for the next one, None at the end.

    `says_end` tells whether the server said that nothing follows, rather than not mentioning it. `request_id` is the
    answer's.
    """

    rows: list[Row]
    following: Params | None
    says_end: bool
    total: int | None
    request_id: str = ""


def read_page(value: Any, request_id: str = "") -> Page:
    """Return the page in a decoded answer, in any of the tolerated shapes; raises Nonsense for any other."""
    if isinstance(value, list):
        return Page(_rows(value), None, says_end=False, total=None, request_id=request_id)
    rows = next((value[name] for name in ("data", "items") if name in value), None) if isinstance(value, dict) else None
    if not isinstance(rows, list):
        seen = (
            f"an object with {', '.join(sorted(value)[:10]) or 'no fields'}"
            if isinstance(value, dict)
            else f"{a_kind(value)}"
        )
        raise Nonsense(f"{seen} instead of a list under 'data' or 'items'")
    following, says_end = _following(value)
    return Page(_rows(rows), following, says_end, _total(value), request_id)


class Listing:
    """Takes pages in and knows when the list is complete. Holds the ids it has seen, not the rows."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._seen: set[str] = set()
        self._asked: set[Params] = set()
        self._total: int | None = None

    def take(self, page: Page) -> tuple[list[Row], Params | None]:
        """Return the rows not seen before, and what to ask for next (None at the end).

        Raises Nonsense if the list runs in a circle, or ends without being complete: a total that disagrees with the
        distinct rows, or a full page with neither a total nor a word about the next page.
        """
        fresh: list[Row] = []
        for row in page.rows:
            if row["id"] not in self._seen:
                self._seen.add(row["id"])
                fresh.append(row)
        self._total = page.total if page.total is not None else self._total
        if page.following is not None:
            self._guard(page.following)
        else:
            self._finish(page)
        return fresh, page.following

    def _guard(self, following: Params) -> None:
        if following in self._asked:
            raise Nonsense(f"the next page as '{following[0][1]}' a second time, after {len(self._seen)} rows")
        if len(self._asked) >= MOST_PAGES:
            raise Nonsense(f"more than {MOST_PAGES} pages")
        self._asked.add(following)

    def _finish(self, page: Page) -> None:
        count, rows = len(self._seen), len(page.rows)
        if self._total is not None and count != self._total:
            raise Nonsense(f"a total of {self._total}, but {count} different rows")
        if self._total is None and not page.says_end and (rows >= self._limit or rows in USUAL_PAGE_SIZES):
            raise Nonsense(f"a full page of {rows} rows with neither a total nor a next page: it may be cut off")


class BrokenList(Exception):
    """A list that is not complete or runs in a circle: `nonsense` says how, `request_id` where it was noticed."""

    def __init__(self, nonsense: Nonsense, request_id: str) -> None:
        super().__init__(str(nonsense))
        self.nonsense = nonsense
        self.request_id = request_id


def rows(ask: Callable[[Params], Page], limit: int, params: Params = ()) -> Iterator[Row]:
    """Yield each row once; page n+1 is on its way while page n is looked at.

    `ask` makes one call. Not until the iterator has ended without an error is the list known to be complete.
    Raises BrokenList, and whatever `ask` raises.
    """
    listing = Listing(limit)
    first = (("limit", str(limit)), *params)
    page = ask(first)
    while True:
        try:
            fresh, following = listing.take(page)
        except Nonsense as nonsense:
            raise BrokenList(nonsense, page.request_id) from nonsense
        ahead = None if following is None else _Ahead(ask, (*first, *following))
        yield from fresh
        if ahead is None:
            return
        page = ahead.result()


class _Ahead:
    """A call made in a thread that nobody has to wait for: an abandoned list does not hold up the process."""

    def __init__(self, ask: Callable[[Params], Page], params: Params) -> None:
        self._answer: queue.SimpleQueue[Page | BaseException] = queue.SimpleQueue()
        threading.Thread(target=self._run, args=(ask, params), name="next-page", daemon=True).start()

    def _run(self, ask: Callable[[Params], Page], params: Params) -> None:
        try:
            self._answer.put(ask(params))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever asked
            self._answer.put(error)

    def result(self) -> Page:
        answer = self._answer.get()
        if isinstance(answer, BaseException):
            raise answer
        return answer


def _rows(values: list[Any]) -> list[Row]:
    for index, row in enumerate(values):
        if not isinstance(row, dict):
            raise Nonsense(f"{a_kind(row)} as row {index + 1} of a list")
        if not is_id(row.get("id")):
            raise Nonsense(f"a row without an id, row {index + 1} of {len(values)}")
    return values


def _following(value: dict[str, Any]) -> tuple[Params | None, bool]:
    """Return the parameters of the next page, and whether the server said that there is none."""
    cursor_said = [value[name] for name in ("next_cursor", "nextCursor") if name in value]
    more_said = [value[name] for name in ("has_more", "hasMore") if value.get(name) is not None]
    doubtful = next((said for said in more_said if not isinstance(said, bool)), None)
    if doubtful is not None:
        raise Nonsense(f"{a_kind(doubtful)} as the word whether more follows")
    cursor = next((said for said in cursor_said if said not in (None, "")), None)
    if cursor is not None:
        if not isinstance(cursor, (str, int)) or isinstance(cursor, bool):
            raise Nonsense(f"{a_kind(cursor)} as the next cursor")
        return (("cursor", str(cursor)),), False
    if more_said and more_said[0] is True:
        number = value.get("page")
        if not isinstance(number, int) or isinstance(number, bool):
            raise Nonsense("'has_more' with neither a cursor nor the number of its page")
        return (("page", str(number + 1)),), False
    return None, bool(cursor_said) or (bool(more_said) and more_said[0] is False)


def _total(value: dict[str, Any]) -> int | None:
    total = value.get("total")
    if total is None:
        return None
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise Nonsense(f"{a_kind(total)} as the total")
    return total
