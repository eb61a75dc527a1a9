"""Make a repository of a folder of playbooks that know each other by name: keys, calls by key, a connectors file.

    python scripts/corpus_repository.py FOLDER TARGET

Every YAML file below FOLDER becomes `TARGET/playbooks/<folder>/<name>.yaml` with `key:` made of its name. A call by name
becomes a call by key; where a name is ambiguous the first file by path is meant; a call of a playbook that is not
there gets a stub. Connectors used anywhere are declared in `TARGET/connectors.yaml`.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import yaml

CONFIG = "namespace: corpus\ndefault_environment: local\nenvironments:\n  local: {url: embedded}\n"


def main() -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    playbooks = {
        path: yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in sorted(options.folder.rglob("*.yaml"))
    }
    keys = make_keys(list(playbooks), options.folder)
    by_name: dict[str, str] = {}
    for path, data in playbooks.items():
        by_name.setdefault(data["name"], keys[path])
    connectors: set[str] = set()
    missing: set[str] = set()
    for path, data in playbooks.items():
        rewrite_calls(data["steps"], by_name, missing)
        connectors |= set(data.get("required_connectors") or ()) | connectors_of(data["steps"])
        write(options.target / "playbooks" / path.relative_to(options.folder), {"key": keys[path], **data})
    for name in sorted(missing):
        stub = {"key": stub_key(name), "name": name, "steps": [{"id": "nothing", "type": "section"}]}
        write(options.target / "playbooks" / "stubs" / f"{stub_key(name)}.yaml", stub)
    write(
        options.target / "connectors.yaml",
        {"connectors": {name: {"provider": slug(name)} for name in sorted(connectors)}},
    )
    (options.target / "playbookctl.yaml").write_text(CONFIG, "utf-8")
    print(f"{len(playbooks)} playbooks, {len(missing)} stubs, {len(connectors)} connectors")
    return 0


def make_keys(paths: list[Path], folder: Path) -> dict[Path, str]:
    """Return a key for each file: its name, with the folder's in front where two would be equal."""
    stems: dict[str, list[Path]] = {}
    for path in paths:
        stems.setdefault(slug(path.stem), []).append(path)
    return {
        path: stem if len(same) == 1 else slug(f"{path.relative_to(folder).parent}-{stem}")
        for stem, same in stems.items()
        for path in same
    }


def slug(text: str) -> str:
    """Return `text` as a key: lower case, digits and hyphens, at most 64 characters."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:64].strip("-")


def stub_key(name: str) -> str:
    """Return the key of the stub for a called playbook that is not there."""
    return slug(f"stub-{name}")


def rewrite_calls(steps: list[dict[str, Any]], by_name: dict[str, str], missing: set[str]) -> None:
    """Replace the name of each called playbook by its key."""
    for step in steps:
        if isinstance(name := step.get("playbook"), str):
            if name not in by_name:
                missing.add(name)
            step["playbook"] = by_name.get(name, stub_key(name))
        rewrite_calls(step.get("steps") or [], by_name, missing)


def connectors_of(steps: list[dict[str, Any]]) -> set[str]:
    """Return the connectors that steps use."""
    found = {step["connector"] for step in steps if "connector" in step}
    return found.union(*(connectors_of(step.get("steps") or []) for step in steps))


def write(path: Path, data: Any) -> None:
    """Write a YAML file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
