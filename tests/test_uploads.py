"""Uploaded pictures: what becomes of good ones, and some hundred broken or hostile ones."""

import io
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playground.config import Digits
from playground.data import uploads
from playground.data.uploads import PictureError
from tests.picture_files import GOOD, HOSTILE, PHOTO, flat, png, saved

COLOUR, GREY = (3, 32, 32), (1, 8, 8)


def middle(data: bytes, shape: tuple[int, int, int], top: int, invert: bool = False) -> np.ndarray:
    """The middle of a picture as an image."""
    return uploads.read(data, shape, top, invert).pixels


def grey(value: int, **options) -> int:
    """The value of a flat grey picture in an image of the digits."""
    image = middle(saved(flat(value, mode="L"), "PNG"), GREY, 16, **options)
    assert image.min() == image.max()
    return int(image.min())


def blue(image: np.ndarray) -> bool:
    """Whether it is blue, but for a border into which what was cut off is smoothed."""
    return np.abs(image[2:-2, 2:-2].astype(int) - [0, 0, 255]).max() <= 2


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.filterwarnings("error")
def test_a_broken_or_hostile_file_is_a_picture_or_one_sentence(kind):
    for number, data in enumerate(HOSTILE[kind]()):
        for shape in (COLOUR, GREY):
            try:
                image = middle(data, shape, 16)
            except PictureError as error:
                sentence = str(error)
                assert re.fullmatch(r"[A-Z][^.!?\n]*[.]", sentence), (number, sentence)
            else:
                assert image.shape == (*shape[1:], shape[0]) and image.dtype == np.uint8, number
                assert image.max() <= 16


def test_there_are_hundreds_of_them_and_most_are_refused():
    files = [data for kind in HOSTILE if kind != "bombs" for data in HOSTILE[kind]()]
    assert len(files) >= 340
    refused = 0
    for data in files:
        try:
            middle(data, COLOUR, 255)
        except PictureError:
            refused += 1
    assert refused > len(files) / 2


def test_a_large_picture_becomes_a_small_one_that_looks_the_same():
    noise = np.random.default_rng(0).integers(0, 256, (1500, 2000, 3), np.uint8)
    noise[:, :, 2] //= 8  # little blue
    noise[500:, :] //= 4  # dark below
    large = Image.fromarray(noise)
    exif = Image.Exif()
    exif[0x0112] = 6  # its bottom is to the left
    files = [saved(large, "PNG"), saved(large, "JPEG", quality=95, exif=exif)]
    assert min(map(len, files)) > 10 * uploads.SMALL // 4
    for data, size in zip(files, [(632, 474), (474, 632)], strict=True):
        small = uploads.reduced(data)
        assert len(small) <= uploads.SMALL
        assert Image.open(io.BytesIO(small)).size == size
        before, after = (uploads.read(one, COLOUR, 255).pixels.astype(int) for one in (data, small))
        assert np.abs(before - after).mean() < 4


def test_a_picture_made_small_keeps_what_is_transparent_of_it():
    noise = np.random.default_rng(0).integers(0, 256, (900, 900, 4), np.uint8)
    noise[:450, :, 3], noise[450:, :, 3] = 0, 255
    small = Image.open(io.BytesIO(uploads.reduced(saved(Image.fromarray(noise), "PNG"))))
    alpha = np.asarray(small.getchannel("A"))
    assert alpha[:200].max() == 0 and alpha[300:].min() > 0


@pytest.mark.parametrize("size", [(20_000, 15), (1, 20_000)])
def test_a_picture_that_is_but_a_line_is_refused(size):
    Image.new("RGB", size).save(file := io.BytesIO(), "PNG")
    for use in (
        uploads.reduced,
        lambda data: uploads.read(data, (1, 8, 8), 16, find=Digits.drawing),
    ):
        with pytest.raises(uploads.PictureError, match="too narrow"):
            use(file.getvalue())


def test_a_picture_that_cannot_be_read_cannot_be_made_small():
    with pytest.raises(PictureError, match="no picture"):
        uploads.reduced(b"nothing" * uploads.SMALL)
    with pytest.raises(PictureError, match="megapixels"):
        uploads.reduced(png(9000, 9000))


