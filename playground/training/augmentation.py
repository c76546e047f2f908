"""Random changes to a batch of training images, drawn anew for every image.

torchvision's random transforms draw once for a whole batch, which would mirror all of its images or
none; so the draws are made here, one for each image. Importing it for the rest would hold up each
start of a worker by two seconds.
"""

from collections.abc import Callable
from pkgutil import resolve_name

import torch
from torch.nn import functional

from playground.config import DataConfig
from playground.config.data import Augmentation

Augmenter = Callable[[torch.Tensor], torch.Tensor]


def augmenter(data: DataConfig) -> Augmenter | None:
    """Make one function of what the config asks for, or None if it asks for nothing.

    The function takes and gives uint8 pixels (batch, channels, height, width) and draws from
    torch's global random numbers.
    """
    steps = [_function(change) for change in data.augmentations()]
    if not steps:
        return None

    def augment(pixels: torch.Tensor) -> torch.Tensor:
        for step in steps:
            pixels = step(pixels)
        return pixels

    return augment


def _function(change: Augmentation) -> Augmenter:
    function = resolve_name(change.function)
    return function if change.value is None else lambda pixels: function(pixels, change.value)


def flip(pixels: torch.Tensor) -> torch.Tensor:
    """Mirror about half of the images left to right."""
    chosen = torch.rand(len(pixels), device=pixels.device) < 0.5
    return torch.where(chosen.view(-1, 1, 1, 1), pixels.flip(-1), pixels)


def shift(pixels: torch.Tensor, most: int) -> torch.Tensor:
    """Pad by ``most`` black pixels and cut a piece of the old size out, elsewhere in each image."""
    count, _, height, width = pixels.shape
    padded = functional.pad(pixels, [most] * 4)
    moves = torch.randint(0, 2 * most + 1, (2, count, 1, 1), device=pixels.device)
    rows = moves[0] + torch.arange(height, device=pixels.device).view(1, -1, 1)
    columns = moves[1] + torch.arange(width, device=pixels.device).view(1, 1, -1)
    images = torch.arange(count, device=pixels.device).view(-1, 1, 1)
    return padded.permute(0, 2, 3, 1)[images, rows, columns].permute(0, 3, 1, 2)


def cutout(pixels: torch.Tensor, side: int) -> torch.Tensor:
    """Blacken a square of ``side`` pixels around a random point of each image (cut at the edge).

    Source: DeVries and Taylor 2017, "Improved Regularization of Convolutional Neural Networks with
    Cutout".
    """
    count, _, height, width = pixels.shape
    masks = []
    for length in (height, width):
        first = torch.randint(0, length, (count, 1), device=pixels.device) - side // 2
        place = torch.arange(length, device=pixels.device)
        masks.append((place >= first) & (place < first + side))
    hidden = masks[0].unsqueeze(2) & masks[1].unsqueeze(1)
    return pixels.masked_fill(hidden.unsqueeze(1), 0)
