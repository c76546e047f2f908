"""The training loop: the articles' loop, the best one written by hand, and ours, in turns."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the app's worker has it

import torch
from torch import nn, optim

from benchmarks import baselines
from benchmarks.baselines import Split
from benchmarks.rows import Row, aimed, ranged, row_of
from playground import environment
from playground.config import CNN, MLP, Adam, Cifar10, ConvBlock, Momentum, Run, RunConfig
from playground.data import datasets
from playground.network import plan_of
from playground.network.duration import batch_size_of
from playground.training import train
from playground.training.execution import execution_of

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
IMAGES = 20_000 if DEVICE.type == "cuda" else 5_000
"""CIFAR10 images of an epoch here, a fifth of them for validation as in article E."""
TIMES = 5 if DEVICE.type == "cuda" else 7
EVERY_CORE = os.cpu_count() or 1
CUDA_TARGET = 20.0
"""Of the articles' time by ours on CUDA."""
BASE = CNN(blocks=tuple(ConvBlock(channels=(c,)) for c in (32, 64, 128)), hidden=(128,))
TUTORIAL = CNN(
    blocks=tuple(ConvBlock(channels=(c,), kernel=5, padding="none") for c in (6, 16)),
    hidden=(120, 84),
)
CUDA_WAYS = [
    {"precision": precision, "channels_last": channels_last}
    for precision in ("float32", "tf32", "bfloat16")
    for channels_last in (False, True)
]


@dataclass(frozen=True)
class Case:
    """A network to train in all ways. ``ways`` are what the best loop may try on the CPU, by
    option; on CUDA it tries CUDA_WAYS.

    Small steps take one thread in the app, which leaves the other cores to its pages: on a busy
    machine two that wait for each other took twenty times as long. So the best loop takes one too,
    and stands here a second time with every core, without a target.
    """

    name: str
    config: RunConfig
    network: Callable[[], nn.Sequential]
    optimizer: Callable[..., optim.Optimizer]
    scale: tuple[float, float]
    """Pixels times this, plus that."""
    ways: dict[str, tuple] = field(default_factory=dict)
    target: float | None = None
    """Of the articles' time by ours on the CPU; None if the articles' loop is not run."""
    workers: int = 0
    """Processes that load the articles' images."""
    epochs: int = 1
    """How many are timed at once."""


def measure(smoke: bool = False) -> list[Row]:
    """Return rows of each network's epoch in ms, and of the ratios."""
    folder = environment.read().data
    chosen = list(cases(500 if smoke else IMAGES, 20 if smoke else 300))
    if not (folder / "cifar10.npz").exists():
        chosen = [case for case in chosen if case.target is None]
    return [row for case in chosen for row in _compare(case, folder, 2 if smoke else TIMES)]


