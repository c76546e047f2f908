"""What the articles' series are to show, held against what was measured."""

import pytest

from playground.recipes import ARTICLES, RECIPES, reproduction
from playground.recipes.reproduction import Measured, MeasuredConfig, judge


@pytest.mark.parametrize("article", ARTICLES)
def test_every_quick_series_shows_what_it_is_to_show(article):
    """On the figures that come with the playground: three seeds or more, within a minute each."""
    known = reproduction.read()
    for series in ARTICLES[article].series:
        quick = [name for name in series.recipes if RECIPES[name].quick]
        if not quick:
            continue
        for one in judge(series, "quick", known):
            if not one.finding.quick:
                continue
            assert one.holds is True, one.finding.text
            assert one.seeds >= 3
        for name in quick:
            assert known[name, "quick"].seconds < 60, name


def test_only_two_findings_are_for_full_runs_alone():
    """Nothing short shows anything of the grid on raw pixels; and with batch norm the gap is as
    wide as without, or wider, which the page says of the full runs."""
    every = [
        one for article in ARTICLES.values() for series in article.series for one in series.findings
    ]
    assert {one.text for one in every if not one.quick} == {
        "Model 1: every size of two layers: the accuracy rises with both sizes.",
        "Batch norm leaves a narrower gap between training and test accuracy.",
    }


def test_a_finding_is_judged_by_means_over_seeds_and_over_a_familys_members():
    grid = RECIPES["size-grid-scaled"]
    cells = tuple(
        MeasuredConfig(
            values=member.values,
            family=member.config.family,
            figures={"validation accuracy": {0: int(member.values[0]) / 20, 1: None}},
        )
        for member in grid.sweep("quick").members()
    )
    measured = known_of("size-grid-scaled", "quick", cells)
    assert len(measured.cells) == 80
    series = ARTICLES["size"].series[0]
    key = ("size-grid-scaled", "quick")
    raw, scaled = judge(series, "quick", {key: measured})
    assert raw.holds is None, "nothing is known of it"
    assert scaled.holds is False and scaled.seeds == 1, "it rises with one size only"
    part = measured.model_copy(update={"cells": measured.cells[:-1]})
    _, scaled = judge(series, "quick", {key: part})
    assert scaled.holds is None, "a part of a family does not stand for it"


def known_of(name: str, scale: str, cells: tuple[MeasuredConfig, ...]) -> Measured:
    return Measured(
        recipe=name, scale=scale, cells=cells, images={}, epochs=1, seconds=1.0,
        devices=("cpu",), versions={}, data="0" * 64, day="2026-01-01",
    )  # fmt: skip
