"""What can be seen of what others wrote, and what only pretends."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.analysis import labels
from playground.visible import _USUAL, MAX_MARKS, isolated, visible

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
UNSEEN = "\u200b\u2060\ufeff\u00ad\u034f\u115f\u3164\uffa0\u2800\ufffc\u17b4\u180e\ue000\ufdd0"
UNSEEN += "\ufe00\U000e0001\U000e0100\U000f0000\x00\x7f\x9b"


@pytest.mark.parametrize("one", TURNS + UNSEEN, ids=lambda one: f"{ord(one):04x}")
def test_what_has_no_shape_is_left_out(one):
    assert visible(f"An{one}n").replace(" ", "") == "Ann"
    assert visible(one * 9).strip() == ""


@pytest.mark.parametrize(
    "text",
    [
        "Zo\u00eb",
        "Nguy\u1ec5n",
        "\u3055\u304f\u3089 \u30ac",  # Japanese
        "\ud55c\uad6d",  # Korean
        "\u0645\u062d\u0645\u0651\u062f",  # Arabic, with a doubled letter's mark
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a non-joiner
        "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",  # Hebrew, with vowels
        "\u0939\u093f\u0928\u094d\u0926\u0940",  # Hindi
        "\u0915\u094d\u200d\u0937",  # Hindi, with a joiner
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e48",  # Thai
        "\u0f56\u0f66\u0f92\u0fb2\u0f74\u0f56",  # Tibetan, in stacks
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
        "\u2764\ufe0f\u200d\U0001f525",  # a heart on fire
        "\U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea",  # a thumb's colour, a flag
        "\U0001fae8",  # newer than the Python of some
        "two\nlines\tand a tab",
    ],
)
def test_what_scripts_and_emoji_need_stays(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    "text", ["a\u200cb", "a\u200db", "\u200cx", "x\u200d", "a\ufe0f", "\ufe0f"]
)
def test_a_joiner_where_nothing_joins_is_left_out(text):
    assert visible(text) in ("a", "ab", "x", "")


@given(st.text(max_size=100))
@example("\u0301Z" + "".join(map(chr, range(0x300, 0x340))) + "a\u0301\u0301")
@example("\U0001f642" + "\ufe0f\u0301" * 40)
def test_marks_are_few_and_what_is_seen_is_seen_again(text):
    seen = visible(text)
    assert visible(seen) == seen and not set(seen) & set(TURNS + UNSEEN)
    marks: list[str] = []
    for one in seen:
        if unicodedata.category(one) in ("Mn", "Me") and one != "\ufe0f":
            marks.append(one)
            assert len(marks) == len(set(marks)) <= MAX_MARKS
        elif one != "\ufe0f":
            marks = []


def test_what_is_written_from_the_right_turns_only_itself():
    assert isolated("\u202eAnn \u05d0") == "\u2068Ann \u05d0\u2069"
    assert isolated("Ann \u3055") == "Ann \u3055"
    assert labels.plain("\u202e\u0645*") == "\u2068\u0645\\*\u2069"
    assert labels.plain("ht\u034ftp://x") == labels.plain("http://x"), "what hid it hides no link"


def test_no_usual_character_deceives():
    usual = [chr(code) for code in range(0x10000) if _USUAL.fullmatch(chr(code))]
    assert len(usual) > 20_000
    for one in set(usual) - {"\n", "\t"}:
        assert unicodedata.category(one)[0] not in "CM", ascii(one)
        assert unicodedata.bidirectional(one) not in ("R", "AL"), ascii(one)
