"""playbookctl in a process of its own that is killed at one request: PLAYBOOKCTL_KILL=<number>:<before|after|during>.

`before`: nothing of the request is sent. `after`: its answer was read. `during`: 50 ms after it was begun, while the server
is at it. The last line of standard error of a process that lives is the number of requests it made.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

from playbookctl.cli.main import run
from playbookctl.transport.wire import Wire

IN_FLIGHT_S = 0.05


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    number, _, moment = os.environ.get("PLAYBOOKCTL_KILL", "0:before").partition(":")
    send, lock, made = Wire.send, threading.Lock(), [0]

    def sending(wire: Wire, *arguments: Any) -> Any:
        with lock:
            made[0] += 1
            fatal = made[0] == int(number)
        if fatal and moment == "before":
            die()
        if fatal and moment == "during":
            threading.Timer(IN_FLIGHT_S, die).start()
        answer = send(wire, *arguments)
        if fatal and moment == "after":
            die()
        return answer

    Wire.send = sending  # type: ignore[method-assign]
    code = run(sys.argv[1:])
    sys.stderr.write(f"\n{made[0]}\n")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
