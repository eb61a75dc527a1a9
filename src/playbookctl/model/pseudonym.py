"""What stands in an exported alert for a value that would tell whom it is about: `«user:3f9ac2d1e07b»`.

One value has one pseudonym wherever it stands, so that one can see that two alerts are about the same person.
"""

from __future__ import annotations

import re

OPEN, CLOSE = "«", "»"
DIGITS = 12  # hexadecimal
PSEUDONYM = re.compile(f"{OPEN}[a-z]+:[0-9a-f]{{{DIGITS}}}{CLOSE}")


def pseudonym(kind: str, digits: str) -> str:
    """Return the pseudonym of a value of `kind` (a lower-case word); `digits` is its keyed digest."""
    return f"{OPEN}{kind}:{digits[:DIGITS]}{CLOSE}"
