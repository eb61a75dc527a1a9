"""`playbookctl explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from playbookctl.check.registry import all_rules, find_rule
from playbookctl.errors import UsageError
from playbookctl.model.nearest import did_you_mean

if TYPE_CHECKING:
    from playbookctl.check.rule import Rule


@click.command("explain", short_help="Print the page of a rule: why, examples, how to fix it")
@click.argument("codes", metavar="[CODE]...", nargs=-1)
def command(codes: tuple[str, ...]) -> None:
    """Print the page of a rule: why, a bad and a good example, how to fix it. Without CODE all rules are listed."""
    if not codes:
        for known in all_rules().values():
            click.echo(f"{known.code}  {known.severity.value:<7}  {known.name:<27}  {known.title}")
    rules = dict.fromkeys(map(_find, codes))
    click.echo("\n".join(page(rule.code, rule.name, rule.severity.value, rule.doc) for rule in rules), nl=False)


def _find(code: str) -> Rule:
    rule = find_rule(code)
    if rule is None:
        rules = all_rules()
        guess = did_you_mean(code.upper(), [*rules, *(other.name.upper() for other in rules.values())])
        raise UsageError(f"no rule has the code or name '{code}'{guess}", hint="'playbookctl explain' lists them")
    return rule


def page(code: str, name: str, severity: str, doc: str) -> str:
    """Return a rule's page in Markdown, with its heading and how to suppress it."""
    lines = doc.strip("\n").splitlines()
    examples = "\n".join(_heading(line) if line.startswith("```yaml ") else line for line in lines)
    comment = (
        f"put `# playbookctl: ignore[{code}] the reason` at the end of the line, above the step, "
        "or on the first line for the whole file; or "
    )
    how = "" if code.startswith("PB9") else comment  # no comment silences what is said about comments
    return (
        f"# {code} {name}\n\nSeverity: {severity}\n\n{examples}\n\n"
        f"**How to suppress it:** {how}list {code} under `rules.ignore` in playbookctl.yaml.\n"
    )


def _heading(line: str) -> str:
    return "Bad:\n\n```yaml" if line.startswith("```yaml bad") else "Good:\n\n```yaml"
