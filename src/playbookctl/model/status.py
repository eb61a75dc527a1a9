"""How playbooks do: where each stands, whether it may act, how it ran, and what its connectors suffer from."""

from __future__ import annotations

from dataclasses import dataclass

_NAMED = 12  # of the playbooks that a sentence names; JSON has them all


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a live playbook as the server counts them."""

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One playbook. `standing` is the group of its change, such as 'update', with 'in sync' for what is unchanged.

    The rest is what is live: None or empty where nothing is, and where the server does not say.
    """

    key: str
    name: str
    standing: str
    file: str = ""
    live_id: str = ""
    enabled: bool | None = None
    auto_execute: bool | None = None
    owner: str = ""
    last_run_at: str = ""
    last_status: str = ""
    runs: Runs | None = None


@dataclass(frozen=True, slots=True)
class ConnectorWarning:
    """A connector that playbooks use and that does not work, or soon will not: why, and which playbooks."""

    connector_id: str
    name: str
    reasons: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What a person is told."""
        number = len(self.keys)
        users = "1 playbook uses it" if number == 1 else f"{number:,} playbooks use it"
        more = f" and {number - _NAMED:,} more" if number > _NAMED else ""
        return (
            f"the connector '{self.name}' {' and '.join(self.reasons)}; {users}: {', '.join(self.keys[:_NAMED])}{more}"
        )


@dataclass(frozen=True, slots=True)
class Status:
    """All playbooks of one environment, by key. `now` is the moment of looking (RFC 3339)."""

    environment: str
    namespace: str
    tenant_id: str
    now: str
    rows: tuple[StatusRow, ...] = ()
    warnings: tuple[ConnectorWarning, ...] = ()
    not_ours: int = 0

    @property
    def standings(self) -> tuple[tuple[str, int], ...]:
        """How many playbooks have each standing, the commonest first."""
        words = [row.standing for row in self.rows]
        return tuple(sorted(((word, words.count(word)) for word in set(words)), key=lambda pair: (-pair[1], pair[0])))

    @property
    def enabled(self) -> int:
        """How many may run."""
        return sum(row.enabled is True for row in self.rows)

    @property
    def automatic(self) -> int:
        """How many run by themselves: enabled and automatic."""
        return sum(row.enabled is True and row.auto_execute is True for row in self.rows)

    @property
    def failed(self) -> int:
        """How many failed the last time they ran."""
        return sum(row.last_status == "failed" for row in self.rows)
