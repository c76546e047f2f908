"""The gallery: each card shows its image, what was predicted and what is true, as text."""

import base64
import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from playground.analysis.predictions import Predictions
from playground.data.datasets import Dataset
from playground.ui.images import gallery

CLASSES = ("cat", "dog", "<script>alert('1')</script>", 'a "quoted" & bold <b>', "owl")
ROWS = [[0.1, 0.6, 0.25, 0.05, 0.0], [0.91, 0.05, 0.02, 0.02, 0.0], [0.0, 0.1, 0.2, 0.3, 0.4]]
TRUE = [0, 0, 3]
NUMBERS = [7, 2, 9]
"""The split's images by their number: its first one, wrongly predicted, is number 7."""


def data(count: int = 10, shape=(8, 8, 1), top: int = 16, true=TRUE, numbers=NUMBERS) -> Dataset:
    """Random images; those of these numbers have these true classes."""
    labels = np.zeros(count, np.int64)
    labels[numbers] = true
    images = np.random.default_rng(0).integers(0, top + 1, (count, *shape), np.uint8)
    return Dataset(images, labels, CLASSES, top, None, "0" * 64)


def made(rows=ROWS, true=TRUE, numbers=NUMBERS) -> Predictions:
    return Predictions(np.array(true), np.array(rows, np.float32), np.array(numbers))


def parsed(html: str) -> ElementTree.Element:
    """A card as a reader of HTML sees it; it fails where a name has become markup."""
    return ElementTree.fromstring(html)


def bars(card: ElementTree.Element) -> list[str]:
    """The classes of a card with their figures, in words."""
    return [" ".join("".join(row.itertext()).split()) for row in card.iter("li")]


def text(card: ElementTree.Element) -> str:
    return " ".join(" ".join(card.itertext()).split())


def test_a_wrong_prediction_shows_its_three_classes_and_marks_the_true_one():
    card = parsed(gallery.card(data(), CLASSES, [("", made())], 7))
    assert bars(card) == [
        "dog60 %",
        "<script>alert('1')</script>25 %",
        "✓ cat10 %",
    ]
    assert text(card).startswith("#7 ✗ wrong true: cat")
    assert card.get("class") == "wrong"
    assert [i.get("style") for i in card.iter("i")] == ["width:60.0%", "width:25.0%", "width:10.0%"]
    assert [tick.get("aria-label") for tick in card.iter("span") if tick.get("role")] == [
        "true class"
    ]


def test_a_right_prediction_says_so():
    card = parsed(gallery.card(data(), CLASSES, [("", made())], 2))
    assert text(card).startswith("#2 right true: cat ✓ cat 91 %")
    assert "wrong" not in card.get("class") and "wrong" not in text(card)


def test_the_true_class_follows_where_it_is_not_among_the_first_three():
    true = [4, 0, 3]
    card = parsed(gallery.card(data(true=true), CLASSES, [("", made(true=true))], 7))
    assert len(bars(card)) == 4 and bars(card)[3] == "✓ owl0 %"


def test_the_alternative_text_tells_the_card():
    runs = [("", made())]
    alt = {
        n: parsed(gallery.card(data(), CLASSES, runs, n)).find("img").get("alt") for n in NUMBERS
    }
    assert alt == {
        7: "Image 7, true class cat, predicted dog with 60\u00a0%",
        2: "Image 2, true class cat, predicted cat with 91\u00a0%",
        9: 'Image 9, true class a "quoted" & bold <b>, predicted owl with 40\u00a0%',
    }


def test_of_two_runs_each_tells_its_first_class_and_the_true_one():
    runs = [("A", made()), ("B <i>", made([ROWS[1], ROWS[0], ROWS[2]]))]
    card = parsed(gallery.card(data(), CLASSES, runs, 7))
    assert text(card) == "#7 true: cat A ✗ wrong dog 60 % ✓ cat 10 % B <i> right ✓ cat 91 %"
    assert card.find("img").get("alt") == (
        "Image 7, true class cat, A predicted dog with 60\u00a0%, "
        "B <i> predicted cat with 91\u00a0%"
    )


