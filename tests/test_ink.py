"""Digits on photographs: found and treated as drawings, whatever the paper and the light."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import sklearn
from PIL import Image

from playground import training
from playground.config import Digits, with_settings
from playground.data import uploads
from playground.data.drawing import pixels_of
from playground.data.uploads import PictureError
from tests import photographs
from tests.picture_files import flat, saved
from tests.small_runs import NOWHERE, predicted
from tests.test_drawing import HANDS

SHAPE, TOP = (1, 8, 8), 16
SEVEN = Path(__file__).with_name("pictures") / "seven.jpg"
DRAWN = [pixels_of(ways[0], SHAPE, TOP, Digits.drawing) for ways in HANDS.values()]
MATPLOTLIB, SKLEARN = (Path(package.__file__).parent for package in (matplotlib, sklearn))
NO_DIGITS = {
    "a face": MATPLOTLIB / "mpl-data/sample_data/grace_hopper.jpg",
    "a flower": SKLEARN / "datasets/images/flower.jpg",
    "a palace": SKLEARN / "datasets/images/china.jpg",
}


def found(data: bytes, invert: bool | None = None) -> uploads.Upload:
    return uploads.read(data, SHAPE, TOP, invert, find=Digits.drawing)


def nearest(pixels: np.ndarray) -> int:
    """Which of the ten digits, as drawn, it is most like."""
    return int(np.argmin([np.abs(pixels.astype(int) - drawn).mean() for drawn in DRAWN]))


@pytest.mark.parametrize("kind", photographs.KINDS)
def test_a_photographed_digit_is_what_its_strokes_drawn_are(kind):
    for label in (2, 4, 7):
        upload = found(photographs.jpeg(photographs.KINDS[kind](HANDS[label][0])))
        assert upload.inverted == (kind not in photographs.LIGHT_ON_DARK)
        assert nearest(upload.pixels) == label
        assert np.abs(upload.pixels.astype(int) - DRAWN[label]).mean() < 1.5


def test_the_default_network_reads_photographs_about_as_often_as_drawings():
    config, _ = with_settings({"run.epochs": "60"})
    *_, result = training.train(config, NOWHERE)
    hands = [(label, strokes) for label, ways in HANDS.items() for strokes in ways]
    labels = np.array([label for label, _ in hands])

    def right(images: list[np.ndarray]) -> float:
        found = predicted(config, NOWHERE, result.weights, np.stack(images), result.fingerprint)
        return (found.argmax(1) == labels).mean()

    drawn = right([pixels_of(strokes, SHAPE, TOP, Digits.drawing) for _, strokes in hands])
    photos = [photographs.jpeg(photographs.grey_paper(strokes)) for _, strokes in hands]
    # As the case's own measure reads them; before, 1 of 30 was right.
    seen = right([found(photo).pixels for photo in photos])
    assert drawn >= 0.75 and seen >= drawn - 0.1


def test_the_seven_of_the_report_is_a_seven():
    upload = found(SEVEN.read_bytes())
    assert upload.inverted and nearest(upload.pixels) == 7
    assert upload.ink.even.max() == 255 and np.ptp(upload.ink.even[:30]) < 40, "the light is even"


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_photo_that_lies_on_its_side_is_read_upright(orientation):
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    turn = turns.get(orientation, Image.Transpose.ROTATE_270)
    upright = Image.open(SEVEN)
    exif = Image.Exif()
    exif[0x0112] = orientation
    upload = found(saved(upright.transpose(turn), "JPEG", exif=exif))
    assert nearest(upload.pixels) == 7
    assert upload.picture.shape[0] > upload.picture.shape[1]


@pytest.mark.parametrize("ink", ["black", "white"])
def test_ink_on_nothing_is_found_in_any_colour(ink):
    where = photographs.written(HANDS[2][0], 0.8, 0.05)
    picture = Image.new("RGBA", (photographs.WIDE, photographs.HIGH), ink)
    picture.putalpha(Image.fromarray((where * 255).astype(np.uint8)))
    assert nearest(found(saved(picture, "PNG")).pixels) == 2


def test_specks_and_words_beside_it_are_left_out():
    for kind in (photographs.off_centre, photographs.beside_a_name):
        ink = found(photographs.jpeg(kind(HANDS[7][0]))).ink
        assert ink.rest.any() and not (ink.rest & ink.strokes).any()


def test_light_and_dark_can_be_told():
    data = photographs.jpeg(photographs.chalk(HANDS[3][0]))
    assert not found(data).inverted and not found(data, invert=False).inverted
    with pytest.raises(PictureError, match="No digit was found"):
        found(data, invert=True)


def test_a_data_set_of_dark_on_light_gets_its_digit_so():
    data = photographs.jpeg(photographs.marker(HANDS[3][0]))
    usual, light = (
        uploads.read(data, SHAPE, TOP, find=Digits.drawing, on_light=on_light)
        for on_light in (False, True)
    )
    assert usual.inverted and not light.inverted
    np.testing.assert_array_equal(light.pixels, TOP - usual.pixels)
    again = uploads.read(data, SHAPE, TOP, invert=False, find=Digits.drawing, on_light=True)
    np.testing.assert_array_equal(again.pixels, light.pixels)


@pytest.mark.parametrize("what", [*NO_DIGITS, "paper", "black", "noise", "a dot", "half"])
def test_where_no_digit_is_one_sentence_says_what_to_do(what):
    y, x = np.mgrid[0:300, 0:300]
    made = {
        "paper": 200 - x / 5 + np.random.default_rng(0).normal(0, 4, x.shape),
        "noise": np.random.default_rng(0).integers(0, 256, x.shape),
        "a dot": np.where((x - 150) ** 2 + (y - 150) ** 2 < 60**2, 30, 230),
        "half": np.where(x < 150, 30, 230),
    }
    if what in made:
        data = photographs.jpeg(made[what])
    else:
        data = NO_DIGITS[what].read_bytes() if what in NO_DIGITS else saved(flat("black"), "PNG")
    with pytest.raises(PictureError, match=r"^No digit was found in this picture: [^.]+\.$"):
        found(data)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3000, 2), (8, 8)])
def test_a_picture_of_any_shape_is_read_or_refused(size):
    values = np.random.default_rng(0).integers(0, 256, size, np.uint8)
    data = saved(Image.fromarray(values), "PNG")
    try:
        assert found(data).pixels.shape == (8, 8, 1)
    except PictureError as error:
        assert str(error).startswith(("No digit", "This picture is much too narrow"))
