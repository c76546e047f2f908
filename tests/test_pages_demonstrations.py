"""The page Demonstrations: its cards, one opened, and where its buttons lead."""

import json

import pytest

from playground.recipes import DEMONSTRATIONS
from playground.ui.navigation import SECTIONS
from tests import pages

PAGE = "pages/12_Demonstrations.py"


def opened(name: str):
    return pages.open_page({"demonstration": name}, PAGE)


def press(at, key: str):
    """Press a button by its key: ten cards have the same words on theirs."""
    pages.widget(at, key).click()
    return pages.run(at)


def guess(at, name: str, answer: str):
    return pages.change(at, f"demonstrations.guess.{name}", answer)


def test_learn_begins_with_it_so_that_a_class_is_three_clicks_away():
    assert next(iter(SECTIONS["Learn"])) == "Demonstrations"


def test_all_are_there_with_their_questions_and_one_opens(engine):
    at = pages.open_page(page=PAGE)
    told = pages.texts(at.main.markdown)
    for one in DEMONSTRATIONS.values():
        assert f"**{one.title}**" in told and one.guess.question in told
    lessons = [b for b in at.main.button if b.label == "Make it a lesson"]
    assert len(lessons) == len(DEMONSTRATIONS) >= 10
    at = press(at, "demonstrations.open.dropout")
    assert pages.texts(at.main.subheader) == ["Dropout"]
    assert dict(at.query_params) == {"demonstration": "dropout"}
    at = press(at, "demonstrations.all")
    assert pages.texts(at.main.subheader) == ["Demonstrations"] and not at.query_params


@pytest.mark.parametrize("name", DEMONSTRATIONS)
def test_what_came_out_is_shown_once_a_guess_is_made(engine, name):
    one = DEMONSTRATIONS[name]
    at = opened(name)
    assert not pages.charts(at) and not at.main.table
    at = guess(at, name, one.guess.right)
    assert pages.texts(at.main.success) == ["That is right."]
    assert len(pages.charts(at)) == (2 if len(one.recipes) == 1 else 1)
    for chart in pages.charts(at):
        assert len(chart.alt) > 40 and chart.alt.endswith(".")
        assert '"title": "Epoch"' in json.dumps(json.loads(chart.spec))
    (table,) = at.main.table
    assert len(table.value) == len(one.recipes)
    told = pages.texts(at.main.markdown)
    assert [text for text in told if "n\u00a0=\u00a05 seeds" in text]
    for finding in one.findings:
        assert f":green[:material/check:] {finding.text}" in told


def test_a_wrong_guess_is_told_what_comes_out(engine):
    at = guess(opened("dense-or-cnn"), "dense-or-cnn", "The dense network")
    assert pages.texts(at.main.info) == ["Not so. What comes out: **The CNN**."]
    assert not at.main.success and pages.charts(at)


def test_whether_the_difference_is_real_is_said_by_the_means_of_five_seeds(engine):
    at = guess(opened("chance"), "chance", "One run of each cannot say")
    (verdict,) = [text for text in pages.texts(at.main.markdown) if "Welch's t-test" in text]
    assert "(n = 5)" in verdict and "no more than seeds alone may do" in verdict


@pytest.mark.parametrize("name", DEMONSTRATIONS)
def test_train_it_takes_its_settings_into_the_sidebar_and_trains_at_once(engine, name):
    at = press(opened(name), f"demonstrations.train.{name}")
    first = next(iter(DEMONSTRATIONS[name].recipes.values())).config
    assert at.session_state["app.page"] == "Train"
    assert pages.config_of(at) == first and at.query_params["run"] == first.name[:16]
    assert engine.has_run(first.name)


def test_its_settings_are_trained_and_stand_side_by_side(engine):
    at = press(opened("learning-rate"), "demonstrations.beside.learning-rate")
    configs = [one.config for one in DEMONSTRATIONS["learning-rate"].recipes.values()]
    assert at.session_state["app.page"] == "Runs"
    assert all(engine.has_run(config.name) for config in configs)
    first, *others = (config.name[:16] for config in configs)
    assert (at.query_params["run"], at.query_params["with"]) == (first, ",".join(others))


def test_of_two_that_are_alike_five_seeds_of_each_are_trained(engine):
    at = opened("chance")
    assert "All 2 side by side, 5 seeds each" in [button.label for button in at.main.button]
    press(at, "demonstrations.beside.chance")
    for recipe in DEMONSTRATIONS["chance"].recipes.values():
        assert all(engine.has_run(recipe.config.with_seed(seed).name) for seed in range(5))


def test_one_of_one_setting_has_nothing_to_set_beside_it(engine):
    assert "demonstrations.beside.overfitting" not in pages.keys(opened("overfitting"))


def test_make_it_a_lesson_makes_it_and_shows_its_link(engine):
    at = press(pages.open_page(page=PAGE), "demonstrations.lesson.learning-rate")
    ((_, lesson),) = engine.lessons.all()
    assert lesson == DEMONSTRATIONS["learning-rate"].lesson()
    assert at.session_state["app.page"] == "Lesson"
    assert at.query_params["lesson"] == lesson.name[:16]
    (link,) = [code.value for code in at.main.code]
    assert link.endswith(f"/?lesson={lesson.name[:16]}")


def test_in_a_lesson_the_page_is_not_part_of_it(engine):
    lesson = DEMONSTRATIONS["dropout"].lesson()
    engine.lessons.make(lesson)
    at = pages.open_page({"lesson": lesson.name[:16]}, PAGE)
    assert "This page is not part of the lesson" in pages.texts(at.main.info)[0]
    assert not [button for button in at.main.button if button.label == "Open"]


def test_where_there_is_a_teacher_only_the_teacher_makes_lessons(engine, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", "a key of the teacher")
    at = pages.open_page(page=PAGE)
    made = [button for button in at.main.button if button.label == "Make it a lesson"]
    assert made and all(button.disabled for button in made)
