"""Which images, how they are split, scaled and changed."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from playground.config.part import Kind, labels_of, setting
from playground.config.scaling import SCALINGS, ScalingName
from playground.config.setting import settings_of


@dataclass(frozen=True)
class Augmentation:
    """A random change to a batch of training images; torch's default generator draws it."""

    field: str
    """The setting that asks for it."""
    function: str
    """Its full name. It takes pixels, uint8 (n, channels, height, width), then ``value`` if there
    is one, and gives pixels like them."""
    value: int | None = None
    """The setting's number; None if it is a switch."""


class Data(Kind):
    """A data set, and how its images are split, scaled and changed."""

    tag = "name"

    train_images: Annotated[int, Field(ge=20, le=1_000_000)] | Literal["all"] = setting(
        "all",
        "Training images",
        "How many images of the training split are used; validation images are taken out of these. "
        "A smaller number trains faster and overfits sooner.",
        unit="images",
    )
    validation: Literal["random", "end", "test", "none"] = setting(
        "random",
        "Validation images",
        "Images kept out of training to see how the network does on what it has not seen: drawn at "
        "random, the last ones (as Keras does), the test images themselves (as some articles do; "
        "the test figure is then no longer independent), or none.",
        names={"random": "Drawn at random", "end": "The last ones", "test": "The test images"},
    )
    validation_fraction: float = setting(
        0.2,
        "Validation fraction",
        "The share of the training images that is kept for validation.",
        ge=0.01,
        le=0.5,
    )
    scaling: ScalingName = setting(
        "unit",
        "Pixel scaling",
        "What the network sees: the raw numbers, 0 to 1 (black to white), −1 to 1, or each colour "
        "channel shifted and stretched to mean 0 and deviation 1 over the training images. White "
        "is 16 in digits, 255 in CIFAR10, and what the file says in own images.",
        names=labels_of(SCALINGS),
    )
    flip: bool = setting(
        False,
        "Flip left to right",
        "Mirrors half of the training images at random in each epoch. Good for photographs, "
        "wrong for digits.",
        augmentation="playground.augmentation.flip",
    )
    crop: int = setting(
        0,
        "Random shift",
        "Pads each training image by this many pixels and cuts a piece of the old size out at "
        "random, so things stand in other places each epoch. 0 is off.",
        unit="pixels",
        augmentation="playground.augmentation.shift",
        ge=0,
        le=16,
    )
    cutout: int = setting(
        0,
        "Cutout",
        "Blanks a random square of this side in each training image, so the network cannot rely "
        "on one spot. 0 is off.",
        unit="pixels",
        augmentation="playground.augmentation.cutout",
        ge=0,
        le=32,
    )
    label_noise: float = setting(
        0.0,
        "Label noise",
        "The share of training labels replaced by a random other class; shows how a network "
        "learns mistakes by heart.",
        ge=0,
        le=0.9,
    )
    split_seed: int = setting(
        42,
        "Split seed",
        "Decides which images go to training, validation and test; keep it to compare runs on "
        "the same images.",
        ge=0,
        le=2**32 - 1,
    )

    def idle(self) -> tuple[str, ...]:
        return () if self.validation in ("random", "end") else ("validation_fraction",)

    def augmentations(self) -> list[Augmentation]:
        """Give the changes to training images that are switched on, in the order of the fields."""
        fields = settings_of(type(self)).items()
        values = ((name, one.augmentation, getattr(self, name)) for name, one in fields)
        return [
            Augmentation(name, function, None if value is True else value)
            for name, function, value in values
            if function and value
        ]


TestFraction = Annotated[float, Field(ge=0.10, le=0.40)]


class Digits(Data):
    """scikit-learn's 1,797 handwritten digits of 8×8 grey pixels, 0 to 16."""

    label = "Digits (8×8, grey)"
    name: Literal["digits"] = "digits"
    test_fraction: TestFraction = setting(
        0.25,
        "Test fraction",
        "The share of all images kept aside for the test at the very end.",
    )


class Cifar10(Data):
    """60,000 photographs of 32×32 colour pixels in ten classes; 10,000 of them are the test."""

    label = "CIFAR10 (32×32, colour)"
    name: Literal["cifar10"] = "cifar10"
    train_images: Annotated[int, Field(ge=20, le=50_000)] | Literal["all"] = setting(
        10_000,
        "Training images",
        "How many of the 50,000 training images are used; validation images are taken out of "
        "these. 10,000 keep a class waiting less.",
        unit="images",
    )


_NOWHERE = '<>:"/\\|?*'
"""Letters that a name cannot have on one system or another: separators of folders among them."""
_MOST_BYTES = 255
"""Of a name, as file systems have it."""


def why_not(name: str) -> str:
    """Why a file of that name cannot be a data set of own images; empty where it can."""
    if not name.lower().endswith(".npz"):
        return "its name does not end in .npz"
    if name.startswith("."):
        return "its name begins with a dot"
    if not name.isprintable():
        return "its name has letters that cannot be seen"
    if any(letter in _NOWHERE for letter in name):
        return f"its name has one of {' '.join(_NOWHERE)}"
    return "its name is too long" if len(name.encode()) > _MOST_BYTES else ""


def one_form(name: str) -> str:
    """A name whichever way its accents were written: macOS takes them apart, links do not."""
    return unicodedata.normalize("NFC", name)


def _file_name(value: str) -> str:
    name = one_form(value)
    if why := why_not(name):
        raise ValueError(why)
    return name


class OwnImages(Data):
    """Images from an .npz file in the data folder."""

    label = "Own images (.npz)"
    name: Literal["npz"] = "npz"
    file: Annotated[str, AfterValidator(_file_name)] = setting(
        "images.npz",
        "File",
        "The name of an .npz file in the data folder, with x_train and y_train, and x_test and "
        "y_test if it has its own test images. White is the largest whole number in the file, or "
        "255 where that is over 127; with decimals from 0 to 1, or true and false, it is 1.",
    )
    test_fraction: TestFraction = setting(
        0.25,
        "Test fraction",
        "The share of all images kept aside for the test, where the file has no test images.",
    )
