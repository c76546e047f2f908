"""Which device computes, with how many threads, and under which versions."""

import os
import platform
from importlib.metadata import version

import torch

from playground.config import RunConfig
from playground.refusal import Refusal

SMALL_STEP = 20_000_000
"""Multiply-adds of a batch, forward, under which one thread computes it."""


class DeviceError(Refusal):
    """A device that is asked for and not there; the message says what to choose."""


def device_of(config: RunConfig) -> torch.device:
    """The device a config asks for, ``auto`` being the fastest there is. Raises DeviceError."""
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if config.run.device == "auto":
        return torch.device(next(name for name in ("cuda", "mps", "cpu") if there[name]))
    if not there[config.run.device]:
        names = " or ".join(["auto", *(name for name, is_there in there.items() if is_there)])
        raise DeviceError(
            f"There is no {config.run.device} device here: set the device to {names}."
        )
    return torch.device(config.run.device)


def device_name(device: torch.device) -> str:
    """The device in words, such as ``cpu (2 threads)`` or ``cuda (NVIDIA H100)``."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        count = torch.get_num_threads()
        return f"cpu ({count} thread{'s' if count > 1 else ''})"
    return device.type


def versions() -> dict[str, str]:
    """The versions a result depends on."""
    packages = ("torch", "torchvision", "numpy", "scikit-learn")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def threads_for(multiply_adds: int) -> int:
    """Threads for a step of so much work.

    Small steps get one: on a busy machine two threads that wait for each other made a digits run
    twenty times slower (2 cores, torch 2.15). Set by hand also because Dask starts its workers with
    OMP_NUM_THREADS=1, and because the same number gives the same sums, bit for bit, everywhere.
    """
    if multiply_adds < SMALL_STEP:
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, 16)
