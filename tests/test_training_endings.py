"""How a run ends: stopped, diverged or early."""

import math
import time

import pytest
import torch

from playground import training
from playground.config import (
    CNN,
    MLP,
    SGD,
    ConvBlock,
    Digits,
    Regularization,
    settings_of,
)
from playground.config import EarlyStopping as Stopping
from playground.training import stopping
from tests.small_runs import NOWHERE, images, network, numbers, small, trained, untrained

LONG = small(epochs=5000, batch=1, data=Digits())


def after(calls: int):
    """A stop that is true from the given call on; it counts them in ``times``."""

    def stop() -> bool:
        stop.times.append(time.perf_counter())
        return len(stop.times) >= calls

    stop.times = []
    return stop


# --- stopped -----------------------------------------------------------------------------------


def test_a_run_stops_within_an_epoch_and_still_has_its_figures():
    stop = after(3)
    began = time.perf_counter()
    result = trained(LONG, stop=stop)
    assert time.perf_counter() - began < 10
    assert result.status == "stopped"
    assert result.message.startswith(f"Stopped in epoch {result.epochs + 1}.")
    assert all(scores.images for scores in result.scores.values())
    assert set(result.probabilities) == {"validation", "test"} and result.weights
    assert len(stop.times) == 3  # once seen it is not asked again
    waits = [b - a for a, b in zip(stop.times, stop.times[1:], strict=False)]
    assert min(waits) >= stopping.STOP_INTERVAL


def test_a_run_stopped_at_the_first_look_has_the_figures_of_its_untrained_network():
    result = trained(LONG, stop=lambda: True)
    assert (result.status, result.message) == ("stopped", "Stopped in epoch 1.")
    assert (result.history, result.epochs, result.matrices) == ((), 0, None)
    with torch.inference_mode():
        share = untrained(LONG)(images(LONG, "test")).softmax(1)
    torch.testing.assert_close(torch.from_numpy(result.probabilities["test"]), share)


