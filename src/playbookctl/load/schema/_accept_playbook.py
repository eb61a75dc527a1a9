"""Tells whether a document follows schemas/playbook.schema.json. Made by scripts/build_validators.py: do not edit."""

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
    found = globals()["_search_1"] = compile('\\S').search
    return found(v)


def _search_2(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_2"] = compile('^(?=.*[1-9])([0-9]+(ms|s|m|h|d|w))+(?!\\n)$|\\{\\{').search
    return found(v)


def _search_3(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_3"] = compile('^([0-9]+(ms|s|m|h|d|w))+(?!\\n)$|\\{\\{').search
    return found(v)


def _search_4(v: str) -> object:
    # Compiled at the first use, and then in the place of this function: most documents need few of the patterns.
    from re import compile
    found = globals()["_search_4"] = compile('^x-[a-z0-9-]+$').search
    return found(v)


def accept(v: Any) -> bool:
    if not (isinstance(v, dict) and 'name' in v and 'steps' in v and not ('owner' in v and 'owner_id' in v) and (('steps' not in v or not (isinstance(v['steps'], list) and any(isinstance(x, dict) and 'type' in x and x['type'] == 'start' for x in v['steps']))) if ('inputs' in v or 'outputs' in v) else True)):
        return False
    n = 2
    x = v['name']
    if not (isinstance(x, str) and len(x) > 0 and len(x) <= 255 and _search_1(x) is not None):
        return False
    x = v['steps']
    if not (isinstance(x, list) and len(x) > 0 and all(map(_step, x))):
        return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'key' in v:
        n += 1
        x = v['key']
        if not (isinstance(x, str) and len(x) > 0 and len(x) <= 64 and x != '' and not x.strip('-0123456789abcdefghijklmnopqrstuvwxyz')):
            return False
    if 'category' in v:
        n += 1
        x = v['category']
        if not ((isinstance(x, str) and x in {'preparation', 'identification', 'containment', 'eradication', 'recovery', 'lessons_learned'} or isinstance(x, str))):
            return False
    if 'owner' in v:
        n += 1
        x = v['owner']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'owner_id' in v:
        n += 1
        x = v['owner_id']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if n == len(v):
        return True
    if 'enabled' in v:
        n += 1
        x = v['enabled']
        if not ((x is True or x is False)):
            return False
    if 'auto_execute' in v:
        n += 1
        x = v['auto_execute']
        if not ((x is True or x is False)):
            return False
    if 'trigger_conditions' in v:
        n += 1
        x = v['trigger_conditions']
        if not (isinstance(x, list) and all(map(_condition, x))):
            return False
    if 'mitre_tactics' in v:
        n += 1
        x = v['mitre_tactics']
        if not (isinstance(x, list) and all([isinstance(x, str) for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'mitre_techniques' in v:
        n += 1
        x = v['mitre_techniques']
        if not (isinstance(x, list) and all([isinstance(x, str) for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if n == len(v):
        return True
    if 'required_connectors' in v:
        n += 1
        x = v['required_connectors']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'tags' in v:
        n += 1
        x = v['tags']
        if not (isinstance(x, list) and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'inputs' in v:
        n += 1
        x = v['inputs']
        if not (accept_inputs(x)):
            return False
    if 'outputs' in v:
        n += 1
        x = v['outputs']
        if not (accept_outputs(x)):
            return False
    if 'id' in v:
        n += 1
    if n == len(v):
        return True
    if 'tenant_id' in v:
        n += 1
    if 'app_id' in v:
        n += 1
    if 'created_at' in v:
        n += 1
    if 'updated_at' in v:
        n += 1
    if 'created_by' in v:
        n += 1
    if n == len(v):
        return True
    if 'updated_by' in v:
        n += 1
    if 'source' in v:
        n += 1
    if 'source_type' in v:
        n += 1
    if 'is_deleted' in v:
        n += 1
    if 'deleted_at' in v:
        n += 1
    if n == len(v):
        return True
    if 'deleted_by' in v:
        n += 1
    if 'schema_version' in v:
        n += 1
    if 'last_run_at' in v:
        n += 1
    if 'last_run_id' in v:
        n += 1
    if 'run_stats' in v:
        n += 1
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _ACCEPT_KEYS])


def _step(v: Any) -> bool:
    return isinstance(v, dict) and _STEP_BY_TYPE.get(t if isinstance(t := v.get('type', 'action'), str) else '', _nothing)(v)


def _actionStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v and 'action' in v):
        return False
    n = 2
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x in {'end', 'start'})):
        return False
    x = v['action']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'with' in v:
        n += 1
        x = v['with']
        if not (isinstance(x, dict)):
            return False
    if 'connector' in v:
        n += 1
        x = v['connector']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if n == len(v):
        return True
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if 'on_error' in v:
        n += 1
        x = v['on_error']
        if not (_stepFields_on_error(x)):
            return False
    if 'branches' in v:
        n += 1
        x = v['branches']
        if not (isinstance(x, list) and len(x) > 0 and all(map(_branch, x))):
            return False
    if 'else' in v:
        n += 1
        x = v['else']
        if not (_target(x)):
            return False
        if 'branches' not in v:
            return False
    if 'message' in v:
        n += 1
        x = v['message']
        if not (isinstance(x, str) and len(x) > 0):
            return False
        if 'approval' not in v:
            return False
    if n == len(v):
        return True
    if 'assignee' in v:
        n += 1
        x = v['assignee']
        if not (isinstance(x, str) and len(x) > 0):
            return False
        if 'approval' not in v:
            return False
    if 'timeout' in v:
        n += 1
        x = v['timeout']
        if not (isinstance(x, str) and _search_2(x) is not None):
            return False
    if 'optional' in v:
        n += 1
        x = v['optional']
        if not ((x is True or x is False)):
            return False
    if 'if' in v:
        n += 1
        x = v['if']
        if not (_condition(x)):
            return False
    if 'for_each' in v:
        n += 1
        x = v['for_each']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if n == len(v):
        return True
    if 'max_targets' in v:
        n += 1
        x = v['max_targets']
        if not (_is_integer(x) and not x < 1):
            return False
        if 'for_each' not in v:
            return False
    if 'repeat' in v:
        n += 1
        x = v['repeat']
        if not (_repeat(x)):
            return False
    if 'approval' in v:
        n += 1
        x = v['approval']
        if not (_stepFields_approval(x)):
            return False
    if 'notify' in v:
        n += 1
        x = v['notify']
        if not (isinstance(x, dict) and ('subject' not in x or isinstance(x['subject'], str)) and ('body' not in x or isinstance(x['body'], str))):
            return False
        if 'approval' not in v:
            return False
    if 'retry' in v:
        n += 1
        x = v['retry']
        if not (_retry(x)):
            return False
    if n == len(v):
        return True
    if 'match' in v:
        n += 1
        x = v['match']
        if not (isinstance(x, str) and x in {'first', 'all'}):
            return False
        if 'branches' not in v:
            return False
    if 'join' in v:
        n += 1
        x = v['join']
        if not (isinstance(x, str) and x in {'all', 'any'}):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _ACTIONSTEP_KEYS])


def _target(v: Any) -> bool:
    return (isinstance(v, str) and v[:1] not in {'', '-', '_'} and not v.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') or isinstance(v, list) and len(v) > 0 and all([isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x == 'end') for x in v]) and (len(v) < 2 or len(set(v)) == len(v)))


def _stepFields_on_error(v: Any) -> bool:
    return (isinstance(v, str) and v in {'stop', 'continue'} or isinstance(v, dict) and 'next' in v and len(v) == 1 and _target(v['next']))


def _branch(v: Any) -> bool:
    if not (isinstance(v, dict) and 'name' in v):
        return False
    n = 1
    x = v['name']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if 'when' in v:
        n += 1
        x = v['when']
        if not (_condition(x)):
            return False
    return n == len(v)


def _condition(v: Any) -> bool:
    return (_comparison(v) or isinstance(v, dict) and 'all' in v and len(v) == 1 and isinstance(v['all'], list) and len(v['all']) > 0 and all(map(_condition, v['all'])) or isinstance(v, dict) and 'any' in v and len(v) == 1 and isinstance(v['any'], list) and len(v['any']) > 0 and all(map(_condition, v['any'])) or isinstance(v, dict) and 'not' in v and len(v) == 1 and _condition(v['not']) or isinstance(v, dict) and 'connector_available' in v and len(v) == 1 and isinstance(v['connector_available'], str) and len(v['connector_available']) > 0 or isinstance(v, dict) and 'expr' in v and len(v) == 1 and isinstance(v['expr'], str) and len(v['expr']) > 0)


def _comparison(v: Any) -> bool:
    if not (isinstance(v, dict) and 'field' in v and 'op' in v and (not ('value' in v) if 'op' in v and isinstance(v['op'], str) and v['op'] in {'exists', 'not_exists'} else 'value' in v)):
        return False
    n = 2
    x = v['field']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    x = v['op']
    if not (isinstance(x, str) and x in {'equals', 'not_equals', 'in', 'not_in', 'contains', 'not_contains', 'starts_with', 'ends_with', 'matches', 'gt', 'gte', 'lt', 'lte', 'exists', 'not_exists'}):
        return False
    if 'value' in v:
        n += 1
    if 'ignore_case' in v:
        n += 1
        x = v['ignore_case']
        if not ((x is True or x is False)):
            return False
    return n == len(v)


def _repeat(v: Any) -> bool:
    if not (isinstance(v, dict) and len(v) > 0 and not ('until' in v and 'while' in v)):
        return False
    n = 0
    if 'until' in v:
        n += 1
        x = v['until']
        if not (_condition(x)):
            return False
    if 'while' in v:
        n += 1
        x = v['while']
        if not (_condition(x)):
            return False
    if 'max' in v:
        n += 1
        x = v['max']
        if not (_is_integer(x) and not x < 1):
            return False
    if 'delay' in v:
        n += 1
        x = v['delay']
        if not (isinstance(x, str) and _search_3(x) is not None):
            return False
    return n == len(v)


def _stepFields_approval(v: Any) -> bool:
    return (v is True or isinstance(v, str) and _search_1(v) is not None or _approval(v))


def _approval(v: Any) -> bool:
    if not (isinstance(v, dict) and len(v) > 0):
        return False
    n = 0
    if 'by' in v:
        n += 1
        x = v['by']
        if not (isinstance(x, list) and len(x) > 0 and all([isinstance(x, str) and _search_1(x) is not None for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if 'min' in v:
        n += 1
        x = v['min']
        if not (_is_integer(x) and not x < 1):
            return False
    if 'not_author' in v:
        n += 1
        x = v['not_author']
        if not ((x is True or x is False)):
            return False
    if 'expires' in v:
        n += 1
        x = v['expires']
        if not (isinstance(x, str) and _search_2(x) is not None):
            return False
    if 'on_refused' in v:
        n += 1
        x = v['on_refused']
        if not (_outcome(x)):
            return False
    if n == len(v):
        return True
    if 'on_expired' in v:
        n += 1
        x = v['on_expired']
        if not (_outcome(x)):
            return False
        if 'expires' not in v:
            return False
    return n == len(v)


def _outcome(v: Any) -> bool:
    return (isinstance(v, str) and v in {'stop', 'continue', 'end'} or isinstance(v, dict) and 'next' in v and len(v) == 1 and _target(v['next']))


def _retry(v: Any) -> bool:
    if not (isinstance(v, dict) and 'times' in v):
        return False
    n = 1
    x = v['times']
    if not (_is_integer(x) and not x < 1):
        return False
    if 'delay' in v:
        n += 1
        x = v['delay']
        if not (isinstance(x, str) and _search_3(x) is not None):
            return False
    return n == len(v)


def _manualStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v and ('message' in v or 'name' in v)):
        return False
    n = 1
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x in {'end', 'start'})):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'with' in v:
        n += 1
        x = v['with']
        if not (isinstance(x, dict)):
            return False
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if n == len(v):
        return True
    if 'on_error' in v:
        n += 1
        x = v['on_error']
        if not (_stepFields_on_error(x)):
            return False
    if 'branches' in v:
        n += 1
        x = v['branches']
        if not (isinstance(x, list) and len(x) > 0 and all(map(_branch, x))):
            return False
    if 'else' in v:
        n += 1
        x = v['else']
        if not (_target(x)):
            return False
        if 'branches' not in v:
            return False
    if 'message' in v:
        n += 1
        x = v['message']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'choices' in v:
        n += 1
        x = v['choices']
        if not (isinstance(x, list) and len(x) > 0 and all([isinstance(x, str) and len(x) > 0 for x in x]) and (len(x) < 2 or len(set(x)) == len(x))):
            return False
    if n == len(v):
        return True
    if 'assignee' in v:
        n += 1
        x = v['assignee']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'timeout' in v:
        n += 1
        x = v['timeout']
        if not (isinstance(x, str) and _search_2(x) is not None):
            return False
    if 'form' in v:
        n += 1
        x = v['form']
        if not (isinstance(x, list) and len(x) > 0 and all(map(_formField, x))):
            return False
    if 'notify' in v:
        n += 1
        x = v['notify']
        if not (isinstance(x, dict) and ('subject' not in x or isinstance(x['subject'], str)) and ('body' not in x or isinstance(x['body'], str))):
            return False
    if 'if' in v:
        n += 1
        x = v['if']
        if not (_condition(x)):
            return False
    if n == len(v):
        return True
    if 'for_each' in v:
        n += 1
        x = v['for_each']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'max_targets' in v:
        n += 1
        x = v['max_targets']
        if not (_is_integer(x) and not x < 1):
            return False
        if 'for_each' not in v:
            return False
    if 'repeat' in v:
        n += 1
        x = v['repeat']
        if not (_repeat(x)):
            return False
    if 'on_timeout' in v:
        n += 1
        x = v['on_timeout']
        if not (_outcome(x)):
            return False
        if 'timeout' not in v:
            return False
    if 'match' in v:
        n += 1
        x = v['match']
        if not (isinstance(x, str) and x in {'first', 'all'}):
            return False
        if 'branches' not in v:
            return False
    if n == len(v):
        return True
    if 'join' in v:
        n += 1
        x = v['join']
        if not (isinstance(x, str) and x in {'all', 'any'}):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _MANUALSTEP_KEYS])


def _formField(v: Any) -> bool:
    if not (isinstance(v, dict) and 'name' in v):
        return False
    n = 1
    x = v['name']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    if 'type' in v:
        n += 1
        x = v['type']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'label' in v:
        n += 1
        x = v['label']
        if not (isinstance(x, str)):
            return False
    if 'help' in v:
        n += 1
        x = v['help']
        if not (isinstance(x, str)):
            return False
    if 'required' in v:
        n += 1
        x = v['required']
        if not ((x is True or x is False)):
            return False
    if 'options' in v:
        n += 1
        x = v['options']
        if not (isinstance(x, list) and all([(isinstance(x, str) or _is_number(x) or (x is True or x is False)) for x in x])):
            return False
    return n == len(v)


def _decisionStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v and 'branches' in v):
        return False
    n = 2
    x = v['branches']
    if not (isinstance(x, list) and len(x) > 0 and all(map(_branch, x))):
        return False
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x in {'end', 'start'})):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if 'on_error' in v:
        n += 1
        x = v['on_error']
        if not (_stepFields_on_error(x)):
            return False
    if n == len(v):
        return True
    if 'else' in v:
        n += 1
        x = v['else']
        if not (_target(x)):
            return False
    if 'assignee' in v:
        n += 1
        x = v['assignee']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if 'if' in v:
        n += 1
        x = v['if']
        if not (_condition(x)):
            return False
    if 'match' in v:
        n += 1
        x = v['match']
        if not (isinstance(x, str) and x in {'first', 'all'}):
            return False
    if 'join' in v:
        n += 1
        x = v['join']
        if not (isinstance(x, str) and x in {'all', 'any'}):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _DECISIONSTEP_KEYS])


