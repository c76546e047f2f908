"""What every data set can say of itself, and how its images are split, scaled and changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from playground.config.call import free_names
from playground.config.part import Kind, labels_of, setting
from playground.config.setting import settings_of


@dataclass(frozen=True)
class Published:
    """A file as it is published."""

    url: str
    md5: str
    """Its MD5 sum in hex digits."""
    size: int
    """Bytes."""

    @property
    def name(self) -> str:
        """The file's name, which it keeps in the data folder."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True)
class Download:
    """The files of a data set that is downloaded."""

    files: tuple[Published, ...]
    room: int
    """Bytes that the disk must have free: for the files and the prepared copy."""
    folder: str = ""
    """The folder in the data folder that has the files: the one torchvision looks into."""
    npz: str = ""
    """An .npz file in the data folder that is taken in place of them."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Loading:
    """How an exported script loads the images."""

    imports: str
    """What it imports for that, as lines."""
    body: str
    """The lines of ``load_images``, which gives images, uint8 (n, height, width, channels), those
    of the test last, and labels, int64 (n,). A Jinja template: it may name ``height``, ``width``,
    ``channels`` and ``max_pixel``, and read the constant FILE if the data set has a ``file``."""
    about: str = ""
    """What the script says of the ``folder``; may name the ``{file}``."""
    folder: bool = True
    """Whether it reads the data folder, which ``body`` calls ``folder``."""


@dataclass(frozen=True)
class Drawing:
    """How a drawing or a photo becomes an image of the data set."""

    of: str = ""
    """What is drawn, such as ``digit``; nothing is known of it if this is empty."""
    which: str = ""
    """Which of them, such as ``from 0 to 9``."""
    width: float = 20 / 32
    """The width of what is drawn, as a share of the frame's."""
    height: float = 1.0
    """The height of what is drawn, as a share of the frame's."""
    ink: float = 0.305
    """The share of the frame that is black."""
    upright: bool = True
    """Whether slant is taken out."""


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
        """Whether it needs the training images' mean and standard deviation."""
        return not {"mean", "deviation"}.isdisjoint(
            [*free_names(self.factor), *free_names(self.shift)]
        )


SCALINGS: dict[str, Scaling] = {
    "raw": Scaling("Raw pixels", "0 to {max_pixel}"),
    "unit": Scaling("0 to 1", "0 to 1", "1 / max_pixel"),
    "symmetric": Scaling("−1 to 1", "-1 to 1", "2 / max_pixel", "-1.0"),
    "standard": Scaling(
        "Mean 0, standard deviation 1",
        "each channel with mean 0, standard deviation 1 over the training images",
        "1 / deviation",
        "-mean / deviation",
    ),
}
"""By the name that configs have for them."""

if TYPE_CHECKING:  # a checker cannot read the names from a dictionary
    ScalingName = str
else:
    ScalingName = Literal[tuple(SCALINGS)]


