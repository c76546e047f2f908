"""One run is one sample: the same settings under other seeds, their mean and spread."""

import streamlit as st

from playground import formats
from playground.analysis import comparison, conclusions, names
from playground.analysis.comparison import Basis, RunsByLetter, SeedGroup
from playground.service import Engine
from playground.ui import rights, state
from playground.ui.errors import shows_errors
from playground.ui.run import live
from playground.ui.run.loaded_run import dataset_of

SEEDS = 5
"""Runs of the same settings that are enough to see how much the seed alone does."""


def seed_groups(engine: Engine, runs: RunsByLetter) -> list[SeedGroup]:
    """Return one group for each set of settings among the chosen runs, with all its stored runs."""
    return comparison.seed_groups(
        runs, lambda run: engine.store.family(run.family, run.fingerprint)
    )


def missing_seeds(group: SeedGroup) -> list[int]:
    """Return the seeds to train, the smallest first, until there are SEEDS runs."""
    kept = [run for run in group.members if run.is_active or run.is_measured]
    kept += [run for run in group.members if run.status == "diverged"]
    taken = {run.config.run.seed for run in kept}
    free = (seed for seed in range(SEEDS + len(taken)) if seed not in taken)
    return [seed for seed, _ in zip(free, range(SEEDS - len(taken)), strict=False)]


def show_verdict(runs: RunsByLetter, groups: list[SeedGroup], basis: Basis) -> None:
    """Show what changed between the chosen runs and what it did, as far as their seeds carry it;
    what that rests on is folded."""
    if len(runs) < 2:
        return
    verdict = comparison.verdict(runs, groups, basis)
    if verdict.told:
        st.info("\n\n".join(verdict.told), icon=":material/balance:")
    if verdict.why:
        with st.expander("How is this judged?", key="compare.why"):
            st.markdown("\n\n".join(verdict.why))


def offer_missing_seeds(engine: Engine, runs: RunsByLetter, groups: list[SeedGroup]) -> None:
    """Draw a way to more seeds, and those that are on their way."""
    missing = [(group, seed) for group in groups for seed in missing_seeds(group)]
    if state.lesson():
        missing = []  # a lesson's runs are asked for on the page Train
    there = all(dataset_of(engine, group.run) is not None for group in groups)
    if missing:
        each = [group.run.seconds for group, _ in missing if group.run.seconds]
        takes = f" That takes {formats.wait(sum(each))}." if each else ""
        st.button(
            f"Train the missing seeds ({len(missing)})", icon=":material/casino:",
            on_click=_train, args=(engine, missing), key="compare.seeds", disabled=not there,
            help=f"One run is one sample. This trains the same settings with other seeds, until "
            f"there are {SEEDS} of each.{takes}"
            if there else "The data that these runs saw is no longer in the data folder.",
        )  # fmt: skip
    chosen = {run.name for run in runs.values()}
    members = [run for group in groups for run in group.members]
    on = [run.name for run in members if run.is_active and run.name not in chosen]
    if on:
        st.fragment(_watch, run_every=live.pace())(engine, on)


def table(groups: list[SeedGroup]) -> None:
    """Draw mean and standard deviation of each set of settings, if one was trained with several
    seeds."""
    if all(len(group.finished) < 2 for group in groups):
        return
    import pandas as pd

    rows = []
    # A title is one run's, and not its settings' under other seeds.
    told = names.apart({" ".join(group.letters): group.run.config.with_seed(0) for group in groups})
    for letters, group in zip(told, groups, strict=True):
        row: dict[str, object] = {
            "Runs": letters,
            "Settings": told[letters],
            "Seeds": group.seeds,
            "Diverged": group.diverged,
        }
        for split in ("train", "validation", "test"):
            row[f"{split.capitalize()} accuracy"] = group.share(split)
        rows.append(row)
    st.markdown("**Mean and standard deviation over the seeds** (of the sample, in points)")
    st.dataframe(
        pd.DataFrame(rows),
        key="compare.groups",
        hide_index=True,
        column_config={"Settings": st.column_config.TextColumn(width="medium")},
        alt="Mean accuracy of the chosen settings over their seeds, with its standard deviation.",
    )
    counts = [sum(run.is_stacked for run in group.finished) for group in groups]
    if any(counts):
        told = [
            " and ".join(group.letters)
            + (f" ({count} of {len(group.finished)} seeds)" if count < len(group.finished) else "")
            for group, count in zip(groups, counts, strict=True)
            if count
        ]
        verb = "was" if sum(counts) == 1 else "were"
        st.caption(conclusions.STACKED.format(f"{formats.listed(told)} {verb}"))


@shows_errors(state.keep_error)
def _train(engine: Engine, missing: list[tuple[SeedGroup, int]]) -> None:
    configs = [group.run.config.with_seed(seed) for group, seed in missing]
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
