"""What a new repository needs: config, connectors, hook, schema for the editor, an example. Nothing is overwritten."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playbookctl.errors import ConfigError
from playbookctl.load.entry import load_entry, read_bytes
from playbookctl.load.files import ENDINGS, playbook_files, yaml_files
from playbookctl.load.schema.files import schema_text
from playbookctl.load.settings import find_config, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playbookctl.model.playbook import Playbook

CONFIG, CONNECTORS, HOOK = "playbookctl.yaml", "connectors.yaml", ".pre-commit-config.yaml"
SCHEMA, EXAMPLE = "schemas/playbook.schema.json", "suspicious-login.yaml"
FOLDER = "playbooks"
CONNECTORS_GLOB = r"connectors\.yaml|playbookctl\.yaml"
MOST_FILES = 5_000  # YAML files that are looked into for playbooks
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_./-]*")

CONFIG_TEXT = """\
# Settings of playbookctl: 'playbookctl schema config' has all of them. No credentials here: they come from the environment
# (CPOD_API_KEY, or CPOD_CLIENT_ID and CPOD_CLIENT_SECRET).
namespace: {namespace}
playbooks: {playbooks}
connectors: connectors.yaml
default_environment: local
environments:
  local: {{url: embedded}}  # a server on a SQLite file, to try things on; needs no tenant and no token
  # The real one. With tenant_id a token of another tenant is refused before the first request.
  # prod:
  #   url: https://HOST
  #   tenant_id: tnt_...
  #   connectors: {{NAME: cnn_...}}  # a name of connectors.yaml to an id, or to {{provider: ..., name: ...}}
  #   owners: {{NAME: per_...}}
"""
CONNECTORS_HEAD = """\
# The connectors that playbooks use, by name, with the actions that they call: a step that calls another is a finding. Look
# through it once: a misspelt action stands here as well. Say what an action does (effect: read, notify, reversible or
# irreversible), else that is guessed from its verb. 'playbookctl schema connectors' has the rest.
connectors:
"""
HOOK_ENTRY = """\
  - repo: local
    hooks:
      - id: playbookctl-validate
        name: playbookctl validate
        entry: playbookctl validate
        language: system
        files: {files}
        require_serial: true
"""
EXAMPLE_TEXT = """\
key: suspicious-login
name: Suspicious login
description: >-
  A login that does not fit the person. The person is asked; if it was somebody else, the sessions end after an approval.
  Undo: the person signs in again.
category: containment
owner: soc-lead
enabled: true
auto_execute: false
mitre_tactics: [TA0001]
mitre_techniques: [T1078]
required_connectors: [identity]
tags: [identity]
steps:
  - id: look
    name: Where do the logins come from?
    connector: identity
    action: list-logins
    with: {user: "{{ alert.user }}"}
    timeout: 1m
    on_error: {next: by_hand}
  - id: ask
    type: manual
    name: Ask the person
    message: >-
      Call {{ alert.user }} back on a number that you know, and ask about the logins in the step before.
    choices: [it was them, it was somebody else]
    assignee: tier-1
    timeout: 4h
    on_timeout: {next: by_hand}
    branches:
      - {name: it was them, next: end}
      - {name: it was somebody else, next: end_sessions}
  - id: end_sessions
    name: End all sessions
    connector: identity
    action: end-sessions
    with: {user: "{{ alert.user }}"}
    approval: {by: [soc-lead], expires: 1h, on_expired: {next: by_hand}, on_refused: stop}
    timeout: 1m
    on_error: {next: by_hand}
    next: end
  - id: by_hand
    type: manual
    name: By hand
    message: A step failed or nobody answered. End the sessions in the identity provider's console, and note it here.
    assignee: tier-2
    timeout: 8h
    on_timeout: stop
