"""The chosen runs side by side: figures, settings and curves."""

from collections.abc import Sequence
from string import ascii_uppercase

import streamlit as st

from playground import charts, formats
from playground.analysis import comparison, labels, names
from playground.analysis.comparison import Basis, RunsByLetter
from playground.formats import NOTHING
from playground.results import EpochMetrics
from playground.service import Engine
from playground.store import Run
from playground.ui import rights, state
from playground.ui.compare import run_table
from playground.ui.errors import shows_errors
from playground.ui.frame import Frame
from playground.ui.run import live
from playground.ui.run.loaded_run import dataset_of


def chosen_runs(page: Frame) -> RunsByLetter:
    """Return the chosen runs that are stored, by letter; the others are reported and leave the
    choice."""
    names = state.chosen_runs()
    found = [_stored(page.engine, name) for name in names]
    stored = [run for run in found if run]
    if gone := len(names) - len(stored):
        st.warning(
            "A run of this choice is not stored here: it was deleted, or made elsewhere."
            if gone == 1
            else f"{gone} runs of this choice are not stored here: they were deleted, or made "
            "elsewhere.",
            icon=":material/inbox:",
        )
    runs = [run for run in stored if run.is_readable]
    for run in stored:
        if not run.is_readable:
            row = st.container(horizontal=True, vertical_alignment="center")
            row.error(
                f"The run {run.name[:8]} was made by another version of the playground, and cannot "
                "be compared.",
                icon=":material/history:",
            )
            row.button(
                "Delete it", key=f"compare.delete.{run.name[:16]}", icon=":material/delete:",
                on_click=run_table.delete, args=(page.engine, [run]),
                disabled=not rights.is_in_charge(),
            )  # fmt: skip
    if gone:
        state.choose_runs([run.name for run in stored])
    return dict(zip(ascii_uppercase, runs, strict=False))


@shows_errors()
def _stored(engine: Engine, name: str) -> Run | None:
    return engine.store.by_prefix(name)


def basis_of(engine: Engine, runs: RunsByLetter) -> Basis:
    """Find the images by which the chosen runs are compared."""
    chosen = list(runs.values())
    dataset = dataset_of(engine, chosen[0])
    return comparison.basis_of(chosen, dataset, state.is_test_hidden())


def head(page: Frame, runs: RunsByLetter) -> None:
    """Draw the chosen runs by letter, and what can be done with them."""
    st.subheader("The chosen runs" if len(runs) > 1 else "The chosen run")
    chosen = list(runs.values())
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with row:
        run_table.actions(page.engine, runs)
    if len(runs) == 2:
        row.button(
            "Swap A and B",
            icon=":material/swap_horiz:",
            on_click=state.choose_runs,
            args=([run.name for run in reversed(chosen)],),
        )
    row.button("Clear", icon=":material/close:", on_click=state.choose_runs, args=([],))
    told, lines = names.together(chosen), []
    seeds = {run.config.run.seed for run in chosen}
    for letter, run in runs.items():
        parts = [told[run.name]]
        if run.title:
            parts.append(names.of_config(run.config))
        if len(chosen) == 1 or len(seeds) > 1:
            parts = [_with_seed(" · ".join(parts), run)]
        if run.status != "finished":
            parts.append(run.status)
        if run.is_stacked:
            parts.append("trained in a stack")
        star = "★ " if run.starred else ""
        lines.append(f"- **{letter}** {star}{labels.plain(' · '.join(parts))}")
    st.markdown("\n".join(lines))
    if len(chosen) > 1:
        same = names.in_common(chosen)
        same = _with_seed(same, chosen[0]) if len(seeds) == 1 else same
        st.caption(f"Same in all: {labels.plain(same or NOTHING)}")


def _with_seed(name: str, run: Run) -> str:
    """Add a run's seed to a name that does not tell it: one run is one sample."""
    seed = names.of_settings(run.config, ["run.seed"])
    parts = list(filter(None, name.split(" · ")))
    return " · ".join(parts if seed in parts else [*parts, seed])


def watch_running(engine: Engine, runs: RunsByLetter) -> None:
    """Watch the chosen runs that are on, and draw the page again when one of them ends."""
    on = {letter: run.name for letter, run in runs.items() if run.is_active}
    if on:
        st.fragment(_wait, run_every=live.pace())(engine, on)