def _playbookStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v and 'playbook' in v):
        return False
    n = 2
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x in {'end', 'start'})):
        return False
    x = v['playbook']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'with' in v:
        n += 1
        x = v['with']
        if not (isinstance(x, dict)):
            return False
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if n == len(v):
        return True
    if 'on_error' in v:
        n += 1
        x = v['on_error']
        if not (_stepFields_on_error(x)):
            return False
    if 'branches' in v:
        n += 1
        x = v['branches']
        if not (isinstance(x, list) and len(x) > 0 and all(map(_branch, x))):
            return False
    if 'else' in v:
        n += 1
        x = v['else']
        if not (_target(x)):
            return False
        if 'branches' not in v:
            return False
    if 'message' in v:
        n += 1
        x = v['message']
        if not (isinstance(x, str) and len(x) > 0):
            return False
        if 'approval' not in v:
            return False
    if 'assignee' in v:
        n += 1
        x = v['assignee']
        if not (isinstance(x, str) and len(x) > 0):
            return False
        if 'approval' not in v:
            return False
    if n == len(v):
        return True
    if 'timeout' in v:
        n += 1
        x = v['timeout']
        if not (isinstance(x, str) and _search_2(x) is not None):
            return False
    if 'shared_context' in v:
        n += 1
        x = v['shared_context']
        if not ((x is True or x is False)):
            return False
    if 'optional' in v:
        n += 1
        x = v['optional']
        if not ((x is True or x is False)):
            return False
    if 'if' in v:
        n += 1
        x = v['if']
        if not (_condition(x)):
            return False
    if 'for_each' in v:
        n += 1
        x = v['for_each']
        if not (isinstance(x, str) and len(x) > 0):
            return False
    if n == len(v):
        return True
    if 'max_targets' in v:
        n += 1
        x = v['max_targets']
        if not (_is_integer(x) and not x < 1):
            return False
        if 'for_each' not in v:
            return False
    if 'repeat' in v:
        n += 1
        x = v['repeat']
        if not (_repeat(x)):
            return False
    if 'approval' in v:
        n += 1
        x = v['approval']
        if not (_stepFields_approval(x)):
            return False
    if 'notify' in v:
        n += 1
        x = v['notify']
        if not (isinstance(x, dict) and ('subject' not in x or isinstance(x['subject'], str)) and ('body' not in x or isinstance(x['body'], str))):
            return False
        if 'approval' not in v:
            return False
    if 'retry' in v:
        n += 1
        x = v['retry']
        if not (_retry(x)):
            return False
    if n == len(v):
        return True
    if 'match' in v:
        n += 1
        x = v['match']
        if not (isinstance(x, str) and x in {'first', 'all'}):
            return False
        if 'branches' not in v:
            return False
    if 'join' in v:
        n += 1
        x = v['join']
        if not (isinstance(x, str) and x in {'all', 'any'}):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _PLAYBOOKSTEP_KEYS])


