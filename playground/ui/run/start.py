"""Train, always in sight, and what stands between the settings and the run on the screen."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from playground import formats
from playground.analysis import labels, names
from playground.config import RunConfig
from playground.store import Run
from playground.ui import navigation, state
from playground.ui.errors import show_kept_error
from playground.ui.run import ask, header, live_training, time_estimate

if TYPE_CHECKING:
    from playground.ui.frame import Frame

_NAMED = 2
"""Changed settings that are named."""


def button(page: "Frame") -> None:
    """Draw Train in the sidebar's head, with how long it takes; pressed, it leads to the run."""
    sidebar = page.sidebar
    with sidebar.head:
        if _train_button(page, st, "train.sidebar", "stretch") and sidebar.config:
            ask.train(page.engine, sidebar.config)
            if state.page() != "Train":
                navigation.go("Train", sidebar.config)
        if state.page() == "Train":
            live_training.draw(page, sidebar.plan is not None and not _waits(page))
        if sidebar.config and sidebar.plan:
            size = formats.counted(sidebar.plan.parameters, "parameter")
            time_estimate.show(page.engine, sidebar.config, page.run, size)


def draw(page: "Frame") -> Run | None:
    """Say what is to be known before the run; gives the run on the screen, if there is one."""
    run, config = page.run, page.sidebar.config
    if run and page.sidebar.problems:  # without a run they stand in its place
        st.info("\n\n".join(map(labels.plain, page.sidebar.problems)))
    show_kept_error()
    if run is None and state.run():
        st.info("The run of this link is not stored here. Press Train to make it.")
    if run and config is None:
        _bar(page, "A setting cannot be used.", run)
    elif config and run and run.config != config:
        _changed(page, run, config)
    elif config and run is None and page.sidebar.plan:
        _bar(page, " · ".join(filter(None, [names.of_config(config), header.recipe_of(config)])))
    elif page.sidebar.places.foot:
        _bar(page, "")
    return run


def ask_to_press(page: "Frame") -> str:
    """Ask for Train, or for the lesson's guess first. Markdown."""
    return "Guess first, then press **Train**" if _waits(page) else "Press **Train**"


def _waits(page: "Frame") -> bool:
    """Tell whether the lesson's guess comes first."""
    return bool(page.lesson and page.lesson.guess and not page.participant.guess)


def _train_button(page: "Frame", place: Any, key: str, width: Any = "content") -> bool:
    # Read here and not in a callback: that would get the settings from before the last edit, if
    # someone types and clicks at once.
    waits = _waits(page)
    why = page.sidebar.problems[0] if page.sidebar.problems else "Guess first." if waits else ""
    return place.button(
        "Train", type="primary", icon=":material/play_arrow:", width=width, key=key,
        disabled=page.sidebar.plan is None or waits, help=labels.plain(why) or None,
    )  # fmt: skip


def _changed(page: "Frame", run: Run, config: RunConfig) -> None:
    """Say how the settings differ from the run on the screen, at the foot of the page: there it
    pushes nothing away, and on a phone it is under the thumb."""
    phrases = labels.of_differences(run.config, config)
    more = f"; and {len(phrases) - _NAMED} more" if len(phrases) > _NAMED else ""
    _bar(page, "; ".join(phrases[:_NAMED]) + more, run)


def _bar(page: "Frame", text: str, run: Run | None = None) -> None:
    foot = page.sidebar.places.foot
    with foot or st.bottom:
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        if not foot:
            row.markdown(labels.plain(text))
        elif text:  # below Train, which so stays where the thumb is
            st.caption(labels.plain(text))
        if _train_button(page, row, "train.page") and page.sidebar.config:
            ask.train(page.engine, page.sidebar.config)
            st.rerun()
        if run:
            row.button(
                "Undo", key="train.undo", icon=":material/undo:", on_click=state.load,
                args=(run.config,), help="Back to the settings of the run on the screen.",
            )  # fmt: skip
