"""What live says, in a file: a list that a server keeps with a member twice is a set to us, and a file's list has no twins."""

from __future__ import annotations

import pytest

from playbookctl.canonical import digests
from playbookctl.load.schema import accepts
from playbookctl.plan import unrender
from support.plans import body


@pytest.mark.parametrize("field", ["tags", "mitre_tactics", "mitre_techniques", "required_connector_ids"])
def test_a_member_that_live_has_twice_is_written_once(field: str) -> None:
    live = body(**{field: ["b", "a", "b"]})
    data = unrender(live, {"connector": {"a": "b"}} if field == "required_connector_ids" else {}, with_start=True)
    assert accepts("playbook", data), data
    again = body(**{field: ["a", "b"]})
    assert digests(live) == digests(again)
