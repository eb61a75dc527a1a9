"""Playbooks as a server would list them."""

from __future__ import annotations

from typing import Any


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"ply_{number:03}", "name": f"Playbook {number}", "tenant_id": "tnt_a", **fields}


def row_list(*numbers: int) -> list[dict[str, Any]]:
    return [row(number) for number in numbers]
