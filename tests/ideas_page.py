"""The Ideas page as its tests read it."""

from streamlit.testing.v1 import AppTest

from tests import pages

IDEAS = "pages/7_Ideas.py"


def opened(idea: str, link=None) -> AppTest:
    """The page at one of its ideas, with the sidebar that a link gives."""
    at = pages.open_page(link, IDEAS)
    return (
        at if pages.widget(at, "ideas.idea").value == idea else pages.change(at, "ideas.idea", idea)
    )


def page_text(at: AppTest) -> str:
    """All that the page says, outside the sidebar."""
    return "\n".join(pages.texts([*at.main.markdown, *at.main.caption]))


def formulas(at: AppTest) -> list[str]:
    return [element.value.strip("$\n") for element in at.main.latex]


def alts(at: AppTest) -> list[str]:
    return [chart.alt for chart in pages.charts(at)]
