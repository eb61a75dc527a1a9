"""What an action does to the world: as connectors.yaml declares it, else guessed from the verb in its name.

"Destructive" means reversible or irreversible: it takes something away from somebody until it is undone, or for good.
A guess is said to be one wherever it decides anything.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playbookctl.model.playbook import Step
    from playbookctl.model.workspace import Connectors

READ, NOTIFY, REVERSIBLE, IRREVERSIBLE = "read", "notify", "reversible", "irreversible"

# The published list. The first word of an action's name that stands here decides, or the first two written as one
# (sign-out); a name without any is taken to read. What undoes an action stands with those that read.
VERBS: dict[str, tuple[str, ...]] = {
    IRREVERSIBLE: (
        "delete", "destroy", "erase", "overwrite", "purge", "reimage", "shred", "terminate", "truncate", "wipe",
    ),
    REVERSIBLE: (
        "ban", "blackhole", "blacklist", "block", "blocklist", "contain", "cordon", "cutoff", "deactivate",
        "deallocate", "deauthorize", "decommission", "denylist", "deny", "deprovision", "deregister", "detach",
        "disable", "disconnect", "dissociate", "drop", "eject", "eradicate", "evict", "expire", "force", "freeze",
        "halt", "invalidate", "isolate", "kill", "lock", "lockdown", "lockout", "logoff", "logout", "nullroute",
        "offboard", "poweroff", "prevent", "quarantine", "reboot", "remediate", "remove", "reset", "restart",
        "restrict", "revert", "revoke", "rollback", "rotate", "shutdown", "signout", "sinkhole", "stop", "suspend",
        "switchoff", "takedown", "turnoff", "unassign", "unenroll", "uninstall", "unpublish", "unregister", "unshare",
    ),
    NOTIFY: ("alert", "email", "mail", "message", "notify", "page", "post", "send"),
    READ: (
        "ask", "cancel", "check", "collect", "compare", "count", "describe", "download", "enrich", "export", "extract",
        "fetch", "find", "get", "hunt", "inspect", "is", "lift", "list", "lookup", "parse", "query", "read", "release",
        "retrieve", "search", "show", "status", "unblock", "undo", "verify", "view",
    ),
}  # fmt: skip
# A name that ends so asks about it; and to take away or stop one of these takes nothing from anybody.
ASKING = frozenset({"history", "info", "result", "state", "status"})
TAKING = frozenset({"delete", "drop", "expire", "remove", "reset", "restart", "stop", "unassign"})
HARMLESS = frozenset({
    "bookmark", "cache", "comment", "context", "entry", "field", "filter", "label", "labels", "note", "scan", "search",
    "tag", "tags", "task", "timer", "variable", "watcher", "widget",
})  # fmt: skip
CHANGING = frozenset({"change", "modify", "patch", "set", "update"})
# An action of no telling name can be told by a parameter what to do to one of these.
TAKEN = frozenset({
    "account", "accounts", "agent", "computer", "credential", "credentials", "device", "devices", "endpoint", "host",
    "identity", "instance", "key", "keys", "login", "machine", "mailbox", "principal", "profile", "user", "users",
})  # fmt: skip
STATES = frozenset({
    "blocked", "contained", "deactivated", "deleted", "disabled", "inactive", "isolated", "locked", "quarantined",
    "revoked", "stopped", "suspended", "terminated", "wiped",
})  # fmt: skip

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_EFFECTS = {verb: effect for effect, verbs in VERBS.items() for verb in verbs}
_TELLING = frozenset({"action", "command", "mode", "operation", "state", "status"})  # last words of a parameter's name
_ON, _OFF = frozenset({"active", "enabled"}), frozenset({"blocked", "deleted", "disabled", "locked", "suspended"})
_LONGEST = 40  # characters of a value that is no text of its own


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


def effect_of(connector: str | None, action: str, connectors: Connectors, told: str = "") -> Effect:
    """Return what `action` of `connector` does; `told` is what `told_by` has found in its parameters."""
    known = connectors.by_name.get(connector or "")
    spec = known.actions.get(action) if known and known.actions else None
    if spec and spec.effect:
        return Effect(spec.effect)
    effect = guess(action)
    if told and effect.kind == READ and effect.verb not in _EFFECTS:
        words = told.lower().replace("_", " ").replace("-", " ").split()
        return Effect(IRREVERSIBLE if any(_EFFECTS.get(word) == IRREVERSIBLE for word in words) else REVERSIBLE, told)
    return effect


@lru_cache(maxsize=4096)
def guess(action: str) -> Effect:
    """Return what an action of this name most likely does. Words are split at capitals, `-`, `_`, spaces and digits."""
    words = _words(action)
    for at, word in enumerate(words):
        verb = next((each for each in (word + "".join(words[at + 1 : at + 2]), word) if each in _EFFECTS), "")
        if not verb:
            continue
        kind = _EFFECTS[verb]
        if kind in (READ, NOTIFY):
            if "and" in words[at + 1 : -1]:
                after = guess(" ".join(words[words.index("and", at) + 1 :]))  # search-and-delete-mail
                return after if after.is_destructive else Effect(kind, verb)
            return Effect(kind, verb)
        if words[-1] in ASKING or (verb in TAKING and not HARMLESS.isdisjoint(words[at + 1 :])):
            return Effect(READ, words[-1])
        return Effect(kind, verb)
    if words and words[-1] in ("password", "passwords") and not CHANGING.isdisjoint(words):
        return Effect(REVERSIBLE, words[-1])
    return Effect(READ, words[0] if words else action)


def told_by(action: str, parameters: Mapping[str, Any]) -> str:
    """Return the parameter that tells an action of no telling name to take something away, as `name: value`; else ''.

    `update-user` with `status: suspended` suspends; so does `enabled: false`. A password that is set locks its owner out;
    what it is set to is not returned.
    """
    if not parameters or not _may_be_told(action):
        return ""
    password = ""
    for name, value in parameters.items():
        *_, last = _words(name) or [""]
        text = str(value).lower()
        if (last in _ON and text == "false") or (last in _OFF and text == "true"):
            return f"{name}: {text}"
        if last in _TELLING and isinstance(value, str) and len(value) <= _LONGEST and _takes_away(value):
            return f"{name}: {value}"
        if last == "password" and isinstance(value, str) and text not in ("true", "false"):
            password = name
    return password


def acting(step: Step) -> list[Any]:
    """Return what a step with an action does, as facts have it: connector or None, action, and `told_by` if it tells."""
    action: str = step.data["action"]
    told = told_by(action, step.parameters)
    return [step.connector, action, told] if told else [step.connector, action]


@lru_cache(maxsize=4096)
def _may_be_told(action: str) -> bool:
    words = _words(action)
    return (
        not TAKEN.isdisjoint(words)
        and not (CHANGING | {"action", "manage"}).isdisjoint(words)
        and guess(action).verb not in _EFFECTS
    )


def _takes_away(value: str) -> bool:
    return "{{" not in value and any(
        word in STATES or _EFFECTS.get(word) in (REVERSIBLE, IRREVERSIBLE) for word in _words(value)
    )


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]
