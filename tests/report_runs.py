"""Runs that are really trained, stored and made ready for an export, for tests."""

from pathlib import Path

from playground import training
from playground.config import (
    CNN,
    SGD,
    Adam,
    ConvBlock,
    Digits,
    EarlyStopping,
    Regularization,
    RunConfig,
)
from playground.config import MLP as Dense
from playground.export import Subject, subject_of
from playground.results import Result
from playground.store import RunStore
from tests import small_runs

MLP = small_runs.small(epochs=12)
CONVOLUTIONS = small_runs.small(
    architecture=CNN(blocks=[ConvBlock(channels=(6,), batch_norm="each")], hidden=(12,)), epochs=4
)
EARLY = small_runs.small(
    epochs=40,
    optimizer=Adam(learning_rate=0.03),
    regularization=Regularization(
        early_stopping=EarlyStopping(watch="validation_loss", patience=2)
    ),
)
DIVERGING = small_runs.small(
    epochs=20,
    data=Digits(train_images=200),
    architecture=Dense(hidden=(64,) * 5, activation="none"),
    optimizer=SGD(learning_rate=100),
)


def subject(
    store: RunStore, config: RunConfig, title: str = "", folder: Path = small_runs.NOWHERE
) -> Subject:
    """Train, store and read a run. ``folder`` is the data folder."""
    *_, result = training.train(config, folder, lambda: False)
    assert isinstance(result, Result)
    return stored(store, config, result, title, folder)


def stored(
    store: RunStore,
    config: RunConfig,
    result: Result,
    title: str = "",
    folder: Path = small_runs.NOWHERE,
) -> Subject:
    """A run that came to this result, as its export reads it."""
    store.queue(config, result.fingerprint)
    store.start(config.name)
    store.finish(config.name, result)
    store.rename(config.name, title)
    return read(store, config, folder)


def read(store: RunStore, config: RunConfig, folder: Path = small_runs.NOWHERE) -> Subject:
    """A stored run."""
    return subject_of(store, config.name, folder)
