"""The proofs of fmt and --fix in short, with a seed; and that they notice what they are there for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

import edit_proofs
from edit_proofs import Broken, mutants, own_playbooks, planted, prove_fixes, prove_format

if TYPE_CHECKING:
    from collections.abc import Callable

MESSY = b"steps:\n- id: a # of a\n  action: b\nname: 'A'\nkey: k\n"
SEED = 20261122


@pytest.mark.unmeasured
def test_formatting_mutants_loses_nothing() -> None:
    counts = Counter(prove_format(data) for data in mutants(SEED, own_playbooks(), 80))
    assert counts["formatted"] > 20


def test_formatting_playbooks_with_mistakes_loses_nothing() -> None:
    counts = Counter(prove_format(data) for data in planted(SEED, own_playbooks(), 40))
    assert counts["formatted"] > 20


@pytest.mark.unmeasured
def test_fixing_changes_what_the_fixes_speak_of_and_nothing_else() -> None:
    parents, counts = own_playbooks(), Counter[str]()
    files = [*planted(SEED, parents, 15), *mutants(SEED, parents, 10)]
    prove_fixes({f"m{at}.yaml": data for at, data in enumerate(files)}, counts)
    assert counts["files fixed"] > 12
    assert counts["fixes made"] > 30


SPOILED: dict[str, tuple[Callable[[str], str], str]] = {
    "a value": (lambda text: text.replace("action: b", "action: c"), "the data"),
    "a type": (lambda text: text.replace("name: A", "name: [A]"), "the data"),
    "a comment": (lambda text: text.replace(" # of a", ""), "the comments"),
    "its own output": (lambda text: f"\n{text}", "its own output"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_the_proof_notices_when_formatting_changes_more(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil, reason = SPOILED[what]
    right = edit_proofs.formatted
    assert prove_format(MESSY) == "formatted"
    monkeypatch.setattr(edit_proofs, "formatted", lambda *inner: spoil(right(*inner)))
    with pytest.raises(Broken, match=reason):
        prove_format(MESSY)


def test_the_proof_notices_when_a_fix_changes_more(monkeypatch: pytest.MonkeyPatch) -> None:
    promise = edit_proofs.promised
    monkeypatch.setattr(edit_proofs, "_reread", lambda _: None)  # then no fix speaks of any value
    with pytest.raises(Broken, match="lost"):
        prove_fixes({"a.yaml": MESSY.replace(b"key: k", b"key: k\nid: ply_1")}, Counter())
    monkeypatch.setattr(edit_proofs, "promised", lambda entry, fixes: [*map(_without_places, promise(entry, fixes))])
    with pytest.raises(Broken, match="a byte changed"):
        prove_fixes({"a.yaml": MESSY.replace(b"key: k", b"key: k\nid: ply_1")}, Counter())


def _without_places(fix: edit_proofs.Fix | None) -> edit_proofs.Fix | None:
    return fix and type(fix)(fix.title, fix.edits, safe=fix.safe)
