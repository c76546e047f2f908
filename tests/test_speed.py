"""How long a run takes: what is counted, what is added up, and which runs are equally fast."""

import math
import statistics

import numpy as np
import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from playground import training
from playground.config import (
    CNN,
    MLP,
    SGD,
    ConvBlock,
    Cosine,
    Digits,
    EarlyStopping,
    Momentum,
    Regularization,
    Run,
    RunConfig,
    with_settings,
)
from playground.data import datasets
from playground.network import duration, plan_of
from playground.results import EpochMetrics, Speed
from playground.training import modules, speed
from tests.small_runs import NOWHERE, small, trained

_DATA = Digits(train_images=81)
CONFIGS = {
    "an MLP": small(),
    "full batch": small(batch="full"),
    "a last batch of one": small(batch=4, data=Digits(train_images=81, validation="none")),
    "a last batch of one that is left out": small(
        batch=4,
        data=Digits(train_images=81, validation="none"),
        architecture=MLP(hidden=(8,), batch_norm=True),
    ),
    "a batch of one": small(batch=1, data=_DATA),
    "a batch larger than the data": small(batch=500, data=_DATA),
    "watching the test": small(data=Digits(train_images=81, validation="test")),
    "the last ones kept out": small(
        data=Digits(train_images=81, validation="end", validation_fraction=0.33)
    ),
    "a CNN": small(
        data=Digits(train_images=81, flip=True, test_fraction=0.37),
        architecture=CNN(blocks=(ConvBlock(channels=(4,), batch_norm="each"),), hidden=(8,)),
    ),
    "mirror images tested": RunConfig(
        data=_DATA, run=Run(epochs=2, batch_size=32, test_time_flip=True)
    ),
}


def sizes(config):
    facts = datasets.facts(config.data, NOWHERE)
    plan = plan_of(config, facts)
    return plan, facts.images_of(config.data)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_what_is_counted_is_what_a_run_does(config, monkeypatch):
    done = {"steps": 0, "trained": 0, "evaluated": 0}

    def build(*arguments):
        model = original(*arguments)
        model.register_forward_hook(count)
        return model

    def count(_model, inputs, _output):
        done["trained" if torch.is_grad_enabled() else "evaluated"] += len(inputs[0])

    def step(*_arguments):
        done["steps"] += 1

    original = modules.build
    monkeypatch.setattr(modules, "build", build)
    hook = register_optimizer_step_post_hook(step)
    try:
        trained(config)
    finally:
        hook.remove()
    plan, images = sizes(config)
    epochs = config.run.epochs
    assert done == {
        "steps": epochs * math.ceil(duration.steps_of(config, plan, images["train"])),
        "trained": epochs * duration.trained_on(config, plan, images["train"]),
        "evaluated": duration.evaluated_of(config, images),
    }


@pytest.mark.parametrize("validation", ["random", "end", "test", "none"])
@pytest.mark.parametrize("images", ["all", 20, 99])
@pytest.mark.parametrize("fraction", [0.01, 0.15, 0.5])
@pytest.mark.parametrize("source", ["pool", "chosen"])
def test_the_splits_have_the_sizes_that_are_counted(validation, images, fraction, source):
    data = Digits(
        train_images=images,
        validation=validation,
        validation_fraction=fraction,
        validation_from=source,
    )
    split = datasets.split(datasets.load(data, NOWHERE), data)
    counted = datasets.facts(data, NOWHERE).images_of(data)
    assert counted == {name: len(getattr(split, name)) for name in counted}


def test_the_time_is_that_of_all_steps_of_all_evaluations_and_of_the_start():
    config = RunConfig(run=Run(epochs=10, batch_size=32))
    images = {"train": 80, "validation": 20, "test": 50}
    found = duration.seconds(config, sizes(config)[0], images, Speed(0.01, 0.0001, 0.5))
    # 80 images are two batches and a half; the validation's 20 in each epoch, 130 at the end
    assert found == pytest.approx(0.5 + 10 * 2.5 * 0.01 + (10 * 20 + 130) * 0.0001)


