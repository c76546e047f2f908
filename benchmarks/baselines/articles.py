"""The loop of the articles."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import Compose, Normalize, ToTensor

from benchmarks.baselines.best_on_cuda import set_cuda
from benchmarks.baselines.resident import Figures, Split


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
    """Return a function that trains an epoch as the articles do; ``symmetric`` scales pixels to −1
    … 1.

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
