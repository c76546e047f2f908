"""Predictions: what is asked for comes back, all of it, in the order that was asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.analysis.predictions import Predictions


@st.composite
def predictions(draw, least: int = 0) -> Predictions:
    """Some images with shuffled numbers; few levels of probability, so that there are ties."""
    n, classes = draw(st.integers(least, 30)), draw(st.integers(2, 12))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    raw = rng.integers(1, 4, (n, classes)).astype(np.float32)
    numbers = rng.permutation(1000)[:n] if draw(st.booleans()) else None
    return Predictions(
        rng.integers(0, classes, n), raw / raw.sum(axis=1, keepdims=True), indices=numbers
    )


def made(*rows: tuple[int, list[float]], indices: list[int] | None = None) -> Predictions:
    """From pairs of true class and probabilities."""
    labels, probabilities = zip(*rows, strict=True)
    return Predictions(
        np.array(labels),
        np.array(probabilities, np.float32),
        None if indices is None else np.array(indices),
    )


@given(
    predictions(),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(0, 3),
    st.booleans(),
    st.sampled_from([0.0, 0.2, 0.5]),
    st.sampled_from([0.3, 0.6, 1.0]),
)
def test_where_gives_exactly_the_positions_that_fit_in_order(these, true, guess, wrong, low, high):
    expected = []
    for position, (label, row) in enumerate(zip(these.labels, these.probabilities, strict=True)):
        first = row.tolist().index(max(row))
        fits = (true in (None, label), guess in (None, first), not wrong or first != label)
        if all(fits) and low <= max(row) <= high:
            expected.append(position)
    assert these.where(true, guess, wrong, low, high).tolist() == expected


@given(predictions())
def test_without_filters_every_position_is_there(these):
    assert these.where().tolist() == list(range(len(these.labels)))


@pytest.mark.parametrize("by", ["number", "confident", "unsure"])
@given(these=predictions(), data=st.data())
def test_an_order_is_by_its_figure_and_then_by_number(by, these, data):
    count = len(these.labels)
    some = np.array(data.draw(st.permutations(range(count)))[: count // 2 + 1], np.int64)
    numbers = np.arange(count) if these.indices is None else these.indices

    def key(position: int) -> tuple:
        second, first = np.sort(these.probabilities[position])[-2:]
        return {
            "number": (numbers[position],),
            "confident": (-first, numbers[position]),
            "unsure": (first - second, numbers[position]),
        }[by]

    assert these.ordered(some, by).tolist() == sorted(some.tolist(), key=key)


@given(predictions(least=1), st.integers(1, 12), st.data())
def test_the_top_classes_fall_and_begin_with_the_prediction(these, count, data):
    position = data.draw(st.integers(0, len(these.labels) - 1))
    top = these.top_classes(position, count)
    row = these.probabilities[position].tolist()
    assert top == sorted(enumerate(row), key=lambda pair: -pair[1])[:count]
    assert top[0] == (these.predicted[position], these.confidence[position])


@given(predictions())
def test_every_image_is_found_by_its_number_and_no_other_is(these):
    numbers = [] if these.indices is None else these.indices.tolist()
    assert [these.at(number) for number in numbers] == list(range(len(numbers)))
    assert these.at(1000) is None and these.at(-1) is None


def test_the_figures_of_three_images():
    these = made((0, [0.9, 0.1]), (0, [0.25, 0.75]), (1, [0.5, 0.5]), indices=[7, 5, 6])
    assert these.predicted.tolist() == [0, 1, 0]
    assert these.wrong.tolist() == [False, True, True]
    assert these.confidence.tolist() == pytest.approx([0.9, 0.75, 0.5])
    assert these.margin.tolist() == pytest.approx([0.8, 0.5, 0.0])
    assert these.ordered(these.where(wrong=True), "confident").tolist() == [1, 2]
    assert these.ordered(these.where(), "unsure").tolist() == [2, 1, 0]
    assert these.ordered(these.where(), "number").tolist() == [1, 2, 0]


def test_both_ends_of_a_range_of_confidence_belong_to_it():
    these = made((0, [0.9, 0.1]), (0, [0.6, 0.4]), (0, [1.0, 0.0]))
    assert these.where(low=0.6, high=0.9).tolist() == [0, 1]
    assert these.where(low=1.0).tolist() == [2]
