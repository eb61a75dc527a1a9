"""playbookctl.yaml to settings: found upwards from a folder, checked by its schema, every default filled in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from playbookctl.errors import ConfigError
from playbookctl.load.entry import load_entry, read_bytes
from playbookctl.model.finding import Severity
from playbookctl.model.source import Key
from playbookctl.model.workspace import Settings

if TYPE_CHECKING:
    from playbookctl.model.workspace import Entry

CONFIG_NAMES = ("playbookctl.yaml", "playbookctl.yml")


def find_config(folder: str) -> str | None:
    """Return the nearest config from `folder` upwards; the search ends at the root of the git work tree."""
    here = os.path.abspath(folder)
    while True:
        for name in CONFIG_NAMES:
            candidate = os.path.join(here, name)
            if os.path.isfile(candidate):
                return candidate
        parent = os.path.dirname(here)
        if parent == here or os.path.exists(os.path.join(here, ".git")):
            return None
        here = parent


def load_settings(config: str | None, folder: str, shown: str = "") -> tuple[Settings, Entry | None]:
    """Return the settings of a config file, or the defaults with `folder` as root, and the entry for its findings.

    An unknown key is a finding and is ignored. Anything else wrong raises ConfigError: it would change what is done.
    """
    if config is None:
        return Settings({}, os.path.abspath(folder), None), None
    try:
        data = read_bytes(config)
    except OSError as error:
        raise ConfigError(f"the config '{shown or config}' cannot be read: {error.strerror}") from error
    return read_settings(config, shown or config, data)


def read_settings(config: str, shown: str, data: bytes) -> tuple[Settings, Entry]:
    """Return the settings of a config's bytes; its folder is the root, whether or not it lies there. Raises ConfigError."""
    entry = load_entry(shown, data, "config")
    if entry.document is not None and {"name", "steps"} <= entry.document.data.keys():
        raise ConfigError(
            f"'{entry.source.path}' is a playbook, not a config",
            hint="name playbooks without an option, as in 'playbookctl validate FILE'; '--config' takes a playbookctl.yaml",
        )
    for code, problem in entry.problems:
        unknown_key = code == "PB002" and problem.path and isinstance(problem.path[-1], Key)
        if not unknown_key and code in ("PB001", "PB002", "PB003", "PB004", "PB008", "PB009"):
            place = f":{problem.span.start_line}:{problem.span.start_column}" if problem.span else ""
            raise ConfigError(f"{entry.source.path}{place}: {problem.message}", hint="mend the config, then try again")
    if entry.document is not None and _holds_zero(entry.document.data):
        raise ConfigError(
            f"{entry.source.path}: a value holds the character U+0000, which no name of a file can have",
            hint="mend the config, then try again",
        )
    values = _with_severities(entry.document.data if entry.document else {})
    _check_version(values.get("required_version"))
    return Settings(values, os.path.dirname(os.path.abspath(config)), config), entry


def _holds_zero(value: Any) -> bool:
    if isinstance(value, dict):
        return any("\0" in key or _holds_zero(inner) for key, inner in value.items())
    return any(map(_holds_zero, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def _with_severities(data: dict[str, Any]) -> dict[str, Any]:
    rules = data.get("rules")
    if not isinstance(rules, dict) or not isinstance(rules.get("severity"), dict):
        return data
    severities = {code: Severity(value) for code, value in rules["severity"].items()}
    return {**data, "rules": {**rules, "severity": severities}}


def _check_version(required: str | None) -> None:
    if not required:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from playbookctl import __version__

    try:
        wanted = SpecifierSet(required)
    except InvalidSpecifier as error:
        raise ConfigError(
            f"required_version '{required}' is no version", hint="write for example '>=0.1,<1'"
        ) from error
    if __version__ not in wanted:
        raise ConfigError(
            f"this is playbookctl {__version__}, but the config asks for '{required}'", hint="install that version"
        )
