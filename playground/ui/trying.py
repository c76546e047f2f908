"""Buttons that take settings into the sidebar, or a run onto the screen, and go to Train."""

from typing import Any, Literal

from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.store import Run
from playground.ui import navigation, state

Look = Literal["primary", "secondary", "tertiary"]


def button(place: Any, recipe: str, key: str, label: str = "", quick: bool = True) -> None:
    """Draw the button for a recipe, by its name; ``quick`` takes its quick form, if it has one.

    Without a ``label`` it names the recipe.
    """
    found = RECIPES[recipe]
    form = " in its quick form" if quick and found.quick else ""
    settings(
        place, found.at("quick" if quick else "full"), key, label or f"Try “{found.title}”",
        help_text=f"{found.title}{form}: takes its settings into the sidebar and goes to Train.",
    )  # fmt: skip


def settings(
    place: Any, config: RunConfig, key: str, label: str, look: Look = "secondary",
    help_text: str | None = None,
) -> None:  # fmt: skip
    """Draw a button that takes a config into the sidebar."""
    pressed = place.button(
        label, key=key, type=look, icon=":material/tune:", on_click=state.load, args=(config,),
        help=help_text,
    )  # fmt: skip
    if pressed:
        state.choose([])
        navigation.go("Train", config)


def run(place: Any, run: Run, key: str, label: str = "Show its run") -> None:
    """Draw a button that puts a run and its settings on the screen."""
    pressed = place.button(
        label, key=key, icon=":material/show_chart:", on_click=_look_at, args=(run,)
    )
    if pressed:
        navigation.go("Train", run.config)


def _look_at(run: Run) -> None:
    state.choose([run.name])
    state.load(run.config)
