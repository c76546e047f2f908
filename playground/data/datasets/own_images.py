"""A person's own images: an .npz file with x_train and y_train, checked and prepared.

x_train is (n, height, width), (n, height, width, 1) or (n, height, width, 3): whole numbers within
0 to 255 of any type, decimals within 0 to 1, or bool; which of them is white, pixels.py says.
y_train is (n,) or (n, 1): whole numbers from 0 without gaps. x_test with y_test, and class_names,
may be there.
"""

from pathlib import Path

import numpy as np

from playground.config import OwnImages, name_problem, normalized_name
from playground.data.datasets.dataset import DataError, Dataset
from playground.data.datasets.labels import labels_of, names_of
from playground.data.datasets.npz import Npz
from playground.data.datasets.pixels import MOST, pixels_of, write_pixels
from playground.data.datasets.prepared_copy import Content, open_copy, prepare, write_header

SIDE = (8, 64)  # pixels
IMAGES = (40, 1_000_000)


def files(folder: Path) -> tuple[dict[str, Path], dict[str, str]]:
    """List the .npz files of a folder by name, and why others cannot be chosen. Raises OSError."""
    found: dict[str, Path] = {}
    others: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        name = normalized_name(path.name)
        if not name.lower().endswith(".npz"):
            continue
        if why := name_problem(name):
            others[path.name] = why
        elif not path.is_file():
            others[path.name] = "it is not a file"
        elif name in found:
            others[path.name] = "another file has the same name"
        else:
            found[name] = path
    return found, others


def load(data: OwnImages, folder: Path) -> Dataset:
    """Open the images of the data folder's ``data.file``. Raises DataError, or OSError."""
    file = data.file
    source = folder / file
    if not source.is_file():  # it may stand there in another form of the same name
        source = files(folder)[0].get(file, source) if folder.is_dir() else source
    if not source.is_file():
        raise DataError(
            f"There is no {file} in the data folder: put it there, or choose another file."
        )
    return open_copy(prepare(folder, file, [source], lambda temporary: write(source, temporary)))


def write(source: Path, temporary: Path, classes: tuple[str, ...] | None = None) -> Content:
    """Write ``source`` as images.npy and labels.npy into ``temporary``.

    ``classes`` are the names if the file need not have them, as with CIFAR10, whose white is
    255. Raises DataError.
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
        counts = {f"y_{part}": shape[0] for part, shape in zip(parts, shapes, strict=True)}
        labels = labels_of(npz, counts)
        count = int(labels[0].max()) + 1
        names = classes or names_of(npz, count)
        if len(names) != count:
            raise DataError(
                f"{npz.name} has {count} classes and must have {len(names)}: check y_train."
            )
        np.save(temporary / "labels.npy", np.concatenate(labels))
        found, max_pixel = pixels_of(npz, [f"x_{part}" for part in parts])
        max_pixel = MOST if classes else max_pixel
        with (temporary / "images.npy").open("wb") as file:
            write_header(file, (total, *shapes[0][1:]))
            for pixels in found:
                write_pixels(npz, pixels, max_pixel, file)
    test_start = shapes[0][0] if len(parts) == 2 else None
    return Content((total, *shapes[0][1:]), names, test_start, max_pixel)


def _image_shape(npz: Npz, array: str) -> tuple[int, int, int, int]:
    """Return the shape of an array of images as (n, height, width, channels)."""
    shape, _ = npz.header(array)
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
    return full
