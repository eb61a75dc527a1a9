"""The options by which a person decides what a plan may do, as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from playbookctl.errors import UsageError
from playbookctl.model.choices import Choices, Decision, OnDrift, Retirement, Take

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., Any]

_KEYS: dict[str, Any] = {"multiple": True, "metavar": "KEY"}


def choice_options(command: Command) -> Command:
    """Add every option of `Choices`; the command gets them as one keyword argument `choices`."""
    for option in reversed((
        click.option("--only", **_KEYS, help="Only this playbook. May be repeated, as all that take a KEY."),
        click.option("--on-drift", type=click.Choice([way.value for way in OnDrift]), default="keep", show_default=True,
                     help="What becomes of fields that only the server moved."),
        click.option("--resolve", "resolve", multiple=True, metavar="KEY=SIDE@HASH",
                     help="End a conflict: SIDE is 'repo' or 'live', HASH is what the plan prints."),
        click.option("--create", **_KEYS, help="Create it although it is gone from the server or something is alike."),
        click.option("--takeover", **_KEYS, help="Take over the live playbook that the plan names as alike."),
        click.option("--retire", multiple=True, metavar="KEY[@HASH]",
                     help="Disable a live playbook whose file is gone."),
        click.option("--keep", multiple=True, metavar="ID", help="Of several copies keep this one, disable the others."),
        click.option("--release", **_KEYS, help="Undo what made the live playbook safer."),
        click.option("--bootstrap", is_flag=True, help="Allow the first sync into a tenant, and many creates."),
        click.option("--force", is_flag=True, help="Lift the thresholds. Never ends a hold."),
        click.option("--allow-older", is_flag=True, help="Allow an older commit than the one that was applied last."),
    )):  # fmt: skip
        command = option(command)
    return command


def make_choices(options: dict[str, Any]) -> Choices:
    """Return the choices that the options of `choice_options` hold, and take them out of `options`.

    Raises UsageError for one that cannot be read.
    """
    return Choices(
        only=frozenset(options.pop("only")),
        create=frozenset(options.pop("create")),
        takeover=frozenset(options.pop("takeover")),
        release=frozenset(options.pop("release")),
        keep=frozenset(options.pop("keep")),
        retire=tuple(_retirement(text) for text in options.pop("retire")),
        resolve=tuple(_decision(text) for text in options.pop("resolve")),
        on_drift=OnDrift(options.pop("on_drift")),
        bootstrap=options.pop("bootstrap"),
        force=options.pop("force"),
        allow_older=options.pop("allow_older"),
    )


def _retirement(text: str) -> Retirement:
    key, _, live = text.partition("@")
    return Retirement(key, live)


def _decision(text: str) -> Decision:
    key, equals, answer = text.partition("=")
    side, at, live = answer.partition("@")
    if not (equals and at and live) or side not in {take.value for take in Take}:
        raise UsageError(f"--resolve {text} is not KEY=repo@HASH or KEY=live@HASH", hint="the plan prints the hash")
    return Decision(key, Take(side), live)
