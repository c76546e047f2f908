"""Early stopping: a run ends when what it watches has not become better for some epochs."""

import math

from playground.config import EarlyStopping
from playground.results import EpochMetrics


class EarlyStopper:
    """Remembers the best of what it watches, and how many epochs ago that was."""

    def __init__(self, config: EarlyStopping) -> None:
        self.config, self._best, self._waited = config, -math.inf, 0

    def improved(self, metrics: EpochMetrics) -> bool:
        """Tell whether this epoch is the best so far, by more than the minimum improvement."""
        if self.config.watch == "off":
            return False
        value = getattr(metrics, self.config.watch)
        value = value if self.config.watch.endswith("accuracy") else -value
        gain = value > self._best + (self.config.least_gain if math.isfinite(self._best) else 0)
        self._best, self._waited = (value, 0) if gain else (self._best, self._waited + 1)
        return gain

    @property
    def is_over(self) -> bool:
        return self.config.watch != "off" and self._waited >= self.config.patience
