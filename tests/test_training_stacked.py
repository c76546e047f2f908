"""Several networks trained as one: each comes to what it comes to alone."""

from dataclasses import fields

import numpy as np
import pytest

from playground import training
from playground.config import (
    RunConfig,
    with_settings,
)
from playground.config.activation import ACTIVATIONS
from playground.config.runconfig import KINDS
from playground.results import EpochMetrics, Execution, Result, pack, unpack
from playground.training.stacked_loop import train_stacked

LOSS = 1e-3
"""How far a loss may lie from that of the same network alone, as a share of it: sums are taken in
another order, and training lets a difference in the last digit grow."""
IMAGES = 320


def base(**settings: str) -> RunConfig:
    config, wrong = with_settings(
        {"data.train_images": str(IMAGES), "run.epochs": "4", "run.batch_size": "32"}
        | {name.replace("__", "."): value for name, value in settings.items()}
    )
    assert not wrong
    return config


def alone(config: RunConfig, folder) -> Result:
    return list(training.train(config, folder))[-1]


def stacked(configs, folder, stop=lambda: set()) -> list[Result]:
    found: dict[int, Result] = {}
    epochs: dict[int, list[EpochMetrics]] = {place: [] for place in range(len(configs))}
    for place, item in train_stacked(configs, folder, stop, lambda epochs: None):
        if isinstance(item, Result):
            found[place] = item
        else:
            epochs[place].append(item)
    for place, result in found.items():
        assert tuple(epochs[place]) == result.history
    return [found[place] for place in range(len(configs))]


def assert_close(one: Result, other: Result) -> None:
    assert (one.status, one.epochs, one.parameters) == (
        other.status,
        other.epochs,
        other.parameters,
    )
    assert (one.best_epoch, one.message) == (other.best_epoch, other.message)
    for a, b in zip(one.history, other.history, strict=True):
        for name in (
            *("train_loss", "validation_loss", "learning_rate", "gradient_norm"),
            *("last_batch_loss", "train_penalty", "penalty"),
        ):
            one_value, other_value = getattr(a, name), getattr(b, name)
            if other_value is None:
                assert one_value is None
            else:
                assert one_value == pytest.approx(other_value, rel=LOSS, abs=1e-6), name
        assert a.train_accuracy == pytest.approx(b.train_accuracy, abs=2 / IMAGES)
        assert a.last_batch_accuracy == pytest.approx(b.last_batch_accuracy, abs=0.3)
    for split in other.probabilities:
        scores = one.scores[split]
        assert scores.loss == pytest.approx(other.scores[split].loss, rel=LOSS)
    assert one.labels.keys() == other.labels.keys()
    assert (one.matrices is None) == (other.matrices is None)
    if one.matrices is not None:
        assert one.matrices.shape == other.matrices.shape
    for split, probabilities in one.probabilities.items():
        assert np.abs(probabilities - other.probabilities[split]).max() < 0.01


VARIED = {
    "seed": ({"run__seed": "1"}, {"run__seed": "2"}, {"run__seed": "3"}),
    "full batch": tuple(
        {"run__batch_size": "full", "run__seed": seed, "run__epochs": "20"} for seed in "01"
    ),
    "penalties": (
        {"regularization__l1": "0.001"},
        {"regularization__l2": "0.01"},
        {"regularization__weight_decay": "0.01", "run__seed": "4"},
        {"regularization__gradient_clip": "0.5"},
        {},
    ),
    "smoothing": tuple(
        {"regularization__label_smoothing": "0.1", "run__seed": seed} for seed in "01"
    ),
    "no validation": tuple({"data__validation": "none", "run__seed": seed} for seed in "01"),
    "dropout": tuple(
        {"architecture__dropout": "0.4", "architecture__hidden": "24-12", "run__seed": seed}
        for seed in "017"
    ),
    "batch norm": tuple(
        {"architecture__batch_norm": "true", "data__train_images": "321", "run__seed": seed}
        for seed in "01"
    ),
    "no hidden layer": tuple({"architecture__hidden": "none", "run__seed": seed} for seed in "01"),
    "initial": tuple(
        {
            "architecture__initialization": "kaiming_normal",
            "architecture__bias": "0.1",
            "run__seed": seed,
        }
        for seed in "01"
    ),
    "stopping": (
        {
            "regularization__early_stopping__watch": "validation_loss",
            "regularization__early_stopping__patience": "1",
            "optimizer__learning_rate": "0.05",
            "run__epochs": "30",
        },
        {"run__epochs": "30"},
    ),
}


