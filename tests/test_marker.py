from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from playbookctl import marker
from playbookctl.marker import BadMarker, read_tags, self_digest, unfinished, write_tags
from playbookctl.model.fields import MANAGED
from playbookctl.model.marker import FORMAT, Base, Marker

DIGESTS = "".join(f"{number:08x}" for number in range(12))
ID = "ply_01J8ZQ4K3N5V7X9Y1A2B3C4D5E"
SELF = "0c8e2d06"  # printf '%s' ply_01J8ZQ4K3N5V7X9Y1A2B3C4D5E | sha256sum
COMMIT = "0123456789ab"
BASE = f"playbookctl:base=1.{DIGESTS}.{SELF}.{COMMIT}"
KEY = "playbookctl:key=soc-core/phishing"

# What earlier versions wrote must be read for ever: add vectors, never change one.
GOLDEN = [
    ([KEY, BASE], Marker("soc-core", "phishing", Base(DIGESTS, COMMIT, SELF))),
    ([KEY, "playbookctl:base=1.new"], Marker("soc-core", "phishing", unfinished=True)),
    (
        [KEY, BASE, "playbookctl:echo=description:0a0b0c0d,name:01020304"],
        Marker(
            "soc-core",
            "phishing",
            Base(DIGESTS, COMMIT, SELF),
            echo=(("description", "0a0b0c0d"), ("name", "01020304")),
        ),
    ),
    (
        [KEY, BASE, f"playbookctl:retired={DIGESTS}"],
        Marker("soc-core", "phishing", Base(DIGESTS, COMMIT, SELF), retired=DIGESTS),
    ),
    (
        [KEY, "playbookctl:base=1.new", "playbookctl:duplicate-of=ply_7"],
        Marker("soc-core", "phishing", unfinished=True, duplicate_of="ply_7"),
    ),
    ([KEY], Marker("soc-core", "phishing")),
]


@pytest.mark.parametrize("tags, said", GOLDEN)
def test_what_was_ever_written_is_read(tags: list[str], said: Marker) -> None:
    assert read_tags(["email", *tags, "phishing"]) == said


@pytest.mark.parametrize("tags, said", GOLDEN)
def test_what_is_read_is_written_the_same(tags: list[str], said: Marker) -> None:
    assert write_tags(said) == tuple(sorted(tags))


def test_the_fields_of_the_format_are_the_managed_ones_in_their_order() -> None:
    assert marker.FORMATS[FORMAT] == tuple(field.api_name for field in MANAGED)


def test_the_first_format_never_changes() -> None:
    assert marker.FORMATS[1] == (
        "name", "description", "category", "trigger_conditions", "auto_execute", "mitre_tactics", "mitre_techniques",
        "steps", "required_connector_ids", "owner_id", "enabled", "tags",
    )  # fmt: skip


@pytest.mark.parametrize("tags", [[], ["email"], None, "playbookctl:key=a/b", {"playbookctl:key": 1}, [7, None]])
def test_tags_without_a_reserved_one_say_nothing(tags: object) -> None:
    assert read_tags(tags) is None


