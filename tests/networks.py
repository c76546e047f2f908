"""Networks ready to be asked, of ten configs that have every kind of layer."""

from pathlib import Path

import torch

from playground.config import CNN, MLP, ConvBlock, DataConfig, Digits, RunConfig
from playground.data import datasets
from playground.data.datasets.scaling import scaling_of
from playground.network import plan_of
from playground.results import StoredNetwork
from playground.training import modules
from playground.training.loaded_network import LoadedNetwork
from tests.small_runs import NOWHERE

EVERY_KIND = {
    "dense": MLP(hidden=(16, 8)),
    "linear": MLP(hidden=(), activation="none"),
    "tanh, batch norm, dropout": MLP(
        hidden=(16, 8), activation="tanh", batch_norm=True, dropout=0.3
    ),
    "prelu": MLP(hidden=(12,), activation="prelu"),
    "sigmoid": MLP(hidden=(12, 6), activation="sigmoid"),
    "blocks": CNN(blocks=(ConvBlock(channels=(4, 6)), ConvBlock(channels=(5,))), hidden=(8,)),
    "batch norm, channel dropout": CNN(
        blocks=(
            ConvBlock(channels=(4, 4), batch_norm="each", dropout=0.2, dropout_kind="channels"),
        ),
        hidden=(8,),
        activation="gelu",
    ),
    "average pooling": CNN(
        blocks=(ConvBlock(channels=(4,), pool="average"),), hidden=(8,), activation="elu"
    ),
    "whitening": CNN(
        whitening=True, blocks=(ConvBlock(channels=(4, 4), pool_at="after_first"),), hidden=()
    ),
    "global average": CNN(
        blocks=(ConvBlock(channels=(4, 6), kernel=3),), hidden=(), activation="silu",
        head="global_average",
    ),
}  # fmt: skip
"""By what stands out in them."""


def loaded(
    architecture: MLP | CNN, data: DataConfig | None = None, folder: Path = NOWHERE, seed: int = 0
) -> LoadedNetwork:
    """Build a network that has not trained, ready to be asked; with some statistics of its own in
    batch norm, and filters in whitening."""
    config = RunConfig(data=data or Digits(), architecture=architecture)
    dataset = datasets.load(config.data, folder)
    split = datasets.split(dataset, config.data)
    plan = plan_of(config, dataset)
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    model = modules.build(plan, architecture)
    for name, values in model.state_dict().items():
        if name.endswith(("running_mean", "running_var")) or not values.any():
            values.copy_(torch.rand_like(values.float()) + 0.1)
    torch.set_rng_state(state)
    scaling = scaling_of(config.data.scaling, dataset, split.train)
    stored = StoredNetwork(
        config.name, config.canonical(), dataset.fingerprint, float(seed), "", 1, 1
    )
    return LoadedNetwork(stored, config, dataset, plan, model.eval(), scaling)
