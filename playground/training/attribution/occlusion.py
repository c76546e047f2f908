"""Occlusion: how far the class's logit falls if a patch of the image is covered.

Source: Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks".
"""

import torch

from playground.training.attribution.subject import Subject, method

PATCHES = 8
"""Of which about so many fit beside each other in the image."""
AT_ONCE = 64
"""Images that are computed together."""


@method(
    "Occlusion",
    "How far the class's logit falls if a small patch is covered: it asks the network itself.",
    "A covered patch is a picture that the network never saw, and what needs two patches is "
    "missed.",
)
def occlusion(subject: Subject) -> torch.Tensor:
    """Cover patch after patch, half a patch further each time; a pixel has the mean of the patches
    over it."""
    _, _, height, width = subject.image.shape
    patch = max(1, min(height, width) // PATCHES)
    step = max(1, patch // 2)
    tops, lefts = (_starts(side, patch, step) for side in (height, width))
    places = [(top, left) for top in tops for left in lefts]
    covered = torch.stack([_mask(height, width, top, left, patch) for top, left in places])
    falls = []
    with torch.no_grad():
        whole = subject.logit(subject.image)
        for masks in covered.split(AT_ONCE):
            images = torch.where(masks.unsqueeze(1), subject.baseline, subject.image)
            falls.append(whole - subject.logit(images))
    weights = covered.float()
    return torch.einsum("n,nhw->hw", torch.cat(falls), weights) / weights.sum(0)


def _starts(side: int, patch: int, step: int) -> list[int]:
    """Return where patches begin: the last one ends with the image."""
    found = list(range(0, side - patch + 1, step))
    return found if found[-1] == side - patch else [*found, side - patch]


def _mask(height: int, width: int, top: int, left: int, patch: int) -> torch.Tensor:
    mask = torch.zeros(height, width, dtype=torch.bool)
    mask[top : top + patch, left : left + patch] = True
    return mask
