"""The pinned ATT&CK index: bundled data, lookup, and building one from a STIX bundle.

    index = AttackIndex.of(settings)                  # what playbookctl.yaml asks for
    index.technique("T1562.001")                      # Technique(..., status=REVOKED, revoked_by="T1685") or None
    index.successor("T1073").chain                    # ("T1073", "T1574.002", "T1574.001")
    kind_of_id("M1036")                               # IdKind.MITIGATION

`index`, `values`, `kinds` and `table` are on the hook path and import next to nothing; `near` is loaded when an id is
unknown, `checked` when the repository pins a file of its own, `build`, `stream`, `update` and `fetch` by
`attack update` only.
"""

from __future__ import annotations

from playbookctl.attack.index import AttackIndex
from playbookctl.attack.kinds import IdKind, kind_of_id
from playbookctl.attack.values import Status, Successor, Tactic, Technique

__all__ = ["AttackIndex", "IdKind", "Status", "Successor", "Tactic", "Technique", "kind_of_id"]