def cases(images: int, epochs: int) -> Iterator[Case]:
    device = "cuda" if DEVICE.type == "cuda" else "cpu"
    formats = {"channels_last": (True, False)}
    for batch in (128, 1024):
        ways = formats | {"bfloat16": (False, True), "piece": (0, 128), "threads": (EVERY_CORE,)}
        ways |= {"evaluated": (128, 2000)}
        data = Cifar10(train_images=images, validation_from="chosen")
        run = Run(epochs=5000, batch_size=batch, device=device)
        config = RunConfig(data=data, architecture=BASE, optimizer=Adam(), run=run)
        name = f"E's base, batch {batch:,}"
        yield Case(name, config, baselines.base_network, optim.Adam, (1 / 255, 0.0), ways, 3)
    ways = formats | {"onednn": (True, False), "threads": (1,)}
    yield Case(
        "the tutorial's network, batch 4",
        RunConfig(
            data=Cifar10(
                train_images=min(images // 2, 4000), validation_from="chosen", scaling="symmetric"
            ),
            architecture=TUTORIAL,
            optimizer=Momentum(learning_rate=0.001),
            run=Run(epochs=5000, batch_size=4, device=device),
        ),
        baselines.tutorial_network,
        lambda parameters, **kind: optim.SGD(parameters, 0.001, momentum=0.9, **kind),
        (2 / 255, -1.0),
        ways,
        target=2,
        workers=2,  # as the tutorial has it
    )
    yield Case(
        "digits MLP, full batch",
        RunConfig(architecture=MLP(), run=Run(epochs=5000, batch_size="full", device=device)),
        baselines.digits_network,
        optim.Adam,
        (1 / 16, 0.0),
        {"threads": (1,)},
        epochs=epochs,
    )


def _compare(case: Case, folder: Path, times: int) -> list[Row]:
    """Take turns: each loop trains ``case.epochs`` epochs, ``times`` times."""
    split = _split(case.config, folder)
    batch = batch_size_of(case.config, len(split.labels))
    loops = {"best": _best(case, split, batch), "ours": _ours(case, folder)}
    every_core = DEVICE.type == "cpu" and case.ways["threads"] == (1,) and EVERY_CORE > 1
    if every_core:
        wider = replace(case, ways=case.ways | {"threads": (EVERY_CORE,)})
        loops["best, every core"] = _best(wider, split, batch)
    if case.target:
        loops["articles"] = _articles(case, split, batch)
    for loop in loops.values():
        loop()
    seconds: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(times):
        for name, loop in loops.items():
            seconds[name].append(_timed(loop, case.epochs))
    each = {name: [s / case.epochs * 1e3 for s in found] for name, found in seconds.items()}
    rows = [
        ranged(row_of(f"{case.name}: epoch, {name}", statistics.median(found), "ms", times), found)
        for name, found in each.items()
    ]
    if case.target:
        rows.append(_ratio(f"{case.name}: articles ÷ ours", each["articles"], each["ours"]))
        target = CUDA_TARGET if DEVICE.type == "cuda" else case.target
        aimed(rows[-1], target, at_most=False)
    rows.append(_ratio(f"{case.name}: ours ÷ best", each["ours"], each["best"]))
    aimed(rows[-1], 1.05, at_most=True)
    if every_core:
        known = each["best, every core"]
        rows.append(_ratio(f"{case.name}: ours ÷ best, every core", each["ours"], known))
    return rows


def _ratio(what: str, above: list[float], below: list[float]) -> Row:
    turns = [a / b for a, b in zip(above, below, strict=True)]
    value = statistics.median(above) / statistics.median(below)
    return ranged(row_of(what, value, "×", len(turns)), turns)


def _timed(loop: Callable[[], object], epochs: int) -> float:
    began = time.perf_counter()
    for _ in range(epochs):
        loop()
    return time.perf_counter() - began


def _best(case: Case, split: Split, batch: int) -> Callable[[], object]:
    """Return the fastest loop found. On the CPU each option in turn takes the value with which an
    epoch is fastest, beside what was found for those before it; on CUDA all of CUDA_WAYS are tried.
    """
    few = max(1, case.epochs // 10)
    write = baselines.best_on_cuda if DEVICE.type == "cuda" else baselines.best

    def made(options: dict) -> tuple[float, Callable[[], object]]:
        rest = dict(options)
        of = baselines.Resident(
            *(split, case.network, DEVICE),
            scale=case.scale,
            channels_last=rest.pop("channels_last", False),
        )
        loop = write(of, lambda parameters: case.optimizer(parameters, fused=True), batch, **rest)
        loop()
        return min(_timed(loop, few), _timed(loop, few)), loop

    if DEVICE.type == "cuda":
        return min(map(made, CUDA_WAYS), key=itemgetter(0))[1]
    options = {name: values[0] for name, values in case.ways.items()}
    best = made(options)
    for name, values in case.ways.items():
        for value in values[1:]:
            tried = made(options | {name: value})
            if tried[0] < best[0]:
                best, options = tried, options | {name: value}
    return best[1]


def _articles(case: Case, split: Split, batch: int) -> Callable[[], object]:
    symmetric = case.scale[1] != 0
    epoch = baselines.articles(
        *(split, case.network, case.optimizer, batch),
        symmetric=symmetric,
        workers=case.workers,
        device=DEVICE,
    )

    def loop() -> object:
        torch.set_num_threads(EVERY_CORE)
        return epoch()

    return loop


def _ours(case: Case, folder: Path) -> Callable[[], object]:
    """Return the engine's own generator, with all it reports, an epoch at a call."""
    items = train(case.config, folder)
    first = [next(items)]
    dataset = datasets.load(case.config.data, folder)
    count = len(datasets.split(dataset, case.config.data).train)
    plan = plan_of(case.config, dataset)
    batch = batch_size_of(case.config, count)
    threads = execution_of(plan, batch, DEVICE).threads or 1

    def loop() -> object:
        torch.set_num_threads(threads)  # another loop may have set them, as what follows
        if DEVICE.type == "cuda":
            baselines.set_cuda("ieee", "ieee", deterministic=True)
        return first.pop() if first else next(items)

    return loop


def _split(config: RunConfig, folder: Path) -> Split:
    dataset = datasets.load(config.data, folder)
    split = datasets.split(dataset, config.data)
    return Split(
        *(dataset.images[split.train], split.train_labels),
        *(dataset.images[split.validation], dataset.labels[split.validation]),
    )
