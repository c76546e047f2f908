"""The best loop on the CPU."""

from collections.abc import Callable

import torch
from torch import nn

from benchmarks.baselines.resident import Figures, Resident, cross_entropy


def best(
    of: Resident,
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
    batch: int,
    *,
    threads: int = 1,
    bfloat16: bool = False,
    onednn: bool = True,
    piece: int = 0,
    evaluated: int = 2000,
) -> Callable[[], Figures]:
    """Return a function that trains an epoch as fast as we can on the CPU.

    ``piece`` images of a batch are computed at once (0: all); ``evaluated`` at once in validation.
    """
    model, images, labels = of.model, of.images, of.labels
    parameters = list(model.parameters())
    update = optimizer(parameters)
    count = len(labels)
    kept = torch.empty(count, 10)

    def step(batch_images: torch.Tensor, batch_labels: torch.Tensor, start: int) -> torch.Tensor:
        for parameter in parameters:
            parameter.grad = None
        size, loss = len(batch_labels), None
        for first in range(0, size, piece or size):
            some = slice(first, min(first + (piece or size), size))
            if bfloat16:
                with torch.autocast("cpu", torch.bfloat16):
                    logits = model(batch_images[some])
                    loss = cross_entropy(logits, batch_labels[some])
            else:
                logits = model(batch_images[some])
                loss = cross_entropy(logits, batch_labels[some])
            (loss * (len(logits) / size) if piece else loss).backward()
            kept[start + some.start : start + some.stop] = logits.detach()
        update.step()
        assert loss is not None
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
            loss = cross_entropy(kept, seen)
        torch.backends.mkldnn.set_flags(True)
        return of.figures(kept, seen, loss, evaluated)

    return epoch
