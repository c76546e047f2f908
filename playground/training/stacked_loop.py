"""The training loop for several small MLPs at once: what ``train`` does for one, in one stack.

Every network comes to what it comes to alone, up to rounding: its sums are taken in another order.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

import torch
from torch import optim
from torch.nn import functional as F

from playground.config import MLP, RunConfig
from playground.network.chunks import CACHED_VALUES
from playground.network.duration import batch_size_of
from playground.results import EpochMetrics, Result
from playground.training import optimization
from playground.training.device import DeviceError
from playground.training.final_result import measure_result
from playground.training.loop import starts_of
from playground.training.prepared import prepare
from playground.training.run_progress import RunProgress
from playground.training.stack import Stack
from playground.training.stack_rules import rule_of
from playground.training.stopping import STOP_INTERVAL

Stop = Callable[[], set[int]]
"""The places of the configs whose runs are to end."""
Report = Callable[[float], None]


def train_stacked(
    configs: Sequence[RunConfig], folder: Path, stop: Stop, report: Report
) -> Iterator[tuple[int, EpochMetrics | Result]]:
    """Train networks whose configs share their ``stacking.key``, on the CPU.

    Yields (place of the config, EpochMetrics) as ``train`` does for each, and each one's Result
    once its epochs are over. Raises as ``train`` does.
    """
    stack = _StackedLoop(configs, folder, stop, report)
    while stack.active:
        yield from stack.epoch()


class _StackedLoop:
    def __init__(
        self, configs: Sequence[RunConfig], folder: Path, stop: Stop, report: Report
    ) -> None:
        first = configs[0]
        self.configs, self.smoothing = configs, first.regularization.label_smoothing
        self.look = _StopCheck(stop, report)
        self.made = prepare(first, folder)
        if self.made.device.type != "cpu":
            raise DeviceError("Runs are trained together on a CPU only: set the device to cpu.")
        plan = self.made.plan
        assert isinstance(first.architecture, MLP)
        self.stack = Stack(plan, first.architecture, [config.run.seed for config in configs])
        self.progresses = [RunProgress(config, plan.classes) for config in configs]
        self.active = list(range(len(configs)))
        self.best: dict[int, dict[str, torch.Tensor]] = {}
        self.left: dict[int, dict[str, torch.Tensor]] = {}
        """What those had reached that were stopped; the others train on to the epoch's end."""
        self.images, self.validation = self.made.parts["train"], self.made.parts["validation"]
        count = len(self.images)
        self.size = batch_size_of(first, count)
        self.starts = starts_of(plan, count, self.size)
        self.seen = min(count, self.starts[-1] + self.size)
        self.execution = replace(self.made.execution, stacked=len(configs))
        largest = max(prod(layer.output) for layer in plan.layers)
        self.at_once = max(1, CACHED_VALUES // (largest * len(configs)))

        parts = [config.regularization for config in configs]
        self.rule = rule_of([c.optimizer for c in configs], [p.weight_decay for p in parts])
        l1, l2, self.clip = (
            torch.tensor([getattr(part, name) for part in parts]).view(-1, 1)
            for name in ("l1", "l2", "gradient_clip")
        )
        self.pulls = (l1, 2 * l2) if l1.any() or l2.any() else None
        self.penalized = self.stack.penalized(parts[0].penalty_on)
        self.clips = bool(self.clip.any())
        self.orders = [torch.Generator().manual_seed(config.run.seed) for config in configs]
        self.rates = _Rates(configs, len(self.starts))
        self.kept = torch.empty(len(configs), plan.classes, count)
        """The epoch's logits, (networks, classes, images), from the batches as they were met."""

    def epoch(self) -> Iterator[tuple[int, EpochMetrics | Result]]:
        """Train and validate once; the figures of each, and the results of those that ended."""
        began = time.perf_counter()
        rates = self.rates.now.flatten().tolist()
        norms, penalties, labels = self._train_once()
        trained = time.perf_counter() - began
        train = _scores(self.kept[:, :, : self.seen], labels[:, : self.seen])
        some = slice(self.starts[-1], self.seen)
        last = _scores(self.kept[:, :, some], labels[:, some]) if self.starts[-1] else train
        penalties_now = self._penalties().tolist()
        validation = self._validate()
        seconds = time.perf_counter() - began
        sharing = len(self.active)
        for place in self.active.copy():
            progress = self.progresses[place]
            loss, accuracy, norm = train[0][place], train[1][place], norms[place]
            watched = validation[0][place] if validation else None
            if progress.status != "finished":
                pass  # it was stopped
            elif not all(map(math.isfinite, (loss, norm, watched or 0.0))):
                progress.diverge()
            else:
                metrics = EpochMetrics(
                    epoch=progress.epoch,
                    train_loss=loss,
                    train_accuracy=accuracy,
                    validation_loss=watched,
                    validation_accuracy=validation[1][place] if validation else None,
                    learning_rate=rates[place],
                    gradient_norm=norm,
                    seconds=seconds,
                    images_per_second=self.seen / trained,
                    last_batch_loss=last[0][place],
                    last_batch_accuracy=last[1][place],
                    train_penalty=penalties[place],
                    penalty=penalties_now[place],
                )
                if progress.take(metrics, validation[2][place] if validation else None):
                    self.best[place] = self.stack.state(place)
                yield place, metrics
            progress.seconds += seconds / sharing
            if progress.is_over:
                self.active.remove(place)
                yield place, self._result(place)

    def _train_once(self) -> tuple[list[float], list[float], torch.Tensor]:
        """Train one pass: returns the last gradients' lengths and the mean penalties, one a
        network, and the labels (networks, n) in the order in which their images were met."""
        networks, count, weights = len(self.configs), len(self.images), self.stack.weights
        whole = len(self.starts) == 1 and self.size == count
        labels, order = self.images.labels.expand(networks, -1), torch.empty(0)
        if not whole:
            order = torch.stack([torch.randperm(count, generator=one) for one in self.orders])
            labels = self.images.labels[order]
        norms, penalties, steps = torch.zeros(networks), torch.zeros(networks), 0
        for start in self.starts:
            if self.look.due(len(self.progresses[self.active[0]].history) + start / count):
                for place in self.look.stopped & set(self.active):
                    if self.progresses[place].status != "stopped":
                        self.progresses[place].stop()
                        self.left[place] = self.stack.state(place)
                if all(self.progresses[place].status == "stopped" for place in self.active):
                    break
            some = slice(start, min(start + self.size, count))
            if whole:
                batch = self.images.batch(slice(None)).flatten(1)
            else:
                places = order[:, some]
                batch = self.images.batch(places.flatten()).reshape(*places.shape, -1)
            weights.grad = None
            logits = self.stack.logits(batch, training=True)
            losses = F.cross_entropy(
                logits, labels[:, some], reduction="sum", label_smoothing=self.smoothing
            )
            (losses / logits.shape[-1]).backward()
            self.kept[:, :, some] = logits.detach()
            with torch.no_grad():
                if self.pulls:
                    penalties += self._penalties()
                norms = self._update(weights, start == self.starts[-1], norms)
            steps += 1
            self.rates.step()
        return norms.tolist(), (penalties / max(steps, 1)).tolist(), labels

    @torch.no_grad()
    def _penalties(self) -> torch.Tensor:
        """Compute what L1 and L2 add to each network's loss, (networks,)."""
        weights = self.stack.weights
        if not self.pulls:
            return torch.zeros(len(weights))
        l1, l2 = self.pulls[0], self.pulls[1] / 2
        return ((l1 * weights.abs() + l2 * weights.square()) * self.penalized).sum(1)

    def _update(self, weights: torch.Tensor, last: bool, norms: torch.Tensor) -> torch.Tensor:
        """Take one step of all networks; gives the lengths of the gradients if they are
        needed."""
        gradients = weights.grad
        assert gradients is not None
        if self.pulls:
            pull = self.pulls[0] * weights.sign() + self.pulls[1] * weights
            gradients += pull * self.penalized
        if self.clips or last:
            norms = gradients.norm(dim=1)
        if self.clips:
            share = (self.clip / (norms.view(-1, 1) + 1e-6)).clamp(max=1.0)
            gradients *= torch.where(self.clip > 0, share, 1.0)
        self.rule(weights, gradients, self.rates.now)
        return norms

    @torch.inference_mode()
    def _validate(self) -> tuple[list[float], list[float], torch.Tensor] | None:
        """Measure losses and accuracies, one a network, and predicted classes (networks, n)."""
        count = len(self.validation)
        if not count:
            return None
        parts = [
            self.stack.logits(
                self.validation.batch(slice(start, start + self.at_once)).flatten(1), training=False
            )
            for start in range(0, count, self.at_once)
        ]
        logits = torch.cat(parts, 2)
        losses, accuracies = _scores(logits, self.validation.labels.expand(len(logits), -1))
        return losses, accuracies, logits.max(1).indices

    def _result(self, place: int) -> Result:
        progress, model = self.progresses[place], self.stack.models[place]
        best = self.best.pop(place, None) if progress.status != "diverged" else None
        model.load_state_dict(best or self.left.pop(place, None) or self.stack.state(place))
        if best:
            progress.mark_restored()
        return measure_result(replace(self.made, model=model), progress, self.execution)


def _scores(logits: torch.Tensor, labels: torch.Tensor) -> tuple[list[float], list[float]]:
    """Compute losses and accuracies, one a network, of logits (networks, classes, n)."""
    losses = F.cross_entropy(logits, labels, reduction="none").mean(1)
    # Not by argmax, which across rows takes ten times as long as a step of all networks.
    right = logits.gather(1, labels.unsqueeze(1)).squeeze(1) == logits.amax(1)
    return losses.tolist(), right.float().mean(1).tolist()


class _StopCheck:
    """Reports, and asks who is to stop, no more often than STOP_INTERVAL."""

    def __init__(self, stop: Stop, report: Report) -> None:
        self._stop, self._report, self._next = stop, report, 0.0
        self.stopped: set[int] = set()

    def due(self, epochs: float) -> bool:
        """Tell whether it was time to look; ``epochs`` is how many are done."""
        if time.perf_counter() < self._next:
            return False
        self._report(epochs)
        self.stopped |= self._stop()
        self._next = time.perf_counter() + STOP_INTERVAL
        return True


class _Rates:
    """The learning rates of now, (networks, 1), by torch's own schedules."""

    def __init__(self, configs: Sequence[RunConfig], steps_per_epoch: int) -> None:
        self._optimizers = [
            optim.SGD([torch.zeros(1)], config.optimizer.learning_rate) for config in configs
        ]
        schedules = (
            optimization.schedule_of(optimizer, config.schedule, config.run.epochs, steps_per_epoch)
            for optimizer, config in zip(self._optimizers, configs, strict=True)
        )
        self._schedules = [schedule for schedule in schedules if schedule is not None]
        for optimizer in self._optimizers:
            optimizer.step()  # torch warns of a schedule that steps before its optimizer
        self._read()

    def step(self) -> None:
        """Advance the rates after every step of the networks."""
        if self._schedules:
            for schedule in self._schedules:
                schedule.step()
            self._read()

    def _read(self) -> None:
        rates = [optimizer.param_groups[0]["lr"] for optimizer in self._optimizers]
        self.now = torch.tensor(rates, dtype=torch.float32).view(-1, 1)
