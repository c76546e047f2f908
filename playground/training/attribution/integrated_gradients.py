"""Integrated gradients: what each pixel adds on the way from an empty image to this one.

Source: Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks".
"""

import torch

from playground.training.attribution.subject import Subject, method

FEWEST, MOST = 32, 512
"""Steps of the way; they are doubled until the sum is right."""
RIGHT = 0.01
"""By how much the sum may miss the difference of the logits, as a share of it."""
SMALL = 1e-3
"""A difference of the logits below which a share of it would be rounding only."""
AT_ONCE = 32
"""Images that are computed together."""


@method(
    "Integrated gradients",
    "What each pixel adds on the way from an empty image to this one: their sum is the whole "
    "difference of the logit, to about 1 %.",
    "It depends on what counts as empty: pixels of that shade never count, whatever they mean.",
)
def integrated_gradients(subject: Subject) -> torch.Tensor:
    """Average the gradient along the straight way, multiply by the difference, and add the channels
    up."""
    start = subject.baseline.expand_as(subject.image)
    with torch.no_grad():
        ends = subject.logit(torch.cat([start, subject.image]))
    wanted = (ends[1] - ends[0]).item()
    steps = FEWEST
    while True:
        found = _along(subject, start, steps)
        near = abs(found.sum().item() - wanted) <= RIGHT * max(abs(wanted), SMALL)
        if near or steps >= MOST:
            return found[0].sum(0)
        steps *= 2


def _along(subject: Subject, start: torch.Tensor, steps: int) -> torch.Tensor:
    """Sum up so many steps' parts, each measured in its middle: (1, channels, height, width)."""
    way = subject.image - start
    total = torch.zeros_like(way)
    for some in ((torch.arange(steps) + 0.5) / steps).split(AT_ONCE):
        total += subject.gradient(start + some.view(-1, 1, 1, 1) * way).sum(0, keepdim=True)
    return total / steps * way
