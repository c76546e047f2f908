"""A person's own images: an .npz file with x_train and y_train, checked and prepared.

x_train is (n, height, width), (n, height, width, 1) or (n, height, width, 3): uint8, other whole
numbers within 0 to 255, or decimals within 0 to 1. y_train is (n,) or (n, 1): whole numbers from 0
without gaps. x_test with y_test, and class_names, may be there.
"""

from pathlib import Path
from typing import BinaryIO

import numpy as np

from playground.config import one_form, why_not
from playground.datasets.dataset import DataError
from playground.datasets.npz import Npz
from playground.datasets.prepared import Content, prepare, write_header

SIDE = (8, 64)  # pixels
CLASSES = (2, 100)
IMAGES = (40, 1_000_000)
NAME_LENGTH = 100  # characters


def files(folder: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """The .npz files of a folder by name, and why others cannot be chosen. Raises OSError."""
    found: dict[str, Path] = {}
    others: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        name = one_form(path.name)
        if not name.lower().endswith(".npz"):
            continue
        if why := why_not(name):
            others[path.name] = why
        elif not path.is_file():
            others[path.name] = "it is not a file"
        elif name in found:
            others[path.name] = "another file has the same name"
        else:
            found[name] = path
    return found, others


def copy(folder: Path, file: str) -> Path:
    """The prepared copy of ``file`` in the data folder. Raises DataError, or OSError."""
    source = folder / file
    if not source.is_file():  # it may stand there in another form of the same name
        source = files(folder)[0].get(file, source) if folder.is_dir() else source
    if not source.is_file():
        raise DataError(
            f"There is no {file} in the data folder: put it there, or choose another file."
        )
    return prepare(folder, file, [source], lambda temporary: write(source, temporary))


def write(source: Path, temporary: Path, classes: tuple[str, ...] | None = None) -> Content:
    """Write ``source`` as images.npy and labels.npy into ``temporary``.

    ``classes`` are the names where the file need not have them. Raises DataError.
    """
    with Npz(source) as npz:
        parts = ["train", "test"] if "x_test" in npz or "y_test" in npz else ["train"]
        shapes = [_image_shape(npz, f"x_{part}") for part in parts]
        total = sum(shape[0] for shape in shapes)
        if shapes[-1][1:] != shapes[0][1:]:
            raise DataError(
                f"The images of x_train and x_test in {npz.name} differ in shape: make them alike."
            )
        if shapes[0][0] < IMAGES[0] or total > IMAGES[1]:
            raise DataError(
                f"{npz.name} has {shapes[0][0]:,} training images of {total:,} in all: save at "
                f"least {IMAGES[0]}, and at most {IMAGES[1]:,} in all."
            )
        # Labels first: they are small, and most mistakes are in them.
        labels = [
            _labels(npz, f"y_{part}", shape[0]) for part, shape in zip(parts, shapes, strict=True)
        ]
        names = _class_names(npz, labels, classes)
        np.save(temporary / "labels.npy", np.concatenate(labels))
        with (temporary / "images.npy").open("wb") as file:
            write_header(file, (total, *shapes[0][1:]))
            for part in parts:
                _write_pixels(npz, f"x_{part}", file)
    test_start = shapes[0][0] if len(parts) == 2 else None
    return Content((total, *shapes[0][1:]), names, test_start)


def _image_shape(npz: Npz, array: str) -> tuple[int, int, int, int]:
    """The shape of an array of images as (n, height, width, channels)."""
    shape, dtype = npz.header(array)
    full = (*shape, 1) if len(shape) == 3 else shape
    if len(full) != 4 or full[3] not in (1, 3):
        raise DataError(
            f"{array} in {npz.name} has the shape {shape}: it must be (n, height, width), "
            "(n, height, width, 1) or (n, height, width, 3)."
        )
    if not all(SIDE[0] <= side <= SIDE[1] for side in full[1:3]):
        raise DataError(
            f"The images of {array} in {npz.name} are {full[1]}×{full[2]} pixels: scale them to "
            f"between {SIDE[0]} and {SIDE[1]} pixels a side."
        )
    if dtype.kind not in "uif":
        raise _pixels_wrong(npz, array)
    return full


def _pixels_wrong(npz: Npz, array: str) -> DataError:
    return DataError(
        f"The pixels of {array} in {npz.name} must be whole numbers from 0 to 255, or decimals "
        f"from 0 to 1: convert them, as with {array}.astype('uint8')."
    )


def _write_pixels(npz: Npz, array: str, file: BinaryIO) -> None:
    for piece in npz.pieces(array):
        high = 1 if piece.dtype.kind == "f" else 255
        # NaN fails both comparisons, so it is refused as well.
        if piece.dtype != np.uint8 and not (piece.min() >= 0 and piece.max() <= high):
            raise _pixels_wrong(npz, array)
        if piece.dtype.kind == "f":
            piece = np.rint(piece.astype(np.float64) * 255)
        file.write(piece.astype(np.uint8).tobytes())


def _labels(npz: Npz, array: str, count: int) -> np.ndarray:
    """The labels of ``count`` images as int64 (count,), each from 0 to 99."""
    shape, dtype = npz.header(array)
    if shape not in ((count,), (count, 1)):
        raise DataError(
            f"{array} in {npz.name} has the shape {shape}, but there are {count:,} images: save "
            "one label for each image."
        )
    if dtype.kind not in "ui":
        raise DataError(
            f"The labels {array} in {npz.name} must be whole numbers: save {array}.astype(int)."
        )
    labels = npz.whole(array).reshape(-1)
    if labels.min() < 0 or labels.max() >= CLASSES[1]:
        raise DataError(
            f"The labels {array} in {npz.name} go from {labels.min()} to {labels.max()}: number "
            f"the classes 0, 1, 2 and so on, at most {CLASSES[1]} of them."
        )
    return labels.astype(np.int64)


def _class_names(
    npz: Npz, labels: list[np.ndarray], known: tuple[str, ...] | None
) -> tuple[str, ...]:
    """The classes' names: those known, else the file's own, else "0", "1", "2" and so on."""
    count = int(labels[0].max()) + 1
    missing = set(range(count)) - set(np.unique(labels[0]).tolist())
    if missing:
        raise DataError(
            f"No image of y_train in {npz.name} has the label {min(missing)}: number the classes "
            "0, 1, 2 and so on without gaps."
        )
    if count < CLASSES[0]:
        raise DataError(
            f"All labels of y_train in {npz.name} are 0: save images of at least two classes."
        )
    if labels[-1].max() >= count:
        raise DataError(
            f"y_test in {npz.name} has the label {labels[-1].max()}, which y_train has not: save "
            "training images of every class."
        )
    names = known or _own_names(npz, count)
    if len(names) != count:
        raise DataError(
            f"{npz.name} has {count} classes and must have {len(names)}: check y_train."
        )
    return names


def _own_names(npz: Npz, count: int) -> tuple[str, ...]:
    if "class_names" not in npz:
        return tuple(str(label) for label in range(count))
    shape, dtype = npz.header("class_names")
    names: tuple[str, ...] = ()
    if shape == (count,) and dtype.kind == "U" and dtype.itemsize <= 4 * NAME_LENGTH:
        try:
            names = _texts(npz.whole("class_names"))
        except UnicodeDecodeError:
            names = ()
    if len(set(names)) != count or not all(n.strip() and n.isprintable() for n in names):
        raise DataError(
            f"class_names in {npz.name} must be {count} different names of at most {NAME_LENGTH} "
            "printable characters, one for each label: save them as np.array(['cat', 'dog', ...])."
        )
    return names


def _texts(array: np.ndarray) -> tuple[str, ...]:
    """A one-dimensional array of text as strings.

    By hand, as numpy fails with a SystemError at numbers that are no characters. Raises
    UnicodeDecodeError at those.
    """
    codec = "utf-32-be" if array.dtype.str.startswith(">") else "utf-32-le"
    rows = array.view(np.uint8).reshape(len(array), -1)
    return tuple(row.tobytes().decode(codec).rstrip("\0") for row in rows)
