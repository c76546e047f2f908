"""What someone sees who opens the app."""

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.words import choose, settled, sidebar, text, train_button


@pytest.mark.parametrize("path", ["", "Data"])
def test_every_page_opens_first_on_a_fresh_server(server, page, path):
    page.goto(f"{server.url}/{path}")
    expect(sidebar(page).get_by_text("Settings", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Train")).to_be_visible()
    expect(page.get_by_text("images", exact=False).first).to_be_visible()
    assert page.get_by_test_id("stAlert").count() == 0


@pytest.mark.parametrize("path", ["Confusion_matrix", "Sample_predictions", "Compare"])
def test_every_page_that_reads_runs_opens_first_and_says_that_there_are_none(server, page, path):
    page.goto(f"{server.url}/{path}")
    expect(sidebar(page).get_by_text("Settings", exact=True)).to_be_visible()
    expect(page.get_by_text("There is no run yet")).to_be_visible()
    page.get_by_role("link", name="Train a network").click()
    expect(train_button(page)).to_be_enabled()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("Sweep", "Train the sidebar's network once for every value"),
        ("Articles", "Five articles improve a network step by step"),
        ("Ideas", "The ideas behind the settings"),
    ],
)
def test_every_page_that_needs_no_run_opens_first_and_has_something_to_press(
    server, page, path, words
):
    page.goto(f"{server.url}/{path}")
    expect(sidebar(page).get_by_text("Settings", exact=True)).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.get_by_role("alert").count() == 0
    names = {"Sweep": "Start the sweep", "Articles": "Run", "Ideas": "Try “"}
    expect(main.get_by_role("button", name=names[path]).first).to_be_enabled()


def test_before_the_first_run_the_page_shows_the_data_and_what_to_press(server, page):
    page.goto(server.url)
    expect(page.get_by_text("press Train")).to_be_visible()
    expect(page.get_by_role("img", name="images of class 7")).to_be_visible()
    expect(train_button(page)).to_be_enabled()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()


def test_the_app_process_stays_small_and_never_loads_torch(server, page):
    page.goto(server.url)
    train_button(page).click()
    expect(page.get_by_text("Finished")).to_be_visible()
    app = psutil.Process(server.process.pid)
    assert not [m.path for m in app.memory_maps() if "torch" in m.path]
    assert app.memory_info().rss < 300e6
    trainers = [p for p in server.processes()[1:] if "torch" in str(p.memory_maps())]
    assert trainers, "the worker is another process, and it has torch"


def test_the_parameter_count_and_the_layer_table_follow_the_sidebar(server, page):
    page.goto(server.url)
    expect(sidebar(page).get_by_text("2,778 parameters")).to_be_visible()
    text(page, "Hidden layers").fill("64")
    text(page, "Hidden layers").press("Enter")
    expect(sidebar(page).get_by_text("4,810 parameters")).to_be_visible()
    page.get_by_role("tab", name="Network").click()
    expect(page.get_by_text("64·64 + 64")).to_be_visible()
    choose(page, "Network", "CNN: convolutions")
    expect(page.get_by_text("Convolution 3×3, 32 channels")).to_be_visible()


def test_an_impossible_network_is_one_sentence_beside_the_widget(server, page):
    page.goto(f"{server.url}/?architecture.kind=cnn")
    choose(page, "Blocks", "4")
    expect(sidebar(page).get_by_role("alert")).to_have_text(
        "After the pooling of block 4 nothing is left of the image (1×1 pixels before it): "
        "use fewer poolings."
    )
    expect(train_button(page)).to_be_disabled()


def test_a_bad_link_is_told_and_the_good_part_of_it_is_used(server, page):
    page.goto(f"{server.url}/?run.epochs=7&optimizer.learning_rate=-1&run.nonsense=1")
    alert = page.get_by_test_id("stMain").get_by_role("alert")
    expect(alert).to_contain_text("optimizer.learning_rate must be a number above 0 to 100")
    expect(alert).to_contain_text("There is no setting 'run.nonsense' here.")
    expect(text(page, "Epochs")).to_have_value("7")


def test_settings_survive_a_page_switch_and_a_reload_and_reset_brings_the_defaults(server, page):
    page.goto(server.url)
    settled(page)
    epochs = text(page, "Epochs")
    epochs.fill("12")
    epochs.press("Enter")
    choose(page, "Optimizer", "RMSprop")
    expect(page.get_by_text("RMSprop 0.001 · 12 epochs")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Data").click()
    expect(page.get_by_role("heading", name="The data")).to_be_visible()
    expect(text(page, "Epochs")).to_have_value("12")
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_text("RMSprop 0.001 · 12 epochs")).to_be_visible()
    settled(page)
    page.reload()
    expect(page.get_by_text("RMSprop 0.001 · 12 epochs")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("Adam 0.001 · 30 epochs")).to_be_visible()
    page.wait_for_url(lambda url: "epochs" not in url)


def test_settings_that_were_never_touched_survive_a_page_switch(server, page):
    page.goto(server.url)
    expect(page.get_by_text("MLP 32-16 · Adam 0.001 · 30 epochs")).to_be_visible()
    page.get_by_role("link", name="Data").click()
    expect(page.get_by_text("1,347 images for training")).to_be_visible()
    expect(text(page, "Epochs")).to_have_value("30")
    expect(text(page, "Hidden layers")).to_have_value("32-16")
    page.reload()
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_text("MLP 32-16 · Adam 0.001 · 30 epochs")).to_be_visible()
    assert "?" not in page.url


def test_missing_cifar10_is_told_with_a_button_to_fetch_it(server, page):
    page.goto(f"{server.url}/?data.name=cifar10")
    expect(sidebar(page).get_by_text("CIFAR10 is not here yet: press Download")).to_be_visible()
    expect(sidebar(page).get_by_role("button", name="Download CIFAR10")).to_be_enabled()
    expect(train_button(page)).to_be_disabled()


def test_a_page_loads_nothing_from_elsewhere(server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "Data", "Ideas", "Lesson"):
        page.goto(f"{server.url}/{path}")
        page.get_by_role("link", name="Train").wait_for()
        page.wait_for_timeout(500)
    elsewhere = [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]
    assert len(asked) > 20 and elsewhere == []
