"""Own .npz files for fuzzing: good ones, and those with something wrong at every level."""

import io
import struct
import zipfile
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.fuzz_inputs import mutated, odd_text
from tests.own_images import IMAGES, LABELS

DTYPES = ["u1", "i1", "<u2", ">i4", "<i8", "<u8", "<f2", "<f4", ">f8", "longdouble"]
ODD_DTYPES = ["bool", "c8", "U3", "S2", "M8[s]", "V4", "O"]


def saved(compressed: bool = False, **arrays) -> bytes:
    """An .npz file of these arrays."""
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


TINY = IMAGES[:48, :8, :8, 0]
GOOD = [
    saved(x_train=TINY, y_train=LABELS[:48]),
    saved(True, x_train=TINY, y_train=LABELS[:48]),
    saved(x_train=IMAGES / 255, y_train=LABELS, x_test=IMAGES[:5] / 255, y_test=LABELS[:5]),
    saved(x_train=TINY, y_train=LABELS[:48], class_names=np.array(["cat", "dög", "cow"])),
]


@st.composite
def arrays(draw: st.DrawFn) -> bytes:
    """Files as a person may save them: of many types and shapes, right or not."""
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    count = draw(st.sampled_from([40, 41, 50, 64, 80] * 4 + [0, 1, 39]))
    classes = draw(st.sampled_from([2, 3, 10, 39] * 3 + [1, 41]))
    sides = [draw(st.sampled_from([8, 9, 12, 16, 31, 64] * 4 + [0, 7, 65])) for _ in range(2)]
    channels = draw(st.sampled_from([(), (1,), (3,)] * 4 + [(2,), (4,), (3, 1)]))
    dtype = draw(st.sampled_from(DTYPES * 5 + ODD_DTYPES))
    top = 1 if np.dtype(dtype).kind == "f" else draw(st.sampled_from([1, 100, 128, 256]))
    images = (rng.random((count, *sides, *channels)) * top).astype(dtype)
    labels = (np.arange(count) % classes).astype(
        draw(st.sampled_from(["i8", "u1", "i4"] * 3 + ["f8"]))
    )
    found = {"x_train": images, "y_train": labels}
    if draw(st.booleans()):
        some = draw(st.integers(0, 50))
        found |= {"x_test": images[:some], "y_test": labels[:some]}
    if draw(st.booleans()):
        names = [f"class {label}" for label in range(classes)]
        found["class_names"] = np.array(names[: draw(st.sampled_from([classes, classes, 1]))])
    if draw(st.sampled_from([False, False, True])):
        name = draw(st.sampled_from(sorted(found)))
        array = found[name]
        wrong = [array[:1], array[None], array.T, array.ravel(), array[:-1]]
        wrong += [np.array(3), np.array(None), np.array([]), np.full(array.shape, np.nan)]
        wrong += [np.full(array.shape, 1e300), np.full(array.shape, -1), np.array([draw(odd_text)])]
        found[name] = draw(st.sampled_from(wrong))
    return saved(draw(st.booleans()), **found)


_DESCR = ["'|u1'", "'<f8'", "'O'", "()", "('|u1',)", "[]", "[('a', '|u1')]", "'<U9'", "'V0'", "3"]
_DESCR += ["'|u1' * 9", "'u1,u1'", "('|u1', (2,))", "('|u1', -1)", "'<f16'", "'V2147483647'", "'T'"]
_SHAPES = ["(60, 9, 10, 3)", "(60,)", "()", "(-60, -9, 10, 3)", "(10**9, 9, 10, 3)", "60", "(60, 9"]
_SHAPES += [
    "(0x" + "f" * 4000 + ", 9, 10, 3)",
    "(60.0, 9, 10, 3)",
    "(True, 9, 10, 3)",
    "(61, 9, 10)",
]
_SHAPES += ["(60, 9, 10, 3" + ", 1" * 99 + ")", "(" * 300 + ")" * 300, "(2147483647,) * 9", "(1,)"]
_SHAPES += ["(2**62, 9, 10, 3)", "(9223372036854775807, 2, 2, 1)", "(60, 0, 10, 3)"]


@st.composite
def headers(draw: st.DrawFn) -> bytes:
    """Files whose arrays' headers tell what is not so."""
    order = draw(st.sampled_from(["False", "False", "True", "3", "None"]))
    text = f"{{'descr': {draw(st.sampled_from(_DESCR))}, 'fortran_order': {order}, "
    text += f"'shape': {draw(st.sampled_from(_SHAPES))}, }}"
    text = draw(st.sampled_from([text] * 6 + ["{}", "-" * 9000 + "1", text[:-1], text * 2, "\0"]))
    length = draw(st.sampled_from([len(text)] * 6 + [0, 1, 65_535]))
    version = draw(st.sampled_from([b"\1\0"] * 4 + [b"\2\0", b"\3\0", b"\0\0", b"\xff\xff"]))
    size = struct.pack("<H" if version == b"\1\0" else "<I", length)
    array = b"\x93NUMPY" + version + size + text.encode("latin-1") + IMAGES.tobytes()
    name = draw(st.sampled_from(["x_train", "x_train", "y_train", "class_names"]))
    arrays: dict[str, Any] = {"x_train": IMAGES, "y_train": LABELS, name: np.zeros(0)}
    file = io.BytesIO(saved(**arrays))
    with zipfile.ZipFile(io.BytesIO(saved(x_train=IMAGES, y_train=LABELS))) as good:
        members = {member: good.read(member) for member in good.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for member, content in (members | {f"{name}.npy": array}).items():
            made.writestr(member, content)
    return file.getvalue()


# Where a .zip says what is in it: (from the first entry's start, bytes), and of its end's record.
_ENTRY = [(4, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (42, 4)]
_END = [(4, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)]


@st.composite
def directories(draw: st.DrawFn) -> bytes:
    """Files whose .zip directory lies about places, sizes, ways of packing and passwords."""
    content = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 3))):
        mark, fields = draw(st.sampled_from([(b"PK\1\2", _ENTRY), (b"PK\5\6", _END)]))
        place, size = draw(st.sampled_from(fields))
        odd = [0, 1, 8, 9, 12, 14, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]
        value = draw(st.sampled_from(odd) | st.integers(0, 2**32 - 1))
        at = content.rindex(mark) + place
        content[at : at + size] = (value % 256**size).to_bytes(size, "little")
        if draw(st.sampled_from([False, False, False, True])):  # a record for large files as well
            large = [draw(st.sampled_from([0, 44, 2**63 - 1, 2**63, 2**64 - 1])) for _ in range(3)]
            end = content.rindex(b"PK\5\6")
            record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, *large[:2])
            record += struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
            content[end:end] = record
    return bytes(content)


FILES = st.one_of(
    arrays(), arrays(), mutated(GOOD), headers(), directories(), st.binary(max_size=99)
)
