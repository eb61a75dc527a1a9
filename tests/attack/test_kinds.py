from __future__ import annotations

import pytest

from playbookctl.attack import IdKind, kind_of_id

KINDS = [
    ("T1059", IdKind.TECHNIQUE), ("T0843", IdKind.TECHNIQUE), ("T1059.001", IdKind.SUBTECHNIQUE),
    ("TA0005", IdKind.TACTIC), ("M1036", IdKind.MITIGATION), ("G0016", IdKind.GROUP), ("S0496", IdKind.SOFTWARE),
    ("C0001", IdKind.CAMPAIGN), ("DS0017", IdKind.DATA_SOURCE), ("DC0032", IdKind.DATA_COMPONENT),
    ("DET0001", IdKind.DETECTION_STRATEGY), ("AN0001", IdKind.ANALYTIC), ("A0001", IdKind.ASSET),
    ("D3-PSEP", IdKind.D3FEND), ("D3-NI", IdKind.D3FEND), ("AML.T0051", IdKind.ATLAS), ("AML.T0051.000", IdKind.ATLAS),
    ("CAPEC-163", IdKind.CAPEC), ("CWE-79", IdKind.CWE), ("CVE-2021-44228", IdKind.CVE), ("RA3101", IdKind.REACT),
    # malformed: case, blanks, digits, punctuation, other scripts
    ("t1059", IdKind.MALFORMED), (" T1059", IdKind.MALFORMED), ("T1059 ", IdKind.MALFORMED), ("T1059\n", IdKind.MALFORMED),
    ("T105", IdKind.MALFORMED), ("T10590", IdKind.MALFORMED), ("T1059.1", IdKind.MALFORMED), ("T1059.0001", IdKind.MALFORMED),
    ("T1059.", IdKind.MALFORMED), ("T1059/001", IdKind.MALFORMED), ("T1059.00a", IdKind.MALFORMED), ("T10.9001", IdKind.MALFORMED),
    ("TA0005.001", IdKind.MALFORMED), ("TA005", IdKind.MALFORMED), ("1059", IdKind.MALFORMED), ("X1059", IdKind.MALFORMED),
    ("T\u0661\u0660\u0665\u0669", IdKind.MALFORMED), ("T1059\uff0e001", IdKind.MALFORMED), ("D3-", IdKind.MALFORMED), ("D3-Ä", IdKind.MALFORMED),
    ("CAPEC-1 63", IdKind.MALFORMED), ("Phishing", IdKind.MALFORMED), ("", IdKind.MALFORMED), ("T", IdKind.MALFORMED),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), KINDS, ids=[ascii(text) for text, _ in KINDS])
def test_the_shape_of_an_id_tells_its_kind(text: str, kind: IdKind) -> None:
    assert kind_of_id(text) is kind


def test_only_techniques_and_subtechniques_may_stand_among_techniques() -> None:
    assert [kind for kind in IdKind if kind.is_technique] == [IdKind.TECHNIQUE, IdKind.SUBTECHNIQUE]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (IdKind.MITIGATION, "a mitigation"), (IdKind.ANALYTIC, "an analytic"), (IdKind.ASSET, "an ICS asset"),
        (IdKind.ATLAS, "an ATLAS id"), (IdKind.D3FEND, "a D3FEND technique"), (IdKind.CVE, "a CVE vulnerability"),
    ],
)  # fmt: skip
def test_a_kind_is_said_with_its_article(kind: IdKind, said: str) -> None:
    assert kind.described == said
