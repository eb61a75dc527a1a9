"""Write docs/rules/ and the README's table from the rules' own pages; `--check` says whether they are current."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playbookctl.check.registry import all_rules
from playbookctl.cli.commands.explain import page

if TYPE_CHECKING:
    from playbookctl.check.rule import Rule

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "rules"
README = ROOT / "README.md"
BEGIN, END = "<!-- rules: written by make generate -->", "<!-- end of rules -->"
FAMILIES = {
    "0": "File and schema",
    "1": "Structure",
    "2": "Connectors",
    "3": "ATT&CK",
    "4": "Safety and secrets",
    "5": "Documentation",
    "9": "Suppressions",
}
HEAD = """\
# Rules

Every finding carries the code of a rule. `playbookctl explain CODE` prints the same page as the links below. Codes are
never used twice and never change their meaning; the severity can be changed in playbookctl.yaml.
"""


def pages() -> dict[str, str]:
    """Return the text of every page by file name."""
    rules = all_rules()
    texts = {f"{rule.code}.md": page(rule.code, rule.name, rule.severity.value, rule.doc) for rule in rules.values()}
    return {"README.md": overview(list(rules.values())), **texts}


def overview(rules: list[Rule]) -> str:
    """Return the table of all rules, by family."""
    parts = [HEAD]
    for digit, family in FAMILIES.items():
        rows = [rule for rule in rules if rule.code[2] == digit]
        if rows:
            table = "\n".join(
                f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity.value} | {rule.title} |"
                for rule in rows
            )
            parts.append(f"## {family}\n\n| code | name | severity | finds |\n|---|---|---|---|\n{table}\n")
    return "\n".join(parts)


def readme_with_rules(text: str, rules: list[Rule]) -> str:
    """Return the README with its table of rules written anew: a row per family, every rule by name."""
    rows = [
        f"| {family} | {', '.join(_link(rule) for rule in rules if rule.code[2] == digit)} |"
        for digit, family in FAMILIES.items()
    ]
    table = "\n".join(["| family | rules |", "|---|---|", *rows])
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


def _link(rule: Rule) -> str:
    return f"[{rule.code}](docs/rules/{rule.code}.md) {rule.name}"


def main() -> int:
    """Write the pages, or with `--check` tell what is stale."""
    wanted = pages()
    present = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")} if FOLDER.exists() else {}
    stale = sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))
    readme = README.read_text("utf-8")
    readme_wanted = readme_with_rules(readme, list(all_rules().values()))
    if "--check" in sys.argv[1:]:
        stale += ["the table in README.md"] if readme != readme_wanted else []
        print(f"stale: {', '.join(stale)}; run 'make generate'" if stale else "docs/rules and README are current")
        return 1 if stale else 0
    README.write_text(readme_wanted, "utf-8")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], "utf-8")
        else:
            (FOLDER / name).unlink()
    print(f"{len(wanted)} pages, {len(stale)} written or removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
