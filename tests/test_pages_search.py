"""The page Search: the form, the board, and what is found."""

import time

import pytest

from playground.config import CNN, Run, RunConfig
from playground.config.sweeps import Choice, Range, Search
from playground.results import Speed
from playground.ui.studies import suggested_values
from tests import own_images, pages, stored_runs, trials
from tests.search_page import BASE, RATE, SEARCH, TRIED, WIDTHS, opened, show, tried
from tests.waiting import wait


def enter(at, path: str, low: float, high: float):
    section, _, name = path.partition(".")
    key = f"search.{section}.adam.{name}" if section == "optimizer" else f"search.{path}"
    at = pages.change(at, f"{key}.lowest", low)
    return pages.change(at, f"{key}.highest", high)


def errors(at) -> list[str]:
    return pages.texts(at.main.error)


def page_text(at) -> str:
    return " ".join(pages.texts(at.main.markdown)).replace("\u00a0", " ")


def test_a_new_visitor_is_told_what_a_search_is_and_can_start_one(engine):
    at = opened(BASE)
    for words in ("look for the best settings", "A **trial** is", "**pruned**: given up early",
                  "never by the test"):  # fmt: skip
        assert words in page_text(at)
    at = pages.press(at, "Start the search")
    (study,) = engine.searches.all()
    search = engine.searches.by_prefix(study.name)
    assert search.base == BASE and search.trials == 20
    assert [field.path for field in search.fields] == list(suggested_values.USUAL_SETTINGS)
    assert at.query_params["study"] == search.name[:16]
    wait(lambda: len(engine.store.all("queued")) == 1)
    pages.run(at)
    assert pages.badge(at) == "Searching"
    assert engine.store.all("queued")[0].config == BASE, "the sidebar's own settings come first"
    pages.press(at, "Stop the search")
    wait(lambda: not engine.searches.is_active(search.name))
    assert "Resume: train the missing 20" in pages.enabled(pages.run(at))
    engine.searches.close()


def test_who_has_five_searches_on_is_told_so_and_gets_no_sixth(engine):
    for seed in range(5):
        engine.searches.start(Search(base=BASE, fields=(RATE,), trials=2, seed=seed), "ann")
    at = pages.press(pages.open_page(BASE, SEARCH, "ann"), "Start the search")
    assert errors(at) == ["You have 5 searches on: stop one of them, or wait until one has ended."]
    assert "study" not in at.query_params and len(engine.searches.all()) == 5
    engine.searches.close()


def test_chosen_settings_get_ranges_or_values(engine):
    at = opened(BASE)
    chosen = ["optimizer.learning_rate", "architecture.activation", "architecture.batch_norm",
              "run.batch_size"]  # fmt: skip
    at = pages.change(at, "search.fields", chosen)
    at = enter(at, "optimizer.learning_rate", 0.01, 0.5)
    at = pages.change(at, "search.architecture.mlp.activation.values", ["relu", "tanh"])
    at = pages.change(at, "search.trials", 7)
    at = pages.change(at, "search.seed", 3)
    pages.press(at, "Start the search")
    (study,) = engine.searches.all()
    assert engine.searches.by_prefix(study.name) == Search(
        base=BASE,
        fields=(
            Range(path="optimizer.learning_rate", low=0.01, high=0.5, log=True),
            Choice(path="architecture.activation", values=("relu", "tanh")),
            Choice(path="architecture.batch_norm", values=("false", "true")),
            Choice(path="run.batch_size", values=("16", "32", "64", "128")),
        ),
        trials=7,
        seed=3,
    )
    engine.searches.close()


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"data.validation": "none"}, "there are no validation images"),
        ({"data.validation": "test"}, "here that would be the test"),
    ],
)
def test_what_cannot_be_searched_is_told_and_not_started(engine, link, words):
    at = opened(link)
    assert words in errors(at)[0]
    assert not pages.enabled(at)["Start the search"]


