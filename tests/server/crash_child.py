"""A server in a process of its own, to be killed: prints its url and a token, then serves until it is.

`crash_child.py DATABASE [early]`: with `early` a write is acknowledged before it is committed, which the test must notice.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from playbookctl.server.embedded import EmbeddedServer
from playbookctl.server.store import Store, _open, _tune


def acknowledge_before_commit() -> None:
    """Plant the mistake: the answer goes out, the commit follows 50 ms later."""

    def commit_later(store: Store) -> None:
        connection, store._writer = store._writer, _tune(_open(store.path))
        timer = threading.Timer(0.05, lambda: connection.execute("COMMIT"))
        timer.daemon = True
        timer.start()

    Store._commit = commit_later  # type: ignore[method-assign]


if __name__ == "__main__":
    if sys.argv[2:] == ["early"]:
        acknowledge_before_commit()
    with EmbeddedServer(Path(sys.argv[1])) as server:
        print(server.url, server.token(), flush=True)  # noqa: T201 - the parent reads it
        while True:
            time.sleep(60)
