"""The data sets: each says here all that is known of it, and which module loads it.

Their order is that of the menus.
"""

import unicodedata
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from playground.config.data import Data, Download, Drawing, Loading, Published
from playground.config.network import CNN, MLP, ConvBlock
from playground.config.optimizer import Nesterov
from playground.config.part import setting
from playground.config.regularization import Regularization, Run
from playground.config.schedule import Triangle

TestFraction = Annotated[float, Field(ge=0.10, le=0.40)]


def _some_of(most: int) -> Any:
    """Begin with a part of the training images of a large data set."""
    return setting(
        10_000,
        "Training images",
        f"How many of the {most:,} images outside the test are trained on. 10,000 keep a class "
        "waiting less.",
        unit="images",
    )


class Digits(Data):
    """scikit-learn's 1,797 handwritten digits of 8×8 grey pixels, 0 to 16."""

    label = "Digits (8×8, grey)"
    short = "Digits"
    loader = "playground.data.datasets.digits"
    origin = (
        "Optical Recognition of Handwritten Digits (E. Alpaydin and C. Kaynak, 1998) from the UCI "
        "Machine Learning Repository, as it comes with scikit-learn: the 1,797 images of its test "
        "part, by 13 writers. The digits were cut out of forms, scaled to one size and counted "
        "down to 8×8 pixels."
    )
    licence = "The repository gives it out under CC BY 4.0."
    not_for = (
        "Reading handwriting on forms, cheques or letters. It knows single digits of 13 writers of "
        "the 1990s, already cut out, centred and made 8×8 pixels small.",
        "Other writers: the test images are by the same 13 people as the training images, so the "
        "test figure says little of how it reads anyone else.",
        "Anything that is no digit: a letter or an empty field is given one of ten digits too, and "
        "the probability may be high.",
    )
    limits = ()
    shape = (8, 8, 1)
    classes = tuple("0123456789")
    takes_seconds = True
    loading = Loading(
        imports="from sklearn.datasets import load_digits",
        body="""\
pixels, labels = load_digits(return_X_y=True)
return np.asarray(pixels, np.uint8).reshape(-1, 8, 8, 1), np.asarray(labels, np.int64)
""",
        folder=False,
    )
    drawing = Drawing("digit", "from 0 to 9")
    mirrored = "A mirrored digit is no digit."

    name: Literal["digits"] = "digits"
    test_fraction: TestFraction = setting(
        0.25,
        "Test fraction",
        "The share of all images kept aside for the test at the very end.",
    )


class ShiftedDigits(Data):
    """The 1,797 handwritten digits, each at a random place of a dark frame of 16×16 pixels."""

    label = "Shifted digits (16×16, grey)"
    short = "Shifted digits"
    loader = "playground.data.datasets.shifted_digits"
    origin = (
        "scikit-learn's 1,797 handwritten digits of 8×8 pixels (E. Alpaydin and C. Kaynak, 1998), "
        "each put by this program at a random place of a frame of 16×16 dark pixels. The places "
        "are drawn once and stay the same."
    )
    licence = Digits.licence
    not_for = Digits.not_for
    limits = ()
    shape = (16, 16, 1)
    classes = Digits.classes
    takes_seconds = True
    loading = Loading(
        imports=Digits.loading.imports,
        body="""\
pixels, labels = load_digits(return_X_y=True)
digits = np.asarray(pixels, np.uint8).reshape(-1, 8, 8)
images = np.zeros((len(digits), 16, 16), np.uint8)
places = np.random.default_rng(0).integers(0, 9, (len(digits), 2))
for image, digit, (down, right) in zip(images, digits, places, strict=True):
    image[down : down + 8, right : right + 8] = digit
return images[..., np.newaxis], np.asarray(labels, np.int64)
""",
        folder=False,
    )
    # Of the digits' size, so half of the frame's; it stands in the middle.
    drawing = Drawing("digit", "from 0 to 9", width=10 / 32, height=0.5, ink=0.0763)
    mirrored = Digits.mirrored

    name: Literal["shifted_digits"] = "shifted_digits"
    test_fraction: TestFraction = setting(
        0.25,
        "Test fraction",
        "The share of all images kept aside for the test at the very end.",
    )