def test_problems_call_settings_by_their_names(engine):
    at = enter(opened(BASE), "optimizer.learning_rate", 0.5, 0.1)
    assert errors(at) == ["Learning rate must have a lowest value below the highest."]
    at = pages.change(at, "search.fields", [])
    assert errors(at) == ["Choose a setting to search."]
    at = pages.change(at, "search.fields", ["architecture.hidden"])
    at = pages.change(at, "search.architecture.mlp.hidden.values", [])
    assert errors(at) == ["Hidden layers needs two values at least."]
    at = pages.change(at, "search.architecture.mlp.hidden.values", ["8", "*wide*"])
    assert "Hidden layers must be whole numbers" in errors(at)[0] and "*wide*" in errors(at)[0]
    at = pages.change(at, "search.architecture.mlp.hidden.values", ["8", "4"])
    assert errors(at) == [
        "There are 2 combinations only: ask for 2 trials at most, or sweep every value."
    ]


def test_a_network_that_cannot_be_built_is_told_before_the_search(engine):
    base = RunConfig(architecture=CNN())
    at = pages.change(opened(base), "search.fields", ["architecture.blocks.0.kernel"])
    at = pages.change(at, "search.trials", 2)
    assert errors(at) == []
    at = enter(at, "architecture.cnn.blocks.0.kernel", 1, 7)
    at = pages.change(at, "architecture.cnn.blocks.0.padding", "none")
    assert errors(at)[0].startswith("Some of these values cannot be trained: ")


def test_how_many_images_train_can_be_searched_up_to_those_beside_validation(engine):
    key = "search.data.digits.train_images.values"
    at = pages.change(opened(BASE), "search.fields", ["data.train_images"])
    at = pages.change(at, "search.trials", 2)
    assert at.multiselect(key=key).value == ["200", "500", "1000"] and errors(at) == []
    at = pages.change(at, key, ["200", "1200"])
    assert errors(at)[0].startswith("There are only 1,078 training images beside 269")
    chosen = {"data.train_images": "200", "data.validation_from": "chosen"}
    assert "data.train_images" not in opened(chosen).multiselect(key="search.fields").options


def test_data_that_is_not_there_is_told(engine):
    own_images.save(engine.data, "own.npz")
    link = {"data.name": "npz", "data.file": "own.npz"}
    at = opened(link)
    (engine.data / "own.npz").unlink()
    pages.run(at)
    assert not at.exception and "Start the search" not in [
        label for label, on in pages.enabled(at).items() if on
    ]


def test_another_optimizer_has_ranges_of_its_own(engine):
    at = opened(BASE)
    assert pages.widget(at, "search.optimizer.adam.learning_rate.highest").value == "0.1"
    at = pages.change(at, "optimizer.kind", "sgd")
    assert pages.widget(at, "search.optimizer.sgd.learning_rate.highest").value == "1"
    at = pages.change(at, "architecture.kind", "cnn")
    assert pages.widget(at, "search.fields").value == list(suggested_values.USUAL_SETTINGS)


def test_a_search_is_shown_with_its_best_its_charts_and_its_trials(engine):
    search = tried(engine)
    at = show(search)
    assert pages.badge(at) == "Stopped"
    (progress,) = at.main.get("progress")
    assert progress.proto.text == "4 of 6 trials · 1 pruned · 1 failed"
    assert "The same in all trials: Digits · MLP · 200 images · Adam · 3 epochs" in (
        pages.texts(at.main.caption)
    )
    assert "Best so far: **Learning rate 0.02, Hidden layers 16-8**" in page_text(at)
    assert "validation accuracy of **95.0 %** (trial 2)" in page_text(at)
    assert "The settings it began from came to 90.0 %." in page_text(at)
    history, across = pages.charts(at)  # what mattered is not told from two trials
    assert history.alt == (
        "Chart of the validation accuracy of 3 trials, in their order. The best so far is "
        "95.0\u00a0%."
    )
    assert across.alt.startswith("Parallel coordinates: a line for each of 3 trials through its ")
    assert "from 6 complete trials on; there are 2 so far" in pages.texts(at.main.info)[0]
    (table,) = [frame.value for frame in at.dataframe]
    assert table["State"].tolist() == ["Complete", "Complete", "Pruned", "Diverged"]
    assert table["Epochs"].tolist() == [3, 3, 2, 3]
    assert table["Validation (%)"].tolist()[:3] == pytest.approx([90, 95, 40])
    assert table["Learning rate"].tolist() == [0.001, 0.02, 0.0002, 0.09]
    assert table["Hidden layers"].tolist() == ["8", "16-8", "8", "8"]


