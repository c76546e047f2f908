"""A lesson made in one browser and taken in another, and what a class does in it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.visitor import together
from playground import formats
from playground.store import RunStore
from tests.browser.server import Server
from tests.browser.words import (
    button,
    details,
    ended,
    menu,
    pick,
    settled,
    sidebar,
    text,
    train_button,
)
from tests.soak.session import Session
from tests.waiting import wait

pytestmark = pytest.mark.slow

KEY = "the teacher's key"


@pytest.fixture(scope="module")
def file_server(tmp_path_factory) -> Iterator[Server]:
    """One server for the tests of this file, with a teacher."""
    folder = tmp_path_factory.mktemp("lesson")
    with Server(folder / "data", folder / "runs", {"PLAYGROUND_TEACHER_KEY": KEY}) as server:
        yield server


@pytest.fixture
def visitors(chromium) -> Iterator[list[Page]]:
    """Two more browsers, each with cookies of its own."""
    contexts = [chromium.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(60_000)
    yield pages
    for page, context in zip(pages, contexts, strict=True):
        assert page.get_by_test_id("stException").count() == 0
        context.close()


def write(page: Page, name: str, text: str) -> None:
    """Write into a text box or area of the page, and let it follow."""
    box = page.get_by_test_id("stMain").get_by_role("textbox", name=name)
    box.fill(text)
    box.press("Control+Enter" if "\n" in text else "Enter")
    settled(page)


def make(page: Page, url: str) -> str:
    """Make a lesson as a teacher does; gives its link."""
    page.goto(f"{url}/Lesson?run.epochs=12")
    page.get_by_text("For the teacher").click()
    page.get_by_role("textbox", name="Key").fill(KEY)
    button(page, "Enter").click()
    expect(page.get_by_role("button", name="Make the lesson")).to_be_visible()
    write(page, "Title", "How fast should it learn?")
    pick(page.get_by_test_id("stMain"), "Guess first", "One of some answers")
    settled(page)
    write(page, "What to guess", "Which rate is best?")
    write(page, "Answers, one on each line (2 to 6)", "the small one\nthe large one")
    pick(page.get_by_test_id("stMain"), "Right answer", "the large one")
    expect(page.get_by_text("Keep the test figures")).to_be_visible()
    page.get_by_text("Keep the test figures").click()
    settled(page)
    button(page, "Make the lesson").click()
    expect(page.get_by_role("img", name="QR code of the lesson")).to_be_visible()
    page.wait_for_url(re.compile("lesson=[0-9a-f]{16}"))
    return f"{url}/?lesson={re.search('lesson=([0-9a-f]{16})', page.url)[1]}"


def rate_box(page: Page) -> Locator:
    """The learning rate where it is open: on the page, beside the curve."""
    main = page.get_by_test_id("stMain")
    return main.get_by_role("textbox", name="Learning rate", exact=True).first


def guess_and_join(page: Page, guess: str, name: str) -> None:
    expect(train_button(page)).to_be_disabled()
    page.get_by_text(guess, exact=True).click()
    settled(page)
    button(page, "Guess").click()
    expect(page.get_by_text(f"You guessed {guess}")).to_be_visible()
    page.get_by_role("button", name="Join the board").first.click()
    page.get_by_role("textbox", name="Your name on the class board").fill(name)
    button(page, "Take this name").click()
    expect(page.get_by_role("button", name=name)).to_be_visible()
    settled(page)


def test_a_lesson_made_in_one_browser_is_taken_in_another(app, page, visitors):
    link = make(page, app.url)
    ann, bob = visitors
    ann.goto(f"{link}&run.epochs=500&optimizer.learning_rate=0.02")
    expect(ann.get_by_text("Which rate is best?")).to_be_visible()
    # What is hidden is not there, what is fixed stands against the edited link.
    expect(ann.get_by_text("Epochs (run.epochs) is not open in this lesson.")).to_be_visible()
    expect(text(ann, "Epochs")).to_have_value("12")
    expect(text(ann, "Epochs")).to_be_disabled()
    expect(rate_box(ann)).to_have_value("0.02")
    expect(rate_box(ann)).to_be_enabled()
    expect(text(ann, "Seed")).to_have_count(0)
    expect(sidebar(ann).get_by_text("Regularization")).to_have_count(0)
    menu(ann, "Look").click()
    expect(ann.get_by_role("menuitem", name="Mistakes")).to_be_visible()
    assert ann.get_by_role("menuitem", name="Export").count() == 0
    ann.keyboard.press("Escape")
    expect(menu(ann, "Learn")).to_have_count(0)
    guess_and_join(ann, "the large one", "Ann <b>")
    train_button(ann).click()
    expect(ann.get_by_text("Finished")).to_be_visible()
    expect(ann.get_by_text("You guessed the large one. Right.")).to_be_visible()
    ended(ann)
    details(ann)
    expect(ann.get_by_role("row", name=re.compile("^Validation"))).to_be_visible()
    expect(ann.get_by_role("row", name=re.compile("^Test"))).to_have_count(0)

    # The teacher's board, open all the while, follows.
    row = page.get_by_role("row").filter(has_text="Ann <b>")
    expect(row).to_contain_text("Learning rate 0.001 → 0.02")
    bob.goto(link)
    guess_and_join(bob, "the small one", "Bob")
    train_button(bob).click()
    expect(bob.get_by_text("Finished")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Bob")).to_contain_text("Nothing yet")
    expect(page.get_by_text("2 on the board · 2 different runs tried")).to_be_visible()
    expect(bob.get_by_text("You guessed the small one; it is the large one.")).to_be_visible()
    expect(bob.get_by_text("1 of 2 guessed right.")).to_be_visible()
    expect(page.get_by_text("2 guessed: Which rate is best?")).to_be_visible()
    expect(page.get_by_text("guessed right")).to_have_count(0)
    button(page, "Show the guesses").click()
    button(page, "Show the right answer").click()
    expect(page.get_by_text("1 of 2 guessed right.")).to_be_visible()

    store = RunStore(app.runs)
    lesson = [run for run in store.all("finished") if run.config.run.epochs == 12]
    runs = {run.config.optimizer.learning_rate: run for run in lesson}
    store.close()
    assert set(runs) == {0.02, 0.001} and {run.epochs for run in lesson} == {12}
    button(page, "Reveal the test figures").click()
    expect(row).to_contain_text(formats.share(runs[0.02].scores["test"].accuracy))
    # After a reload a browser is still who it was.
    ann.reload()
    ended(ann)
    details(ann)
    expect(ann.get_by_role("row", name=re.compile("^Test"))).to_be_visible()
    expect(ann.get_by_text("You guessed the large one")).to_be_visible()
    expect(ann.get_by_role("button", name="Ann <b>")).to_be_visible()


def test_on_a_phone_the_curve_stays_in_sight_while_a_setting_is_changed_and_trained(
    app, page, chromium
):
    link = make(page, app.url)
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    phone = context.new_page()
    phone.set_default_timeout(60_000)
    phone.goto(link)
    phone.get_by_text("the large one", exact=True).click()
    settled(phone)
    button(phone, "Guess").click()
    expect(phone.get_by_text("You guessed the large one")).to_be_visible()
    train = phone.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True)
    train.click()
    ended(phone)
    rate_box(phone).fill("0.02")
    rate_box(phone).press("Enter")
    settled(phone)
    train.click()
    expect(phone.get_by_text("You guessed the large one. Right.")).to_be_attached()
    ended(phone)
    settled(phone)  # else the chart may be drawn anew just now
    train.evaluate("button => button.scrollIntoView({block: 'end'})")
    curve = phone.get_by_test_id("stVegaLiteChart").nth(1).bounding_box()
    foot = train.bounding_box()
    assert curve["y"] >= 0 and foot["y"] + foot["height"] < 845  # parts of a pixel
    assert curve["y"] + curve["height"] < rate_box(phone).bounding_box()["y"]
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_one_browsers_run_cannot_be_stopped_in_another_and_after_a_reload_it_can(
    app, page, visitors
):
    page.goto(f"{app.url}/?run.epochs=5000&run.batch_size=4&data.flip=true")
    train_button(page).click()
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    other = visitors[0]
    other.goto(page.url)
    stop = {one: one.get_by_role("button", name="Stop", exact=True) for one in (page, other)}
    expect(other.get_by_text(re.compile(r"Epoch \d+ of 5,000"))).to_be_visible()
    expect(stop[other]).to_be_disabled()
    page.reload()
    expect(stop[page]).to_be_enabled()
    stop[page].click()
    expect(other.get_by_text(re.compile(r"Stopped in epoch \d+"))).to_be_visible()


def test_a_drawing_is_seen_by_nobody_else(app, page, visitors):
    page.goto(f"{app.url}/?run.epochs=5")
    train_button(page).click()
    expect(page.get_by_text("Finished")).to_be_visible()
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    link = page.url.replace("/?", "/Draw?")
    other = visitors[0]
    for one in (page, other):
        one.goto(link)
        expect(one.get_by_role("img", name=re.compile("Draw a digit here"))).to_be_visible()
    square = page.get_by_role("img", name=re.compile("Draw a digit here"))
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=10)
    page.mouse.up()
    expect(page.get_by_text("The network says")).to_be_visible()
    other.reload()
    seen = other.get_by_role("img", name=re.compile("Draw a digit here"))
    expect(seen).to_be_visible()
    settled(other)
    assert seen.locator("path").count() == 0
    assert other.get_by_text("The network says").count() == 0


def test_thirty_sessions_that_ask_for_the_same_config_train_it_once(app):
    visitors = [Session(app.url, "run.epochs=300&run.seed=77") for _ in range(30)]
    store = RunStore(app.runs)
    with store.database.transaction():
        for statement in (  # whenever a run begins to train, whoever writes it
            "CREATE TABLE begun (name TEXT)",
            "CREATE TRIGGER count AFTER UPDATE OF status ON runs WHEN NEW.status = 'running' "
            "BEGIN INSERT INTO begun VALUES (NEW.name); END",
        ):
            store.database.connection.execute(statement)
    together(visitors, lambda visitor: visitor.press("Train"), each=1, period=0.1)
    name = next(run.name for run in store.all() if run.config.run.seed == 77)
    wait(lambda: store.get(name).status == "finished")
    for visitor in visitors:
        visitor.rerun()
        assert visitor.reported().run == name[:8]
        visitor.close()
    assert [row["name"] for row in store.database.query("SELECT name FROM begun")] == [name]
    store.close()
