"""The page Inside: what a stored run's network makes of an image, layer by layer.

A view is a function of a ``Subject``, a line in ``VIEWS`` each. Only the one that is chosen is
drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from playground.service import Engine
from playground.store import Run
from playground.ui import inputs
from playground.ui.errors import shows_errors
from playground.ui.images import own_picture
from playground.ui.inside import break_it, by_hand, image_map, network, units, why
from playground.ui.inside.subject import Subject, choose
from playground.ui.run.loaded_run import LoadedRun


@dataclass(frozen=True)
class View:
    """A view, and what is chosen for it."""

    draw: Callable[[Any, Subject], None]
    """Takes the place where it is drawn, and the subject."""
    of_image: bool = True
    """Whether it looks at one image; else at the network as a whole."""
    of_epoch: bool = False
    """Whether it can look at the network as it was on the way."""


VIEWS: Mapping[str, View] = {
    "Network": View(network.draw, of_epoch=True),
    "Why?": View(why.draw, of_epoch=True),
    "Units": View(units.draw, of_image=False),
    "Map of images": View(image_map.draw, of_image=False, of_epoch=True),
    "Break it": View(break_it.draw, of_image=False),
    "By hand": View(by_hand.draw),
}
"""By the name on the page."""
_END = "end"


def show(engine: Engine, loaded: LoadedRun, other: LoadedRun | None) -> None:
    """Draw the choice of view and image, and the view; a change reruns this part of the page
    only. The ``other`` run is drawn beside it where a view compares."""
    st.fragment(_show)(engine, loaded, other)


@shows_errors()
def _show(engine: Engine, loaded: LoadedRun, other: LoadedRun | None) -> None:
    if not own_picture.can_be_asked(engine, loaded):
        return
    view = VIEWS[inputs.one_of(st, "View", list(VIEWS), "inside.view", pills=True)]
    epoch = _epoch(engine, loaded) if view.of_epoch else None
    if not view.of_image:
        beside = Subject(engine, other, None) if other and other.dataset else None
        view.draw(st.container(), Subject(engine, loaded, None, epoch=epoch, beside=beside))
    elif (subject := choose(engine, loaded, epoch)) is not None:
        view.draw(subject.place, subject)


def _epoch(engine: Engine, loaded: LoadedRun) -> int | None:
    """Draw the slider of the epochs that the run keeps its network of; None at its end."""
    epochs = engine.store.snapshot_epochs(loaded.run.name)
    if not epochs:
        return None
    key = f"inside.epoch.{loaded.run.name[:16]}"
    chosen = st.select_slider(
        "Epoch", [*epochs, _END], _END, key=key, width=520, format_func=_called(loaded.run),
        persist_state="session",
        help="The run kept its network after these epochs: watch it learn.",
    )  # fmt: skip
    return chosen if isinstance(chosen, int) else None


def _called(run: Run) -> Callable[[int | str], str]:
    """Return what an epoch is called on the slider; the end by the epoch whose weights were kept,
    if that is not the last one."""
    stopping = run.config.regularization.early_stopping
    best = run.best_epoch if stopping.watch != "off" and stopping.keep == "best" else None
    end = f"kept: {best}" if best else _END
    return lambda one: end if one == _END else str(one)
