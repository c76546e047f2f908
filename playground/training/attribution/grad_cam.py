"""Grad-CAM: which places of the last feature maps speak for the class.

Source: Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization". The negative part is kept here.
"""

import torch
from torch.nn import functional as F

from playground.training.attribution.subject import NothingToSay, Subject, method


@method(
    "Grad-CAM",
    "Where the last feature maps speak for the class: coarse, as these maps are small.",
    "It shows a region, not an outline, and it is blurred by being enlarged.",
)
def grad_cam(subject: Subject) -> torch.Tensor:
    """Weigh each of the last feature maps by the mean of its gradient, and add them up."""
    after = [place for place, layer in enumerate(subject.plan.modules) if len(layer.output) == 3]
    places = [place for place in after if subject.plan.modules[place].output[1] > 1]
    if not places or not any(layer.kind == "conv" for layer in subject.plan.modules):
        raise NothingToSay("A network without convolutions has no feature maps to weigh.")
    cut = places[-1] + 1
    with torch.enable_grad():
        maps = subject.model[:cut](subject.image).detach().requires_grad_()
        logit = subject.model[cut:](maps)[:, subject.target].sum()
        (gradient,) = torch.autograd.grad(logit, maps)
    found = (maps * gradient.mean((2, 3), keepdim=True)).sum(1, keepdim=True).detach()
    size = subject.image.shape[2:]
    return F.interpolate(found, size, mode="bilinear", align_corners=False)[0, 0]