def _sectionStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v and (('for_each' in v or 'repeat' in v) if 'steps' in v else True)):
        return False
    n = 1
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x in {'end', 'start'})):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if 'on_error' in v:
        n += 1
        x = v['on_error']
        if not (_stepFields_on_error(x)):
            return False
    if n == len(v):
        return True
    if 'branches' in v:
        n += 1
        x = v['branches']
        if not (isinstance(x, list) and len(x) > 0 and all(map(_branch, x))):
            return False
    if 'else' in v:
        n += 1
        x = v['else']
        if not (_target(x)):
            return False
        if 'branches' not in v:
            return False
    if 'message' in v:
        n += 1
        x = v['message']
        if not (isinstance(x, str) and len(x) > 0):
            return False
        if 'approval' not in v:
            return False
    if 'assignee' in v:
        n += 1
        x = v['assignee']
        if not (isinstance(x, str) and len(x) > 0):
            return False
        if 'approval' not in v:
            return False
    if 'timeout' in v:
        n += 1
        x = v['timeout']
        if not (isinstance(x, str) and _search_2(x) is not None):
            return False
    if n == len(v):
        return True
    if 'if' in v:
        n += 1
        x = v['if']
        if not (_condition(x)):
            return False
    if 'for_each' in v:
        n += 1
        x = v['for_each']
        if not (isinstance(x, str) and len(x) > 0):
            return False
        if 'steps' not in v:
            return False
    if 'max_targets' in v:
        n += 1
        x = v['max_targets']
        if not (_is_integer(x) and not x < 1):
            return False
        if 'for_each' not in v:
            return False
    if 'repeat' in v:
        n += 1
        x = v['repeat']
        if not (_repeat(x)):
            return False
        if 'steps' not in v:
            return False
    if 'steps' in v:
        n += 1
        x = v['steps']
        if not (isinstance(x, list) and len(x) > 0 and all(map(_step, x)) and not (any(isinstance(x, dict) and 'type' in x and x['type'] == 'start' for x in x))):
            return False
    if n == len(v):
        return True
    if 'approval' in v:
        n += 1
        x = v['approval']
        if not (_stepFields_approval(x)):
            return False
    if 'notify' in v:
        n += 1
        x = v['notify']
        if not (isinstance(x, dict) and ('subject' not in x or isinstance(x['subject'], str)) and ('body' not in x or isinstance(x['body'], str))):
            return False
        if 'approval' not in v:
            return False
    if 'match' in v:
        n += 1
        x = v['match']
        if not (isinstance(x, str) and x in {'first', 'all'}):
            return False
        if 'branches' not in v:
            return False
    if 'join' in v:
        n += 1
        x = v['join']
        if not (isinstance(x, str) and x in {'all', 'any'}):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _SECTIONSTEP_KEYS])


