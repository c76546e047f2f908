"""The tests. ``pytest`` is all of them, ``pytest -m "not slow"`` what is run at each change."""

import os

# Before torch is imported: threads that spin while they wait took two test processes on two cores
# twice the processor time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# The processes that tests start compile the project once, not each of them anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
