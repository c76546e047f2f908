"""The training loop: a generator of EpochMetrics, then one Result.

It knows nothing of pages, queues or files: whoever asks gets numbers and may say stop. It is not
general: it trains one classifier of images that fit in memory, and does that without a DataLoader.
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from playground import architecture, datasets, models
from playground.config import CNN, ConvBlock, Digits, Run, RunConfig
from playground.records import EpochMetrics, Result, Scores
from playground.training.device import DeviceError, device_name, device_of, threads_for, versions
from playground.training.images import Images, evaluate, scaling_of, scores_of
from playground.training.loop import Loop, Ticker, batch_size_of

TIPS = "Try another learning rate, scaled pixels, or more epochs."

__all__ = ["DeviceError", "device_of", "train", "warm_up"]


def train(
    config: RunConfig,
    folder: Path,
    stop: Callable[[], bool] = lambda: False,
    report: Callable[[float], None] = lambda epochs: None,
) -> Iterator[EpochMetrics | Result]:
    """Train the network of ``config`` on the data in ``folder``.

    Yields one EpochMetrics an epoch, then one Result. At most every 0.2 s, within epochs too,
    ``report`` is told how many epochs are done (2.5: half of the third) and ``stop`` is asked.
    Seeds torch's global random numbers, so two runs must not share a process at once.

    Raises datasets.DataError, architecture.ImpossibleNetwork or DeviceError before the first epoch.
    """
    device = device_of(config)
    dataset = datasets.load(config.data, folder)
    split = datasets.split(dataset, config.data)
    plan = architecture.plan(config.architecture, dataset.input_shape, len(dataset.classes))
    architecture.check_batch(plan, batch_size_of(config, len(split.train)))
    torch.set_num_threads(threads_for(plan.multiply_adds * batch_size_of(config, len(split.train))))
    torch.manual_seed(config.run.seed)
    model = models.build(plan, config.architecture).to(device)
    if isinstance(config.architecture, CNN):
        model = model.to(memory_format=torch.channels_last)
    scaling = scaling_of(config.data.scaling, dataset, split.train)
    labels = {"train": split.train_labels} | {
        name: dataset.labels[getattr(split, name)] for name in ("validation", "test")
    }
    parts = {
        name: Images(dataset.images[getattr(split, name)], labels[name], scaling, device)
        for name in ("train", "validation", "test")
    }
    loop = Loop(config, model, parts, plan, Ticker(stop, report))
    yield from loop.epochs()

    scores: dict[str, Scores | None] = {"train": None, "validation": None, "test": None}
    probabilities: dict[str, np.ndarray] = {}
    if loop.status != "diverged":
        for name, images in parts.items():
            if len(images):
                logits = evaluate(model, images, loop.evaluation_batch)
                scores[name] = scores_of(logits, images.labels)
                if name != "train":
                    probabilities[name] = logits.softmax(1).float().cpu().numpy()
    if any(score and not math.isfinite(score.loss) for score in scores.values()):
        loop.diverge()  # the last step went too far, or a stop came just after it
        scores, probabilities = dict.fromkeys(scores), {}
    trained = scores["train"]
    if loop.status == "finished" and trained and trained.accuracy < 1.5 / plan.classes:
        far = trained.loss > 2 * math.log(plan.classes)
        tips = (
            "Its loss is far above that of guessing: try a smaller learning rate." if far else TIPS
        )
        loop.message += f" It does little better than guessing. {tips}"
    yield Result(
        status=loop.status,
        message=loop.message.strip(),
        epochs=len(loop.history),
        best_epoch=loop.best_epoch,
        scores=scores,
        parameters=plan.parameters,
        seconds=loop.seconds,
        device=device_name(device),
        versions=versions(),
        fingerprint=dataset.fingerprint,
        history=tuple(loop.history),
        probabilities=probabilities,
        labels={name: labels[name] for name in probabilities},
        matrices=np.stack(loop.matrices) if loop.matrices else None,
        weights=save({name: w.cpu().contiguous() for name, w in model.state_dict().items()}),
    )


def warm_up() -> None:
    """Pay the one-time costs of a process now: train a tiny network, so that all is imported."""
    config = RunConfig(
        data=Digits(train_images=64, flip=True),
        architecture=CNN(blocks=(ConvBlock(channels=(4,), batch_norm="each"),), hidden=(8,)),
        run=Run(epochs=1),
    )
    for _ in train(config, Path()):
        pass
