"""What a comparison comes to in words: one change or several, by chance or not."""

import numpy as np
import pytest

from playground import formats
from playground.analysis import conclusions
from playground.analysis.evaluation import Change, Spread
from tests import pages

BASE = pages.made({})


def sentence(b: dict[str, str], points: float | None = 3.4, a: dict[str, str] | None = None) -> str:
    return pages.shown(conclusions.of_settings(pages.made(a or {}), pages.made(b), points))


def change(fixed: int, broken: int, p: float) -> Change:
    return Change(np.arange(fixed), np.arange(broken), p)


def test_one_change_is_named_with_what_it_did():
    assert sentence({"architecture.dropout": "0.5"}) == (
        "Only **Dropout** changed, 0 → 0.5: test accuracy **+3.4 points**."
    )
    assert sentence({"architecture.dropout": "0.5"}, -0.25) == (
        "Only **Dropout** changed, 0 → 0.5: test accuracy **−0.2 points**."
    )


def test_what_was_not_measured_is_not_told():
    assert sentence({"architecture.dropout": "0.5"}, None) == "Only **Dropout** changed, 0 → 0.5."


def test_several_changes_cannot_be_told_apart():
    text = sentence({"architecture.dropout": "0.5", "run.epochs": "9"})
    assert text.startswith("2 settings changed at once (Dropout 0 → 0.5; Epochs 30 → 9)")
    assert "+3.4 points" in text and "change one at a time" in text


def test_many_changes_are_counted_and_the_first_are_named():
    many = {
        "architecture.dropout": "0.5", "run.epochs": "9", "run.batch_size": "8",
        "architecture.hidden": "9", "architecture.bias": "0.5", "data.flip": "true",
    }  # fmt: skip
    text = sentence(many)
    assert text.startswith("6 settings changed at once (") and "; and 2 more)" in text


def test_a_change_of_the_seed_is_chance():
    assert sentence({"run.seed": "1"}, 0.4) == (
        "Only the seed changed, 0 → 1: test accuracy **+0.4 points**. That is chance alone."
    )


def test_changed_blocks_are_told_block_by_block():
    text = sentence(
        {"architecture.kind": "cnn", "architecture.blocks": '[{},{"kernel":5},{"channels":[8]}]'},
        a={"architecture.kind": "cnn", "architecture.blocks": "[{},{}]"},
    )
    assert text.startswith(
        "2 settings changed at once (Blocks 2 blocks 32-32 → 3 blocks 32-32-8; "
        "Blocks kernel 3 → block 2: kernel 5): "
    )


def test_what_another_kind_brings_along_is_no_change_but_what_was_chosen_in_it_is():
    assert sentence({"optimizer.name": "momentum", "optimizer.learning_rate": "0.001"}).startswith(
        "Only **Optimizer** changed, Adam → Momentum"
    )
    momentum = {"optimizer.name": "momentum", "optimizer.learning_rate": "0.001"}
    text = sentence(momentum | {"optimizer.momentum": "0.5"})
    assert text.startswith(
        "2 settings changed at once (Optimizer Adam → Momentum; Momentum – → 0.5)"
    )


def test_names_of_files_pass_no_markdown():
    text = conclusions.of_settings(
        pages.made({"data.name": "npz", "data.file": "a_b_c.npz"}),
        pages.made({"data.name": "npz", "data.file": "d_e.npz"}),
        None,
    )
    assert r"a\_b\_c.npz" in text


def test_fixed_and_broken_images_are_told_with_mcnemars_test():
    text = conclusions.of_images(change(30, 10, 0.0022), 400, False)
    assert text.startswith(
        "B has 30 of 400 test images right that A had wrong, and 10 wrong that A had right: "
        "**+5.0 points**."
    )
    assert "about 2 times in 1,000 (McNemar's exact test, p = 0.0022). These two networks" in text
    assert "may well be chance" in conclusions.of_images(change(6, 4, 0.75), 400, False)
    assert "about 75 times in 100" in conclusions.of_images(change(6, 4, 0.75), 400, False)
    assert "about once in 1,000 (" in conclusions.of_images(change(60, 4, 0.0011), 400, False)
    assert "less than once in 1,000" in conclusions.of_images(change(60, 4, 1e-9), 400, False)
    assert "nearly every time" in conclusions.of_images(change(5, 5, 1.0), 400, False)


def test_where_more_seeds_say_more_mcnemars_test_is_silent():
    assert "McNemar" not in conclusions.of_images(change(30, 10, 0.0022), 400, True)


def test_runs_that_agree_on_every_image_say_so():
    told = conclusions.of_images(change(0, 0, 1.0), 10, False)
    assert told.endswith("**0.0 points**. They agree on every image.")


@pytest.mark.parametrize(
    ("mean", "deviation", "n", "more"),
    [
        (0.90, 0.01, 5, True),
        (0.90, 0.05, 5, False),
        (0.945, 0.01, 5, False),
        (0.92, 0.02, 3, False),
    ],
)
def test_a_difference_of_means_is_held_against_the_spread_of_seeds(mean, deviation, n, more):
    sides = Spread(0.95, deviation, n, 450), Spread(mean, deviation, n, 450)
    text = conclusions.of_means(*sides)
    assert ("chance is an unlikely explanation" in text) == more
    assert f"**{formats.points((mean - 0.95) * 100)}**" in text and f"(n = {n})" in text


@pytest.mark.parametrize(("one", "other"), [(2, 2), (2, 9), (9, 2)])
def test_of_two_seeds_nothing_is_judged(one, other):
    text = conclusions.of_means(Spread(0.95, 0.0, one, 450), Spread(0.9, 0.01, other, 450))
    assert text.endswith(
        "a difference of **−5.0 points**. There are too few seeds to judge it: train 3 of each at "
        "least."
    )
    assert "Welch" not in text and "chance" not in text


def test_no_p_value_is_nothing():
    text = conclusions.of_means(Spread(0.5, 0.001, 9, 450), Spread(0.95, 0.001, 9, 450))
    assert "(Welch's t-test, p < 0.001;" in text and "450 test images" in text
    assert "McNemar's exact test, p < 0.001" in conclusions.of_images(
        change(60, 4, 1e-300), 400, False
    )


def test_a_spread_tells_its_n():
    assert conclusions.format_mean(Spread(0.951, 0.004, 5, 450)) == "95.1\u00a0% ± 0.4 (n = 5)"
    assert conclusions.format_mean(Spread(0.951, float("nan"), 1, 450)) == "95.1\u00a0% (n = 1)"
