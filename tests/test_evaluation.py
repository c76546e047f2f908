"""Figures from labels and predictions, held against scikit-learn asked in another way."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, ttest_ind_from_stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)

from playground.analysis import evaluation
from playground.analysis.evaluation import Spread, spread, welch
from tests.small_runs import small, trained

NAN = float("nan")


@st.composite
def predictions(draw, least: int = 1) -> tuple[np.ndarray, np.ndarray, int]:
    """Labels, predicted classes, and how many classes there are."""
    classes = draw(st.integers(2, 6))
    one = st.integers(0, classes - 1)
    pairs = draw(st.lists(st.tuples(one, one), min_size=least, max_size=60))
    labels, predicted = np.array(pairs, np.int64).reshape(-1, 2).T
    return labels, predicted, classes


@st.composite
def outputs(draw) -> tuple[np.ndarray, np.ndarray]:
    """Labels and float32 probabilities (n, classes), as a softmax gives them."""
    classes, n = draw(st.integers(2, 5)), draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    logits = random.normal(0, draw(st.sampled_from([0.1, 1, 3, 50])), (n, classes))
    raised = np.exp((logits - logits.max(axis=1, keepdims=True)).astype(np.float32))
    return random.integers(0, classes, n), raised / raised.sum(axis=1, keepdims=True)


@given(predictions())
def test_the_matrix_is_scikit_learns_and_holds_every_image_once(case):
    labels, predicted, classes = case
    matrix = evaluation.confusion(labels, predicted, classes)
    assert matrix.dtype == np.int64 and matrix.shape == (classes, classes)
    assert (matrix == confusion_matrix(labels, predicted, labels=range(classes))).all()
    assert matrix.sum() == len(labels)
    assert matrix.sum(axis=1).tolist() == np.bincount(labels, minlength=classes).tolist()
    assert matrix.trace() / len(labels) == pytest.approx(accuracy_score(labels, predicted))


def test_the_true_class_is_the_row():
    matrix = evaluation.confusion(np.array([0, 2, 2]), np.array([0, 1, 1]), 3)
    assert matrix.tolist() == [[1, 0, 0], [0, 0, 0], [0, 2, 0]]


@given(predictions())
@settings(max_examples=30)  # scikit-learn is asked twenty times in each
def test_figures_by_class_are_those_of_the_labels_themselves(case):
    labels, predicted, classes = case
    figures = evaluation.per_class(evaluation.confusion(labels, predicted, classes))
    expected = precision_recall_fscore_support(
        labels, predicted, labels=range(classes), zero_division=np.nan
    )
    found = (figures.precision, figures.recall, figures.f1, figures.images)
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    for index in range(classes):  # and one class at a time, as a question of yes and no
        yes, said = labels == index, predicted == index
        for mine, score in (
            (figures.precision, precision_score),
            (figures.recall, recall_score),
            (figures.f1, f1_score),
        ):
            alone = score(yes, said, zero_division=np.nan)
            np.testing.assert_allclose(mine[index], alone, rtol=1e-12)


def test_a_class_never_predicted_has_no_precision_and_one_without_images_no_recall():
    figures = evaluation.per_class(np.array([[3, 1, 0], [2, 2, 0], [1, 0, 0]]))
    assert figures.precision.tolist()[:2] == [3 / 6, 2 / 3] and math.isnan(figures.precision[2])
    assert figures.recall.tolist() == [3 / 4, 2 / 4, 0]
    assert figures.f1[2] == 0
    figures = evaluation.per_class(np.array([[3, 0, 1], [0, 2, 0], [0, 0, 0]]))
    assert figures.precision.tolist() == [1, 1, 0]
    assert figures.recall.tolist()[:2] == [3 / 4, 1] and math.isnan(figures.recall[2])
    assert figures.images.tolist() == [4, 2, 0] and figures.images.dtype == np.int64


def test_a_class_neither_seen_nor_predicted_has_no_figure_at_all():
    figures = evaluation.per_class(np.array([[2, 0], [0, 0]]))
    for values in (figures.precision, figures.recall, figures.f1):
        assert values[0] == 1 and math.isnan(values[1])


def test_one_class_alone_is_always_right():
    for matrix in (np.array([[4]]), evaluation.confusion(np.full(4, 1), np.full(4, 1), 2)[1:, 1:]):
        figures = evaluation.per_class(matrix)
        assert figures.images.tolist() == [4]
        assert (figures.precision[0], figures.recall[0], figures.f1[0]) == (1, 1, 1)


def test_a_matrix_as_a_run_stores_it_has_figures_too():
    stored = np.array([[5, 1], [2, 4]], np.int32)
    assert evaluation.per_class(stored).recall.tolist() == [5 / 6, 4 / 6]


def test_without_images_nothing_is_claimed():
    none = np.zeros(0, np.int64)
    matrix = evaluation.confusion(none, none, 3)
    assert matrix.tolist() == [[0] * 3] * 3 and matrix.dtype == np.int64
    figures = evaluation.per_class(matrix)
    for values in (figures.precision, figures.recall, figures.f1):
        assert values.shape == (3,) and np.isnan(values).all()
    assert figures.images.tolist() == [0, 0, 0]
    calibration = evaluation.calibration(none, np.zeros((0, 3), np.float32))
    assert len(calibration.images) == len(calibration.confidence) == 0
    assert math.isnan(calibration.error)
    change = evaluation.change(none, none, none)
    assert (len(change.fixed), len(change.broken), change.p_value) == (0, 0, 1.0)


@given(outputs(), st.sampled_from([1, 2, 10, 15]))
def test_bins_of_confidence_are_scikit_learns(case, bins):
    labels, probabilities = case
    found = evaluation.calibration(labels, probabilities, bins)
    top = np.clip(probabilities.max(axis=1).astype(float), 0, 1)
    right = probabilities.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(right, top, n_bins=bins)
    np.testing.assert_allclose(found.accuracy, accuracy)
    np.testing.assert_allclose(found.confidence, confidence)
    assert found.images.sum() == len(labels) and (found.images > 0).all()
    assert np.average(found.accuracy, weights=found.images) == pytest.approx(right.mean())
    assert np.average(found.confidence, weights=found.images) == pytest.approx(top.mean())
    assert (found.low <= found.confidence + 1e-9).all()
    assert (found.confidence <= found.high + 1e-9).all()
    np.testing.assert_allclose(found.high - found.low, 1 / bins)


def test_a_confidence_on_an_edge_belongs_to_the_bin_below_as_in_scikit_learn():
    found = evaluation.calibration(np.array([0, 0]), np.array([[0.5, 0.5], [0.75, 0.25]]), bins=4)
    assert found.low.tolist() == [0.25, 0.5] and found.high.tolist() == [0.5, 0.75]
    assert found.images.tolist() == [1, 1]


def test_the_calibration_error_of_a_small_case_is_that_by_hand():
    probabilities = np.array([[0.95, 0.05], [0.85, 0.15], [0.35, 0.65], [0.4, 0.6]])
    found = evaluation.calibration(np.array([0, 1, 1, 0]), probabilities, bins=2)
    # All four are surer than 0.5: one bin, 2 of 4 right, at a mean of (95 + 85 + 65 + 60) / 4.
    assert found.images.tolist() == [4]
    assert found.error == pytest.approx(0.7625 - 0.5)
    found = evaluation.calibration(np.array([0, 1, 1, 0]), probabilities, bins=10)
    # 0.60 is wrong and 0.65 right, each in a bin of its own, as are 0.85, wrong, and 0.95, right.
    assert found.images.tolist() == [1, 1, 1, 1]
    assert found.error == pytest.approx((0.60 + 0.35 + 0.85 + 0.05) / 4)


def test_a_probability_a_rounding_above_one_is_one():
    above = np.nextafter(np.float32(1), np.float32(2))
    found = evaluation.calibration(np.array([0]), np.array([[above, 0]], np.float32))
    assert found.confidence.tolist() == [1.0] and found.error == 0


@given(predictions(), st.data())
def test_fixed_minus_broken_is_the_difference_of_the_accuracies(case, data):
    labels, before, classes = case
    after = np.array(
        data.draw(st.lists(st.integers(0, classes - 1), min_size=len(labels), max_size=len(labels)))
    )
    change = evaluation.change(labels, before, after)
    gained = accuracy_score(labels, after) - accuracy_score(labels, before)
    assert gained == pytest.approx((len(change.fixed) - len(change.broken)) / len(labels))
    assert (before[change.fixed] != labels[change.fixed]).all()
    assert (after[change.fixed] == labels[change.fixed]).all()
    assert (before[change.broken] == labels[change.broken]).all()
    assert (after[change.broken] != labels[change.broken]).all()
    back = evaluation.change(labels, after, before)
    assert back.fixed.tolist() == change.broken.tolist()
    assert back.p_value == pytest.approx(change.p_value)
    assert 0 < change.p_value <= 1


def two_networks(fixed: int, broken: int, both: int = 5) -> evaluation.Change:
    before = np.array([1] * fixed + [0] * broken + [0] * both)
    after = np.array([0] * fixed + [1] * broken + [0] * both)
    return evaluation.change(np.zeros(len(before), np.int64), before, after)


@pytest.mark.parametrize(
    ("fixed", "broken", "expected"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 · 1/2
        (3, 0, 2 / 8),
        (5, 0, 2 / 32),
        (0, 10, 2 / 1024),
        (4, 4, 1.0),
        (1, 5, 2 * (1 + 6) / 64),
        (8, 2, 2 * (1 + 10 + 45) / 1024),
    ],
)
def test_the_p_value_is_that_of_a_fair_coin(fixed, broken, expected):
    change = two_networks(fixed, broken)
    assert change.p_value == pytest.approx(expected)
    assert (change.fixed.tolist(), change.broken.tolist()) == (
        list(range(fixed)),
        list(range(fixed, fixed + broken)),
    )


def test_the_p_value_of_a_large_change_is_twice_the_tail():
    assert two_networks(180, 120).p_value == pytest.approx(2 * binom.cdf(120, 300, 0.5))
    assert two_networks(180, 120).p_value < 0.001 < two_networks(155, 145).p_value


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8))
def test_a_spread_is_the_mean_and_the_sample_deviation(values):
    spread = evaluation.spread(values, 450)
    assert spread.n == len(values)
    assert spread.mean == pytest.approx(statistics.mean(values), abs=1e-6)
    assert spread.deviation == pytest.approx(statistics.stdev(values), abs=1e-4)


def test_a_single_value_has_no_deviation_and_none_have_no_mean():
    one, none = evaluation.spread([0.5], 450), evaluation.spread(iter([]), 0)
    assert (one.mean, one.n) == (0.5, 1) and math.isnan(one.deviation)
    assert none.n == 0 and math.isnan(none.mean) and math.isnan(none.deviation)


def test_a_runs_scores_and_last_matrix_are_scikit_learns_of_its_probabilities():
    result = trained(small(epochs=2))
    for split in ("validation", "test"):
        scores, labels = result.scores[split], result.labels[split]
        probabilities = result.probabilities[split].astype(np.float64)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        predicted = probabilities.argmax(axis=1)
        assert scores.images == len(labels) > 0
        assert scores.accuracy == pytest.approx(accuracy_score(labels, predicted), abs=1e-6)
        loss = log_loss(labels, probabilities, labels=range(10))
        assert scores.loss == pytest.approx(loss, abs=1e-6)
    predicted = result.probabilities["validation"].argmax(axis=1)
    matrix = evaluation.confusion(result.labels["validation"], predicted, 10)
    assert (matrix == result.matrices[-1]).all()


# --- seeds against seeds -----------------------------------------------------------------------


def test_two_seeds_each_that_differ_by_one_image_are_not_told_apart():
    one, other = (spread([right / 450] * 2, 450) for right in (430, 431))
    assert one.deviation == other.deviation == 0
    assert welch(one, other) > 0.5


def test_equal_means_of_seeds_that_agree_are_no_difference():
    assert welch(spread([1.0] * 3, 450), spread([1.0] * 3, 450)) == pytest.approx(1)


@pytest.mark.parametrize("images", [50, 450, 10_000])
def test_no_side_spreads_less_than_the_binomial_noise_of_its_images(images):
    drawn = np.random.default_rng(0).binomial(images, 0.9, 100_000) / images
    noise = spread([0.9] * 3, images).noise
    assert noise == pytest.approx(drawn.std(), rel=0.15)
    assert 0 < spread([1.0] * 3, images).noise < noise, "none is certain"
    wide, other = Spread(0.9, 0.2, 5, images), Spread(0.8, 0.2, 5, images)
    sides = (0.9, 0.2, 5, 0.8, 0.2, 5)
    expected = ttest_ind_from_stats(*sides, equal_var=False).pvalue
    assert welch(wide, other) == pytest.approx(expected), "a wider one is taken as it is"
    narrow = welch(Spread(0.9, noise / 9, 5, images), Spread(0.8, 0.2, 5, images))
    assert narrow == welch(Spread(0.9, noise, 5, images), Spread(0.8, 0.2, 5, images))


def test_of_one_seed_there_is_no_p_value():
    assert np.isnan(welch(spread([0.9], 450), spread([0.8] * 5, 450)))


# --- guessing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accuracy", "counts", "told"),
    [
        (0.10, [45] * 10, True),
        (0.12, [45] * 10, True),
        (0.14, [45] * 10, False),
        (0.14, [4] * 10, True),
        (0.16, [4] * 10, False),
        (0.90, [900, 100], True),
        (0.93, [900, 100], False),
        (0.55, [10, 10], True),
        (1.0, [5, 5], False),
        (1.0, [9, 1], False),
        (0.9, [9, 1], True),
        (1.0, [10], False),
    ],
)
def test_guessing_is_told_from_the_most_frequent_class_and_the_noise(accuracy, counts, told):
    labels = np.repeat(np.arange(len(counts)), counts)
    assert evaluation.baseline(labels) == max(counts) / sum(counts)
    assert evaluation.is_at_chance(accuracy, evaluation.baseline(labels), len(labels)) == told


@given(st.lists(st.integers(0, 60), min_size=1, max_size=9).filter(any))
def test_one_answer_for_all_is_guessing_and_all_right_never_is(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    share = evaluation.baseline(labels)
    assert not evaluation.is_at_chance(1.0, share, len(labels))
    for count in counts if np.count_nonzero(counts) > 1 else ():
        assert evaluation.is_at_chance(count / len(labels), share, len(labels))
