"""Which epoch of a run the matrix shows: an epoch, or the end."""

import numpy as np
import streamlit as st

from playground.analysis import evaluation, headline
from playground.ui import state
from playground.ui.run.loaded_run import LoadedRun

END = 0
"""The epoch of the measurement at the end; epochs count from 1."""
FRAMES = 25
"""Steps in which the whole run is played."""


def matrix_at(loaded: LoadedRun, split: str, epoch: int) -> np.ndarray:
    """Return the confusion matrix of a split, int64 (classes, classes), after an epoch or at the
    END."""
    if epoch != END:
        return loaded.matrices[epoch].astype(np.int64)
    part = loaded.parts[split]
    return evaluation.confusion(part.labels, part.predicted, len(loaded.classes))


def epochs_of(loaded: LoadedRun) -> list[int]:
    """Return the epochs after which it was validated, in order, and the END if that is another
    state.

    It is another one if earlier weights were kept, or if a stop came within an epoch.
    """
    found = list(loaded.matrices)
    if not found:
        return [END]
    watched = headline.split_of(loaded.run.config)
    if watched in loaded.parts:
        final = matrix_at(loaded, watched, END)
        if not np.array_equal(final, loaded.matrices[found[-1]]):
            found.append(END)
    return found


def nearest_epoch(loaded: LoadedRun, epoch: int) -> int:
    """Return the epoch of this run that is nearest to another run's, and not after it."""
    return max((one for one in loaded.matrices if one <= epoch), default=min(loaded.matrices))


def last_epoch(loaded: LoadedRun, split: str) -> int:
    """Return the epoch that a split is shown at when nobody moves."""
    return epochs_of(loaded)[-1] if split == headline.split_of(loaded.run.config) else END


def choose_epoch(loaded: LoadedRun) -> int:
    """Draw the slider through the epochs, with play; gives the one that is shown."""
    found = epochs_of(loaded)
    if len(found) == 1:
        stop_playing()
        return found[0]
    key = f"matrix.epoch.{loaded.run.name[:16]}"
    if state.get(key) not in found:
        state.set_value(key, found[-1])
    if state.playing():
        _advance(key, found)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    if row.button(
        "Pause" if state.playing() else "Play",
        icon=":material/pause:" if state.playing() else ":material/play_arrow:",
        key="matrix.play",
    ):
        if not state.playing() and state.get(key) == found[-1]:
            state.set_value(key, found[0])
        state.set_playing(not state.playing())
        st.rerun()
    with row:
        return st.select_slider(
            "Epoch", found, format_func=lambda epoch: _name(loaded, epoch), key=key
        )


def stop_playing() -> None:
    """End the play if there is nothing to move through."""
    if state.playing():
        state.set_playing(False)
        st.rerun()  # the whole page, as the beat of a fragment is set where it is made


def _advance(key: str, found: list[int]) -> None:
    step = -(-len(found) // FRAMES)
    place = found.index(state.get(key)) + step
    state.set_value(key, found[min(place, len(found) - 1)])
    if place >= len(found) - 1:
        state.set_playing(False)
        st.rerun()


def _name(loaded: LoadedRun, epoch: int) -> str:
    if epoch != END:
        return f"{epoch:,}"
    kept = loaded.run.config.regularization.early_stopping.keep == "best"
    if kept and loaded.run.best_epoch:
        return f"end (weights of {loaded.run.best_epoch})"
    return "end"
