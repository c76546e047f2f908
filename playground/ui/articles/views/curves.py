"""Figures of recipes by epoch: curves, the article's question on the limit, its table of losses."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from playground import charts, formats
from playground.formats import NOTHING
from playground.recipes import RECIPES, Scale, Series
from playground.recipes.reproduction import CURVE_PAIRS, Curves, curves_of, losses_after, rise
from playground.store import RunStore, StoreError
from playground.ui import inputs
from playground.ui.articles.evidence import Evidence
from playground.ui.frame import Frame


@dataclass(frozen=True)
class KnownCurves:
    """Curves by Reported.key, and in words where they are from."""

    curves: Curves
    scale: Scale
    source: str


def known_curves(name: str, evidence: Evidence) -> KnownCurves | None:
    """Find the measured curves of the recipe in full; else those of the last finished run here;
    else the measured ones of its quick form. None if there are none yet."""
    recipe = RECIPES[name]
    if (full := evidence.measured(name, "full")) and any(full.curves.values()):
        return KnownCurves(full.curves, "full", "measured, full, one seed")
    for run in sorted(evidence.runs(recipe), key=lambda run: -(run.ended or 0)):
        if run.status != "finished":
            continue
        try:
            found = _stored(run.name, run.ended, evidence.engine.store)
        except StoreError:
            continue
        if any(found.values()):
            seed = run.config.run.seed
            scale = evidence.scale_of(recipe)
            return KnownCurves(found, scale, f"here, {scale}, seed {seed}")
    if (quick := evidence.measured(name, "quick")) and any(quick.curves.values()):
        return KnownCurves(quick.curves, "quick", "measured, quick, one seed")
    return None


@st.cache_data(max_entries=16, show_spinner=False)
def _stored(name: str, ended: float | None, _store: RunStore) -> Curves:
    """Read the curves of a run, kept by the run alone: the store is no key, so a closed one is not
    held."""
    return curves_of(_store.epochs(name))


TRAINING = "Training, as it trained"


def watched(name: str) -> str:
    """Name the images of a recipe's curve beside that of training."""
    return "Test" if RECIPES[name].config.data.validation == "test" else "Validation"


def lines_of(name: str, curves: Curves, quantity: str) -> dict[str, tuple[float, ...]]:
    """Collect the lines of a recipe that there are: training, and what it watches."""
    return {
        line: tuple(curves[key])
        for line, key in zip((TRAINING, watched(name)), CURVE_PAIRS[quantity], strict=True)
        if curves.get(key)
    }


def draw_lines(
    lines: Mapping[str, tuple[float, ...]],
    quantity: str,
    key: str,
    title: str,
    span: tuple[float, float] | None = None,
    mark: int | None = None,
) -> None:
    """Draw one chart of lines by epoch: accuracies (0 to 1) or losses."""
    epochs = max(map(len, lines.values()))
    shown = formats.share if quantity == "accuracy" else formats.loss
    st.vega_lite_chart(
        charts.training_data(lines),
        charts.training_spec(quantity, tuple(lines), epochs, span, mark),
        key=f"{key}.{quantity}",
        alt=f"{quantity.capitalize()} by epoch of {title}, {epochs:,} epochs: "
        + "; ".join(
            f"{line} from {shown(values[0])} to {shown(values[-1])}"
            for line, values in lines.items()
        )
        + ".",
    )


_QUANTITIES = {"Accuracy": "accuracy", "Loss": "loss"}
_OPEN = 2
"""Charts up to which they are not folded away: the tables come after them."""


