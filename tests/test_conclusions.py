"""What a comparison comes to in words: one change or several, by chance or not."""

import numpy as np
import pytest

from playground.analysis import conclusions, evaluation
from playground.analysis.evaluation import Change, Spread
from tests import pages

BASE = pages.made({})


def sentence(b: dict[str, str], points: float | None = 3.4, a: dict[str, str] | None = None) -> str:
    return pages.shown(conclusions.of_settings(pages.made(a or {}), pages.made(b), points))


def change(fixed: int, broken: int, p: float) -> Change:
    return Change(np.arange(fixed), np.arange(broken), p)


def test_one_change_is_named_with_what_it_did():
    assert sentence({"architecture.dropout": "0.5"}) == (
        "Only **Dropout** changed, 0 → 0.5: validation accuracy **+3.4 points**."
    )
    assert sentence({"architecture.dropout": "0.5"}, -0.25) == (
        "Only **Dropout** changed, 0 → 0.5: validation accuracy **−0.2 points**."
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
        "Only the seed changed, 0 → 1: validation accuracy **+0.4 points**. That is chance alone."
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
    claim = conclusions.of_images(change(30, 10, 0.0022), 400, False)
    assert claim.told == (
        "B has 30 of 400 validation images right that A had wrong, and 10 wrong that A had right: "
        "**+5.0 points**. These two networks differ by more than chance; whether their settings "
        "do, more seeds tell."
    )
    assert claim.why == (
        "If both networks were equally good, so uneven a change would come up about 2 times in "
        "1,000 (McNemar's exact test, p = 0.002)."
    )
    assert "of 400 test images" in conclusions.of_images(change(3, 1, 0.6), 400, True, "test").told
    assert "may well be chance" in conclusions.of_images(change(6, 4, 0.75), 400, False).told


@pytest.mark.parametrize(
    ("fixed", "broken", "p", "told"),
    [
        (6, 4, 0.75, "about 75 times in 100"),
        (60, 4, 0.0011, "about once in 1,000 ("),
        (60, 4, 1e-9, "less than once in 1,000"),
        (5, 5, 1.0, "nearly every time"),
    ],
)
def test_how_often_chance_does_so_much_is_told_in_words(fixed, broken, p, told):
    assert told in conclusions.of_images(change(fixed, broken, p), 400, False).why


def test_where_more_seeds_say_more_mcnemars_test_is_silent():
    claim = conclusions.of_images(change(30, 10, 0.0022), 400, True)
    assert claim.told.endswith("**+5.0 points**.") and not claim.why


def test_runs_that_agree_on_every_image_say_so():
    claim = conclusions.of_images(change(0, 0, 1.0), 10, False)
    assert claim.told.endswith("**0.0 points**. They agree on every image.") and not claim.why


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
    claim = conclusions.of_means(Spread(0.95, deviation, n, 450), Spread(mean, deviation, n, 450))
    assert claim.told == f"With {n} seeds each, that is " + (
        "more than seeds alone do."
        if more
        else "no more than seeds alone may do: the two cannot be told apart."
    )
    assert f"A 95.0\u00a0% ± {deviation * 100:.1f} (n = {n}), B " in claim.why
    assert "450 validation images" in claim.why


def test_seeds_of_different_number_are_told():
    claim = conclusions.of_means(Spread(0.95, 0.01, 5, 450), Spread(0.9, 0.01, 3, 450), "test")
    assert claim.told.startswith("With 5 and 3 seeds, that is more")
    assert claim.why.startswith("Mean test accuracy: A ")


@pytest.mark.parametrize(("one", "other"), [(2, 2), (2, 9), (9, 2)])
def test_of_two_seeds_nothing_is_judged(one, other):
    claim = conclusions.of_means(Spread(0.95, 0.0, one, 450), Spread(0.9, 0.01, other, 450))
    assert claim.told == "There are too few seeds to judge it: train 3 of each at least."
    assert "Welch" not in claim.why


def test_no_p_value_is_nothing():
    claim = conclusions.of_means(Spread(0.5, 0.001, 9, 450), Spread(0.95, 0.001, 9, 450))
    assert "(Welch's t-test, p < 0.001;" in claim.why
    claim = conclusions.of_images(change(60, 4, 1e-300), 400, False)
    assert "McNemar's exact test, p < 0.001" in claim.why


def test_the_best_of_several_settings_is_told_with_those_it_cannot_be_told_apart_from():
    claim = conclusions.of_several(
        {"A": Spread(0.80, 0.01, 5, 450), "B": Spread(0.95, 0.01, 5, 450),
         "C": Spread(0.948, 0.01, 3, 450)}
    )  # fmt: skip
    assert claim.told == (
        "**B** has the highest validation accuracy, 95.0\u00a0% ± 1.0 (n = 5). It is ahead of A by "
        "more than seeds do. It cannot be told apart from C: seeds alone may do as much."
    )
    assert claim.why.startswith("Welch's t-test of the best with each of the others (C p = 0.8")
    assert "A p < 0.001); with 3 pairs to choose from a p below 0.017 is called more" in claim.why
    few = conclusions.of_several({"A": Spread(0.8, 0.01, 5, 450), "B": Spread(0.9, 0.01, 2, 450)})
    assert few.told.endswith("There are too few seeds to judge it: train 3 of each at least.")


def test_several_tests_share_their_significance():
    best, other = Spread(0.95, 0.02, 5, 10_000), Spread(0.92, 0.02, 5, 10_000)
    assert 0.025 < evaluation.welch(best, other) < 0.05
    assert "ahead of A" in conclusions.of_several({"A": other, "B": best}).told
    assert "apart from A and C" in conclusions.of_several({"A": other, "B": best, "C": other}).told


@pytest.mark.parametrize(
    ("second", "deviation", "n", "told"),
    [
        (0.90, 0.01, 5, "is 5.0 points behind, more than seeds alone do."),
        (0.945, 0.01, 5, "is 0.5 points behind, no more than seeds alone may do: the two are "
         "tied."),
        (0.90, 0.01, 2, "is 5.0 points behind; 2 seeds each do not tell whether that is more than "
         "chance."),
        (0.9499, float("nan"), 1, "is less than 0.1 points behind; one seed each does not tell "
         "whether that is more than chance."),
        (0.95, float("nan"), 1, "came to the same figure: the two are tied."),
    ],
)  # fmt: skip
def test_the_best_of_many_is_held_against_the_second_best(second, deviation, n, told):
    best = Spread(0.95, deviation, n, 450)
    claim = conclusions.of_runner_up(best, Spread(second, deviation, n, 450), "Rate 0.1")
    assert claim.told.removeprefix("The second best, Rate 0.1, ") == told
    assert ("Welch" in claim.why) == (n == 5)


def test_the_best_of_three_tries_or_more_is_said_to_flatter():
    assert conclusions.of_tries(2, 450) == ""
    assert conclusions.of_tries(20, 1437) == (
        "The best of 20 tries looks better than it is: on 1,437 validation images some of its lead "
        "is luck. To be sure, train it again with other seeds, and look at the test once, at the "
        "end."
    )
    assert "than it is: some of its lead" in conclusions.of_tries(3, None)
    assert conclusions.of_tries(3, 450, "test").endswith("other seeds, and choose by validation.")


def test_runs_of_the_same_settings_differ_by_chance():
    assert conclusions.of_seeds(0.93, 0.95, "validation") == (
        "Only the seed differs: validation accuracy from 93.0\u00a0% to 95.0\u00a0%. That is "
        "chance alone."
    )


def test_a_spread_tells_its_n():
    assert conclusions.format_mean(Spread(0.951, 0.004, 5, 450)) == "95.1\u00a0% ± 0.4 (n = 5)"
    assert conclusions.format_mean(Spread(0.951, float("nan"), 1, 450)) == "95.1\u00a0% (n = 1)"
