"""The steps of docs/how-to lead where they say: each page is followed in a copy of the project."""

import pytest

from tests import pages
from tests.how_to import PAGES, blocks_of, follow
from tests.lesson_page import LESSON, take

FOLLOWED = sorted(page.name for page in PAGES.glob("*.md") if blocks_of(page.name))


def test_every_page_is_followed_but_those_without_code():
    pages = {page.name for page in PAGES.glob("*.md")}
    assert pages - set(FOLLOWED) == {"index.md", "lesson.md"}


@pytest.mark.slow
@pytest.mark.parametrize("page", FOLLOWED)
def test_a_pages_steps_lead_where_it_says(page, tmp_path):
    follow(page, tmp_path)


def test_the_lessons_form_and_its_sidebar_are_as_the_page_says(engine):
    sidebar, form = _tables("lesson.md")
    teacher = pages.open_page(page=LESSON)
    for label, value in sidebar.items():
        _labelled(teacher.sidebar, label).set_value(value)
    for label, value in form.items():
        pages.run(teacher)
        found = _labelled(teacher.main, label)
        if found.type == "multiselect":
            found.set_value([value])
        else:
            found.set_value(value.replace(", ", "\n") if "on each line" in label else value)
    pages.press(pages.run(teacher), "Make the lesson")
    ((_, lesson),) = engine.lessons.all()
    assert lesson.title == form["Title"] and lesson.start.run.epochs == int(sidebar["Epochs"])
    assert lesson.guess.choices == ("0.001", "0.01", "0.1")
    at = take(lesson)
    assert lesson.guess.right == "0.01"
    shown = {w.label: w.disabled for w in at.sidebar if w.type == "text_input"}
    assert shown == {"Epochs": True}
    assert not _labelled(at.main, "Learning rate").disabled
    assert pages.button(at, "Train").disabled
    pages.widget(at, "lesson.guess").set_value("0.01")
    assert not pages.button(pages.press(pages.run(at), "Guess"), "Train").disabled


def _tables(page: str) -> list[dict[str, str]]:
    """Read the tables of a page of two columns, as label to value."""
    tables = [{}]
    for line in (PAGES / page).read_text("utf-8").splitlines():
        if line.startswith("|---"):
            tables.append({})
        elif line.startswith("| "):
            label, value = (cell.strip() for cell in line.strip("|").split("|"))
            tables[-1][label] = value
    return [{k: v for k, v in table.items() if v != "value"} for table in tables[1:]]


def _labelled(place, label: str):
    """Find the one widget of that label."""
    (found,) = [one for one in place if getattr(one, "label", None) == label]
    return found
