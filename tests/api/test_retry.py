"""What is repeated, what never is, and who waits when the server asks to."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from playbookctl.api import RetryPolicy
from playbookctl.errors import AnswerLost, PlaybookctlError, ServerError, Stopped, Transient
from playbookctl.transport.limiter import LARGEST_INTERVAL, SMALLEST_INTERVAL, UNTOLD_PAUSE, Limiter, retry_after
from support.rows import row
from support.scripted import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = Reply(row(1))
PASSING = {
    "429": Reply({"detail": "slow down"}, 429),
    "500": Reply(b"oops", 500, content_type="text/plain"),
    "502": Reply(b"", 502, content_type=None),
    "503": Reply({}, 503),
    "504": Reply({}, 504),
    "a dropped connection": Reply(drops=True),
}


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING.keys())
def test_a_read_is_repeated_until_it_succeeds(playing: Callable[..., Any], reply: Reply) -> None:
    client, server = playing([reply, reply, GOOD])
    assert client.get_playbook("ply_001")["id"] == "ply_001"
    assert len(server.asked) == 3


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING.keys())
def test_a_read_is_given_up_after_the_last_attempt(playing: Callable[..., Any], reply: Reply) -> None:
    client, server = playing(lambda _: reply)
    with pytest.raises(Transient):
        client.get_playbook("ply_001")
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_no_is_not_asked_for_again(playing: Callable[..., Any], status: int) -> None:
    client, server = playing(lambda _: Reply({}, status))
    with pytest.raises(PlaybookctlError):
        client.get_playbook("ply_001")
    assert len(server.asked) == 1


WRITES: dict[str, Callable[[Any], Any]] = {
    "create": lambda client: client.create_playbook({"name": "x"}),
    "update": lambda client: client.update_playbook("ply_001", {"name": "x"}),
    "run": lambda client: client.run_playbook("ply_001", {}),
}
# what a failed write says: a 429 was not carried out, of all others nobody knows
BECOMES = {name: Transient if name == "429" else AnswerLost for name in PASSING}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("name", PASSING)
def test_a_write_is_sent_once_and_says_whether_its_outcome_is_known(
    playing: Callable[..., Any], write: Callable[[Any], Any], name: str
) -> None:
    client, server = playing(lambda _: PASSING[name], may_write=True)
    with pytest.raises(BECOMES[name]) as caught:
        write(client)
    assert type(caught.value) is BECOMES[name]
    assert len(server.asked) == 1


def test_a_write_that_never_left_is_known_not_to_be_carried_out(playing: Callable[..., Any]) -> None:
    client, server = playing([], may_write=True)
    server.__exit__()
    with pytest.raises(Transient, match=r"cannot connect to 'http://127\.0\.0\.1:"):
        client.create_playbook({"name": "x"})


def test_a_slow_answer_to_a_write_is_lost_and_to_a_read_is_asked_for_again(playing: Callable[..., Any]) -> None:
    gate = threading.Event()
    script = [Reply(row(1), waits_for=gate), Reply(row(1), waits_for=gate), GOOD]
    client, server = playing(script, may_write=True, timeout=httpx.Timeout(0.2))
    with pytest.raises(AnswerLost, match="was lost: timed out"):
        client.update_playbook("ply_001", {})
    assert client.get_playbook("ply_001")["id"] == "ply_001"
    gate.set()
    assert [asked.method for asked in server.asked] == ["PATCH", "GET", "GET"]


HEADERS: list[tuple[str | None, str | None, float | None]] = [
    (None, None, None),
    ("120", None, 120.0),
    ("0", None, 0.0),
    ("0.25", None, 0.25),
    ("inf", None, None),
    ("1e9", None, None),
    ("-5", None, 0.0),
    ("soon", None, None),
    ("", None, None),
    ("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", 30.0),
    ("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:30 GMT", 0.0),
    ("Wed, 21 Oct 2015 07:28:00 GMT", None, 0.0),
    ("Wed, 21 Oct 2015 07:28:30 GMT", "not a date", 0.0),
    ("Wed, 21 Oct 99999999999999999999 07:28:30 GMT", None, None),
    ("Wed, 21 Oct 2015 07:28:30 +9999999999999999", None, None),
]


@pytest.mark.parametrize("value, date, seconds", HEADERS)
def test_retry_after_is_seconds_or_a_date(value: str | None, date: str | None, seconds: float | None) -> None:
    assert retry_after(value, date) == seconds


def test_the_server_decides_how_long_a_read_waits(playing: Callable[..., Any]) -> None:
    paused: list[float] = []
    client, server = playing([Reply({}, 429, {"Retry-After": "1"}), GOOD], on_pause=paused.append)
    begun = time.monotonic()
    client.get_playbook("ply_001")
    assert 1.0 <= time.monotonic() - begun < 3.0
    assert paused == [1.0]
    assert len(server.asked) == 2


def test_a_pause_of_an_hour_is_an_error_not_a_wait(playing: Callable[..., Any]) -> None:
    client, server = playing([Reply({}, 429, {"Retry-After": "3600"})])
    begun = time.monotonic()
    with pytest.raises(ServerError, match="answered 429, wait 3600 s; longer than 300 s is not waited"):
        client.get_playbook("ply_001")
    assert time.monotonic() - begun < 1.0
    assert len(server.asked) == 1


def test_one_throttled_worker_pauses_all(playing: Callable[..., Any]) -> None:
    arrivals: list[float] = []

    def script(_: object) -> Reply:
        arrivals.append(time.monotonic())
        return Reply({}, 429, {"Retry-After": "1"}) if len(arrivals) == 1 else GOOD

    client, _ = playing(script)
    with ThreadPoolExecutor(8) as workers:
        first = workers.submit(client.get_playbook, "ply_001")
        while not arrivals:
            time.sleep(0.001)
        time.sleep(0.05)
        others = [workers.submit(client.get_playbook, "ply_001") for _ in range(7)]
        for call in (first, *others):
            call.result()
    assert len(arrivals) == 9
    assert all(arrival - arrivals[0] >= 0.99 for arrival in arrivals[1:])


class Sleeps(threading.Event):
    """Counts how often somebody waits for it."""

    number = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.number += 1
        return super().wait(timeout)


def test_after_a_pause_calls_come_back_one_by_one_and_speed_up() -> None:
    sleeps = Sleeps()
    limiter = Limiter(sleeps)
    begun = time.monotonic()
    limiter.throttled(None)
    for _ in range(3):
        limiter.wait()
    assert time.monotonic() - begun >= UNTOLD_PAUSE + 2 * SMALLEST_INTERVAL
    for _ in range(50):
        limiter.went_through()
    limiter.wait()  # the turn after the third may still be to come
    slept = sleeps.number
    for _ in range(100):
        limiter.wait()
    assert sleeps.number == slept


def test_a_pause_that_begins_while_others_wait_holds_for_them_too() -> None:
    limiter = Limiter(threading.Event())
    limiter.throttled(0.1)
    begun = time.monotonic()
    returned: list[float] = []

    def work() -> None:
        limiter.wait()
        returned.append(time.monotonic() - begun)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    limiter.throttled(0.6)
    for worker in workers:
        worker.join()
    returned.sort()
    assert returned[0] >= 0.6
    assert returned[3] >= 0.65  # one by one, 20 ms apart; when a thread wakes up is the machine's affair


@pytest.mark.parametrize("seconds", [0.5, None])
def test_many_workers_throttled_at_once_count_as_one(seconds: float | None) -> None:
    limiter = Limiter(threading.Event())
    for _ in range(32):
        limiter.throttled(seconds)
    assert limiter._interval < 0.1 < LARGEST_INTERVAL


def test_an_interrupted_run_does_not_sit_out_the_pause(playing: Callable[..., Any]) -> None:
    stop = threading.Event()
    client, server = playing(lambda _: Reply({}, 429, {"Retry-After": "60"}), stop=stop)
    threading.Timer(0.2, stop.set).start()
    begun = time.monotonic()
    with pytest.raises(Stopped, match="interrupted"):
        client.get_playbook("ply_001")
    assert time.monotonic() - begun < 3
    assert len(server.asked) == 1


def test_an_interrupted_run_still_makes_calls_that_need_not_wait(playing: Callable[..., Any]) -> None:
    stop = threading.Event()
    stop.set()
    client, _ = playing([GOOD], stop=stop)
    assert client.get_playbook("ply_001")["id"] == "ply_001"


def test_retries_are_not_printed(playing: Callable[..., Any], capfd: pytest.CaptureFixture[str]) -> None:
    client, _ = playing([PASSING["500"], GOOD])
    client.get_playbook("ply_001")
    assert capfd.readouterr() == ("", "")


def test_the_default_policy_is_patient_for_some_seconds() -> None:
    policy = RetryPolicy()
    waits = [min(policy.wait_max, policy.wait_initial * 2**n) for n in range(policy.attempts - 1)]
    assert 5 < sum(waits) < 15
