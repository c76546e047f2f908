"""The view in which numbers of the network are changed by hand; nothing of it is kept."""

from typing import Any

import numpy as np
import streamlit as st

from playground import formats
from playground.charts import pictures
from playground.inside import Channel, Edit, NetworkOutputs
from playground.ui import state
from playground.ui.inside.subject import Subject
from playground.worker import questions

_EDITS = "inside.edits"
_MOST = 1e6
"""The largest number that can be put in, in size."""
_SHOWN = 5
"""Classes whose probabilities are shown."""


def draw(place: Any, subject: Subject) -> None:
    """Draw what can be changed, and what the network says then."""
    found: NetworkOutputs = subject.ask_of_image(questions.OUTPUTS)
    made = [layer for layer in found.layers if layer.kind in ("conv", "dense")]
    # Each run has edits of its own.
    key = f"{_EDITS}.{subject.loaded.run.name[:16]}.{subject.loaded.run.ended}"
    edits: dict[tuple[int, str, tuple[int, ...]], float] = dict(state.get(key) or {})
    with place:
        left, right = st.columns(2, gap="medium")
        with left:
            layer = made[
                st.selectbox(
                    "Layer", range(len(made)), key=f"{key}.layer",
                    format_func=lambda at: _titled(made[at]),
                )
            ]  # fmt: skip
            unit = int(
                st.number_input(
                    "Unit" if len(layer.shape) == 1 else "Channel", 0, layer.shape[0] - 1,
                    key=f"{key}.unit.{layer.place}",
                )
            )  # fmt: skip
            told: Channel = subject.ask_of_image(questions.CHANNEL, place=layer.place, channel=unit)
            _edit_unit(key, edits, layer.place, unit, told, is_last=layer is made[-1])
        state.set_value(key, edits)
        with right:
            if edits:
                st.button(
                    f"Undo all {len(edits)}", icon=":material/undo:", on_click=_undo, args=(key,)
                )
            _answer(subject, found, edits)


def _undo(key: str) -> None:
    """Forget all changes; the widgets that hold them are others from now on."""
    state.set_value(key, {})
    state.set_value(f"{key}.undone", state.get(f"{key}.undone", 0) + 1)


def _edit_unit(
    key: str, edits: dict[tuple[int, str, tuple[int, ...]], float], place: int, unit: int,
    told: Channel, is_last: bool,
) -> None:  # fmt: skip
    """Draw the unit's switch, its bias and its weights, and take down what is changed."""
    name = f"{key}.{state.get(f'{key}.undone', 0)}.{place}.{unit}"
    if not is_last:  # there a logit of 0 may be the largest
        off = st.toggle("Switched off", key=f"{name}.off", value=(place, "off", (unit,)) in edits)
        _note(edits, (place, "off", (unit,)), 0.0 if off else None)
    if told.bias is not None:
        bias = st.number_input(
            "Bias", -_MOST, _MOST, edits.get((place, "bias", (unit,)), round(told.bias, 4)),
            step=0.1, format="%.4f", key=f"{name}.bias",
        )  # fmt: skip
        _note(edits, (place, "bias", (unit,)), None if bias == round(told.bias, 4) else bias)
    if told.weights is None:
        return
    weights = told.weights
    flat = weights.reshape(-1)
    which = np.unravel_index(int(np.abs(flat).argmax()), weights.shape)
    st.caption(
        f"{flat.size:,} weights ({formats.shape(weights.shape)}); the largest is at "
        f"{', '.join(str(int(one)) for one in which)}."
    )
    row = st.container(horizontal=True, vertical_alignment="bottom")
    parts = ("channel", "row", "column") if weights.ndim == 3 else ("input",)
    single = weights.ndim == 3 and weights.shape[0] == 1  # there is no channel to choose
    at = tuple(
        int(
            row.number_input(
                f"Its {part}", 0, size - 1, int(first), key=f"{name}.{part}", width=104
            )
        )
        if not (single and part == "channel")
        else 0
        for part, size, first in zip(parts, weights.shape, which, strict=True)
    )
    index = _index(told, unit, at)
    now = float(weights[at])
    value = st.number_input(
        "Weight", -_MOST, _MOST, edits.get((place, "weight", index), round(now, 4)), step=0.1,
        format="%.4f", key=f"{name}.weight.{'.'.join(map(str, at))}",
    )  # fmt: skip
    _note(edits, (place, "weight", index), None if value == round(now, 4) else value)
    most = float(np.abs(weights).max())
    changed = weights.copy()
    for (layer, what, where), number in edits.items():
        if layer == place and what == "weight" and where[0] == unit:
            changed.reshape(-1)[_flat(weights.shape, where[1:])] = number
    if changed.ndim == 3:
        caption = f"Its weights from channel {at[0]} as they are now"
        st.image(
            pictures.enlarged(pictures.signed(changed[at[0]], most), 120), caption=caption,
            output_format="PNG", alt=caption,
        )  # fmt: skip


def _index(told: Channel, unit: int, at: tuple[int, ...]) -> tuple[int, ...]:
    """Return the place of a weight in the layer's own order: a dense layer has its inputs in one
    row."""
    assert told.weights is not None
    if told.is_dense and len(at) == 3:
        return unit, int(np.ravel_multi_index(at, told.weights.shape))
    return (unit, *at)


def _flat(shape: tuple[int, ...], where: tuple[int, ...]) -> int:
    return int(where[0]) if len(where) == 1 else int(np.ravel_multi_index(where, shape))


def _note(edits: dict, what: tuple[int, str, tuple[int, ...]], value: float | None) -> None:
    if value is None:
        edits.pop(what, None)
    else:
        edits[what] = float(value)


def _answer(subject: Subject, found: NetworkOutputs, edits: dict) -> None:
    """Draw what the network says before and with the changes."""
    before = found.probabilities
    after = before
    if edits:
        wanted = [Edit(at, what, index, value) for (at, what, index), value in edits.items()]
        after = subject.ask_of_image(questions.EDITED, edits=wanted)[0]
    says, said = int(after.argmax()), int(before.argmax())
    changed = "" if says == said else f" in place of {subject.named(said)}"
    st.metric("The network says", subject.named(says) + changed)
    order = np.argsort(-after, kind="stable")[:_SHOWN]
    for number in order:
        now, was = float(after[number]), float(before[number])
        text = f"{subject.named(int(number))} · {formats.share(now, 0)}"
        if edits:
            text += f" (was {formats.share(was, 0)})"
        st.progress(min(now, 1.0), text=text)
    st.caption("Nothing is stored: the run stays as it is.")


def _titled(layer: Any) -> str:
    return (f"Block {layer.block}: " if layer.block else "") + layer.title