@pytest.mark.parametrize("varied", VARIED.values(), ids=VARIED)
def test_each_comes_to_what_it_comes_to_alone(varied, tmp_path):
    configs = [base(**settings) for settings in varied]
    for config, result in zip(configs, stacked(configs, tmp_path), strict=True):
        assert_close(result, alone(config, tmp_path))


@pytest.mark.parametrize("name", [n for n, one in KINDS["optimizer"].items() if one.stack_rule])
def test_every_optimizer_with_rates_of_their_own(name, tmp_path):
    usual = KINDS["optimizer"][name]().learning_rate
    numbers = KINDS["optimizer"][name].model_fields.keys() - {"name", "learning_rate"}
    others = {f"optimizer__{number}": "0.5" for number in numbers}
    configs = [
        base(optimizer__name=name),
        base(optimizer__name=name, optimizer__learning_rate=str(usual / 3), run__seed="5"),
        base(optimizer__name=name, regularization__weight_decay="0.01"),
        # At its usual rate Adadelta jumps with these, and each rounding is another network.
        base(optimizer__name=name, optimizer__learning_rate=str(usual / 3), **others),
    ]
    for config, result in zip(configs, stacked(configs, tmp_path), strict=True):
        assert_close(result, alone(config, tmp_path))


@pytest.mark.parametrize("kind", KINDS["schedule"])
def test_every_schedule(kind, tmp_path):
    configs = [
        base(schedule__kind=kind, optimizer__learning_rate=rate) for rate in ("0.01", "0.002")
    ]
    for config, result in zip(configs, stacked(configs, tmp_path), strict=True):
        assert_close(result, alone(config, tmp_path))


STACKED = [name for name, one in ACTIVATIONS.items() if not one.learned]


@pytest.mark.parametrize("activation", STACKED)
def test_every_activation(activation, tmp_path):
    configs = [base(architecture__activation=activation, run__seed=seed) for seed in "01"]
    for config, result in zip(configs, stacked(configs, tmp_path), strict=True):
        assert_close(result, alone(config, tmp_path))


def test_the_same_stack_gives_the_same_bits(tmp_path):
    configs = [base(run__seed=seed, architecture__dropout="0.2") for seed in "012"]
    for one, two in zip(stacked(configs, tmp_path), stacked(configs, tmp_path), strict=True):
        assert one.weights == two.weights and one.scores == two.scores


def test_one_diverges_and_the_others_go_on(tmp_path):
    configs = [
        base(optimizer__name="sgd", data__scaling="raw", optimizer__learning_rate=rate)
        for rate in ("100", "0.001")
    ]
    wild, calm = stacked(configs, tmp_path)
    assert wild.status == "diverged" and wild.scores["test"] is None
    assert_close(calm, alone(configs[1], tmp_path))
    assert alone(configs[0], tmp_path).message == wild.message


def test_one_is_stopped_and_the_others_go_on(tmp_path):
    configs = [base(run__seed=seed) for seed in "01"]
    stopped, other = stacked(configs, tmp_path, stop=lambda: {0})
    assert (stopped.status, stopped.epochs, stopped.message) == (
        "stopped",
        0,
        "Stopped in epoch 1.",
    )
    assert stopped.scores["test"].images == other.scores["test"].images
    assert_close(other, alone(configs[1], tmp_path))


@pytest.mark.parametrize("settings", [{}, {"data__validation": "none"}])
def test_a_result_is_packed_and_unpacked_whole(settings, tmp_path):
    result = alone(base(**settings), tmp_path)
    again = unpack(pack(result))
    for field in fields(Result):
        one, two = getattr(result, field.name), getattr(again, field.name)
        if field.name in ("probabilities", "labels"):
            assert one.keys() == two.keys()
            assert all(np.array_equal(one[split], two[split]) for split in one)
        elif field.name in ("matrices", "units"):
            assert (one is None and two is None) or np.array_equal(one, two)
        else:
            assert one == two, field.name


def test_it_is_told_how_many_were_trained_together(tmp_path):
    (one, _, _) = stacked([base(run__seed=seed) for seed in "012"], tmp_path)
    assert one.execution == Execution(1, fused=True, stacked=3)
