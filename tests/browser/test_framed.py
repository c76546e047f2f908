"""The app inside another site's page."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.words import sidebar

pytestmark = pytest.mark.slow


@pytest.fixture
def another_site(app, tmp_path: Path) -> Iterator[str]:
    """The address of a page of another site, with the app's page Export in a frame."""
    folder = tmp_path / "site"
    folder.mkdir()
    frame = f'<iframe src="{app.url}/Take_away" width="1300" height="850"></iframe>'
    (folder / "index.html").write_text(frame)
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever).start()
        yield f"http://localhost:{site.server_address[1]}"  # to a browser, not the app's 127.0.0.1
        site.shutdown()


def test_inside_another_sites_page_it_says_that_files_cannot_be_uploaded(app, another_site, page):
    page.goto(another_site)
    inside = page.frame_locator("iframe")
    expect(inside.get_by_text("No file can be uploaded here")).to_be_visible()
    expect(inside.get_by_test_id("stFileUploader")).to_have_count(0)
    with page.expect_popup() as opened:
        inside.get_by_role("link", name="Open in a tab").click()
    tab = opened.value
    expect(sidebar(tab).get_by_role("button", name="Reset")).to_be_visible()
    expect(tab.get_by_test_id("stFileUploader")).to_be_visible()
    assert tab.url.startswith(f"{app.url}/Take_away")
    expect(tab.get_by_text("No file can be uploaded here")).to_have_count(0)
