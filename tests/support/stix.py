"""Small STIX bundles in the shape of MITRE's: what they have that an index needs, and some of what it must skip."""

from __future__ import annotations

import uuid
from typing import Any

_CHAINS = {"enterprise": "mitre-attack", "mobile": "mitre-mobile-attack", "ics": "mitre-ics-attack"}
_MARKING = "marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168"


def stix_id(kind: str, name: str) -> str:
    """Return the id of the object of this kind and name: the same at every run."""
    return f"{kind}--{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def tactic(external_id: str, shortname: str, domain: str = "enterprise", **more: Any) -> dict[str, Any]:
    """Return an x-mitre-tactic."""
    return {
        "type": "x-mitre-tactic",
        "spec_version": "2.1",
        "id": stix_id("x-mitre-tactic", external_id),
        "name": shortname.replace("-", " ").title(),
        "description": "The adversary is trying to do something.",
        "external_references": [
            {
                "source_name": "mitre-attack",
                "url": f"https://attack.mitre.org/tactics/{external_id}",
                "external_id": external_id,
            }
        ],
        "object_marking_refs": [_MARKING],
        "x_mitre_shortname": shortname,
        "x_mitre_domains": [f"{domain}-attack"],
        **more,
    }


def technique(
    external_id: str, name: str, *tactics: str, domain: str = "enterprise", uid: str = "", **more: Any
) -> dict[str, Any]:
    """Return an attack-pattern with the kill-chain phases `tactics`; `uid` tells two of one external id apart."""
    return {
        "type": "attack-pattern",
        "spec_version": "2.1",
        "id": stix_id("attack-pattern", uid or external_id),
        "name": name,
        "description": 'Adversaries may "quote" {braces} and [brackets].\n\n(Citation: Ünïcode 2026)',
        "kill_chain_phases": [{"kill_chain_name": _CHAINS[domain], "phase_name": phase} for phase in tactics],
        "external_references": [
            {"source_name": "capec", "external_id": "CAPEC-163"},
            {"source_name": "mitre-attack", "url": "https://attack.mitre.org/", "external_id": external_id},
        ],
        "x_mitre_is_subtechnique": "." in external_id,
        "x_mitre_domains": [f"{domain}-attack"],
        **more,
    }


def revoked_by(old: str, new: str, **more: Any) -> dict[str, Any]:
    """Return the relationship that says that `old` is revoked by `new`."""
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": stix_id("relationship", f"{old} {new}"),
        "relationship_type": "revoked-by",
        "source_ref": stix_id("attack-pattern", old),
        "target_ref": stix_id("attack-pattern", new),
        **more,
    }


def matrix(*tactics: str, **more: Any) -> dict[str, Any]:
    """Return an x-mitre-matrix with its tactics in order."""
    return {
        "type": "x-mitre-matrix",
        "id": stix_id("x-mitre-matrix", " ".join(tactics)),
        "name": "Matrix",
        "tactic_refs": [stix_id("x-mitre-tactic", external_id) for external_id in tactics],
        **more,
    }


def collection(version: str) -> dict[str, Any]:
    """Return the x-mitre-collection that says which version the bundle is."""
    return {"type": "x-mitre-collection", "id": stix_id("x-mitre-collection", version), "x_mitre_version": version}


def bundle(*objects: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a bundle of `objects` and of things that no index needs."""
    skipped = (
        {"type": "malware", "id": stix_id("malware", "m"), "name": "M", "labels": ["malware"]},
        {"type": "course-of-action", "id": stix_id("course-of-action", "M1036"), "name": "Account Use Policies"},
        {
            "type": "relationship",
            "relationship_type": "uses",
            "source_ref": "malware--1",
            "target_ref": "attack-pattern--1",
        },
    )
    return {"type": "bundle", "id": stix_id("bundle", "b"), "objects": [*skipped, *objects], **more}


def small_bundle(version: str = "19.2") -> dict[str, Any]:
    """Return a bundle of two tactics and four techniques, one of them revoked and one deprecated."""
    return bundle(
        collection(version),
        matrix("TA0005", "TA0001"),
        tactic("TA0001", "initial-access"),
        tactic("TA0005", "stealth"),
        technique("T1566", "Phishing", "initial-access"),
        technique("T1566.001", "Spearphishing Attachment", "initial-access"),
        technique("T1193", "Spearphishing Attachment", "initial-access", revoked=True),
        revoked_by("T1193", "T1566.001"),
        technique("T1064", "Scripting", "stealth", "execution", x_mitre_deprecated=True),
    )
