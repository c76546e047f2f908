"""Pictures: images side by side, every pixel to be seen, and a draw that can be repeated."""

import numpy as np
import pytest

from playground import pictures

LABELS = np.random.default_rng(0).integers(0, 5, 300)


@pytest.mark.parametrize(("side", "factor"), [(8, 6), (9, 5), (32, 2), (48, 1), (64, 1)])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_strip_enlarges_by_whole_pixels_with_gaps_between(side, factor, channels):
    images = np.random.default_rng(1).integers(0, 256, (3, side, side, channels), np.uint8)
    strip = pictures.strip(images, 255, height=48, gap=4)
    width = side * factor
    assert strip.shape == (width, 3 * width + 2 * 4, 3) and strip.dtype == np.uint8
    for place, image in enumerate(images):
        left = place * (width + 4)
        large = strip[:, left : left + width]
        np.testing.assert_array_equal(
            large[::factor, ::factor], np.broadcast_to(image, (side, side, 3))
        )
        whole = large[::factor, ::factor].repeat(factor, axis=0).repeat(factor, axis=1)
        np.testing.assert_array_equal(large, whole)
        assert (strip[:, left + width : left + width + 4] == 128).all()


def test_images_need_not_be_square():
    assert pictures.strip(np.zeros((2, 9, 10, 3), np.uint8), 255).shape == (45, 2 * 50 + 4, 3)


def test_the_brightest_value_of_a_data_set_is_white():
    digits = np.array([0, 8, 16], np.uint8).reshape(1, 1, 3, 1)
    strip = pictures.strip(digits, 16, height=1)
    assert strip[0, :, 0].tolist() == [0, 128, 255]


def test_a_strip_leaves_its_images_alone():
    images = np.full((2, 8, 8, 1), 16, np.uint8)
    pictures.strip(images, 16)
    assert (images == 16).all()


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
