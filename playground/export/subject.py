"""What is exported: a stored run, with all that its files and its data set tell of it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from playground.analysis.diagnosis import Diagnosis, diagnose, record_of
from playground.analysis.predictions import Predictions
from playground.config import RunConfig
from playground.data import datasets
from playground.errors import UserError
from playground.network import Plan, plan_of
from playground.recipes import RECIPES
from playground.results import EpochMetrics, Execution
from playground.store import SPLITS, Run, RunStore

NAME_DIGITS = 8


class ExportError(UserError):
    """An export that cannot be made; the message is one sentence that says what to do."""


def unreadable(error: OSError) -> ExportError:
    """Return weights that cannot be read, as a sentence."""
    return ExportError(
        f"The weights of this run cannot be read ({error.strerror}): train it again."
    )


@dataclass(frozen=True)
class Subject:
    """A stored run that is exported."""

    run: Run
    epochs: tuple[EpochMetrics, ...]
    arrays: dict[str, np.ndarray]
    """As ``RunStore.arrays`` gives them."""
    weights: Path | None
    """The file of its state_dict, in safetensors' format; None if the run left none. It may
    have 200 MB, so it is read only if it is exported."""
    dataset: datasets.Dataset
    """The data that the run saw."""

    @property
    def config(self) -> RunConfig:
        """The run's config."""
        return self.run.config

    @cached_property
    def split(self) -> datasets.Split:
        """Which images trained, validated and tested."""
        return datasets.split(self.dataset, self.config.data)

    @cached_property
    def plan(self) -> Plan:
        """The layers of its network."""
        return plan_of(self.config, self.dataset)

    @cached_property
    def findings(self) -> list[Diagnosis]:
        """What its figures show."""
        return diagnose(record_of(self.run, self.epochs, self.arrays))

    def predictions(self, split: str) -> Predictions | None:
        """Return what it made of ``validation`` or ``test`` at its end; None if nothing was
        kept."""
        if f"probabilities_{split}" not in self.arrays:
            return None
        labels, shares = (self.arrays[f"{of}_{split}"] for of in ("labels", "probabilities"))
        return Predictions(labels, shares, getattr(self.split, split))

    @property
    def stem(self) -> str:
        """The name of its files without their ending."""
        return stem_of(self.run)


def stem_of(run: Run) -> str:
    """Return the name of a run's files without their ending, such as ``digits_mlp_3f2a91c0``: one
    that Python can import."""
    known = (name for name, recipe in RECIPES.items() if recipe.config == run.config)
    kind = f"{run.config.data.name}-{run.config.architecture.kind}"
    return f"{next(known, kind)}-{run.name[:NAME_DIGITS]}".replace("-", "_")


def subject_of(store: RunStore, name: str, folder: Path) -> Subject:
    """Return the stored run whose name begins so, with the data set in ``folder``, the data folder.

    Raises ExportError, StoreError or datasets.DataError.
    """
    run = store.by_prefix(name)
    if run is None:
        raise ExportError("This run is not stored here: train it, then export it.")
    if not run.is_readable:
        raise ExportError(
            "This run was made by another version of the playground, whose settings are not known "
            "here: train it again."
        )
    if run.is_active:
        raise ExportError("This run is still on: wait until it has ended.")
    dataset = datasets.load(run.config.data, folder).as_seen(run.fingerprint)
    if run.fingerprint and dataset.fingerprint != run.fingerprint:
        raise ExportError(
            "The data set has changed since this run was trained: train it again to export it."
        )
    arrays, weights = store.arrays(run.name), store.weights(run.name)
    return Subject(run, tuple(store.epochs(run.name)), arrays, weights, dataset)


def subject_of_config(
    config: RunConfig, folder: Path, device: str, execution: Execution, versions: dict[str, str]
) -> Subject:
    """Return a config as if its run waited, for the formats that need no result.

    ``device`` and ``execution`` say how it would be computed. Raises datasets.DataError.
    """
    dataset = datasets.load(config.data, folder)
    run = Run(
        name=config.name,
        family=config.family,
        config_json=config.canonical(),
        title="",
        starred=False,
        status="queued",
        message="",
        fingerprint=dataset.fingerprint,
        submitted=0.0,
        started=None,
        ended=None,
        epochs=0,
        best_epoch=None,
        parameters=None,
        seconds=None,
        device=device,
        versions=versions,
        scores=dict.fromkeys(SPLITS),
        mirrored=None,
        limit=None,
        execution=execution,
    )
    return Subject(run, (), {}, None, dataset)
