"""What people do in the repository. Every act ends in a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.canonical import NotCanonical
from support.acts import act, pick
from support.laws import stands_for
from support.values import FIELDS, FORMS, IN_FILE, document, file_value, pulled

if TYPE_CHECKING:
    from support.estate import Estate

KEYS = ("a", "b", "c", "d")


@act(16)
def commit_an_edit(estate: Estate, a: int, b: int) -> None:
    found = _chosen(estate, a)
    if found is not None:
        field = FIELDS[b % len(FIELDS)]
        name = IN_FILE[field][0]
        value = file_value(estate, field, b // len(FIELDS), found.get(name, FORMS[field].default))
        found.pop("owner_id", None)
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value
        estate.commit()


@act(3)
def commit_a_switch(estate: Estate, a: int, b: int) -> None:
    found = _chosen(estate, a)
    if found is not None:
        field = ("enabled", "auto_execute")[b % 2]
        found[field] = not found.get(field, FORMS[field].default)
        estate.commit()


@act(4)
def commit_what_live_has(estate: Estate, a: int, b: int) -> None:
    """Pull one field."""
    key = pick(sorted(estate.stems()), a)
    row = next((row for row in estate.rows() if stands_for(row, estate.namespace) == key), None)
    if key is None or row is None:
        return
    stem = estate.stems()[key]
    old = estate.files[stem]
    assert isinstance(old, dict)
    try:
        new = pulled(estate.survey(), row, old, [FIELDS[b % len(FIELDS)]])
    except NotCanonical:
        return
    if new is not None and new.get("steps") and str(new.get("name", "")).strip():
        estate.files[stem] = new
        estate.commit()


@act(4)
def add_a_file(estate: Estate, a: int, _: int) -> None:
    key = pick([key for key in KEYS if key not in estate.stems() and key not in estate.files], a)
    if key is not None:
        estate.files[key] = document(key)
        estate.commit()


@act(3)
def remove_a_file(estate: Estate, a: int, _: int) -> None:
    stem = pick(sorted(estate.files), a)
    if stem is not None and len(estate.files) > 1:
        del estate.files[stem]
        estate.commit()


@act(2)
def rename_a_file(estate: Estate, a: int, b: int) -> None:
    stem = pick(sorted(estate.files), a)
    new = f"file-{b % 5}"
    if stem is not None and new not in estate.files:
        estate.files[new] = estate.files.pop(stem)
        estate.commit()


@act(1)
def rename_a_key(estate: Estate, a: int, b: int) -> None:
    found = _chosen(estate, a)
    new = pick(KEYS, b)
    if found is not None and new not in estate.stems() and new not in estate.files:
        found["key"] = new
        estate.commit()


@act(2)
def commit_a_call(estate: Estate, a: int, b: int) -> None:
    caller, callee = _chosen(estate, a), pick(sorted(estate.stems()), b)
    if caller is not None and callee is not None and str(caller.get("key")) < callee:
        caller["steps"] = [{"id": "tell", "type": "playbook", "playbook": callee}]
        estate.commit()


@act(1)
def break_a_file(estate: Estate, a: int, b: int) -> None:
    stem = pick(sorted(estate.files), a)
    if stem is not None and isinstance(estate.files[stem], dict) and len(estate.stems()) > 1:
        broken = {True: f"key: {_key_of(estate, stem)}\nname: x\nsteps: nothing\n", False: "name: x\n\tsteps: [\n"}
        estate.files[stem] = broken[b % 2 == 0]
        estate.commit()


@act(1)
def break_a_rule(estate: Estate, a: int, b: int) -> None:
    found = _chosen(estate, a)
    if found is not None:
        if b % 3 == 0:
            found.pop("key", None)
        elif b % 3 == 1:
            found["steps"] = [{"id": "look", "connector": "edr", "action": "get", "next": "nowhere"}]
        else:
            found["mitre_techniques"] = ["T9999"]
        estate.commit()


@act(3)
def mend_the_files(estate: Estate, _: int, __: int) -> None:
    mend(estate)


@act(1)
def rename_the_namespace(estate: Estate, a: int, _: int) -> None:
    estate.configure(namespace=("soc", "soc-core")[a % 2])
    estate.commit()


@act(1)
def change_what_is_managed(estate: Estate, a: int, _: int) -> None:
    estate.configure(unmanaged_fields=([], ["enabled"], ["description", "owner"])[a % 3])
    estate.commit()


@act(1)
def squash(estate: Estate, a: int, _: int) -> None:
    if estate.history is not None:
        estate.history.squash(1 + a % 4)


def mend(estate: Estate) -> None:
    """Bring every file back to where it keeps all rules."""
    for stem, found in list(estate.files.items()):
        free = next(key for key in (stem, *KEYS, f"key-{stem}") if key == stem or key not in estate.stems())
        if isinstance(found, str):
            estate.files[stem] = document(free)
            continue
        key = str(found.setdefault("key", free))
        if "nowhere" in str(found["steps"]):
            found["steps"] = document(key)["steps"]
        if "T9999" in found.get("mitre_techniques", ()):
            found["mitre_techniques"] = ["T1566"]
    estate.commit()


def _chosen(estate: Estate, number: int) -> dict[str, Any] | None:
    """Return the document of a file that can be read; it may be changed in place."""
    stem = pick([estate.stems()[key] for key in sorted(estate.stems())], number)
    found = None if stem is None else estate.files[stem]
    return found if isinstance(found, dict) else None


def _key_of(estate: Estate, stem: str) -> str:
    found = estate.files[stem]
    return str(found.get("key", stem)) if isinstance(found, dict) else stem
