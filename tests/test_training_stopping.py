"""Stopping within a step and while a network is measured; layers computed in parts."""

import math
import time

import pytest
import torch

from playground import training
from playground.config import CNN, MLP, ConvBlock, Digits, EarlyStopping, Regularization, Run
from playground.network import Layer, lay_out
from playground.network.chunks import LayerParts, parts_of
from playground.results import Result
from playground.training import loop, modules, stopping
from playground.training.execution import LAYER_WORK
from playground.training.images import evaluate
from tests.small_runs import NOWHERE, numbers, small, trained, untrained

DEEP = CNN(blocks=(ConvBlock(channels=(256,) * 8, pool="none"),), hidden=())
"""On a full batch of the digits a step is 360 billion multiply-adds forward: half a minute."""


def looks(at: int):
    """A stop that is true from the given look on."""
    seen = []

    def stop() -> bool:
        seen.append(True)
        return len(seen) >= at

    return stop


@pytest.mark.parametrize("norm", ["none", "each"])
def test_a_run_is_stopped_within_a_step(monkeypatch, norm):
    monkeypatch.setattr(stopping, "GRACE", 0.0)  # a quick machine measures validation in 0.8 s
    block = ConvBlock(channels=(256,) * 8, pool="none", batch_norm=norm)
    config = small(
        epochs=5, batch="full", data=Digits(), architecture=CNN(blocks=(block,), hidden=())
    )
    ended = []

    def stop() -> bool:
        ended.append(time.perf_counter())
        return len(ended) >= 3

    result = trained(config, stop=stop)
    assert time.perf_counter() - ended[-1] < 20, "a step takes minutes on a busy core"
    assert (result.status, result.epochs) == ("stopped", 0)
    assert result.scores == {"train": None, "validation": None, "test": None}
    assert result.probabilities == {} and result.weights
    assert result.message == (
        "Stopped in epoch 1. There was no time to measure the training, validation and test images."
    )


