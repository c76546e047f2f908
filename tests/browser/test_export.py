"""Export in the browser: what a visitor downloads is what the page shows."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from playwright.sync_api import Locator, Page, expect
from sklearn.datasets import load_digits

from playground.config import from_json
from playground.store import RunStore
from tests.browser.words import button, ended, train_button

pytestmark = pytest.mark.slow

SETTINGS = "?data.train_images=300&run.epochs=4&run.device=cpu"


def download(page: Page, button: Locator, folder: Path) -> Path:
    with page.expect_download() as started:
        button.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def card(page: Page, title: str) -> Locator:
    """The box with that title."""
    boxes = page.get_by_test_id("stVerticalBlock")
    return boxes.filter(has=page.get_by_text(title, exact=True)).last


def test_a_file_of_settings_is_dropped_and_taken(app, page, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text('{"run": {"epochs": 7}, "architecture": {"hidden": [5]}}')
    page.goto(f"{app.url}/Take_away")
    page.locator('input[type="file"]').set_input_files(path)
    button(page, "Take these settings").click()
    expect(train_button(page)).to_be_visible()
    expect(page).to_have_url(re.compile("run.epochs=7"))
    expect(page).to_have_url(re.compile("architecture.hidden=5"))


@pytest.fixture
def trained(app, page) -> Page:
    """The page Export of a run that was just trained."""
    page.goto(f"{app.url}/{SETTINGS}")
    train_button(page).click()
    ended(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Export").click()
    expect(page.get_by_role("heading", name="Code")).to_be_visible()
    return page


def test_script_onnx_report_and_settings_are_those_of_the_run(app, trained, chromium, tmp_path):
    page = trained
    store = RunStore(app.runs)
    run = store.by_prefix(re.search("run=([0-9a-f]{16})", page.url)[1])
    expect(page.get_by_text("bit for bit")).to_be_visible()
    script = download(page, page.get_by_role("button", name="Download .py"), tmp_path)
    code = f"import json, {script.stem} as it; print(json.dumps(it.main()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {name: [one.loss, one.accuracy] for name, one in run.scores.items() if one}

    button(page, "Make .onnx").click()
    expect(card(page, "ONNX").get_by_text(re.compile("about .* s left"))).to_be_visible()
    button(page, "Make .html").click()
    ready = card(page, "ONNX").get_by_role("button", name="Download .onnx")
    expect(ready).to_be_visible(timeout=120_000)
    network = onnxruntime.InferenceSession(download(page, ready, tmp_path).read_bytes())
    pixels = load_digits().images[:, None].astype(np.uint8)
    (chances,) = network.run(["probabilities"], {"pixels": pixels})
    right = (chances.argmax(1) == load_digits().target).mean()
    assert right == pytest.approx(run.scores["test"].accuracy, abs=0.08)

    ready = card(page, "Report").get_by_role("button", name="Download .html")
    expect(ready).to_be_visible(timeout=120_000)
    report = download(page, ready, tmp_path)
    context = chromium.new_context(offline=True)
    paper = context.new_page()
    paper.goto(report.as_uri())
    expect(paper.get_by_role("heading", level=1)).to_be_visible()
    assert paper.locator("svg path").count() > 2
    context.close()

    settings = download(page, page.get_by_role("button", name="Download .json"), tmp_path)
    assert from_json(settings.read_text()) == run.config
