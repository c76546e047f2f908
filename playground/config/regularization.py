"""Regularization with early stopping, and how long and on what a run trains."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from playground.config.part import Part, setting


class EarlyStopping(Part):
    """Ends the run when it no longer gets better."""

    watch: Literal["off", "validation_loss", "validation_accuracy", "train_loss"] = setting(
        "off", "Early stopping", "The figure that must keep getting better, or off."
    )
    patience: int = setting(
        5,
        "Patience",
        "How many epochs without an improvement are waited for.",
        unit="epochs",
        ge=1,
        le=1000,
    )
    least_gain: float = setting(
        0.0,
        "Minimum improvement",
        "A smaller change does not count as an improvement.",
        ge=0,
        le=10,
    )
    keep: Literal["best", "last"] = setting(
        "best", "Keep", "The weights of the best epoch, or of the last one."
    )

    def inactive_fields(self) -> tuple[str, ...]:
        return ("patience", "least_gain", "keep") if self.watch == "off" else ()


class Regularization(Part):
    """What keeps a network from memorising its training images."""

    weight_decay: float = setting(
        0.0,
        "Weight decay",
        "Pulls every weight towards zero at each step. AdamW takes it off the weights, the others "
        "add it to the gradient. 0 is off.",
        ge=0,
        le=1,
    )
    l1: float = setting(
        0.0,
        "L1 penalty",
        "Adds this times the sum of the weights' sizes to the loss; drives many to exactly zero.",
        ge=0,
        le=1,
    )
    l2: float = setting(
        0.0,
        "L2 penalty",
        "Adds this times the sum of the squared weights to the loss; keeps them small.",
        ge=0,
        le=1,
    )
    penalty_on: Literal["all", "dense", "hidden"] = setting(
        "all",
        "Penalty on",
        "All weights, those of the dense layers, or of the hidden dense layers only, which leaves "
        "the output layer out; never the biases.",
        names={"dense": "Dense layers only"},
    )
    label_smoothing: float = setting(
        0.0,
        "Label smoothing",
        "Asks for a little less than full certainty: this share is spread over all classes.",
        ge=0,
        le=0.5,
    )
    gradient_clip: float = setting(
        0.0,
        "Gradient clipping",
        "Shortens a gradient that is longer than this, against sudden jumps. 0 is off.",
        ge=0,
        le=1000,
    )
    early_stopping: EarlyStopping = EarlyStopping()

    def inactive_fields(self) -> tuple[str, ...]:
        return () if self.l1 or self.l2 else ("penalty_on",)


class Run(Part):
    """How long and on what."""

    added_fields: ClassVar[Mapping[str, Any]] = {"test_time_flip": False}
    epochs: int = setting(
        30, "Epochs", "How often every training image is seen.", unit="epochs", ge=1, le=5000
    )
    batch_size: Annotated[int, Field(ge=1, le=65_536)] | Literal["full"] = setting(
        32,
        "Batch size",
        "How many images each step looks at, or all of them at once (full batch).",
        unit="images",
        names={"full": "Full batch"},
    )
    seed: int = setting(
        0,
        "Seed",
        "Starts the random numbers: initial weights, order of the images, dropout. The same seed "
        "gives the same run.",
        ge=0,
        le=2**32 - 1,
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = setting(
        "auto",
        "Device",
        "What computes: the fastest there is, or one by name.",
        names={
            "auto": "Fastest there is",
            "cpu": "CPU",
            "cuda": "CUDA (NVIDIA GPU)",
            "mps": "MPS (Apple GPU)",
        },
    )
    test_time_flip: bool = setting(
        False,
        "Test mirrored images too",
        "Also measures the test images with each image's mirrored copy: the mean of both answers. "
        "The plain test figures are kept too. Good for photographs, wrong for digits.",
    )
