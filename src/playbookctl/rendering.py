"""One playbook as it would be sent, and what is to be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbookctl.errors import Refused, UsageError
from playbookctl.model.nearest import did_you_mean
from playbookctl.plan.lookups import Lookups
from playbookctl.plan.render import Unrendered, pending_in

if TYPE_CHECKING:
    from playbookctl.gather import Gathered
    from playbookctl.model.workspace import Connectors, Environment


@dataclass(frozen=True, slots=True)
class Rendered:
    """The body of a playbook, no marks in it, and notes on what a sync would make of it."""

    body: dict[str, Any]
    notes: tuple[str, ...] = ()


def rendered(gathered: Gathered, key: str, lookups: Lookups) -> Rendered:
    """Return the body of a key. Raises UsageError if no file has it, Refused with every name that has no id."""
    if key not in gathered.playbooks:
        raise _missing(gathered, key)
    try:
        body = gathered.body(key, lookups)
    except Unrendered as error:
        reasons = "; ".join(missed.reason for missed in error.missed)
        raise Refused(f"'{key}' cannot be rendered: {reasons}", hint=error.missed[0].hint) from error
    notes = []
    if errors := gathered.playbooks[key].errors:
        notes.append(f"'{key}' breaks rules, and a sync would hold it: {', '.join(errors)}")
    if pending := pending_in(body):
        notes.append(f"what has no id yet is named by a placeholder: {', '.join(pending)}")
    return Rendered(body, tuple(notes))


def mapped_only(environment: Environment, connectors: Connectors, gathered: Gathered) -> Lookups:
    """Return lookups that know the ids in the configuration, and no others: for rendering without a server."""
    return Lookups(environment, connectors, None, None, {}, gathered.playbooks)


def _missing(gathered: Gathered, key: str) -> UsageError:
    for file in gathered.unreadable:
        if file.key == key:
            return UsageError(f"{file.file} cannot be read as a playbook", hint=f"playbookctl validate {file.file}")
    return UsageError(f"no playbook has the key '{key}'{did_you_mean(key, gathered.playbooks)}", hint="name a key")
