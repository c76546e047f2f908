"""What a run begins with: data and network on the device."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from playground.config import RunConfig
from playground.data import datasets
from playground.data.datasets.scaling import scaling_of
from playground.network import Plan, check_batch, plan_of
from playground.network.chunks import WHITENING_IMAGES
from playground.network.duration import batch_size_of
from playground.results import Execution
from playground.training import modules
from playground.training.device import device_of
from playground.training.execution import execution_of
from playground.training.images import Images


@dataclass(frozen=True)
class Prepared:
    """What a run begins with; images and labels by split ("train", "validation", "test")."""

    device: torch.device
    dataset: datasets.Dataset
    plan: Plan
    model: nn.Sequential
    parts: dict[str, Images]
    labels: dict[str, np.ndarray]
    execution: Execution


def prepare(config: RunConfig, folder: Path) -> Prepared:
    """Prepare data and network of ``config`` on its device, with torch seeded and threads set.

    Raises as :func:`train` does.
    """
    device = device_of(config)
    dataset = datasets.load(config.data, folder)
    split = datasets.split(dataset, config.data)
    plan = plan_of(config, dataset)
    check_batch(plan, batch_size_of(config, len(split.train)))
    execution = execution_of(plan, batch_size_of(config, len(split.train)), device)
    torch.set_num_threads(execution.threads or 1)
    if device.type == "cuda":
        # torch's own choice is TF32 for convolutions, evaluation included, and kernels whose sums
        # depend on the order in which threads arrive.
        # pyrefly: ignore[missing-attribute]  # torch adds it at run time
        torch.backends.cudnn.conv.fp32_precision = "ieee"
        torch.backends.cuda.matmul.fp32_precision = "ieee"
        torch.backends.cudnn.deterministic = True
    torch.manual_seed(config.run.seed)
    model = modules.build(plan, config.architecture).to(device)
    if execution.channels_last:
        model = model.to(memory_format=torch.channels_last)
    scaling = scaling_of(config.data.scaling, dataset, split.train)
    labels = {"train": split.train_labels} | {
        name: dataset.labels[getattr(split, name)] for name in ("validation", "test")
    }
    parts = {
        name: Images(
            *(dataset.images[getattr(split, name)], labels[name], scaling, device),
            channels_last=execution.channels_last,
            seen_once=name == "test",
        )
        for name in ("train", "validation", "test")
    }
    if plan.layers[0].kind == "whitening":
        # Some from everywhere: own images may stand class by class.
        step = math.ceil(len(split.train) / WHITENING_IMAGES)
        modules.whiten(model, parts["train"].batch(slice(None, None, step)))
    return Prepared(device, dataset, plan, model, parts, labels, execution)
