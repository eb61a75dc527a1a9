"""What an id is an id of, told by its shape alone: people put mitigations, groups and D3FEND ids among techniques."""

from __future__ import annotations

from enum import Enum


class IdKind(Enum):
    """The value is the noun for a message; `described` puts the article before it."""

    TECHNIQUE = "technique"
    SUBTECHNIQUE = "sub-technique"
    TACTIC = "tactic"
    MITIGATION = "mitigation"
    GROUP = "group"
    SOFTWARE = "software entry"
    CAMPAIGN = "campaign"
    DATA_SOURCE = "data source"
    DATA_COMPONENT = "data component"
    DETECTION_STRATEGY = "detection strategy"
    ANALYTIC = "analytic"
    ASSET = "ICS asset"
    D3FEND = "D3FEND technique"
    ATLAS = "ATLAS id"
    CAPEC = "CAPEC attack pattern"
    CWE = "CWE weakness"
    CVE = "CVE vulnerability"
    REACT = "RE&CT response action"
    MALFORMED = "malformed id"

    @property
    def described(self) -> str:
        """Return the noun with its article: 'a mitigation', 'an analytic'."""
        return f"{'an' if self.value[0] in 'aeiouAEI' else 'a'} {self.value}"

    @property
    def is_technique(self) -> bool:
        """Whether it may stand in `mitre_techniques`."""
        return self is IdKind.TECHNIQUE or self is IdKind.SUBTECHNIQUE


# Letters before four digits: the external ids in MITRE's STIX bundles; RA is RE&CT's.
_BY_LETTERS = {
    "T": IdKind.TECHNIQUE,
    "TA": IdKind.TACTIC,
    "M": IdKind.MITIGATION,
    "G": IdKind.GROUP,
    "S": IdKind.SOFTWARE,
    "C": IdKind.CAMPAIGN,
    "DS": IdKind.DATA_SOURCE,
    "DC": IdKind.DATA_COMPONENT,
    "DET": IdKind.DETECTION_STRATEGY,
    "AN": IdKind.ANALYTIC,
    "A": IdKind.ASSET,
    "RA": IdKind.REACT,
}
_BY_PREFIX = {
    "D3-": IdKind.D3FEND,
    "AML.": IdKind.ATLAS,
    "CAPEC-": IdKind.CAPEC,
    "CWE-": IdKind.CWE,
    "CVE-": IdKind.CVE,
}
_DIGITS = "0123456789"
_DIGIT_COUNT = 4


def kind_of_id(text: str) -> IdKind:
    """Tell what `text` is an id of. Exact: lower case, blanks or a missing digit make it `IdKind.MALFORMED`.

    Whether a well-shaped id exists is another question; ask the index.
    """
    number = text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters = text[: len(text) - len(number)]
    if len(number) == _DIGIT_COUNT and _is_digits(number):
        return _BY_LETTERS.get(letters, IdKind.MALFORMED)
    if letters == "T" and _is_sub_number(number):
        return IdKind.SUBTECHNIQUE
    for prefix, kind in _BY_PREFIX.items():
        if text.startswith(prefix) and _is_word(text[len(prefix) :]):
            return kind
    return IdKind.MALFORMED


def _is_sub_number(number: str) -> bool:
    return len(number) == len("1059.001") and number[4] == "." and _is_digits(number[:4] + number[5:])


def _is_digits(text: str) -> bool:
    return not text.strip(_DIGITS)  # str.isdigit would take digits of other scripts


def _is_word(text: str) -> bool:
    return bool(text) and text.isascii() and text.replace("-", "").replace(".", "").isalnum()