"""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is to be there: its path relative to the root, its text, and what it is for."""

    path: str
    text: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is there already: where playbooks lie, relative to the root, and the actions that they call, by connector."""

    places: tuple[str, ...]
    uses: Mapping[str, tuple[str, ...]]


def look_around(root: str) -> Found:
    """Return where below `root` playbooks lie and what they use: as its config says, else wherever there are any.

    Raises ConfigError for a config that cannot be read.
    """
    config = find_config(root)
    settings, _ = load_settings(config, root, CONFIG)
    files = playbook_files(settings) if config else sorted(yaml_files(root))[:MOST_FILES]
    found: list[str] = []
    uses: dict[str, set[str]] = {}
    for file in files:
        playbook = _playbook(file)
        if playbook is not None:
            found.append(os.path.relpath(file, root).replace(os.sep, "/"))
            _add_uses(uses, playbook)
    return Found(places_of(found), {name: tuple(sorted(actions)) for name, actions in sorted(uses.items())})


def places_of(files: Iterable[str]) -> tuple[str, ...]:
    """Return the folders that hold files: of each folder at the top the deepest one below it that holds all its files.

    A file that lies at the top stands for itself. Paths are relative, with `/`. Pure.
    """
    by_top: dict[str, list[str]] = {}
    for file in files:
        by_top.setdefault(file.partition("/")[0], []).append(file)
    tops = (os.path.commonpath([os.path.dirname(file) for file in inside]) or inside[0] for inside in by_top.values())
    return tuple(sorted(top.replace(os.sep, "/") for top in tops))


def modeline(place: str) -> str:
    """Return the first line by which an editor finds the schema from a place of `places_of`."""
    folder = os.path.dirname(place) if place.endswith(ENDINGS) else place
    return f"# yaml-language-server: $schema={os.path.relpath(SCHEMA, folder or '.').replace(os.sep, '/')}"


def wanted_files(found: Found, namespace: str, *, hook: bool) -> tuple[NewFile, ...]:
    """Return the files of a new repository; `hook` tells whether this is where a pre-commit configuration belongs. Pure."""
    files: list[NewFile] = []
    uses, places = dict(found.uses), found.places or (FOLDER,)
    if not found.places:
        example = f"{modeline(FOLDER)}\n{EXAMPLE_TEXT}"
        files.append(NewFile(f"{FOLDER}/{EXAMPLE}", example, "an example, of which no rule has anything to say"))
        uses = {"identity": ("end-sessions", "list-logins")}
    named = [_scalar(place) for place in places]
    where = named[0] if len(named) == 1 else f"[{', '.join(named)}]"
    config = CONFIG_TEXT.format(namespace=namespace, playbooks=where)
    files.append(NewFile(CONFIG, config, f"namespace {namespace}, playbooks in {where}, an environment to try them on"))
    if uses:
        number = "1 connector" if len(uses) == 1 else f"{len(uses):,} connectors"
        files.append(NewFile(CONNECTORS, connectors_text(uses), f"{number} that playbooks use, and their actions"))
    if hook:
        text = f"repos:\n{hook_entry(places)}"
        files.append(NewFile(HOOK, text, "checks playbooks at every commit, after 'pre-commit install'"))
    files.append(NewFile(SCHEMA, schema_text("playbook"), "completion and explanations in the editor"))
    return tuple(files)


def hook_entry(places: Iterable[str], prefix: str = "") -> str:
    """Return the entry of a pre-commit configuration; `prefix` leads from there to the root, such as 'soc/'."""
    globs = [re.escape(place) if place.endswith(ENDINGS) else rf"{re.escape(place)}/.*\.ya?ml" for place in places]
    pattern = f"^{re.escape(prefix)}({'|'.join([*globs, CONNECTORS_GLOB])})$"
    return HOOK_ENTRY.format(files="'" + pattern.replace("'", "''") + "'")


def connectors_text(uses: Mapping[str, tuple[str, ...]]) -> str:
    """Return a connectors.yaml that lists what is used."""
    lines = [CONNECTORS_HEAD]
    for name, actions in sorted(uses.items()):
        lines.append(f"  {_scalar(name)}:\n    provider: {_scalar(name)}\n")
        lines += ["    actions:\n"] if actions else []
        lines += [f"      {_scalar(action)}: {{}}\n" for action in actions]
    return "".join(lines)


def slug(text: str) -> str:
    """Return a text as a namespace: lower-case letters, digits and '-', at most 32; 'soc' where nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:32].strip("-") or "soc"


def write_missing(root: str, file: NewFile) -> bool:
    """Write a file unless something has its name; tell whether it was written. Raises ConfigError if it cannot be."""
    path = os.path.join(root, file.path)
    if os.path.lexists(path):
        return False
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(file.text)
    except OSError as error:
        raise ConfigError(f"'{file.path}' cannot be written: {(error.strerror or str(error)).lower()}") from error
    return True


def _playbook(file: str) -> Playbook | None:
    try:
        return load_entry(file, read_bytes(file)).playbook
    except OSError:
        return None


def _add_uses(uses: dict[str, set[str]], playbook: Playbook) -> None:
    for name in playbook.required_connectors:
        uses.setdefault(name, set())
    for step in playbook.all_steps:
        if step.connector:
            uses.setdefault(step.connector, set()).update({step.action} if step.action else ())


def _scalar(text: str) -> str:
    """Return a text as YAML: plain where nobody can take it for something else."""
    plain = _PLAIN.fullmatch(text) and text not in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
    return text if plain and not text[0].isdigit() else json.dumps(text, ensure_ascii=False)
