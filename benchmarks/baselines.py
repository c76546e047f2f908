"""What the playground's loop is measured against: loops written for one network, without its parts.

``articles`` is the loop of the articles: a data set that gives PIL images, ``ToTensor``, a
``DataLoader`` that shuffles, the default memory format, figures taken batch by batch. ``best`` is
the fastest plain PyTorch we could write by hand for that network and machine: resident tensors, the
memory format, precision and optimizer that won here, figures read once an epoch; it has no config,
reports nothing and cannot be stopped. Both give an epoch's training and validation figures.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import Compose, Normalize, ToTensor

Figures = tuple[float, ...]
"""Training loss and accuracy, validation loss and accuracy of an epoch; of the best loop the length
of the last gradient too, as ours has it."""


@dataclass(frozen=True)
class Split:
    """Images uint8 (n, height, width, channels) with labels int64 (n,), for training and for
    validation."""

    images: np.ndarray
    labels: np.ndarray
    validation_images: np.ndarray
    validation_labels: np.ndarray


def base_network() -> nn.Sequential:
    """The base of article E: three convolutions of 32, 64 and 128 channels, then 128 units."""
    return nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(2048, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


def tutorial_network() -> nn.Sequential:
    """The network of PyTorch's CIFAR10 tutorial."""
    return nn.Sequential(
        *(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU()),
        *(nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def digits_network() -> nn.Sequential:
    """The playground's first network: two hidden layers of 32 and 16 units on 8×8 pixels."""
    return nn.Sequential(
        *(nn.Flatten(), nn.Linear(64, 32), nn.ReLU()),
        *(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 10)),
    )


class _PilImages(Dataset):
    """As torchvision's CIFAR10: an image is made of its array and transformed when asked for."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, transform: Callable) -> None:
        self.images, self.labels, self.transform = images, labels.tolist(), transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def articles(
    split: Split,
    network: Callable[[], nn.Sequential],
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
    batch: int,
    *,
    symmetric: bool = False,
    workers: int = 0,
    device: torch.device | None = None,
) -> Callable[[], Figures]:
    """A function that trains an epoch as the articles do; ``symmetric`` scales pixels to −1 … 1.

    On a GPU each batch is sent to it, as in PyTorch's tutorial, and torch's own settings hold.
    """
    torch.manual_seed(0)
    device = device or torch.device("cpu")
    model = network().to(device)
    steps = [ToTensor()] + ([Normalize((0.5,) * 3, (0.5,) * 3)] if symmetric else [])
    transform = Compose(steps)
    train = DataLoader(
        _PilImages(split.images, split.labels, transform), batch, shuffle=True, num_workers=workers
    )
    validation = DataLoader(
        _PilImages(split.validation_images, split.validation_labels, transform),
        batch,
        num_workers=workers,
    )
    criterion = nn.CrossEntropyLoss()
    update = optimizer(list(model.parameters()))

    def epoch() -> Figures:
        if device.type == "cuda":
            set_cuda("tf32", "ieee", deterministic=False)
        figures = []
        for loader, training in ((train, True), (validation, False)):
            model.train(training)
            loss_sum, correct, seen = 0.0, 0, 0
            with torch.set_grad_enabled(training):
                for images, labels in loader:
                    images, labels = images.to(device), labels.to(device)
                    if training:
                        update.zero_grad()
                    outputs = model(images)
                    loss = criterion(outputs, labels)
                    if training:
                        loss.backward()
                        update.step()
                    loss_sum += loss.item() * labels.size(0)
                    correct += (outputs.argmax(1) == labels).sum().item()
                    seen += labels.size(0)
            figures += [loss_sum / seen, correct / seen]
        return tuple(figures)

    return epoch


def best(
    split: Split,
    network: Callable[[], nn.Sequential],
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
    batch: int,
    *,
    factor: float = 1 / 255,
    shift: float = 0.0,
    threads: int = 1,
    channels_last: bool = False,
    bfloat16: bool = False,
    onednn: bool = True,
    piece: int = 0,
    evaluated: int = 2000,
) -> Callable[[], Figures]:
    """A function that trains an epoch as fast as we can on the CPU.

    ``piece`` images of a batch are computed at once (0: all); ``evaluated`` at once in validation.
    """
    model, images, unseen, labels, unseen_labels = _resident(
        split, network, torch.device("cpu"), factor, shift, channels_last
    )
    parameters = list(model.parameters())
    update = optimizer(parameters)
    count = len(labels)
    kept = torch.empty(count, 10)

    def step(batch_images: torch.Tensor, batch_labels: torch.Tensor, start: int) -> torch.Tensor:
        for parameter in parameters:
            parameter.grad = None
        size = len(batch_labels)
        for first in range(0, size, piece or size):
            some = slice(first, min(first + (piece or size), size))
            if bfloat16:
                with torch.autocast("cpu", torch.bfloat16):
                    logits = model(batch_images[some])
                    loss = _cross_entropy(logits, batch_labels[some])
            else:
                logits = model(batch_images[some])
                loss = _cross_entropy(logits, batch_labels[some])
            (loss * (len(logits) / size) if piece else loss).backward()
            kept[start + some.start : start + some.stop] = logits.detach()
        update.step()
        return loss.detach()

    def epoch() -> Figures:
        torch.set_num_threads(threads)
        torch.backends.mkldnn.set_flags(onednn)
        if batch >= count:
            seen, loss = labels, step(images, labels, 0)
        else:
            order = torch.randperm(count)
            seen = labels[order]
            for start in range(0, count, batch):
                step(images[order[start : start + batch]], seen[start : start + batch], start)
            loss = _cross_entropy(kept, seen)
        torch.backends.mkldnn.set_flags(True)
        return _figures(model, kept, seen, loss, unseen, unseen_labels, evaluated)

    return epoch


def best_on_cuda(
    split: Split,
    network: Callable[[], nn.Sequential],
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
    batch: int,
    *,
    factor: float = 1 / 255,
    shift: float = 0.0,
    channels_last: bool = False,
    precision: str = "float32",
) -> Callable[[], Figures]:
    """The same on CUDA: each whole step, the optimizer's too, is one recorded graph.

    ``precision`` is float32, tf32 or bfloat16. ``optimizer`` must be one that may be recorded, such
    as a fused one.
    """
    model, images, unseen, labels, unseen_labels = _resident(
        split, network, torch.device("cuda"), factor, shift, channels_last
    )
    parameters = list(model.parameters())
    update = optimizer(parameters)
    for group in update.param_groups:
        if "capturable" in group:
            group["capturable"] = True
    count = len(labels)
    size = min(batch, count)
    kept = torch.empty(count, 10, device="cuda")
    mean = torch.zeros((), device="cuda")
    index = torch.arange(size, device="cuda")

    def step(some: torch.Tensor) -> None:
        for parameter in parameters:
            parameter.grad = None
        with torch.autocast("cuda", torch.bfloat16, precision == "bfloat16", cache_enabled=False):
            logits = model(images[some] if size < count else images)
            loss = F.cross_entropy(logits, labels[some] if size < count else labels)
        loss.backward()
        update.step()
        if size < count:
            kept[some] = logits.detach().float()
        else:
            kept.copy_(logits.detach())
            mean.copy_(loss.detach())

    kind = "tf32" if precision == "tf32" else "ieee"
    set_cuda(kind, kind, deterministic=False)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step(index)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step(index)

    def epoch() -> Figures:
        set_cuda(kind, kind, deterministic=False)
        if size == count:
            graph.replay()
        else:
            order = torch.randperm(count).to("cuda")
            for start in range(0, count - size + 1, size):
                index.copy_(order[start : start + size])
                graph.replay()
            if count % size:
                step(order[count - count % size :])
        set_cuda("ieee", "ieee", deterministic=False)
        loss = mean if size == count else F.cross_entropy(kept, labels)
        return _figures(model, kept, labels, loss, unseen, unseen_labels, 2000)

    return epoch


def set_cuda(convolutions: str, products: str, *, deterministic: bool) -> None:
    """How CUDA computes float32, ``ieee`` or ``tf32``, and whether sums are the same again."""
    torch.backends.cudnn.conv.fp32_precision = convolutions
    torch.backends.cuda.matmul.fp32_precision = products
    torch.backends.cudnn.deterministic = deterministic


def _resident(
    split: Split,
    network: Callable[[], nn.Sequential],
    device: torch.device,
    factor: float,
    shift: float,
    channels_last: bool,
) -> tuple[nn.Module, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """The network, images and unseen images scaled, and the labels of both, on the device."""
    torch.manual_seed(0)
    form = torch.channels_last if channels_last else torch.contiguous_format
    model = _pooled_first(network()).to(device, memory_format=form)
    images, unseen = (
        (torch.from_numpy(some).to(device).permute(0, 3, 1, 2).float() * factor + shift).contiguous(
            memory_format=form
        )
        for some in (split.images, split.validation_images)
    )
    labels, unseen_labels = (
        torch.from_numpy(some).to(device) for some in (split.labels, split.validation_labels)
    )
    return model, images, unseen, labels, unseen_labels


def _pooled_first(network: nn.Sequential) -> nn.Sequential:
    """The same function, with less to do: each max pooling before the ReLU that it follows."""
    modules = list(network)
    for place, (one, after) in enumerate(pairwise(network)):
        if isinstance(one, nn.ReLU) and isinstance(after, nn.MaxPool2d):
            modules[place : place + 2] = after, one
    return nn.Sequential(*modules)


def _figures(
    model: nn.Module,
    kept: torch.Tensor,
    seen: torch.Tensor,
    loss: torch.Tensor,
    unseen: torch.Tensor,
    unseen_labels: torch.Tensor,
    evaluated: int,
) -> Figures:
    """An epoch's figures, from its logits ``kept`` for the labels ``seen``."""
    gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
    with torch.inference_mode():
        parts = [model(some) for some in unseen.split(evaluated)]
        answers = torch.cat(parts) if len(parts) > 1 else parts[0]
        return (
            loss.item(),
            (kept.argmax(1) == seen).sum().item() / len(seen),
            _cross_entropy(answers, unseen_labels).item(),
            (answers.argmax(1) == unseen_labels).sum().item() / len(unseen_labels),
            torch.linalg.vector_norm(gradient).item(),
        )


def _cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean over many images: on a CPU over columns, which is faster there than over rows of ten."""
    if len(logits) < 64 or logits.device.type != "cpu":
        return F.cross_entropy(logits, labels)
    return F.cross_entropy(logits.t()[None], labels[None])
