"""What is read from figures and curves: moves of classes, losses by steps."""

from dataclasses import replace

import pytest

from playground.data.datasets.cifar10 import CLASSES
from playground.recipes import RECIPES
from playground.recipes.reproduction import (
    class_changes,
    curves_of,
    losses_after,
    measured_by_class,
    reported_by_class,
    rise,
)
from playground.results import EpochMetrics


def epochs(count: int, validation: bool = True) -> list[EpochMetrics]:
    """Epoch n has training loss n, validation loss n + 0.5."""

    def one(n: int) -> EpochMetrics:
        watched = (n + 0.5, n / 20) if validation else (None, None)
        return EpochMetrics(n, n, n / 10, *watched, 0.1, 1.0, 1.0, 1.0)

    return [one(n) for n in range(1, count + 1)]


# --- curves ---


def test_curves_are_named_as_the_figures_they_end_in():
    found = curves_of(epochs(3))
    assert found == {
        "train accuracy as it trained": [0.1, 0.2, 0.3],
        "train loss as it trained": [1, 2, 3],
        "validation accuracy": [0.05, 0.1, 0.15],
        "validation loss": [1.5, 2.5, 3.5],
    }


def test_without_validation_there_are_the_curves_of_training_alone():
    assert set(curves_of(epochs(2, validation=False))) == {
        "train accuracy as it trained", "train loss as it trained"
    }  # fmt: skip
    lacking = [*epochs(1), replace(epochs(2)[1], validation_loss=None)]
    assert "validation loss" not in curves_of(lacking)


def test_losses_are_told_after_as_many_steps_as_the_article_counts():
    rows = losses_after(curves_of(epochs(1001)), 100)
    assert [steps for steps, _, _ in rows] == list(range(0, 1001, 100))
    assert rows[0] == (0, 1, None), "the first training loss is taken before any step"
    assert rows[1] == (100, 101, 100.5) and rows[-1] == (1000, 1001, 1000.5)


def test_losses_end_where_the_run_did_and_are_none_without_curves():
    assert [steps for steps, _, _ in losses_after(curves_of(epochs(250)), 100)] == [0, 100, 200]
    (only,) = losses_after(curves_of(epochs(50, validation=False)), 100)
    assert only == (0, 1, None)
    assert losses_after({}, 100) == []


def test_what_was_gained_is_counted_between_epochs():
    assert rise((0.1, 0.3, 0.6), 1, 3) == pytest.approx(0.5)
    assert rise((0.1, 0.3, 0.2), 2, 3) == pytest.approx(-0.1)


# --- classes ---


def test_what_the_article_reports_moved_plane_up_and_truck_down():
    before, after = (reported_by_class(RECIPES[n].reported) for n in ("tutorial", "tutorial-wider"))
    found = {move.name: round(100 * move.by) for move in class_changes(before, after)}
    assert next(iter(found.items())) == ("airplane", 34) and list(found.items())[-1] == ("dog", -16)
    assert found["truck"] == -14 and len(found) == 10


def test_a_class_lies_apart_where_no_seed_of_one_reaches_one_of_the_other():
    before = {"cat": (0.1, 0.2), "dog": (0.1, 0.3), "owl": (0.5,)}
    after = {"cat": (0.3, 0.4), "dog": (0.25, 0.5), "owl": (0.4,), "fox": (1.0,)}
    found = {move.name: (round(move.by, 3), move.apart) for move in class_changes(before, after)}
    assert found == {"cat": (0.2, True), "dog": (0.175, False), "owl": (-0.1, True)}


def test_accuracies_by_class_are_found_among_the_figures_and_lost_seeds_left_out():
    figures = {
        "test accuracy": {0: 0.5},
        "test accuracy of cat": {0: 0.25, 1: None},
        "test accuracy of dog": {0: None},
    }
    assert measured_by_class(figures, CLASSES) == {"cat": (0.25,)}
