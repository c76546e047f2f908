"""The page Inside in a real browser: every view, of a dense and a convolutional network of digits,
and of CIFAR10 where its images are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from playground import training
from playground.config import CNN, Cifar10, ConvBlock, Digits, Run, RunConfig
from playground.store import RunStore
from playground.ui.inside import VIEWS
from tests.browser import words
from tests.browser.server import Server

pytestmark = pytest.mark.slow

_RUN = Run(epochs=4, device="cpu")
_BLOCKS = CNN(blocks=(ConvBlock(channels=(8,)), ConvBlock(channels=(16,))), hidden=(16,))
RUNS = {
    "dense": RunConfig(data=Digits(), run=_RUN),
    "blocks": RunConfig(data=Digits(), run=_RUN, architecture=_BLOCKS),
    "CIFAR10": RunConfig(
        data=Cifar10(train_images=500), run=Run(epochs=2, device="cpu"), architecture=_BLOCKS
    ),
}


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory, without_a_worker) -> Iterator[Server]:
    """A server with the runs of digits."""
    folder = tmp_path_factory.mktemp("inside")
    (folder / "data").mkdir()
    enter(folder / "runs", RUNS["dense"], folder / "data")
    enter(folder / "runs", RUNS["blocks"], folder / "data")
    with Server(folder / "data", folder / "runs", without_a_worker) as server:
        yield server


def enter(runs: Path, config: RunConfig, data: Path) -> None:
    """Train a run, and store it."""
    *_, result = training.train(config, data)
    store = RunStore(runs)
    store.queue(config, result.fingerprint)
    store.finish(config.name, result)
    store.close()


def visit(page: Page, server: Server, run: str, view: str = "") -> Locator:
    """Open the page of a run, at a view."""
    page.goto(f"{server.url}/Inside?run={RUNS[run].name[:16]}")
    main = page.get_by_test_id("stMain")
    expect(network(main).first).to_be_visible()
    if view:
        choose(main, view)
    return main


def choose(main: Locator, option: str) -> None:
    """Choose one of some that stand side by side."""
    main.get_by_role("radio", name=option, exact=True).or_(
        main.get_by_role("button", name=option, exact=True)
    ).first.click()


def network(main: Locator) -> Locator:
    """The network, drawn."""
    return main.get_by_role("group", name=re.compile("The network with this image in it"))


def look_into(main: Locator, run: str) -> None:
    """Open a channel of the first layer with weights."""
    first = re.compile("^Dense, 32 units, unit " if run == "dense" else "^Convolution 3×3, 8 chan")
    network(main).get_by_role("button", name=first).first.click()
    expect(main.get_by_text(re.compile("images that excite it most"))).to_be_visible()
    expect(main.get_by_text(re.compile("Its kernel|in the colours"))).to_be_visible()


@pytest.mark.parametrize("run", ["dense", "blocks"])
def test_a_channel_opens_to_what_it_looks_for(inside: Server, page: Page, run: str):
    main = visit(page, inside, run)
    look_into(main, run)
    pressed = network(main).get_by_role("button", pressed=True)
    expect(pressed).to_have_count(1)


def test_all_channels_of_a_layer_are_there_on_demand(inside: Server, page: Page):
    main = visit(page, inside, "blocks")
    maps = network(main).get_by_role("button", name=re.compile("^Convolution 3×3, 16 channels"))
    expect(maps).to_have_count(12)
    network(main).get_by_role("button", name="4 more of Convolution 3×3, 16 channels").click()
    expect(maps).to_have_count(16)


def test_an_earlier_epoch_is_looked_at_with_the_keyboard(inside: Server, page: Page):
    main = visit(page, inside, "blocks")
    before = network(main).get_attribute("aria-label")
    slider = main.get_by_role("slider", name="Epoch")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "1")
    expect(network(main)).not_to_have_attribute("aria-label", before or "")


def test_a_drawing_runs_through_the_network_and_says_why_in_two_clicks(inside: Server, page: Page):
    page.goto(f"{inside.url}/Draw?run={RUNS['blocks'].name[:16]}")
    main = page.get_by_test_id("stMain")
    stroke(page, main)
    expect(main.get_by_text("The network says")).to_be_visible()
    words.button(main, "Look inside").click()
    expect(network(main)).to_be_visible()
    choose(main, "Why?")
    expect(main.get_by_role("heading", name="Occlusion")).to_be_visible()
    expect(main.get_by_role("img", name=re.compile("^Grad-CAM: For"))).to_have_count(2)


def stroke(page: Page, main: Locator) -> None:
    """Draw a one."""
    square = main.get_by_role("img", name=re.compile("Draw a digit here")).bounding_box()
    assert square
    x, y, side = square["x"], square["y"], square["width"]
    page.mouse.move(x + side / 2, y + side / 6)
    page.mouse.down()
    page.mouse.move(x + side / 2, y + side * 5 / 6, steps=8)
    page.mouse.up()


@pytest.mark.parametrize("run", ["dense", "blocks"])
def test_units_are_told_in_three_clicks_from_anywhere(inside: Server, page: Page, run: str):
    page.goto(f"{inside.url}/?run={RUNS[run].name[:16]}")
    words.settled(page)
    words.go_to(page, "Inside")  # two clicks
    main = page.get_by_test_id("stMain")
    expect(network(main)).to_be_visible()
    choose(main, "Units")
    expect(main.get_by_text(re.compile("(units are|unit is) dead"))).to_be_visible()
    chart = main.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas")
    expect(chart.first).to_be_visible()
    choose(main, "Gradients")
    expect(main.get_by_text(re.compile("hardly learns"))).to_be_visible()


def test_a_click_on_the_map_opens_the_image_and_keys_go_on(inside: Server, page: Page):
    main = visit(page, inside, "dense", "Map of images")
    told = main.get_by_role("application", name=re.compile("Map of 300 images"))
    expect(told).to_be_visible()
    told.click()
    told.focus()
    page.keyboard.press("ArrowRight")
    expect(main.get_by_role("img", name=re.compile("^Image [0-9]+, true class"))).to_be_visible()
    choose(main, "Neighbours (t-SNE)")
    expect(main.get_by_text("Neighbours here are alike to the network")).to_be_visible()


def test_the_network_is_broken_and_a_unit_is_missed(inside: Server, page: Page):
    main = visit(page, inside, "dense", "Break it")
    expect(main.get_by_text(re.compile("at 50 % of the range"))).to_be_visible()
    choose(main, "Coarse weights")
    expect(main.get_by_text(re.compile("at 2 bits"))).to_be_visible()
    choose(main, "A unit less")
    expect(main.get_by_text(re.compile("Missed most"))).to_be_visible()


def test_a_unit_is_switched_off_by_hand_and_on_again(inside: Server, page: Page):
    main = visit(page, inside, "blocks", "By hand")
    switch = main.get_by_role("switch", name="Switched off").or_(
        main.get_by_role("checkbox", name="Switched off")
    )
    main.get_by_text("Switched off").click()
    expect(main.get_by_text(re.compile(r"\(was ")).first).to_be_visible()
    words.button(main, "Undo all 1").click()
    expect(main.get_by_text(re.compile(r"\(was "))).to_have_count(0)
    expect(switch).not_to_be_checked()


def test_on_a_phone_nothing_scrolls_sideways(inside: Server, chromium):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    main = visit(page, inside, "blocks")
    for view in VIEWS:
        choose(main, view)
        words.settled(page)
        assert main.evaluate("main => main.scrollWidth <= main.clientWidth"), view
    context.close()


def test_colour_images_are_looked_into(
    tmp_path: Path, without_a_worker, page: Page, cifar10_folder: Path
):
    enter(tmp_path / "runs", RUNS["CIFAR10"], cifar10_folder)
    with Server(cifar10_folder, tmp_path / "runs", without_a_worker) as server:
        main = visit(page, server, "CIFAR10")
        look_into(main, "CIFAR10")
        choose(main, "Why?")
        expect(main.get_by_role("heading", name="Integrated gradients")).to_be_visible()
        choose(main, "Map of images")
        expect(
            main.get_by_role("application", name=re.compile("Map of 300 images"))
        ).to_be_visible()
        choose(main, "Break it")
        expect(main.get_by_text(re.compile("at 50 % of the range"))).to_be_visible()
        choose(main, "By hand")
        expect(main.get_by_text("Nothing is stored")).to_be_visible()
