"""How fast this machine trains a network: some real steps of its very run, timed.

It takes torch's random numbers and threads as a run does, so the two must not share a process at
once. It leaves no trace: a run seeds and sets them anew.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

from playground import duration
from playground.config import EarlyStopping, RunConfig
from playground.execution import evaluation_batch
from playground.records import EpochMetrics, Speed
from playground.refusal import Refusal
from playground.training.loop import Loop, Ticker
from playground.training.prepared import Prepared, prepare

HANDING = 0.1
"""Seconds to hand a run to its worker, and to keep its result: 0.05 to 0.2 on two cores."""
BUDGET = 0.5
"""Seconds for which epochs are timed, where they are short."""
LONGEST_STEP = 0.5
"""Seconds: a step that takes longer is measured with fewer images."""
EPOCH = 0.05
"""Seconds of an epoch that is timed: long beside what a clock and a page disturb."""
FEW = 32
"""Images of the first step, which only tells how large the network is."""
MOST_EPOCHS = 5000


class NoSpeed(Refusal):
    """A network whose speed cannot be measured; the message says why."""


def measure(config: RunConfig, folder: Path, stop: Callable[[], bool]) -> Speed | None:
    """Time real epochs of ``config``, over as many of its images as there is time for.

    ``stop`` is asked at most every 0.2 s, between steps too; once it says so there is no answer.
    Raises NoSpeed, or what training raises before its first epoch.
    """
    began = time.perf_counter()
    made = prepare(config, folder)
    start = time.perf_counter() - began + HANDING
    probe = _Probe(config, made, Ticker(stop, lambda epochs: None), start)
    whole = duration.batch_size_of(config, probe.images)
    few = min(whole, FEW)
    rough = probe.measure(few, steps=1, evaluated=1, budget=0.0)
    if rough is None:
        return None
    image = rough.step / few
    batch = whole if whole * image <= LONGEST_STEP else max(few, int(LONGEST_STEP / image))
    steps = max(1, int(EPOCH / (batch * image)))
    evaluated = max(FEW, int(3 * EPOCH / image))  # an evaluation costs about a third of a step
    found = probe.measure(batch, steps, evaluated, BUDGET)
    if found is None or batch == whole:
        return found
    # Part of a step costs the same whatever the batch (the optimizer's, most of all), so two sizes
    # tell how the cost grows. Between half and all of it grows in proportion, whatever a disturbed
    # clock says, so the step is off by less than 1.5 even then.
    half = probe.measure(batch // 2, 1, evaluated=1, budget=0.0)
    if half is None:
        return None
    share = found.step / batch
    slope = min(max((found.step - half.step) / (batch - batch // 2), share / 2), share)
    return replace(found, step=found.step + slope * (whole - batch))


class _Probe:
    """Runs epochs of a config over some of its images."""

    def __init__(self, config: RunConfig, made: Prepared, ticker: Ticker, start: float) -> None:
        # So small a rate changes no weight, and the time of a step is the same: no loss can grow
        # until the run would end, and no early stopping ends it.
        self._config = config.model_copy(
            update={
                "optimizer": config.optimizer.model_copy(update={"learning_rate": 1e-12}),
                "regularization": config.regularization.model_copy(
                    update={"early_stopping": EarlyStopping()}
                ),
            }
        )
        self._made, self._ticker, self._start = made, ticker, start
        self.images = len(made.parts["train"])

    def measure(self, batch: int, steps: int, evaluated: int, budget: float) -> Speed | None:
        """The speed with so many images a step: from epochs of at most ``steps`` steps, and
        ``evaluated`` images to validate on; two of them or as many as ``budget`` seconds hold.

        None once a stop was asked for.
        """
        parts, plan = self._made.parts, self._made.plan
        run = self._config.run.model_copy(update={"batch_size": batch, "epochs": MOST_EPOCHS})
        config = self._config.model_copy(update={"run": run})
        validation = parts["validation"] if len(parts["validation"]) else parts["test"]
        some = {
            "train": parts["train"].first(steps * batch),
            "validation": validation.first(
                min(evaluated, evaluation_batch(plan, self._made.device.type == "cuda"))
            ),
        }
        loop = Loop(config, self._made.model, some, plan, self._ticker)
        history: list[EpochMetrics] = []
        end = time.perf_counter() + budget
        for metrics in loop.epochs():
            history.append(metrics)
            if len(history) > 1 and time.perf_counter() >= end:
                break
        if self._ticker.stopped:
            return None
        if not history:
            raise NoSpeed("The loss of this network is not a finite number from the beginning.")
        counts = {name: len(images) for name, images in some.items()}
        # It begins while a page is drawn, which disturbs some of the epochs.
        return duration.speed_of(history, config, plan, counts, self._start, _low)


def _low(values: Sequence[float]) -> float:
    """The lower quartile: 1 in 4 is faster."""
    return quantiles(values, n=4, method="inclusive")[0] if len(values) > 1 else values[0]
