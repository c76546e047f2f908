"""The Articles page: its recipes, reported beside measured, Try and Run."""

import json

import pytest

from playground.recipes import ARTICLES, RECIPES, reproduction
from playground.recipes.reproduction import MEASURED, Measured, MeasuredConfig
from playground.results import Execution
from playground.ui.articles import evidence as evidence
from tests import pages, stored_runs

ARTICLES_PAGE = "pages/6_Articles.py"


def opened(engine, article: str, scale: str = "Quick"):
    at = pages.open_page(page=ARTICLES_PAGE)
    at = pages.change(at, "articles.article", article)
    if any(getattr(w, "key", None) == "articles.scale" for w in at):
        at = pages.change(at, "articles.scale", scale)
    return at


def tables(at) -> list[list[list[str]]]:
    """Every table of the page: its head and its rows, as cells without Markdown's stars."""
    return [
        [
            list(table.value.columns),
            *([cell.strip("*") for cell in row] for row in table.value.values),
        ]
        for table in at.main.table
    ]


@pytest.fixture
def nothing_measured(monkeypatch):
    monkeypatch.setattr(evidence, "_read", lambda changed: {})


@pytest.mark.parametrize("article", ARTICLES)
def test_every_article_shows_all_that_it_reported(engine, article):
    at = opened(engine, article)
    assert [h.value for h in at.subheader] == [ARTICLES[article].title]
    shown = ""
    for series in ARTICLES[article].series:
        if len(ARTICLES[article].series) > 1:
            at = pages.change(at, f"articles.series.{article}", series.title)
        shown = json.dumps(tables(at), ensure_ascii=False)
        for name in series.recipes:
            for figure in () if RECIPES[name].axes else RECIPES[name].reported:
                if figure.value is not None:
                    assert f'"{reproduction.format_value(figure, figure.value)}' in shown


@pytest.mark.parametrize("article", ARTICLES)
def test_try_on_an_articles_first_recipe_fills_the_sidebar_with_it(engine, article):
    at = opened(engine, article)
    name = ARTICLES[article].recipes[0]
    series = ARTICLES[article].series[0]
    key = "articles.try" if series.axis else f"articles.try.{name}"
    if series.axis:
        at = pages.change(at, f"articles.value.{series.axis.path}.{'.'.join(series.axis.values)}",
                          series.axis.values[0])  # fmt: skip
    pages.widget(at, key).click()
    pages.run(at)
    assert pages.config_of(at) == (RECIPES[name].quick or RECIPES[name].config)


def test_full_is_tried_where_full_is_chosen(engine):
    at = opened(engine, "tutorial", "Full")
    pages.widget(at, "articles.try.tutorial-wider").click()
    pages.run(at)
    assert pages.config_of(at) == RECIPES["tutorial-wider"].config


def test_run_asks_for_the_next_seed_and_what_ends_stands_beside(engine, nothing_measured):
    at = pages.change(opened(engine, "digits"), "articles.series.digits", "Learning rate")
    pages.widget(at, "articles.run.digits-rate-0.001").click()
    pages.run(at)
    first = RECIPES["digits-rate-0.001"].config
    assert [run.name for run in engine.store.all()] == [first.name]
    assert pages.widget(at, "articles.run.digits-rate-0.001").disabled, "it is on"
    engine.stop(first.name)
    parts = stored_runs.finished(engine.store, first, engine.data)
    accuracy = 1 - parts["test"].wrong.mean()
    at = pages.run(at)
    here = (
        f"{accuracy:.1%}, n = 1".replace("%", " %").replace(" ", "\u00a0").replace(",\u00a0", ", ")
    )
    assert tables(at)[0][0] == ["Learning rate", "Reported", "Here"], "nothing was measured"
    assert tables(at)[0][1] == ["0.001", "86.5\u00a0%", here]
    pages.widget(at, "articles.run.digits-rate-0.001").click()
    pages.run(at)
    assert engine.store.get(first.with_seed(1).name).status == "queued"


