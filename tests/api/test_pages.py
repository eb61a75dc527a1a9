"""Lists in every shape we tolerate, and none that might be incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.api.pages import BrokenList, Listing, read_page, rows
from playbookctl.errors import Rejected, ServerError
from support.rows import row_list
from support.scripted import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

COMPLETE: dict[str, list[Any]] = {
    "a bare array": [row_list(1, 2)],
    "an empty bare array": [[]],
    "data with a cursor": [
        {"data": row_list(1, 2), "next_cursor": "c1", "total": 3},
        {"data": row_list(3), "next_cursor": None, "total": 3},
    ],
    "items with a camel-case cursor and no total": [
        {"items": row_list(1, 2), "nextCursor": "c1"},
        {"items": row_list(3), "nextCursor": ""},
    ],
    "has_more with the number of the page": [
        {"data": row_list(1), "has_more": True, "page": 1},
        {"data": row_list(2), "has_more": True, "page": 2},
        {"data": row_list(3), "has_more": False, "page": 3},
    ],
    "hasMore, pages counted from zero": [
        {"items": row_list(1), "hasMore": True, "page": 0},
        {"items": row_list(2), "hasMore": False, "page": 1},
    ],
    "a total and nothing about the next page": [{"data": row_list(*range(500)), "total": 500}],
    "a short page with neither": [{"data": row_list(1, 2, 3)}],
    "a full page whose server says that it was the last": [{"data": row_list(*range(500)), "next_cursor": None}],
    "an empty page on the way": [
        {"data": row_list(1), "next_cursor": "c1"},
        {"data": [], "next_cursor": "c2"},
        {"data": row_list(2), "next_cursor": None},
    ],
    "a row that is repeated on the next page": [
        {"data": row_list(1, 2), "next_cursor": "c1", "total": 3},
        {"data": row_list(2, 3), "next_cursor": None, "total": 3},
    ],
    "a row that is repeated on one page": [{"data": row_list(1, 1, 2), "total": 2}],
    "a cursor that is a number": [{"data": row_list(1), "next_cursor": 7}, {"data": row_list(2), "next_cursor": None}],
}

REFUSED: dict[str, tuple[list[Any], str]] = {
    "a full page with neither total nor cursor": (
        [{"data": row_list(*range(500))}],
        "a full page of 500 rows with neither a total nor a next page",
    ),
    "a page as long as a limit the server may have lowered": (
        [row_list(*range(100))],
        "a full page of 100 rows with neither a total nor a next page",
    ),
    "a total that says more": ([{"data": row_list(1, 2), "total": 3}], "a total of 3, but 2 different rows"),
    "a total that says less": (
        [{"data": row_list(1, 2), "total": 1, "next_cursor": None}],
        "a total of 1, but 2 different rows",
    ),
    "a repeated row that hides a missing one": (
        [
            {"data": row_list(1, 2), "next_cursor": "c1", "total": 4},
            {"data": row_list(2, 3), "next_cursor": None, "total": 4},
        ],
        "a total of 4, but 3 different rows",
    ),
    "a total said on the first page only": (
        [{"data": row_list(1), "next_cursor": "c1", "total": 3}, {"data": row_list(2)}],
        "a total of 3, but 2 different rows",
    ),
    "a cursor that repeats": (
        [{"data": row_list(1), "next_cursor": "c1"}, {"data": row_list(2), "next_cursor": "c1"}],
        "the next page as 'c1' a second time, after 2 rows",
    ),
    "a page that stands still": (
        [{"data": row_list(1), "has_more": True, "page": 1}, {"data": row_list(1), "has_more": True, "page": 1}],
        "the next page as '2' a second time",
    ),
    "a word about more pages that is neither yes nor no": (
        [{"data": row_list(1), "has_more": 1, "page": 1}],
        "a number as",
    ),
    "that word as text": ([{"items": row_list(1), "hasMore": "true", "page": 1}], "a string as"),
    "more pages without a way to them": ([{"data": row_list(1), "has_more": True}], "neither a cursor nor the number"),
    "a row without an id": ([{"data": [{"id": "ply_1"}, {"name": "x"}]}], "a row without an id, row 2 of 2"),
    "a row with an empty id": ([[{"id": ""}]], "a row without an id, row 1 of 1"),
    "a row whose id is no text": ([[{"id": 7}]], "a row without an id, row 1 of 1"),
    "a row that is no object": ([[[]]], "an array as row 1"),
    "an object without rows": ([{"results": [], "count": 0}], "an object with count, results instead of a list"),
    "rows that are no list": ([{"data": {"id": "x"}}], "an object with data instead of a list"),
    "a text": (["ok"], "a string instead of a list"),
    "null": ([None], "null instead of a list"),
    "a total that is no number": ([{"data": [], "total": "many"}], "a string as the total"),
    "a cursor that is an object": ([{"data": [], "next_cursor": {}}], "an object as the next cursor"),
}


@pytest.mark.parametrize("pages", COMPLETE.values(), ids=COMPLETE.keys())
def test_a_complete_list_yields_each_row_once_in_order(playing: Callable[..., Any], pages: list[Any]) -> None:
    client, server = playing(Reply(page) for page in pages)
    ids = [row["id"] for row in client.list_playbooks()]
    assert ids == sorted(set(ids))
    assert len(server.asked) == len(pages)
    assert {asked.params["limit"] for asked in server.asked} == {"500"}


@pytest.mark.parametrize("pages, said", REFUSED.values(), ids=REFUSED.keys())
def test_a_list_that_may_be_incomplete_is_an_error_that_says_what_was_seen(
    playing: Callable[..., Any], pages: list[Any], said: str
) -> None:
    client, _ = playing(Reply(page, headers={"X-Request-Id": "req_7"}) for page in pages)
    with pytest.raises(ServerError, match="req_7") as caught:
        list(client.list_playbooks())
    assert said in caught.value.message
    assert caught.value.request_id == "req_7"
    assert caught.value.code == 5
    assert "the API's" in caught.value.hint


def test_filters_travel_with_every_page(playing: Callable[..., Any]) -> None:
    client, server = playing(
        [Reply({"data": row_list(1), "next_cursor": "c1"}), Reply({"data": row_list(2), "next_cursor": None})]
    )
    list(client.list_playbooks(include_deleted=True, tags=("playbookctl:key=soc/a",)))
    expected = {"limit": "500", "include_deleted": "true", "tags": "playbookctl:key=soc/a"}
    assert [asked.params for asked in server.asked] == [expected, {**expected, "cursor": "c1"}]


def test_a_list_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbookctl.api.pages.MOST_PAGES", 5)
    counter = iter(range(1000))

    def ask(_: object) -> Any:
        return read_page({"data": [], "next_cursor": f"c{next(counter)}"})

    with pytest.raises(BrokenList, match="more than 5 pages"):
        list(rows(ask, 500))


def test_rows_come_before_the_next_page_is_read() -> None:
    """Memory stays bounded: with page n in hand, at most page n+1 is on its way."""
    asked: list[int] = []

    def ask(_: object) -> Any:
        number = len(asked)
        asked.append(number)
        return read_page({"data": row_list(number), "next_cursor": f"c{number}" if number < 50 else None})

    listing = rows(ask, 500)
    next(listing)
    listing.close()
    assert len(asked) <= 2


def test_a_smaller_page_is_asked_for_where_the_server_refuses_ours(playing: Callable[..., Any]) -> None:
    def script(asked: Any) -> Reply:
        if int(asked.params["limit"]) > 100:
            return Reply({"detail": [{"loc": ["query", "limit"], "msg": "at most 100"}]}, 422)
        return Reply({"data": row_list(1), "next_cursor": None})

    client, server = playing(script)
    assert len(list(client.list_playbooks())) == 1
    assert len(list(client.list_connectors())) == 1
    assert [asked.params["limit"] for asked in server.asked] == ["500", "100", "100"]


def test_a_list_that_is_refused_at_any_size_names_the_field(playing: Callable[..., Any]) -> None:
    client, server = playing(lambda _: Reply({"detail": [{"loc": ["query", "limit"], "msg": "no"}]}, 422))
    with pytest.raises(Rejected, match="query/limit: no"):
        list(client.list_playbooks())
    assert [asked.params["limit"] for asked in server.asked] == ["500", "100", "50"]


def test_the_listing_keeps_ids_not_rows() -> None:
    listing = Listing(500)
    listing.take(read_page({"data": row_list(1, 2), "next_cursor": None}))
    assert vars(listing)["_seen"] == {"ply_001", "ply_002"}