class Data(Kind):
    """The base of the data sets. What a data set says of itself are its class variables; those
    that only some have are empty here."""

    tag = "name"
    kinds_label = "Data set"
    added_fields: ClassVar[Mapping[str, Any]] = {"validation_from": "chosen"}

    short: ClassVar[str] = ""
    """What it is called in a line; its label, in the menu, says more."""
    loader: ClassVar[str]
    """The module whose ``load(data, folder)`` gives its ``Dataset``."""
    origin: ClassVar[str]
    """Where it comes from, in Markdown; may name the ``{file}``."""
    licence: ClassVar[str] = ""
    """On what terms it can be used, as a sentence."""
    not_for: ClassVar[tuple[str, ...]]
    """What a network that was trained on it is not for, in sentences."""
    limits: ClassVar[tuple[str, ...]] = (
        "Images that are alike in training and test were not looked for.",
    )
    """What is not known of its figures, in sentences."""
    shape: ClassVar[tuple[int, int, int] | None] = None
    """(height, width, channels) of its images, if it is always the same."""
    classes: ClassVar[tuple[str, ...]] = ()
    """The names of its classes, if they are always the same."""
    counts: ClassVar[tuple[int, int] | None] = None
    """Its images for training and for the test, if it has its own test images."""
    begins_with: ClassVar[Mapping[str, Any]] = {}
    """What a run on it begins with (``beginning``), where that is not the default: sections of the
    config by their names, and under ``data`` fields of its own."""
    takes_seconds: ClassVar[bool] = False
    """Whether a usual run takes seconds, so that a recipe needs no quick form."""
    download: ClassVar[Download | None] = None
    """Where it is downloaded."""
    loading: ClassVar[Loading]
    """How an exported script loads it."""
    drawing: ClassVar[Drawing] = Drawing()
    """How a drawing becomes one of its images, if they are grey."""
    mirrored: ClassVar[str] = ""
    """Why mirrored images make no sense, as a sentence; empty if they may."""
    if TYPE_CHECKING:  # each kind has its own; those without test images have a fraction
        name: str = ""
        test_fraction: float = 0.0

    train_images: Annotated[int, Field(ge=20, le=1_000_000)] | Literal["all"] = setting(
        "all",
        "Training images",
        "How many images are trained on. A smaller number trains faster and overfits sooner.",
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
        "The share of the images outside the test that is kept for validation.",
        ge=0.01,
        le=0.5,
    )
    validation_from: Literal["pool", "chosen"] = setting(
        "pool",
        "Validation images from",
        "What the validation fraction is a share of. All training images: the same ones validate "
        "however few are trained on, so such runs can be compared. Only those used: few images "
        "leave even fewer to validate on.",
        names={"pool": "All training images", "chosen": "Only those used"},
    )
    scaling: ScalingName = setting(
        "unit",
        "Pixel scaling",
        "What the network sees: the raw numbers, 0 to 1 (black to white), −1 to 1, or each colour "
        "channel shifted and stretched to mean 0 and standard deviation 1 over the training "
        "images. Which number white is in a data set, Data, on the page Train, says.",
        names=labels_of(SCALINGS),
    )
    flip: bool = setting(
        False,
        "Flip left to right",
        "Mirrors half of the training images at random in each epoch. Good for photographs, "
        "wrong for digits.",
        augmentation="playground.training.augmentation.flip",
    )
    crop: int = setting(
        0,
        "Random shift",
        "Pads each training image by this many pixels and cuts a piece of the old size out at "
        "random, so things stand in other places each epoch. 0 is off.",
        unit="pixels",
        augmentation="playground.training.augmentation.shift",
        ge=0,
        le=16,
    )
    cutout: int = setting(
        0,
        "Cutout",
        "Blanks a random square of this side in each training image, so the network cannot rely "
        "on one spot. 0 is off.",
        unit="pixels",
        augmentation="playground.training.augmentation.cutout",
        ge=0,
        le=32,
    )
    label_noise: float = setting(
        0.0,
        "Label noise",
        "The share of training labels replaced by a random other class; shows how a network "
        "memorises mistakes.",
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

    def inactive_fields(self) -> tuple[str, ...]:
        if self.validation not in ("random", "end"):
            return ("validation_fraction", "validation_from")
        return ("validation_from",) if self.train_images == "all" else ()

    def augmentations(self) -> list[Augmentation]:
        """Give the changes to training images that are switched on, in the order of the fields."""
        fields = settings_of(type(self)).items()
        values = ((name, one.augmentation, getattr(self, name)) for name, one in fields)
        return [
            Augmentation(name, function, None if value is True else value)
            for name, function, value in values
            if function and value
        ]

    @property
    def in_a_line(self) -> str:
        """What its images are called in a line on a run."""
        return self.short

    @property
    def noun(self) -> str:
        """What one of its images is called, such as ``digit``."""
        return self.drawing.of or "image"

    def white(self, max_pixel: int) -> str:
        """Say why ``max_pixel`` is white, if that is not the same for all; else empty."""
        return ""
