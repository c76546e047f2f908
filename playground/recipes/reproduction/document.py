"""docs/reproduction.md: every reported figure beside ours."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from playground.formats import NOTHING
from playground.recipes import ARTICLES, DEMONSTRATIONS, RECIPES, Recipe, Scale, Series
from playground.recipes.reproduction.findings import Judged, judge
from playground.recipes.reproduction.formatting import format_measured, format_value
from playground.recipes.reproduction.measured import MIN_SEEDS, Measured, agrees, describe_data

_HEAD = """\
# Reported and measured

Written by `python -m playground reproduce`; not edited by hand. Each of our figures is a mean over
seeds, with the lowest and the highest in brackets if there are several. **Full** is the recipe
as the article has it. **Quick** is made to show the same within a minute, mostly on fewer images,
and says nothing about the article's figure: sizes were chosen with seed 0 so that it does show it,
and the other seeds had no part in that. “–” was not run, or not reported. Figures of runs that
multiplied in bfloat16 say so; weights and everything that is measured are float32. Seconds are
those of the quickest run, as other work ran beside most of them.

The articles report one run each. “Differs” is a reported figure that lies outside the 95 %
t-interval of our mean over seeds at full scale, widened by 3 points of accuracy (0.1 of loss);
a single run may lie there by its seed alone, and of twenty figures one does by chance. Nothing is
judged under three seeds, or if the interval is wider than 5 points (0.2 of loss) to either side.
"""
_OF_DEMONSTRATIONS = (
    "Experiments of our own, each under 20 s on two CPU cores: the page Demonstrations shows them. "
    "Nothing was reported of them; what each is to show has to come out on the mean of its seeds."
)
_JUDGEMENTS = {True: "agrees", False: "**differs**", None: "not judged"}


def as_markdown(measured: Mapping[tuple[str, str], Measured]) -> str:
    """Return the whole document, as Markdown."""
    parts = [_HEAD, *_missing(measured)]
    for article in ARTICLES.values():
        parts += _section(
            article.title, f"{article.source} {article.how}", article.series, measured
        )
    parts += _section(
        "Demonstrations", _OF_DEMONSTRATIONS, [one.series for one in DEMONSTRATIONS.values()],
        measured,
    )  # fmt: skip
    return "\n".join(parts)


def _section(
    title: str,
    about: str,
    every: Sequence[Series],
    measured: Mapping[tuple[str, str], Measured],
) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{about}\n"
    for series in every:
        yield f"### {series.title}\n"
        tables = [_table(series, measured)]
        tables += [
            _grid(RECIPES[name], measured[name, scale])
            for name in series.recipes
            for scale in ("full", "quick")
            if RECIPES[name].axes and (name, scale) in measured
        ]
        yield "\n".join(filter(None, tables))
        yield from _notes(series, measured)
    yield from _conditions([name for series in every for name in series.recipes], measured)


def _missing(measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    """Yield what is not measured in full yet, in the order in which ``reproduce`` goes on with
    it."""
    none, few = [], []
    for name in by_priority():
        full = measured.get((name, "full"))
        members = len(RECIPES[name].sweep("full").members())
        keys = {figure.key for figure in RECIPES[name].reported}
        whole = full and len(full.cells) == members
        if full and not whole:
            none.append(f"`{name}` ({len(full.cells)} of {members} networks)")
        elif not full or not all(any(c.has(s, keys) for s in c.seeds) for c in full.cells):
            none.append(f"`{name}`")
        elif full.runs < MIN_SEEDS:
            few.append(f"`{name}` ({full.runs})")
    yield "## What is missing\n"
    yield (
        "`python -m playground reproduce --idle` goes on with it: one seed of everything first, "
        f"then {MIN_SEEDS}. It begins with what comes first here, writes each figure as its run "
        "ends, and trains nothing whose figures are there.\n"
    )
    yield f"- Not in full yet, or not every figure: {', '.join(none) or 'nothing'}."
    yield f"- In full with fewer than {MIN_SEEDS} seeds: {', '.join(few) or 'nothing'}.\n"


def _table(series: Series, measured: Mapping[tuple[str, str], Measured]) -> str:
    rows = [
        "| Recipe | Figure | Reported | Full | Quick | Judged |",
        "|---|---|--:|--:|--:|---|",
    ]
    for name in series.recipes:
        recipe = RECIPES[name]
        if recipe.axes:
            continue
        for figure in recipe.reported:
            cells = [
                format_measured(figure, measured.get((name, scale)))
                if scale in recipe.scales()
                else "as full"
                if recipe.config.data.takes_seconds
                else NOTHING
                for scale in ("full", "quick")
            ]
            full = measured.get((name, "full"))
            same = agrees(figure, full.cells[0].known(figure.key) if full else [])
            judgement = "" if figure.value is None else _JUDGEMENTS[same]
            rows.append(
                f"| `{name}` | {figure.key} | {format_value(figure, figure.value)} "
                f"| {' | '.join(cells)} | {judgement} |"
            )
    return "\n".join(rows) + "\n" if len(rows) > 2 else ""


def _grid(recipe: Recipe, measured: Measured) -> str:
    """Return validation accuracy over the two axes of a grid."""
    down, across = recipe.axes
    found = {cell.values: cell.known("validation accuracy") for cell in measured.cells}
    rows = [
        f"`{measured.recipe}`, {measured.scale}: validation accuracy in %, mean of the seeds that "
        f"did not diverge (n = {measured.runs}); {down.path} down, {across.path} across.\n",
        f"| | {' | '.join(across.values)} |",
        "|--:|" + "--:|" * len(across.values),
    ]
    for value in down.values:
        cells = []
        for other in across.values:
            values = found.get((value, other), [])
            cells.append(f"{100 * sum(values) / len(values):.1f}" if values else NOTHING)
        rows.append(f"| {value} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _notes(series: Series, measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    """Yield what differs, and what is to be known of the figures."""
    both = [dict(_judgements(series, scale, measured)) for scale in ("full", "quick")]
    if series.findings:
        yield "| What it is to show | Full | Quick |\n|---|---|---|"
        for finding in series.findings:
            yield f"| {finding.text} | {' | '.join(one[finding.text] for one in both)} |"
        yield ""
    for name in series.recipes:
        recipe, full = RECIPES[name], measured.get((name, "full"))
        off = [
            figure.key
            for figure in recipe.reported
            if full and agrees(figure, full.cells[0].known(figure.key)) is False
        ]
        if off:
            yield f"`{name}` differs in {', '.join(off)}. {recipe.note or 'Why is not known.'}\n"
        elif recipe.note:
            yield f"`{name}`: {recipe.note}\n"


def _judgements(
    series: Series, scale: Scale, measured: Mapping[tuple[str, str], Measured]
) -> Iterator[tuple[str, str]]:
    for one in judge(series, scale, measured):
        yield one.finding.text, describe_judged(one)


def describe_judged(one: Judged) -> str:
    """Describe whether a finding holds, and of how many seeds that is said."""
    if one.holds is None:
        return NOTHING if one.scale == "quick" and not one.finding.quick else "not measured yet"
    so_far = "" if one.seeds >= MIN_SEEDS else "so far "
    return f"{so_far}{'yes' if one.holds else '**no**'}, n\u00a0=\u00a0{one.seeds}"


def _conditions(
    names: Iterable[str], measured: Mapping[tuple[str, str], Measured]
) -> Iterator[str]:
    columns = (
        "Recipe",
        "Scale",
        "Images (train / validation / test)",
        "Epochs",
        "Seconds, quickest run",
    )
    yield "| " + " | ".join((*columns, "Device", "How", "Versions", "Data", "Day")) + " |"
    yield "|---|---|---|--:|--:|---|---|---|---|---|"
    for name in dict.fromkeys(names):
        for scale in RECIPES[name].scales():
            if one := measured.get((name, scale)):
                images = " / ".join(
                    f"{one.images[s]:,}" if s in one.images else NOTHING
                    for s in ("train", "validation", "test")
                )
                versions = ", ".join(f"{k} {v}" for k, v in one.versions.items())
                yield (
                    f"| `{name}` | {scale} | {images} | {one.epochs:,} | {one.seconds:,.1f} "
                    f"| {'; '.join(one.devices)} | {one.execution_text() or NOTHING} | {versions} "
                    f"| {describe_data(one)} | {one.day} |"
                )
    yield ""


_MEASURED_FIRST = (
    *("cures-base", "cures-batch-norm", "cures-dropout", "cures-early-stopping"),
    *("cures-weight-decay", "size-model-2", "size-model-3", "size-model-4"),
    *("cures-momentum", "cures-sgd", "cures-rmsprop", "size-model-4-long"),
    *("size-grid", "size-grid-scaled", "pyramid", "pyramid-dropout", "pyramid-relu"),
)
"""Those of which most is reported and which take longest; the others follow, article by article."""


def by_priority(names: Iterable[str] = ()) -> list[str]:
    """Return these recipes, once each, those first that matter most; all of the articles' and the
    demonstrations' for none."""
    of_articles = (name for article in ARTICLES.values() for name in article.recipes)
    of_ours = (name for one in DEMONSTRATIONS.values() for name in one.recipes)
    every = dict.fromkeys((*_MEASURED_FIRST, *of_articles, *of_ours))
    wanted = set(names) or set(every)
    return [name for name in every if name in wanted]