def _waitStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v and ('delay' in v or 'until' in v)):
        return False
    n = 1
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x in {'end', 'start'})):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if 'on_error' in v:
        n += 1
        x = v['on_error']
        if not (_stepFields_on_error(x)):
            return False
    if n == len(v):
        return True
    if 'branches' in v:
        n += 1
        x = v['branches']
        if not (isinstance(x, list) and len(x) > 0 and all(map(_branch, x))):
            return False
    if 'else' in v:
        n += 1
        x = v['else']
        if not (_target(x)):
            return False
        if 'branches' not in v:
            return False
    if 'timeout' in v:
        n += 1
        x = v['timeout']
        if not (isinstance(x, str) and _search_2(x) is not None):
            return False
    if 'delay' in v:
        n += 1
        x = v['delay']
        if not (isinstance(x, str) and _search_3(x) is not None):
            return False
    if 'until' in v:
        n += 1
        x = v['until']
        if not (_condition(x)):
            return False
    if n == len(v):
        return True
    if 'on_timeout' in v:
        n += 1
        x = v['on_timeout']
        if not (_outcome(x)):
            return False
        if 'timeout' not in v:
            return False
    if 'if' in v:
        n += 1
        x = v['if']
        if not (_condition(x)):
            return False
    if 'match' in v:
        n += 1
        x = v['match']
        if not (isinstance(x, str) and x in {'first', 'all'}):
            return False
        if 'branches' not in v:
            return False
    if 'join' in v:
        n += 1
        x = v['join']
        if not (isinstance(x, str) and x in {'all', 'any'}):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _WAITSTEP_KEYS])