@pytest.mark.parametrize(
    "tags, reason, keys, newer",
    [
        ([BASE], "no tag 'playbookctl:key'", (), False),
        ([KEY, "playbookctl:key=soc-core/other"], "2 different tags 'playbookctl:key'", (("soc-core", "other"), ("soc-core", "phishing")), False),
        (["playbookctl:key=Phishing"], "'playbookctl:key=Phishing' is no namespace and key", (), False),
        (["playbookctl:key=a/b/c"], "'playbookctl:key=a/b/c' is no namespace and key", (), False),
        ([KEY, BASE, BASE.replace(COMMIT, "ffffffffffff")], "2 different tags 'playbookctl:base'", (("soc-core", "phishing"),), False),
        ([KEY, "playbookctl:base=1.abc"], "'playbookctl:base=1.abc' cannot be read", (("soc-core", "phishing"),), False),
        ([KEY, BASE.replace(DIGESTS, DIGESTS[8:])], f"'{BASE.replace(DIGESTS, DIGESTS[8:])}' cannot be read", (("soc-core", "phishing"),), False),
        ([KEY, BASE.upper().replace("PLAYBOOKCTL:BASE", "playbookctl:base")], None, (("soc-core", "phishing"),), False),
        ([KEY, "playbookctl:base=2.anything-at-all"], "the base has format 2, this version knows up to 1", (("soc-core", "phishing"),), True),
        ([KEY, BASE, "playbookctl:lease=7"], "unknown tag 'playbookctl:lease'", (("soc-core", "phishing"),), True),
        ([KEY, BASE, "playbookctl:echo=name"], "'playbookctl:echo=name' cannot be read", (("soc-core", "phishing"),), False),
        ([KEY, BASE, "playbookctl:retired=yes"], "'playbookctl:retired=yes' cannot be read", (("soc-core", "phishing"),), False),
        (["playbookctl:"], "unknown tag 'playbookctl:'", (), True),
    ],
)  # fmt: skip
def test_a_mark_that_cannot_be_read_says_why_and_whose_it_may_be(
    tags: list[str], reason: str | None, keys: tuple[tuple[str, str], ...], newer: bool
) -> None:
    said = read_tags(tags)
    assert isinstance(said, BadMarker)
    assert reason is None or said.reason == reason
    assert (said.keys, said.newer, said.tags) == (keys, newer, tuple(sorted(tags)))


def test_a_tag_that_stands_twice_counts_once() -> None:
    assert read_tags([KEY, KEY, BASE, BASE]) == GOLDEN[0][1]


def test_a_base_without_an_id_is_bound_when_it_is_written() -> None:
    free = Marker("soc-core", "phishing", Base(DIGESTS, COMMIT))
    assert write_tags(free, ID) == (BASE, KEY)


def test_a_base_that_is_bound_to_nothing_is_not_written() -> None:
    with pytest.raises(ValueError, match="the base of 'phishing' is bound to no object"):
        write_tags(Marker("soc-core", "phishing", Base(DIGESTS, COMMIT)))


def test_the_self_digest_is_of_the_id_alone() -> None:
    assert self_digest(ID) == SELF


def test_the_first_phase_of_a_create_says_the_key_and_no_more() -> None:
    whole = GOLDEN[2][1]
    assert write_tags(unfinished(whole)) == ("playbookctl:base=1.new", KEY)


HEX = st.text("0123456789abcdef", min_size=8, max_size=8)
WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=32)
MARKERS = st.builds(
    Marker,
    namespace=WORD,
    key=WORD,
    base=st.one_of(
        st.none(),
        st.builds(
            Base,
            digests=st.lists(HEX, min_size=12, max_size=12).map("".join),
            commit=st.text("0123456789abcdef", min_size=12, max_size=12),
            self_id=HEX,
        ),
    ),
    echo=st.dictionaries(st.sampled_from(marker.FORMATS[1]), HEX).map(lambda echo: tuple(sorted(echo.items()))),
    retired=st.one_of(st.just(""), st.lists(HEX, min_size=12, max_size=12).map("".join)),
    duplicate_of=st.one_of(st.just(""), st.text(min_size=1)),
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(MARKERS, st.permutations(["email", "", "playbook", "key=a/b"]))
def test_every_mark_survives_writing_and_reading(said: Marker, others: list[str]) -> None:
    assert read_tags([*others[:2], *reversed(write_tags(said)), *others[2:]]) == said


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.one_of(st.text(), st.text().map(lambda text: f"playbookctl:{text}"), st.sampled_from([KEY, BASE]))))
def test_no_tags_break_the_reading(tags: list[str]) -> None:
    said = read_tags(tags)
    assert (said is None) == (not any(tag.startswith("playbookctl:") for tag in tags))