def test_run_all_starts_the_sweep_of_the_table_and_shows_it(engine):
    at = pages.change(opened(engine, "digits"), "articles.series.digits", "Learning rate")
    pages.widget(at, "articles.sweep").click()
    pages.run(at)
    (study,) = engine.sweeps.all()
    sweep = engine.sweeps.by_prefix(study.name)
    assert sweep.axes == (ARTICLES["digits"].series[1].axis,)
    assert sweep.seeds == (0, 1, 2, 3, 4) and len(engine.store.all()) == 25
    assert at.query_params["study"] == study.name[:16]


def test_without_cifar10_run_says_what_to_do(engine):
    at = opened(engine, "tutorial")
    pages.widget(at, "articles.run.tutorial").click()
    pages.run(at)
    assert any("CIFAR10 is not here yet" in text for text in pages.texts(at.main.error))
    assert pages.widget(at, "articles.download")


def measured(name: str, scale: str, n: int = 1, **figures: float) -> Measured:
    cell = MeasuredConfig(
        family=RECIPES[name].at(scale).family,
        figures={
            key.replace("_", " "): dict.fromkeys(range(n), value) for key, value in figures.items()
        },
    )
    return Measured(
        recipe=name, scale=scale, cells=(cell,), images={}, epochs=1,
        seconds=1.0, devices=("a device",), versions={"torch": "9"}, data="0" * 64,
        day="2026-01-01",
    )  # fmt: skip


def test_a_full_figure_far_from_the_reported_is_called_different_and_a_quick_one_never(
    engine, monkeypatch
):
    known = {
        ("tutorial", "quick"): measured("tutorial", "quick", test_accuracy=0.2),
        ("tutorial-deeper", "full"): measured("tutorial-deeper", "full", 3, test_accuracy=0.55),
        ("tutorial-wider", "full"): measured("tutorial-wider", "full", test_accuracy=0.57),
    }
    monkeypatch.setattr(evidence, "_read", lambda changed: known)
    at = opened(engine, "tutorial")
    off = [text for text in pages.texts(at.main.markdown) if "Differs" in text]
    (only,) = off
    assert "reported 49.0\u00a0%, ours 55.0\u00a0%, n\u00a0=\u00a03." in only
    head, accuracy, *_ = tables(at)[1]
    # No column that holds nothing.
    assert head == ["", "Reported", "Measured, quick, n\u00a0=\u00a01"]
    assert accuracy[1:] == ["54.0\u00a0%", "20.0\u00a0%"]
    told = "Quick is on all images; 16 a step, for 3 epochs, learning rate 0.004."
    assert any(told in text for text in pages.texts(at.main.caption))


def test_cures_are_set_side_by_side_by_the_last_batch_as_the_article_has_it(engine, monkeypatch):
    last = {"train accuracy of the last batch": 0.5, "test accuracy": 0.25}
    known = measured("cures-dropout", "quick", **last)
    monkeypatch.setattr(evidence, "_read", lambda changed: {("cures-dropout", "quick"): known})
    found = tables(opened(engine, "cures"))
    title = "Train accuracy of the last batch → test accuracy"
    ((head, base, dropout, *_),) = [one for one in found if one[0][0] == title]
    assert head[1] == "Reported"
    assert base[:2] == ["The base network", "79.7\u00a0% → 70.2\u00a0%"]
    assert dropout[1:] == ["75.0\u00a0% → 73.6\u00a0%", "50.0\u00a0% → 25.0\u00a0%"]
    assert base[2] == "–"


def test_no_network_of_the_grid_stands_for_all_eighty(engine):
    at = opened(engine, "size")
    first = [row[0] for table in tables(at) for row in table]
    assert not {RECIPES[name].title for name in ("size-grid", "size-grid-scaled")} & {*first}
    assert "It has no quick form" in " ".join(pages.texts(at.main.caption))


