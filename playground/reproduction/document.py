"""docs/reproduction.md: every reported figure beside ours."""

from collections.abc import Iterator, Mapping

from playground.recipes import ARTICLES, RECIPES, Article, Recipe, Reported, Series
from playground.reproduction.measured import USUAL, Measured, agrees, origin
from playground.reproduction.text import shown, told

_HEAD = """\
# Reported and measured

Written by `python -m playground reproduce`; not edited by hand. Each of our figures is a mean over
seeds, with the lowest and the highest in brackets where there are several. **Full** is the recipe
as the article has it; **quick** is the same network on fewer images for fewer epochs, and says
nothing about the article's figure. “–” was not run.

A reported figure is marked ✗ where it lies more than 3 points of accuracy (0.1 nats of loss)
outside the range of our seeds, three or more, at full scale; why, where we know, stands below the
table.
"""


def as_markdown(measured: Mapping[tuple[str, str], Measured]) -> str:
    """The whole document, as Markdown."""
    parts = [_HEAD]
    for article in ARTICLES.values():
        parts += _article(article, measured)
    return "\n".join(parts)


def _article(article: Article, measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    yield f"## {article.title}\n"
    yield f"{article.source} {article.how}\n"
    for series in article.series:
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
    yield from _conditions(article, measured)


def _table(series: Series, measured: Mapping[tuple[str, str], Measured]) -> str:
    rows = ["| Recipe | Figure | Reported | Full | Quick |", "|---|---|--:|--:|--:|"]
    for name in series.recipes:
        recipe = RECIPES[name]
        if recipe.axes:
            continue
        for figure in recipe.reported or USUAL:
            cells = [
                _measured(figure, measured.get((name, scale)))
                if scale in recipe.scales()
                else "as full"
                for scale in ("full", "quick")
            ]
            full = measured.get((name, "full"))
            off = full and agrees(figure, full.cells[0].known(figure.key)) is False
            reported = shown(figure, figure.value) if recipe.reported else "–"
            reported += " ✗" if off else ""
            rows.append(f"| `{name}` | {figure.key} | {reported} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n" if len(rows) > 2 else ""


def _measured(figure: Reported, measured: Measured | None) -> str:
    if measured is None:
        return "–"
    cell = measured.cells[0]
    return told(figure, cell.known(figure.key), cell.lost(figure.key))


def _grid(recipe: Recipe, measured: Measured) -> str:
    """Validation accuracy over the two axes of a family."""
    down, across = recipe.axes
    found = {cell.values: cell.known("validation accuracy") for cell in measured.cells}
    rows = [
        f"`{measured.recipe}`, {measured.scale}: validation accuracy in %, mean of the seeds that "
        f"did not diverge (of {measured.runs}); {down.path} down, {across.path} across.\n",
        f"| | {' | '.join(across.values)} |",
        "|--:|" + "--:|" * len(across.values),
    ]
    for value in down.values:
        cells = []
        for other in across.values:
            values = found.get((value, other), [])
            cells.append(f"{100 * sum(values) / len(values):.1f}" if values else "–")
        rows.append(f"| {value} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _notes(series: Series, measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    """What differs, and what is to be known of the figures."""
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


def _conditions(article: Article, measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    columns = ("Recipe", "Scale", "Images (train / validation / test)", "Epochs", "Seconds a run")
    yield "| " + " | ".join((*columns, "Device", "Versions", "Data", "Day")) + " |"
    yield "|---|---|---|--:|--:|---|---|---|---|"
    for name in article.recipes:
        for scale in RECIPES[name].scales():
            if one := measured.get((name, scale)):
                images = " / ".join(
                    f"{one.images[s]:,}" if s in one.images else "–"
                    for s in ("train", "validation", "test")
                )
                versions = ", ".join(f"{k} {v}" for k, v in one.versions.items())
                yield (
                    f"| `{name}` | {scale} | {images} | {one.epochs:,} | {one.seconds:,.1f} "
                    f"| {'; '.join(one.devices)} | {versions} | {origin(one)} | {one.day} |"
                )
    yield ""
