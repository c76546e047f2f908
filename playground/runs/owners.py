"""Which process a run belongs to, and whether that still lives."""

import psutil


def owner_of(pid: int) -> str:
    """A process by number and start, as numbers are used again. Raises psutil.Error."""
    return f"{pid}:{psutil.Process(pid).create_time():.1f}"


def lives(owner: str) -> bool:
    """Whether the process of that name still runs."""
    try:
        return owner_of(int(owner.partition(":")[0])) == owner
    except (psutil.Error, ValueError):
        return False
