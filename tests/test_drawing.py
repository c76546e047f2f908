"""Drawings as images: hand-made strokes of all ten digits, and what no person draws."""

import math
from functools import partial

import numpy as np
import pytest

from playground import training
from playground.config import Digits
from playground.data import datasets
from playground.data.drawing import DrawingError, pixels_of
from playground.recipes import RECIPES
from tests.small_runs import NOWHERE, predicted

SHAPE, TOP = (1, 8, 8), 16
digit = partial(pixels_of, input_shape=SHAPE, max_pixel=TOP, way=Digits.drawing)


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> list:
    """A piece of an ellipse, by angles in degrees: 0 is right, 90 below."""
    angles = np.radians(np.linspace(start, end, 24))
    return [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]


EIGHT = [
    (0.5 + 0.17 * math.sin(2 * t), 0.5 - 0.35 * math.cos(t)) for t in np.linspace(0, 6.283, 60)
]
# Three ways to write each digit on a square, y downwards; every inner list is a stroke.
HANDS = {
    0: [
        [arc(0.5, 0.5, 0.22, 0.33, -90, -450)],
        [arc(0.5, 0.5, 0.17, 0.35, -60, 300)],
        [arc(0.5, 0.5, 0.28, 0.3, -100, -470)],
    ],
    1: [
        [[(0.5, 0.15), (0.5, 0.85)]],
        [[(0.38, 0.3), (0.52, 0.15), (0.52, 0.85)]],
        [[(0.4, 0.28), (0.52, 0.15), (0.52, 0.85)], [(0.36, 0.85), (0.68, 0.85)]],
    ],
    2: [
        [[*arc(0.5, 0.32, 0.2, 0.17, -170, 40), (0.3, 0.85), (0.72, 0.85)]],
        [[*arc(0.48, 0.35, 0.2, 0.2, -160, 30), (0.52, 0.6), (0.28, 0.84), (0.75, 0.82)]],
        [[*arc(0.5, 0.34, 0.22, 0.19, -180, 45), (0.4, 0.7), (0.3, 0.84), (0.74, 0.86)]],
    ],
    3: [
        [arc(0.48, 0.32, 0.19, 0.17, -160, 80) + arc(0.48, 0.67, 0.22, 0.19, -90, 150)],
        [[(0.3, 0.17), (0.68, 0.17), (0.47, 0.43), *arc(0.46, 0.64, 0.22, 0.21, -80, 140)]],
        [arc(0.48, 0.33, 0.17, 0.16, -150, 90) + arc(0.48, 0.67, 0.2, 0.18, -90, 160)],
    ],
    4: [
        [[(0.42, 0.15), (0.28, 0.58), (0.74, 0.58)], [(0.6, 0.35), (0.6, 0.87)]],
        [[(0.58, 0.86), (0.58, 0.14), (0.26, 0.62), (0.76, 0.62)]],
        [[(0.3, 0.15), (0.3, 0.5), (0.68, 0.5)], [(0.68, 0.15), (0.68, 0.87)]],
    ],
    5: [
        [[(0.7, 0.15), (0.34, 0.15), (0.32, 0.45), *arc(0.48, 0.63, 0.21, 0.21, -130, 140)]],
        [
            [(0.36, 0.16), (0.33, 0.47), *arc(0.48, 0.64, 0.2, 0.2, -120, 135)],
            [(0.36, 0.16), (0.7, 0.15)],
        ],
        [[(0.68, 0.17), (0.38, 0.16), (0.36, 0.44), *arc(0.5, 0.63, 0.19, 0.21, -85, 150)]],
    ],
    6: [
        [[(0.62, 0.15), (0.45, 0.3), (0.34, 0.5), *arc(0.5, 0.67, 0.18, 0.18, 180, -180)]],
        [arc(0.62, 0.5, 0.3, 0.36, -100, -200) + arc(0.5, 0.67, 0.17, 0.18, 150, -190)],
        [[(0.55, 0.13), (0.38, 0.45), *arc(0.5, 0.66, 0.17, 0.2, 170, -170)]],
    ],
    7: [
        [[(0.28, 0.16), (0.72, 0.16), (0.44, 0.86)]],
        [[(0.3, 0.17), (0.7, 0.17), (0.52, 0.5), (0.45, 0.86)], [(0.36, 0.52), (0.66, 0.52)]],
        [[(0.28, 0.26), (0.3, 0.16), (0.72, 0.16), (0.5, 0.5), (0.46, 0.86)]],
    ],
    8: [
        [arc(0.5, 0.32, 0.17, 0.16, 80, -270) + arc(0.5, 0.67, 0.2, 0.19, -90, 270)],
        [EIGHT],
        [arc(0.5, 0.32, 0.16, 0.16, 0, 360), arc(0.5, 0.67, 0.19, 0.19, 0, 360)],
    ],
    9: [
        [[*arc(0.48, 0.34, 0.18, 0.18, 0, -360), (0.66, 0.34), (0.64, 0.86)]],
        [[*arc(0.48, 0.34, 0.18, 0.17, -20, -340), (0.65, 0.6), (0.55, 0.86)]],
        [arc(0.5, 0.34, 0.17, 0.19, -10, -360) + arc(0.42, 0.6, 0.25, 0.26, -60, 110)],
    ],
}


