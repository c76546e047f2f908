"""What a worker is asked for, and what a run yields: plain, without torch, so the app holds it."""

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, field, fields
from typing import Any, Literal

import numpy as np

from playground import formats

Status = Literal["queued", "running", "finished", "stopped", "diverged", "failed", "interrupted"]


@dataclass(frozen=True)
class TrainingRequest:
    """A run as a worker is asked for it."""

    config: str
    """As JSON."""
    key: str
    """Names this one training of the run."""
    fingerprint: str
    """That of the data it was asked for."""


@dataclass(frozen=True)
class StoredNetwork:
    """A stored run's network, as a worker is asked for it: the weights stay in the store."""

    run: str
    config: str
    """As JSON."""
    fingerprint: str
    """That of the data it was trained on."""
    ended: float | None
    """When its training did, in seconds since the epoch: trained anew it is another network."""
    store: str
    """The store's folder, as the app has it."""
    size: int
    """Bytes of its weights' file."""
    changed: int
    """When that was written, in nanoseconds since the epoch."""


@dataclass(frozen=True)
class WeightsNeeded:
    """A worker's answer if it cannot read a network's weights: the app is to lend them."""

    worker: str
    """Its address."""


@dataclass(frozen=True)
class EpochMetrics:
    """One epoch. Losses are mean cross-entropies (nats per image), accuracies shares from 0 to 1.

    The training figures are taken on each batch as it is trained on (dropout and augmentation on),
    the validation figures in evaluation mode after the epoch; None if there are no validation
    images. ``gradient_norm`` is the length of the epoch's last gradient, before clipping.

    ``last_batch_loss`` and ``last_batch_accuracy`` are the training figures of the epoch's last
    batch alone, which has fewer images if the batch size does not divide their number. No loss
    here has the L1 and L2 penalties in it: ``train_penalty`` is what they added to the training
    loss, the mean over the steps, and ``penalty`` what they are after the epoch. All four are None
    in runs that were stored before they were measured.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None
    learning_rate: float
    gradient_norm: float
    seconds: float
    images_per_second: float
    last_batch_loss: float | None = None
    last_batch_accuracy: float | None = None
    train_penalty: float | None = None
    penalty: float | None = None


@dataclass(frozen=True)
class Scores:
    """Loss (mean cross-entropy) and accuracy (0 to 1) of one split, in evaluation mode."""

    loss: float
    accuracy: float
    images: int


@dataclass(frozen=True)
class Execution:
    """How the steps of a run are computed; ``training/execution.py`` chooses it."""

    threads: int
    """Of the CPU; 0 if another device computes."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of convolutions and products in training; weights and all evaluation are float32."""
    channels_last: bool = False
    onednn: bool = True
    fused: bool = False
    """Whether the optimizer updates all weights in one call of the device's kernel."""
    piece: int = 0
    """Images of a batch computed at once, whose gradients are added up; 0 for all of them."""
    most: int = 0
    """Multiply-adds that one layer does at once: those with more are computed in parts; 0: none."""
    recorded: bool = False
    """Whether CUDA is given a step as one recorded sequence of kernels."""
    stacked: int = 1
    """Runs that are trained together, in one stack, this one among them; 1: it is alone."""

    def describe(self) -> str:
        """Tell it, such as ``2 threads, bfloat16, channels last, 128 images at a time``."""
        others = formats.counted(self.stacked - 1, "other")
        said = [
            formats.counted(self.threads, "thread") if self.threads else "",
            self.precision,
            "channels last" if self.channels_last else "",
            "" if self.onednn else "convolutions without oneDNN",
            f"{self.piece:,} images at a time" if self.piece else "",
            f"layers by {self.most:,} multiply-adds" if self.most else "",
            "steps recorded" if self.recorded else "",
            f"together with {others}, whose time it shares" if self.stacked > 1 else "",
        ]
        return ", ".join(filter(None, said))


