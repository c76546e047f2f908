"""The labels of a person's own images, and the names of their classes."""

from collections.abc import Sequence

import numpy as np

from playground.data.datasets.dataset import DataError
from playground.data.datasets.npz import Npz

CLASSES = (2, 100)
NAME_LENGTH = 100  # characters


def labels_of(npz: Npz, counts: dict[str, int]) -> list[np.ndarray]:
    """Read the labels of so many images by array (``y_train``, maybe ``y_test``), int64 (count,).

    They are 0 to the number of classes less one, and every class has a training image. Raises
    DataError if they are not.
    """
    found = [_whole(npz, array, count, tuple(counts)) for array, count in counts.items()]
    known = np.unique(found[0])
    for array, labels in zip(counts, found, strict=True):
        if strange := set(labels.tolist()) - set(known.tolist()):
            raise DataError(
                f"{array} in {npz.name} has the label {min(strange)}, which y_train has not: save "
                "training images of every class."
            )
    if len(known) < CLASSES[0]:
        raise DataError(
            f"All labels of y_train in {npz.name} are {known[0]}: save images of at least two "
            "classes."
        )
    if len(known) > CLASSES[1]:
        raise DataError(
            f"y_train in {npz.name} has {len(known):,} different labels: save images of at most "
            f"{CLASSES[1]} classes."
        )
    if known[0] != 0 or known[-1] != len(known) - 1:
        raise DataError(
            f"The labels of y_train in {npz.name} are {len(known)} different numbers from "
            f"{known[0]} to {known[-1]}, and must be 0, 1, 2 and so on without gaps: "
            f"{_numbered(tuple(counts))}"
        )
    return [labels.astype(np.int64) for labels in found]


def names_of(npz: Npz, count: int) -> tuple[str, ...]:
    """Read the names of so many classes, else "0", "1", "2" and so on. Raises DataError."""
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
            "printable characters, one for each label: run class_names = "
            f"np.array([f'class {{n}}' for n in range({count})]) with names of your own, and save "
            "the file again."
        )
    return names


def _whole(npz: Npz, array: str, count: int, arrays: Sequence[str]) -> np.ndarray:
    """Read the labels of ``count`` images, of one of these arrays, as they are stored: (count,)."""
    shape, dtype = npz.header(array)
    if shape not in ((count,), (count, 1)):
        raise DataError(
            f"{array} in {npz.name} has the shape {shape}, but there are {count:,} images: save "
            "one label for each image."
        )
    if dtype.kind not in "bui":
        raise DataError(
            f"The labels {array} in {npz.name} must be whole numbers: {_numbered(arrays)}"
        )
    return npz.whole(array).reshape(-1)


def _numbered(arrays: Sequence[str]) -> str:
    """Advise to number the classes in the order of their labels, the same in all these arrays."""
    if len(arrays) == 1:
        code = "y_train = np.unique(y_train, return_inverse=True)[1]"
    else:
        numbers = "np.unique(np.append(y_train, y_test), return_inverse=True)[1]"
        code = f"y_train, y_test = np.split({numbers}, [len(y_train)])"
    return f"run {code} and save the file again."


def _texts(array: np.ndarray) -> tuple[str, ...]:
    """Decode a one-dimensional array of text.

    By hand, as numpy fails with a SystemError at numbers that are no characters. Raises
    UnicodeDecodeError at those.
    """
    codec = "utf-32-be" if array.dtype.str.startswith(">") else "utf-32-le"
    rows = array.view(np.uint8).reshape(len(array), -1)
    return tuple(row.tobytes().decode(codec).rstrip("\0") for row in rows)
