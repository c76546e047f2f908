"""Makes README's pictures from a real run: python -m docs.pictures"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.server import Server
from tests.browser.words import train_button

HERE = Path(__file__).with_name("pictures")
RUN = "?architecture.hidden=64-32&run.epochs=60"


def main() -> None:
    """Train digits from the page and keep what it shows."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as driver:
        server = Server(Path(runs) / "data", Path(runs))
        server.start()
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(server.url + RUN)
        train_button(page).click()
        expect(page.get_by_text("Measured at the end")).to_be_visible(timeout=600_000)
        page.mouse.move(0, 0)
        page.wait_for_timeout(1000)
        page.screenshot(path=HERE / "training.png")
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
