"""What a run yields and what its numbers mean; see also test_training_*.py."""

import dataclasses

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from torch.nn import functional as F

from playground.config import (
    MLP,
    SGD,
    Adam,
    Digits,
    OwnImages,
    Regularization,
    Step,
    settings_of,
)
from playground.data import datasets
from tests import own_images
from tests.small_runs import (
    EVERYTHING,
    NOWHERE,
    images,
    network,
    numbers,
    small,
    trained,
    untrained,
)

# --- the same numbers --------------------------------------------------------------------------


@pytest.mark.parametrize("config", [small(), EVERYTHING], ids=["plain", "everything"])
def test_the_same_config_gives_the_same_numbers_to_the_bit(config):
    one = trained(config)
    torch.rand(7)
    torch.manual_seed(123)  # what others draw does not matter
    two = trained(config)
    assert numbers(one) == numbers(two)
    assert one.scores == two.scores and one.weights == two.weights
    assert one.probabilities.keys() == two.probabilities.keys() == {"validation", "test"}
    for name in one.probabilities:
        assert one.probabilities[name].tobytes() == two.probabilities[name].tobytes()
    assert np.array_equal(one.matrices, two.matrices)


def test_another_seed_gives_other_numbers_on_the_same_images():
    one, other = trained(small(seed=0)), trained(small(seed=1))
    assert numbers(one) != numbers(other) and one.weights != other.weights
    assert all(np.array_equal(one.labels[name], other.labels[name]) for name in one.labels)


def test_another_split_seed_gives_other_images():
    other = small(data=Digits(train_images=200, split_seed=1))
    assert not np.array_equal(trained(small()).labels["test"], trained(other).labels["test"])


# --- what the figures are ----------------------------------------------------------------------


def test_the_final_scores_are_those_of_scikit_learn():
    config = small(epochs=5)
    result = trained(config)
    dataset = datasets.load(config.data, NOWHERE)
    split = datasets.split(dataset, config.data)
    for name in ("validation", "test"):
        truth, share = result.labels[name], result.probabilities[name]
        assert share.dtype == np.float32 and truth.dtype == np.int64
        assert np.array_equal(truth, dataset.labels[getattr(split, name)])
        assert share.sum(1) == pytest.approx(np.ones(len(truth)), abs=1e-5)
        scores = result.scores[name]
        assert scores.images == len(truth) == len(share)
        assert scores.accuracy == pytest.approx(accuracy_score(truth, share.argmax(1)))
        double = share.astype(np.float64)
        double /= double.sum(1, keepdims=True)
        assert scores.loss == pytest.approx(log_loss(truth, double, labels=range(10)), rel=1e-4)


def test_the_weights_give_the_probabilities_and_the_training_scores_again():
    result = trained(EVERYTHING)
    model = network(EVERYTHING, result)
    for name in ("validation", "test"):
        with torch.inference_mode():
            share = model(images(EVERYTHING, name)).softmax(1).numpy()
        np.testing.assert_allclose(share, result.probabilities[name], atol=1e-5)
    split = datasets.split(datasets.load(EVERYTHING.data, NOWHERE), EVERYTHING.data)
    labels = torch.from_numpy(split.train_labels)
    with torch.inference_mode():
        logits = model(images(EVERYTHING, "train"))
    train = result.scores["train"]
    assert train.loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-4)
    assert train.accuracy == pytest.approx((logits.argmax(1) == labels).float().mean().item())


def test_there_is_a_confusion_matrix_for_each_epoch_and_it_agrees_with_the_history():
    result = trained(small(epochs=4))
    count = len(result.labels["validation"])
    assert result.matrices.shape == (4, 10, 10) and result.matrices.dtype == np.int32
    for matrix, metrics in zip(result.matrices, result.history, strict=True):
        assert matrix.sum() == count
        assert matrix.trace() / count == pytest.approx(metrics.validation_accuracy)
        assert np.array_equal(matrix.sum(1), np.bincount(result.labels["validation"], minlength=10))
    predicted = result.probabilities["validation"].argmax(1)
    last = confusion_matrix(result.labels["validation"], predicted, labels=range(10))
    assert np.array_equal(result.matrices[-1], last)