@shows_errors()
def _wait(engine: Engine, on: dict[str, str]) -> None:
    runs = engine.store.get_many(on.values())
    for letter, name in on.items():
        run = runs.get(name)
        if run is None or not run.is_active:
            st.rerun()
        live.progress(engine, run, f"{letter}: ")


def figures(runs: RunsByLetter, basis: Basis) -> None:
    """Draw accuracy and loss of every split, a row for each run."""
    import pandas as pd

    rows = [
        {"Run": name} | run_table.score_cells(run)
        for name, run in zip(comparison.legend(runs).values(), runs.values(), strict=True)
    ]
    st.markdown("**Figures**, measured at the end with dropout and augmentation off")
    st.dataframe(
        pd.DataFrame(rows),
        key="compare.figures",
        hide_index=True,
        placeholder=NOTHING,
        column_config=run_table.score_columns(),
        alt="Accuracy and loss of the chosen runs on training, validation and test images.",
    )  # fmt: skip
    if basis.split is None:
        st.caption("These runs were not measured on the same images: do not compare their figures.")
    watching = [letter for letter, run in runs.items() if run.config.data.validation == "test"]
    if watching:
        st.caption(
            f"{', '.join(watching)}: the validation images were the test images, so the test "
            "figures are not independent."
        )


def settings(runs: RunsByLetter) -> None:
    """Draw the settings in which the chosen runs differ, and no others."""
    import pandas as pd

    rows = comparison.settings_table(runs)
    st.markdown("**Settings that differ**, and no others")
    table = {
        "Setting": [label for _, label, _ in rows],
        **{letter: [values[place] for _, _, values in rows] for place, letter in enumerate(runs)},
        "Path": [path for path, _, _ in rows],
    }
    st.dataframe(
        pd.DataFrame(table),
        key="compare.settings",
        hide_index=True,
        alt=f"Table of the {len(rows)} settings in which the chosen runs differ.",
    )


def curves(engine: Engine, runs: RunsByLetter) -> None:
    """Draw loss and accuracy by epoch of all chosen runs."""
    legend = comparison.legend(runs).values()
    folder = str(engine.store.folder)
    epochs = {
        name: found
        for name, run in zip(legend, runs.values(), strict=True)
        if (
            found := engine.store.epochs(run.name)
            if run.is_active
            else _epochs(folder, run.name, run.ended, engine)
        )
    }
    if not epochs:
        return
    st.markdown("**Curves**")
    row = st.container(horizontal=True, vertical_alignment="center")
    validated = any(one[-1].validation_loss is not None for one in epochs.values())
    offered = ["Training", "Validation"] if validated else ["Training"]
    shown = row.segmented_control(
        "Images", offered, selection_mode="multi",
        default=offered, key=f"compare.splits.{len(offered)}", persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    log = row.toggle("Logarithmic loss axis", key="compare.log", persist_state="session")
    splits = tuple(name for name in offered if name in shown) or ("Training",)
    data = charts.overlay_data(epochs)
    data = data[data["split"].isin(splits)]
    for column, quantity in zip(st.columns(2), ("loss", "accuracy"), strict=True):
        spec = charts.overlay_spec(quantity, tuple(epochs), splits, log and quantity == "loss")
        column.vega_lite_chart(
            data, spec, alt=_describe(quantity, epochs, splits), key=f"compare.{quantity}"
        )


@st.cache_resource(max_entries=16, show_spinner=False)
def _epochs(folder: str, name: str, ended: float | None, _engine: Engine) -> list[EpochMetrics]:
    return _engine.store.epochs(name)


def _describe(quantity: str, runs: dict[str, list[EpochMetrics]], splits: Sequence[str]) -> str:
    """Describe the chart in words, for screen readers."""
    field = f"{'train' if splits[0] == 'Training' else 'validation'}_{quantity}"
    written = formats.share if quantity == "accuracy" else formats.loss
    texts = [
        f"{name} {written(value)}"
        for name, epochs in runs.items()
        if (value := getattr(epochs[-1], field)) is not None
    ]
    lines = " and ".join(splits).lower()
    return (
        f"Line chart of {quantity} by epoch, {lines}. {splits[0]} at the end: {', '.join(texts)}."
    )
