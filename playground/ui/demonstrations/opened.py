"""One demonstration: its question, what to watch, its buttons, and after the guess what came
out."""

import streamlit as st

from playground import charts, formats
from playground.analysis import conclusions, evaluation, labels
from playground.recipes import DEMONSTRATIONS, Demonstration, Reported
from playground.recipes.demonstrations import called
from playground.recipes.reproduction import CURVE_PAIRS, Measured, format_mean
from playground.ui.articles import tables
from playground.ui.articles.evidence import Evidence
from playground.ui.demonstrations import actions
from playground.ui.frame import Frame

_HEADS = {
    "train accuracy": "Training right",
    "validation accuracy": "Validation right",
    "test accuracy": "Test right",
    "validation loss": "Validation loss at the end",
    "best validation loss": "Its lowest",
    "epochs": "Epochs",
}
"""What a figure's column is called, by Reported.key."""
_DRAWN = {
    "validation accuracy": "Validation accuracy",
    "train accuracy as it trained": "Training accuracy",
}
_LINES = ("Training, as it trained", "Validation")


def show(page: Frame, name: str) -> None:
    """Draw a demonstration."""
    one = DEMONSTRATIONS[name]
    st.subheader(one.title)
    st.markdown(f"**{one.guess.question}**")
    answer = st.radio(
        "Your guess", one.guess.choices, index=None, key=f"demonstrations.guess.{name}",
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if answer:
        _judge(one, answer)
    st.markdown(f":material/visibility: **What to watch.** {one.watch}")
    row = st.container(horizontal=True, gap="small")
    actions.train_button(page, row, name)
    actions.side_by_side_button(page, row, name)
    actions.lesson_button(page, row, name)
    if answer:
        _show_outcome(one, Evidence(page.engine, "full"))
    else:
        st.caption("Guess, and what came out of our runs is shown here.")


def _judge(one: Demonstration, answer: str) -> None:
    if answer == one.guess.right:
        st.success("That is right.", icon=":material/check_circle:")
    else:
        st.info(f"Not so. What comes out: **{one.guess.right}**.", icon=":material/lightbulb:")


def _show_outcome(one: Demonstration, evidence: Evidence) -> None:
    if evidence.problem:
        st.warning(labels.plain(evidence.problem), icon=":material/warning:")
    known = {
        called(recipe): measured
        for name, recipe in one.recipes.items()
        if (measured := evidence.measured(name, "full"))
    }
    if len(known) < len(one.recipes):
        st.info("It was not measured yet. Train it, and see.", icon=":material/hourglass_empty:")
        return
    runs = min(measured.runs for measured in known.values())
    st.markdown(f"**What came out** (mean of n\u00a0=\u00a0{runs} seeds, lowest and highest)")
    _table(one, known)
    _curves(one, known)
    for judged in evidence.judged(one.series, "full"):
        icon = ":green[:material/check:]" if judged.holds else ":orange[:material/close:]"
        st.markdown(f"{icon} {judged.finding.text}")
    if one.seeds > 1:
        claim = verdict(list(known.values()))
        st.markdown(f"{claim.told} {claim.why}")
    st.markdown(f"**Why.** {one.why}")
    with st.expander("How it was measured", type="compact"):
        for line in evidence.conditions(list(one.recipes)):
            st.caption(line)


def _table(one: Demonstration, known: dict[str, Measured]) -> None:
    """Draw a row for each setting, and a column for each figure."""
    figures = next(iter(one.recipes.values())).reported
    shown = [figure for figure in figures if figure.key != "test accuracy" or one.seeds > 1]
    table = {"": list(known)} if len(known) > 1 else {}
    for figure in shown:
        table[_HEADS[figure.key]] = [_mean(figure, measured) for measured in known.values()]
    tables.draw(table)


def _mean(figure: Reported, measured: Measured) -> str:
    cell = measured.cells[0]
    images = measured.images.get(figure.split, 0)
    return format_mean(figure, cell.known(figure.key), cell.lost(figure.key), False, images)


def verdict(sides: list[Measured]) -> conclusions.Claim:
    """Tell whether the test accuracies of two settings differ by more than what seeds do."""
    a, b = (
        evaluation.spread(side.cells[0].known("test accuracy"), side.images["test"])
        for side in sides
    )
    return conclusions.of_means(a, b, "test", ("the first", "the second"))


def _curves(one: Demonstration, known: dict[str, Measured]) -> None:
    """Draw training and validation of one setting, or one curve of each of several."""
    if len(known) == 1:
        (measured,) = known.values()
        for place, quantity in zip(st.columns(2), ("accuracy", "loss"), strict=True):
            keys = zip(_LINES, CURVE_PAIRS[quantity], strict=True)
            lines = {line: measured.curves[key] for line, key in keys if key in measured.curves}
            with place:
                _draw(lines, quantity, f"{quantity.capitalize()} by epoch of {one.title}", one)
        return
    lines = {
        name: measured.curves[one.drawn]
        for name, measured in known.items()
        if one.drawn in measured.curves
    }
    said = f"{_DRAWN[one.drawn]} by epoch"
    st.caption(f"{said}, the run with seed 0 of each:")
    _draw(lines, "accuracy", f"{said} of {one.title}", one)


def _draw(
    lines: dict[str, tuple[float, ...]], quantity: str, title: str, one: Demonstration
) -> None:
    if not lines:
        return
    shown = formats.share if quantity == "accuracy" else formats.loss
    ends = (f"{name} from {shown(all_[0])} to {shown(all_[-1])}" for name, all_ in lines.items())
    st.vega_lite_chart(
        charts.training_data(lines),
        charts.training_spec(quantity, tuple(lines), max(map(len, lines.values()))),
        key=f"demonstrations.{quantity}.{one.title}", alt=f"{title}: {'; '.join(ends)}.",
    )  # fmt: skip
