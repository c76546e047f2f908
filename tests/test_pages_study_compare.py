"""From a sweep or a search to Compare with its runs chosen."""

from itertools import pairwise

import pytest

from playground.config.sweeps import Axis, Sweep
from playground.service.study_eta import evenly
from playground.ui import state
from tests import pages, stored_runs
from tests.search_page import show as show_search
from tests.search_page import tried
from tests.sweep_page import BASE, RATES, WIDTHS, opened

TEN = Axis(path=RATES.path, values=tuple(f"{place / 1000:g}" for place in range(1, 11)))


def trained(engine, sweep: Sweep, sure=None) -> dict[tuple[tuple[str, ...], int], str]:
    """A sweep whose runs have finished; gives their names by values and seed. ``sure`` says by the
    place of a run how good it is."""
    for place, member in enumerate(sweep.members()):
        how_sure = sure[place] if sure else 2.0
        stored_runs.finished(engine.store, member.config, engine.data, how_sure)
    engine.sweeps.start(sweep)
    return {(member.values, member.seed): member.run for member in sweep.members()}


def show(sweep: Sweep):
    return opened({"study": sweep.name[:16]})


def chosen(at) -> list[str]:
    """The runs that are compared, by their first digits; the page must be Runs."""
    assert at.session_state["app.page"] == "Runs"
    return [at.query_params["run"], *at.query_params["with"].split(",")]


def short(*names: str) -> list[str]:
    return [name[:16] for name in names]


def is_table_open(at) -> bool:
    """Whether the table of all runs on the page Runs can be seen."""
    (found,) = [one for one in at.main.expander if one.label == "Choose runs"]
    return found.proto.expanded


def captions(at) -> str:
    return " ".join(pages.texts(at.main.caption))


def test_a_run_of_each_combination_is_compared_in_one_click(engine):
    sweep = Sweep(base=BASE, axes=(RATES, WIDTHS), seeds=(3, 4))
    names = trained(engine, sweep)
    link = {"study": sweep.name[:16], "run.epochs": "7"}
    at = pages.press(opened(link), "Compare 6 runs")
    assert chosen(at) == short(*(name for (_, seed), name in names.items() if seed == 3))
    assert link.items() <= dict(at.query_params).items(), "the settings stay as they were"
    assert not is_table_open(at), "what was chosen comes first"
    assert is_table_open(pages.open_page(page="pages/4_Compare.py"))


def test_of_many_combinations_the_best_the_worst_and_those_between_are_compared(engine):
    sure = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 8.0]
    sweep = Sweep(base=BASE, axes=(TEN,))
    trained(engine, sweep, sure)
    at = show(sweep)
    assert "8 of 10 combinations: the best, the worst and 6 between" in captions(at)
    ranked = sorted(
        (engine.store.get(member.run) for member in sweep.members()),
        key=lambda run: -run.scores["validation"].accuracy,
    )
    at = pages.press(at, "Compare 8 runs")
    assert chosen(at) == short(*(ranked[place].name for place in (0, 1, 3, 4, 5, 6, 8, 9)))


@pytest.mark.parametrize(
    ("count", "places"),
    [(0, []), (1, [0]), (8, list(range(8))), (9, [0, 1, 2, 3, 5, 6, 7, 8]), (100, None)],
)
def test_places_at_even_distances_hold_the_first_and_the_last(count, places):
    found = evenly(count, 8)
    if places is not None:
        assert found == places
        return
    assert len(set(found)) == 8 and (found[0], found[-1]) == (0, 99)
    gaps = {after - before for before, after in pairwise(found)}
    assert gaps <= {14, 15}


def test_the_best_is_set_beside_the_second_best_and_what_the_sweep_began_from(engine):
    # The base has the first rate.
    sweep = Sweep(base=BASE, axes=(RATES,), seeds=(0, 1))
    names = trained(engine, sweep, [2, 2, 3, 3, 9, 9])
    at = show(sweep)
    assert "points behind; 2 seeds each do not tell whether that is more than chance." in (
        captions(at)
    )
    at = pages.press(at, "Is the best really better?")
    assert chosen(at) == short(*(names[(rate,), 0] for rate in ("0.001", "0.01", "0.1")))
    (verdict,) = [text for text in pages.texts(at.main.info) if "highest validation" in text]
    assert verdict.startswith("**C** has the highest validation accuracy, ")


