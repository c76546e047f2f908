"""The training loop: a generator of EpochMetrics, then one Result.

It knows nothing of pages, queues or files: whoever asks gets numbers and may say stop. It is not
general: it trains one classifier of images that fit in memory, and does that without a DataLoader.
"""

import math
import os
import platform
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import nn
from torch.nn import functional as F

from playground import architecture, augmentation, datasets, models, optimization
from playground.config import CNN, ConvBlock, Digits, EarlyStopping, Run, RunConfig
from playground.records import EpochMetrics, Result, Scores, Status
from playground.refusal import Refusal

STOP_INTERVAL = 0.2
"""Seconds between two looks at the stop signal: asking may cost a round trip to the app."""
EVALUATION_BATCH = 500
SMALL_STEP = 20_000_000
"""Multiply-adds of a batch, forward, under which one thread computes it."""
RESIDENT_BYTES = 16 * 2**20
"""Bytes up to which the scaled images are kept, so that they are not scaled again in each step."""


class DeviceError(Refusal):
    """A device that is asked for and not there; the message says what to choose."""


def train(
    config: RunConfig,
    folder: Path,
    stop: Callable[[], bool] = lambda: False,
    report: Callable[[float], None] = lambda epochs: None,
) -> Iterator[EpochMetrics | Result]:
    """Train the network of ``config`` on the data in ``folder``.

    Yields one EpochMetrics an epoch, then one Result. At most every 0.2 s, within epochs too,
    ``report`` is told how many epochs are done (2.5: half of the third) and ``stop`` is asked.
    Seeds torch's global random numbers, so two runs must not share a process at once.

    Raises datasets.DataError, architecture.ImpossibleNetwork or DeviceError before the first epoch.
    """
    device = device_of(config)
    dataset = datasets.load(config.data, folder)
    split = datasets.split(dataset, config.data)
    plan = architecture.plan(config.architecture, dataset.input_shape, len(dataset.classes))
    architecture.check_batch(plan, _batch_size(config, len(split.train)))
    torch.set_num_threads(_threads(plan.multiply_adds * _batch_size(config, len(split.train))))
    torch.manual_seed(config.run.seed)
    model = models.build(plan, config.architecture).to(device)
    if isinstance(config.architecture, CNN):
        model = model.to(memory_format=torch.channels_last)
    scaling = _scaling(config.data.scaling, dataset, split.train)
    labels = {"train": split.train_labels} | {
        name: dataset.labels[getattr(split, name)] for name in ("validation", "test")
    }
    parts = {
        name: _Images(dataset.images[getattr(split, name)], labels[name], scaling, device)
        for name in ("train", "validation", "test")
    }
    loop = _Loop(
        config, model, parts, plan.needs_two_images, _Ticker(stop, report), len(dataset.classes)
    )
    yield from loop.epochs()

    scores: dict[str, Scores | None] = {"train": None, "validation": None, "test": None}
    probabilities: dict[str, np.ndarray] = {}
    if loop.status != "diverged":
        for name, images in parts.items():
            if len(images):
                logits = evaluate(model, images)
                scores[name] = _scores(logits, images.labels)
                if name != "train":
                    probabilities[name] = logits.softmax(1).float().cpu().numpy()
    if any(score and not math.isfinite(score.loss) for score in scores.values()):
        loop.diverge()  # the last step went too far, or a stop came just after it
        scores, probabilities = dict.fromkeys(scores), {}
    yield Result(
        status=loop.status,
        message=loop.message,
        epochs=len(loop.history),
        best_epoch=loop.best_epoch,
        scores=scores,
        parameters=plan.parameters,
        seconds=loop.seconds,
        device=device_name(device),
        versions=versions(),
        fingerprint=dataset.fingerprint,
        history=tuple(loop.history),
        probabilities=probabilities,
        labels={name: labels[name] for name in probabilities},
        matrices=np.stack(loop.matrices) if loop.matrices else None,
        weights=save({name: w.cpu().contiguous() for name, w in model.state_dict().items()}),
    )


def device_of(config: RunConfig) -> torch.device:
    """The device a config asks for, ``auto`` being the fastest there is. Raises DeviceError."""
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if config.run.device == "auto":
        return torch.device(next(name for name in ("cuda", "mps", "cpu") if there[name]))
    if not there[config.run.device]:
        names = " or ".join(["auto", *(name for name, is_there in there.items() if is_there)])
        raise DeviceError(
            f"There is no {config.run.device} device here: set the device to {names}."
        )
    return torch.device(config.run.device)


