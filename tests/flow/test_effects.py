from __future__ import annotations

from typing import Any

import pytest

from playbookctl.flow.effects import Effect, effect_of, guess, told_by
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
        ("undo-isolate-host", Effect("read", "undo")),
        ("cancel-quarantine", Effect("read", "cancel")),
        ("sign-out-user", Effect("reversible", "signout")),
        ("PowerOffInstance", Effect("reversible", "poweroff")),
        ("shut-down", Effect("reversible", "shutdown")),
        ("add-to-black-list", Effect("reversible", "blacklist")),
        ("search-and-delete-mail", Effect("irreversible", "delete")),
        ("search-and-tag-mail", Effect("read", "search")),
        ("find-host-and-", Effect("read", "find")),
        ("malwarebytes-scan-and-remediate", Effect("reversible", "remediate")),
        ("delete-access-key", Effect("irreversible", "delete")),
        ("remove-context-key", Effect("read", "key")),
        ("ad-set-new-password", Effect("reversible", "password")),
        ("get-password", Effect("read", "get")),
        ("update-password-policy", Effect("read", "update")),
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


@pytest.mark.parametrize(
    "action, parameters, expected",
    [
        ("update-user", {"name": "x", "status": "Suspended"}, "status: Suspended"),
        ("Update User", {"Password": "{{ new }}", "User Status": "Blocked"}, "User Status: Blocked"),
        ("aws-iam-update-access-key", {"status": "Inactive"}, "status: Inactive"),
        ("googleapps-device-action", {"action": "admin_account_wipe"}, "action: admin_account_wipe"),
        ("patch-user", {"accountEnabled": False}, "accountEnabled: false"),
        ("patch-user", {"disabled": "True"}, "disabled: true"),
        ("set-host-state", {"state": "isolate"}, "state: isolate"),
        ("update-user", {"newPassword": "Sommer" + "2026!"}, "newPassword"),
        ("update-user", {"status": "Active", "enabled": True, "disabled": "false"}, ""),
        ("update-user", {"status": "Not Changed"}, ""),
        ("update-user", {"status": "{{ inputs.blocked }}"}, ""),
        ("update-user", {"comment": "was blocked"}, ""),
        ("update-user", {"status": "blocked " * 10}, ""),
        ("update-account-password-policy", {"allowUsersToChangePassword": "true"}, ""),
        ("update-issue", {"status": "Blocked"}, ""),
        ("setIncident", {"status": "Contained"}, ""),
        ("get-user", {"status": "suspended"}, ""),
        ("list-users", {"state": "disabled"}, ""),
        ("disable-user", {"status": "disabled"}, ""),
        ("update-user", {}, ""),
    ],
)
def test_a_parameter_can_tell_an_action_to_take_something_away(
    action: str, parameters: dict[str, Any], expected: str
) -> None:
    assert told_by(action, parameters) == expected


@pytest.mark.parametrize(
    "connector, action, told, expected",
    [
        ("okta", "update-user", "status: suspended", Effect("reversible", "status: suspended")),
        ("okta", "device-action", "action: admin_account_wipe", Effect("irreversible", "action: admin_account_wipe")),
        ("okta", "isolate-host", "status: suspended", Effect("reversible", "isolate")),
        ("okta", "get-user", "status: suspended", Effect("read", "get")),
        ("edr", "look", "status: suspended", Effect("irreversible")),
    ],
)
def test_what_an_action_is_told_counts_where_its_name_says_nothing(
    connector: str, action: str, told: str, expected: Effect
) -> None:
    assert effect_of(connector, action, CATALOGUE, told) == expected