@pytest.mark.parametrize("look", range(1, 9))
def test_a_run_may_be_stopped_at_any_look_in_training_or_validation(look, monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    config = small(batch=80, data=Digits(train_images=160))  # two steps, then one validation
    result = trained(config, stop=after(look))
    assert result.status == "stopped" and result.epochs == (look - 1) // 3
    assert (0 if result.matrices is None else len(result.matrices)) == result.epochs
    assert numbers(result) == numbers(trained(config))[: result.epochs]
    assert result.scores["test"].loss > 0


def test_a_run_that_is_not_stopped_asks_and_goes_on():
    stop = after(10**9)
    assert trained(small(), stop=stop).status == "finished"
    assert len(stop.times) >= 1


def test_a_run_reports_how_many_epochs_are_done_within_epochs_too(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    done = []
    list(training.train(small(epochs=2, batch=40), NOWHERE, report=done.append))
    assert done == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]


def test_a_stopped_run_keeps_its_best_weights_where_it_is_asked_to(monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    regularization = Regularization(early_stopping=Stopping(watch="validation_loss"))
    result = trained(small(batch=80, regularization=regularization), stop=after(8))
    assert (result.status, result.epochs, result.best_epoch) == ("stopped", 2, 2)
    assert result.scores["validation"].loss == result.history[1].validation_loss


# --- diverged ----------------------------------------------------------------------------------


def overshooting(**parts):
    usual = {
        "data": Digits(train_images=200, scaling="raw"),
        "architecture": MLP(hidden=(64, 64, 64), activation="none"),
        "optimizer": SGD(learning_rate=100),
    }
    return small(**usual | parts)


def test_a_run_whose_numbers_overflow_ends_and_says_when():
    result = trained(overshooting())
    assert result.status == "diverged"
    assert result.message == (
        f"The loss or its gradient stopped being finite in epoch {result.epochs + 1}, so the run "
        "ended."
    )
    assert set(result.scores.values()) == {None}
    assert result.probabilities == {} and result.labels == {}


def test_a_run_that_diverges_later_keeps_the_epochs_before():
    growing = SGD(learning_rate=0.9)
    config = overshooting(epochs=500, batch="full", optimizer=growing, data=Digits())
    config = config.model_copy(update={"regularization": Regularization(weight_decay=1, l2=1)})
    result = trained(config)
    assert result.status == "diverged" and 0 < result.epochs < 500
    assert f"in epoch {result.epochs + 1}," in result.message
    assert len(result.matrices) == result.epochs


def test_a_run_whose_very_last_step_overflows_is_diverged_too():
    data = Digits(train_images=200, scaling="raw", validation="none")
    deep = MLP(hidden=(64,) * 8, activation="none", initialization="kaiming_normal")
    result = trained(overshooting(epochs=1, batch="full", data=data, architecture=deep))
    assert result.status == "diverged"
    assert set(result.scores.values()) == {None} and result.probabilities == {}


@pytest.mark.parametrize("look", range(1, 6))
def test_a_run_stopped_once_its_numbers_have_overflowed_has_no_such_figures(look, monkeypatch):
    monkeypatch.setattr(stopping, "STOP_INTERVAL", 0.0)
    result = trained(overshooting(), stop=after(look))
    assert result.status in ("stopped", "diverged")
    losses = [scores.loss for scores in result.scores.values() if scores]
    assert all(math.isfinite(loss) for loss in losses)
    assert bool(losses) == (result.status == "stopped")


# --- early stopping ----------------------------------------------------------------------------

WATCHES = [watch for watch in settings_of(Stopping)["watch"].choices if watch != "off"]


def unsteady(stopping: Stopping | None = None, epochs: int = 40):
    """A run whose figures go up and down."""
    return small(
        epochs=epochs,
        batch=8,
        optimizer=SGD(learning_rate=1.0),
        architecture=MLP(hidden=(8,), dropout=0.3),
        regularization=Regularization(early_stopping=stopping or Stopping()),
    )


@pytest.fixture(scope="module")
def whole():
    return trained(unsteady())


def expected_end(history, stopping: Stopping) -> tuple[int, int]:
    """The last epoch and the best one, from the history of the run that does not stop."""
    best, best_epoch = None, 0
    for metrics in history:
        value = getattr(metrics, stopping.watch)
        gain = 0 if best is None else (value - best)
        gain = gain if stopping.watch.endswith("accuracy") else -gain
        if best is None or gain > stopping.least_gain:
            best, best_epoch = value, metrics.epoch
        elif metrics.epoch - best_epoch == stopping.patience:
            return metrics.epoch, best_epoch
    return len(history), best_epoch


@pytest.mark.parametrize("watch", WATCHES)
@pytest.mark.parametrize(("patience", "least_gain"), [(1, 0.0), (3, 0.0), (2, 0.05)])
def test_a_run_ends_when_what_it_watches_has_not_gained_for_the_patience(
    watch, patience, least_gain, whole
):
    stopping = Stopping(watch=watch, patience=patience, least_gain=least_gain)
    result = trained(unsteady(stopping))
    last, best = expected_end(whole.history, stopping)
    assert last < 40
    assert (result.status, result.epochs, result.best_epoch) == ("finished", last, best)
    assert numbers(result) == numbers(whole)[:last]
    assert f"no gain since epoch {best}." in result.message


@pytest.mark.parametrize("watch", WATCHES)
@pytest.mark.parametrize("keep", ["best", "last"])
def test_the_weights_of_the_best_or_of_the_last_epoch_are_kept(watch, keep):
    config = unsteady(Stopping(watch=watch, patience=4, keep=keep))
    result = trained(config)
    assert result.best_epoch < result.epochs
    kept = result.history[(result.best_epoch if keep == "best" else result.epochs) - 1]
    assert result.scores["validation"].loss == kept.validation_loss
    assert result.scores["validation"].accuracy == kept.validation_accuracy
    assert ("were kept" in result.message) == (keep == "best")
    with torch.inference_mode():
        share = network(config, result)(images(config, "validation")).softmax(1)
    torch.testing.assert_close(torch.from_numpy(result.probabilities["validation"]), share)


def test_the_best_weights_are_kept_where_patience_did_not_run_out(whole):
    result = trained(unsteady(Stopping(watch="validation_loss", patience=1000)))
    losses = [metrics.validation_loss for metrics in whole.history]
    assert result.epochs == 40 and result.best_epoch == 1 + losses.index(min(losses))
    assert result.message.startswith(f"The weights of epoch {result.best_epoch} were kept.")
    assert result.scores["validation"].loss == min(losses)


def test_a_gain_that_is_never_enough_ends_the_run_after_the_patience():
    result = trained(unsteady(Stopping(watch="validation_loss", patience=3, least_gain=10)))
    assert (result.epochs, result.best_epoch) == (4, 1)


def test_a_patience_that_runs_out_in_the_last_epoch_is_not_called_early():
    stopping = Stopping(watch="validation_loss", patience=3, least_gain=10, keep="last")
    result = trained(unsteady(stopping, epochs=4))
    assert result.epochs == 4 and "Stopped early" not in result.message


def test_batch_norms_running_figures_are_kept_with_the_best_weights():
    network_of = CNN(blocks=[ConvBlock(channels=(4,), batch_norm="each")], hidden=())
    stopping = Stopping(watch="validation_loss", patience=3, least_gain=10)
    regularization = Regularization(early_stopping=stopping)
    result = trained(small(epochs=9, architecture=network_of, regularization=regularization))
    assert result.best_epoch == 1
    assert result.scores["validation"].loss == result.history[0].validation_loss
