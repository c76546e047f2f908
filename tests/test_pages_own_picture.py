"""The page Draw, without a browser: what becomes of a drawing and of an uploaded picture.

The canvas is the browser's; here what it sends is made up.
"""

import io

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from playground import training
from playground.config import Digits, RunConfig
from playground.data import datasets, drawing, uploads
from playground.errors import UserError
from playground.service import Engine
from playground.ui.images import canvas
from tests import own_images, pages, photographs
from tests.small_runs import NOWHERE, predicted
from tests.test_drawing import HANDS
from tests.test_ink import SEVEN

PAGE = "pages/10_Draw.py"
DIGITS = load_digits()
CONFIG = pages.made({"run.epochs": "30", "data.train_images": "600", "run.device": "cpu"})
ONE = [[[0.5, 0.15], [0.48, 0.85]]]
TURN = np.linspace(0, 2 * np.pi, 40)
ZERO = [np.stack([0.5 + 0.22 * np.sin(TURN), 0.5 - 0.33 * np.cos(TURN)], axis=1).tolist()]


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """The pages' engine, whose networks answer here and not in a worker."""
    with pages.idle_engine(tmp_path) as engine:
        engine.asked = []

        def answer(name: str, pixels: np.ndarray) -> np.ndarray:
            engine.asked.append(pixels)
            run, weights = engine.store.get(name), engine.store.weights(name).read_bytes()
            return predicted(run.config, engine.data, weights, pixels, run.fingerprint)

        monkeypatch.setattr(engine, "predict", answer)
        yield engine


@pytest.fixture(scope="module")
def result():
    """What the digits' run became."""
    *_, result = training.train(CONFIG, NOWHERE)
    return result


def store(engine: Engine, config: RunConfig, result) -> None:
    engine.store.queue(config, result.fingerprint)
    engine.store.start(config.name)
    engine.store.finish(config.name, result)


def visit(config: RunConfig = CONFIG):
    return pages.open_page(config.settings() | {"run": config.name[:16]}, PAGE)


def draw(monkeypatch, strokes: object) -> None:
    """What the browser sends from now on."""
    monkeypatch.setattr(canvas, "canvas", lambda key, label: strokes)


def picture(colour, mode: str = "RGB", size=(60, 40)) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, "PNG")
    return file.getvalue()


def half_black() -> bytes:
    """A white picture whose left half is black."""
    image = Image.new("RGB", (40, 40), "white")
    image.paste("black", (0, 0, 20, 40))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def upload(at, data: bytes):
    (uploader,) = at.main.get("file_uploader")
    uploader.set_value(("mine.png", data, "image/png"))
    return pages.run(at)


def said(at) -> list[str]:
    """What the network says, and its three probabilities."""
    (first,) = at.main.metric
    assert first.label == "The network says"
    return [
        pages.shown(first.value),
        *(pages.shown(bar.proto.text) for bar in at.main.get("progress")),
    ]


def test_nothing_is_asked_before_anything_is_drawn(engine, result):
    store(engine, CONFIG, result)
    at = visit()
    assert at.main.get("bidi_component"), "the canvas is there"
    assert [text for text in pages.texts(at.main.caption) if text.startswith("Draw a digit")]
    assert not engine.asked and not at.main.get("progress")


@pytest.mark.parametrize(("strokes", "digit"), [(ONE, "1"), (ZERO, "0")])
def test_a_drawn_digit_is_predicted_and_asked_once(engine, result, monkeypatch, strokes, digit):
    store(engine, CONFIG, result)
    draw(monkeypatch, strokes)
    at = visit()
    first, *bars = said(at)
    assert first == digit
    assert len(bars) == 3 and bars[0].startswith(f"{digit} · ")
    pages.run(at)
    (pixels,) = engine.asked
    expected = drawing.pixels_of(strokes, (1, 8, 8), 16, Digits.drawing)
    np.testing.assert_array_equal(pixels, expected[None])


@pytest.mark.parametrize("hostile", [None, "x", [[["a", "b"]]], [[[float("nan"), 0.5]]]])
def test_strokes_that_are_none_are_one_sentence(engine, result, monkeypatch, hostile):
    store(engine, CONFIG, result)
    draw(monkeypatch, hostile)
    at = visit()
    (told,) = pages.texts(at.main.error)
    assert told.endswith("clear it and draw it again.")
    assert not engine.asked


def inverted(at):
    """The switch that exchanges light and dark, of the picture that is there."""
    (switch,) = [toggle for toggle in at.main.toggle if toggle.label == "Invert light and dark"]
    return switch


def test_the_digit_on_a_photo_is_found_and_every_step_shown(engine, result):
    store(engine, CONFIG, result)
    at = visit()
    assert not engine.asked
    photo = photographs.jpeg(photographs.grey_paper(HANDS[0][0]))
    upload(at, photo)
    assert said(at)[0] == "0"
    np.testing.assert_array_equal(
        engine.asked[-1][0], uploads.read(photo, (1, 8, 8), 16, find=Digits.drawing).pixels
    )
    captions = [image.caption for group in at.main.get("image") for image in group.proto.imgs]
    assert captions == [
        "Your picture",
        "Even light",
        "Ink found",
        "Cropped, centred, thickened",
        "What the network saw: 8×8 pixels",
    ]


def test_the_switch_that_inverts_begins_as_the_picture_needs_it(engine, result):
    store(engine, CONFIG, result)
    at = upload(visit(), SEVEN.read_bytes())
    assert inverted(at).value
    upload(at, photographs.jpeg(photographs.chalk(HANDS[0][0])))
    assert not inverted(at).value
    assert said(at)[0] == "0"
    inverted(at).set_value(True)
    assert pages.texts(pages.run(at).main.error)[0].startswith("No digit was found")


