"""Finished runs without training: predictions drawn at random, on the real images of a split."""

from pathlib import Path

import numpy as np

from playground.analysis.predictions import Predictions
from playground.config import RunConfig
from playground.data import datasets
from playground.results import EpochMetrics, Execution, Result, Scores, Status
from playground.store import RunStore


def finished(
    store: RunStore,
    config: RunConfig,
    data: Path,
    sure: float = 2.0,
    status: Status = "finished",
    limit: float | None = None,
    unmeasured: tuple[str, ...] = (),
    execution: Execution | None = None,
) -> dict[str, Predictions]:
    """Enter a run of these settings that has ended; gives what it predicted, by split.

    ``sure`` is how far the logit of the true class is ahead, beside noise of deviation 1. The
    scores are those of the predictions, the matrix of each epoch is that of the end. ``limit`` are
    the seconds at which it was stopped, as no more was allowed. The splits ``unmeasured`` have no
    figures.
    """
    dataset = datasets.load(config.data, data)
    split = datasets.split(dataset, config.data)
    parts, scores = {}, {"train": None, "validation": None, "test": None}
    rng = np.random.default_rng(int(config.name[:8], 16))
    for name in ("train", "validation", "test"):
        indices = getattr(split, name)
        if not len(indices):
            continue
        labels = np.asarray(dataset.labels[indices])
        logits = rng.normal(size=(len(indices), len(dataset.classes)))
        logits[np.arange(len(indices)), labels] += sure
        odds = np.exp(logits)
        rows = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        part = Predictions(labels, rows, indices)
        loss = float(-np.log(rows[np.arange(len(labels)), labels]).mean())
        scores[name] = Scores(loss, float(1 - part.wrong.mean()), len(labels))
        parts[name] = part
    parts.pop("train")
    matrices = None
    if "validation" in parts:
        matrix = np.zeros((len(dataset.classes),) * 2, np.int32)
        np.add.at(matrix, (parts["validation"].labels, parts["validation"].predicted), 1)
        matrices = np.stack([matrix] * config.run.epochs)
    for name in unmeasured:
        scores[name] = None
        parts.pop(name, None)
    if status == "diverged":  # it is not measured at its end
        parts, scores = {}, dict.fromkeys(scores)

    def validation(epoch: int) -> tuple[float | None, float | None]:
        return (2 / epoch, 0.5) if matrices is not None else (None, None)

    store.queue(config, dataset.fingerprint)
    store.start(config.name)
    result = Result(
        status=status,
        message="",
        epochs=config.run.epochs,
        best_epoch=None,
        scores=scores,
        parameters=1000,
        seconds=1.0,
        device="cpu (1 thread)",
        versions={"torch": "2"},
        execution=execution,
        fingerprint=dataset.fingerprint,
        history=tuple(
            EpochMetrics(e, 2 / e, 0.5, *validation(e), 0.001, 1.0, 0.1, 1000.0)
            for e in range(1, config.run.epochs + 1)
        ),
        probabilities={name: part.probabilities for name, part in parts.items()},
        labels={name: part.labels for name, part in parts.items()},
        matrices=matrices,
        weights=b"weights",
        limit=limit,
    )
    store.finish(config.name, result)
    return parts


def link(*configs: RunConfig) -> dict[str, str]:
    """The part of a link that looks at the runs of these settings, the first on the screen."""
    first, *others = (config.name[:16] for config in configs)
    return {"run": first} | ({"with": ",".join(others)} if others else {})
