"""The epochs of a run: batches, steps, validation, and when to end."""

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from playground import augmentation, optimization
from playground.architecture import Plan
from playground.config import EarlyStopping, RunConfig
from playground.records import EpochMetrics, Scores, Status
from playground.training.images import Images, evaluate, evaluation_batch, scores_of

STOP_INTERVAL = 0.2
"""Seconds between two looks at the stop signal: asking may cost a round trip to the app."""


def batch_size_of(config: RunConfig, images: int) -> int:
    return images if config.run.batch_size == "full" else min(config.run.batch_size, images)


class Ticker:
    """Reports and asks for a stop no more often than STOP_INTERVAL; a stop once seen stays."""

    def __init__(self, stop: Callable[[], bool], report: Callable[[float], None]) -> None:
        self._stop, self._report, self._next, self.stopped = stop, report, 0.0, False

    def due(self, epochs: float | None = None) -> bool:
        """Whether it was time to look again. ``epochs`` is how many are done, where that is new."""
        now = time.perf_counter()
        if now < self._next or self.stopped:
            return self.stopped
        if epochs is not None:
            self._report(epochs)
        self.stopped = self._stop()
        self._next = time.perf_counter() + STOP_INTERVAL
        return True


class Loop:
    """The epochs of one run, and what they leave behind."""

    def __init__(
        self,
        config: RunConfig,
        model: nn.Module,
        parts: dict[str, Images],
        plan: Plan,
        ticker: Ticker,
    ) -> None:
        self.config, self.model, self.ticker, self.classes = config, model, ticker, plan.classes
        self.evaluation_batch = evaluation_batch(plan)
        self.images, self.validation = parts["train"], parts["validation"]
        count = len(self.images)
        size = batch_size_of(config, count)
        self.starts = range(0, count, size)
        if plan.needs_two_images and count % size == 1:
            self.starts = self.starts[:-1]  # a last batch of one image cannot be normalised
        self.size = size
        self.optimizer = optimization.optimizer_of(
            model, config.optimizer, config.regularization.weight_decay
        )
        self.schedule = optimization.schedule_of(
            self.optimizer, config.schedule, config.run.epochs, len(self.starts)
        )
        self.penalty = optimization.penalty_of(model, config.regularization)
        self.order = torch.Generator().manual_seed(config.run.seed)
        self.patience = Patience(config.regularization.early_stopping)

        self.status: Status = "finished"
        self.message = ""
        self.history: list[EpochMetrics] = []
        self.matrices: list[np.ndarray] = []
        self.best_epoch: int | None = None
        self.seconds = 0.0

    def epochs(self) -> Iterator[EpochMetrics]:
        best_weights: dict[str, torch.Tensor] | None = None
        for epoch in range(1, self.config.run.epochs + 1):
            began = time.perf_counter()
            metrics = self._epoch(epoch)
            self.seconds += time.perf_counter() - began
            if metrics is None:
                break
            self.history.append(metrics)
            if self.patience.gained(metrics):
                self.best_epoch = epoch
                if self.patience.config.keep == "best":
                    best_weights = {k: v.clone() for k, v in self.model.state_dict().items()}
            yield metrics
            if self.patience.over and epoch < self.config.run.epochs:
                self.message = f"Stopped early: no gain since epoch {self.best_epoch}."
                break
        if best_weights is not None and self.status != "diverged":
            self.model.load_state_dict(best_weights)
            self.message = (
                f"{self.message} The weights of epoch {self.best_epoch} were kept.".strip()
            )

    def diverge(self) -> None:
        """The numbers are no longer finite: say so, and what to try."""
        self.status = "diverged"
        self.message = _advice(self.config, len(self.history) + 1)

    def _epoch(self, epoch: int) -> EpochMetrics | None:
        """Train and validate once; None where the run was stopped or diverged within."""
        began = time.perf_counter()
        rate = self.optimizer.param_groups[0]["lr"]
        loss_sum, correct, seen, norm = self._train_once()
        trained = time.perf_counter() - began
        if self.ticker.stopped:
            self.status, self.message = "stopped", f"Stopped in epoch {epoch}."
            return None
        loss = loss_sum / seen
        validation = self._validate(epoch) if math.isfinite(loss) else None
        if self.ticker.stopped:
            self.status, self.message = "stopped", f"Stopped in epoch {epoch}."
            return None
        watched = validation.loss if validation else loss
        if not (math.isfinite(loss) and math.isfinite(watched) and math.isfinite(norm)):
            self.diverge()
            return None
        return EpochMetrics(
            epoch=epoch,
            train_loss=loss,
            train_accuracy=correct / seen,
            validation_loss=validation.loss if validation else None,
            validation_accuracy=validation.accuracy if validation else None,
            learning_rate=rate,
            gradient_norm=norm,
            seconds=time.perf_counter() - began,
            images_per_second=seen / trained,
        )

    def _train_once(self) -> tuple[float, int, int, float]:
        """One pass: summed loss, correct predictions, images seen, last gradient's length."""
        config, images, device = self.config, self.images, self.images.labels.device
        smoothing = config.regularization.label_smoothing
        clip = config.regularization.gradient_clip
        parameters = list(self.model.parameters())
        augment = augmentation.augmenter(config.data)
        # Sums stay on the device: reading a number each step would make a GPU wait.
        loss_sum = torch.zeros((), device=device)
        correct = torch.zeros((), dtype=torch.int64, device=device)
        norm = loss_sum
        seen = 0
        whole = len(self.starts) == 1 and self.size == len(images)
        order = None if whole else torch.randperm(len(images), generator=self.order).to(device)
        self.model.train()
        for start in self.starts:
            done = len(self.history) + seen / len(images)
            if self.ticker.due(done) and (self.ticker.stopped or not torch.isfinite(loss_sum)):
                break
            index = slice(None) if order is None else order[start : start + self.size]
            labels = images.labels[index]
            batch = images.scale(augment(images.pixels[index])) if augment else images.batch(index)
            self.optimizer.zero_grad(set_to_none=True)
            logits = self.model(batch)
            loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
            (loss if self.penalty is None else loss + self.penalty()).backward()
            if clip:
                norm = nn.utils.clip_grad_norm_(parameters, clip)
            elif start == self.starts[-1]:
                norm = nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
            self.optimizer.step()
            if self.schedule:
                self.schedule.step()
            with torch.no_grad():
                plain = F.cross_entropy(logits, labels) if smoothing else loss
                loss_sum += plain.detach() * len(labels)
                correct += (logits.argmax(1) == labels).sum()
            seen += len(labels)
        return loss_sum.item(), int(correct.item()), max(seen, 1), norm.item()

    def _stopped(self) -> bool:
        return self.ticker.due() and self.ticker.stopped

    def _validate(self, epoch: int) -> Scores | None:
        if not len(self.validation):
            return None
        logits = evaluate(self.model, self.validation, self.evaluation_batch, self._stopped)
        if self.ticker.stopped:
            return None
        pairs = self.validation.labels * self.classes + logits.argmax(1)
        matrix = torch.bincount(pairs, minlength=self.classes**2).view(self.classes, self.classes)
        scores = scores_of(logits, self.validation.labels)
        if math.isfinite(scores.loss):
            self.matrices.append(matrix.to(torch.int32).cpu().numpy())
        return scores


class Patience:
    """Early stopping: remembers the best of what it watches and how long ago that was."""

    def __init__(self, config: EarlyStopping) -> None:
        self.config, self._best, self._waited = config, -math.inf, 0

    def gained(self, metrics: EpochMetrics) -> bool:
        """Whether this epoch is the best so far, by more than the least gain."""
        if self.config.watch == "off":
            return False
        value = getattr(metrics, self.config.watch)
        value = value if self.config.watch.endswith("accuracy") else -value
        gain = value > self._best + (self.config.least_gain if math.isfinite(self._best) else 0)
        self._best, self._waited = (value, 0) if gain else (self._best, self._waited + 1)
        return gain

    @property
    def over(self) -> bool:
        return self.config.watch != "off" and self._waited >= self.config.patience


def _advice(config: RunConfig, epoch: int) -> str:
    tips = [f"a smaller learning rate (now {config.optimizer.learning_rate:g})"]
    if config.data.scaling == "raw":
        tips.append("scaled pixels")
    if not config.regularization.gradient_clip:
        tips.append("gradient clipping")
    return (
        f"The loss stopped being a finite number in epoch {epoch}, so the run ended. "
        f"Try {', or '.join(tips)}."
    )