@dataclass(frozen=True)
class Result:
    """What a run became.

    ``probabilities`` and ``labels`` are by split ("validation", "test"): float32 (n, classes) and
    int64 (n,), in the order of the split's indices. ``matrices`` are the validation's confusion
    matrices, int32 (epochs, classes, classes), true class by row. ``weights`` is the state_dict in
    safetensors' format. A diverged run has no scores and no probabilities.

    ``mirrored`` are the test scores of the mean of two answers, to each image and to its mirror
    image (the mean of the logits); None if that was not asked for. ``seconds`` are those of
    training; of networks trained together, each one's share.
    """

    status: Status
    message: str
    epochs: int
    best_epoch: int | None
    scores: dict[str, Scores | None]
    parameters: int
    seconds: float
    device: str
    versions: dict[str, str]
    fingerprint: str
    history: tuple[EpochMetrics, ...] = ()
    probabilities: dict[str, np.ndarray] = field(default_factory=dict)
    labels: dict[str, np.ndarray] = field(default_factory=dict)
    matrices: np.ndarray | None = None
    weights: bytes = b""
    weights_at: str = ""
    """The file in which a worker left them instead, if they are large."""
    snapshots: bytes = b""
    """The network on the way, as ``training.snapshots`` packs it; empty if there are none."""
    units: np.ndarray | None = None
    """int32 (layers, 6), a row an activation: its place, its block (0: none), 1 if it is behind a
    dense layer, its units, how many of them are dead, and by how many images."""
    mirrored: Scores | None = None
    execution: Execution | None = None
    """How it was computed; None if that is not known."""
    limit: float | None = None
    """Seconds of training after which it was stopped, as no more is allowed; None if it was
    not."""


@dataclass(frozen=True)
class Speed:
    """How fast a machine trains a network, in seconds.

    ``step`` is a training step on a whole batch, ``evaluation`` the evaluation of one image,
    ``start`` all that is done once: reading the data, building the network. ``estimated`` from the
    network's size if to measure it would take long.
    """

    step: float
    evaluation: float
    start: float
    estimated: bool = False


def pack(result: Result) -> dict[str, Any]:
    """Turn a Result into plain values and bytes, as a worker's message may hold them."""
    plain = {field.name: getattr(result, field.name) for field in fields(Result)}
    return plain | {
        "scores": {split: astuple(one) if one else None for split, one in result.scores.items()},
        "mirrored": astuple(result.mirrored) if result.mirrored else None,
        "execution": asdict(result.execution) if result.execution else None,
        "history": [astuple(epoch) for epoch in result.history],
        "probabilities": {split: _packed(one) for split, one in result.probabilities.items()},
        "labels": {split: _packed(one) for split, one in result.labels.items()},
        "matrices": None if result.matrices is None else _packed(result.matrices),
        "units": None if result.units is None else _packed(result.units),
    }


def unpack(plain: dict[str, Any]) -> Result:
    """Restore a Result that was packed."""
    scores = {split: Scores(*one) if one else None for split, one in plain["scores"].items()}
    return Result(
        **plain
        | {
            "scores": scores,
            "mirrored": Scores(*plain["mirrored"]) if plain["mirrored"] else None,
            "execution": Execution(**plain["execution"]) if plain["execution"] else None,
            "history": tuple(EpochMetrics(*epoch) for epoch in plain["history"]),
            "probabilities": {s: _unpacked(one) for s, one in plain["probabilities"].items()},
            "labels": {split: _unpacked(one) for split, one in plain["labels"].items()},
            "matrices": None if plain["matrices"] is None else _unpacked(plain["matrices"]),
            "units": None if plain["units"] is None else _unpacked(plain["units"]),
        }
    )


def _packed(array: np.ndarray) -> tuple[str, list[int], bytes]:
    return array.dtype.str, list(array.shape), array.tobytes()


def _unpacked(packed: Sequence[Any]) -> np.ndarray:
    kind, shape, values = packed
    return np.frombuffer(values, kind).reshape(shape)
