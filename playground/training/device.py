"""Which device computes, with how many threads, and under which versions."""

import platform
from importlib.metadata import version

import torch

from playground import formats
from playground.config import RunConfig
from playground.errors import UserError


class DeviceError(UserError):
    """A device that is asked for and not there; the message says what to choose."""


def device_of(config: RunConfig) -> torch.device:
    """Return the device a config asks for, ``auto`` being the fastest. Raises DeviceError."""
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
    """Describe the device, such as ``cpu (2 threads)`` or ``cuda (NVIDIA H100)``."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        count = torch.get_num_threads()
        return f"cpu ({formats.counted(count, 'thread')})"
    return device.type


def versions() -> dict[str, str]:
    """List the versions a result depends on."""
    packages = ("torch", "torchvision", "numpy", "scikit-learn")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
