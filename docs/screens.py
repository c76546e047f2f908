"""Takes every page at three sizes in both themes, and tells what is wrong with it.

    python -m docs.screens FOLDER
    python -m docs.screens FOLDER --axe
    python -m docs.screens FOLDER --page Runs --page Sweep

For each page: a picture of each window, such as ``train-390-dark.png``; of the whole page if it is
longer, such as ``train-390-dark-whole.png``; and all of its windows on one sheet, such as
``train.png``. If anything is told, the command ends with 1.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from playground.ui import navigation
from tests import full_store
from tests.browser.accessible import KNOWN, ONE_LINE_FROM, Known, layout_problems, violations
from tests.browser.conftest import FLAGS
from tests.browser.server import Server
from tests.browser.words import drawn, whole

Theme = Literal["light", "dark"]
SIZES = ((390, 844), (1366, 768), (1920, 1080))
THEMES: tuple[Theme, ...] = ("light", "dark")
AXE_AT = (390, 1366)
"""Widths at which axe-core looks: a phone's navigation is another one."""
_SHEET_HEIGHT, _GAP = 540, 12
# Streamlit asks for these below the page's address first; they are answered below the app's.
_EXPECTED_404 = ("/_stcore/health", "/_stcore/host-config")


@dataclass
class Findings:
    """What is wrong: the problem, the elements that have it, and where each was seen; and which of
    the known violations were met."""

    problems: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    met: set[Known] = field(default_factory=set)

    def add(self, problem: str, where: str, element: str = "") -> None:
        """Note that a problem was seen, of an element or of a whole page."""
        self.problems.setdefault(problem, {}).setdefault(element, []).append(where)

    def __str__(self) -> str:
        lines = []
        for problem, elements in self.problems.items():
            lines.append(problem)
            for element, places in elements.items():
                lines.append(
                    f"  {element} at {', '.join(dict.fromkeys(places))}".replace("   ", " ")
                )
        return "\n".join(lines)


@dataclass(frozen=True)
class View:
    """One view of a page: what its pictures are called, and its address after the app's."""

    name: str
    address: str


def main() -> None:
    """Take the pictures, and tell what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.screens", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("folder", type=Path, help="where the pictures are put")
    parser.add_argument(
        "--page", action="append", choices=[*navigation.PLACES],
        help="a page's title; all if none is named",
    )  # fmt: skip
    parser.add_argument("--axe", action="store_true", help="let axe-core look at each page too")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        full = full_store.trained(Path(folder))
        views = [view for title in asked.page or navigation.PLACES for view in _views(title, full)]
        with Server(Path(folder, "data"), Path(folder, "runs")) as server:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            for theme in THEMES:
                for size in SIZES:
                    _take(browser, server.url, views, theme, size, asked, findings)
            browser.close()
    for view in views:
        _sheet(asked.folder, view.name)
    if asked.axe and not asked.page:
        for known in set(KNOWN) - findings.met:
            findings.add(
                "Known, and no longer there", "any page", f"{known.rule}: {known.selector}"
            )
    print(findings)
    print(f"{len(views)} views, {len(findings.problems)} problems; pictures in {asked.folder}")
    sys.exit(bool(findings.problems))


def _views(title: str, full: full_store.FullStore) -> Iterator[View]:
    for suffix, link in full.links(title).items():
        name = "-".join(filter(None, (title.lower(), suffix)))
        yield View(name, f"{navigation.address(title)}?{link}")


def _take(
    browser: Browser, url: str, views: list[View], theme: Theme, size: tuple[int, int],
    asked: argparse.Namespace, findings: Findings,
) -> None:  # fmt: skip
    """Take the pictures of one window, and note what is wrong in it."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, has_touch=width < 500
    )
    page = context.new_page()
    page.set_default_timeout(180_000)  # on a busy machine a page takes long
    where = ""

    def note(message: ConsoleMessage) -> None:
        address = str(message.location.get("url", ""))
        if message.type == "error" and not address.endswith(_EXPECTED_404):
            findings.add("The browser's console has an error", where, message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: findings.add("A script fails", where, str(error)))
    for view in views:
        where = f"{view.name}-{width}-{theme}"
        page.goto(f"{url}/{view.address}")
        drawn(page)
        page.screenshot(path=asked.folder / f"{where}.png")
        for problem in layout_problems(page):
            findings.add(problem, where)
        path = asked.folder / f"{where}-whole.png"
        path.unlink(missing_ok=True)
        if whole(page):
            page.screenshot(path=path)
        if asked.axe and width in AXE_AT:
            _look(page, where, findings)
        if size == SIZES[1]:
            page.set_viewport_size({"width": ONE_LINE_FROM, "height": height})
            page.wait_for_timeout(500)
            for problem in layout_problems(page):
                findings.add(problem, f"{view.name}-{ONE_LINE_FROM}-{theme}")
        page.set_viewport_size({"width": width, "height": height})
    context.close()


def _look(page: Page, where: str, findings: Findings) -> None:
    for one in violations(page):
        if one.known:
            findings.met.add(one.known)
        else:
            findings.add(f"{one.rule} ({one.impact}): {one.said}", where, one.html)


def _sheet(folder: Path, name: str) -> None:
    """Put a view's windows on one sheet: a row for each theme."""
    rows = []
    for theme in THEMES:
        row = []
        for width, height in SIZES:
            picture = Image.open(folder / f"{name}-{width}-{theme}.png")
            row.append(picture.resize((round(width * _SHEET_HEIGHT / height), _SHEET_HEIGHT)))
        rows.append(row)
    wide = sum(picture.width + _GAP for picture in rows[0]) + _GAP
    sheet = Image.new("RGB", (wide, len(rows) * (_SHEET_HEIGHT + _GAP) + _GAP), "#888888")
    for down, row in enumerate(rows):
        left = _GAP
        for picture in row:
            sheet.paste(picture, (left, _GAP + down * (_SHEET_HEIGHT + _GAP)))
            left += picture.width + _GAP
    sheet.save(folder / f"{name}.png")


if __name__ == "__main__":
    main()