def test_what_mattered_is_drawn_once_there_are_enough_trials(engine):
    tries = [(f"{0.001 * n}", "8", "complete", 0.5 + n / 50) for n in range(1, 9)]
    at = show(tried(engine, 8, tries))
    assert pages.badge(at) == "Finished"
    assert len(pages.charts(at)) == 3
    assert "How much each setting mattered" in page_text(at)
    assert "Resume" not in str(pages.enabled(at))
    assert "Best: **" in page_text(at)


def test_the_best_goes_into_the_sidebar_and_its_run_onto_the_screen(engine):
    search = tried(engine)
    best = search.config({RATE.path: "0.02", WIDTHS.path: "16-8"})
    at = pages.press(show(search), "Take the best into the sidebar")
    assert pages.config_of(at) == best
    at = pages.press(show(search), "Show its run")
    assert at.query_params["run"] == best.name[:16]
    assert pages.config_of(at) == best


def test_trials_of_data_that_was_replaced_are_missing(engine):
    data = own_images.save(engine.data)
    base = RunConfig(data=data, run=Run(epochs=2))
    widths = Choice(path="architecture.hidden", values=("8", "16"))
    search = Search(base=base, fields=(widths,), trials=2)
    engine.store.studies.keep(search.name, "search", search.canonical())
    for number, width in enumerate(widths.values):
        values = {widths.path: width}
        stored_runs.finished(engine.store, search.config(values), engine.data)
        trials.enter(engine.store, engine.data, search, number, values, "complete", 0.5, 2)
    assert pages.badge(show(search)) == "Finished"
    own_images.save(engine.data, data.file, x_train=own_images.IMAGES[::-1])
    at = show(search)
    assert pages.badge(at) == "Stopped" and pages.button(at, "Resume: train the missing 2")


def test_a_search_that_was_left_by_an_app_that_closed_can_be_resumed(engine):
    search = tried(engine, tries=TRIED[:2])
    values = {RATE.path: "0.005", WIDTHS.path: "8"}
    left = trials.enter(engine.store, engine.data, search, 2, values).run
    at = show(search)
    assert pages.badge(at) == "Stopped"
    assert at.dataframe[0].value["State"].tolist()[-1] == "Incomplete"
    at = pages.press(at, "Resume: train the missing 4")
    wait(lambda: engine.store.all("queued"))
    assert [run.name for run in engine.store.all("queued")] == [left]
    assert pages.badge(pages.run(at)) == "Searching"
    assert any("Trial 3: Learning rate 0.005" in text for text in pages.texts(at.main.caption))
    engine.searches.close()


def test_why_a_search_ended_is_told(engine, monkeypatch):
    search = tried(engine)
    monkeypatch.setattr(engine.searches, "problem", lambda name: "The disk is *full*.")
    assert errors(show(search)) == ["The disk is *full*."]


def test_earlier_searches_can_be_looked_at_again(engine):
    first = tried(engine)
    time.sleep(0.01)
    second = tried(engine, count=9)
    engine.store.studies.keep("f" * 64, "search", '{"of": "another version"}')
    at = opened()
    picker = pages.widget(at, "search.earlier")
    assert len(picker.options) == 2 and "9 trials" in picker.options[0]
    at = pages.change(at, "search.earlier", first.name)
    assert at.query_params["study"] == first.name[:16] and pages.badge(at) == "Stopped"
    at = show(second)
    assert at.main.get("progress")[0].proto.text.startswith("4 of 9 trials")


def test_a_search_of_another_version_is_a_sentence(engine):
    engine.store.studies.keep("f" * 64, "search", '{"of": "another version"}')
    at = opened({"study": "f" * 16})
    assert "This search cannot be read" in errors(at)[0]


def told(at) -> str:
    """What is said of the search before it is started."""
    (text,) = [text for text in pages.texts(at.main.markdown) if "trials**" in text]
    return text


def test_how_long_it_takes_at_most_is_told_before_it_is_started(engine):
    at = opened(BASE)
    at = pages.change(at, "search.architecture.mlp.hidden.values", ["8", "4"])
    at = pages.change(at, "search.trials", 10)
    assert told(at) == "**10 trials** · measuring how long it takes …"
    for widths, step in (("8", 1.0), ("4", 0.5)):
        config = pages.made(BASE.settings() | {WIDTHS.path: widths})
        engine.speeds._keep(engine.speeds._shape(config), Speed(step, 0.0, 1.0))
    assert told(pages.run(at)) == "**10 trials** · at most about 3 min", "10 × 16 s"
