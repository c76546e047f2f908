"""The head of a run, the same wherever one is shown: its figure, its name, and what can be done."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from playground import formats
from playground.analysis import headline, labels, names
from playground.analysis.headline import Headline
from playground.config import RunConfig
from playground.recipes import TITLES
from playground.results import EpochMetrics
from playground.service import Engine
from playground.store import Run
from playground.ui import navigation, state
from playground.ui.errors import ERROR_ICON, shows_errors
from playground.ui.run import hidden_test

_BADGES = {
    "queued": ("Waiting", "gray", ":material/hourglass_empty:"),
    "running": ("Training", "blue", ":material/play_circle:"),
    "finished": ("Finished", "green", ":material/check_circle:"),
    "stopped": ("Stopped", "orange", ":material/stop_circle:"),
    "diverged": ("Diverged", "red", ":material/trending_up:"),
    "failed": ("Failed", "red", ERROR_ICON),
    "interrupted": ("Interrupted", "orange", ":material/power_off:"),
}
_CHOICE = {
    "validation": "These images were kept out of training. The test images are left for the end: "
    "whoever chooses by them has no test any more.",
    "test": "These are the test images, which are looked at once, at the end.",
    "watched test": "These are the test images, which this run was measured on after every epoch.",
    "train": "",
}


def draw(
    engine: Engine, run: Run, epochs: Sequence[EpochMetrics] = (), images: int = 0,
    gain: float | None = None,
) -> None:  # fmt: skip
    """Draw the head; of a run that is on with its ``epochs`` so far, measured on so many
    ``images``. Beside the figure stands by how many points it is better than the run before, if
    that is known: the ``gain``."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small", key="run.head")
    if found := _headline(run, epochs, images):
        _figure(row, run.config, found, len(epochs) if run.is_active else 0, gain)
    with row.container(width="stretch", gap="xxsmall"):
        label, color, icon = _BADGES[run.status]
        st.badge(label, color=color, icon=icon)  # type: ignore[arg-type]
        star = ":material/star: " if run.starred else ""
        st.markdown(f"{star}**{labels.plain(names.of_run(run))}**")
        if recipe := recipe_of(run.config):
            st.caption(f":material/menu_book: {recipe}")
    _actions(row, engine, run)


def recipe_of(config: RunConfig) -> str:
    """Return which recipe a config is; empty if it is none."""
    title = TITLES.get((config.family, ()))
    return f"Recipe “{title}”, seed {config.run.seed}" if title else ""


def _headline(run: Run, epochs: Sequence[EpochMetrics], images: int) -> Headline | None:
    found = headline.of_run(run)
    if found is None and epochs and run.is_active:
        found = headline.of_epoch(run.config, epochs[-1], images)
    return None if hidden_test.judges(run) else found


def _figure(place: Any, config: RunConfig, found: Headline, epoch: int, gain: float | None) -> None:
    """Draw the figure large; ``epoch`` is the one it was measured after, 0 for the end; ``gain``
    by how many points it is better than before."""
    low, high = (formats.share(one) for one in found.interval)
    noun = formats.plural(config.data.noun, found.images)
    split = "watched test" if config.data.validation == "test" else found.split
    after = f", after epoch {epoch}" if epoch else ""
    differs = gain is not None and abs(gain) >= 0.05
    place.metric(
        f"of {found.images:,} unseen {noun} right{after}",
        f"{formats.share(found.accuracy)} ± {100 * found.margin:.1f}",
        # Its arrow points down at a hyphen only (Streamlit 1.67).
        delta=formats.points(gain or 0.0).replace("\u2212", "-") if differs else None,
        delta_description="than before" if differs else None,
        width="content",
        help=f"{_CHOICE[split]} With only {found.images:,} {noun} the figure could be off by about "
        f"this much: the true share is probably between {low} and {high} (95 % interval).",
    )


def _actions(place: Any, engine: Engine, run: Run) -> None:
    """Draw what can be done with a run, as one line of small buttons."""
    row = place.container(
        horizontal=True, width="content", wrap=False, vertical_alignment="center", gap="xsmall"
    )
    row.button(
        "Unstar" if run.starred else "Star", type="tertiary", icon=":material/star:",
        key="run.star", on_click=_star, args=(engine, run),
        help="Starred runs are kept when room is made on the disk, and are found quickly.",
    )  # fmt: skip
    if state.page() != "Export":  # which has the link as a card
        with row.popover("Share", type="tertiary", icon=":material/link:"):
            st.caption("Whoever opens this link sees the same settings, and the run if it is kept.")
            st.code(_link(run), language=None, wrap_lines=True)
    for title, label in (("Export", "Export"), ("Runs", "Compare")):
        if navigation.belongs(title) and state.page() != title:
            navigation.link(row, title, run.config, label)


def _link(run: Run) -> str:
    """Return an address that opens the run with its settings on this page."""
    parts = state.link_of(run.config)
    parts.pop("with", None)
    page = navigation.address(state.page())
    address = state.address_of(st.context.url or "", page)
    return f"{address}/{page}?{urlencode(parts)}"


@shows_errors(state.keep_error)
def _star(engine: Engine, run: Run) -> None:
    engine.store.star(run.name, not run.starred)
