"""Makes the pictures of README and the docs from real runs: python -m docs.pictures"""

import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.server import Server
from tests.browser.test_lesson import guess_and_join, write
from tests.browser.words import ended, pick, settled, train_button

HERE = Path(__file__).with_name("pictures")
RUN = "?architecture.hidden=64-32&run.epochs=60"
CNN = "?architecture.kind=cnn&run.epochs=10"
SIZE = {"width": 1280, "height": 860}


def main() -> None:
    """Train digits from the pages, and keep what they show."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as driver:
        server = Server(Path(runs) / "data", Path(runs))
        server.start()
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=SIZE)
        first = _train(page, server.url, RUN)
        _keep(page, "training")
        page.goto(f"{server.url}/Confusion_matrix?run={first}")
        page.locator('path[aria-label^="True class "]').first.wait_for(timeout=60_000)
        _keep(page, "matrix")
        page.goto(f"{server.url}/Sample_predictions?run={first}")
        page.locator('img[alt^="Image "]').first.wait_for(timeout=60_000)
        _keep(page, "samples")
        blocks = _train(page, server.url, CNN)
        page.goto(f"{server.url}/Inside?run={blocks}")
        page.get_by_role("button", name=re.compile("^ReLU, channel")).first.click()
        expect(page.get_by_text(re.compile("images that excite it most"))).to_be_visible()
        _keep(page, "inside")
        second = _train(page, server.url, f"{RUN}&architecture.dropout=0.2")
        page.goto(f"{server.url}/Compare?run={first}&with={second}")
        page.get_by_role("tab", name=re.compile("Fixed by B")).wait_for(timeout=60_000)
        _keep(page, "compare")
        page.goto(f"{server.url}/Take_away?run={first}&with={second}")
        page.get_by_text("Read the script", exact=True).click()
        page.get_by_text("import torch").first.wait_for(timeout=60_000)
        _keep(page, "export")
        page.goto(f"{server.url}/Sweep?run.epochs=20")
        page.get_by_role("combobox", name="And").click()
        page.get_by_role("option", name="Hidden layers").click()
        page.get_by_role("button", name="Start the sweep").click()
        expect(page.get_by_text("25 of 25 runs done")).to_be_visible(timeout=600_000)
        _keep(page, "sweep")
        page.goto(f"{server.url}/Articles")
        page.get_by_role("radio", name="Digits", exact=True).click()
        expect(page.get_by_role("heading", name="A perceptron on the digits")).to_be_visible()
        _keep(page, "articles")
        page.goto(f"{server.url}/Ideas")
        page.get_by_role("radio", name="Optimizers", exact=True).click()
        expect(page.get_by_text("Its steps on a surface of two weights")).to_be_visible()
        _keep(page, "ideas")
        _lesson(browser, page, server.url)
        browser.close()
        server.stop()


def _train(page: Page, url: str, settings: str) -> str:
    """Train from the page; gives the run's name as links have it."""
    page.goto(url + settings)
    train_button(page).click()
    ended(page, 600_000)
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    found = re.search("run=([0-9a-f]{16})", page.url)
    assert found
    return found[1]


def _lesson(browser: Browser, teacher: Page, url: str) -> None:
    """Measure a lesson as its class sees it, and the board once two have trained."""
    teacher.goto(f"{url}/Lesson?run.epochs=30")
    write(teacher, "Title", "How fast should it learn?")
    write(teacher, "Question for the class", "Which learning rate gets furthest in 30 epochs?")
    pick(teacher.get_by_test_id("stMain"), "Guess first", "One of some answers")
    settled(teacher)
    write(teacher, "What to guess", "Which learning rate does best?")
    write(teacher, "Answers, one on each line (2 to 6)", "0.001\n0.01\n0.1")
    teacher.get_by_role("button", name="Make the lesson").click()
    teacher.wait_for_url(re.compile("lesson=[0-9a-f]{16}"))
    lesson = teacher.url.rpartition("?")[2]
    for name, guess, rate in (("Ada", "0.01", "0.01"), ("Grace", "0.1", "0.003")):
        student = browser.new_context(viewport=SIZE).new_page()
        student.goto(f"{url}/?{lesson}&optimizer.learning_rate={rate}")
        guess_and_join(student, guess, name)
        train_button(student).click()
        ended(student, 600_000)
    _keep(student, "lesson")
    student.get_by_role("link", name="Class board").click()
    expect(student.get_by_text("2 on the board")).to_be_visible(timeout=60_000)
    _keep(student, "board")


def _keep(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(2000)  # a chart is drawn a moment after its element is there
    page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    main()
