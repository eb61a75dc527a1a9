"""Changes of what judges: the config, the connectors file, the baseline, comments that switch findings off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbookctl.model.finding import Severity
from playbookctl.model.review import Level, RiskKind
from playbookctl.review import words
from playbookctl.review.effects import Lowered, lowered
from playbookctl.review.part import Part
from playbookctl.review.safety import guards, meant, unselected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playbookctl.model.report import RuleInfo
    from playbookctl.model.workspace import Connectors, Settings
    from playbookctl.review.changed import Changed

_GROUPS = (  # the config's key, how much a change matters, what it says
    (
        "namespace",
        Level.HIGH,
        "marks its playbooks with another namespace, so that those which are live count as foreign",
    ),
    ("entry_points", Level.MEDIUM, "names other playbooks as started by the platform"),
    ("thresholds", Level.MEDIUM, "changes how much one sync may write before it refuses"),
    ("resolve", Level.MEDIUM, "decides conflicts with the server otherwise"),
    ("expected_drift", Level.MEDIUM, "expects other edits on the server"),
    ("unmanaged_fields", Level.MEDIUM, "leaves other fields to the platform"),
    ("code_owners", Level.MEDIUM, "says otherwise who has to look at whose playbooks"),
    ("default_environment", Level.MEDIUM, "goes to another environment where none is named"),
    ("playbooks", Level.MEDIUM, "looks for playbooks elsewhere"),
    ("connectors", Level.MEDIUM, "reads another connectors file"),
    ("attack", Level.LOW, "checks against other ATT&CK data"),
    ("required_version", Level.LOW, "asks for another version of playbookctl"),
    ("cache", Level.LOW, "keeps results otherwise"),
)
_HARSH = frozenset({"url", "tenant_id", "app_id", "namespace", "update"})


def config_parts(
    before: Settings, now: Settings, file: str, hidden: tuple[str, ...], rules: Mapping[str, RuleInfo]
) -> Iterator[Part]:
    """Yield what a change of the config weakens.

    `hidden` are playbooks of the head that its own config passes over; `rules` are all there are, by code.
    """
    old, new = before.data, now.data
    yield from _rules(before, now, file, rules)
    if hidden:
        yield _part(
            RiskKind.CONFIG,
            Level.HIGH,
            file,
            f"passes over {words.count(len(hidden), 'playbook')} from now on",
            "they were checked and synced",
            f"nobody looks at {words.listed(hidden)}",
            "take back what changed under 'playbooks' and 'exclude'",
        )
    elif _differs(old, new, "exclude"):
        yield _plain(file, Level.LOW, "passes over other files", old.get("exclude"), new.get("exclude"), "exclude")
    for key, level, phrase in _GROUPS:
        if _differs(old, new, key):
            yield _plain(file, level, phrase, old.get(key), new.get(key), key)
    yield from _environments(old.get("environments") or {}, new.get("environments") or {}, file)


def _rules(before: Settings, now: Settings, file: str, rules: Mapping[str, RuleInfo]) -> Iterator[Part]:
    ignored = sorted(set(now.ignore) - set(before.ignore))
    if ignored:
        found = _found_by(ignored, rules)
        yield _part(
            RiskKind.CONFIG,
            _level(meant(ignored, rules)),
            file,
            f"no longer applies the rules {words.listed(ignored)}",
            f"it was told where {found}" if found else "they were applied",
            "nobody is told from now on",
            f"take {words.listed(ignored)} out of 'rules.ignore'",
        )
    if set(before.select) != set(now.select):
        level = _level(unselected(before.select, now.select, rules))
        yield _plain(file, level, "selects other rules", list(before.select), list(now.select), "rules.select")
    for code in sorted(before.severity.keys() | now.severity.keys()):
        was, is_ = before.severity.get(code), now.severity.get(code)
        if was is not is_ and is_ is not Severity.ERROR:
            yield _plain(
                file,
                _level(meant([code], rules)),
                f"gives findings of {words.quoted(code)} another severity",
                was.value if was else "the rule's own",
                is_.value if is_ else "the rule's own",
                f"rules.severity.{code}",
            )
    if _text(before.per_path) != _text(now.per_path):
        yield _plain(
            file,
            _level(_quieter(before.per_path, now.per_path, rules)),
            "has other rules for some files",
            sorted(before.per_path),
            sorted(now.per_path),
            "rules.per_path",
        )
    if before.baseline != now.baseline:
        yield _plain(
            file,
            Level.MEDIUM,
            "takes another file for what is known and does not count",
            before.baseline,
            now.baseline,
            "rules.baseline",
        )


def _level(codes: Iterable[str]) -> Level:
    return Level.HIGH if guards(codes) else Level.MEDIUM


def _quieter(before: Mapping[str, Any], now: Mapping[str, Any], rules: Mapping[str, RuleInfo]) -> set[str]:
    """Return the codes that the entries of `per_path` ignore, leave out or make milder, and did not before."""
    found: set[str] = set()
    for glob, entry in now.items():
        old = before.get(glob) or {}
        found |= meant(set(entry.get("ignore") or ()) - set(old.get("ignore") or ()), rules)
        found |= unselected(old.get("select") or (), entry.get("select") or (), rules)
        mild, was = entry.get("severity") or {}, old.get("severity") or {}
        found |= meant([word for word, said in mild.items() if said != "error" and was.get(word) != said], rules)
    return found


def _found_by(words_: list[str], rules: Mapping[str, RuleInfo]) -> str:
    """Return what rules find: 'a destructive action can fail silently, or …'; '' where none is meant by a whole word."""
    said = [
        rule.title.rstrip(".")
        for word in words_
        for rule in rules.values()
        if word.upper() == rule.code or word == rule.name
    ]
    return ", or ".join(title[:1].lower() + title[1:] for title in said[:3])


def _environments(before: Mapping[str, Any], now: Mapping[str, Any], file: str) -> Iterator[Part]:
    for name in sorted(before.keys() | now.keys()):
        old, new = before.get(name) or {}, now.get(name) or {}
        shown = words.quoted(name)
        if name not in before:
            yield _part(
                RiskKind.CONFIG,
                Level.LOW,
                file,
                f"has a new environment {shown}",
                "there was none of that name",
                f"it goes to {words.said(new.get('url'))}",
                f"take the environment {shown} out",
            )
            continue
        for field in sorted(old.keys() | new.keys()):
            if old.get(field) != new.get(field):
                level = Level.HIGH if field in _HARSH else Level.MEDIUM
                phrase = (
                    f"goes elsewhere with the environment {shown}: another {field}"
                    if field in _HARSH
                    else (f"has other {field} in the environment {shown}")
                )
                yield _plain(file, level, phrase, old.get(field), new.get(field), f"environments.{name}.{field}")


def catalogue_parts(base: Connectors, head: Connectors, changed: Changed, file: str) -> Iterator[Part]:
    """Yield what a change of the connectors file lowers or takes out; `changed` says who uses it."""
    used = _used(changed)
    for row in lowered(base, head, used):
        yield _lowered(row, used.get((row.connector, row.action), []), file)
    for name in sorted(base.by_name.keys() & head.by_name.keys()):
        old, new = base.by_name[name], head.by_name[name]
        shown = words.quoted(name)
        if old.provider != new.provider:
            yield _plain(
                file,
                Level.MEDIUM,
                f"has another product behind the connector {shown}",
                old.provider,
                new.provider,
                name,
            )
        if old.actions is not None and new.actions is None:
            yield _part(
                RiskKind.CONNECTORS,
                Level.MEDIUM,
                file,
                f"accepts any action of the connector {shown}",
                words.count(len(old.actions), "known action"),
                "any action, its effect guessed",
                f"list the actions of {shown} again",
            )


def _used(changed: Changed) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for key, held in sorted(changed.now.side.playbooks.items()):
        for step in held.playbook.all_steps if held.playbook is not None else ():
            if step.action and key not in found.setdefault((step.connector or "", step.action), []):
                found[step.connector or "", step.action].append(key)
    return found


def _lowered(row: Lowered, users: list[str], file: str) -> Part:
    action = words.quoted(f"{row.connector}: {row.action}")
    level = Level.LOW if not users else Level.MEDIUM if row.guessed else Level.HIGH
    whom = f"{words.listed(users)} {'uses' if len(users) == 1 else 'use'} it" if users else "nothing uses it yet"
    was = f"{row.before}, by its name" if row.guessed else row.before
    return _part(
        RiskKind.CONNECTORS,
        level,
        file,
        f"calls {action} harmless: {row.now}, before {row.before}",
        was,
        f"{row.now}, so that no rule asks for a person before it; {whom}",
        f"declare the effect of {action} as {row.before}",
    )


def _differs(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return _text(old.get(key)) != _text(new.get(key))


def _text(value: Any) -> str:
    return repr(_plain_value(value))


def _plain_value(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((str(key), _plain_value(item)) for key, item in value.items())
    return [_plain_value(item) for item in value] if isinstance(value, list) else value


def _plain(file: str, level: Level, phrase: str, before: Any, now: Any, place: str) -> Part:
    kind = RiskKind.CONFIG
    return _part(kind, level, file, phrase, words.said(before), words.said(now), f"put {words.quoted(place)} back")


def _part(kind: RiskKind, level: Level, file: str, phrase: str, before: str, now: str, undo: str) -> Part:
    return Part(kind, level, "", file, phrase, before, now, undo)
