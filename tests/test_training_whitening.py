"""The whitened first layer, and test images measured with their mirror images."""

import pytest
import torch
from torch.nn import functional as F

from playground import training
from playground.config import (
    CNN,
    ConvBlock,
    Digits,
    RunConfig,
)
from playground.training import modules
from tests.small_runs import (
    EVERYTHING,
    images,
    network,
    numbers,
    small,
    trained,
)

# --- mirrored test images ----------------------------------------------------------------------


def mirrored(config: RunConfig) -> RunConfig:
    run = config.run.model_copy(update={"test_time_flip": True})
    return config.model_copy(update={"run": run})


@pytest.mark.parametrize("config", [small(), EVERYTHING], ids=["plain", "everything"])
def test_the_mirrored_scores_are_those_of_the_mean_of_both_answers(config):
    result = trained(mirrored(config))
    model, test = network(config, result), images(config, "test")
    labels = torch.from_numpy(result.labels["test"])
    with torch.inference_mode():
        logits = (model(test) + model(test.flip(-1))) / 2
    found = result.mirrored
    assert found.images == len(labels) == result.scores["test"].images
    assert found.loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-4)
    assert found.accuracy == pytest.approx((logits.argmax(1) == labels).double().mean().item())
    assert found != result.scores["test"]


def test_all_else_is_the_same_to_the_bit_with_and_without_mirrored_test_images():
    one, two = trained(EVERYTHING), trained(mirrored(EVERYTHING))
    assert one.mirrored is None and two.mirrored is not None
    assert numbers(one) == numbers(two)
    assert one.scores == two.scores and one.weights == two.weights
    for name in one.probabilities:
        assert one.probabilities[name].tobytes() == two.probabilities[name].tobytes()


# --- the whitened first layer ------------------------------------------------------------------

WHITENED = small(
    data=Digits(train_images=200, scaling="standard", flip=True),
    architecture=CNN(
        whitening=True,
        blocks=[ConvBlock(channels=(4, 5), batch_norm="each", pool_at="after_first")],
        hidden=(),
    ),
)


@pytest.mark.parametrize(("most", "seen"), [(5000, 200), (160, 100), (50, 50)])
def test_the_filters_are_those_of_the_training_images_and_stay(most, seen, monkeypatch):
    monkeypatch.setattr(training.prepared, "WHITENING_IMAGES", most)
    result = trained(WHITENED)
    assert result.status == "finished"
    some = images(WHITENED, "train")[:: max(1, -(-200 // most))]
    assert len(some) == seen, "every second, or every fourth, so that there are no more than most"
    weight = network(WHITENED, result).state_dict()["0.weight"]
    torch.testing.assert_close(weight, modules.whitening_filters(some, 2), rtol=1e-3, atol=1e-4)


def test_a_whitened_network_gives_the_same_numbers_to_the_bit_and_learns():
    one, two = trained(WHITENED), trained(WHITENED)
    assert numbers(one) == numbers(two) and one.weights == two.weights
    losses = [metrics.train_loss for metrics in one.history]
    assert losses[-1] < losses[0]