def test_the_last_epochs_validation_figures_are_the_final_ones():
    result = trained(small())
    last, scores = result.history[-1], result.scores["validation"]
    assert (last.validation_loss, last.validation_accuracy) == (scores.loss, scores.accuracy)


def test_a_run_without_validation_images_has_no_validation_figures():
    result = trained(small(data=Digits(train_images=200, validation="none")))
    assert result.scores["validation"] is None and result.scores["train"].images == 200
    assert {(m.validation_loss, m.validation_accuracy) for m in result.history} == {(None, None)}
    assert set(result.probabilities) == set(result.labels) == {"test"}
    assert result.matrices is None


def test_the_test_images_may_validate():
    result = trained(small(data=Digits(train_images=200, validation="test")))
    assert result.scores["validation"] == result.scores["test"]
    assert result.scores["train"].images == 200
    assert np.array_equal(result.probabilities["validation"], result.probabilities["test"])


def test_a_result_says_what_it_was_made_with():
    result = trained(small())
    assert (result.status, result.message, result.best_epoch) == ("finished", "", None)
    assert result.parameters == (64 + 1) * 16 + (16 + 1) * 10
    assert result.device.startswith("cpu (")
    assert set(result.versions) >= {"python", "torch", "numpy", "scikit-learn"}
    assert result.fingerprint == datasets.fingerprint(Digits(), NOWHERE)
    assert result.seconds > 0
    assert all(m.seconds > 0 and m.images_per_second > 0 for m in result.history)
    assert all(m.gradient_norm > 0 for m in result.history)


def test_each_epoch_tells_the_learning_rate_it_began_with():
    config = small(optimizer=SGD(learning_rate=0.1), schedule=Step(every=1, factor=0.5))
    assert [m.learning_rate for m in trained(config).history] == [0.1, 0.05, 0.025]


# --- one step by hand --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"label_smoothing": 0.3},
        {"gradient_clip": 0.05},
        {"l1": 0.01},
        {"l2": 0.02},
        {"weight_decay": 0.1},
        {"label_smoothing": 0.3, "gradient_clip": 0.05, "l1": 0.01, "l2": 0.02},
    ],
    ids="-".join,
)
def test_a_full_batch_epoch_is_one_step_by_hand(fields):
    rate = 0.5
    regularization = Regularization(**fields)
    config = small(
        epochs=1, batch="full", optimizer=SGD(learning_rate=rate), regularization=regularization
    )
    result = trained(config)

    model = untrained(config)
    split = datasets.split(datasets.load(config.data, NOWHERE), config.data)
    labels = torch.from_numpy(split.train_labels)
    logits = model(images(config, "train"))
    weights = [p for name, p in model.named_parameters() if name.endswith("weight")]
    loss = F.cross_entropy(logits, labels, label_smoothing=regularization.label_smoothing)
    loss = loss + regularization.l1 * sum(w.abs().sum() for w in weights)
    loss = loss + regularization.l2 * sum((w**2).sum() for w in weights)
    loss.backward()
    length = sum((p.grad**2).sum() for p in model.parameters()).sqrt().item()
    shorter = min(1, (regularization.gradient_clip or length) / length)
    after = network(config, result).state_dict()
    for name, p in model.named_parameters():
        step = rate * (shorter * p.grad + regularization.weight_decay * p.detach())
        torch.testing.assert_close(after[name], p.detach() - step, rtol=1e-4, atol=1e-6)

    (metrics,) = result.history
    plain = F.cross_entropy(logits, labels).item()  # whatever is added to it to train on
    assert metrics.train_loss == pytest.approx(plain, rel=1e-5)
    assert metrics.train_accuracy == (logits.argmax(1) == labels).double().mean().item()
    assert metrics.gradient_norm == pytest.approx(length, rel=1e-4)  # before it is clipped


