"""Compile the schemas to plain Python: `scripts/build_validators.py` writes, `--check` compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from validator_compiler import Compiler

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("config", "connectors", "playbook")


def main(arguments: list[str]) -> int:
    """Write the modules, or with `--check` tell whether they are what the schemas ask for."""
    stale = [kind for kind in KINDS if not is_current(kind)]
    if "--check" in arguments:
        print("\n".join(f"{target(kind).relative_to(ROOT)} is stale" for kind in stale) or "up to date")
        return 1 if stale else 0
    for kind in stale:
        target(kind).write_text(generate(kind), encoding="utf-8")
        print(f"wrote {target(kind).relative_to(ROOT)}")
    return 0


def generate(kind: str) -> str:
    """Return the source of the module for `schemas/KIND.schema.json`."""
    schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return Compiler(kind, schema).module()


def is_current(kind: str) -> bool:
    """Tell whether the module is there, byte for byte."""
    return target(kind).exists() and target(kind).read_bytes() == generate(kind).encode()


def target(kind: str) -> Path:
    """Return where the module belongs."""
    return ROOT / "src" / "playbookctl" / "load" / "schema" / f"_accept_{kind}.py"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