def _epoch(seconds: float, images_per_second: float) -> EpochMetrics:
    return EpochMetrics(1, 1.0, 0.5, 1.0, 0.5, 0.1, 1.0, seconds, images_per_second)


def test_epochs_tell_the_speed_without_the_first():
    config = RunConfig(run=Run(batch_size=32))
    images = {"train": 80, "validation": 20}
    # The second one trains for 1 s and evaluates for 0.5 s.
    epochs = [_epoch(9.0, 10), _epoch(1.5, 80), _epoch(1.5, 80), _epoch(7.0, 20)]
    found = duration.speed_of(epochs, config, sizes(config)[0], images, 0.25, statistics.median)
    assert found == Speed(pytest.approx(1 / 2.5), pytest.approx(0.5 / 20), 0.25)


def test_without_validation_images_evaluating_one_is_a_third_of_training_on_it():
    config = RunConfig(run=Run(batch_size=32))
    images = {"train": 80, "validation": 0}
    epochs = [_epoch(1.0, 80)]
    found = duration.speed_of(epochs, config, sizes(config)[0], images, 0.0, statistics.median)
    assert found.evaluation == pytest.approx(1 / 80 / 3)


def bursts(epochs: int, seed: int) -> list[EpochMetrics]:
    """Epochs of about 10 ms, some of which take ten to sixty times as long, the first one too."""
    rng = np.random.default_rng(seed)
    slow = rng.random(epochs) < 0.05
    seconds = rng.uniform(0.009, 0.012, epochs) * np.where(slow, rng.uniform(10, 60, epochs), 1)
    seconds[0] += 0.3
    return [_epoch(time, 80 / (0.8 * time)) for time in seconds.tolist()]


@pytest.mark.parametrize("start", [None, 0.0, 0.2, 9.0])
@pytest.mark.parametrize("between", [0.0, 0.004])
@pytest.mark.parametrize("epochs", [1, 2, 20, 2000])
def test_a_run_of_bursts_tells_just_what_it_took(epochs, between, start):
    config = RunConfig(run=Run(epochs=epochs, batch_size=32))
    plan, images = sizes(config)[0], {"train": 80, "validation": 20, "test": 50}
    history = bursts(epochs, seed=1)
    taken = 0.2 + sum(one.seconds + between for one in history) + 0.01
    found = duration.speed_of_run(history, config, plan, images, taken, start)
    assert duration.seconds(config, plan, images, found) == pytest.approx(taken)
    assert min(found.step, found.evaluation, found.start) >= 0


def test_what_a_run_took_tells_of_one_of_ten_times_as_many_epochs():
    plan, images = sizes(RunConfig())[0], {"train": 80, "validation": 20, "test": 50}

    def taken(history: list[EpochMetrics]) -> float:
        return 0.2 + sum(one.seconds + 0.004 for one in history) + 0.01

    few, many = (RunConfig(run=Run(epochs=n, batch_size=32)) for n in (200, 2000))
    short, long = bursts(200, seed=1), bursts(2000, seed=2)
    found = duration.speed_of_run(short, few, plan, images, taken(short), 0.2)
    assert duration.seconds(many, plan, images, found) == pytest.approx(taken(long), rel=0.3)
    median = duration.speed_of(short, few, plan, images, 0.2, statistics.median)
    assert 2 * duration.seconds(many, plan, images, median) < taken(long), "as it was told before"


def test_a_run_that_stopped_early_tells_of_as_many_epochs_as_it_had():
    plan, images = sizes(RunConfig())[0], {"train": 80, "validation": 20, "test": 50}
    config = RunConfig(run=Run(epochs=1000, batch_size=32))
    history = [_epoch(0.01, 80 / 0.008)] * 100
    found = duration.speed_of_run(history, config, plan, images, 1.2, 0.1)
    assert duration.seconds(config, plan, images, found) == pytest.approx(11.1, rel=0.02)


