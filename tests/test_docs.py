"""README, CONTRIBUTING and docs: links lead somewhere, files and tests that they name are there."""

import re
import unicodedata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from playground.environment import PROJECT
from playground.ui.navigation import PLACES

SITE = sorted((PROJECT / "docs").rglob("*.md"))
PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *SITE]
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_FILE = re.compile(r"`((?:playground|pages|tests|benchmarks|docs)/[\w/.-]+)`")
_TEST_FILE = re.compile(r"`((?:browser/)?test_\w+\.py)\b")
_TEST = re.compile(r"`(?:((?:browser/)?test_\w+\.py))?::(test_\w+)`")


def prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.M)
    plain = [unicodedata.normalize("NFC", re.sub(r"[`*_]", "", title)) for title in titles]
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in plain}


@EVERY_PAGE
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page):
    broken = []
    for link in _LINK.findall(prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@EVERY_PAGE
def test_every_file_it_names_is_there(page):
    named = _FILE.findall(prose(page))
    named += [f"tests/{name}" for name in _TEST_FILE.findall(prose(page))]
    assert [name for name in named if not (PROJECT / name).exists()] == []


@EVERY_PAGE
def test_every_test_it_names_is_there(page):
    missing, file = [], ""
    for name, test in _TEST.findall(prose(page)):
        file = name or file  # `::test_b` after `test_a.py::test_a` is of the same file
        path = PROJECT / "tests" / file
        if not path.is_file() or f"def {test}(" not in path.read_text("utf-8"):
            missing.append(f"{file}::{test}")
    assert missing == []


def test_the_pages_name_many_links_files_and_tests():
    text = "".join(map(prose, PAGES))
    assert len(_LINK.findall(text)) > 100 and len(_FILE.findall(text)) > 100
    assert len(_TEST.findall(text)) > 100


def test_readme_fits_three_screens_and_has_one_picture():
    readme = PROJECT.joinpath("README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 150 and readme.count("![") == 1
    for command in (
        "pip install -r requirements.txt && streamlit run streamlit_app.py",
        "pip install -r requirements-dev.txt && pytest",
    ):
        assert f"\n    {command}\n" in readme


def test_the_tour_visits_every_page_of_the_navigation():
    headings = re.findall(r"^## (.+)$", prose(PROJECT / "docs" / "tour.md"), re.M)
    assert {
        title
        for title, place in PLACES.items()
        if place.listed and not re.search(rf"\b{title}\b", "\n".join(headings))
    } == set()


def test_every_picture_is_made_by_the_command_and_shown():
    folder = PROJECT / "docs" / "pictures"
    made = re.findall(r'_keep\(\w+, "(\w+)"\)', PROJECT.joinpath("docs", "pictures.py").read_text())
    shown = set(re.findall(r"pictures/(\w+)\.png", "".join(map(prose, PAGES))))
    assert set(made) == shown == {path.stem for path in folder.glob("*.png")}


def test_every_package_is_named_in_the_tree_of_the_architecture():
    page = PROJECT.joinpath("docs", "architecture.md").read_text("utf-8")
    packages = {path.parent.name for path in PROJECT.glob("playground/*/__init__.py")}
    assert {name for name in packages if f"\n  {name}/" not in page} == set()


def test_the_site_lists_every_page_once():
    listed = re.findall(r"[\w/-]+\.md", PROJECT.joinpath("mkdocs.yml").read_text("utf-8"))
    there = [str(page.relative_to(PROJECT / "docs")) for page in SITE]
    assert sorted(listed) == sorted(there)


def test_the_decisions_are_numbered_without_a_gap_and_listed():
    folder = PROJECT / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("0*.md"))
    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "index.md").read_text("utf-8"))
    assert sorted(listed) == pages


def test_the_glossary_names_each_word_once_and_classes_that_are_where_it_says():
    page = PROJECT.joinpath("docs", "glossary.md").read_text("utf-8")
    words = re.findall(r"^\| ([^|]+) \|", page.partition("## The program")[2], re.M)
    assert len(words) == len(set(words)) > 50
    classes = re.findall(r"`(\w+)`, `(playground/[\w/.]+)`", page)
    assert len(classes) > 25
    for name, path in classes:
        text = PROJECT.joinpath(path).read_text("utf-8")
        assert re.search(rf"^class {name}\b", text, re.M), f"{name} is not defined in {path}"


def test_the_sites_packages_have_a_lowest_version_and_a_ceiling():
    lines = PROJECT.joinpath("requirements-docs.txt").read_text("utf-8").splitlines()
    listed = [Requirement(line) for line in lines if not line.startswith("#")]
    assert listed
    for one in listed:
        assert {found.operator for found in one.specifier} == {">=", "<"}
