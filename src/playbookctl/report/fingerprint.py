"""An identity for a finding that outlives the lines above it: its file, its rule and the text it stands on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playbookctl.model.finding import Finding


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """Return 32 hex digits for each finding, in order; the same mistake on equal lines of a file is numbered.

    The message is part of it only where there is no source line: it may name what stands elsewhere in the file.
    """
    seen: dict[bytes, int] = {}
    prints = []
    for finding in findings:
        text = " ".join(finding.location.line_text.split()) or finding.message
        base = f"{finding.location.file}\0{finding.code}\0{text}".encode("utf-8", "surrogatepass")
        number = seen.get(base, 0)
        seen[base] = number + 1
        prints.append(hashlib.sha256(base + b"\0%d" % number).hexdigest()[:32])
    return prints