def device_name(device: torch.device) -> str:
    """The device in words, such as ``cpu (2 threads)`` or ``cuda (NVIDIA H100)``."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        count = torch.get_num_threads()
        return f"cpu ({count} thread{'s' if count > 1 else ''})"
    return device.type


def versions() -> dict[str, str]:
    """The versions a result depends on."""
    packages = ("torch", "torchvision", "numpy", "scikit-learn")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def _threads(multiply_adds: int) -> int:
    """Threads for a step of so much work.

    Small steps get one: on a busy machine two threads that wait for each other made a digits run
    twenty times slower (2 cores, torch 2.15). Set by hand also because Dask starts its workers with
    OMP_NUM_THREADS=1, and because the same number gives the same sums, bit for bit, everywhere.
    """
    if multiply_adds < SMALL_STEP:
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, 16)


def _batch_size(config: RunConfig, images: int) -> int:
    return images if config.run.batch_size == "full" else min(config.run.batch_size, images)


class _Ticker:
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


class _Images:
    """One split on the device: pixels as stored, scaled as they are asked for.

    ``pixels`` is uint8 (n, channels, height, width), in channels-last order in memory.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        scaling: tuple[np.ndarray, np.ndarray],
        device: torch.device,
    ) -> None:
        self.pixels = torch.from_numpy(np.ascontiguousarray(images)).to(device).permute(0, 3, 1, 2)
        self.labels = torch.from_numpy(np.ascontiguousarray(labels)).to(device)
        self._factor, self._shift = (
            torch.from_numpy(values.astype(np.float32)).to(device).view(1, -1, 1, 1)
            for values in scaling
        )
        self._scaled = (
            self.scale(self.pixels) if self.pixels.numel() * 4 <= RESIDENT_BYTES else None
        )

    def __len__(self) -> int:
        return len(self.labels)

    def scale(self, pixels: torch.Tensor) -> torch.Tensor:
        """uint8 pixels as the floats a network sees."""
        return pixels.float() * self._factor + self._shift

    def batch(self, index: torch.Tensor | slice) -> torch.Tensor:
        """Scaled images (batch, channels, height, width), not augmented."""
        return self.scale(self.pixels[index]) if self._scaled is None else self._scaled[index]


def _scaling(
    kind: str, dataset: datasets.Dataset, train: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A factor and a shift for each channel, measured on the training images where they must be."""
    channels = dataset.images.shape[-1]
    if kind == "standard":
        values = np.arange(256)
        pixels = dataset.images[train]
        counts = [np.bincount(pixels[..., c].ravel(), minlength=256) for c in range(channels)]
        mean = np.array([np.average(values, weights=count) for count in counts])
        variance = np.array(
            [np.average((values - m) ** 2, weights=c) for m, c in zip(mean, counts, strict=True)]
        )
        deviation = np.where(variance > 0, np.sqrt(variance), 1.0)
        return 1 / deviation, -mean / deviation
    factor, shift = {
        "raw": (1.0, 0.0),
        "unit": (1 / dataset.top, 0.0),
        "symmetric": (2 / dataset.top, -1.0),
    }[kind]
    return np.full(channels, factor), np.full(channels, shift)


class _Loop:
    """The epochs of one run, and what they leave behind."""

    def __init__(
        self,
        config: RunConfig,
        model: nn.Module,
        parts: dict[str, _Images],
        needs_two_images: bool,
        ticker: _Ticker,
        classes: int,
    ) -> None:
        self.config, self.model, self.ticker, self.classes = config, model, ticker, classes
        self.images, self.validation = parts["train"], parts["validation"]
        count = len(self.images)
        size = _batch_size(config, count)
        self.starts = range(0, count, size)
        if needs_two_images and count % size == 1:
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
        self.patience = _Patience(config.regularization.early_stopping)

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

    def _validate(self, epoch: int) -> Scores | None:
        if not len(self.validation):
            return None
        logits = evaluate(self.model, self.validation, self.ticker)
        if self.ticker.stopped:
            return None
        pairs = self.validation.labels * self.classes + logits.argmax(1)
        matrix = torch.bincount(pairs, minlength=self.classes**2).view(self.classes, self.classes)
        scores = _scores(logits, self.validation.labels)
        if math.isfinite(scores.loss):
            self.matrices.append(matrix.to(torch.int32).cpu().numpy())
        return scores


class _Patience:
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


@torch.inference_mode()
def evaluate(model: nn.Module, images: _Images, ticker: _Ticker | None = None) -> torch.Tensor:
    """Logits (n, classes) in evaluation mode; cut short once the ticker has seen a stop."""
    model.eval()
    parts = []
    for start in range(0, len(images), EVALUATION_BATCH):
        if ticker and ticker.due() and ticker.stopped:
            break
        parts.append(model(images.batch(slice(start, start + EVALUATION_BATCH))))
    return torch.cat(parts) if parts else torch.empty(0)


def _scores(logits: torch.Tensor, labels: torch.Tensor) -> Scores:
    correct = (logits.argmax(1) == labels).sum().item()
    loss = F.cross_entropy(logits.float(), labels).item()
    return Scores(loss, correct / len(labels), len(labels))


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


def warm_up() -> None:
    """Pay the one-time costs of a process now: train a tiny network, so that all is imported."""
    config = RunConfig(
        data=Digits(train_images=64, flip=True),
        architecture=CNN(blocks=(ConvBlock(channels=(4,), batch_norm="each"),), hidden=(8,)),
        run=Run(epochs=1),
    )
    for _ in train(config, Path()):
        pass
