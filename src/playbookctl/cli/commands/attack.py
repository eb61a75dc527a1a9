"""`playbookctl attack`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playbookctl.attack import AttackIndex, IdKind, kind_of_id
from playbookctl.attack.describe import counts, describe, sections_at_hand
from playbookctl.attack.shipped import newest
from playbookctl.attack.table import COPYRIGHT, DOMAINS
from playbookctl.cli.options import config_option
from playbookctl.errors import UsageError
from playbookctl.load.settings import find_config, load_settings
from playbookctl.report.escape import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playbookctl.attack.table import Section
    from playbookctl.attack.update import Comparison
    from playbookctl.model.workspace import Settings

_NEW_FILE = "attack-index.tsv"
_SHOWN = 12  # ids of a list before it says how many more there are


@click.group("attack", short_help="Look up ATT&CK ids, or pin another version of the data")
def command() -> None:
    """Show the ATT&CK data that ids are checked against, or pin another version of it."""


@command.command("show")
@click.argument("wanted", metavar="[ID]", required=False)
@config_option
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="What standard output is for.")  # fmt: skip
def show(wanted: str | None, config: str | None, format_name: str) -> None:
    """Print which versions are in use and bundled, or what each of them says of a technique or tactic.

    ID is an id (T1562.001, TA0005) or a name (phishing).
    """
    index = AttackIndex.of(_settings(config))
    found: Any = _versions(index) if wanted is None else _find(wanted.strip(), index)
    if format_name == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        lines = _version_lines(found) if wanted is None else [line for one in found for line in _found_lines(one)]
        click.echo("\n".join(visible(line) for line in lines))


@command.command("update")
@click.option("--from", "source", metavar="FILE|URL", required=True, help="A STIX bundle of MITRE's, a file or https.")
@click.option("--version", metavar="N", required=True, help="Which version it must be: 20, or 20.1.")
@click.option("--domain", "domains", type=click.Choice(DOMAINS), multiple=True,
              help="Take only this domain. May be repeated. Default: every domain of the bundle.")  # fmt: skip
@click.option("--file", "target", metavar="FILE", help=f"The index to write. Default: attack.file, else {_NEW_FILE}.")
@config_option
def update(source: str, version: str, domains: tuple[str, ...], target: str | None, config: str | None) -> None:
    """Build an index from a STIX bundle, and pin it: the file belongs into git.

    Domains that the file holds already and the bundle does not are kept. A bundle that is damaged, too large or not
    ATT&CK changes nothing.
    """
    from playbookctl.attack.update import compare, write_index

    settings = _settings(config)
    path = Path(target) if target else Path(settings.root, settings.attack_file or _NEW_FILE)
    before = _old_sections(path)
    new = _build(source, version, domains)
    write_index(path, new)
    for section in new:
        click.echo("\n".join(_comparison_lines(compare(before[section.domain], section))))
    click.echo(f"wrote {visible(os.path.relpath(path))}")
    if not settings.attack_file or Path(settings.root, settings.attack_file).resolve() != path.resolve():
        pinned = visible(os.path.relpath(path, settings.root))
        click.echo(f"hint: to use it, write 'attack: {{file: {pinned}}}' into playbookctl.yaml", err=True)


def _settings(config: str | None) -> Settings:
    here = str(Path.cwd())
    found = config or find_config(here)
    return load_settings(found, here, os.path.relpath(found) if found else "")[0]


def _versions(index: AttackIndex) -> dict[str, Any]:
    sections = [counts(section) | {"in_use": used} for section, used in sections_at_hand(index)]
    return {"versions": sections, "notice": COPYRIGHT}


def _find(wanted: str, index: AttackIndex) -> list[dict[str, Any]]:
    """Return what is known of an id, or of every technique and tactic with exactly this name."""
    found = describe(wanted, index) or describe(wanted.upper(), index)
    if found:
        return [found]
    near = [one for row in index.near(wanted, limit=20) if (one := describe(row, index))]
    named = [one for one in near if wanted.casefold() in _names(one)]
    if named:
        return named
    kind = kind_of_id(wanted)
    if not (kind.is_technique or kind in (IdKind.TACTIC, IdKind.MALFORMED)):
        raise UsageError(f"'{wanted}' is {kind.described}", hint="the data holds techniques and tactics")
    guesses = " or ".join(f"'{one['id']}' ({one['name']})" for one in near[:3])
    guess = f"; did you mean {guesses}?" if guesses else ""
    raise UsageError(f"no ATT&CK data at hand has '{wanted}'{guess}", hint="'playbookctl attack show' lists the data")


def _names(found: dict[str, Any]) -> set[str]:
    """Return how one may ask for it by name: a sub-technique with and without its parent's, in any version."""
    names = {version["name"].casefold() for version in found["versions"]}
    return names | {name.rpartition(": ")[2] for name in names}