class Cifar10(Data):
    """60,000 photographs of 32×32 colour pixels in ten classes; 10,000 of them are the test."""

    label = "CIFAR10 (32×32, colour)"
    short = "CIFAR10"
    loader = "playground.data.datasets.cifar10"
    origin = (
        "CIFAR10 (A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009): "
        "60,000 photographs from the web in ten classes, 10,000 of them for the test. They are "
        "part of the Tiny Images collection, which its authors have withdrawn."
    )
    licence = "The set names no licence: the rights in the photographs are those of who took them."
    not_for = (
        "Recognising things in photographs at large. Whatever it is shown is given one of ten "
        "names, a person or a house too, and the probability may be high.",
        "Photographs of another size or kind: it knows 32×32 pixels with one thing in the middle.",
        "Deciding anything about people, animals or traffic.",
    )
    shape = (32, 32, 3)
    classes = (
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"
    )  # fmt: skip
    counts = (50_000, 10_000)
    begins_with: ClassVar = {
        "data": {
            "train_images": 30_000, "validation_fraction": 0.1, "scaling": "standard",
            "flip": True,
        },
        "architecture": CNN(
            whitening=True,
            blocks=tuple(
                ConvBlock(channels=channels, batch_norm="each", pool_at="start")
                for channels in ((32,), (64, 64), (128,))
            ),
            head="global_average",
            hidden=(),
        ),
        "optimizer": Nesterov(learning_rate=0.25),
        "schedule": Triangle(),
        "regularization": Regularization(label_smoothing=0.2),
        "run": Run(epochs=3, batch_size=256),
    }  # fmt: skip
    download = Download(
        # As in torchvision.datasets.CIFAR10 (url, tgz_md5), torchvision 0.29.
        files=(
            Published(
                "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
                md5="c58f30108f718f92721af3b95e74349a",
                size=170_498_071,
            ),
        ),
        room=400 * 10**6,
        npz="cifar10.npz",
    )
    loading = Loading(
        imports="from torchvision.datasets import CIFAR10",
        body="""\
file = folder / "cifar10.npz"
if file.exists() and not any(folder.glob("cifar-10-*")):
    with np.load(file) as arrays:
        images = np.concatenate((arrays["x_train"], arrays["x_test"]))
        labels = np.concatenate((arrays["y_train"], arrays["y_test"])).reshape(-1)
else:
    parts = [CIFAR10(folder, train=train, download=True) for train in (True, False)]
    images = np.concatenate([part.data for part in parts])
    labels = np.concatenate([part.targets for part in parts])
return images, labels.astype(np.int64)
""",
        about="CIFAR10 is read from cifar10.npz in the folder data, or in that of --data; without "
        "that file torchvision's copy is taken, or downloaded.",
    )

    name: Literal["cifar10"] = "cifar10"
    train_images: Annotated[int, Field(ge=20, le=counts[0])] | Literal["all"] = _some_of(counts[0])


class KMNIST(Data):
    """70,000 handwritten characters of old Japanese books in ten classes, 28×28 grey pixels; 10,000
    of them are the test."""

    label = "KMNIST (28×28, grey)"
    short = "KMNIST"
    loader = "playground.data.datasets.kmnist"
    origin = (
        "Kuzushiji-MNIST (T. Clanuwat and others, *Deep Learning for Classical Japanese "
        "Literature*, 2018): 70,000 characters in ten classes, 10,000 of them for the test. KMNIST "
        "Dataset (created by CODH), adapted from Kuzushiji Dataset (created by NIJL and others), "
        "doi:10.20676/00000341."
    )
    licence = "It is given out under CC BY-SA 4.0."
    not_for = (
        "Reading Japanese. It knows ten of the hiragana, already cut out and made 28×28 pixels "
        "small; a text has many others, and kanji.",
        "Handwriting of today: the characters are cursive and from old books, and some classes "
        "hold forms that are no longer written.",
        "Anything else: whatever it is shown is given one of ten characters, and the probability "
        "may be high.",
    )
    shape = (28, 28, 1)
    classes = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    counts = (60_000, 10_000)
    begins_with: ClassVar = {"architecture": MLP(hidden=(128, 64))}
    download = Download(
        # As in torchvision.datasets.KMNIST (mirrors, resources), torchvision 0.29.
        files=tuple(
            Published(f"http://codh.rois.ac.jp/kmnist/dataset/kmnist/{name}-ubyte.gz", md5, size)
            for name, md5, size in (
                ("train-images-idx3", "bdb82020997e1d708af4cf47b453dcf7", 18_165_135),
                ("train-labels-idx1", "e144d726b3acfaa3e44228e80efcd344", 29_497),
                ("t10k-images-idx3", "5c965bf0a639b31b8f53240b1b52f4d7", 3_041_136),
                ("t10k-labels-idx1", "7320c461ea6c1c855c0b718fb2a4b134", 5_120),
            )
        ),
        room=100 * 10**6,
        folder="KMNIST/raw",
    )
    loading = Loading(
        imports="from torchvision.datasets import KMNIST",
        body="""\
parts = [KMNIST(folder, train=train, download=True) for train in (True, False)]
images = torch.cat([part.data for part in parts]).unsqueeze(3)
return images.numpy(), torch.cat([part.targets for part in parts]).numpy()
""",
        about="KMNIST is read from KMNIST/raw in the folder data, or in that of --data, where "
        "torchvision looks for it, or downloaded there.",
    )
    # The mean of its pixels is 0.1918 of white; they are fitted to the frame as they stand.
    drawing = Drawing("character", "of the ten", width=1, ink=0.19, upright=False)
    mirrored = "A mirrored character is no character."

    name: Literal["kmnist"] = "kmnist"
    train_images: Annotated[int, Field(ge=20, le=counts[0])] | Literal["all"] = _some_of(counts[0])


