"""Steps recorded on CUDA: the same figures as step by step, and the same again."""

from typing import get_args

import pytest
import torch

from playground.config import (
    CNN,
    MLP,
    SGD,
    Adagrad,
    Adam,
    ConvBlock,
    Cosine,
    Digits,
    OneCycle,
    OptimizerConfig,
    Regularization,
    RunConfig,
)
from playground.results import Execution
from playground.training import loop
from tests.small_runs import numbers, small, trained

NETWORK = CNN(
    blocks=(ConvBlock(channels=(8, 8), batch_norm="each", dropout=0.2), ConvBlock(channels=(16,))),
    hidden=(16,),
)
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


class Unrecorded:
    """Stands for a RecordedStep where there is no CUDA."""

    updates = False

    def __init__(self, compute, model, optimizer, index):
        self._compute = compute

    def __call__(self, index):
        return self._compute(index)


def computed(config: RunConfig, execution: Execution, monkeypatch):
    for module in ("prepared", "loop"):
        monkeypatch.setattr(f"playground.training.{module}.execution_of", lambda *about: execution)
    return trained(config)


def on_cuda(config: RunConfig) -> RunConfig:
    return config.model_copy(update={"run": config.run.model_copy(update={"device": "cuda"})})


def some(batch: int | str, **settings) -> RunConfig:
    data = Digits(train_images=160, flip=True)
    return small(**{"data": data, "architecture": NETWORK} | settings, batch=batch, epochs=3)


@pytest.mark.parametrize(
    ("batch", "network"),
    [(50, NETWORK), (32, NETWORK), ("full", NETWORK), (159, MLP(batch_norm=True))],
    ids=["a smaller last batch", "equal ones", "all at once", "one image left out"],
)
def test_logits_kept_by_number_come_to_the_same_figures(batch, network, monkeypatch):
    """Of 160 images, of which batch norm cannot take one alone."""
    monkeypatch.setattr(loop, "RecordedStep", Unrecorded)
    config = some(
        batch,
        architecture=network,
        regularization=Regularization(l2=0.001, label_smoothing=0.1),
    )
    plain = computed(config, Execution(1), monkeypatch)
    other = computed(config, Execution(1, recorded=True), monkeypatch)
    assert other.execution == Execution(1, recorded=True)
    for a, b in zip(plain.history, other.history, strict=True):
        assert b.train_loss == pytest.approx(a.train_loss, rel=1e-5)
        assert b.train_accuracy == a.train_accuracy
        assert b.validation_loss == pytest.approx(a.validation_loss, rel=1e-5)


OPTIMIZERS = [
    *(kind() for kind in get_args(get_args(OptimizerConfig)[0])),
    Adagrad(initial_accumulator=0.3),
]


@needs_cuda
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda one: one.name)
@pytest.mark.parametrize("batch", [50, "full"])
def test_recorded_steps_come_to_the_figures_of_single_ones(optimizer, batch, monkeypatch):
    clip = 1.0 if batch == 50 else 0.0
    regularization = Regularization(weight_decay=0.001, l2=0.001, gradient_clip=clip)
    config = on_cuda(
        some(batch, optimizer=optimizer, schedule=Cosine(), regularization=regularization)
    )
    plain = computed(config, Execution(0, fused=True), monkeypatch)
    recorded = computed(config, Execution(0, fused=True, recorded=True), monkeypatch)
    for a, b in zip(plain.history, recorded.history, strict=True):
        assert b.train_loss == pytest.approx(a.train_loss, rel=1e-4)
        assert b.validation_loss == pytest.approx(a.validation_loss, rel=1e-4)
        assert b.gradient_norm == pytest.approx(a.gradient_norm, rel=1e-3)
        assert b.learning_rate == a.learning_rate


@needs_cuda
@pytest.mark.parametrize("architecture", [MLP(), NETWORK], ids=["mlp", "cnn"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_same_config_gives_the_same_numbers(architecture, precision, monkeypatch):
    config = on_cuda(
        small(architecture=architecture, batch=32, optimizer=Adam(), schedule=OneCycle())
    )
    way = Execution(0, precision, channels_last=precision == "bfloat16", fused=True, recorded=True)
    first, second = (numbers(computed(config, way, monkeypatch)) for _ in range(2))
    assert first == second


@needs_cuda
def test_a_run_on_cuda_says_how_it_was_computed():
    result = trained(on_cuda(small(optimizer=SGD())))
    assert result.execution == Execution(0, fused=True, recorded=True)
