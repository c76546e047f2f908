"""What a run predicted: its images to be filtered, and any image by its number."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.analysis.predictions import Order, Predictions
from playground.config import Setting
from playground.data.datasets import Dataset
from playground.errors import UserError
from playground.service import Engine
from playground.ui import inputs, state
from playground.ui.errors import shows_errors
from playground.ui.images import gallery
from playground.ui.run import loaded_run, split_picker
from playground.ui.run.loaded_run import LoadedRun

_ALL, _WRONG, _RIGHT = "All", "Wrong", "Right"
_MISTAKES = "Most confident mistakes"
_BY_NUMBER = "By number"
_ORDERS: dict[str, Order] = {
    _BY_NUMBER: "number",
    _MISTAKES: "confident",
    "Most confident first": "confident",
    "Least sure first": "unsure",
}
_ORDER, _CONFIDENCE, _ANY = "predicted.order", "predicted.confidence", (0, 100)
_EXAMPLE = 1234
"""The image that the article on the digits looks at."""


def browse(loaded: LoadedRun, dataset: Dataset) -> None:
    """Draw the images of a split, filtered and in order, page by page."""
    st.fragment(_browse)(loaded, dataset)


def find(engine: Engine, loaded: LoadedRun, dataset: Dataset) -> None:
    """Draw one image of the data set by its number, with what the network makes of it."""
    st.fragment(_find)(engine, loaded, dataset)


def _browse(loaded: LoadedRun, dataset: Dataset) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    predictions = loaded.parts[split_picker.pick(row, loaded, "predicted.split")]
    show = _show(row, state.get(_ORDER))
    order, true, predicted, (low, high) = _filter(row, loaded)
    split_picker.explain(row, loaded)
    positions = predictions.where(true, predicted, show == _WRONG, low / 100, high / 100)
    if show == _RIGHT:
        positions = positions[~predictions.wrong[positions]]
    st.markdown(_counted(predictions, positions, by_outcome=show != _ALL))
    ordered = predictions.ordered(positions, _ORDERS[order])
    gallery.show(dataset, loaded.classes, predictions, ordered, "predicted")


def _data(loaded: LoadedRun) -> str:
    """Return what ends the keys of widgets that mean something else with another data set."""
    return loaded.run.fingerprint[:8]


def _filter(row: Any, loaded: LoadedRun) -> tuple[str, int | None, int | None, tuple[int, int]]:
    """Draw order, classes and confidence, folded; the label says which of them are set."""
    keys = [f"predicted.{side}.{_data(loaded)}" for side in ("true", "predicted")]
    place = row.popover(
        " · ".join(["Filter", *_set(loaded, keys)]), icon=":material/filter_list:",
        key="predicted.filter",
    )  # fmt: skip
    order = place.selectbox("Order", list(_ORDERS), key=_ORDER)
    true = _class(place, "True class", loaded, keys[0])
    predicted = _class(place, "Predicted class", loaded, keys[1])
    confidence = place.slider(
        "Confidence", 0, 100, _ANY, format="%d\u00a0%%", key=_CONFIDENCE,
        help="The probability of the predicted class.",
    )  # fmt: skip
    return order, true, predicted, confidence


def _set(loaded: LoadedRun, keys: Sequence[str]) -> Iterator[str]:
    """Say in a few words each what is set of order, classes and confidence."""
    if (order := state.get(_ORDER, _BY_NUMBER)) != _BY_NUMBER:
        yield order.lower()
    for key, side in zip(keys, ("true", "predicted"), strict=True):
        if (chosen := state.get(key)) is not None:
            yield f"{side} {labels.plain(loaded.classes[chosen])}"
    if (span := tuple(state.get(_CONFIDENCE, _ANY))) != _ANY:
        yield f"{span[0]}–{span[1]}\u00a0% sure"


def _show(place: Any, order: str | None) -> str:
    """Ask which predictions are wanted; the mistakes are wrong whatever was chosen before."""
    mistakes = order == _MISTAKES
    return inputs.one_of(
        place, "Predictions", [_ALL, _WRONG, _RIGHT],
        "predicted.mistakes" if mistakes else "predicted.show", _WRONG if mistakes else _ALL,
        disabled=mistakes, persist_state="page",
    )  # fmt: skip


def _class(place: Any, label: str, loaded: LoadedRun, key: str) -> int | None:
    return place.selectbox(
        label,
        [None, *range(len(loaded.classes))],
        format_func=lambda index: "Any" if index is None else loaded.classes[index],
        key=key,
    )


def _counted(predictions: Predictions, positions: np.ndarray, by_outcome: bool) -> str:
    text = f"**{len(positions):,}** of {len(predictions.labels):,} images"
    if len(positions) and not by_outcome:  # the accuracy of the mistakes says nothing
        wrong = int(predictions.wrong[positions].sum())
        right = len(positions) - wrong
        accuracy = formats.share(right / len(positions))
        text += f": {right:,} right, {wrong:,} wrong, accuracy **{accuracy}**"
    return text


@shows_errors()
def _find(engine: Engine, loaded: LoadedRun, dataset: Dataset) -> None:
    last = len(dataset.labels) - 1
    text = st.text_input(
        f"Image number, 0 to {last:,}",
        placeholder=f"such as {min(_EXAMPLE, last)}",
        key=f"predicted.number.{_data(loaded)}",
        width=260,
    )
    if not text.strip():
        return
    number = int(Setting.of_number("The image number", 0, last, 0).read(text))
    st.markdown(_role(loaded, dataset, number))
    runs = []
    try:
        runs.append(("", _measured(loaded, number) or _asked(engine, loaded, dataset, number)))
    except UserError as error:
        st.warning(labels.plain(str(error)), icon=":material/warning:")
    gallery.draw(dataset, loaded.classes, runs, [number])


def _role(loaded: LoadedRun, dataset: Dataset, number: int) -> str:
    """Describe what an image was to the run, in a sentence."""
    split = loaded_run.split_of(dataset, loaded.run.config.data)
    roles = [role for role in ("validation", "test") if number in getattr(split, role)]
    if roles:
        return f"A {' and '.join(roles)} image: the network was not trained on it."
    place = np.flatnonzero(split.train == number)
    if not len(place):
        return "This run did not use the image: the network was not trained on it."
    text = "A training image: the network was trained on it."
    label = split.train_labels[place[0]]
    if label != dataset.labels[number]:
        text += f" Label noise gave it the label {labels.plain(loaded.classes[label])}."
    return text


def _measured(loaded: LoadedRun, number: int) -> Predictions | None:
    return next((part for part in loaded.parts.values() if part.at(number) is not None), None)


def _asked(engine: Engine, loaded: LoadedRun, dataset: Dataset, number: int) -> Predictions:
    """Ask what the network makes of an image that was not measured. Raises UserError."""
    run = loaded.run
    answer = _answer(run.name, run.ended, number, engine, dataset)
    return Predictions(dataset.labels[[number]], answer, np.array([number]))


@st.cache_data(max_entries=1000, show_spinner="Asking the network …")
def _answer(
    run: str, ended: float | None, number: int, _engine: Engine, _dataset: Dataset
) -> np.ndarray:
    return _engine.predict(run, _dataset.images[[number]])
