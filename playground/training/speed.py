"""How fast this machine trains a network: some real steps of its very run, timed.

It takes torch's random numbers and threads as a run does, so the two must not share a process at
once. It leaves no trace: a run seeds and sets them anew.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

import torch

from playground.config import EarlyStopping, RunConfig
from playground.data import datasets
from playground.errors import UserError
from playground.network import duration, plan_of
from playground.network.chunks import evaluation_batch
from playground.results import EpochMetrics, Speed
from playground.training.device import device_of
from playground.training.execution import threads_for
from playground.training.loop import Loop
from playground.training.prepared import Prepared, prepare
from playground.training.stopping import Ticker

HANDING = 0.1
"""Seconds to hand a run to its worker, and to keep its result: 0.05 to 0.2 on two cores."""
BUDGET = 0.5
"""Seconds for which epochs are timed, if they are short."""
LONGEST_STEP = 0.5
"""Seconds: a step that takes longer is measured with fewer images."""
EPOCH = 0.05
"""Seconds of an epoch that is timed: long beside what a clock and a page disturb."""
FEW = 32
"""Images of the first step, which only tells how large the network is."""
MAX_EPOCHS = 5000
MAX_SECONDS = 3.0
"""Seconds after which a measuring is given up."""
MAX_MEASURED = 10_000_000
"""Of a network that is measured: 50 million take a second to draw, in which no run could begin."""
FIRST_STEP = 0.3
"""Seconds that the first step may take, by the guess."""
SHARE = 0.5
"""What training reaches of the speed of a product of large matrices."""
PER_PARAMETER = 4e-9
"""Seconds of an optimizer's step for each number it adjusts: Adam reads and writes 28 bytes."""


class NoSpeed(UserError):
    """A network whose speed cannot be measured; the message says why."""


def measure(config: RunConfig, folder: Path, stop: Callable[[], bool]) -> Speed | None:
    """Time real epochs of ``config``, over as many of its images as there is time for.

    ``stop`` is asked at most every 0.2 s, within steps too; once it says so there is no answer. A
    network too large to be measured within MAX_SECONDS is guessed.
    Raises NoSpeed, or what training raises before its first epoch.
    """
    began = time.perf_counter()
    estimate, image = _estimate(config, folder)
    few = min(FEW, int(FIRST_STEP / image))
    if few < 2:
        return estimate
    asked = False

    def ends() -> bool:
        nonlocal asked
        asked = asked or stop()
        return asked or time.perf_counter() - began > MAX_SECONDS

    made = prepare(config, folder)
    start = time.perf_counter() - began + HANDING
    probe = _Probe(config, made, Ticker(ends, lambda epochs: None), start)
    found = estimate
    for better in _speeds(config, probe, few):
        found = better
    return None if asked else found


def _estimate(config: RunConfig, folder: Path) -> tuple[Speed, float]:
    """Estimate a speed from multiply-adds and parameters, and the seconds of an image of a first
    step; endless for a network too large to be built."""
    device = device_of(config)
    facts = datasets.facts(config.data, folder)
    plan = plan_of(config, facts)
    images = facts.images_of(config.data)["train"]
    batch = duration.batch_size_of(config, images)
    torch.set_num_threads(threads_for(plan.multiply_adds * batch))
    image = plan.multiply_adds / (SHARE * _multiply_adds_a_second(device))
    once = plan.parameters * PER_PARAMETER
    estimate = Speed(3 * image * batch + once, image, HANDING + 5 * once, estimated=True)
    return estimate, 3 * image if plan.parameters <= MAX_MEASURED else math.inf


def _multiply_adds_a_second(device: torch.device) -> float:
    """Measure a product of large matrices, float32, in multiply-adds a second: takes
    milliseconds."""
    size = 512 if device.type == "cpu" else 4096
    matrix = torch.ones(size, size, device=device)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        (matrix @ matrix)[0, 0].item()  # reading a number waits for a GPU
        times.append(time.perf_counter() - began)
    return size**3 / min(times)


def _speeds(config: RunConfig, probe: "_Probe", few: int) -> Iterator[Speed]:
    """Yield better and better ones, as far as the probe has time."""
    whole = duration.batch_size_of(config, probe.images)
    few = min(whole, few)
    rough = probe.measure(few, steps=1, evaluated=1, budget=0.0)
    if rough is None:
        return
    image = rough.step / few
    yield replace(rough, step=image * whole, evaluation=image / 3)
    batch = whole if whole * image <= LONGEST_STEP else max(few, int(LONGEST_STEP / image))
    steps = max(1, int(EPOCH / (batch * image)))
    evaluated = max(few, int(3 * EPOCH / image))  # an evaluation costs about a third of a step
    found = probe.measure(batch, steps, evaluated, BUDGET)
    if found is None:
        return
    share = found.step / batch
    yield replace(found, step=share * whole)
    if batch == whole:
        return
    # Part of a step costs the same whatever the batch (the optimizer's, most of all), so two sizes
    # tell how the cost grows. Between half and all of it grows in proportion, whatever a disturbed
    # clock says, so the step is off by less than 1.5 even then.
    half = probe.measure(batch // 2, 1, evaluated=1, budget=0.0)
    if half is None:
        return
    slope = min(max((found.step - half.step) / (batch - batch // 2), share / 2), share)
    yield replace(found, step=found.step + slope * (whole - batch))


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
        """Measure the speed with so many images a step: from epochs of at most ``steps`` steps, and
        ``evaluated`` images to validate on; two of them or as many as ``budget`` seconds hold.

        None once a stop was asked for.
        """
        parts, plan = self._made.parts, self._made.plan
        run = self._config.run.model_copy(update={"batch_size": batch, "epochs": MAX_EPOCHS})
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
    """Take the lower quartile: 1 in 4 is faster."""
    return quantiles(values, n=4, method="inclusive")[0] if len(values) > 1 else values[0]