def _startStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v):
        return False
    n = 1
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x == 'end')):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'next' in v:
        n += 1
        x = v['next']
        if not (_target(x)):
            return False
    if 'inputs' in v:
        n += 1
        x = v['inputs']
        if not (isinstance(x, list) and all(map(_startInput, x))):
            return False
    if n == len(v):
        return True
    if 'outputs' in v:
        n += 1
        x = v['outputs']
        if not (_stepFields_outputs(x)):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _STARTSTEP_KEYS])


def _startInput(v: Any) -> bool:
    if not (isinstance(v, dict) and 'name' in v):
        return False
    n = 1
    x = v['name']
    if not (isinstance(x, str) and len(x) > 0):
        return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'required' in v:
        n += 1
        x = v['required']
        if not ((x is True or x is False)):
            return False
    if 'default' in v:
        n += 1
    return n == len(v)


def _stepFields_outputs(v: Any) -> bool:
    if not (isinstance(v, dict)):
        return False
    for x in v.values():
        if not (_output(x)):
            return False
    return True


def _output(v: Any) -> bool:
    return (isinstance(v, str) or isinstance(v, dict) and ('description' not in v or isinstance(v['description'], str)))


def _endStep(v: Any) -> bool:
    if not (isinstance(v, dict) and 'id' in v):
        return False
    n = 1
    x = v['id']
    if not (isinstance(x, str) and x[:1] not in {'', '-', '_'} and not x.strip('-0123456789_abcdefghijklmnopqrstuvwxyz') and not (x in {'end', 'start'})):
        return False
    if 'type' in v:
        n += 1
    if 'name' in v:
        n += 1
        x = v['name']
        if not (isinstance(x, str)):
            return False
    if 'description' in v:
        n += 1
        x = v['description']
        if not (isinstance(x, str)):
            return False
    if 'if' in v:
        n += 1
        x = v['if']
        if not (_condition(x)):
            return False
    if 'join' in v:
        n += 1
        x = v['join']
        if not (isinstance(x, str) and x in {'all', 'any'}):
            return False
    return n == len(v) or all([_search_4(k) is not None for k in v if k not in _ENDSTEP_KEYS])


