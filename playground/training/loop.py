"""The epochs of a run: batches, steps, validation, and when to end."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from playground.config import RunConfig
from playground.network import Plan
from playground.network.chunks import evaluation_batch
from playground.network.duration import batch_size_of
from playground.results import EpochMetrics
from playground.training import augmentation, optimization
from playground.training.cuda_graph import RecordedStep, StepFigures
from playground.training.execution import execution_of, steps_of
from playground.training.images import (
    Images,
    cross_entropy,
    evaluate,
    scores_of,
)
from playground.training.run_progress import RunProgress
from playground.training.snapshots import Snapshots
from playground.training.stopping import LONG_STEP, Interrupted, Ticker, make_interruptible

LONG_EPOCH = 0.2
"""Seconds of an epoch from which the network is kept as it was after it, so that a run that is
stopped in the next one has a network whose validation is known. Copying 50 million weights takes
0.1 s; shorter epochs are measured as soon as they are stopped."""


def starts_of(plan: Plan, images: int, size: int) -> range:
    """Return where the batches of an epoch begin."""
    starts = range(0, images, size)
    # A last batch of one image cannot be normalised.
    return starts[:-1] if plan.needs_two_images and images % size == 1 else starts


@dataclass(frozen=True)
class TrainingPass:
    """The figures of one pass over the training images, as EpochMetrics has them."""

    loss: float
    accuracy: float
    gradient_norm: float
    last_batch_loss: float
    last_batch_accuracy: float
    penalty: float
    images: int
    """How many were trained on: fewer than all if the run diverged within."""


class Loop:
    """The epochs of one run, and what they leave behind."""

    def __init__(
        self,
        config: RunConfig,
        model: nn.Sequential,
        parts: dict[str, Images],
        plan: Plan,
        ticker: Ticker,
    ) -> None:
        self.config, self.model, self.ticker, self.classes = config, model, ticker, plan.classes
        self.images, self.validation = parts["train"], parts["validation"]
        count, device = len(self.images), self.images.device
        self.evaluation_batch = evaluation_batch(plan, device.type == "cuda")
        size = batch_size_of(config, count)
        self.starts, self.size = starts_of(plan, count, size), size
        self.execution = execution_of(plan, size, device)
        at_once = max(self.execution.piece or size, self.evaluation_batch)
        long = device.type != "cuda" and plan.multiply_adds * at_once >= LONG_STEP
        if long or self.execution.most:
            make_interruptible(model, plan, self.execution.most, ticker.check)
        self.parameters = list(model.parameters())
        self.smoothing = config.regularization.label_smoothing
        self.has_modes = any(layer.trains_otherwise for layer in plan.layers)
        self.optimizer = optimization.optimizer_of(
            model,
            config.optimizer,
            config.regularization.weight_decay,
            fused=self.execution.fused,
        )
        self.schedule = optimization.schedule_of(
            self.optimizer, config.schedule, config.run.epochs, len(self.starts)
        )
        self.penalty = optimization.penalty_of(model, config.regularization)
        self.augment = augmentation.augmenter(config.data)
        self.order = torch.Generator().manual_seed(config.run.seed)
        self.progress = RunProgress(config, plan.classes)
        self.snapshots = Snapshots(model, config.run.epochs, len(self.starts))
        self.snapshot_file = b""
        """Once the epochs are over."""
        self.validated: torch.Tensor | None = None
        """The validation's logits by the network as it is; None if it changed since."""
        self._after_epoch: tuple[dict[str, torch.Tensor], torch.Tensor | None] | None = None
        self._recorded: RecordedStep | None = None
        self._no_loss = torch.zeros((), device=device)
        self._logits = torch.empty(count, plan.classes, device=device)

    def epochs(self) -> Iterator[EpochMetrics]:
        """Train, an epoch at a time; what came of it stands in ``progress``."""
        progress = self.progress
        best_weights: dict[str, torch.Tensor] | None = None
        best_validated: torch.Tensor | None = None
        while not progress.is_over:
            began = time.perf_counter()
            try:
                found = self._epoch()
            except Interrupted:
                found = None
                # If the best weights are put back below, those of the last epoch are not.
                progress.stop(went_back=best_weights is None and self._go_back())
            progress.seconds += time.perf_counter() - began
            if found is None:
                break
            predicted = None if self.validated is None else self.validated.argmax(1)
            if progress.take(found, predicted):
                best_weights, best_validated = self._copy(), self.validated
            self._note_snapshot(found.epoch)
            long = found.seconds >= LONG_EPOCH
            self._after_epoch = (self._copy(), self.validated) if long else None
            yield found
        last, best = len(progress.history), progress.best_epoch
        # Of a run that was stopped within an epoch the network is of no epoch.
        known = last if progress.status == "finished" else 0
        began = time.perf_counter()
        self.snapshot_file = self.snapshots.end(known, best, self._copy)
        progress.seconds += time.perf_counter() - began
        if best_weights is not None and progress.status != "diverged":
            self.model.load_state_dict(best_weights)
            self.validated = best_validated
            progress.mark_restored()

    def _note_snapshot(self, epoch: int) -> None:
        began = time.perf_counter()
        self.snapshots.take(epoch, is_best=self.progress.best_epoch == epoch)
        self.progress.seconds += time.perf_counter() - began

    def _copy(self) -> dict[str, torch.Tensor]:
        return {name: value.clone() for name, value in self.model.state_dict().items()}

    def _go_back(self) -> bool:
        """Have the network as it was after the last epoch, if that was long; else False."""
        if self._after_epoch is None:
            return False
        weights, self.validated = self._after_epoch
        self.model.load_state_dict(weights)
        return True

    def _epoch(self) -> EpochMetrics | None:
        """Train and validate once: the figures.

        None if the run diverged within. Raises Interrupted if it was stopped.
        """
        began = time.perf_counter()
        rate = self.optimizer.param_groups[0]["lr"]
        train = self._train_once()
        trained = time.perf_counter() - began
        scores = None
        if len(self.validation) and math.isfinite(train.loss):
            check = self.ticker.check
            logits = evaluate(self.model, self.validation, self.evaluation_batch, check)
            scores = scores_of(logits, self.validation.labels)
            self.validated = logits
        watched = scores.loss if scores else train.loss
        if not all(map(math.isfinite, (train.loss, watched, train.gradient_norm))):
            self.progress.diverge()
            return None
        return EpochMetrics(
            epoch=self.progress.epoch,
            train_loss=train.loss,
            train_accuracy=train.accuracy,
            validation_loss=scores.loss if scores else None,
            validation_accuracy=scores.accuracy if scores else None,
            learning_rate=rate,
            gradient_norm=train.gradient_norm,
            seconds=time.perf_counter() - began,
            images_per_second=train.images / trained,
            last_batch_loss=train.last_batch_loss,
            last_batch_accuracy=train.last_batch_accuracy,
            train_penalty=train.penalty,
            penalty=self._penalty_now(),
        )

    def _train_once(self) -> TrainingPass:
        images, size = self.images, self.size
        count = len(images)
        whole = len(self.starts) == 1 and size == count
        order = None if whole else torch.randperm(count, generator=self.order).to(images.device)
        # A recorded step keeps its logits by the images' numbers, others by their turn.
        recorded = self.execution.recorded
        labels = images.labels if recorded or order is None else images.labels[order]
        loss, norm, penalty, seen, start = self._no_loss, None, None, 0, 0
        penalties, steps = torch.zeros_like(self._no_loss), 0
        self.validated = None
        if self.has_modes:
            self.model.train()
        with steps_of(self.execution):
            for start in self.starts:
                done = len(self.progress.history) + start / count
                if self.ticker.check(done) and not torch.isfinite(loss):
                    break
                seen = min(start + size, count)
                index = None if order is None else order[start:seen]
                if start == self.starts[-1]:
                    self.snapshots.before_last_step(self.progress.epoch)
                if recorded and seen - start == size:
                    loss, norm, penalty = self._recorded_step(index)
                elif recorded:
                    loss, norm, penalty = self._gradient_by_number(index)
                    self.optimizer.step()
                else:
                    place = slice(start, seen)
                    loss, norm, penalty = self._gradient(index, labels[place], place)
                    self.optimizer.step()
                if penalty is not None:
                    penalties += penalty
                steps += 1
                if self.schedule:
                    self.schedule.step()
        # Read once an epoch: each number read makes a GPU wait, and takes as long as a small layer.
        logits = self._logits
        if recorded and order is not None:
            logits, labels = logits[order[:seen]], labels[order[:seen]]
        elif seen < count:
            logits, labels = logits[:seen], labels[:seen]
        last = slice(start if start < seen else 0, seen)
        correct = logits.argmax(1) == labels
        plain = len(self.starts) == 1 and not (self.execution.piece or self.smoothing)
        mean = loss if plain else cross_entropy(logits, labels)
        figures = torch.stack(
            [
                mean,
                correct.sum(),
                norm if norm is not None else self._gradient_norm(),
                mean if len(self.starts) == 1 else cross_entropy(logits[last], labels[last]),
                correct[last].sum(),
                penalties,
            ]
        ).tolist()
        mean_loss, right, length, last_loss, last_right, added = figures
        return TrainingPass(
            mean_loss,
            right / max(seen, 1),
            length,
            last_loss,
            last_right / max(last.stop - last.start, 1),
            added / max(steps, 1),
            max(seen, 1),
        )

    @torch.no_grad()
    def _penalty_now(self) -> float:
        return self.penalty().item() if self.penalty else 0.0

    def _recorded_step(self, index: torch.Tensor | None) -> StepFigures:
        """Take a whole step with a batch of the usual size; the first one is recorded."""
        if self._recorded is None:
            self._recorded = RecordedStep(
                self._gradient_by_number, self.model, self.optimizer, index
            )
        loss, norm, penalty = self._recorded(index)
        if not self._recorded.updates:
            self.optimizer.step()
        return loss, norm, penalty

    def _gradient_by_number(self, index: torch.Tensor | None) -> StepFigures:
        """Compute a batch's gradient, its logits kept by the numbers of its images."""
        labels = self.images.labels
        place = slice(None) if index is None else index
        return self._gradient(index, labels[place], place)

    def _gradient(
        self, index: torch.Tensor | None, labels: torch.Tensor, place: torch.Tensor | slice
    ) -> StepFigures:
        """Leave a batch's gradient in the parameters, and its logits where the epoch's are kept.

        ``index`` None takes all images. Gives the loss that was minimised, penalty left out, or
        that of the batch's last piece, the gradient's length if it is clipped to one, and the
        penalty.
        """
        images, count = self.images, len(labels)
        for parameter in self.parameters:
            parameter.grad = None
        chosen = slice(None) if index is None else index
        if self.augment:
            batch = images.scale(self.augment(images.pixels[chosen]))
        else:
            batch = images.batch(chosen)
        size = self.execution.piece
        loss = penalty = None
        if not size:
            logits, loss = self._forward(batch, labels)
            # After the forward pass, as in an exported script: the order of their gradients' sums.
            penalty = self.penalty() if self.penalty else None
            (loss if penalty is None else loss + penalty).backward()
            if index is None:
                self._logits = logits.detach().float()
            else:
                self._logits[place] = logits.detach().float()
        else:
            answers = []
            for first in range(0, count, size):
                some = slice(first, min(first + size, count))
                logits, loss = self._forward(batch[some], labels[some])
                (loss * (len(logits) / count)).backward()
                answers.append(logits.detach())
            self._logits[place] = torch.cat(answers).float()
            if self.penalty:
                penalty = self.penalty()
                penalty.backward()
        clip = self.config.regularization.gradient_clip
        norm = nn.utils.clip_grad_norm_(self.parameters, clip) if clip else None
        assert loss is not None
        return loss.detach(), norm, None if penalty is None else penalty.detach()

    def _gradient_norm(self) -> torch.Tensor:
        found = [p.grad.flatten() for p in self.parameters if p.grad is not None]
        device = self.images.device
        return torch.linalg.vector_norm(torch.cat(found or [torch.zeros(1, device=device)]))

    def _forward(
        self, batch: torch.Tensor, labels: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if self.execution.precision == "bfloat16":
            # As torch asks of a recording. Nothing is lost: each forward pass enters anew.
            with torch.autocast(batch.device.type, torch.bfloat16, cache_enabled=False):
                logits = self.model(batch)
                return logits, cross_entropy(logits, labels, self.smoothing)
        logits = self.model(batch)
        return logits, cross_entropy(logits, labels, self.smoothing)
