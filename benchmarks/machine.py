"""What a figure must be quoted with: the machine, and the versions of what was measured."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

PACKAGES = ("torch", "torchvision", "streamlit", "distributed")


def machine() -> dict[str, str | int | float]:
    """Return the processor's model, how many CPUs may be used, memory in GB, device and system."""
    return {
        "cpu": _cpu(),
        "cpus": _cpus(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "device": _device(),
        "system": platform.platform(),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages whose speed is measured."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # of the groups, only ``pages`` and ``memory`` need them all
        return "none"


def _cpu() -> str:
    known = Path("/proc/cpuinfo")
    for line in known.read_text().splitlines() if known.is_file() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _device() -> str:
    """Return the device that a run gets which asks for none."""
    from playground.config import RunConfig  # these import torch, which takes a second
    from playground.training.device import device_name, device_of

    device = device_of(RunConfig())
    return "cpu" if device.type == "cpu" else device_name(device)
