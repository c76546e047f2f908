"""What a run may ask for at most: always, for everyone by the environment, or in one lesson."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from playground.errors import Problem

MAX_PARAMETERS = 50_000_000
"""The most numbers a network may learn."""
MAX_VALUES = 2_000_000
"""The most numbers one layer may put out for one image; more would not fit a batch in memory."""

Count = Annotated[int, Field(ge=1)]


class Limits(BaseModel):
    """The most of each; None if there is no limit but the settings' own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    epochs: Count | None = None
    parameters: Count | None = None
    """Numbers that a network learns."""
    images: Count | None = None
    """Images to train on."""
    seconds: Annotated[float, Field(gt=0)] | None = None
    """Seconds of training, after which a run is stopped."""

    def problems(self, who: str, epochs: int, parameters: int, images: int) -> list[Problem]:
        """Tell each limit that a run of this size is over; ``who`` sets them."""
        asked = (
            ("run.epochs", "epochs", self.epochs, epochs),
            ("architecture", "parameters", self.parameters, parameters),
            ("data.train_images", "training images", self.images, images),
        )
        message = "{} allows at most {:,} {} a run; these settings have {:,}: use fewer."
        return [
            Problem(path, message.format(who, most, what, count), is_sentence=True)
            for path, what, most, count in asked
            if most is not None and count > most
        ]

    def describe(self) -> list[str]:
        """Describe each limit in words, such as ``20 epochs``."""
        whole = {"epochs": self.epochs, "parameters": self.parameters, "images": self.images}
        found = [f"{most:,} {what}" for what, most in whole.items() if most is not None]
        return found + ([f"{self.seconds:g} s of training"] if self.seconds is not None else [])


class AppLimits(Limits):
    """Those of a run, for everyone who uses the app; and what is theirs in common."""

    waiting: Count = 500
    """Runs that one visitor may have waiting."""
    waiting_in_all: Count = 2000
    """Runs that may wait, whoever asked for them."""
    disk: Annotated[float, Field(gt=0)] | None = None
    """Gigabytes of the run store: beyond, weights and predictions are removed, first of those who
    have most. None if it may have half of what is free."""
