"""The Ideas page where it computes with small networks: stacks, padding, scores to accuracy."""

import re

import pytest

from playground.data.datasets import digits
from tests import pages, small_cifar10
from tests.ideas_page import alts, formulas, opened, page_text


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pages.idle_engine(tmp_path_factory.mktemp("ideas")) as engine:
        yield engine


# --- layers without activation ------------------------------------------------------------------


def test_four_layers_are_one_map_and_with_relu_no_map(engine):
    at = opened("Layers without activation")
    text = page_text(at)
    assert "24 + 84 + 312 + 48 + 1,200 + 96 = **1,764 parameters**" in text
    assert "144 weights + 48 biases = **192 parameters**" in text
    assert "2,000 random colours, as the sidebar's data set is grey" in text
    apart = re.search(r"2,000 pixels: \*\*(\S+)\*\*", text)
    assert apart and 0 < float(apart[1]) < 1e-4
    off, missed = re.search(r"up to \*\*(\S+)\*\* off, and misses \*\*(\d+)\s%", text).groups()
    assert float(off) > 1 and int(missed) > 30


def test_where_the_sidebars_images_have_colours_they_are_the_pixels(engine):
    link = {"data.name": "cifar10"}
    at = opened("Layers without activation", link)
    assert "2,000 random colours, as the sidebar's data set is not there" in page_text(at)
    small_cifar10.save_npz(engine.data)
    try:
        at = opened("Layers without activation", link)
        assert re.search(r"2,000 pixels of the sidebar's data set, CIFAR10", page_text(at))
        assert len(pages.charts(at)) == 3
    finally:
        (engine.data / "cifar10.npz").unlink()


# --- padding ------------------------------------------------------------------------------------


def test_padding_and_zeros_by_hand_are_the_same_and_none_is_smaller(engine):
    at = opened("Padding")
    assert "Largest difference between the first two: **0**" in page_text(at)
    layer, by_hand, none = alts(at)[2:5]
    assert layer == "Padding 1 in the layer, 8 by 8 pixels with values from -62 to 60."
    assert by_hand == "Zeros by hand, then no padding, 8 by 8 pixels with values from -62 to 60."
    assert none.startswith("No padding at all, 6 by 6 pixels")
    assert "The tutorial's: 32, 28, 14, 10, 5. Deeper: 32, 28, 14, 12, 6, 4, 2." in alts(at)[5]
    for numbers in ("5×5 = 400", "2×2 = 128", "3×3 = 648", "4×4 = 512"):
        assert numbers in page_text(at)


def test_another_digit_and_other_weights_are_convolved(engine):
    at = pages.change(opened("Padding"), "ideas.padding.kernel", "The sum of all nine")
    assert formulas(at)[0].count("1") == 9
    before = alts(at)[2]
    at = pages.change(at, "ideas.padding.image", 7)
    assert alts(at)[2] != before and not at.main.error
    pages.change(at, "ideas.padding.image", 5000)
    (error,) = pages.texts(at.main.error)
    assert error.startswith("Digit (its number) must be a whole number from 0 to 1,796")
    assert alts(at)[2] == before, "the first one is shown"


# --- from scores to accuracy --------------------------------------------------------------------


def test_the_articles_digit_goes_from_scores_to_right(engine):
    at = opened("From scores to accuracy")
    score, probability, answers = alts(at)
    assert "2 -2.8" in score and "2 66%" in probability
    assert "Class **2**, with score −2.8 and probability 66\u00a0%." in page_text(at)
    assert "The label is 2, so the answer is **right: 1**" in page_text(at)
    assert answers == "Table of 50 test digits with the class each is given: 41 right, 9 wrong."
    assert "41 / 50 = **82.0\u00a0%**" in page_text(at)
    at = pages.change(at, "ideas.scores.batch", 449)
    assert "398 / 449 = **88.6\u00a0%**" in page_text(at)


def test_a_digit_that_the_scores_get_wrong_counts_0(engine):
    at = opened("From scores to accuracy")
    at = pages.change(at, "ideas.scores.image", 5)
    label = int(digits.load().labels[5])
    answer = int(re.search(r"Class \*\*(\d)\*\*", page_text(at))[1])
    assert (
        f"The label is {label}, so the answer is **wrong: 0**" in page_text(at) and answer != label
    )
