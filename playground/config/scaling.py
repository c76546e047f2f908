"""How pixels become the numbers that a network sees: a line each, as a factor and a shift."""

from dataclasses import dataclass
from typing import Literal

from playground.config.call import used


@dataclass(frozen=True)
class Scaling:
    """Each pixel times ``factor`` plus ``shift``.

    Both are Python expressions over ``max_pixel``, the pixel value that is white, and ``mean`` and
    ``deviation`` of each channel over the training images.
    """

    label: str
    about: str
    """What comes out, as the end of "Pixels as floats, …"; ``{max_pixel}`` is the value of
    white."""
    factor: str = "1.0"
    shift: str = "0.0"

    @property
    def measures(self) -> bool:
        """Whether it needs the training images' mean and deviation."""
        return not {"mean", "deviation"}.isdisjoint([*used(self.factor), *used(self.shift)])


SCALINGS: dict[str, Scaling] = {
    "raw": Scaling("Raw pixels", "0 to {max_pixel}"),
    "unit": Scaling("0 to 1", "0 to 1", "1 / max_pixel"),
    "symmetric": Scaling("−1 to 1", "-1 to 1", "2 / max_pixel", "-1.0"),
    "standard": Scaling(
        "Mean 0, deviation 1",
        "each channel with mean 0 and deviation 1 over the training images",
        "1 / deviation",
        "-mean / deviation",
    ),
}
"""By the name that configs have for them."""

ScalingName = Literal[tuple(SCALINGS)]
