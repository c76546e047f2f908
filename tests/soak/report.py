"""What a soak and the kills came to, as a table."""

import statistics
from collections.abc import Mapping, Sequence
from typing import TypedDict

from tests.soak.kills import Killed
from tests.soak.load import Loaded
from tests.soak.people import PAUSE


class Row(TypedDict):
    """A figure; ``holds`` is whether it reaches its target, None where it has none."""

    what: str
    value: str
    target: str
    holds: bool | None


def of_load(found: Loaded) -> list[Row]:
    """The rows of the visitors' minutes."""
    tally = found.tally
    early, late = found.growth
    growth = (late / early - 1) * 100
    drawn = [seconds * 1e3 for seconds in tally.drawn]
    answers = [seconds * 1e3 for seconds in tally.answers]
    p95, wrong = _p95(answers), tally.errors + found.problems
    pace = f"each acts every {PAUSE[0]:g} to {PAUSE[1]:g} s, evenly spread"
    size = f"{late:.0f} MB ({growth:+.1f} %)"
    return [
        _row("minutes", f"{found.seconds / 60:g}"),
        _row("sessions", f"{found.people} by websocket, {found.pages} in Chromium; {pace}"),
        _row("actions", _counts(tally.actions)),
        _row(f"whole page, median (n = {len(answers)})", _ms(answers)),
        _row("whole page, p95", f"{p95:.0f} ms", "≤ 500 ms", p95 <= 500),
        _row(f"whole page in Chromium, median (n = {len(drawn)})", _ms(drawn)),
        _row("whole page in Chromium, p95", f"{_p95(drawn):.0f} ms" if drawn else "–"),
        _row("stored runs at the end", _counts(found.ended)),
        _row("finished runs that pages showed", str(len({one.run for one in tally.reported}))),
        _row("how often they were read there", _counts(tally.readings)),
        _row("of these lost, or with other figures", str(len(found.lost)), "0", not found.lost),
        _row("errors on pages, and other failures", str(len(wrong)), "0", not wrong),
        _row("the app's RSS after the first minute", f"{early:.0f} MB"),
        _row("the app's RSS at the end", size, "≤ +10 %", growth <= 10),
    ]


def of_kills(found: Killed) -> list[Row]:
    """The rows of ``kill -9``."""
    wrong = len(found.problems)
    return [
        _row("`kill -9`", _counts(found.kills)),
        _row("runs asked for around them", str(found.asked)),
        _row("what became of them", _counts(found.ended)),
        _row("lost, changed, left on or without a word", str(wrong), "0", not wrong),
        _row("until all had ended, after the worst kill", f"{found.slowest:.0f} s"),
    ]


def of_fuzzing(inputs: int | None) -> list[Row]:
    """The row of tests/test_fuzz_*.py, which are run by themselves."""
    holds = None if inputs is None else inputs >= 10_000
    told = "see tests/test_fuzz_*.py" if inputs is None else f"{inputs:,} without an error"
    return [_row("random inputs", told, "≥ 10,000", holds)]


def markdown(rows: Sequence[Row]) -> str:
    """The table."""
    lines = ["| what | value | target | |", "| --- | --- | --- | --- |"]
    words = {None: "", True: "holds", False: "**short**"}
    for row in rows:
        cells = (row["what"], row["value"], row["target"], words[row["holds"]])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _row(what: str, value: str, target: str = "", holds: bool | None = None) -> Row:
    return Row(what=what, value=value, target=target, holds=holds)


def _counts(counted: Mapping[str, int]) -> str:
    each = ", ".join(f"{name} {number:,}" for name, number in sorted(counted.items()))
    return f"{sum(counted.values()):,} ({each})"


def _ms(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ms" if values else "–"


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else 0.0