def test_a_run_is_stopped_within_the_gradient_of_a_step(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    monkeypatch.setattr(loop, "LONG_STEP", 0)
    config = small(batch="full", architecture=MLP(hidden=(8, 8)))
    # Looks of the first step: one before it, three forwards, then the gradients of three layers.
    result = trained(config, stop=looks(6))
    assert (result.status, result.epochs) == ("stopped", 0)
    for name, value in untrained(config).state_dict().items():
        torch.testing.assert_close(weights_of(result)[name], value)
    assert trained(config, stop=looks(8)).epochs == 0, "within the validation of the first epoch"
    went_on = weights_of(trained(config, stop=looks(8)))
    assert any((went_on[name] != weights_of(result)[name]).any() for name in went_on)


def weights_of(result: Result) -> dict[str, torch.Tensor]:
    import safetensors.torch

    return safetensors.torch.load(result.weights)


def test_a_stop_is_seen_while_a_network_is_measured_and_what_was_measured_stays(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    monkeypatch.setattr(stopping, "GRACE", 0.0)
    config = small(epochs=1, batch="full", data=Digits(train_images=100))
    # A look before the step, one before the validation; then one before each split but that.
    whole = trained(config)
    one, other = (trained(config, stop=looks(look)) for look in (3, 4))
    assert one.status == other.status == "stopped" and one.epochs == other.epochs == 1
    assert one.message.endswith("There was no time to measure the training and test images.")
    assert (
        other.message == "Stopped after epoch 1. There was no time to measure the training images."
    )
    assert one.scores == {**dict.fromkeys(whole.scores), "validation": whole.scores["validation"]}
    assert other.scores == {**whole.scores, "train": None}
    assert set(one.probabilities) == {"validation"}
    assert set(other.probabilities) == {"validation", "test"}


def test_what_was_kept_is_told_of_a_run_that_was_stopped_while_it_was_measured(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    monkeypatch.setattr(stopping, "GRACE", 0.0)
    best = Regularization(early_stopping=EarlyStopping(watch="validation_loss", keep="best"))
    config = small(epochs=1, batch="full", regularization=best)
    assert trained(config, stop=looks(4)).message == (
        "Stopped after epoch 1. The weights of epoch 1 were kept. "
        "There was no time to measure the training images."
    )


def test_mirrored_test_images_may_be_what_was_not_measured(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    monkeypatch.setattr(stopping, "GRACE", 0.0)
    run = Run(epochs=1, batch_size="full", device="cpu", test_time_flip=True)
    config = small(data=Digits(train_images=100)).model_copy(update={"run": run})
    result = trained(config, stop=looks(5))
    assert all(result.scores.values()) and result.mirrored is None
    assert result.message.endswith("There was no time to measure the mirrored test images.")


def test_a_run_that_is_measured_in_time_after_a_stop_misses_nothing():
    result = trained(small(epochs=5000, batch=4), stop=looks(2))
    assert result.status == "stopped" and all(result.scores.values())
    assert "no time" not in result.message


def test_a_stopped_run_has_the_network_and_the_validation_of_its_last_whole_epoch(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    monkeypatch.setattr(stopping, "GRACE", 0.0)
    monkeypatch.setattr(loop, "LONG_EPOCH", 0.0)
    config = small(epochs=3, batch=80)  # two steps, then one validation
    for look in (4, 5, 6):  # in the second epoch
        result = trained(config, stop=looks(look))
        assert result.message.startswith("Stopped in epoch 2. The weights are those after epoch 1.")
        assert result.scores["validation"].loss == result.history[0].validation_loss
        assert result.scores["test"] is None and set(result.probabilities) == {"validation"}
        assert numbers(result) == numbers(trained(config))[:1]
    assert trained(config, stop=looks(2)).scores["validation"] is None


def test_a_run_whose_last_epoch_was_short_does_not_go_back_to_an_earlier_one(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    monkeypatch.setattr(loop, "LONG_EPOCH", 0.0)
    config = small(epochs=4, batch=80)  # each epoch has two steps and one validation
    ended = []

    def stop() -> bool:
        ended.append(True)
        if len(ended) == 5:  # the second epoch is on, and is a short one
            monkeypatch.setattr(loop, "LONG_EPOCH", math.inf)
        return len(ended) >= 8

    result = trained(config, stop=stop)
    assert (result.epochs, result.message) == (2, "Stopped in epoch 3.")


def test_a_stopped_run_that_keeps_its_best_weights_says_only_that(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    monkeypatch.setattr(loop, "LONG_EPOCH", 0.0)
    early = Regularization(early_stopping=EarlyStopping(watch="validation_loss", keep="best"))
    result = trained(small(epochs=4, batch=80, regularization=early), stop=looks(5))
    assert result.message == "Stopped in epoch 2. The weights of epoch 1 were kept."
    assert result.scores["validation"].loss == result.history[0].validation_loss


# --- layers in parts ---------------------------------------------------------------------------

NETWORKS = {
    "dense": MLP(hidden=(16, 8), activation="none"),
    "convolutions": CNN(blocks=(ConvBlock(channels=(6, 9), kernel=4),), hidden=(5,)),
    "without padding": CNN(blocks=(ConvBlock(channels=(6, 9), padding="none"),), hidden=()),
    "whitened": CNN(whitening=True, blocks=(ConvBlock(channels=(3,)),), hidden=(5,)),
}


@pytest.mark.parametrize("most", [1, 700, 20_000, 10**9])
@pytest.mark.parametrize("name", NETWORKS)
def test_layers_in_parts_come_to_the_same_and_look_before_each(name, most):
    config = small(architecture=NETWORKS[name])
    model, images = untrained(config).double(), torch.rand(7, 1, 8, 8, dtype=torch.float64)
    plan = lay_out(config.architecture, (1, 8, 8), 10)
    named = list(model.state_dict())
    expected = model(images)
    expected.square().sum().backward()
    gradients = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    looked = []
    stopping.make_interruptible(model, plan, most, lambda: looked.append(True))
    found = model(images)
    torch.testing.assert_close(found, expected)
    forwards = len(looked)
    found.square().sum().backward()
    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)
    parts = [(layer, parts_of(layer, most)) for layer in plan.layers if layer.weights]
    counted = sum(-(-7 // part.images) * channels(layer, part) for layer, part in parts)
    assert forwards == counted
    fixed = sum(layer.kind == "whitening" for layer, _ in parts)  # nothing to learn in it
    assert len(looked) == 2 * counted - fixed * -(-7 // parts[0][1].images)
    assert list(model.state_dict()) == named


def channels(layer: Layer, part: LayerParts) -> int:
    return -(-layer.output[0] // part.channels) if part.channels else 1


def test_no_part_of_a_layer_does_more_than_is_allowed():
    largest = CNN(blocks=(ConvBlock(channels=(8, 840, 840), kernel=7, pool="none"),), hidden=())
    for network, shape in (
        (largest, (3, 32, 32)),
        (DEEP, (1, 8, 8)),
        (MLP(hidden=(6900,) * 2), (1, 8, 8)),
    ):
        for layer in lay_out(network, shape, 10).layers:
            if not layer.weights:
                continue
            part = parts_of(layer, LAYER_WORK)
            share = part.channels / layer.output[0] if part.channels else 1
            pixels = layer.output[1] * layer.output[2] if len(layer.output) == 3 else 1
            assert part.images * layer.weights * pixels * share <= LAYER_WORK


def test_a_small_network_is_left_as_it_is():
    assert stopping.LONG_STEP > 0
    config = small()
    made = training.prepare(config, NOWHERE)
    loop.Loop(config, made.model, made.parts, made.plan, stopping.Ticker(lambda: False, print))
    assert all("forward" not in vars(module) for module in made.model)
    assert evaluate(made.model, made.parts["test"], 100).shape == (450, 10)
    assert isinstance(modules.build(made.plan, config.architecture), torch.nn.Sequential)
