"""The canonical form of a playbook as the API has it: digests and fingerprints, used by plan and apply alike.

Canonical bytes decide what is equal, never `==`: a boolean is no integer, 1.0 is 1, -0 is 0; null, absent and the
default are one; prose is compared after CRLF -> LF and NFC, sets without order. `model/fields.py` says what
each field is.
A live step may hold keys that are not ours (a vendor's layout): no digest sees them.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playbookctl.errors import PlaybookctlError
from playbookctl.marker import is_reserved
from playbookctl.model.fields import MANAGED
from playbookctl.model.plan import placeholder_key
from playbookctl.steps import all_steps, canonical_steps, have_plain_keys, is_canonical, normal_prose, vendor_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from playbookctl.model.fields import Field
    from playbookctl.model.plan import Change

WIDTH = 8  # hex digits of one digest
LARGEST = 2**53  # beyond it a number is not the same number in every JSON reader
POSITIONS: dict[str, int] = {field.api_name: position for position, field in enumerate(MANAGED)}
_TAGS = POSITIONS["tags"]
_MARSHAL = 2  # the version that writes equal values in one way: no references, nothing about interned texts

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_PERHAPS_INEXACT = re.compile(r"[:,\[]-?[0-9]+(?:[.e]|[0-9]{15})")


class NotCanonical(PlaybookctlError):
    """A value that has no canonical form: NaN, infinity, a whole number beyond 2^53, nesting without end."""


def digests(body: Mapping[str, Any]) -> str:
    """Return the digests of all managed fields of an API object, 8 hex digits each, end to end in the marker's order.

    Absent fields count as their defaults, reserved tags as absent. Raises NotCanonical, naming the field.
    """
    return "".join([field_digest(field, body.get(field.api_name)) for field in MANAGED])


def field_digest(field: Field, value: Any) -> str:
    """Return the digest of one field's value. Raises NotCanonical."""
    text = canonical_text(field, value)
    known = _DEFAULTS.get(field.api_name)
    return known[1] if known is not None and text is known[0] else digest(text)


def canonical_text(field: Field, value: Any) -> str:
    """Return the canonical form of one field's value: JSON, sorted, no spaces. Raises NotCanonical."""
    if field.api_name == "tags":
        value = free_tags(value)
    known = _DEFAULTS.get(field.api_name)
    if value is None or (value == field.default and type(value) is type(field.default)):
        if known is not None:
            return known[0]
        value = field.default
    try:
        return _steps_text(value) if field.api_name == "steps" else _FORMS[field.kind](value)
    except RecursionError:
        raise NotCanonical(f"'{field.name}' is nested too deeply") from None
    except ValueError as error:
        raise NotCanonical(f"'{field.name}' {error}", hint="write such a value as text, in quotes") from None


