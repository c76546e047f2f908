"""Every page is whole, and for all: axe-core finds no serious violation, nothing scrolls sideways,
and the navigation stands in one line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.ui import navigation
from tests import full_store
from tests.browser import accessible
from tests.browser.server import Server
from tests.browser.words import drawn, whole

pytestmark = pytest.mark.slow

# By turns: docs.screens takes each page in all of them.
WINDOWS = (("light", 1366), ("dark", 390), ("light", 390), ("dark", 1366))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("full")


@pytest.fixture(scope="module")
def full(folder) -> full_store.FullStore:
    return full_store.entered(folder)


@pytest.fixture(scope="module")
def file_server(full, folder, without_a_worker) -> Iterator[Server]:
    """One server for the pages of this file."""
    with Server(folder / "data", folder / "runs", without_a_worker) as server:
        yield server


@pytest.mark.parametrize(("place", "title"), [*enumerate(navigation.PLACES)])
def test_a_page_breaks_no_serious_rule_of_axe_core_and_keeps_its_width(
    app, full, chromium, place, title
):
    theme, width = WINDOWS[place % len(WINDOWS)]
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, has_touch=width < 500
    )
    page = context.new_page()
    page.set_default_timeout(120_000)  # on a busy machine a page takes long
    for link in full.links(title).values():
        page.goto(f"{app.url}/{navigation.address(title)}?{link}")
        drawn(page)
        assert accessible.layout_problems(page) == []
        if width > accessible.ONE_LINE_FROM:
            page.set_viewport_size({"width": accessible.ONE_LINE_FROM, "height": 844})
            page.wait_for_timeout(300)
            assert accessible.layout_problems(page) == []
            page.set_viewport_size({"width": width, "height": 844})
        whole(page)
        found = [one for one in accessible.violations(page) if not one.known]
        assert found == [], "\n".join(map(str, found))
        page.set_viewport_size({"width": width, "height": 844})
    context.close()
