"""The best loop on CUDA."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.baselines.resident import Figures, Resident


def best_on_cuda(
    of: Resident,
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer],
    batch: int,
    *,
    precision: str = "float32",
) -> Callable[[], Figures]:
    """Return the same on CUDA: each whole step, the optimizer's too, is one recorded graph.

    ``precision`` is float32, tf32 or bfloat16. ``optimizer`` must be one that may be recorded, such
    as a fused one.
    """
    model, images, labels = of.model, of.images, of.labels
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
        return of.figures(kept, labels, loss, 2000)

    return epoch


def set_cuda(convolutions: str, products: str, *, deterministic: bool) -> None:
    """Set how CUDA computes float32, ``ieee`` or ``tf32``, and whether sums are the same again."""
    # pyrefly: ignore[missing-attribute]  # torch adds it at run time
    torch.backends.cudnn.conv.fp32_precision = convolutions
    torch.backends.cuda.matmul.fp32_precision = products
    torch.backends.cudnn.deterministic = deterministic