def test_a_best_and_a_second_that_seeds_do_not_tell_apart_are_called_tied(engine):
    sweep = Sweep(base=BASE, axes=(RATES,), seeds=(0, 1, 2))
    trained(engine, sweep, [0.5] * 3 + [3, 3.05, 3.1, 3.1, 3, 3.05])
    assert "no more than seeds alone may do: the two are tied." in captions(show(sweep))
    apart = Sweep(base=BASE, axes=(RATES,), seeds=(3, 4, 5))
    trained(engine, apart, [0.5] * 3 + [2] * 3 + [9] * 3)
    assert "points behind, more than seeds alone do." in captions(show(apart))


def test_a_best_that_the_sweep_began_from_is_set_beside_the_second(engine):
    sweep = Sweep(base=BASE, axes=(RATES,))
    names = trained(engine, sweep, [9, 1, 3])
    at = show(sweep)
    assert "one seed each does not tell whether that is more than chance" in captions(at)
    assert "The best of 3 tries looks better than it is: on " in captions(at)
    at = pages.press(at, "Is the best really better?")
    assert chosen(at) == short(names[("0.1",), 0], names[("0.001",), 0])
    assert pages.button(at, "Train the missing seeds (8)")


def test_what_did_not_finish_is_not_compared(engine):
    sweep = Sweep(base=BASE, axes=(RATES,))
    engine.sweeps.start(sweep)
    first, second, third = sweep.members()
    labels = [button.label for button in show(sweep).main.button]
    assert not [label for label in labels if "Compare" in label or "really" in label]
    stored_runs.finished(engine.store, first.config, engine.data)
    stored_runs.finished(engine.store, second.config, engine.data, status="diverged")
    stored_runs.finished(engine.store, third.config, engine.data)
    at = pages.press(show(sweep), "Compare 2 runs")
    assert chosen(at) == short(first.run, third.run)


def tick(at, key: str, *rows: int):
    at.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return pages.run(at)


def test_ticked_combinations_are_compared_and_one_alone_is_looked_at(engine):
    sweep = Sweep(base=BASE, axes=(TEN,))
    names = list(trained(engine, sweep).values())
    at = tick(show(sweep), "sweep.table", 4)
    assert pages.button(at, "Take it into the sidebar") and pages.button(at, "Show its run")
    at = tick(at, "sweep.table", *range(9))
    assert pages.button(at, "Compare the ticked (9)").disabled
    assert f"{state.MAX_RUNS} runs at most can be compared: untick some." in captions(at)
    at = pages.press(tick(at, "sweep.table", 1, 7), "Compare the ticked (2)")
    assert chosen(at) == short(names[1], names[7])


def test_the_best_trials_are_compared_with_what_the_search_began_from_first(engine):
    tries = [
        ("0.001", "8", "complete", 0.90), ("0.002", "8", "complete", 0.92),
        ("0.003", "8", "pruned", 0.95), ("0.004", "8", "complete", 0.95),
    ]  # fmt: skip
    search = tried(engine, 4, tries)
    names = [trial.run for trial in engine.searches.trials(search)]
    at = pages.press(show_search(search), "Compare 3 runs")
    assert chosen(at) == short(names[0], names[3], names[1])
    at = pages.press(show_search(search), "Is the best really better?")
    assert chosen(at) == short(names[0], names[1], names[3])
    at = tick(show_search(search), "search.table", 1, 2)
    at = pages.press(at, "Compare the ticked (2)")
    assert chosen(at) == short(names[1], names[2])


def test_a_best_trial_that_the_search_began_from_is_set_beside_the_second(engine):
    tries = [("0.001", "8", "complete", 0.96), ("0.002", "8", "complete", 0.92)]
    search = tried(engine, 2, tries)
    names = [trial.run for trial in engine.searches.trials(search)]
    at = pages.press(show_search(search), "Is the best really better?")
    assert chosen(at) == short(names[1], names[0])


def test_a_run_that_was_deleted_is_not_compared(engine):
    search = tried(engine)
    engine.store.delete(engine.searches.trials(search)[1].run)
    labels = [button.label for button in show_search(search).main.button]
    assert not [label for label in labels if "Compare" in label or "really" in label]
