"""What a new repository is given, as far as it can be said without a disk."""

from __future__ import annotations

import re

import pytest
import yaml

from playbookctl.starter import connectors_text, hook_entry, modeline, places_of, slug

PLACES: list[tuple[list[str], tuple[str, ...]]] = [
    ([], ()),
    (["playbooks/a.yaml"], ("playbooks",)),
    (["playbooks/a.yaml", "playbooks/x/b.yaml"], ("playbooks",)),
    (["soc/response/x/a.yaml", "soc/response/y/b.yaml"], ("soc/response",)),
    (["soc/response/a.yaml"], ("soc/response",)),
    (["a/x.yaml", "b/y/z.yaml"], ("a", "b/y")),
    (["a.yaml", "b.yml", "c/d.yaml"], ("a.yaml", "b.yml", "c")),
]


@pytest.mark.parametrize(("files", "places"), PLACES)
def test_playbooks_lie_where_their_files_are(files: list[str], places: tuple[str, ...]) -> None:
    assert places_of(files) == places


MODELINES = [
    ("playbooks", "../schemas/"),
    ("soc/response", "../../schemas/"),
    ("a.yaml", "schemas/"),
    ("x/a.yaml", "../schemas/"),
]


@pytest.mark.parametrize(("place", "way"), MODELINES)
def test_the_modeline_leads_to_the_schema(place: str, way: str) -> None:
    assert modeline(place) == f"# yaml-language-server: $schema={way}playbook.schema.json"


HOOKED = [
    (["playbooks"], "", ["playbooks/a.yaml", "playbooks/x/b.yml", "connectors.yaml", "playbookctl.yaml"],
     ["README.md", "other/a.yaml", "playbooks/a.txt", "x/playbookctl.yaml"]),
    (["it's/here", "a.yaml"], "soc/", ["soc/it's/here/b.yaml", "soc/a.yaml", "soc/connectors.yaml"], ["a.yaml", "soc/b.yaml"]),
]  # fmt: skip


@pytest.mark.parametrize(("places", "prefix", "hit", "missed"), HOOKED)
def test_the_hook_looks_at_playbooks_and_at_what_decides_about_them(
    places: list[str], prefix: str, hit: list[str], missed: list[str]
) -> None:
    (repo,) = yaml.safe_load("repos:\n" + hook_entry(places, prefix))["repos"]
    (hook,) = repo["hooks"]
    assert (repo["repo"], hook["entry"], hook["language"]) == ("local", "playbookctl validate", "system")
    assert [file for file in (*hit, *missed) if re.search(hook["files"], file)] == hit


SLUGS = [
    ("SOC Playbooks", "soc-playbooks"),
    ("a__b", "a-b"),
    ("x" * 40, "x" * 32),
    ("日本", "soc"),
    (f"{'x' * 31}-y", "x" * 31),
]


@pytest.mark.parametrize(("name", "namespace"), SLUGS)
def test_a_folders_name_becomes_a_namespace(name: str, namespace: str) -> None:
    assert slug(name) == namespace


def test_names_that_yaml_would_misread_are_quoted() -> None:
    uses = {"okta": ("get-user",), "no": ("on", "1-up"), "Big: one": (), "é": ("a",)}
    assert yaml.safe_load(connectors_text(uses))["connectors"] == {
        "okta": {"provider": "okta", "actions": {"get-user": {}}},
        "no": {"provider": "no", "actions": {"on": {}, "1-up": {}}},
        "Big: one": {"provider": "Big: one"},
        "é": {"provider": "é", "actions": {"a": {}}},
    }