def show_curves(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the charts side by side on one scale, and say which recipes have no curves yet."""
    elsewhere = {LONG} if "limit" in series.views else set()
    found = {name: known_curves(name, evidence) for name in series.recipes if name not in elsewhere}
    drawn = {name: one for name, one in found.items() if one}
    with st.expander("Epoch by epoch", expanded=len(drawn) <= _OPEN, type="compact"):
        if drawn:
            _charts(series, drawn)
        if missing := [RECIPES[name].title for name in found if name not in drawn]:
            st.caption(
                f"No curves yet of: {'; '.join(missing)}. **Run** trains one here, and its curves "
                "are drawn when it has ended."
            )


def _charts(series: Series, drawn: Mapping[str, KnownCurves]) -> None:
    first = "Loss" if "losses" in series.views else "Accuracy"
    key = f"articles.curves.{series.title}"
    chosen = inputs.one_of(st, "Curves of", list(_QUANTITIES), key, first)
    quantity = _QUANTITIES[chosen]
    found = ((name, lines_of(name, one.curves, quantity)) for name, one in drawn.items())
    parts = {name: lines for name, lines in found if lines}
    if not parts:
        st.caption(f"There are no curves of {chosen.lower()} yet.")
        return
    several, places = len(parts) > 1, []
    span = _span(parts) if several else None
    for index, (name, lines) in enumerate(parts.items()):
        if index % 2 == 0:  # two in a row, and in their order on a telephone
            places = st.columns(2) if several else [st.container()]
        with places[index % 2]:
            st.caption(f"{RECIPES[name].title}: {drawn[name].source}")
            draw_lines(lines, quantity, f"articles.curves.{name}", RECIPES[name].title, span)


def _span(parts: Mapping[str, Mapping[str, tuple[float, ...]]]) -> tuple[float, float]:
    """Return the lowest and the highest value of all charts."""
    values = [value for lines in parts.values() for line in lines.values() for value in line]
    return min(values), max(values)


SHORT, LONG = "size-model-4", "size-model-4-long"
_SLOPE_EPOCHS = 5
"""Epochs over which it is told how steep the curve still was."""


def show_limit(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the curves of the long run with a line where the short one ends; until there are any,
    say how to get them."""
    short = RECIPES[SHORT].config.run.epochs
    st.markdown("**The network's limit, or too little training?**")
    reported = [_validation(name) for name in (SHORT, LONG)]
    st.markdown(
        f"After {short} epochs the article's Model 4 stands at {reported[0]} of the validation "
        "images and its curve rises more gently. Only more epochs can tell whether that is as far "
        f"as it goes: after {RECIPES[LONG].config.run.epochs} it stands at {reported[1]}."
    )
    for name in (LONG, SHORT):
        found = known_curves(name, evidence)
        if found and (lines := lines_of(name, found.curves, "accuracy")):
            break
    else:
        st.info(
            "There are no curves of Model 4 yet: press Run on its card below.",
            icon=":material/show_chart:",
        )
        return
    length = max(map(len, lines.values()))
    short = RECIPES[SHORT].at(found.scale).run.epochs
    mark = short if length > short else None
    st.caption(
        f"{RECIPES[name].title}: {found.source}"
        + (f"; the dashed line is epoch {short}." if mark else ".")
    )
    draw_lines(lines, "accuracy", "articles.limit", RECIPES[name].title, mark=mark)
    validation = lines.get(watched(name))
    if validation and mark:
        slope = rise(validation, short - _SLOPE_EPOCHS, short) / _SLOPE_EPOCHS
        rest = rise(validation, short, length)
        st.markdown(
            f"Ours: validation rose by {_points(slope)} points an epoch over the {_SLOPE_EPOCHS} "
            f"epochs before the line, and by {_points(rest)} points in all after it."
        )


def _points(share: float) -> str:
    return formats.minus(f"{100 * share:.1f}")


def _validation(name: str) -> str:
    (figure,) = [one for one in RECIPES[name].reported if one.key == "validation accuracy"]
    return formats.share(figure.value or 0)


EVERY = 100


def show_losses(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the table of the first recipe of the series, from what was measured or a run here."""
    name = series.recipes[0]
    st.markdown(f"**Both losses every {EVERY} epochs**")
    found = known_curves(name, evidence)
    if found is None:
        st.info(
            f"There is no run of “{RECIPES[name].title}” here yet: press Run on its card, and the "
            "table is drawn when it has ended.",
            icon=":material/table_rows:",
        )
        return
    rows = losses_after(found.curves, EVERY)
    st.table(
        {
            "Epoch": [f"{steps:,}" for steps, _, _ in rows],
            "Training loss": [_loss(train) for _, train, _ in rows],
            "Test loss": [_loss(test) for _, _, test in rows],
        },
        border="horizontal",
        hide_index=True,
    )
    st.caption(
        f"The loss is the cross-entropy; {found.source}. Counted as the article counts: its epoch "
        "0 is before the first step, and each line is after as many steps. That is the training "
        "loss of our epoch one later (taken in the pass, before its step) and the test loss of our "
        "epoch of that number (taken after it); the test loss before the first step is not "
        "measured."
    )


def _loss(loss: float | None) -> str:
    return NOTHING if loss is None else formats.loss(loss)
