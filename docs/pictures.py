"""Makes README's pictures from a real run: python -m docs.pictures"""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from playground import settings
from tests.browser.conftest import FLAGS
from tests.browser.server import Server
from tests.browser.words import train_button

HERE = Path(__file__).with_name("pictures")
RUN = (
    "?data.name=cifar10&data.validation_fraction=0.1&architecture.kind=cnn&run.batch_size=128"
    "&run.epochs=10"
)


def main() -> None:
    """Train CIFAR10 from the page (digits where its data is not there) and keep what it shows."""
    HERE.mkdir(exist_ok=True)
    data = settings.read().data
    with tempfile.TemporaryDirectory() as runs, sync_playwright() as driver:
        server = Server(data, Path(runs))
        server.start()
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(server.url + (RUN if (data / "cifar10.npz").exists() else ""))
        train_button(page).click()
        expect(page.get_by_text("Measured at the end")).to_be_visible(timeout=600_000)
        page.mouse.move(0, 0)
        page.wait_for_timeout(1000)
        page.screenshot(path=HERE / "training.png")
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
