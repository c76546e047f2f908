"""Pictures: images side by side, every pixel to be seen, and a draw that can be repeated."""

import io

import numpy as np
import pytest
from PIL import Image

from playground.charts import pictures

LABELS = np.random.default_rng(0).integers(0, 5, 300)


@pytest.mark.parametrize(("side", "factor"), [(8, 6), (9, 5), (32, 2), (48, 1), (64, 1)])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_strip_enlarges_by_whole_pixels_with_gaps_between(side, factor, channels):
    images = np.random.default_rng(1).integers(0, 256, (3, side, side, channels), np.uint8)
    strip = pictures.strip(images, 255, height=48, gap=4)
    width = side * factor
    assert strip.shape == (width, 3 * width + 2 * 4, 4) and strip.dtype == np.uint8
    for place, image in enumerate(images):
        left = place * (width + 4)
        large, alpha = np.split(strip[:, left : left + width], [3], axis=-1)
        assert (alpha == 255).all()
        np.testing.assert_array_equal(
            large[::factor, ::factor], np.broadcast_to(image, (side, side, 3))
        )
        whole = large[::factor, ::factor].repeat(factor, axis=0).repeat(factor, axis=1)
        np.testing.assert_array_equal(large, whole)
        assert (strip[:, left + width : left + width + 4, 3] == 0).all(), "the page shows through"


def test_the_gap_is_wide_enough_to_tell_the_digits_apart():
    strip = pictures.strip(np.zeros((2, 8, 8, 1), np.uint8), 16)
    assert (strip[0, :, 3] == 0).sum() >= 48 / 5, "at least a fifth of an image's width"


def test_images_need_not_be_square():
    assert pictures.strip(np.zeros((2, 9, 10, 3), np.uint8), 255).shape == (45, 2 * 50 + 12, 4)


def test_the_brightest_value_of_a_data_set_is_white():
    digits = np.array([0, 8, 16], np.uint8).reshape(1, 1, 3, 1)
    strip = pictures.strip(digits, 16, height=1)
    assert strip[0, :, 0].tolist() == [0, 128, 255]


def test_a_strip_leaves_its_images_alone():
    images = np.full((2, 8, 8, 1), 16, np.uint8)
    pictures.strip(images, 16)
    assert (images == 16).all()


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_a_png_holds_the_very_pixels(channels, mode):
    image = np.random.default_rng(2).integers(0, 256, (9, 10, channels), np.uint8)
    with Image.open(io.BytesIO(pictures.png(image, 255))) as decoded:
        assert (decoded.format, decoded.mode, decoded.size) == ("PNG", mode, (10, 9))
        np.testing.assert_array_equal(np.asarray(decoded).reshape(image.shape), image)


def test_a_png_of_a_digit_is_as_bright_as_its_strip():
    digit = np.arange(64, dtype=np.uint8).reshape(8, 8, 1) % 17
    with Image.open(io.BytesIO(pictures.png(digit, 16))) as decoded:
        pixels = np.asarray(decoded)
    np.testing.assert_array_equal(pixels, pictures.strip(digit[None], 16, height=8)[..., 0])
    assert pixels.max() == 255


@pytest.mark.parametrize("wanted", range(5))
def test_the_chosen_images_are_different_ones_of_the_class_in_order(wanted):
    chosen = pictures.choose(LABELS, wanted, 10, seed=0)
    assert len(set(chosen.tolist())) == 10
    assert (LABELS[chosen] == wanted).all()
    assert chosen.tolist() == sorted(chosen.tolist())


def test_a_seed_repeats_its_choice_and_another_makes_another():
    first, again, other = (pictures.choose(LABELS, 2, 10, seed).tolist() for seed in (0, 0, 1))
    assert first == again != other


def test_a_small_class_gives_all_it_has():
    assert pictures.choose(np.array([0, 1, 0]), 0, 10, seed=3).tolist() == [0, 2]


def test_a_grid_stacks_strips_and_leaves_what_is_missing_clear():
    images = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1) * np.ones((1, 4, 4, 1), np.uint8)
    grid = pictures.grid(images, 4, columns=3, height=8, gap=2)
    assert grid.shape == (8 + 2 + 8, 3 * 8 + 2 * 2, 4)
    assert np.array_equal(grid[:8], pictures.strip(images[:3], 4, 8, 2))
    assert np.array_equal(grid[10:, :18], pictures.strip(images[3:], 4, 8, 2))
    assert not grid[8:10, :, 3].any() and not grid[10:, 18:, 3].any()
