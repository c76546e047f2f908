"""Any own file, picture or drawing becomes images a network can learn or see, or is refused."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.config import MLP, Digits, OwnImages, RunConfig
from playground.data import datasets, drawing, uploads
from playground.data.datasets import DataError
from playground.data.drawing import DrawingError
from playground.data.uploads import PictureError
from tests import fuzz_running, npz_files, picture_files
from tests.fuzz_inputs import mutated, odd_value, spoilt
from tests.fuzzing import inputs, tried

pytestmark = pytest.mark.slow

MINE = RunConfig(data=OwnImages(file="mine.npz"), architecture=MLP(hidden=(4,)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("data")


@inputs("own images")
@given(npz_files.FILES, st.sampled_from(["random", "end", "test", "none"]))
@pytest.mark.filterwarnings("ignore")
def test_any_own_file_is_a_data_set_that_trains_or_is_refused_clearly(folder, content, validation):
    (folder / "mine.npz").write_bytes(content)
    dataset = tried("own images", lambda: datasets.load(MINE.data, folder), DataError)
    if dataset is None:
        assert not [path for path in folder.glob("prepared/**/*") if path.is_file()]
        return
    assert dataset.images.dtype == np.uint8 and dataset.images.ndim == 4
    assert dataset.labels.min() == 0 and dataset.labels.max() < len(dataset.classes)
    data = MINE.data.model_copy(update={"validation": validation})
    fuzz_running.run("own images", MINE.model_copy(update={"data": data}), folder)
    # The next file may have this one's size and time, by which a prepared copy is known.
    shutil.rmtree(folder / "prepared")


SHAPES = st.sampled_from([(1, 8, 8), (3, 32, 32), (3, 8, 64), (1, 64, 9)])
TOPS = st.sampled_from([16, 255])
GOOD = list(picture_files.GOOD.values())
CHUNKS = st.lists(
    st.tuples(
        st.sampled_from([b"IDAT", b"PLTE", b"tRNS", b"zTXt", b"iCCP", b"eXIf", b"gAMA", b"acTL"]),
        st.binary(max_size=60),
    ).map(lambda two: picture_files.chunk(*two)),
    max_size=4,
)
PNGS = st.builds(
    lambda width, height, chunks, bits, kind: picture_files.png(
        width, height, *chunks, bits=bits, kind=kind
    ),
    st.sampled_from([0, 1, 9, 5000, 2**31 - 1]),
    st.sampled_from([0, 1, 9, 4000, 2**31 - 1]),
    CHUNKS,
    st.sampled_from([1, 2, 4, 7, 8, 16]),
    st.integers(0, 7),
)
PICTURES = st.one_of(mutated(GOOD), mutated(GOOD), mutated(GOOD), PNGS, st.binary(max_size=200))


@inputs("pictures")
@given(PICTURES, SHAPES, TOPS, st.booleans())
@pytest.mark.filterwarnings("error")
def test_any_picture_is_an_image_a_network_can_see_or_is_refused_clearly(data, shape, top, invert):
    read = tried("pictures", lambda: uploads.read(data, shape, top, invert), PictureError)
    if read is not None:
        fuzz_running.show("pictures", read.pixels, shape, top)


PLACE = st.integers(0, 1000).map(lambda place: place / 1000)  # as the canvas rounds them
STROKES = st.lists(st.lists(st.lists(PLACE, min_size=2, max_size=2), max_size=12), max_size=5)
FAR = st.floats(-1, 2) | st.sampled_from([0, 1, 5e-324, 1e-310, 1e-9, 0.5, -1, 2])
DRAWINGS = st.one_of(
    STROKES,
    spoilt(STROKES),
    st.lists(st.lists(st.tuples(FAR, FAR), max_size=6), max_size=4),
    st.tuples(STROKES, st.integers(1, 4000)).map(lambda two: two[0] * two[1]),
    odd_value,
)


@inputs("drawings")
@given(DRAWINGS, st.sampled_from([8, 9, 28, 64]), st.sampled_from([8, 9, 28, 64]), TOPS)
@example([[[0.5, 0.5]] * 20_001], 8, 8, 16)
def test_any_drawing_is_an_image_a_network_can_see_or_is_refused_clearly(
    strokes, height, width, top
):
    shape = (1, height, width)
    way = Digits.drawing
    image = tried("drawings", lambda: drawing.pixels_of(strokes, shape, top, way), DrawingError)
    if image is not None:
        assert image.any()
        fuzz_running.show("drawings", image, shape, top)
