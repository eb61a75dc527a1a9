"""What the index answers with: techniques, tactics, and where a revoked technique went."""

from __future__ import annotations

from enum import Enum

from playbookctl.model.value import Value


class Status(Enum):
    """Revoked means replaced by another technique (or simply withdrawn), deprecated means given up without one."""

    ACTIVE = "active"
    REVOKED = "revoked"
    DEPRECATED = "deprecated"


class Technique(Value):
    """A technique or sub-technique. `tactics` are ids in MITRE's order, empty where they are not known.

    `revoked_by` is what MITRE names as replacement. It may be revoked itself: follow it with `AttackIndex.successor`.
    """

    __slots__ = ("domain", "id", "name", "revoked_by", "status", "tactics")

    def __init__(
        self,
        id: str,  # noqa: A002 - ATT&CK calls it so
        name: str,
        domain: str,
        tactics: tuple[str, ...],
        status: Status = Status.ACTIVE,
        revoked_by: str | None = None,
    ) -> None:
        self.id = id
        self.name = name
        self.domain = domain
        self.tactics = tactics
        self.status = status
        self.revoked_by = revoked_by

    @property
    def parent(self) -> str | None:
        """The id of the technique that this is a sub-technique of, else None."""
        return self.id.partition(".")[0] if "." in self.id else None


class Tactic(Value):
    """A column of a matrix. Tactics of different domains may share a name and never share an id."""

    __slots__ = ("domain", "id", "name", "shortname", "status")

    def __init__(self, id: str, name: str, shortname: str, domain: str, status: Status = Status.ACTIVE) -> None:  # noqa: A002 - as above
        self.id = id
        self.name = name
        self.shortname = shortname
        self.domain = domain
        self.status = status


class Successor(Value):
    """Where a technique went. `chain` begins with the id that was asked for and has every step that is known.

    `final` is the id to use instead: None if there is none, if the chain runs in a circle or ends revoked.
    `status` is that of the chain's last technique (a `final` may be deprecated), None if the index does not know it.
    """

    __slots__ = ("chain", "final", "status")

    def __init__(self, chain: tuple[str, ...], final: str | None, status: Status | None) -> None:
        self.chain = chain
        self.final = final
        self.status = status
