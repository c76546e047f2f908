"""Train and Stop, and what stands between the sidebar and the run on the screen."""

import streamlit as st

from playground.analysis import labels
from playground.config import RunConfig
from playground.recipes import TITLES
from playground.store import Run
from playground.ui import rights, state
from playground.ui.errors import show_kept_error, shows_errors
from playground.ui.frame import Frame
from playground.ui.run import time_estimate


def draw(page: Frame) -> Run | None:
    """Draw the buttons; gives the run on the screen, if there is one."""
    config, plan = page.sidebar.config, page.sidebar.plan
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    # Read here and not in a callback: that would get the settings from before the last edit, if
    # someone types and clicks at once.
    waits = bool(page.lesson and page.lesson.guess and not page.participant.guess)
    why = page.sidebar.problems[0] if page.sidebar.problems else "Guess first." if waits else ""
    pressed = row.button(
        "Train", type="primary", icon=":material/play_arrow:", disabled=plan is None or waits,
        help=labels.plain(why) or None,
    )  # fmt: skip
    if pressed and config and plan:
        _train(page, config)
        state.write_link(config)
    run = page.run
    rights.stop_button(row, page.engine, run.name if run else "", run is not None and run.is_active)
    if config and plan:
        size = f"**{plan.parameters:,}** parameters"
        with row:
            text = size if run else f"{labels.plain(labels.summary(config))} · {size}"
            time_estimate.show(page.engine, config, run, text)
    if config and (title := TITLES.get((config.family, ()))):
        row.caption(f":material/menu_book: Recipe “{title}”, seed {config.run.seed}")
    if run and page.sidebar.problems:  # without a run they stand in its place
        st.info("\n\n".join(map(labels.plain, page.sidebar.problems)))
    show_kept_error()
    if run is None and state.run():
        st.info("The run of this link is not stored here. Press Train to make it.")
    if run and config and run.config != config:
        _changed(run, config, "Press Train to try it." if plan else "")
    return run


@shows_errors(state.keep_error)
def _train(page: Frame, config: RunConfig) -> None:
    engine, visitor = page.engine, state.visitor()
    if page.lesson:
        ticket = engine.lessons.train(page.lesson, config, visitor)
    else:
        ticket = engine.train(config, visitor)
    state.show_run(ticket.run, ticket.how)
    # A small network's first epoch is there at once: then the page need not wait for its next look.
    if not engine.place(ticket.run):
        engine.wait_for_first_epoch(ticket.run, 0.3)


def _changed(run: Run, config: RunConfig, what_to_do: str) -> None:
    """Say how the sidebar differs from the run on the screen."""
    phrases = labels.of_differences(run.config, config)
    shown = "; ".join(phrases[:3]) + (f"; and {len(phrases) - 3} more" if len(phrases) > 3 else "")
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.caption(
        f":material/edit: The settings differ from the run below: {labels.plain(shown)}. "
        f"{what_to_do}"
    )
    row.button(
        "Back to the run's settings", type="tertiary", on_click=state.load, args=(run.config,)
    )
