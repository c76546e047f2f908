"""The page of the articles: what each claimed, its recipes, reported beside measured."""

import streamlit as st

from playground.analysis import labels
from playground.data import datasets
from playground.recipes import ARTICLES, RECIPES, Article, Scale, Series
from playground.ui import inputs, navigation, sidebar, state
from playground.ui.articles import cards, tables, views
from playground.ui.articles.evidence import Evidence
from playground.ui.errors import show_kept_error
from playground.ui.frame import Frame

_SHORT = {
    "tutorial": "Tutorial",
    "size": "Sizes",
    "pyramid": "Pyramid",
    "digits": "Digits",
    "cures": "Cures",
}
_SCALES: dict[str, Scale] = {"Quick": "quick", "Full": "full"}


def show(page: Frame) -> None:
    """Choose an article, and one of its series; press Try or Run."""
    st.markdown(
        "Five articles improve a network step by step, and all of their experiments run here. "
        "**Try** puts the settings of one into the sidebar, **Run** trains it, and what comes out "
        "stands beside what was reported."
    )
    state.set_from_link("articles.article", state.view_among("article", list(ARTICLES)))
    key = inputs.one_of(
        st, "Article", list(ARTICLES), "articles.article", format_func=_SHORT.__getitem__,
        label_visibility="visible",
    )  # fmt: skip
    article = ARTICLES[key]
    state.set_view("article", key)
    st.subheader(article.title)
    st.markdown(article.claim)
    st.caption(article.source)
    with st.expander("How our recipes follow it", type="compact"):
        st.markdown(article.how)
    _idea_buttons(page, article)
    series = _series(key, article)
    state.set_view("series", series.title)
    state.write_link(page.sidebar.config)
    scale = _scale(article, series)
    show_kept_error()
    evidence = Evidence(page.engine, scale)
    if evidence.problem:
        st.warning(labels.plain(evidence.problem), icon=":material/warning:")
    missing = [
        data
        for data in (RECIPES[name].config.data for name in series.recipes)
        if not datasets.ready(data.name, page.engine.data)
    ]
    if missing:
        st.info(
            f"These recipes need {missing[0].short}, which is not here yet.",
            icon=":material/download:",
        )
        with st.container(width=320):
            sidebar.download_button(page.engine, missing[0].name, "articles.download")
    st.markdown(f"**{series.title}.** {series.text}")
    tables.findings_table(series, evidence)
    views.show(page, series, evidence)
    if series.axis:
        tables.series_table(page, series, series.axis, evidence)
    else:
        tables.overview_table(series, evidence)
        for name in series.recipes:
            cards.show(page, name, evidence)
    _legend(series, evidence)


def _series(key: str, article: Article) -> Series:
    """Draw the choice of the article's experiments; gives the chosen one."""
    titles = [series.title for series in article.series]
    if len(titles) == 1:
        return article.series[0]
    place = f"articles.series.{key}"
    state.set_from_link(place, state.view_among("series", titles))
    title = inputs.one_of(st, "Experiment", titles, place, label_visibility="visible")
    return next(series for series in article.series if series.title == title)


def _scale(article: Article, series: Series) -> Scale:
    """Draw the choice of what Try and Run take: the recipe as reported, or its quick form."""
    if not any(RECIPES[name].quick for name in series.recipes):
        return "full"
    place = st.container(gap="xsmall")
    chosen = inputs.one_of(
        place, "Try and Run take", list(_SCALES), "articles.scale", "Quick",
        label_visibility="visible",
    )  # fmt: skip
    place.caption(
        "Made to show the same within a minute a run on two CPU cores, mostly on fewer images "
        "(each card says how), not to reach the article's figures."
        if chosen == "Quick"
        else "As reported: from a minute to several hours a run on a CPU."
    )
    return _SCALES[chosen]


def _legend(series: Series, evidence: Evidence) -> None:
    st.caption(
        "**Measured** comes with the playground; **here** is what was trained in this one. n "
        "counts seeds, and in brackets stand the lowest and the highest."
    )
    with st.expander("How it was measured", type="compact"):
        st.caption(
            "A reported figure is of one run. It is said to differ if it lies outside the 95 % "
            "interval of our mean over seeds at full scale, widened by 3 points of accuracy (0.1 "
            "of loss); under three seeds it is not judged. The command python -m playground "
            "reproduce measures ours anew (docs/reproduction.md)."
        )
        for line in evidence.conditions(series.recipes):
            st.caption(line)


def _idea_buttons(page: Frame, article: Article) -> None:
    """Draw a button for each idea of the article."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.caption("What it explains, drawn:", width="content")
    for idea in article.ideas:
        pressed = row.button(
            idea, key=f"articles.idea.{idea}", type="tertiary", icon=":material/lightbulb:",
            on_click=_show_idea, args=(idea,),
        )  # fmt: skip
        if pressed:
            navigation.go("Ideas", page.sidebar.config)


def _show_idea(idea: str) -> None:
    state.set_view("idea", idea)
    state.set_value("ideas.idea", idea)