def live_texts(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the canonical form of every managed field of what a server sent, in the marker's order.

    A value without canonical form is told by a text that no file can have.
    """
    return tuple([_lenient_text(field, body.get(field.api_name)) for field in MANAGED])


def pack(body: Mapping[str, Any]) -> bytes:
    """Return the managed values of an API object as bytes, reserved tags taken out: the same for the same JSON values.

    Keys in another order, or a number written otherwise, give other bytes although the canonical form is the same.
    """
    values = [body.get(name) for name in POSITIONS]
    values[_TAGS] = free_tags(values[_TAGS])
    return marshal.dumps(values, _MARSHAL)


def unpack(packed: bytes) -> dict[str, Any]:
    """Return the managed values that `pack` was given, by API field."""
    return dict(zip(POSITIONS, marshal.loads(packed), strict=True))  # noqa: S302 - made by `pack`, in this process


def packed_digest(packed: bytes) -> str:
    """Return what stands for packed values: 32 hex digits."""
    return hashlib.blake2b(packed, digest_size=16).hexdigest()


def live_text(field: str, value: Any) -> str:
    """Return the canonical form of one field of what a server sent, as `live_texts` does."""
    return _lenient_text(MANAGED[POSITIONS[field]], value)


def digests_of(texts: Iterable[str]) -> str:
    """Return the digests of canonical texts that are in the marker's order."""
    return "".join([_DIGEST_OF_DEFAULT.get(text) or digest(text) for text in texts])


def row_digests(body: Mapping[str, Any]) -> str:
    """Return the digests of what a server sent. The steps of one object are gone through once, however often it is read."""
    found = [
        _steps_digest(marshal.dumps(body.get("steps"), _MARSHAL))
        if field.api_name == "steps"
        else digests_of((_lenient_text(field, body.get(field.api_name)),))
        for field in MANAGED
    ]
    return "".join(found)


@lru_cache(maxsize=256)  # one write reads its object three times; so many are under way at most
def _steps_digest(packed: bytes) -> str:
    value = marshal.loads(packed)  # noqa: S302 - made by the function above, in this process
    return digests_of((live_text("steps", value),))


def digest(text: str) -> str:
    """Return the first 8 hex digits of the SHA-256 of `text` in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:WIDTH]


def digest_at(all_digests: str, position: int) -> str:
    """Return the digest of the field at `position` of the marker's order, '' where the digests end before it."""
    return all_digests[position * WIDTH : (position + 1) * WIDTH]


def with_digest(all_digests: str, position: int, value: str) -> str:
    """Return the digests with the one at `position` replaced."""
    return all_digests[: position * WIDTH] + value + all_digests[(position + 1) * WIDTH :]


def fingerprint(body: Mapping[str, Any]) -> str:
    """Return 16 hex digits for a live object as a whole: managed fields, a vendor's step keys, all tags with our marks.

    Two reads of an object that nobody wrote in between have the same fingerprint, in whatever order its sets come.
    """
    return fingerprint_of(row_digests(body), vendor_text(body), body.get("tags"))


def fingerprint_of(all_digests: str, vendor: str, tags: Any) -> str:
    """Return the fingerprint of an object from its parts, `vendor` as `vendor_text` returns it."""
    said = sorted(map(str, tags)) if isinstance(tags, list | tuple) else [] if tags is None else tags
    whole = json.dumps([all_digests, vendor, said], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def vendor_text(body: Mapping[str, Any]) -> str:
    """Return the keys of live steps that are not ours, by step id, as JSON text; '' where there are none."""
    found = vendor_keys(body.get("steps"))
    return json.dumps(found, sort_keys=True) if found else ""


def missing(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the managed fields that a list row leaves out: a reason to get the object, never a default."""
    return tuple(field.api_name for field in MANAGED if field.api_name not in body)


def free_tags(tags: Any) -> Any:
    """Return the tags without the reserved ones; what is no list as it is."""
    return [tag for tag in tags if not is_reserved(tag)] if isinstance(tags, list) else tags


def fill(change: Change, ids: Mapping[str, str]) -> Change:
    """Put the ids of callees where the plan had placeholders, and make the base's digest come out right.

    `ids` maps key to id and needs every key of `change.pending`, else KeyError.
    """
    if not change.pending:
        return change
    write = dict(change.write)
    steps = json.loads(write["steps"])
    for step in all_steps(steps):
        key = placeholder_key(step.get("playbook"))
        if key is not None:
            step["playbook"] = ids[key]
    write["steps"] = json_text(steps)
    mark = change.mark
    if mark is not None and mark.base is not None:
        position = POSITIONS["steps"]
        base = with_digest(mark.base.digests, position, field_digest(MANAGED[position], steps))
        mark = replace(mark, base=replace(mark.base, digests=base))
    return replace(change, write=tuple(write.items()), mark=mark, pending=())


def json_text(value: Any) -> str:
    """Return a JSON value as text, keys in their own order: what a plan stores and apply sends."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _lenient_text(field: Field, value: Any) -> str:
    try:
        return canonical_text(field, value)
    except NotCanonical:
        return f"!{_told(value)}"


def _told(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except RecursionError:
        return "nested too deeply"


def _exact_text(value: Any) -> str:
    if isinstance(value, str | bool):
        return _dumped(value)
    if isinstance(value, int | float):
        return _dumped(_exact(value))
    text = _dumped(value)
    return _dumped(_exact(value)) if _PERHAPS_INEXACT.search(text) else text


def _prose_text(value: Any) -> str:
    return _dumped(normal_prose(value)) if isinstance(value, str) else _exact_text(value)


def _set_text(value: Any) -> str:
    if not isinstance(value, list):
        return _exact_text(value)
    return f"[{','.join(sorted({_exact_text(member) for member in value}))}]"


def _steps_text(value: Any) -> str:
    if have_plain_keys(value):
        text = _dumped(value)
        if is_canonical(text) and not _PERHAPS_INEXACT.search(text):
            return text  # the common playbook; going through every value would take three times as long
    return _exact_text(canonical_steps(value))


_FORMS: dict[str, Callable[[Any], str]] = {
    "scalar": _exact_text,
    "list": _exact_text,
    "prose": _prose_text,
    "set": _set_text,
}


def _dumped(value: Any) -> str:
    try:
        return _encode(value)
    except ValueError:
        raise ValueError("holds a number that JSON does not have") from None


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        raise ValueError(f"holds {value}, which not every JSON reader can tell from its neighbours (beyond 2^53)")
    return value


_DEFAULTS: dict[str, tuple[str, str]] = {}  # by API field: the one text object of its default, and the digest
for _field in MANAGED:
    _default = canonical_text(_field, None)
    _DEFAULTS[_field.api_name] = (_default, digest(_default))
_DIGEST_OF_DEFAULT = dict(_DEFAULTS.values())
