"""Dropout's ensemble on the Ideas page against torch, and how activations are timed."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from playground.data.datasets import digits
from playground.recipes.ideas import activations, digit_scores, ensemble

# --- dropout as an ensemble --------------------------------------------------------------------


def random_weights() -> ensemble.Weights:
    rng = np.random.default_rng(5)
    shapes = ((64, ensemble.UNITS), (ensemble.UNITS,), (ensemble.UNITS, 10), (10,))
    return [rng.normal(0, 0.3, shape) for shape in shapes]


def torch_scores(weights, pixels, mask) -> torch.Tensor:
    first, bias, second, shift = weights
    return torch.relu(torch.tensor(pixels) @ first + bias) * torch.tensor(mask) @ second + shift


def test_masked_networks_and_their_gradients_are_torchs():
    rng = np.random.default_rng(6)
    pixels, labels = rng.random((7, 64)), rng.integers(0, 10, 7)
    masks = (rng.random((3, ensemble.UNITS)) >= 0.5) / 0.5
    weights = random_weights()
    others = [torch.tensor(weight, requires_grad=True) for weight in weights]
    given = ensemble.probabilities(weights, pixels, masks)
    assert given.shape == (3, 7, 10)
    for ours, mask in zip(given, masks, strict=True):
        expected = torch_scores(others, pixels, mask).softmax(1).detach()
        np.testing.assert_allclose(ours, expected, rtol=1e-9)
    each = (rng.random((7, ensemble.UNITS)) >= 0.5) / 0.5  # training draws for each image anew
    loss = nn.functional.cross_entropy(torch_scores(others, pixels, each), torch.tensor(labels))
    loss.backward()
    for ours, other in zip(ensemble.slopes_of(weights, pixels, labels, each), others, strict=True):
        np.testing.assert_allclose(ours, other.grad, rtol=1e-9, atol=1e-12)


def test_an_ensemble_is_measured_as_torch_measures_it():
    rng = np.random.default_rng(7)
    pixels, labels = rng.random((60, 64)), rng.integers(0, 10, 60)
    weights = random_weights()
    found = ensemble.measure(weights, pixels, labels, 0.5, seed=2)
    masks = (np.random.default_rng(2).random((ensemble.MASKS, ensemble.UNITS)) >= 0.5) / 0.5
    others = [torch.tensor(weight) for weight in weights]
    given = torch.stack([torch_scores(others, pixels, mask).softmax(1) for mask in masks])
    whole = torch_scores(others, pixels, np.ones(ensemble.UNITS)).softmax(1)
    right = torch.tensor(labels)
    assert found.whole == pytest.approx((whole.argmax(1) == right).double().mean().item())
    for index, size in ((0, 1), (-1, ensemble.MASKS)):
        groups = given.reshape(-1, size, *whole.shape).mean(1)
        accuracy = (groups.argmax(2) == right).double().mean().item()
        assert found.accuracy[index] == pytest.approx(accuracy)
        apart = (groups - whole).abs().mean().item()
        assert found.difference[index] == pytest.approx(apart)


def learned(rate: float) -> ensemble.EnsembleFigures:
    pixels, labels = digit_scores.pixels(), digits.load().labels
    train, test = digit_scores.train_numbers(), digit_scores.test_numbers()
    weights = ensemble.train(pixels[train], labels[train], rate)
    return ensemble.measure(weights, pixels[test], labels[test], rate)


def test_no_digit_is_learned_from_and_tested():
    learned, tested = digit_scores.train_numbers().tolist(), digit_scores.test_numbers().tolist()
    assert sorted(learned + tested) == list(range(1797)) and 1234 in tested
    assert np.bincount(digits.load().labels[tested]).min() > 30, "every class is tested"


def test_its_page_imports_neither_torch_nor_scikit_learn():
    code = (
        "import sys; from playground.ui.ideas import dropout, scores; "
        "dropout._measured_ensemble(0.5); scores._scores(); scores._shuffled(); "
        "print({'torch', 'sklearn'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_many_masked_networks_do_better_than_one_and_come_close_to_the_whole():
    found = learned(0.5)
    assert found.whole > 0.95
    assert found.accuracy[0] < found.accuracy[-1] - 0.02
    assert abs(found.accuracy[-1] - found.whole) < 0.01
    assert (np.diff(found.difference) < 0).all(), "the more of them, the closer"


def test_without_dropout_every_network_is_the_whole_one():
    found = learned(0.0)
    assert (found.accuracy == found.whole).all() and (found.difference < 1e-12).all()


# --- timing ------------------------------------------------------------------------------------


class Clock:
    """A clock that functions move on by what they are said to take."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def taking(self, *times: float):
        left = list(times)

        def function(x: np.ndarray) -> np.ndarray:
            assert x.dtype == np.float32 and len(x) == 10
            self.now += left.pop(0) if len(left) > 1 else left[0]
            return x

        return function


def test_the_shortest_time_counts_and_turns_end_with_the_budget():
    clock = Clock()
    functions = {"a": clock.taking(0.2, 0.1, 0.2), "b": clock.taking(0.05)}
    found, turns = activations.time_functions(functions, 10, clock)
    assert found == {"a": pytest.approx(0.1), "b": pytest.approx(0.05)}
    assert turns == 3, "0.25 and 0.4 seconds are over as the next begin, 0.65 would be too many"
    slow = Clock()
    assert activations.time_functions({"a": slow.taking(5.0)}, 10, slow) == ({"a": 5.0}, 1)
    quick = Clock()
    assert (
        activations.time_functions({"a": quick.taking(1e-4)}, 10, quick)[1]
        == activations.TIMED_TURNS
    )