SAME = [
    {"run.seed": "3"},
    {"run.epochs": "7"},
    {"data.split_seed": "3", "data.label_noise": "0.2"},
    {"optimizer.learning_rate": "0.5", "optimizer.beta1": "0.5"},
    {"architecture.initialization": "xavier_normal", "architecture.bias": "0.0"},
    {"regularization.early_stopping.watch": "train_loss"},
]
OTHER = [
    {"run.batch_size": "16"},
    {"run.device": "cuda"},
    {"data.train_images": "500"},
    {"data.validation_fraction": "0.3"},
    {"data.crop": "2"},
    {"optimizer.name": "sgd"},
    {"schedule.kind": "cosine"},
    {"architecture.hidden": "32-8"},
    {"architecture.dropout": "0.2"},
    {"architecture.activation": "gelu"},
    {"regularization.weight_decay": "0.1"},
    {"regularization.gradient_clip": "1"},
]


@pytest.mark.parametrize("settings", SAME, ids=str)
def test_what_changes_no_speed_shares_one(settings):
    config, problems = with_settings(settings)
    assert problems == [] and config != RunConfig()
    assert duration.shape(config) == duration.shape(RunConfig())


@pytest.mark.parametrize("settings", OTHER, ids=str)
def test_what_changes_the_speed_has_its_own(settings):
    config, problems = with_settings(settings)
    assert problems == []
    assert duration.shape(config) != duration.shape(RunConfig())


def test_how_much_there_is_of_something_changes_no_speed_but_whether_there_is_any():
    def of(momentum: float, decay: float, dropout: float) -> str:
        block = ConvBlock(channels=(4,), dropout=dropout)
        config = RunConfig(
            architecture=CNN(blocks=(block,)),
            optimizer=Momentum(momentum=momentum),
            schedule=Cosine(final=momentum),
            regularization=Regularization(weight_decay=decay),
        )
        return duration.shape(config)

    assert of(0.9, 0.1, 0.5) == of(0.5, 0.001, 0.2)
    assert len({of(0.9, 0.1, 0.5), of(0, 0.1, 0.5), of(0.9, 0, 0.5), of(0.9, 0.1, 0)}) == 4


def test_a_measuring_gives_figures_and_leaves_no_trace():
    config = small(regularization=Regularization(early_stopping=EarlyStopping(watch="train_loss")))
    before = trained(config)
    found = speed.measure(config, NOWHERE, lambda: False)
    assert found is not None
    assert found.step > 0 and found.evaluation >= 0 and found.start > 0
    after = trained(config)
    assert before.weights == after.weights and before.scores == after.scores


def test_a_step_that_would_take_too_long_is_measured_with_fewer_images(monkeypatch):
    monkeypatch.setattr(speed, "LONGEST_STEP", 1e-9)
    loop, batches = speed.Loop, []

    def made(config, *arguments):
        batches.append(config.run.batch_size)
        return loop(config, *arguments)

    monkeypatch.setattr(speed, "Loop", made)
    found = speed.measure(small(batch="full"), NOWHERE, lambda: False)
    assert found is not None and found.step > 0
    assert batches == [32, 32, 16]


def test_a_measuring_that_is_to_stop_gives_nothing():
    assert speed.measure(small(), NOWHERE, lambda: True) is None


def test_a_loss_that_is_not_finite_from_the_first_step_on_is_told(monkeypatch):
    def prepare(*arguments):
        made = training.prepare(*arguments)
        torch.nn.init.constant_(made.model[-1].bias, math.inf)
        return made

    monkeypatch.setattr(speed, "prepare", prepare)
    with pytest.raises(speed.NoSpeed, match="not a finite number"):
        speed.measure(small(), NOWHERE, lambda: False)


def test_the_learning_rate_does_not_end_a_measuring():
    assert speed.measure(small(optimizer=SGD(learning_rate=100.0)), NOWHERE, lambda: False)
