"""The pages: where each stands in the navigation, where one would go next, and links between them.

They are known by their titles.
"""

from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import streamlit as st

from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.store import Run
from playground.ui import state

InLessons = Literal["always", "tested", "never"]
Look = Literal["primary", "secondary", "tertiary"]


@dataclass(frozen=True)
class Place:
    """A page: its script, its icon, and the pages one would go to from it.

    ``in_lessons`` says whether it belongs to every lesson, to one whose test figures are shown, or
    to none, as there its settings could be left.
    """

    script: str
    icon: str
    next: tuple[str, ...]
    in_lessons: InLessons = "never"
    listed: bool = True
    """Whether the navigation has it; other pages lead to it too."""


SECTIONS: dict[str, dict[str, Place]] = {
    "Train": {
        "Train": Place(
            "pages/0_Train.py", ":material/model_training:", ("Mistakes", "Images", "Runs"),
            "always",
        ),
        # A tab of Train; the page stays for its address.
        "Data": Place(
            "pages/1_Data.py", ":material/image:", ("Train", "Ideas"), "always", listed=False
        ),
        # Every run's header leads there. Its file, and so its address, has its first name.
        "Export": Place(
            "pages/9_Take_away.py", ":material/ios_share:", ("Runs", "Train"), "tested",
            listed=False,
        ),
    },
    "Look": {
        "Mistakes": Place(
            "pages/2_Confusion_matrix.py", ":material/grid_on:", ("Images", "Runs", "Train"),
            "always",
        ),
        "Images": Place(
            "pages/3_Sample_predictions.py", ":material/photo_library:",
            ("Draw", "Mistakes", "Train"), "tested",
        ),
        "Draw": Place(
            "pages/10_Draw.py", ":material/draw:", ("Inside", "Images", "Train"), "always"
        ),
        "Inside": Place(
            "pages/13_Inside.py", ":material/frame_inspect:", ("Draw", "Mistakes", "Train"),
            "always",
        ),
    },
    "Compare": {
        "Runs": Place(
            "pages/4_Compare.py", ":material/compare_arrows:", ("Sweep", "Mistakes", "Train"),
            "tested",
        ),
        "Sweep": Place("pages/5_Sweep.py", ":material/grid_view:", ("Runs", "Search", "Train")),
        "Search": Place(
            "pages/11_Search.py", ":material/travel_explore:", ("Runs", "Sweep", "Train")
        ),
    },
    "Learn": {
        "Demonstrations": Place(
            "pages/12_Demonstrations.py", ":material/science:", ("Ideas", "Lesson", "Train")
        ),
        "Ideas": Place("pages/7_Ideas.py", ":material/lightbulb:", ("Articles", "Train")),
        "Articles": Place("pages/6_Articles.py", ":material/menu_book:", ("Ideas", "Train")),
    },
    "Class": {
        "Lesson": Place("pages/8_Lesson.py", ":material/school:", ("Train", "Mistakes"), "always"),
    },
}  # fmt: skip
"""The navigation. The first page's address is the app's own."""
PLACES = {title: place for section in SECTIONS.values() for title, place in section.items()}


def address(title: str) -> str:
    """Return the part of a page's address after the app's; empty for the first page."""
    if title == next(iter(PLACES)):
        return ""
    return PLACES[title].script.rpartition("/")[2].removesuffix(".py").partition("_")[2]


def belongs(title: str) -> bool:
    """Tell whether a page belongs to the lesson that is taken; all do if none is."""
    where = PLACES[title].in_lessons
    if state.lesson() is None or where == "always":
        return True
    return where == "tested" and not state.is_test_hidden()


def page() -> Any:
    """Draw the navigation; gives the page that was asked for, an ``st.Page``.

    Pages outside the lesson keep their addresses, but are not listed.
    """
    guessed = state.page()
    found = _drawn(guessed)
    return found if found.title == guessed else _drawn(found.title)


def _drawn(now: str) -> Any:
    """Draw the navigation with the section of a page in bold, which Streamlit (1.67) leaves out.

    The first page stands there by itself, its section's only one in the menu.
    """
    pages = _pages()
    named = {
        _heading(section, now): [pages[title] for title in places]
        for section, places in SECTIONS.items()
    }
    return st.navigation(named, position="top")


def _pages() -> dict[str, Any]:
    """Return the pages, by title."""
    listed = [title for title, place in PLACES.items() if place.listed]
    if state.lesson() is not None:
        listed = list(filter(belongs, listed))
    return state.pages_made(
        listed,
        lambda: {
            title: st.Page(
                place.script, title=title, icon=place.icon, default=title == next(iter(PLACES)),
                visibility="visible" if title in listed else "hidden",
            )
            for title, place in PLACES.items()
        },
    )  # fmt: skip


def _heading(section: str, now: str) -> str:
    """Return what a section is called in the navigation when the page ``now`` is drawn."""
    if section in SECTIONS[section]:
        return ""
    return f"**{section}**" if now in SECTIONS[section] else section


def link(place: Any, title: str, config: RunConfig | None, label: str = "", icon: str = "") -> None:
    """Draw a link to a page, by its own name if there is no ``label``.

    It carries the settings, for those who open it in a tab of its own.
    """
    # The page itself: by its script, Streamlit would look for the file each time.
    place.page_link(
        _pages()[title], label=label or title, icon=icon or PLACES[title].icon,
        query_params=state.link_of(config, title),
    )  # fmt: skip


def go(title: str, config: RunConfig | None) -> NoReturn:
    """Leave this page for another, with these settings."""
    st.switch_page(PLACES[title].script, query_params=state.link_to_page(config, title))


def lead_on(title: str) -> NoReturn:
    """Leave this page for the one that the opened link belongs to, with that link as it is: written
    in another way, it would be one more entry of the browser's history."""
    st.switch_page(PLACES[title].script, query_params=state.address())


def next_links(title: str, config: RunConfig | None) -> None:
    """Draw links to where one would go from a page: on a phone the navigation is in a drawer."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.caption("Next:", width="content")
    for name in filter(belongs, PLACES[title].next):
        link(row, name, config)


def try_recipe_button(
    place: Any, recipe: str, key: str, label: str = "", quick: bool = True
) -> None:
    """Draw the button for a recipe, by its name; ``quick`` takes its quick form, if it has one.

    Without a ``label`` it names the recipe.
    """
    found = RECIPES[recipe]
    form = " in its quick form" if quick and found.quick else ""
    try_settings_button(
        place, found.at("quick" if quick else "full"), key, label or f"Try “{found.title}”",
        help_text=f"{found.title}{form}: takes its settings into the sidebar and goes to Train.",
    )  # fmt: skip


def try_settings_button(
    place: Any, config: RunConfig, key: str, label: str, look: Look = "secondary",
    help_text: str | None = None,
) -> None:  # fmt: skip
    """Draw a button that takes a config into the sidebar."""
    pressed = place.button(
        label, key=key, type=look, icon=":material/tune:", on_click=state.load, args=(config,),
        help=help_text,
    )  # fmt: skip
    if pressed:
        state.choose_runs([])
        go("Train", config)


def show_run_button(place: Any, run: Run, key: str, label: str = "Show its run") -> None:
    """Draw a button that puts a run and its settings on the screen."""
    pressed = place.button(
        label, key=key, icon=":material/show_chart:", on_click=_look_at, args=(run,)
    )
    if pressed:
        go("Train", run.config)


def _look_at(run: Run) -> None:
    state.choose_runs([run.name])
    state.load(run.config)
