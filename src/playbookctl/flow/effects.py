"""What an action does to the world: as connectors.yaml declares it, else guessed from the verb in its name.

"Destructive" means reversible or irreversible: it takes something away from somebody until it is undone, or for good.
A guess is said to be one wherever it decides anything.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playbookctl.model.workspace import Connectors

READ, NOTIFY, REVERSIBLE, IRREVERSIBLE = "read", "notify", "reversible", "irreversible"

# The published list. The first word of an action's name that stands here decides; a name without any is taken to read.
VERBS: dict[str, tuple[str, ...]] = {
    IRREVERSIBLE: ("delete", "destroy", "erase", "purge", "reimage", "shred", "terminate", "wipe"),
    REVERSIBLE: (
        "ban", "blackhole", "blacklist", "block", "blocklist", "contain", "deactivate", "deauthorize", "denylist",
        "deny", "deprovision", "detach", "disable", "disconnect", "dissociate", "drop", "eradicate", "evict",
        "expire", "force", "isolate", "kill", "lock", "lockout", "logoff", "logout", "offboard", "prevent",
        "quarantine", "reboot", "remove", "reset", "restart", "restrict", "revoke", "shutdown", "signout", "sinkhole",
        "stop", "suspend", "unassign", "unenroll", "uninstall",
    ),
    NOTIFY: ("alert", "email", "mail", "message", "notify", "page", "post", "send"),
    READ: (
        "ask", "check", "collect", "compare", "count", "describe", "download", "enrich", "export", "extract", "fetch",
        "find", "get", "hunt", "inspect", "is", "list", "lookup", "parse", "query", "read", "retrieve", "search",
        "show", "status", "verify", "view",
    ),
}  # fmt: skip
# A name that ends so asks about it; and to take away or stop one of these takes nothing from anybody.
ASKING = frozenset({"history", "info", "result", "state", "status"})
TAKING = frozenset({"delete", "drop", "expire", "remove", "reset", "restart", "stop", "unassign"})
HARMLESS = frozenset({
    "bookmark", "cache", "comment", "context", "entry", "field", "filter", "key", "keys", "label", "labels", "note",
    "scan", "search", "tag", "tags", "task", "timer", "variable", "watcher", "widget",
})  # fmt: skip

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_EFFECTS = {verb: effect for effect, verbs in VERBS.items() for verb in verbs}


class Effect(NamedTuple):
    """What an action does: one of the four kinds. `verb` is the word it was guessed from, '' if it is declared."""

    kind: str
    verb: str = ""

    @property
    def is_destructive(self) -> bool:
        """Whether it takes something away from somebody."""
        return self.kind in (REVERSIBLE, IRREVERSIBLE)

    @property
    def source(self) -> str:
        """Where the effect is known from, as a message says it."""
        return f"guessed from '{self.verb}'" if self.verb else "declared in connectors.yaml"


def effect_of(connector: str | None, action: str, connectors: Connectors) -> Effect:
    """Return what `action` of `connector` does."""
    known = connectors.by_name.get(connector or "")
    spec = known.actions.get(action) if known and known.actions else None
    return Effect(spec.effect) if spec and spec.effect else guess(action)


@lru_cache(maxsize=4096)
def guess(action: str) -> Effect:
    """Return what an action of this name most likely does. Words are split at capitals, `-`, `_`, spaces and digits."""
    words = [word.lower() for word in _WORD.findall(action)]
    for at, word in enumerate(words):
        kind = _EFFECTS.get(word)
        if kind:
            if kind in (READ, NOTIFY):
                return Effect(kind, word)
            if words[-1] in ASKING or (word in TAKING and not HARMLESS.isdisjoint(words[at + 1 :])):
                return Effect(READ, words[-1])
            return Effect(kind, word)
    return Effect(READ, words[0] if words else action)
