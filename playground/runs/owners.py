"""Which process a run belongs to, and whether that still lives."""

import psutil


def owner_of(pid: int) -> str:
    """A process by number and start, as numbers are used again. Raises psutil.Error."""
    return _name(psutil.Process(pid))


def lives(owner: str) -> bool:
    """Whether the process of that name still runs.

    One that has ended and was never waited for, as a container's first process may leave it, does
    not.
    """
    try:
        process = psutil.Process(int(owner.partition(":")[0]))
        return _name(process) == owner and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return False


def _name(process: psutil.Process) -> str:
    return f"{process.pid}:{process.create_time():.1f}"