def _version_lines(found: dict[str, Any]) -> list[str]:
    lines = []
    for section in found["versions"]:
        number, use = section["techniques"], "in use" if section["in_use"] else "bundled"
        name = f"{section['domain']} v{section['version']}"
        lines.append(
            f"{use:<8} {name:<18} {section['tactics']:>3} tactics {number['active']:>4} techniques"
            f" {number['revoked']:>4} revoked {number['deprecated']:>3} deprecated"
        )
        lines.extend(f"         from {source}" for source in section["sources"] if section["in_use"])
    return [*lines, "", found["notice"]]


def _found_lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['id']}  {found['name']} ({found['kind']})"]
    for version in found["versions"]:
        where = f"{version['domain']} v{version['version']}{', in use' if version['in_use'] else ''}"
        renamed = f"'{version['name']}', " if version["name"] != found["name"] else ""
        lines.append(f"  {where:<28} {renamed}{_said(version)}")
    return lines


def _said(version: dict[str, Any]) -> str:
    """Say in one line what a version says of a technique or a tactic."""
    if "shortname" in version:
        return f"{version['status']}, {version['shortname']}, {len(version['techniques'])} techniques"
    if version["status"] == "revoked":
        successor = version["successor"]
        if not successor:
            return "revoked, without a successor"
        return f"revoked -> {' -> '.join(successor['chain'][1:])} ({successor['name']}, {successor['status']})"
    tactics = ", ".join(f"{tactic['id']} {tactic['name']}" for tactic in version["tactics"]) or "tactics unknown"
    under = f"; sub-techniques {_listed(version['subtechniques'])}" if version["subtechniques"] else ""
    return f"{version['status']}, {tactics}{under}"


def _build(source: str, version: str, domains: tuple[str, ...]) -> tuple[Section, ...]:
    from playbookctl.attack.update import build_from_file, is_url

    if not is_url(source):
        return build_from_file(Path(source), version, domains)
    from tempfile import TemporaryDirectory

    from playbookctl.attack.fetch import download, shown

    with TemporaryDirectory(prefix="playbookctl-") as folder:
        bundle = Path(folder, "bundle.json")
        download(source, bundle)
        return build_from_file(bundle, version, domains, shown(source))


def _old_sections(path: Path) -> dict[str, Section]:
    """Return what the new data of each domain is compared with: that of the file, else the newest bundled."""
    held = AttackIndex.from_file(path).sections if path.exists() else ()
    return {domain: newest(domain) for domain in DOMAINS} | {section.domain: section for section in held}


def _comparison_lines(found: Comparison) -> list[str]:
    lines = [f"ATT&CK {found.domain} v{found.old_version} -> v{found.new_version}: {found.techniques} techniques"]
    for word in ("added", "revoked", "deprecated", "removed"):
        ids: tuple[str, ...] = getattr(found, word)
        if ids:
            lines.append(f"  {len(ids)} {word}: {_listed(ids)}")
    return lines


def _listed(ids: Sequence[str]) -> str:
    more = len(ids) - _SHOWN
    return ", ".join(ids[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