def accept_inputs(v: Any) -> bool:
    if not (isinstance(v, dict) and len(v) > 0):
        return False
    for x in v.values():
        if not (_input(x)):
            return False
    return True


def _input(v: Any) -> bool:
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
        if not ((x is True or x is False)):
            return False
    if 'default' in v:
        n += 1
    return n == len(v)


def accept_outputs(v: Any) -> bool:
    if not (isinstance(v, dict) and len(v) > 0):
        return False
    for x in v.values():
        if not (_output(x)):
            return False
    return True


_ACTIONSTEP_KEYS: set[str] = {
    'action',
    'approval',
    'assignee',
    'branches',
    'connector',
    'description',
    'else',
    'for_each',
    'id',
    'if',
    'join',
    'match',
    'max_targets',
    'message',
    'name',
    'next',
    'notify',
    'on_error',
    'optional',
    'repeat',
    'retry',
    'timeout',
    'type',
    'with',
}


_MANUALSTEP_KEYS: set[str] = {
    'assignee',
    'branches',
    'choices',
    'description',
    'else',
    'for_each',
    'form',
    'id',
    'if',
    'join',
    'match',
    'max_targets',
    'message',
    'name',
    'next',
    'notify',
    'on_error',
    'on_timeout',
    'repeat',
    'timeout',
    'type',
    'with',
}


