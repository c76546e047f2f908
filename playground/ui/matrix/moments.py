"""Which moment of a run the matrix shows: an epoch, or the end."""

import numpy as np
import streamlit as st

from playground.analysis import evaluation
from playground.ui import state
from playground.ui.reading import Reading

END = 0
"""The moment of the measurement at the end; epochs count from 1."""
FRAMES = 25
"""Steps in which the whole run is played."""


def splits(reading: Reading) -> list[str]:
    """The splits that a matrix can be drawn of."""
    found = [split for split in ("validation", "test") if split in reading.parts]
    return found or ["validation"]  # a run that diverged has its validation matrices only


def matrix_at(reading: Reading, split: str, moment: int) -> np.ndarray:
    """The confusion matrix of a split, int64 (classes, classes), after an epoch or at the END."""
    if moment != END:
        return reading.matrices[moment].astype(np.int64)
    part = reading.parts[split]
    return evaluation.confusion(part.labels, part.predicted, len(reading.classes))


def of(reading: Reading) -> list[int]:
    """The moments of the validation, in order: epochs, and the END where that is another state.

    It is another one where earlier weights were kept, or where a stop came within an epoch.
    """
    found = list(reading.matrices)
    if not found:
        return [END]
    if "validation" in reading.parts:
        final = matrix_at(reading, "validation", END)
        if not np.array_equal(final, reading.matrices[found[-1]]):
            found.append(END)
    return found


def near(reading: Reading, epoch: int) -> int:
    """The epoch of this run that is nearest to another run's, and not after it."""
    return max((one for one in reading.matrices if one <= epoch), default=min(reading.matrices))


def last(reading: Reading, split: str) -> int:
    """The moment that a split is shown at when nobody moves."""
    return of(reading)[-1] if split == "validation" else END


def choose(reading: Reading) -> int:
    """Draw the slider through the moments, with play; gives the one that is shown."""
    found = of(reading)
    if len(found) == 1:
        hold()
        return found[0]
    key = f"matrix.moment.{reading.run.name[:16]}"
    if state.get(key) not in found:
        state.hold(key, found[-1])
    if state.playing():
        _advance(key, found)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    if row.button(
        "Pause" if state.playing() else "Play",
        icon=":material/pause:" if state.playing() else ":material/play_arrow:",
        key="matrix.play",
    ):
        if not state.playing() and state.get(key) == found[-1]:
            state.hold(key, found[0])
        state.play(not state.playing())
        st.rerun()
    with row:
        return st.select_slider(
            "Epoch", found, format_func=lambda moment: _name(reading, moment), key=key
        )


def hold() -> None:
    """End the play where there is nothing to move through."""
    if state.playing():
        state.play(False)
        st.rerun()  # the whole page, as the beat of a fragment is set where it is made


def _advance(key: str, found: list[int]) -> None:
    step = -(-len(found) // FRAMES)
    place = found.index(state.get(key)) + step
    state.hold(key, found[min(place, len(found) - 1)])
    if place >= len(found) - 1:
        state.play(False)
        st.rerun()


def _name(reading: Reading, moment: int) -> str:
    if moment != END:
        return str(moment)
    kept = reading.run.config.regularization.early_stopping.keep == "best"
    if kept and reading.run.best_epoch:
        return f"end (weights of {reading.run.best_epoch})"
    return "end"
