"""Tells whether a document follows schemas/config.schema.json. Made by scripts/build_validators.py: do not edit."""

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
    found = globals()["_search_1"] = compile('^(@{1,2}[A-Za-z0-9_][A-Za-z0-9_./-]*|[^\\s@#]+@[^\\s@#]+)(?!\\n)$').search
    return found(v)


def _search_2(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_2"] = compile('\\S').search
    return found(v)


def _search_3(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_3"] = compile('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?!\\n)$').search
    return found(v)


def _search_4(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_4"] = compile('^(embedded|https?://[^\\s/?#@]+(/[^\\s?#]*)?)(?!\\n)$').search
    return found(v)


def _search_5(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_5"] = compile('^x-[a-z0-9-]+$').search
    return found(v)


def accept(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    n = 0
    if 'required_version' in v:
        n += 1
        x = v['required_version']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'namespace' in v:
        n += 1
        x = v['namespace']
        if not (isinstance(x, str) and len(x) > 0 and len(x) <= 32 and x != '' and not x.strip('-0123456789abcdefghijklmnopqrstuvwxyz')):
            return False
    if 'default_environment' in v:
        n += 1
        x = v['default_environment']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'playbooks' in v:
        n += 1
        x = v['playbooks']
        if not ((isinstance(x, str) and len(x) > 0 or isinstance(x, list) and len(x) > 0 and all([isinstance(x, str) and len(x) > 0 for x in x]))):
            return False
    if 'exclude' in v:
        n += 1
        x = v['exclude']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x])):
            return False
    if n == len(v):
        return True
    if 'connectors' in v:
        n += 1
        x = v['connectors']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'attack' in v:
        n += 1
        x = v['attack']
        if not (accept_attack(x)):
            return False
    if 'rules' in v:
        n += 1
        x = v['rules']
        if not (accept_rules(x)):
            return False
    if 'entry_points' in v:
        n += 1
        x = v['entry_points']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'code_owners' in v:
        n += 1
        x = v['code_owners']
        if not (accept_code_owners(x)):
            return False
    if n == len(v):
        return True
    if 'thresholds' in v:
        n += 1
        x = v['thresholds']
        if not (accept_thresholds(x)):
            return False
    if 'expected_drift' in v:
        n += 1
        x = v['expected_drift']
        if not (isinstance(x, list) and all(map(_expectedDrift, x))):
            return False
    if 'resolve' in v:
        n += 1
        x = v['resolve']
        if not (isinstance(x, list) and all(map(_resolution, x))):
            return False
    if 'unmanaged_fields' in v:
        n += 1
        x = v['unmanaged_fields']
        if not (isinstance(x, list) and all([isinstance(x, str) and x in {'name', 'description', 'category', 'trigger_conditions', 'auto_execute', 'mitre_tactics', 'mitre_techniques', 'steps', 'required_connectors', 'owner', 'enabled', 'tags'} for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'cache' in v:
        n += 1
        x = v['cache']
        if not ((x is True or x is False)):
            return False
    if n == len(v):
        return True
    if 'environments' in v:
        n += 1
        x = v['environments']
        if not (accept_environments(x)):
            return False
    return n == len(v) or all([_search_5(k) is not None for k in v if k not in _ACCEPT_KEYS])


def accept_attack(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    n = 0
    if 'version' in v:
        n += 1
        x = v['version']
        if not ((isinstance(x, str) or _is_integer(x))):
            return False
    if 'domains' in v:
        n += 1
        x = v['domains']
        if not (isinstance(x, list) and len(x) > 0 and all([isinstance(x, str) and x in {'enterprise', 'mobile', 'ics'} for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'file' in v:
        n += 1
        x = v['file']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    return n == len(v)


def accept_rules(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    n = 0
    if 'select' in v:
        n += 1
        x = v['select']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'ignore' in v:
        n += 1
        x = v['ignore']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'severity' in v:
        n += 1
        x = v['severity']
        if not (_severities(x)):
            return False
    if 'per_path' in v:
        n += 1
        x = v['per_path']
        if not (accept_rules_per_path(x)):
            return False
    if 'baseline' in v:
        n += 1
        x = v['baseline']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    return n == len(v)


def _severities(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not (isinstance(x, str) and x in {'error', 'warning', 'note'}):
            return False
    return True


def accept_rules_per_path(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not (_pathRules(x)):
            return False
    return True


def _pathRules(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    n = 0
    if 'select' in v:
        n += 1
        x = v['select']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'ignore' in v:
        n += 1
        x = v['ignore']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'severity' in v:
        n += 1
        x = v['severity']
        if not (_severities(x)):
            return False
    return n == len(v)


def accept_code_owners(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not ((isinstance(x, str) and _search_1(x) is not None or isinstance(x, list) and len(x) > 0 and all([isinstance(x, str) and _search_1(x) is not None for x in x]))):
            return False
    return True


def accept_thresholds(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    n = 0
    if 'create' in v:
        n += 1
        x = v['create']
        if not (_is_integer(x) and not x < 0 and not x > 100):
            return False
    if 'update' in v:
        n += 1
        x = v['update']
        if not (_is_integer(x) and not x < 0 and not x > 100):
            return False
    if 'at_least' in v:
        n += 1
        x = v['at_least']
        if not (_is_integer(x) and not x < 0):
            return False
    return n == len(v)


def _expectedDrift(v: Any) -> bool:
    if not (isinstance(v, dict) and 'key' in v and 'reason' in v):
        return False
    n = 2
    x = v['key']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    x = v['reason']
    if not (isinstance(x, str) and _search_2(x) is not None):
        return False
    if 'fields' in v:
        n += 1
        x = v['fields']
        if not (isinstance(x, list) and all([isinstance(x, str) and x in {'name', 'description', 'category', 'trigger_conditions', 'auto_execute', 'mitre_tactics', 'mitre_techniques', 'steps', 'required_connectors', 'owner', 'enabled', 'tags'} for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'environment' in v:
        n += 1
        x = v['environment']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'until' in v:
        n += 1
        x = v['until']
        if not (isinstance(x, str) and _search_3(x) is not None):
            return False
    return n == len(v)


def _resolution(v: Any) -> bool:
    if not (isinstance(v, dict) and 'key' in v and 'live' in v and 'take' in v and 'reason' in v):
        return False
    n = 4
    x = v['key']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    x = v['live']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    x = v['take']
    if not (isinstance(x, str) and x in {'repo', 'live'}):
        return False
    x = v['reason']
    if not (isinstance(x, str) and _search_2(x) is not None):
        return False
    if 'until' in v:
        n += 1
        x = v['until']
        if not (isinstance(x, str) and _search_3(x) is not None):
            return False
    return n == len(v)


def accept_environments(v: Any) -> bool:
    if not (isinstance(v, dict) and all([isinstance(k, str) and k[:1] not in {'', '-', '_'} and not k.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') for k in v])):
        return False
    for x in v.values():
        if not (_environment(x)):
            return False
    return True


def _environment(v: Any) -> bool:
    if not ((isinstance(v, dict) or v is None)):
        return False
    if not isinstance(v, dict):
        return True
    n = 0
    if 'url' in v:
        n += 1
        x = v['url']
        if not (isinstance(x, str) and _search_4(x) is not None):
            return False
    if 'tenant_id' in v:
        n += 1
        x = v['tenant_id']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'app_id' in v:
        n += 1
        x = v['app_id']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'namespace' in v:
        n += 1
        x = v['namespace']
        if not (isinstance(x, str) and len(x) > 0 and len(x) <= 32 and x != '' and not x.strip('-0123456789abcdefghijklmnopqrstuvwxyz')):
            return False
    if 'connectors' in v:
        n += 1
        x = v['connectors']
        if not (_environment_connectors(x)):
            return False
    if n == len(v):
        return True
    if 'owners' in v:
        n += 1
        x = v['owners']
        if not (_environment_owners(x)):
            return False
    if 'unmanaged_fields' in v:
        n += 1
        x = v['unmanaged_fields']
        if not (isinstance(x, list) and all([isinstance(x, str) and x in {'name', 'description', 'category', 'trigger_conditions', 'auto_execute', 'mitre_tactics', 'mitre_techniques', 'steps', 'required_connectors', 'owner', 'enabled', 'tags'} for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'update' in v:
        n += 1
        x = v['update']
        if not (isinstance(x, str) and x in {'merge', 'replace'}):
            return False
    if 'workers' in v:
        n += 1
        x = v['workers']
        if not (_is_integer(x) and not x < 1 and not x > 32):
            return False
    return n == len(v)


def _environment_connectors(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not (_connectorReference(x)):
            return False
    return True


def _connectorReference(v: Any) -> bool:
    return (isinstance(v, str) and len(v) > 0 or _connectorReference_2(v))


def _connectorReference_2(v: Any) -> bool:
    if not (isinstance(v, dict) and 'provider' in v):
        return False
    n = 1
    x = v['provider']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    return n == len(v)


def _environment_owners(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not (isinstance(x, str) and len(x) > 0):
            return False
    return True


_ACCEPT_KEYS: set[str] = {
    'attack',
    'cache',
    'code_owners',
    'connectors',
    'default_environment',
    'entry_points',
    'environments',
    'exclude',
    'expected_drift',
    'namespace',
    'playbooks',
    'required_version',
    'resolve',
    'rules',
    'thresholds',
    'unmanaged_fields',
}


PARTS: dict[str, Callable[[Any], bool]] = {
    '#/$defs/connectorReference': _connectorReference,
    '#/$defs/environment': _environment,
    '#/$defs/expectedDrift': _expectedDrift,
    '#/$defs/pathRules': _pathRules,
    '#/$defs/resolution': _resolution,
    '#/$defs/severities': _severities,
}
