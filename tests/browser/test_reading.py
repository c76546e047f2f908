"""Reading real runs in the browser: the matrix and its cells, the images, drawing, comparing."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground import formats
from playground.analysis import headline
from playground.analysis.predictions import Predictions
from playground.config import RunConfig
from playground.data import datasets
from playground.store import RunStore
from tests.browser.server import PROJECT, Server
from tests.browser.words import button, go_to, pick, points, settled, train_button
from tests.waiting import wait

pytestmark = pytest.mark.slow

DIGITS = ("digits-mlp",)
DROPOUT = ("digits-mlp", "--set", "architecture.dropout=0.1", "--set", "run.epochs=501")
CIFAR10 = ("cifar10-cnn", "--set", "data.train_images=3000", "--set", "run.epochs=2")


@dataclass
class Read:
    """A run that was really trained, as the store has it."""

    config: RunConfig
    parts: dict[str, Predictions]
    matrices: np.ndarray
    submitted: float

    @property
    def link(self) -> str:
        return f"run={self.config.name[:16]}"

    @property
    def first(self) -> str:
        """The split that the pages open on."""
        return headline.split_of(self.config)

    def matrix(self, split: str) -> np.ndarray:
        part = self.parts[split]
        matrix = np.zeros_like(self.matrices[0])
        np.add.at(matrix, (part.labels, part.predicted), 1)
        return matrix


class Runs:
    """Trains by the command line into the folders of a server that is not started yet."""

    def __init__(self, folder: Path) -> None:
        self.data, self.runs = folder / "data", folder / "runs"

    def train(self, recipe: tuple[str, ...]) -> Read:
        folders = {"PLAYGROUND_DATA": str(self.data), "PLAYGROUND_RUNS": str(self.runs)}
        command = [sys.executable, "-m", "playground", "run", *recipe, "--json"]
        done = subprocess.run(
            command, cwd=PROJECT, env=os.environ | folders, check=True, capture_output=True
        )
        name = json.loads(done.stdout)["run"]
        store = RunStore(self.runs)
        run, arrays = store.get(name), store.arrays(name)
        store.close()
        split = datasets.split(datasets.load(run.config.data, self.data), run.config.data)
        parts = {
            part: Predictions(
                arrays[f"labels_{part}"], arrays[f"probabilities_{part}"], getattr(split, part)
            )
            for part in ("validation", "test")
        }
        return Read(run.config, parts, arrays["matrices"], run.submitted)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Runs:
    return Runs(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def digits(folder) -> Read:
    return folder.train(DIGITS)


@pytest.fixture(scope="module")
def dropout(folder, digits) -> Read:
    return folder.train(DROPOUT)


@pytest.fixture(scope="module")
def cifar10(folder, cifar10_folder) -> Read:
    folder.data.mkdir(exist_ok=True)
    (folder.data / "cifar10.npz").symlink_to(cifar10_folder / "cifar10.npz")
    return folder.train(CIFAR10)


@pytest.fixture(scope="module")
def file_server(folder) -> Iterator[Server]:
    """One server for the runs of this file."""
    with Server(folder.data, folder.runs) as server:
        yield server


CELL = re.compile(r"True class (\w+), predicted (\w+): ([\d,]+) images")


def cells(page: Page) -> dict[tuple[str, str], int]:
    """The matrix that is drawn: (true, predicted) -> images."""
    found = page.locator('path[aria-label^="True class "]').evaluate_all(
        "paths => paths.map(path => path.getAttribute('aria-label'))"
    )
    matches = [match for label in found if (match := CELL.match(label))]
    return {(m[1], m[2]): int(m[3].replace(",", "")) for m in matches}


def drawn(page: Page, names: tuple[str, ...]) -> np.ndarray:
    shown = cells(page)
    return np.array([[shown.get((t, p), -1) for p in names] for t in names])


def names_of(read: Read, folder: Runs) -> tuple[str, ...]:
    return datasets.load(read.config.data, folder.data).classes


@pytest.mark.parametrize("which", ["digits", "cifar10"])
def test_the_matrix_sums_to_the_split_and_a_cell_shows_its_very_images(
    which, request, folder, page
):
    read: Read = request.getfixturevalue(which)
    app = request.getfixturevalue("app")
    names = names_of(read, folder)
    page.goto(f"{app.url}/Confusion_matrix?{read.link}")
    wait(lambda: (drawn(page, names) == read.matrix(read.first)).all(), 60)
    if which == "cifar10":
        assert drawn(page, names).sum() == len(read.parts["validation"].labels)
        page.get_by_test_id("stMain").get_by_role("radio", name="Test", exact=True).click()
        wait(lambda: (drawn(page, names) == read.matrix("test")).all(), 60)
    assert drawn(page, names).sum() == (450 if which == "digits" else 10_000)

    wrong = read.matrix("test") * (1 - np.eye(10, dtype=int))
    true, predicted = np.unravel_index(wrong.argmax(), wrong.shape)
    label = f"True class {names[true]}, predicted {names[predicted]}: "
    page.locator(f'path[aria-label^="{label}"]').click()
    part = read.parts["test"]
    positions = part.ordered(part.where(true=true, predicted=predicted), "confident")
    expected = part.indices[positions][:24].tolist()
    cards = page.locator('img[alt^="Image "]')
    expect(cards).to_have_count(len(expected))
    told = [image.get_attribute("alt") for image in cards.all()]
    dataset = datasets.load(read.config.data, folder.data)
    for text, number in zip(told, expected, strict=True):
        assert text.startswith(
            f"Image {number}, true class {names[true]}, predicted {names[predicted]} with "
        )
        assert dataset.labels[number] == true
    first = page.locator(f'img[alt^="Image {expected[0]},"]').first
    assert first.evaluate("image => image.naturalWidth") == dataset.images.shape[2]


@pytest.mark.parametrize("which", ["digits", "cifar10"])
def test_the_slider_ends_at_the_final_matrix_and_moves_to_the_first(which, request, folder, page):
    read: Read = request.getfixturevalue(which)
    app = request.getfixturevalue("app")
    names = names_of(read, folder)
    page.goto(f"{app.url}/Confusion_matrix?{read.link}")
    final = read.matrix(read.first)
    wait(lambda: (drawn(page, names) == final).all(), 60)
    assert (read.matrices[-1] == final).all()
    slider = page.get_by_test_id("stMain").get_by_role("slider", name="Epoch")
    slider.focus()
    slider.press("Home")
    wait(lambda: (drawn(page, names) == read.matrices[0]).all(), 30)
    assert (read.matrices[0] != final).any()


def test_play_moves_the_matrix_to_the_end(app, digits, folder, page):
    names = names_of(digits, folder)
    page.goto(f"{app.url}/Confusion_matrix?{digits.link}")
    final = digits.matrix(digits.first)
    wait(lambda: (drawn(page, names) == final).all(), 60)
    button(page, "Play").click()
    wait(lambda: drawn(page, names).trace() < 0.9 * final.trace(), 30)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    wait(lambda: (drawn(page, names) == final).all(), 60)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_image_1234_of_the_digits_shows_its_label(app, digits, page):
    page.goto(f"{app.url}/Sample_predictions?{digits.link}")
    page.get_by_role("tab", name="Find an image").click()
    number = page.get_by_test_id("stMain").get_by_role("textbox")
    number.fill("1234")
    number.press("Enter")
    label = datasets.load(digits.config.data, None).labels[1234]
    expect(page.locator(f'img[alt^="Image 1234, true class {label}"]')).to_be_visible()


def test_the_gallery_turns_its_pages(app, cifar10, page):
    page.goto(f"{app.url}/Sample_predictions?{cifar10.link}")
    numbers = sorted(cifar10.parts["validation"].indices.tolist())
    first, later = (page.locator(f'img[alt^="Image {numbers[at]},"]') for at in (0, 24))
    expect(first).to_be_visible()
    page.get_by_role("button", name="Next").first.click()
    expect(later).to_be_visible()
    expect(first).to_have_count(0)


def test_filters_stay_open_while_they_are_set_and_their_label_tells_it(app, cifar10, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app.url}/Sample_predictions?{cifar10.link}")
    page.get_by_role("button", name="Filter").click()
    for label, option in (("Order", "Least sure first"), ("True class", "cat")):
        pick(page.get_by_test_id("stPopoverBody"), label, option)
        settled(page)
    expect(page.get_by_role("button", name="Filter · least sure first · true cat")).to_be_visible()
    expect(page.get_by_role("combobox", name="Predicted class")).to_be_visible()


def test_a_drawn_one_is_predicted_by_the_network(app, digits, page):
    page.goto(f"{app.url}/Draw?{digits.link}")
    canvas = page.get_by_role("img", name="Draw a digit here")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, top, bottom = (
        box["x"] + box["width"] / 2,
        box["y"] + 0.15 * box["height"],
        box["y"] + 0.85 * box["height"],
    )
    page.mouse.move(x, top)
    page.mouse.down()
    page.mouse.move(x, bottom, steps=12)
    page.mouse.up()
    expect(page.get_by_text("What the network saw").first).to_be_visible()
    expect(page.get_by_test_id("stMetricValue")).to_have_text("1")


def test_on_a_phone_the_canvas_and_the_answer_below_are_on_the_first_screen(app, digits, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app.url}/Draw?{digits.link}")
    canvas = page.get_by_role("img", name="Draw a digit here")
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    assert box["width"] > 330 and box["y"] < 250
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 60, steps=12)
    page.mouse.up()
    answer = page.get_by_test_id("stMetricValue")
    expect(answer).to_be_in_viewport()
    assert answer.bounding_box()["y"] > box["y"] + box["height"]


def test_a_photographed_one_is_found_and_predicted(app, digits, page):
    page.goto(f"{app.url}/Draw?{digits.link}")
    page.locator("input[type=file]").set_input_files(PROJECT / "tests/pictures/seven.jpg")
    for step in ("Your picture", "Even light", "Ink found", "Cropped, centred, thickened"):
        picture = page.get_by_role("img", name=step, exact=True)
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 90
    expect(page.get_by_test_id("stMetricValue")).to_have_text("7")
    expect(page.get_by_role("switch", name="Invert light and dark")).to_be_checked()


def test_times_are_those_of_the_browser(app, digits, chromium):
    context = chromium.new_context(timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(f"{app.url}/Sample_predictions?{digits.link}")
    told = formats.when(digits.submitted, ZoneInfo("Asia/Tokyo"))
    picker = page.get_by_test_id("stMain").get_by_role("combobox", name="Run", exact=True)
    expect(picker).to_have_value(re.compile(f"{told}$"))
    context.close()


def test_two_runs_are_compared_and_go_along_to_another_page(app, digits, dropout, page):
    page.goto(f"{app.url}/Compare?{digits.link}&with={dropout.config.name[:16]}")
    expect(page.get_by_text("settings changed at once")).to_be_visible()
    before, after = (of.parts[digits.first] for of in (digits, dropout))
    fixed = int((before.wrong & ~after.wrong).sum())
    broken = int((~before.wrong & after.wrong).sum())
    expect(page.get_by_role("tab", name=f"Fixed by B ({fixed})")).to_be_visible()
    expect(page.get_by_role("tab", name=f"Broken by B ({broken})")).to_be_visible()
    accuracies = [1 - part.wrong.mean() for part in (before, after)]
    assert fixed - broken == round((accuracies[1] - accuracies[0]) * len(before.labels))
    go_to(page, "Mistakes")
    expect(page.get_by_text("Second run").first).to_be_visible()
    page.wait_for_url(re.compile(f"{digits.link}.*with={dropout.config.name[:16]}"))


def test_a_tick_in_the_table_chooses_a_run(app, digits, dropout, page):
    page.goto(f"{app.url}/Compare")
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible()
    page.wait_for_timeout(1000)  # the table draws itself on a canvas, and says nothing of it
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    expect(page.get_by_text("The chosen run")).to_be_visible()
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)
    expect(page.get_by_text("Choose one to eight runs")).to_be_visible()


def test_of_two_ticked_runs_the_one_trained_first_is_a(app, digits, dropout, page):
    page.goto(f"{app.url}/Compare")
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible()
    page.wait_for_timeout(1000)
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)  # the newest
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    newest = re.search("run=([0-9a-f]{16})", page.url)[1]
    expect(page.get_by_text("The chosen run")).to_be_visible()
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 35 + 17)
    page.wait_for_url(re.compile(f"with={newest}"))


def test_a_name_that_someone_gave_a_run_is_neither_link_nor_markup(app, digits, page):
    page.goto(f"{app.url}/Compare?{digits.link}")
    page.get_by_role("button", name="Rename").first.click()
    name = page.get_by_role("textbox", name="Name of A")
    text = "www.example.com http://e.co a@b.com &copy; <b>x</b> [a](//e.co)"
    name.fill(text)
    name.press("Enter")
    told = page.get_by_role("listitem").filter(has_text="example.com")
    expect(told).to_be_visible()
    assert text in told.inner_text().replace("\u2060", "")
    assert told.locator("a, b").count() == 0
    name.fill("")
    name.press("Enter")
    expect(told).to_have_count(0)


def test_who_waits_can_look_at_the_run_that_trains(app, page):
    page.goto(f"{app.url}/?run.epochs=5000&run.batch_size=4")
    train_button(page).click()
    wait(lambda: points(page) >= 1, 60)
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    first = re.search("run=([0-9a-f]{16})", page.url)[1]
    page.goto(f"{app.url}/?run.epochs=4999&run.batch_size=4")
    train_button(page).click()
    page.wait_for_url(re.compile(f"run=(?!{first})[0-9a-f]{{16}}"))
    waits = page.url
    button(page, "Show it").click()
    page.wait_for_url(re.compile(f"run={first}"))
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile(r"Stopped in epoch \d+"))).to_be_visible()
    page.goto(waits)
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile("Stopped (in epoch|before it began)"))).to_be_visible()
