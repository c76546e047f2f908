"""The page Inside: what a stored run's network makes of an image, layer by layer.

A view is a function of a ``Subject``, a line in ``VIEWS`` each. Only the one that is chosen is
drawn.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from playground.service import Engine
from playground.ui import inputs
from playground.ui.errors import shows_errors
from playground.ui.images import own_picture
from playground.ui.inside import break_it, by_hand, image_map, network, units, why
from playground.ui.inside.subject import Subject, choose
from playground.ui.run.loaded_run import LoadedRun

VIEWS: Mapping[str, Callable[[Any, Subject], None]] = {
    "Network": network.draw,
    "Why?": why.draw,
    "Units": units.draw,
    "Map of images": image_map.draw,
    "Break it": break_it.draw,
    "By hand": by_hand.draw,
}
"""By the name on the page; each takes the place where it is drawn, and the subject."""
_THROUGH = ("Network", "Why?", "Map of images")
"""Views that can look at the network as it was on the way."""
_END = "end"
_WHOLE = ("Units", "Map of images", "Break it")
"""Views of the network as a whole, for which no image is chosen."""


def show(engine: Engine, loaded: LoadedRun, other: LoadedRun | None) -> None:
    """Draw the choice of view and image, and the view; a change reruns this part of the page
    only. The ``other`` run is drawn beside it where a view compares."""
    if own_picture.can_be_asked(engine, loaded):
        st.fragment(_show)(engine, loaded, other)


@shows_errors()
def _show(engine: Engine, loaded: LoadedRun, other: LoadedRun | None) -> None:
    view = inputs.one_of(st, "View", list(VIEWS), "inside.view", pills=True)
    epoch = _epoch(engine, loaded) if view in _THROUGH else None
    if view in _WHOLE:
        beside = Subject(engine, other, None) if other and other.dataset else None
        VIEWS[view](st.container(), Subject(engine, loaded, None, epoch=epoch, beside=beside))
    elif (subject := choose(engine, loaded, epoch)) is not None:
        VIEWS[view](subject.place, subject)


def _epoch(engine: Engine, loaded: LoadedRun) -> int | None:
    """Draw the slider of the epochs that the run keeps its network of; None at its end."""
    epochs = engine.store.snapshot_epochs(loaded.run.name)
    if not epochs:
        return None
    key = f"inside.epoch.{loaded.run.name[:16]}"
    chosen = st.select_slider(
        "Epoch", [*epochs, _END], _END, key=key, width=520,
        help="The run kept its network after these epochs: watch it learn.",
    )  # fmt: skip
    return chosen if isinstance(chosen, int) else None
