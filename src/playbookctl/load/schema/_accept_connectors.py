"""Tells whether a document follows schemas/connectors.schema.json. Made by scripts/build_validators.py: do not edit."""

from __future__ import annotations

TYPE_CHECKING = False  # typing is not imported for it: this module costs nothing at start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _is_integer(v: Any) -> bool:
    return (isinstance(v, int) and v is not True and v is not False) or (isinstance(v, float) and v.is_integer())


def _is_number(v: Any) -> bool:
    return isinstance(v, (int, float)) and v is not True and v is not False


def _anything(v: Any) -> bool:
    return True


def _nothing(v: Any) -> bool:
    return False


def _search_1(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_1"] = compile('^x-[a-z0-9-]+$').search
    return found(v)


def accept(v: Any) -> bool:
    if not (isinstance(v, dict) and 'connectors' in v):
        return False
    n = 1
    x = v['connectors']
    if not (accept_connectors(x)):
        return False
    return n == len(v) or all([_search_1(k) is not None for k in v if k not in _ACCEPT_KEYS])


def accept_connectors(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not (_connector(x)):
            return False
    return True


def _connector(v: Any) -> bool:
    if not ((isinstance(v, dict) or v is None)):
        return False
    if not isinstance(v, dict):
        return True
    n = 0
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'provider' in v:
        n += 1
        x = v['provider']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'actions' in v:
        n += 1
        x = v['actions']
        if not (_connector_actions(x)):
            return False
    return n == len(v) or all([_search_1(k) is not None for k in v if k not in _CONNECTOR_KEYS])


def _connector_actions(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not (_action(x)):
            return False
    return True


def _action(v: Any) -> bool:
    if not ((isinstance(v, dict) or v is None)):
        return False
    if not isinstance(v, dict):
        return True
    n = 0
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'required' in v:
        n += 1
        x = v['required']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'optional' in v:
        n += 1
        x = v['optional']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'effect' in v:
        n += 1
        x = v['effect']
        if not (isinstance(x, str) and x in {'read', 'notify', 'reversible', 'irreversible'}):
            return False
    if 'undo' in v:
        n += 1
        x = v['undo']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if n == len(v):
        return True
    if 'outputs' in v:
        n += 1
        x = v['outputs']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    return n == len(v) or all([_search_1(k) is not None for k in v if k not in _ACTION_KEYS])


_ACTION_KEYS: set[str] = {
    'description',
    'effect',
    'optional',
    'outputs',
    'required',
    'undo',
}


_CONNECTOR_KEYS: set[str] = {
    'actions',
    'description',
    'provider',
}


_ACCEPT_KEYS: set[str] = {
    'connectors',
}


PARTS: dict[str, Callable[[Any], bool]] = {
    '#/$defs/action': _action,
    '#/$defs/connector': _connector,
}
