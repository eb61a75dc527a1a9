"""What can be told of a value that was redacted: a pseudonym is there, but what it hides is not known.

Text around a pseudonym is compared as it stands. A comparison that may look for what is hidden cannot be told.
"""

from __future__ import annotations

import re
from typing import Any

from playbookctl.model.pseudonym import OPEN, PSEUDONYM

_LIKE_HIDDEN = re.compile(r"[0-9@:/]|\\d|\.\w|\\[.\\]")  # addresses, hosts, accounts and numbers look like this
_WITHIN_TEXT = frozenset({"contains", "starts_with", "ends_with", "matches"})
_GAP = "\ufffc"  # stands for what a pseudonym hides


def visible(value: Any) -> Any:
    """Return JSON data with a gap for each pseudonym, so that nothing is found in the pseudonym itself."""
    if isinstance(value, str):
        return PSEUDONYM.sub(_GAP, value) if OPEN in value else value
    if isinstance(value, dict):
        return {name: visible(each) for name, each in value.items()}
    return [visible(each) for each in value] if isinstance(value, list) else value


def hides(value: Any) -> bool:
    """Tell whether a value holds a gap, at any depth."""
    if isinstance(value, str):
        return _GAP in value
    if isinstance(value, dict):
        return any(map(hides, value.values()))
    return isinstance(value, list) and any(map(hides, value))


def doubted(result: bool | None, comparison: str, left: Any, right: Any) -> bool | None:  # noqa: FBT001
    """Return what a comparison of the visible part has told, or None where the hidden part may tell otherwise.

    `left` is what `visible` made of the value. An element of a list that is `right`, and a text that has it in its
    visible part, decide alone; otherwise whatever looks like an address, a name of a host or a number may be hidden.
    """
    if not hides(left):
        return result
    if isinstance(left, str) and comparison in _WITHIN_TEXT:
        if left == _GAP:
            return None
        return result if result or not (isinstance(right, str) and _LIKE_HIDDEN.search(right)) else None
    return True if result and comparison == "contains" else None
