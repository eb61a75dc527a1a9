"""Whatever a plan is shown in, it shows no secret, and still says that one was changed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from playbookctl.check.plan_secrets import hide, without_secrets
from playbookctl.model.plan import Action, Change, FieldChange, Plan, Side, Standing, StepChange, StepKind, ValueChange
from playbookctl.model.report import Report
from playbookctl.report.registry import Options, formats, render

PASSWORD, LATER, TOKEN = "Sommer" + "2026!", "Winter" + "2027!", "ghp_" + "aB3dE5fG7" * 4
SECRETS = (PASSWORD, LATER, TOKEN)


def text(value: object) -> str:
    return json.dumps(value)


def plan_with(*fields: FieldChange) -> Plan:
    change = Change("key", "Key", Action.UPDATE, Standing.REPO_AHEAD, 5, fields=fields)
    return Plan("prod", "soc", "tnt_1", changes=(change,))


STEPS = (
    StepChange("look", StepKind.CHANGED, values=(ValueChange("with.password", text(PASSWORD), text(LATER)),)),
    StepChange("ask", StepKind.CHANGED, values=(ValueChange("with.headers[0]", "", text({"X-Key": TOKEN})),)),
    StepChange(
        "tell", StepKind.CHANGED, values=(ValueChange("message", "", text("curl 'x?api_key=" + "a1B2" * 5 + "'")),)
    ),
)
FIELDS = (
    FieldChange("steps", Side.BOTH, text([{"with": {"password": PASSWORD}}]), text([{"with": {"password": LATER}}]), written=True, steps=STEPS),
    FieldChange("description", Side.REPO, text("none"), text(f"log in with {TOKEN}"), written=True, base=text(TOKEN)),
)  # fmt: skip


@pytest.mark.parametrize("name", formats())
def test_no_format_shows_a_secret(name: str) -> None:
    shown = render(name, Report("plan", "1", plan=without_secrets(plan_with(*FIELDS))), Options(verbose=True))
    assert not any(secret in shown for secret in (*SECRETS, "a1B2" * 5))


def test_the_secrets_would_be_shown_otherwise() -> None:
    shown = render("text", Report("plan", "1", plan=plan_with(*FIELDS)), Options(verbose=True))
    assert all(secret in shown for secret in SECRETS)


@pytest.mark.parametrize(
    "before, after, expected",
    [
        (PASSWORD, LATER, ("(a secret)", "(another secret)")),
        (PASSWORD, "{{ secrets.edr }}", ("(a secret)", "{{ secrets.edr }}")),
        ("", "", ("", "")),
        ("changeme", PASSWORD, ("changeme", "(a secret)")),
    ],
)
def test_a_changed_secret_is_seen_to_be_changed(before: str, after: str, expected: tuple[str, str]) -> None:
    step = replace(STEPS[0], values=(ValueChange("with.password", text(before), text(after)),))
    hidden = without_secrets(plan_with(replace(FIELDS[0], steps=(step,))))
    (value,) = hidden.changes[0].fields[0].steps[0].values
    assert (json.loads(value.before), json.loads(value.after)) == expected


@pytest.mark.parametrize(
    "value", [None, 5, True, "reset the password", ["a", {"b": "{{ inputs.token }}"}], {"password": "{{ x }}"}]
)
def test_what_is_no_secret_stays_as_it_is(value: object) -> None:
    assert hide(text(value), "with") == text(value)


def test_around_a_secret_all_stays_as_it_was_written() -> None:
    assert hide(text({"password": PASSWORD, "note": "é"}).replace("\\u00e9", "é"), "with") == (
        '{"password": "(a secret)", "note": "é"}'
    )


def test_what_is_sent_stays_as_it_is() -> None:
    plan = plan_with(*FIELDS)
    without_secrets(plan)
    assert plan == plan_with(*FIELDS)
