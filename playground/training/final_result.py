"""What a run comes to: its figures on all splits, measured once it has ended."""

import math
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import save, save_file
from torch import nn

from playground.network import Plan
from playground.network.chunks import evaluation_batch
from playground.results import Execution, Result, Scores
from playground.training.device import device_name, versions
from playground.training.images import Images, evaluate, scores_of
from playground.training.inside.units import units_of
from playground.training.prepared import Prepared
from playground.training.run_progress import RunProgress
from playground.training.stopping import Interrupted, Ticker

MEASURED = ("validation", "test", "train")
"""The splits in the order in which they are measured: the many training images last, as a run that
was stopped has time for some."""


FEWEST, MOST = 100, 1000
"""Images by which a unit is called dead."""
LARGE = 2**20
"""Bytes of weights from which they are left in a file: as bytes, and through a scheduler, 190 MB
took seconds."""


def measure_result(
    made: Prepared,
    progress: RunProgress,
    execution: Execution,
    validated: torch.Tensor | None = None,
    ticker: Ticker | None = None,
    weights: Path | None = None,
    snapshots: bytes = b"",
) -> Result:
    """Measure the trained network; ``validated`` are the validation's logits, if they
    are known.

    If ``ticker`` ends it, the splits that were not measured have no scores. Large weights are
    left in the file ``weights``, if one is named.
    """
    ticker = ticker or Ticker(lambda: False, lambda epochs: None)
    ticker.measure()
    config, model, parts, plan = progress.config, made.model, made.parts, made.plan
    size = evaluation_batch(plan, made.device.type == "cuda")
    scores: dict[str, Scores | None] = {"train": None, "validation": None, "test": None}
    answers: dict[str, torch.Tensor] = {}
    probabilities: dict[str, np.ndarray] = {}
    mirrored = None
    try:
        for name in MEASURED if progress.status != "diverged" else ():
            if images := parts[name]:
                known = validated if name == "validation" else None
                logits = evaluate(model, images, size, ticker.check) if known is None else known
                answers[name] = logits
                scores[name] = scores_of(logits, images.labels)
                if name != "train":
                    probabilities[name] = logits.softmax(1).float().cpu().numpy()
        if config.run.test_time_flip and scores["test"]:
            other = evaluate(model, parts["test"], size, ticker.check, mirrored=True)
            mirrored = scores_of((answers["test"] + other) / 2, parts["test"].labels)
    except Interrupted:
        progress.mark_unmeasured([name for name in scores if len(parts[name]) and not scores[name]])
    units = None
    if progress.status != "diverged":
        passes = 3 * len(parts["train"]) * len(progress.history)  # a step counts as three
        with suppress(Interrupted):  # it was stopped: there is no time for it
            units = _units(model, plan, parts["validation"] or parts["train"], passes // 100)
    if any(score and not math.isfinite(score.loss) for score in scores.values()):
        progress.diverge()  # the last step went too far, or a stop came just after it
        scores, probabilities, mirrored = dict.fromkeys(scores), {}, None
    return Result(
        status=progress.status,
        message=progress.message.strip(),
        epochs=len(progress.history),
        best_epoch=progress.best_epoch,
        scores=scores,
        mirrored=mirrored,
        parameters=plan.parameters,
        seconds=progress.seconds,
        device=device_name(made.device),
        execution=execution,
        versions=versions(),
        fingerprint=made.dataset.fingerprint,
        history=tuple(progress.history),
        probabilities=probabilities,
        labels={name: made.labels[name] for name in probabilities},
        matrices=progress.matrices(parts["validation"].labels),
        snapshots=snapshots,
        units=units,
        **_kept({name: w.cpu().contiguous() for name, w in model.state_dict().items()}, weights),
    )


def _units(model: nn.Sequential, plan: Plan, images: Images, most: int) -> np.ndarray | None:
    """Count the dead units behind each activation (``Result.units``), by some of the images that
    the run watched: ``most`` of them, so that it takes a hundredth of the training or so."""
    some = images.first(min(len(images), max(FEWEST, min(most, MOST))))
    size = evaluation_batch(plan, some.device.type == "cuda")
    model.eval()
    found = units_of(
        model, plan, (some.batch(slice(at, at + size)) for at in range(0, len(some), size))
    )
    rows = [
        (one.place, one.block, len(plan.modules[one.place].output) == 1, one.units, len(one.dead))
        for one in found
    ]
    table = np.array([(*row, len(some)) for row in rows], np.int32)
    return table if rows else None


def _kept(state: dict[str, torch.Tensor], file: Path | None) -> dict[str, Any]:
    """Make the fields of a Result that hold its weights."""
    if file and sum(one.nbytes for one in state.values()) >= LARGE:
        with suppress(OSError, SafetensorError):  # the app tells what is wrong with its disk
            save_file(state, file)
            return {"weights_at": str(file)}
    return {"weights": save(state)}
