"""Which process a run belongs to, and whether that still lives."""

from pathlib import Path

import psutil

_PROC = Path("/proc")


def owner_of(pid: int) -> str:
    """Name a process by number and start, as numbers are used again. Raises psutil.Error."""
    return _name(psutil.Process(pid))


def lives(owner: str) -> bool:
    """Tell whether the process of that name still runs.

    One that has ended and was never waited for, as a container's first process may leave it, does
    not.
    """
    try:
        process = psutil.Process(int(owner.partition(":")[0]))
        return _name(process) == owner and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False


def _name(process: psutil.Process) -> str:
    return f"{process.pid}:{_start(process)}"


def _start(process: psutil.Process) -> str:
    """Tell when it started, in a way that the clock cannot change.

    Linux counts it from the machine's start. Told as a time of day it moves when the clock is set,
    and then a run's own app would take itself for gone.
    """
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        # After the program's name, which may hold anything, in brackets: field 22 of proc(5).
        ticks = (_PROC / f"{process.pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:  # macOS, where a process keeps the time it was given
        return f"{process.create_time():.1f}"
    return f"{ticks}:{boot}"
