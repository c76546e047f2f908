"""Exported scripts, executed in this process and set beside the app's own run."""

import math
import types
from contextlib import suppress
from pathlib import Path

import torch

from playground import training
from playground.config import RunConfig
from playground.data import datasets
from playground.data.datasets import Dataset
from playground.export.source import Source
from playground.network import plan_of
from playground.results import Execution, Result
from tests.small_runs import NOWHERE


def source_of(
    config: RunConfig,
    folder: Path = NOWHERE,
    execution: Execution = Execution(1, fused=True),  # noqa: B008 (frozen)
    device: str = "cpu",
) -> Source:
    """Make the source of a config's script, to be computed so."""
    dataset: Dataset = datasets.load(config.data, folder)
    return Source(
        config,
        dataset,
        datasets.split(dataset, config.data),
        plan_of(config, dataset),
        execution,
        device,
    )


def module_of(code: str) -> types.ModuleType:
    """A script as a module; its ``main`` is not called."""
    module = types.ModuleType("exported")
    exec(compile(code, "exported.py", "exec"), vars(module))
    return module


def assert_same(config: RunConfig, folder: Path = NOWHERE) -> Result:
    """Train in the app, execute the exported script, and see that all figures are equal: of every
    epoch, and the final ones of all splits. Gives the app's result."""
    *_, result = training.train(config, folder)
    assert isinstance(result, Result) and result.execution
    # Not laid out, which changes no number and takes ten times as long.
    code = source_of(config, folder, result.execution).rendered()
    executed(module_of(code), result, folder)
    return result


def executed(module: types.ModuleType, result: Result, folder: Path = NOWHERE) -> None:
    """Train with an exported script and compare its figures with the app's, to the last bit."""
    # Not by the scores at the end, which a run that diverged has not got.
    validates = any(epoch.validation_loss is not None for epoch in result.history)
    clipped = "clip_grad_norm_" in module.train_epoch.__code__.co_names
    history, lengths = _watched(module, validates)
    torch.manual_seed(2**30)  # what others drew does not matter
    arguments = [folder] if "folder" in module.main.__annotations__ else []
    found = {}
    with suppress(SystemExit):
        found = module.main(*arguments)
    if result.status == "diverged":
        ended = len(result.history)
        if len(history) > ended and all(math.isfinite(loss) for loss, _ in history[ended]):
            # By the length of the last gradient; if that was clipped, it is 0 now or no number.
            assert not math.isfinite(lengths[ended]) or (clipped and lengths[ended] == 0)
        elif len(history) == ended:  # when it was measured at the end
            assert not all(math.isfinite(loss) for loss, _ in found.values())
        history = history[:ended]
    else:
        expected = {
            name: (scores.loss, scores.accuracy)
            for name, scores in [*result.scores.items(), ("mirrored", result.mirrored)]
            if scores
        }
        assert found == expected
    known = [
        [(one.train_loss, one.train_accuracy), (one.validation_loss, one.validation_accuracy)]
        for one in result.history
    ]
    assert history == [[figures for figures in epoch if figures[0] is not None] for epoch in known]


def _watched(
    module: types.ModuleType, validates: bool
) -> tuple[list[list[tuple[float, float]]], list[float]]:
    """Two lists that fill with each epoch: its figures, the training's and then the validation's,
    and the length of its last gradient."""
    history: list[list[tuple[float, float]]] = []
    lengths: list[float] = []
    one_epoch, figures, within = module.train_epoch, module.figures, []

    def train_epoch(*arguments):
        within.append(True)
        history.append([one_epoch(*arguments)])
        found = [p.grad.flatten() for p in arguments[0].parameters() if p.grad is not None]
        lengths.append(torch.cat(found).norm().item())
        within.clear()
        return history[-1][0]

    def measured(*arguments):
        found = figures(*arguments)
        if validates and not within and history and len(history[-1]) == 1:
            history[-1].append(found)
        return found

    vars(module).update(train_epoch=train_epoch, figures=measured)
    return history, lengths