def test_without_finding_the_digit_the_middle_is_taken_as_it_is(engine, result):
    store(engine, CONFIG, result)
    at = pages.change(visit(), "own.find", False)
    upload(at, half_black())
    assert inverted(at).value is False, "as much of its border is dark as light"
    assert engine.asked[-1].shape == (1, 8, 8, 1)
    assert engine.asked[-1][0, :, 0].max() == 0 and engine.asked[-1][0, :, 7].min() == 16
    inverted(at).set_value(True)
    pages.run(at)
    assert engine.asked[-1][0, :, 0].min() == 16 and engine.asked[-1][0, :, 7].max() == 0


def test_a_blank_picture_is_not_asked_about(engine, result):
    store(engine, CONFIG, result)
    at = upload(visit(), picture("white"))
    assert pages.texts(at.main.error)[0].startswith("No digit was found")
    pages.change(at, "own.find", False)
    assert "one shade only" in pages.texts(at.main.info)[-1] and not engine.asked


def test_own_grey_images_that_are_dark_on_light_get_drawings_and_photos_so(engine, monkeypatch):
    grey = np.random.default_rng(0).integers(150, 256, (60, 9, 10, 1), np.uint8)
    data = own_images.save(engine.data, x_train=grey)
    config = pages.made({"run.epochs": "1", "run.device": "cpu"}).model_copy(update={"data": data})
    *_, result = training.train(config, engine.data)
    store(engine, config, result)
    draw(monkeypatch, ONE)
    at = visit(config)
    assert engine.asked[-1].min() == 0 and engine.asked[-1][0, :, 0].min() == 255
    upload(at, SEVEN.read_bytes())
    assert not inverted(at).value, "both are dark on light"
    middle = uploads.read(SEVEN.read_bytes(), (1, 9, 10), 255, invert=False).pixels
    np.testing.assert_array_equal(engine.asked[-1][0], middle)
    pages.change(at, "own.find", True)
    assert not inverted(at).value
    assert engine.asked[-1][0, :, 0].min() == 255, "paper beside the digit"


def test_a_file_that_is_no_picture_is_one_sentence(engine, result):
    store(engine, CONFIG, result)
    at = upload(visit(), b"<svg/>")
    (told,) = pages.texts(at.main.error)
    assert told.startswith("This file is no picture")
    assert not engine.asked


def test_a_colour_data_set_takes_uploads_only(engine):
    data = own_images.save(engine.data, class_names=["a *cat*", "[dog]", "owl"])
    config = pages.made({"run.epochs": "1", "run.device": "cpu"}).model_copy(update={"data": data})
    *_, result = training.train(config, engine.data)
    store(engine, config, result)
    at = visit(config)
    assert not at.main.get("bidi_component")
    assert "own.find" not in at.session_state
    (told,) = [text for text in pages.texts(at.main.markdown) if "colour pictures" in text]
    assert told.endswith("Show it a photo of one of these: a *cat*, [dog], owl.")
    upload(at, picture((255, 0, 0)))
    (pixels,) = engine.asked
    assert pixels.shape == (1, *own_images.IMAGES.shape[1:])
    assert (pixels == [255, 0, 0]).all()
    names = [bar.split(" · ")[0] for bar in said(at)[1:]]
    assert set(names) == {"a *cat*", "[dog]", "owl"}


def test_a_network_that_cannot_be_asked_is_one_sentence(engine, result, monkeypatch):
    store(engine, CONFIG, result)
    draw(monkeypatch, ONE)

    def predict(run: str, pixels: np.ndarray) -> np.ndarray:
        raise UserError("The worker [is] gone: try again.")

    monkeypatch.setattr(engine, "predict", predict)
    assert pages.texts(visit().main.error) == ["The worker [is] gone: try again."]


def test_a_run_without_weights_says_so(engine, result):
    store(engine, CONFIG, result)
    engine.store.weights(CONFIG.name).unlink()
    at = visit()
    assert [text for text in pages.texts(at.main.info) if "left no weights" in text]
    assert not at.main.get("bidi_component")


@pytest.mark.parametrize(
    ("images", "top"),
    [(DIGITS.images > 7, 1), (DIGITS.images * 1.0, 16)],
    ids=["true and false", "0 to 16"],
)
def test_drawings_and_uploads_are_made_like_own_images(engine, monkeypatch, images, top):
    data = own_images.save(engine.data, x_train=images, y_train=DIGITS.target)
    config = CONFIG.model_copy(update={"data": data})
    *_, result = training.train(config, engine.data)
    store(engine, config, result)
    draw(monkeypatch, ZERO)
    at = visit(config)
    assert said(at)[0] == "0"
    upload(at, half_black())
    assert len(engine.asked) > 1
    assert {(int(pixels.min()), int(pixels.max())) for pixels in engine.asked} == {(0, top)}


def test_a_data_set_that_is_gone_is_told(engine):
    config = pages.made({"run.epochs": "1", "run.device": "cpu"}).model_copy(
        update={"data": own_images.save(engine.data)}
    )
    *_, result = training.train(config, engine.data)
    store(engine, config, result)
    datasets.load(config.data, engine.data)
    (engine.data / config.data.file).unlink()
    at = visit(config)
    assert [text for text in pages.texts(at.main.info) if "put it back" in text]
    assert not at.main.get("file_uploader")
