"""Sample predictions: the filters give the very images, and any image is found by its number."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from playground import formats
from playground.analysis.predictions import Predictions
from playground.config import RunConfig
from playground.data import datasets
from playground.errors import UserError
from playground.service import Engine
from tests import own_images, pages, stored_runs

PAGE = "pages/3_Sample_predictions.py"
CONFIG = RunConfig()
DATA = datasets.load(CONFIG.data, None)
SPLIT = datasets.split(DATA, CONFIG.data)


def stored(engine: Engine, config: RunConfig = CONFIG) -> dict[str, Predictions]:
    """A run in the store that is right about two images of three; gives what it predicted."""
    return stored_runs.finished(engine.store, config, engine.data)


def visit(config: RunConfig = CONFIG):
    """A visitor who comes by the link of that run."""
    return pages.open_page(config.settings() | {"run": config.name[:16]}, PAGE)


def labelled(at, label: str):
    """The one widget of the page with that label."""
    (found,) = [w for w in at.main if getattr(w, "label", None) == label]
    return found


def choose(at, label: str, value: object):
    found = labelled(at, label)
    found.set_value(str(value) if found.type == "text_input" else value)
    return pages.run(at)


def cards(at) -> list[ElementTree.Element]:
    """The cards of the gallery, or of the image that was found."""
    found = [
        html.proto.body for html in at.main.get("html") if 'class="gallery"' in html.proto.body
    ]
    return [
        figure
        for body in found
        for figure in ElementTree.fromstring(body.partition("</style>")[2]).iter("figure")
    ]


def numbers(at) -> list[int]:
    alts = [card.find("img").get("alt") for card in cards(at)]
    return [int(alt.split(",")[0].removeprefix("Image ")) for alt in alts]


def counted(at) -> str:
    """How many images there are, as the page says it."""
    (text,) = [t for t in pages.texts(at.main.markdown) if re.match(r"\*\*[\d,]+\*\* of", t)]
    return text.replace("*", "")


WHY = "Look and choose by the validation images: the test is for the end."


def test_the_validation_images_come_first_by_number_with_their_accuracy_and_why(engine):
    validation = stored(engine)["validation"]
    at = visit()
    wrong = int(validation.wrong.sum())
    assert numbers(at) == sorted(SPLIT.validation.tolist())[:24]
    accuracy = formats.share((269 - wrong) / 269)
    assert counted(at) == (
        f"269 of 269 images: {269 - wrong} right, {wrong} wrong, accuracy {accuracy}"
    )
    assert WHY in pages.texts(at.main.caption)


def test_the_test_images_are_one_click_away(engine):
    stored(engine)
    at = choose(visit(), "Images", "test")
    assert numbers(at) == sorted(SPLIT.test.tolist())[:24]
    assert counted(at).startswith("450 of 450 images")


@pytest.mark.parametrize(
    ("choices", "wanted"),
    [
        ({"Predictions": "Wrong"}, lambda p: p.wrong),
        ({"Predictions": "Right"}, lambda p: ~p.wrong),
        ({"True class": 3}, lambda p: p.labels == 3),
        ({"Predicted class": 8}, lambda p: p.predicted == 8),
        ({"Confidence": (30, 60)}, lambda p: (p.confidence >= 0.3) & (p.confidence <= 0.6)),
        (
            {"True class": 3, "Predicted class": 8, "Predictions": "Wrong"},
            lambda p: (p.labels == 3) & (p.predicted == 8),
        ),
    ],
)
def test_the_filters_give_exactly_the_images_that_fit(engine, choices, wanted):
    seen = stored(engine)["validation"]
    at = visit()
    for label, value in choices.items():
        choose(at, label, value)
    fits = wanted(seen)
    assert 0 < fits.sum() < 269
    assert numbers(at) == sorted(seen.indices[fits].tolist())[:24]
    right = int((fits & ~seen.wrong).sum())
    told = f"{fits.sum()} of 269 images"
    told += f": {right} right, " if "Predictions" not in choices else ""
    assert counted(at).startswith(told) and (":" in counted(at)) == ("Predictions" not in choices)


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("Most confident first", lambda p: -p.confidence),
        ("Least sure first", lambda p: p.margin),
        ("Most confident mistakes", lambda p: np.where(p.wrong, -p.confidence, np.inf)),
    ],
)
def test_the_images_come_in_the_order_that_was_chosen(engine, order, key):
    seen = stored(engine)["validation"]
    at = choose(visit(), "Order", order)
    assert numbers(at) == seen.indices[np.lexsort((seen.indices, key(seen)))][:24].tolist()


def test_the_filters_label_says_what_is_set_in_it(engine):
    stored(engine)
    at = visit()
    assert folded(at) == "Filter"
    choose(at, "True class", 3)
    choose(at, "Order", "Least sure first")
    choose(at, "Confidence", (30, 60))
    assert folded(at) == "Filter · least sure first · true 3 · 30–60\u00a0% sure"


def folded(at) -> str:
    """What is written on the folded filters."""
    (found,) = [label for label in pages.popovers(at) if label.startswith("Filter")]
    return found


def test_the_most_confident_mistakes_are_wrong_whatever_was_chosen_before(engine):
    seen = stored(engine)["validation"]
    at = choose(visit(), "Predictions", "Right")
    choose(at, "Order", "Most confident mistakes")
    assert labelled(at, "Predictions").disabled
    assert counted(at) == f"{seen.wrong.sum()} of 269 images"
    assert {card.get("class") for card in cards(at)} == {"wrong"}
    choose(at, "Order", "By number")
    assert labelled(at, "Predictions").value == "Right"


def test_filters_that_fit_no_image_say_so(engine):
    stored(engine)
    at = choose(visit(), "Confidence", (0, 5))
    assert counted(at) == "0 of 269 images" and not cards(at)
    assert "There is no such image." in pages.texts(at.main.caption)


def test_a_run_without_validation_offers_its_test_images_only(engine):
    config = pages.made({"data.validation": "none"})
    stored(engine, config)
    at = visit(config)
    assert labelled(at, "Images").options == ["Test"]
    assert WHY not in pages.texts(at.main.caption)


def test_a_run_that_watched_its_test_images_calls_them_so(engine):
    config = pages.made({"data.validation": "test"})
    stored(engine, config)
    at = visit(config)
    assert labelled(at, "Images").options == ["Test"] and counted(at).startswith("450 of 450")
    assert "This run measured its test images after every epoch" in " ".join(
        pages.texts(at.main.caption)
    )


# --- one image ---


def find(at, number: int) -> ElementTree.Element:
    """The card of an image that was looked for."""
    before = len(cards(at))
    last = len(DATA.labels) - 1
    choose(at, f"Image number, 0 to {last:,}", number)
    found = cards(at)[before:]
    assert len(found) == 1
    return found[0]


def said(at, start: str) -> list[str]:
    return [text for text in pages.texts(at.main.markdown) if text.startswith(start)]


def test_image_1234_shows_its_label_and_what_was_predicted(engine):
    validation = stored(engine)["validation"]
    at = visit()
    box = labelled(at, "Image number, 0 to 1,796")
    assert box.value == "" and box.placeholder == "such as 1234"
    alt = find(at, 1234).find("img").get("alt")
    guess, _ = validation.top_classes(validation.at(1234))[0]
    assert alt.startswith(f"Image 1234, true class {DATA.labels[1234]}, predicted {guess} with ")
    assert said(at, "A validation image: the network was not trained on it.")


def test_the_network_is_asked_about_a_training_image(engine, monkeypatch):
    stored(engine)
    number = int(SPLIT.train[0])
    asked = []

    def predict(run: str, pixels: np.ndarray) -> np.ndarray:
        asked.append((run, pixels))
        return np.eye(10, dtype=np.float32)[[6]]

    monkeypatch.setattr(engine, "predict", predict)
    at = visit()
    card = find(at, number)
    assert card.find("img").get("alt").endswith("predicted 6 with 100\u00a0%")
    assert said(at, "A training image: the network was trained on it.")
    ((run, pixels),) = asked
    assert run == CONFIG.name
    np.testing.assert_array_equal(pixels, DATA.images[[number]])
    pages.run(at)
    assert len(asked) == 1, "the answer is remembered"


def test_a_network_that_cannot_be_asked_is_a_sentence_beside_the_image(engine, monkeypatch):
    stored(engine)

    def predict(run: str, pixels: np.ndarray) -> np.ndarray:
        raise UserError("The worker is [gone]: try again.")

    monkeypatch.setattr(engine, "predict", predict)
    at = visit()
    number = int(SPLIT.train[1])
    alt = find(at, number).find("img").get("alt")
    assert alt == f"Image {number}, true class {DATA.labels[number]}"
    assert pages.texts(at.main.warning) == ["The worker is [gone]: try again."]


def test_an_image_that_the_run_left_out_is_said_to_be_unused(engine, monkeypatch):
    config = pages.made({"data.train_images": "200"})
    stored(engine, config)
    split = datasets.split(DATA, config.data)
    used = np.concatenate([split.train, split.validation, split.test])
    number = int(np.setdiff1d(np.arange(len(DATA.labels)), used)[0])
    monkeypatch.setattr(engine, "predict", lambda *_: np.eye(10, dtype=np.float32)[[6]])
    at = visit(config)
    find(at, number)
    assert said(at, "This run did not use the image: the network was not trained on it.")


def test_label_noise_is_told_of_the_image_that_has_it(engine, monkeypatch):
    config = pages.made({"data.label_noise": "0.5"})
    stored(engine, config)
    split = datasets.split(DATA, config.data)
    place = np.flatnonzero(split.train_labels != DATA.labels[split.train])[0]
    monkeypatch.setattr(engine, "predict", lambda *_: np.eye(10, dtype=np.float32)[[6]])
    at = visit(config)
    find(at, int(split.train[place]))
    assert said(at, "A training image")[0].endswith(
        f"Label noise gave it the label {split.train_labels[place]}."
    )


# --- other data ---


def test_class_names_of_others_are_shown_as_they_are(engine):
    names = ["<img src=x>", "[a](//b.example)", "**c**"]
    config = pages.made({"data.name": "npz", "data.file": "mine.npz"})
    own_images.save(engine.data, class_names=names)
    stored(engine, config)
    at = visit(config)
    shown = {"".join(row.itertext()) for card in cards(at) for row in card.iter("li")}
    assert all(any(name in text for text in shown) for name in names)
    assert labelled(at, "True class").options == ["Any", *names]


def test_data_that_is_gone_is_told_and_nothing_is_drawn(engine):
    config = pages.made({"data.name": "npz", "data.file": "mine.npz"})
    own_images.save(engine.data)
    stored(engine, config)
    (engine.data / "mine.npz").unlink()
    at = visit(config)
    assert not cards(at)
    assert "no longer in the data folder" in " ".join(pages.texts(at.main.info))


def test_another_run_begins_without_the_classes_of_the_first(engine):
    stored(engine)
    config = pages.made({"data.name": "npz", "data.file": "mine.npz"})
    own_images.save(engine.data)
    stored(engine, config)
    at = choose(visit(), "True class", 7)
    pages.change(at, "chosen.run.Images", config.name)
    assert labelled(at, "True class").value is None
    assert counted(at).startswith("9 of 9 images")
