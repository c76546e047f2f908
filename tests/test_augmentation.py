"""Random changes to images: what they keep, and that each image has its own draw."""

import pytest
import torch

from playground.config import Digits
from playground.training.augmentation import augmenter, cutout, flip, shift

COUNT = 200
IMAGE = torch.arange(1, 1 + 3 * 6 * 7, dtype=torch.uint8).view(3, 6, 7)
BATCH = IMAGE.expand(COUNT, -1, -1, -1).contiguous()
"""Many times one image whose pixels are all different and none of them black."""


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def different(images: torch.Tensor) -> int:
    return len(torch.unique(images, dim=0))


def test_without_random_changes_there_is_nothing_to_do():
    assert augmenter(Digits()) is None


def test_about_half_of_the_images_are_mirrored_and_the_others_left():
    flipped = flip(BATCH)
    mirrored = (flipped == IMAGE.flip(2)).flatten(1).all(1)
    same = (flipped == IMAGE).flatten(1).all(1)
    assert (mirrored ^ same).all()
    assert 70 < mirrored.sum() < 130


@pytest.mark.parametrize("most", [1, 3, 16])
def test_a_shifted_image_is_a_window_of_the_padded_one_and_all_windows_come(most):
    padded = torch.nn.functional.pad(IMAGE, [most] * 4)
    windows = {
        (top, left): padded[:, top : top + 6, left : left + 7]
        for top in range(2 * most + 1)
        for left in range(2 * most + 1)
    }
    places = set()
    for image in shift(BATCH, most):
        places |= {place for place, window in windows.items() if torch.equal(window, image)}
        assert any(torch.equal(window, image) for window in windows.values())
    if most == 1:
        assert places == set(windows)
    assert {0, 2 * most} <= {top for top, _ in places} | {left for _, left in places}


@pytest.mark.parametrize("side", [1, 2, 3, 4])
def test_cutout_blanks_a_square_of_its_side_cut_at_the_edge(side):
    whole = 0
    for image in cutout(BATCH, side):
        hole = (image == 0).all(0)
        assert torch.equal(image[:, ~hole], IMAGE[:, ~hole])
        rows, columns = hole.any(1).nonzero().flatten(), hole.any(0).nonzero().flatten()
        assert torch.equal(hole, hole.any(1).outer(hole.any(0)))
        assert rows[-1] - rows[0] + 1 == len(rows) and columns[-1] - columns[0] + 1 == len(columns)
        for place, length in ((rows, 6), (columns, 7)):
            at_edge = place[0] == 0 or place[-1] == length - 1
            assert len(place) == side or (at_edge and side // 2 <= len(place) < side)
        whole += len(rows) == len(columns) == side
    assert whole > COUNT / 4


def test_cutout_comes_everywhere():
    assert (cutout(BATCH.repeat(6, 1, 1, 1), 1) == 0).any(0).all()


def test_cutout_larger_than_the_image_leaves_some_of_it_or_nothing():
    blank = cutout(BATCH, 32)
    assert blank.shape == BATCH.shape and (blank == 0).flatten(1).all(1).all()


@pytest.mark.parametrize(
    ("fields", "least"),
    [
        ({"flip": True}, 2),
        ({"crop": 2}, 20),
        ({"cutout": 3}, 30),
        ({"flip": True, "crop": 2, "cutout": 3}, 150),
    ],
)
@pytest.mark.parametrize("last", [False, True], ids=["channels first", "channels last"])
def test_each_image_has_its_own_draw_and_type_and_shape_stay(fields, least, last):
    images = BATCH.to(memory_format=torch.channels_last) if last else BATCH
    changed = augmenter(Digits(**fields))(images)
    assert (changed.dtype, changed.shape) == (torch.uint8, BATCH.shape)
    assert different(changed) >= least
    assert torch.equal(images, BATCH)  # the data set itself is left alone


@pytest.mark.parametrize("fields", [{"flip": True}, {"crop": 2}, {"cutout": 3}])
def test_draws_come_from_the_seed_and_differ_from_batch_to_batch(fields):
    change = augmenter(Digits(**fields))
    torch.manual_seed(5)
    one, two = change(BATCH), change(BATCH)
    torch.manual_seed(5)
    assert torch.equal(change(BATCH), one) and not torch.equal(one, two)


def test_memory_order_does_not_change_what_comes_out():
    change = augmenter(Digits(flip=True, crop=2, cutout=3))
    found = []
    for images in (BATCH, BATCH.to(memory_format=torch.channels_last)):
        torch.manual_seed(5)
        found.append(change(images))
    assert torch.equal(*found)


def test_all_changes_together_are_made_one_after_the_other():
    torch.manual_seed(5)
    expected = cutout(shift(flip(BATCH), 2), 3)
    torch.manual_seed(5)
    assert torch.equal(augmenter(Digits(flip=True, crop=2, cutout=3))(BATCH), expected)