def test_an_image_without_a_prediction_shows_what_it_is():
    card = parsed(gallery.card(data(), CLASSES, [], 9))
    assert text(card) == '#9 true: a "quoted" & bold <b>'
    assert card.find("img").get("alt") == 'Image 9, true class a "quoted" & bold <b>'


@pytest.mark.parametrize(("shape", "top"), [((8, 8, 1), 16), ((32, 32, 3), 255), ((9, 10, 3), 255)])
def test_the_picture_holds_the_pixels_of_that_very_image(shape, top):
    dataset = data(shape=shape, top=top)
    for number in NUMBERS:
        card = parsed(gallery.card(dataset, CLASSES, [("", made())], number))
        kind, _, encoded = card.find("img").get("src").partition(",")
        assert kind == "data:image/png;base64"
        with Image.open(io.BytesIO(base64.b64decode(encoded))) as picture:
            pixels = np.asarray(picture).reshape(shape)
        expected = (dataset.images[number] * (255 / top)).round()
        np.testing.assert_array_equal(pixels, expected)


# --- pages ---


def app(case: dict) -> None:
    """A page with a gallery, as AppTest runs it."""
    from playground.ui.images import gallery

    gallery.show(**case)


def many(count: int) -> dict:
    """A gallery of so many images; image 5 is number 5."""
    rng = np.random.default_rng(1)
    rows = rng.dirichlet(np.ones(5), count).astype(np.float32)
    predictions = Predictions(rng.integers(0, 5, count), rows, np.arange(count))
    dataset = data(count, true=predictions.labels, numbers=predictions.indices)
    return {
        "dataset": dataset,
        "classes": CLASSES,
        "predictions": predictions,
        "positions": np.arange(count),
        "key": "test",
    }


def shown(at: AppTest) -> list[int]:
    """The numbers of the images on the page."""
    assert not at.exception
    return [
        int(img.get("alt").split()[1].rstrip(","))
        for html in at.get("html")
        for img in ElementTree.fromstring(html.proto.body.partition("</style>")[2]).iter("img")
    ]


def turn(at: AppTest, number: int) -> AppTest:
    """Turn to a page."""
    (widget,) = at.get("pagination")
    at.session_state[widget.proto.id.rpartition("-")[2]] = number
    return at.run()


def test_no_images_are_one_sentence():
    case = many(3) | {"positions": np.array([], np.int64)}
    at = AppTest.from_function(app, kwargs={"case": case}).run()
    assert shown(at) == [] and not at.get("pagination")
    assert [caption.value for caption in at.caption] == ["There is no such image."]


@pytest.mark.parametrize(("count", "said"), [(1, "1 image"), (24, "24 images")])
def test_what_fits_on_a_page_has_no_pages(count, said):
    at = AppTest.from_function(app, kwargs={"case": many(count)}).run()
    assert shown(at) == list(range(count)) and not at.get("pagination")
    assert at.caption[0].value.startswith(said)


def test_ten_thousand_images_are_turned_page_by_page_to_the_last():
    at = AppTest.from_function(app, kwargs={"case": many(10_000)}).run()
    assert at.get("pagination")[0].proto.num_pages == 417
    assert shown(at) == list(range(24))
    assert at.caption[0].value.startswith("Images 1 to 24 of 10,000 ")
    assert shown(turn(at, 2)) == list(range(24, 48))
    assert shown(turn(at, 417)) == list(range(9984, 10_000))
    assert at.caption[0].value.startswith("Images 9,985 to 10,000 of 10,000 ")


def test_other_images_begin_at_the_first_page():
    case = many(100)
    at = turn(AppTest.from_function(app, kwargs={"case": case}).run(), 5)
    assert shown(at) == list(range(96, 100))
    case["positions"] = np.arange(60)[::-1]
    assert shown(at.run()) == list(range(59, 35, -1))


def test_the_images_come_in_the_order_that_was_asked_for():
    case = many(30) | {"positions": np.array([4, 29, 0])}
    assert shown(AppTest.from_function(app, kwargs={"case": case}).run()) == [4, 29, 0]
