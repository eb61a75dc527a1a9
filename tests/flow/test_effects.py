from __future__ import annotations

import pytest

from playbookctl.flow.effects import Effect, effect_of, guess
from playbookctl.model.workspace import Connector, Connectors


@pytest.mark.parametrize(
    "action, expected",
    [
        ("isolate-host", Effect("reversible", "isolate")),
        ("ad-disable-account", Effect("reversible", "disable")),
        ("Contain Endpoint", Effect("reversible", "contain")),
        ("PanoramaBlockIP", Effect("reversible", "block")),
        ("block_ip2", Effect("reversible", "block")),
        ("Create Isolate Machine Task", Effect("reversible", "isolate")),
        ("wipe-device", Effect("irreversible", "wipe")),
        ("ews-o365-purge-compliance-search-results", Effect("irreversible", "purge")),
        ("exchange2016-get-compliance-search-purge-status", Effect("read", "get")),
        ("get-quarantined-files", Effect("read", "get")),
        ("traps-endpoint-isolate-status", Effect("read", "status")),
        ("ews-o365-remove-compliance-search", Effect("read", "search")),
        ("list-blocked-addresses", Effect("read", "list")),
        ("DeleteContext", Effect("read", "context")),
        ("Remove Tag", Effect("read", "tag")),
        ("StopScheduledTask", Effect("read", "task")),
        ("send-message", Effect("notify", "send")),
        ("post-block-notice", Effect("notify", "post")),
        ("release-host", Effect("read", "release")),
        ("do it", Effect("read", "do")),
        ("123", Effect("read", "123")),
        ("", Effect("read", "")),
    ],
)
def test_an_effect_is_guessed_from_the_first_verb(action: str, expected: Effect) -> None:
    assert guess(action) == expected


CATALOGUE = Connectors(
    {
        "edr": Connector(
            "edr", {"actions": {"isolate-host": {"effect": "notify"}, "look": {"effect": "irreversible"}, "wipe": {}}}
        ),
        "okta": Connector("okta", {}),
    },
    "connectors.yaml",
)


@pytest.mark.parametrize(
    "connector, action, expected",
    [
        ("edr", "isolate-host", Effect("notify")),
        ("edr", "look", Effect("irreversible")),
        ("edr", "wipe", Effect("irreversible", "wipe")),
        ("edr", "block-file", Effect("reversible", "block")),
        ("okta", "isolate-host", Effect("reversible", "isolate")),
        ("unknown", "isolate-host", Effect("reversible", "isolate")),
        (None, "isolate-host", Effect("reversible", "isolate")),
    ],
)
def test_what_is_declared_wins_over_the_guess(connector: str | None, action: str, expected: Effect) -> None:
    assert effect_of(connector, action, CATALOGUE) == expected


def test_an_effect_says_where_it_is_known_from() -> None:
    assert guess("isolate-host").source == "guessed from 'isolate'"
    assert effect_of("edr", "look", CATALOGUE).source == "declared in connectors.yaml"