_NOWHERE = '<>:"/\\|?*'
"""Letters that a name cannot have on one system or another: separators of folders among them."""
_MAX_BYTES = 255
"""Of a name, as file systems have it."""


def name_problem(name: str) -> str:
    """Say why a file of that name cannot be a data set of own images; empty if it can."""
    if not name.lower().endswith(".npz"):
        return "its name does not end in .npz"
    if name.startswith("."):
        return "its name begins with a dot"
    if not name.isprintable():
        return "its name has letters that cannot be seen"
    if any(letter in _NOWHERE for letter in name):
        return f"its name has one of {' '.join(_NOWHERE)}"
    return "its name is too long" if len(name.encode()) > _MAX_BYTES else ""


def normalized_name(name: str) -> str:
    """Compose the accents of a name (NFC): macOS takes them apart, links do not."""
    return unicodedata.normalize("NFC", name)


def _file_name(value: str) -> str:
    name = normalized_name(value)
    if why := name_problem(name):
        raise ValueError(why)
    return name


class OwnImages(Data):
    """Images from an .npz file in the data folder."""

    label = "Own images (.npz)"
    loader = "playground.data.datasets.own_images"
    origin = (
        "Own images, from the file {file}. Say here where they come from, who may use them, and "
        "what they show and leave out."
    )
    not_for = (
        "Images of another kind than those it was trained on: whatever it is shown is given one of "
        "its classes, and the probability may be high.",
        "Deciding anything about people.",
        "Say here what else follows from where the images come from and what they leave out.",
    )
    loading = Loading(
        imports="",
        body="""\
with np.load(folder / FILE) as arrays:
    parts = [part for part in ("train", "test") if f"x_{part}" in arrays]
    images = [arrays[f"x_{part}"] for part in parts]
    labels = [arrays[f"y_{part}"].reshape(-1) for part in parts]
# Decimals end at 1; beside such, so do whole numbers that go no further.
shares = any(one.dtype.kind == "f" for one in images) and max(map(np.max, images)) <= 1
for place, one in enumerate(images):
    if shares or one.dtype.kind == "b" or (one.dtype.kind == "f" and one.max() <= 1):
        images[place] = np.rint(one.astype(np.float64) * {{ max_pixel }})
    images[place] = images[place].reshape(-1, {{ height }}, {{ width }}, {{ channels }})
return np.concatenate(images).astype(np.uint8), np.concatenate(labels).astype(np.int64)
""",
        about="The images are read from {file} in the folder data, or in that of --data.",
    )

    name: Literal["npz"] = "npz"
    file: Annotated[str, AfterValidator(_file_name)] = setting(
        "images.npz",
        "File",
        "The name of an .npz file in the data folder, with x_train and y_train, and x_test and "
        "y_test if it has its own test images. White is the largest whole number in the file, or "
        "255 if that is over 127; with decimals from 0 to 1, or true and false, it is 1.",
    )
    test_fraction: TestFraction = setting(
        0.25,
        "Test fraction",
        "The share of all images kept aside for the test, if the file has no test images.",
    )

    @property
    def in_a_line(self) -> str:
        return self.file

    def white(self, max_pixel: int) -> str:
        return (
            "decimals are stored so, as are whole numbers where one is over 127"
            if max_pixel == 255
            else "that is the largest in the file"
        )
