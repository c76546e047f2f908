"""A store of many runs, made without training them."""

from pathlib import Path

from playground.config import RunConfig, with_settings
from playground.data import datasets
from playground.store import RunStore


def fill(store: RunStore, count: int) -> None:
    """Enter ``count`` finished runs of different settings, with figures and without files."""
    fingerprint = datasets.fingerprint(RunConfig().data, Path())
    for number in range(count):
        settings = {
            "run.seed": str(number % 5),
            "run.epochs": str(10 + number // 5),
            "architecture.dropout": str(number % 10 / 10),
            "optimizer.name": ("adam", "sgd", "momentum")[number % 3],
        }
        config, _ = with_settings(settings)
        store.queue(config, fingerprint)
    store.database.write(
        "UPDATE runs SET status = 'finished', started = submitted, ended = submitted + 1, "
        "parameters = 2778, seconds = abs(random() % 1000) / 10.0, device = 'cpu (1 thread)', "
        + ", ".join(
            f"{split}_loss = abs(random() % 1000) / 500.0, "
            f"{split}_accuracy = abs(random() % 1000) / 1000.0, {split}_images = 450"
            for split in ("train", "validation", "test")
        )
        + " WHERE status = 'queued'"
    )
