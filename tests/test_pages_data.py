"""The Data page: what it shows of each data set, and what it says where there is none."""

import pytest

from playground.config import RunConfig
from tests import own_images, pages


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pages.idle_engine(tmp_path_factory.mktemp("data")) as engine:
        yield engine


def pictures(at) -> list[str]:
    """The addresses of the pictures, which follow from what is in them."""
    return [picture.url for images in at.main.get("image") for picture in images.proto.imgs]


def test_the_data_page_opens_first_and_shows_the_digits(engine):
    at = pages.open_page(page=pages.DATA)
    assert pages.texts(at.main.markdown)[0] == (
        "1,347 images for training and validation, 450 for the test; 8×8 pixels, grey, 10 classes. "
        "Pixel values go from 0 (black) to 16 (white)."
    )
    assert len(set(pictures(at))) == 10
    assert dict(at.query_params) == {}


def test_other_samples_changes_the_pictures_and_only_then(engine):
    at = pages.open_page(page=pages.DATA)
    first = pictures(at)
    assert pictures(pages.run(at)) == first
    second = pictures(pages.press(at, "Other samples"))
    assert not set(first) & set(second)
    assert pictures(pages.press(at, "Other samples")) not in (first, second)


def test_own_images_are_shown_with_their_classes(engine):
    names = ["cat", "dog", "owl"]
    own_images.save(engine.data, class_names=names)
    at = pages.open_page({"data.name": "npz", "data.file": "mine.npz"}, pages.DATA)
    assert (
        "45 images for training and validation, 15 for the test; 9×10 pixels, colour, 3"
        in (pages.texts(at.main.markdown)[0])
    )
    assert [i.caption for images in at.main.get("image") for i in images.proto.imgs] == [
        f"{name} · 20 images" for name in names
    ]


@pytest.mark.parametrize(
    ("images", "told"),
    [
        (own_images.IMAGES, "to 255 (white): decimals are stored so, as are whole numbers where"),
        (own_images.IMAGES % 17, "to 16 (white): that is the largest in the file."),
        (own_images.IMAGES > 99, "to 1 (white): that is the largest in the file."),
    ],
    ids=["eight bits", "up to 16", "true and false"],
)
def test_the_white_of_own_images_is_told(engine, images, told):
    own_images.save(engine.data, "white.npz", x_train=images)
    at = pages.open_page({"data.name": "npz", "data.file": "white.npz"}, pages.DATA)
    assert told in pages.texts(at.main.markdown)[0]
    assert len(set(pictures(at))) == 3, "pictures of noise are not all black"


def test_the_data_page_follows_the_sidebar(engine):
    at = pages.change(pages.open_page(page=pages.DATA), "data.digits.test_fraction", 0.4)
    assert pages.texts(at.main.markdown)[0].startswith("1,078 images for training and validation")
    assert pages.config_of(at) == pages.made({"data.test_fraction": "0.4"})


@pytest.mark.parametrize("kind", ["cifar10", "npz"])
def test_missing_data_is_told_and_nothing_is_drawn(engine, kind):
    at = pages.open_page({"data.name": kind}, pages.DATA)
    assert len(at.sidebar.error) == 1
    (told,) = pages.texts(at.main.info)
    assert told == pages.texts(at.sidebar.error)[0]
    offered = [button.label for button in at.main.button]
    assert not pictures(at)
    assert offered == (["Download CIFAR10 (170 MB)"] if kind == "cifar10" else [])


def test_the_data_page_keeps_the_run_of_the_link(engine):
    link = {"run": RunConfig().name[:16], "run.epochs": "7"}
    assert dict(pages.open_page(link, pages.DATA).query_params) == link
