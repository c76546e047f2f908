"""The training loop: a generator of EpochMetrics, then one Result.

It knows nothing of pages, queues or files: whoever asks gets numbers and may say stop. It is not
general: it trains one classifier of images that fit in memory, and does that without a DataLoader.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from playground.config import CNN, ConvBlock, Digits, Run, RunConfig
from playground.results import EpochMetrics, Execution, Result
from playground.training.device import DeviceError, device_name, device_of, versions
from playground.training.final_result import measure_result
from playground.training.loop import Loop
from playground.training.prepared import Prepared, prepare
from playground.training.stacked_loop import train_stacked
from playground.training.stopping import Ticker

__all__ = [
    "DeviceError",
    "Prepared",
    "device_of",
    "planned_execution",
    "prepare",
    "train",
    "train_together",
    "versions",
    "warm_up",
]


def train(
    config: RunConfig,
    folder: Path,
    stop: Callable[[], bool] = lambda: False,
    report: Callable[[float], None] = lambda epochs: None,
    weights: Path | None = None,
) -> Iterator[EpochMetrics | Result]:
    """Train the network of ``config`` on the data in ``folder``.

    Yields one EpochMetrics an epoch, then one Result. At most every 0.2 s, within long steps and
    while the trained network is measured too, ``stop`` is asked, and within epochs ``report`` is
    told how many are done (2.5: half of the third). Large weights are left in the file ``weights``,
    if one is named. Seeds torch's global random numbers, so two runs must not share a process at
    once.

    Raises datasets.DataError, network.ImpossibleNetwork or DeviceError before the first epoch.
    """
    made = prepare(config, folder)
    ticker = Ticker(stop, report)
    loop = Loop(config, made.model, made.parts, made.plan, ticker)
    yield from loop.epochs()
    yield measure_result(
        made, loop.progress, loop.execution, loop.validated, ticker, weights, loop.snapshot_file
    )


def train_together(
    configs: Sequence[RunConfig],
    folder: Path,
    stop: Callable[[], set[int]] = lambda: set(),
    report: Callable[[float], None] = lambda epochs: None,
) -> Iterator[tuple[int, EpochMetrics | Result]]:
    """Do ``train`` for several configs that share their ``stacking.key``: at once, on a CPU.

    Yields each item with the place of its config, and each one's Result once its epochs are over.
    ``stop`` gives the places of the configs that are to end.
    """
    return train_stacked(configs, folder, stop, report)


def device_kind() -> str:
    """Return the device that is taken if a config leaves it open: ``cpu``, ``cuda`` or ``mps``."""
    return device_of(RunConfig()).type


def planned_execution(config: RunConfig, folder: Path) -> tuple[str, Execution]:
    """Give device and execution, as its Result would have them, of a run of ``config`` here.

    Raises as :func:`train` does.
    """
    made = prepare(config, folder)
    return device_name(made.device), made.execution


def warm_up() -> None:
    """Pay the one-time costs of a process now: train a tiny network, so that all is imported."""
    config = RunConfig(
        data=Digits(train_images=64, flip=True),
        architecture=CNN(blocks=(ConvBlock(channels=(4,), batch_norm="each"),), hidden=(8,)),
        run=Run(epochs=1),
    )
    for _ in train(config, Path()):
        pass