MEASURE = r"""
import pathlib, re, sys
from PIL import Image
from playground.data.uploads import PictureError, read
read(pathlib.Path(sys.argv[1], "good").read_bytes(), (3, 32, 32), 255)
# Not getrusage: its peak begins with that of the process that started this one.
status = pathlib.Path("/proc/self/status")
peak = lambda: int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1])
idle = peak()
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        read(path.read_bytes(), (3, 32, 32), 255)
    except PictureError:
        pass
print(peak() - idle)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
@pytest.mark.slow
def test_all_of_them_together_take_less_than_200_mb(tmp_path):
    (tmp_path / "good").write_bytes(GOOD["png"])
    for kind, files in HOSTILE.items():
        for number, data in enumerate(files()):
            (tmp_path / f"{kind}-{number}").write_bytes(data)
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert 10 * 1024 < int(measured.stdout) < 200 * 1024
    assert measured.stderr == ""


@pytest.mark.parametrize("name", GOOD)
def test_every_format_is_read(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = middle(GOOD[name], COLOUR, 255)
    assert image.shape == (32, 32, 3)
    if name in ("png", "jpeg", "jpeg, progressive", "webp", "webp, lossless", "bmp", "gif"):
        theirs = PHOTO.resize((32, 32), Image.Resampling.LANCZOS, box=(6, 0, 42, 36))
        assert np.abs(image.astype(int) - np.asarray(theirs)).mean() < 8


def test_values_go_from_nothing_to_the_top_and_can_be_inverted():
    assert [grey(value) for value in (0, 128, 255)] == [0, 8, 16]
    assert [grey(value, invert=True) for value in (0, 128, 255)] == [16, 8, 0]


def test_the_middle_is_cut_out():
    for size, left in (((120, 40), 40), ((40, 120), 0)):
        picture = flat("red", size)
        picture.paste("blue", (left, (size[1] - 40) // 2, left + 40, (size[1] + 40) // 2))
        image = middle(saved(picture, "PNG"), COLOUR, 255)
        assert blue(image)


def test_a_picture_is_cut_to_the_proportions_of_the_data_set():
    picture = flat("red", (100, 40))
    picture.paste("blue", (10, 0, 90, 40))
    image = middle(saved(picture, "PNG"), (3, 16, 32), 255)
    assert image.shape == (16, 32, 3) and blue(image)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_is_set_upright(kind, orientation):
    upright = flat("white", (64, 64))
    upright.paste("red", (0, 0, 64, 32))
    upright.paste("black", (0, 0, 32, 64))
    turns = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what a camera held so would keep
    turn = turns[orientation]
    kept = upright if turn is None else upright.transpose(Image.Transpose(turn))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    image = middle(saved(kept, kind, exif=exif, **options), COLOUR, 255).astype(int)
    expected = middle(saved(upright, "PNG"), COLOUR, 255)
    assert np.abs(image - expected).mean() < 6


def test_a_photograph_on_its_side_keeps_its_middle():
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = flat("red", (40, 80))
    lying.paste("blue", (0, 30, 40, 50))  # upright, 80 by 40, with a band in the middle
    image = middle(saved(lying, "PNG", exif=exif), (3, 16, 8), 255)
    assert image.shape == (16, 8, 3) and blue(image)


def test_what_is_transparent_becomes_white():
    for picture in (
        flat((255, 0, 0, 0), mode="RGBA"),
        flat((0, 0), mode="LA"),
        flat(0, mode="P"),
        flat((9, 9, 9)),
    ):
        hidden = {"P": {"transparency": 0}, "RGB": {"transparency": (9, 9, 9)}}
        data = saved(picture, "PNG", **hidden.get(picture.mode, {}))
        assert (middle(data, COLOUR, 255) == 255).all(), picture.mode
    half = middle(saved(flat((255, 0, 0, 128), mode="RGBA"), "PNG"), COLOUR, 255)
    assert np.abs(half.astype(int) - [255, 127, 127]).max() <= 1


def test_16_bits_keep_their_light_and_dark():
    values = np.repeat(np.array([[0, 32_768, 65_535]], np.uint16), 3, axis=0)
    data = saved(Image.fromarray(values).resize((96, 96), Image.Resampling.NEAREST), "PNG")
    row = middle(data, (1, 9, 9), 255)[4, [1, 4, 7], 0]
    assert np.abs(row.astype(int) - [0, 128, 255]).max() <= 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"<svg/>", "PNG, JPEG, WebP, GIF or BMP"),
        (GOOD["png"][:-40], "damaged"),
        (bytes(uploads.MAX_BYTES + 1), "more than 10 MB"),
        (png(5001, 4000), "more than 20 megapixels"),
        (png(90_000, 90_000), "more than 20 megapixels"),
    ],
    ids=["empty", "svg", "cut off", "large", "many pixels", "too many pixels"],
)
def test_a_refusal_says_what_to_do(data, said):
    with pytest.raises(PictureError, match=said):
        middle(data, COLOUR, 255)


def test_importing_it_does_not_import_pillow():
    modules = "playground.data.uploads, playground.data.drawing"
    code = f"import sys, {modules}; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
