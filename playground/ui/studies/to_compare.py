"""Which runs of a sweep or a search are set side by side, and the buttons that lead there.

The page Runs draws their curves over each other, and finds all seeds of each by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground import formats
from playground.analysis import labels
from playground.config import RunConfig
from playground.service.study_eta import evenly
from playground.store import Run
from playground.ui import navigation, state
from playground.ui.studies import search_labels
from playground.ui.studies.search_results import SearchResults
from playground.ui.studies.sweep_results import SweepResults


@dataclass(frozen=True)
class Choice:
    """Runs to be compared, and which these are, as a sentence."""

    runs: list[Run]
    told: str
    is_part: bool = False
    """Whether there are more that it leaves out."""


def of_sweep(results: SweepResults) -> Choice | None:
    """Choose one run of each combination, or of some if they are many: the best, the worst and
    those between at even distances by rank. None if there is nothing to compare."""
    by_run = {  # a value may have no effect beside the other
        results.finished(values)[0].name: values
        for values in results.combinations
        if results.finished(values)
    }
    there = list(by_run.values())
    if len(there) < 2:
        return None
    told = f"One run of each of the {len(there)} combinations."
    if (count := len(there)) > state.MAX_RUNS:
        told = f"{state.MAX_RUNS} of {count} combinations, at even distances in their order."
        if results.sweep.ranks:
            there.sort(key=lambda values: -results.spread(values, "validation").mean)
            there.sort(key=lambda values: values != results.best)  # whose every seed finished
            told = (
                f"{state.MAX_RUNS} of {count} combinations: the best, the worst and "
                f"{state.MAX_RUNS - 2} between, at even distances by validation accuracy."
            )
        there = [there[place] for place in evenly(count, state.MAX_RUNS)]
    return Choice([results.finished(values)[0] for values in there], told, count > len(there))


def best_of_sweep(results: SweepResults) -> Choice | None:
    """Choose the best combination and, before it, the second best and what the sweep began from.
    None if there are no two whose every seed finished."""
    if len(results.ranked) < 2:
        return None
    best, second, *rest = results.ranked
    others = {second: "the second best"}
    if results.base in rest:
        others = {results.base: "what the sweep began from"} | others
    runs = [results.finished(values)[0] for values in (*others, best)]
    told = [f"{what}, {results.describe(values)}" for values, what in others.items()]
    return Choice(runs, f"{results.describe(best)} beside {formats.listed(told)}.")


def of_search(results: SearchResults) -> Choice | None:
    """Choose the settings that a search began from, and after them its best complete trials."""
    base, ranked = results.base, results.comparable
    first = [base] if base in ranked else []
    chosen = list(dict.fromkeys(trial.run for trial in [*first, *ranked]))[: state.MAX_RUNS]
    if len(chosen) < 2:
        return None
    told = f"The {len(chosen)} best complete trials."
    if first:
        told = f"The settings the search began from, and the {len(chosen) - 1} best trials."
    return Choice([results.runs[name] for name in chosen], told)


def best_of_search(results: SearchResults) -> Choice | None:
    """Choose the best trial and, before it, the second best and the settings that the search began
    from. None if there are no two."""
    describe = search_labels.describe_trial
    if len(results.ranked) < 2:
        return None
    best, second, *rest = results.ranked
    others = [(second, "the second best")]
    others[:0] = [(trial, "what the search began from") for trial in rest if trial is results.base]
    told = [f"{what}, {describe(results.search, trial.values)}" for trial, what in others]
    runs = [results.runs[trial.run] for trial in (*(trial for trial, _ in others), best)]
    return Choice(runs, f"{describe(results.search, best.values)} beside {formats.listed(told)}.")


def buttons(
    place: Any, config: RunConfig | None, several: Choice | None, best: Choice | None, key: str
) -> None:
    """Draw the buttons that compare several runs, and the best with one other; ``config`` is the
    sidebar's."""
    if several:
        button(
            place, config, several.runs, f"{key}.compare", f"Compare {len(several.runs)} runs",
            f"Their curves over each other, on the page Runs. {several.told}",
        )  # fmt: skip
    if best:
        button(
            place, config, best.runs, f"{key}.better", "Is the best really better?",
            f"Asks the page Runs whether seeds alone explain the difference. {best.told}",
        )  # fmt: skip


def ticked_button(place: Any, config: RunConfig | None, runs: Sequence[Run], key: str) -> None:
    """Draw the button that compares the ticked rows."""
    few = len(runs) < 2
    many = f"{state.MAX_RUNS} runs at most can be compared: untick some."
    button(
        place, config, runs, key, f"Compare the ticked ({len(runs)})",
        "Their curves over each other, on the page Runs.",
        "Fewer than two of them have a run." if few
        else many if len(runs) > state.MAX_RUNS else "",
    )  # fmt: skip


def button(
    place: Any, config: RunConfig | None, runs: Sequence[Run], key: str, label: str,
    help_text: str, why_not: str = "",
) -> None:  # fmt: skip
    """Draw a button that chooses runs and goes to the page that compares them, or says
    ``why_not``."""
    pressed = place.button(
        label, key=key, icon=":material/compare_arrows:", disabled=bool(why_not),
        on_click=state.choose_runs, args=([run.name for run in runs],),
        help=labels.plain(why_not or help_text),
    )  # fmt: skip
    if why_not:
        place.caption(why_not)
    if pressed:
        navigation.go("Runs", config)
