"""Reading back, against a server that lags behind or is written to by others: scripted answers over a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from playbookctl.api import BearerToken, Client
from playbookctl.apply import ApplyOptions, Patience
from playbookctl.apply.bodies import Wanted, deviation, wanted
from playbookctl.apply.verify import ReadBack, read_back
from playbookctl.canonical import fingerprint
from playbookctl.model.plan import Action, Change, Standing
from support.plans import body, row
from support.scripted import Reply, Scripted
from support.world import FAST

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE = row("ply_1", body(), updated_at="2026-01-01T00:00:00Z")
WRITTEN = row("ply_1", body(description="new"), updated_at="2026-01-01T00:00:05Z")
TRIMMED = row("ply_1", body(description="ne"), updated_at="2026-01-01T00:00:05Z")
SAME_SECOND = row("ply_1", body(description="new"), updated_at="2026-01-01T00:00:00Z")
THEIRS = row("ply_1", body(description="theirs"), updated_at="2026-01-01T00:00:07Z")
CHANGE = Change(
    "phishing", "P", Action.UPDATE, Standing.REPO_AHEAD, 5, live_id="ply_1", write=(("description", '"new"'),),
    expect=fingerprint(BEFORE),
)  # fmt: skip
AIM = wanted(CHANGE, BEFORE)
OPTIONS = ApplyOptions(patience=Patience(read_back=(0.0, 0.01, 0.01)))

# what the server shows, one read after another; what it answered to the write; then what is made of it and the reads it took
CASES: dict[str, tuple[list[Any], Any, tuple[Any, bool, bool, int]]] = {
    "at once": ([WRITTEN], WRITTEN, (WRITTEN, False, False, 1)),
    "without an answer": ([WRITTEN], None, (WRITTEN, False, False, 1)),
    "after lagging behind": ([BEFORE, BEFORE, WRITTEN], WRITTEN, (WRITTEN, False, False, 3)),
    "after lagging behind, without an answer": ([BEFORE, WRITTEN], None, (WRITTEN, False, False, 2)),
    "never": ([BEFORE, BEFORE, BEFORE], WRITTEN, (BEFORE, True, False, 3)),
    "altered": ([TRIMMED], TRIMMED, (TRIMMED, False, False, 1)),
    "altered, without an answer": ([TRIMMED], None, (TRIMMED, False, False, 1)),
    "written by another since": ([THEIRS], WRITTEN, (WRITTEN, False, True, 1)),
    "a clock of seconds": ([SAME_SECOND], SAME_SECOND, (SAME_SECOND, False, False, 1)),
    "a clock of seconds, lagging behind": ([BEFORE, SAME_SECOND], SAME_SECOND, (SAME_SECOND, False, False, 2)),
}


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Scripted]:
    shown, _, _ = CASES[request.param]
    with Scripted(map(Reply, shown)) as running:
        yield running


@pytest.mark.parametrize("server, name", [(name, name) for name in CASES], indirect=["server"], ids=CASES.keys())
def test_the_server_is_read_until_it_shows_the_write(server: Scripted, name: str) -> None:
    _, answer, (expected, stale, again, reads) = CASES[name]
    with Client(server.url, BearerToken("a-token"), policy=FAST) as client:
        back = read_back(client, OPTIONS, AIM, BEFORE, answer)
    assert (back.row, back.stale, back.again, len(server.asked)) == (expected, stale, again, reads)
    assert bool(back.deviation) is (expected["description"] != "new")


def test_what_was_sent_and_is_missing_is_altered() -> None:
    with Scripted([Reply(TRIMMED)]) as server, Client(server.url, BearerToken("a-token"), policy=FAST) as client:
        assert read_back(client, OPTIONS, AIM, BEFORE, TRIMMED).deviation.altered == ("description",)


def test_an_interrupted_run_does_not_wait_for_a_lagging_server() -> None:
    options = ApplyOptions(patience=Patience(read_back=(0.0, 60.0)))
    options.stop.set()
    with Scripted([Reply(BEFORE)]) as server, Client(server.url, BearerToken("a-token"), policy=FAST) as client:
        assert read_back(client, options, AIM, BEFORE, WRITTEN) == ReadBack(BEFORE, back_of(AIM), stale=True)


def back_of(aim: Wanted) -> Any:
    return deviation(aim, BEFORE, BEFORE)