def moved(strokes, size=1.0, wide=1.0, slant=0.0, turn=0.0, shift=(0.0, 0.0), wobble=None) -> list:
    """The strokes elsewhere on the canvas, larger or smaller, slanting, with a hand that shakes."""
    found = []
    for stroke in strokes:
        x, y = (np.array(stroke) - 0.5).T
        if wobble is not None:
            x, y = x + wobble.normal(0, 0.008, len(x)), y + wobble.normal(0, 0.008, len(x))
        x = x * wide - slant * y
        x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        points = np.stack([x, y], axis=1) * size + 0.5 + shift
        found.append(np.clip(points, 0, 1).tolist())
    return found


def drawn_by_many(each: int = 8) -> tuple[list, np.ndarray]:
    """Every way of writing each digit, by ``each`` hands: the strokes, and which digit it is."""
    rng = np.random.default_rng(0)
    found, labels = [], []
    for label, ways in HANDS.items():
        for strokes in ways * each:
            size = rng.uniform(0.4, 1.1)
            room = (1.1 - size) / 3
            found.append(
                moved(
                    strokes,
                    size,
                    wide=rng.uniform(0.75, 1.25),
                    slant=rng.uniform(-0.15, 0.3),
                    turn=rng.uniform(-0.12, 0.12),
                    shift=rng.uniform(-room, room, 2),
                    wobble=rng,
                )
            )
            labels.append(label)
    return found, np.array(labels)


def test_the_recipes_network_reads_most_of_240_drawn_digits():
    config = RECIPES["digits-mlp"].config
    *_, result = training.train(config, NOWHERE)
    drawings, labels = drawn_by_many()
    pixels = np.stack([digit(strokes) for strokes in drawings])
    found = predicted(config, NOWHERE, result.weights, pixels, result.fingerprint).argmax(1)
    by_digit = [(found[labels == label] == label).mean() for label in range(10)]
    # It reads 96 % of the data set's own test images; these come from other hands.
    assert (found == labels).mean() >= 0.8, by_digit
    assert min(by_digit) >= 0.5, by_digit


def test_drawn_digits_are_as_black_and_stand_as_those_of_the_data_set():
    theirs = datasets.load(Digits(), NOWHERE)
    drawings, labels = drawn_by_many(each=4)
    pixels = np.stack([digit(strokes) for strokes in drawings])
    assert abs(pixels.sum((1, 2, 3)).mean() - theirs.images.sum((1, 2, 3)).mean()) < 10
    for label in range(10):
        ours = pixels[labels == label].mean(0)
        real = theirs.images[theirs.labels == label].mean(0)
        others = [
            np.abs(ours - theirs.images[theirs.labels == other].mean(0)).mean()
            for other in range(10)
            if other != label
        ]
        assert np.abs(ours - real).mean() < min(others), "like its own class, not another"
        rows = (pixels[labels == label] > 0).any((2, 3))
        assert rows.all(), "from the first row to the last"


def test_where_and_how_large_a_digit_is_drawn_does_not_matter():
    strokes = HANDS[5][0]
    small = digit(moved(strokes, size=0.3, shift=(-0.3, 0.25)))
    assert np.abs(small.astype(int) - digit(strokes)).max() <= 1


def test_a_slant_does_not_matter():
    upright, slanting = (digit(moved(HANDS[1][0], slant=slant)) for slant in (0, 0.4))
    assert np.abs(upright.astype(int) - slanting).max() <= 2


@pytest.mark.parametrize(
    ("shape", "top"), [((1, 8, 8), 16), ((1, 28, 28), 255), ((1, 64, 8), 255), ((1, 9, 64), 255)]
)
def test_any_grey_data_set_gets_an_image_of_its_own_size_and_values(shape, top):
    pixels = pixels_of(HANDS[3][0], shape, top, Digits.drawing)
    assert pixels.shape == (*shape[1:], 1) and pixels.dtype == np.uint8
    assert pixels.max() == top and pixels.min() == 0


def test_a_tap_is_a_dot_in_the_middle():
    for tap in ([[(0.1, 0.9)]], [[(0.1, 0.9), (0.1, 0.9)]]):
        pixels = digit(tap)[..., 0]
        assert pixels[3:5, 3:5].min() == TOP and pixels[[0, -1]].max() == 0
        assert (pixels == pixels[::-1]).all() and (pixels == pixels.T).all()


@pytest.mark.parametrize("nothing", [[], [[]], [[], []], ()])
def test_an_empty_drawing_is_no_image(nothing):
    assert digit(nothing) is None


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        "strokes",
        7,
        {"strokes": []},
        [7],
        ["ab"],
        [[1, 2]],
        [[(0.1,)]],
        [[(0.1, 0.2, 0.3)]],
        [[("0.1", "0.2")]],
        [[(True, False)]],
        [[(None, 0.2)]],
        [[([0.1], 0.2)]],
        [[(math.nan, 0.2)]],
        [[(math.inf, 0.2)]],
        [[(1e300, 0.2)]],
        [[(10**400, 0.2)]],
        [[(-5, 0.2)]],
        [[(0.1, 0.2)], None],
        [[(0.1, 0.2)] * 20_001],
        [[(0.1, 0.2)]] * 20_001,
    ],
    ids=range(21),
)
def test_what_is_no_drawing_is_refused_in_one_sentence(hostile):
    with pytest.raises(DrawingError) as raised:
        digit(hostile)
    assert str(raised.value).endswith("clear it and draw it again.")


def test_a_scribble_of_thousands_of_points_is_an_image():
    scribble = np.random.default_rng(0).uniform(0, 1, (20_000, 2)).tolist()
    assert digit([scribble]).shape == (8, 8, 1)
    assert digit([[point] for point in scribble]).shape == (8, 8, 1)