_DECISIONSTEP_KEYS: set[str] = {
    'assignee',
    'branches',
    'description',
    'else',
    'id',
    'if',
    'join',
    'match',
    'name',
    'next',
    'on_error',
    'type',
}


_PLAYBOOKSTEP_KEYS: set[str] = {
    'approval',
    'assignee',
    'branches',
    'description',
    'else',
    'for_each',
    'id',
    'if',
    'join',
    'match',
    'max_targets',
    'message',
    'name',
    'next',
    'notify',
    'on_error',
    'optional',
    'playbook',
    'repeat',
    'retry',
    'shared_context',
    'timeout',
    'type',
    'with',
}


_SECTIONSTEP_KEYS: set[str] = {
    'approval',
    'assignee',
    'branches',
    'description',
    'else',
    'for_each',
    'id',
    'if',
    'join',
    'match',
    'max_targets',
    'message',
    'name',
    'next',
    'notify',
    'on_error',
    'repeat',
    'steps',
    'timeout',
    'type',
}


_WAITSTEP_KEYS: set[str] = {
    'branches',
    'delay',
    'description',
    'else',
    'id',
    'if',
    'join',
    'match',
    'name',
    'next',
    'on_error',
    'on_timeout',
    'timeout',
    'type',
    'until',
}


_STARTSTEP_KEYS: set[str] = {
    'description',
    'id',
    'inputs',
    'name',
    'next',
    'outputs',
    'type',
}


_ENDSTEP_KEYS: set[str] = {
    'description',
    'id',
    'if',
    'join',
    'name',
    'type',
}


_STEP_BY_TYPE: dict[str, Callable[[Any], bool]] = {
    'action': _actionStep,
    'manual': _manualStep,
    'decision': _decisionStep,
    'playbook': _playbookStep,
    'section': _sectionStep,
    'wait': _waitStep,
    'start': _startStep,
    'end': _endStep,
}


_ACCEPT_KEYS: set[str] = {
    'app_id',
    'auto_execute',
    'category',
    'created_at',
    'created_by',
    'deleted_at',
    'deleted_by',
    'description',
    'enabled',
    'id',
    'inputs',
    'is_deleted',
    'key',
    'last_run_at',
    'last_run_id',
    'mitre_tactics',
    'mitre_techniques',
    'name',
    'outputs',
    'owner',
    'owner_id',
    'required_connectors',
    'run_stats',
    'schema_version',
    'source',
    'source_type',
    'steps',
    'tags',
    'tenant_id',
    'trigger_conditions',
    'updated_at',
    'updated_by',
}


PARTS: dict[str, Callable[[Any], bool]] = {
    '#/$defs/actionStep': _actionStep,
    '#/$defs/approval': _approval,
    '#/$defs/branch': _branch,
    '#/$defs/comparison': _comparison,
    '#/$defs/condition': _condition,
    '#/$defs/decisionStep': _decisionStep,
    '#/$defs/endStep': _endStep,
    '#/$defs/formField': _formField,
    '#/$defs/input': _input,
    '#/$defs/manualStep': _manualStep,
    '#/$defs/outcome': _outcome,
    '#/$defs/output': _output,
    '#/$defs/playbookStep': _playbookStep,
    '#/$defs/repeat': _repeat,
    '#/$defs/retry': _retry,
    '#/$defs/sectionStep': _sectionStep,
    '#/$defs/startInput': _startInput,
    '#/$defs/startStep': _startStep,
    '#/$defs/step': _step,
    '#/$defs/stepFields/properties/approval': _stepFields_approval,
    '#/$defs/stepFields/properties/on_error': _stepFields_on_error,
    '#/$defs/stepFields/properties/outputs': _stepFields_outputs,
    '#/$defs/target': _target,
    '#/$defs/waitStep': _waitStep,
}
