"""In which order playbooks are written: callees before their callers. Playbooks that call each other in a ring have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def waves(calls: Mapping[str, Sequence[str]]) -> tuple[dict[str, int], frozenset[str]]:
    """Return the wave of every key, and the keys that sit in a ring of calls.

    `calls` maps each key to the keys it calls; calls to keys that are no key of `calls` do not count. A key's wave is one
    more than the highest of its callees; those in a ring count as written already.
    """
    callees = {key: {callee for callee in called if callee in calls} for key, called in calls.items()}
    numbers = _numbered(callees, {})
    stuck = {key for key in callees if key not in numbers}
    rings = frozenset(key for key in stuck if _reaches_itself(key, callees, stuck))
    return (_numbered(callees, dict.fromkeys(rings, 0)) if rings else numbers), rings


def _numbered(callees: Mapping[str, set[str]], done: dict[str, int]) -> dict[str, int]:
    callers: dict[str, list[str]] = {}
    for key, called in callees.items():
        for callee in called:
            callers.setdefault(callee, []).append(key)
    left = {key: len(called) for key, called in callees.items() if key not in done}
    numbers = dict(done)
    ready = [key for key, number in left.items() if number == 0]
    for key in done:
        ready.extend(_settled(callers.get(key, ()), left))
    for key in ready:  # grows while it is walked
        numbers[key] = 1 + max((numbers[callee] for callee in callees[key]), default=-1)
        ready.extend(_settled(callers.get(key, ()), left))
    return numbers


def _settled(keys: Sequence[str], left: dict[str, int]) -> list[str]:
    """Count one callee less for each of `keys`; return those that have none left."""
    free = []
    for key in keys:
        if key in left:
            left[key] -= 1
            if left[key] == 0:
                free.append(key)
    return free


def _reaches_itself(key: str, callees: Mapping[str, set[str]], within: set[str]) -> bool:
    seen: set[str] = set()
    todo = [key]
    while todo:
        for callee in callees[todo.pop()] & within:
            if callee == key:
                return True
            if callee not in seen:
                seen.add(callee)
                todo.append(callee)
    return False