def test_what_a_series_shows_stands_beside_whether_our_figures_do(engine, monkeypatch):
    figures = {
        (name, "quick"): measured(name, "quick", 3, test_accuracy=accuracy)
        for name, accuracy in (
            ("tutorial", 0.5),
            ("tutorial-deeper", 0.45),
            ("tutorial-wider", 0.4),
        )
    }
    monkeypatch.setattr(evidence, "_read", lambda changed: figures)
    head, *rows = tables(opened(engine, "tutorial"))[0]
    assert head == ["What it shows", "Ours, full", "Ours, quick"]
    assert [row[2] for row in rows] == ["yes, n\u00a0=\u00a03", "no**, n\u00a0=\u00a03"]
    assert [row[1] for row in rows] == ["not measured yet"] * 2


def test_a_figure_trained_in_bfloat16_says_so(engine, monkeypatch):
    known = measured("tutorial", "full", 3, test_accuracy=0.55)
    known = known.model_copy(update={"executions": (Execution(2, "bfloat16"),)})
    monkeypatch.setattr(evidence, "_read", lambda changed: {("tutorial", "full"): known})
    at = opened(engine, "tutorial")
    head, row = tables(at)[1]
    assert head == ["", "Reported", "Measured, full, n\u00a0=\u00a03, bfloat16"]
    assert row == ["Test accuracy", "54.0\u00a0%", "55.0\u00a0%"]
    assert any("a device, in bfloat16;" in text for text in pages.texts(at.main.caption))


def test_an_article_leads_to_what_it_explains(engine):
    from playground.ui.ideas import _IDEAS

    for article in ARTICLES.values():
        assert article.ideas and {*article.ideas} <= {*_IDEAS}
    at = opened(engine, "digits")
    pages.widget(at, "articles.idea.From scores to accuracy").click()
    pages.run(at)
    assert at.query_params["idea"] == "From scores to accuracy"


def test_the_link_carries_the_article_and_its_series(engine):
    at = opened(engine, "digits")
    at = pages.change(at, "articles.series.digits", "Depth")
    assert at.query_params["article"] == "digits" and at.query_params["series"] == "Depth"
    again = pages.open_page({"article": "digits", "series": "Depth"}, page=ARTICLES_PAGE)
    assert [h.value for h in again.subheader] == [ARTICLES["digits"].title]
    assert tables(again)[0][1][0] == "16"
    odd = pages.open_page({"article": "<b>", "series": "nonsense"}, page=ARTICLES_PAGE)
    assert [h.value for h in odd.subheader] == [ARTICLES["tutorial"].title]


def test_a_recipe_in_the_sidebar_is_named_on_the_train_page(engine):
    at = pages.open_page(RECIPES["pyramid"].quick.with_seed(3))
    assert pages.at_foot(at) == [] or "recipe “The pyramid, quick”, seed 3" in pages.at_foot(at)[0]
    at = pages.open_page()
    assert not any("ecipe" in text for text in (*pages.at_foot(at), *pages.texts(at.caption)))


def test_figures_that_cannot_be_read_are_told_and_the_page_stands(engine, monkeypatch, tmp_path):
    broken = tmp_path / "measured.json"
    broken.write_text("{")
    monkeypatch.setattr(reproduction, "MEASURED", broken)
    monkeypatch.setattr(evidence, "_read", lambda changed: reproduction.read(broken))
    at = opened(engine, "digits")
    (warning,) = pages.texts(at.warning)
    assert "measured.json cannot be read" in warning and tables(at)


def test_the_figures_that_come_with_the_playground_are_those_of_its_recipes():
    rows = [Measured.model_validate(row) for row in json.loads(MEASURED.read_text())]
    assert {(row.recipe, row.scale) for row in rows} == set(reproduction.read())
    for row in rows:
        assert row.devices and row.versions["torch"] and row.day >= "2026-11-25"
        for cell in row.cells:
            assert all({*values} <= {*cell.seeds} for values in cell.figures.values())
