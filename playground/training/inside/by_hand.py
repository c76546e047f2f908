"""A network with a few numbers changed by hand; nothing of it is kept."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from playground.inside import Edit
from playground.training.inside.layers import behind, source
from playground.training.loaded_network import LoadedNetwork
from playground.training.stored_networks import PredictionError


def edited(network: LoadedNetwork, pixels: np.ndarray, edits: Sequence[Edit]) -> np.ndarray:
    """Predict probabilities, float32 (n, classes), of pictures, uint8 (n, height, width, channels),
    with a network that is changed. Raises PredictionError."""
    with torch.inference_mode():
        logits = changed(network, edits)(network.scaled(pixels))
    if not torch.isfinite(logits).all():
        raise PredictionError(
            "With these numbers the answer is no longer a finite number: undo some of them."
        )
    return logits.softmax(1).numpy()


def changed(network: LoadedNetwork, edits: Sequence[Edit]) -> nn.Sequential:
    """Return the network as changed; layers without a change are the same. Raises
    PredictionError."""
    modules = dict(enumerate(network.model))
    off: dict[int, list[int]] = {}
    for edit in edits:
        source(network.plan, edit.place)  # that there is such a layer
        if edit.what == "off":
            off.setdefault(behind(network.plan, edit.place), []).append(edit.index[0])
            continue
        if modules[edit.place] is network.model[edit.place]:
            modules[edit.place] = deepcopy(network.model[edit.place])
        with torch.no_grad():
            numbers = getattr(modules[edit.place], edit.what, None)
            if not isinstance(numbers, torch.Tensor):
                raise PredictionError("This layer has no such numbers: choose another layer.")
            try:
                numbers[tuple(edit.index)] = edit.value
            except IndexError:
                raise PredictionError("This layer has no such number: choose another.") from None
            except RuntimeError:  # too large
                raise PredictionError("That is no number of a network: choose another.") from None
    for place, units in off.items():
        modules[place] = nn.Sequential(modules[place], Off(units))
    return nn.Sequential(*modules.values())


class Off(nn.Module):
    """Switches channels or units off: (n, channels, …) to the same, with zeros there."""

    def __init__(self, units: Sequence[int]) -> None:
        super().__init__()
        self.units = list(units)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        if max(self.units) >= values.shape[1] or min(self.units) < 0:
            raise PredictionError("This layer has no such unit: choose another.")
        kept = values.clone()
        kept[:, self.units] = 0
        return kept
