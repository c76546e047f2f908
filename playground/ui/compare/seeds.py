"""One run is one sample: the same settings under other seeds, their mean and spread."""

import streamlit as st

from playground import formats
from playground.analysis import comparison, conclusions, labels
from playground.analysis.comparison import Chosen, Family
from playground.service import Engine
from playground.ui import rights, state
from playground.ui.errors import shows_errors
from playground.ui.run import live
from playground.ui.run.loaded_run import dataset_of

SEEDS = 5
"""Runs of the same settings that are enough to see how much the seed alone does."""


def seed_groups(engine: Engine, runs: Chosen) -> list[Family]:
    """One for each set of settings among the chosen runs, with all its stored runs."""
    return comparison.families(runs, lambda run: engine.store.family(run.family, run.fingerprint))


def missing_seeds(family: Family) -> list[int]:
    """The seeds to train, the smallest first, until there are SEEDS runs."""
    kept = [run for run in family.members if run.is_active or run.is_measured]
    kept += [run for run in family.members if run.status == "diverged"]
    taken = {run.config.run.seed for run in kept}
    free = (seed for seed in range(SEEDS + len(taken)) if seed not in taken)
    return [seed for seed, _ in zip(free, range(SEEDS - len(taken)), strict=False)]


def show_conclusions(runs: Chosen, families: list[Family], comparable: bool) -> None:
    """What changed between two runs and what it did, as far as their seeds carry it."""
    if len(runs) == 2:
        lines = comparison.lines_of(runs, families, comparable)
        st.info("\n\n".join(lines), icon=":material/balance:")


def offer_missing_seeds(engine: Engine, runs: Chosen, families: list[Family]) -> None:
    """A way to more seeds, and those that are on their way."""
    missing = [(family, seed) for family in families for seed in missing_seeds(family)]
    if state.lesson():
        missing = []  # a lesson's runs are asked for on the page Train
    there = all(dataset_of(engine, family.run) is not None for family in families)
    if missing:
        each = [family.run.seconds for family, _ in missing if family.run.seconds]
        takes = f" That takes {formats.wait(sum(each))}." if each else ""
        st.button(
            f"Train the missing seeds ({len(missing)})", icon=":material/casino:",
            on_click=_train, args=(engine, missing), key="compare.seeds", disabled=not there,
            help=f"One run is one sample. This trains the same settings with other seeds, until "
            f"there are {SEEDS} of each.{takes}"
            if there else "The data that these runs saw is no longer in the data folder.",
        )  # fmt: skip
    chosen = {run.name for run in runs.values()}
    members = [run for family in families for run in family.members]
    on = [run.name for run in members if run.is_active and run.name not in chosen]
    if on:
        st.fragment(_watch, run_every=live.pace())(engine, on)


def table(families: list[Family]) -> None:
    """Mean and deviation of each set of settings, where one was trained with several seeds."""
    if all(len(family.finished) < 2 for family in families):
        return
    import pandas as pd

    rows = []
    for family in families:
        row: dict[str, object] = {
            "Runs": " ".join(family.letters),
            "Settings": labels.called(family.run),
            "Seeds": family.seeds,
            "Diverged": family.diverged,
        }
        for split in ("train", "validation", "test"):
            row[f"{split.capitalize()} accuracy"] = family.share(split)
        rows.append(row)
    st.markdown("**Mean and deviation over the seeds** (sample standard deviation, in points)")
    st.dataframe(
        pd.DataFrame(rows),
        key="compare.families",
        hide_index=True,
        column_config={"Settings": st.column_config.TextColumn(width="medium")},
        alt="Mean accuracy of the chosen settings over their seeds, with its deviation.",
    )
    for family in families:
        if count := sum(run.is_stacked for run in family.finished):
            who = f"Of {len(family.finished)} seeds of {' and '.join(family.letters)}, {count}"
            st.caption(conclusions.STACKED.format(f"{who} {'was' if count == 1 else 'were'}"))


@shows_errors(state.keep_error)
def _train(engine: Engine, missing: list[tuple[Family, int]]) -> None:
    configs = [family.run.config.with_seed(seed) for family, seed in missing]
    engine.train_all(configs, state.visitor())


@shows_errors()
def _watch(engine: Engine, names: list[str]) -> None:
    runs = list(engine.store.get_many(names).values())
    left = [run for run in runs if run.is_active]
    if len(left) < len(names):
        st.rerun()  # a seed came in: mean and spread are new
    training = next((run for run in left if run.status == "running"), left[0])
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        live.progress(engine, training, f"{formats.counted(len(left), 'seed')} to go. Now: ")
    own = state.is_teacher() or any(engine.owns(name, state.visitor()) for name in names)
    row.button(
        "Stop the seeds", icon=":material/stop:", on_click=rights.stop, args=(engine, *names),
        disabled=not own, help=None if own else rights.only_theirs("asked for these runs"),
    )  # fmt: skip
