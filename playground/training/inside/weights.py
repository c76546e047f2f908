"""Weights and gradients through training: what the snapshots of a run tell of each layer."""

import numpy as np
import torch

from playground.inside import LayerHistory
from playground.training.inside.layers import block_of
from playground.training.loaded_network import LoadedNetwork
from playground.training.snapshots import GRADIENT, QUANTILES, STEP, quantiles
from playground.training.stored_networks import snapshots


def history(network: LoadedNetwork) -> list[LayerHistory]:
    """Tell of each layer with weights how these were spread after each epoch that is kept, how the
    gradient was, and how far the epoch's last step went. Raises PredictionError."""
    epochs, every = snapshots(network.stored)
    missing = torch.full((len(epochs), len(QUANTILES)), float("nan"))
    return [
        LayerHistory(
            place,
            block_of(network.plan, place),
            layer.title,
            np.array(epochs),
            quantiles(every[f"{place}.weight"].flatten(1)).numpy(),
            every.get(f"{GRADIENT}{place}.weight", missing).numpy(),
            every.get(f"{STEP}{place}.weight", missing[:, 0]).numpy(),
        )
        for place, layer in enumerate(network.plan.modules)
        if layer.weights and f"{place}.weight" in every
    ]
