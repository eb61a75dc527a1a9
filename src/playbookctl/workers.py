"""Work spread over processes that are forked: they share what is loaded, and hand back bytes.

Where there is no fork, or a process dies, its part is simply missing; who asked does that part alone.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"  # macOS's own libraries do not survive a fork
_NUMBER = 4  # bytes of the number of a chunk, and of the length of its result
_READ = 1 << 20


def spread(chunks: int, work: Callable[[int], bytes], processes: int) -> dict[int, bytes]:
    """Return what `work` makes of the numbers from 0 to `chunks` - 1, each done by one of several processes.

    A number is missing where its process failed. Whatever ends this process or is raised in it ends the others.
    """
    queue, fill = os.pipe()
    os.write(
        fill, b"".join(number.to_bytes(_NUMBER, "big") for number in range(chunks))
    )  # at most 64 kB: 16,384 chunks
    os.close(fill)
    workers: dict[int, int] = {}  # the end to read from, and the process
    try:
        for _ in range(min(processes, chunks)):
            _start(queue, work, workers)
        return _collect(list(workers))
    finally:
        os.close(queue)
        for end, process in workers.items():
            os.close(end)
            os.kill(process, signal.SIGKILL)  # where it has ended, it is only buried
            os.waitpid(process, 0)


def _start(queue: int, work: Callable[[int], bytes], workers: dict[int, int]) -> None:
    """Start one more worker and enter it, with Ctrl-C held back: it must find either none or one that is known."""
    sys.stdout.flush()
    sys.stderr.flush()  # what waits to be written must not be written twice
    end, result = os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = os.fork()
        if process:
            workers[end] = process
            os.close(result)
            return
        _run((queue, result), work, [end, *workers])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run(pipes: tuple[int, int], work: Callable[[int], bytes], others: list[int]) -> NoReturn:
    """Be a worker, from birth to death."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches all of them; the parent speaks for all
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        gc.disable()  # a collection would touch, and so copy, all that the processes share
        for other in others:
            os.close(other)
        _work(*pipes, work)
    finally:  # not even an exception may leave this process by another door
        os._exit(0)


def _work(queue: int, result: int, work: Callable[[int], bytes]) -> None:
    """Take numbers from the queue until it is empty. A pipe hands each to one reader."""
    with os.fdopen(result, "wb") as stream:
        while number := os.read(queue, _NUMBER):
            data = work(int.from_bytes(number, "big"))
            stream.write(number + len(data).to_bytes(_NUMBER, "big") + data)
            stream.flush()


def _collect(ends: list[int]) -> dict[int, bytes]:
    """Read from all ends until each is closed."""
    import select

    read: dict[int, bytearray] = {end: bytearray() for end in ends}
    open_ends = set(ends)
    poll = select.poll()
    for end in ends:
        poll.register(end, select.POLLIN)
    while open_ends:
        for end, _ in poll.poll():
            data = os.read(end, _READ)
            read[end] += data
            if not data:
                poll.unregister(end)
                open_ends.remove(end)
    return {number: data for buffer in read.values() for number, data in _results(bytes(buffer))}


def _results(data: bytes) -> list[tuple[int, bytes]]:
    """Return the whole results; of a process that died the last may be cut."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 2 * _NUMBER <= len(data):
        number, length = (int.from_bytes(data[at + skip : at + skip + _NUMBER], "big") for skip in (0, _NUMBER))
        at += 2 * _NUMBER + length
        if at > len(data):
            break
        found.append((number, data[at - length : at]))
    return found
