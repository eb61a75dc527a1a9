"""A part of a risk: one change that makes something riskier, as a phrase whose subject is the playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playbookctl.model.review import Level, RiskKind


class Part(NamedTuple):
    """`phrase` reads on after the playbook's name: 'starts by itself now'. `steps` are ids of the head.

    `others` are the keys of playbooks that act otherwise because of it.
    """

    kind: RiskKind
    level: Level
    key: str
    file: str
    phrase: str
    before: str
    now: str
    undo: str
    steps: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
