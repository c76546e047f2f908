"""A CNN's blocks in the sidebar: what all of them share in one control each, and one by one."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from pydantic import ValidationError

from playground.config import CNN, ConvBlock, Setting, settings_of
from playground.config.paths import ALL, name_of
from playground.ui import inputs, state
from playground.ui.sidebar.form import Form

_PATH = "architecture.blocks"
_KEY = "architecture.cnn.blocks"
_MOST = 8
_CHOSEN = "section.block"
_DIFFER = "Blocks differ"
_SHARED, _TOLD = ("kernel", "batch_norm", "dropout"), ("channels",)
"""What of the blocks is seen without a look at each."""
_SHARES = [tenth / 10 for tenth in range(10)]


def draw(form: Form) -> None:
    """Draw how many blocks there are, and how wide, and what all of them share."""
    if (access := form.access(_PATH)) != "open":
        network = form.lesson.start.architecture if form.lesson else CNN()
        assert isinstance(network, CNN)
        form.put(_PATH, [block.model_dump() for block in network.blocks])
        if access == "fixed":
            listed = " · ".join("-".join(map(str, block.channels)) for block in network.blocks)
            st.caption(f"Blocks: {listed or 'none'} channels")
        return
    state.set_default(state.BLOCK_COUNT, len(CNN().blocks))
    with form.row(3, _PATH, "architecture.width", f"{_PATH}.{ALL}.kernel"):
        count = st.selectbox(
            "Blocks", range(_MOST + 1), state.get(state.BLOCK_COUNT),
            key=state.widget_key(state.BLOCK_COUNT), help=settings_of(CNN)["blocks"].help,
        )  # fmt: skip
        _begin(count)
        if count:
            form.fields(CNN, "architecture", "width")
            _of_all(_SHARED[0], count)
    form.put(_PATH, [{} for _ in range(count)])
    if not count:
        return
    if listed := _channels(form, count):
        st.caption(f"Channels: {listed}")
    for name in _SHARED[1:]:
        _of_all(name, count)


def draw_each(form: Form) -> None:
    """Draw the blocks one by one: the fields of one, and which one that is."""
    if form.access(_PATH) != "open":
        return
    count = len(form.value(_PATH))
    chosen = _choose(count) if form.drawn and count else 0
    for number in range(count):
        with form.undrawn(number + 1 != chosen):
            _fields(form, f"{_PATH}.{number}")
    own = {path for path in form.changed if path.startswith(f"{_PATH}.")}
    names = {name_of(path) for path in own}.difference(_SHARED, _TOLD)
    form.changed = (form.changed - own) | {f"{_PATH}.{ALL}.{name}" for name in names}


def _choose(count: int) -> int:
    # Of fewer blocks than before, the last one.
    first = min(state.get(_CHOSEN) or 1, count)
    return inputs.one_of(
        st, "Block by block", range(1, count + 1), _CHOSEN, first, width="stretch",
        label_visibility="visible", persist_state=None,
    )  # fmt: skip


def _fields(form: Form, path: str) -> None:
    with form.row(2, f"{path}.channels", f"{path}.kernel"):
        form.fields(ConvBlock, path, "channels", "kernel")
    with form.row(2, f"{path}.padding", f"{path}.pool"):
        form.fields(ConvBlock, path, "padding", "pool")
    if form.value(f"{path}.pool") != "none":
        form.fields(ConvBlock, path, "pool_at")
    form.fields(ConvBlock, path, "batch_norm", "dropout")
    if form.value(f"{path}.dropout"):
        form.fields(ConvBlock, path, "dropout_kind")
        if form.value(path).get("pool_at", "end") == "end":
            form.fields(ConvBlock, path, "dropout_at")


def _begin(count: int) -> None:
    """Let a block that was never there begin as the one before it, but for its channels."""
    for number in range(count):
        for name, setting in settings_of(ConvBlock).items():
            key = f"{_KEY}.{number}.{name}"
            if state.held(key) is not None:
                continue
            usual = (32 * 2 ** min(number, 3),) if name == "channels" else setting.default
            value = state.widget_value(setting, usual)
            if number and name != "channels":
                value = state.held(f"{_KEY}.{number - 1}.{name}")
            state.set_undrawn(key, value)


def _channels(form: Form, count: int) -> str:
    """Return the channels of each block, as wide as they are made; empty if they cannot be."""
    blocks = [{"channels": state.held(f"{_KEY}.{number}.channels")} for number in range(count)]
    try:
        network = CNN.model_validate({"blocks": blocks, "width": form.value("architecture.width")})
    except ValidationError:
        return ""
    return " · ".join("-".join(map(str, block.channels)) for block in network.blocks)


def _of_all(name: str, count: int) -> None:
    """Draw one control for a field of all blocks, and set it in all of them if it was changed.

    It is another widget each time the blocks changed without it. One that was set by the script
    would be set back by the browser, and the blocks with it, if a rerun was on its way with what
    it held before (Streamlit 1.67).
    """
    held = [state.held(f"{_KEY}.{number}.{name}") for number in range(count)]
    same = held[0] if all(one == held[0] for one in held) else None
    number, shown = state.get(f"blocks.{name}", (0, None))
    chosen = state.get(f"blocks.{name}.{number}", shown)
    if chosen != shown and chosen is not None:
        same = chosen
        for block in range(_MOST):
            state.set_undrawn(f"{_KEY}.{block}.{name}", chosen)
        number += shown is None  # of dropout a slider takes the place of a list
    elif same != shown:
        number += 1
    state.set_value(f"blocks.{name}", (number, same))
    _control(settings_of(ConvBlock)[name], same, f"blocks.{name}.{number}")


def _control(setting: Setting, value: Any, key: str) -> None:
    """Draw the control; ``value`` is None if the blocks differ."""
    text = f"{setting.help} Of all blocks; of one alone under “More”."
    low, high = float(setting.low or 0), float(setting.high or 1)
    if state.is_slider(setting) and value is not None and low <= value <= high:
        st.slider(setting.label, low, high, value, step=0.01, key=key, help=text)
        return
    choices: Sequence[Any] = setting.choices or state.listed_numbers(setting) or _SHARES
    st.selectbox(
        setting.label, choices, choices.index(value) if value in choices else None, key=key,
        format_func=setting.called if setting.choices else str, help=text, placeholder=_DIFFER,
    )  # fmt: skip