# --- settings of the data ----------------------------------------------------------------------


@pytest.mark.parametrize("scaling", settings_of(Digits)["scaling"].choices)
@pytest.mark.parametrize("kind", ["digits", "npz"])
def test_every_scaling_is_what_the_network_sees(scaling, kind, tmp_path):
    folder, shape, classes = NOWHERE, (1, 8, 8), 10
    data = Digits(train_images=200, scaling=scaling)
    if kind == "npz":
        folder, shape, classes = tmp_path, (3, 9, 10), 3
        pixels = own_images.IMAGES // np.array([1, 2, 5], np.uint8)
        own_images.save(tmp_path, x_train=pixels)
        data = OwnImages(file="mine.npz", scaling=scaling)
    config = small(data=data, architecture=MLP(hidden=(16,), activation="tanh"))
    result = trained(config, folder)
    assert result.status == "finished"
    with torch.inference_mode():
        share = network(config, result, shape, classes)(images(config, "test", folder)).softmax(1)
    np.testing.assert_allclose(share, result.probabilities["test"], atol=1e-4)


def test_wrong_labels_are_learnt_and_cost_accuracy_on_the_true_ones():
    accuracy = {}
    for noise in (0.0, 0.6):
        data = Digits(train_images=600, label_noise=noise)
        config = small(epochs=30, data=data, optimizer=Adam(learning_rate=0.01))
        result = trained(config)
        dataset = datasets.load(config.data, NOWHERE)
        split = datasets.split(dataset, config.data)
        with torch.inference_mode():
            predicted = network(config, result)(images(config, "train")).argmax(1).numpy()
        accuracy[noise] = accuracy_score(dataset.labels[split.train], predicted)
        given = accuracy_score(split.train_labels, predicted)
        assert result.scores["train"].accuracy == pytest.approx(given)
        assert np.array_equal(result.labels["test"], dataset.labels[split.test])
    assert accuracy[0.0] > 0.95 > accuracy[0.6] + 0.1


def test_a_result_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        trained(small(epochs=1)).status = "failed"


# --- the last batch, and the penalties ---------------------------------------------------------


def test_the_last_batch_is_what_the_batch_size_leaves_over_and_its_figures_are_its_own():
    result = trained(small(batch=64, epochs=2))  # of 160: 64, 64 and 32
    whole = trained(small(batch="full", epochs=2))
    for epoch in result.history:
        right = epoch.last_batch_accuracy * 32
        assert right == pytest.approx(round(right)) and 0 <= right <= 32
        assert epoch.last_batch_loss != epoch.train_loss
    for epoch in whole.history:
        assert (epoch.last_batch_loss, epoch.last_batch_accuracy) == (
            epoch.train_loss,
            epoch.train_accuracy,
        ), "where all images are one batch, it is the last"


def test_penalties_are_told_beside_losses_that_are_without_them():
    part = Regularization(l1=0.01, l2=0.02)
    config = small(batch="full", epochs=2, regularization=part)
    result, plain = trained(config), trained(small(batch="full", epochs=2))
    model = network(config, result)
    weights = [m.weight for m in model if isinstance(m, torch.nn.Linear)]
    by_hand = sum(0.01 * w.abs().sum() + 0.02 * (w**2).sum() for w in weights).item()
    first, last = result.history
    assert last.penalty == pytest.approx(by_hand, rel=1e-5)
    assert last.train_penalty == pytest.approx(first.penalty, rel=1e-5), "as the step began"
    assert first.train_loss == pytest.approx(plain.history[0].train_loss, rel=1e-6)
    assert plain.history[0].penalty == plain.history[0].train_penalty == 0.0
