"""Compare: which runs are chosen, by ticks and links; stars, names and deletion."""

import pytest

from playground.ui.compare import run_table
from playground.ui.navigation import PLACES
from tests import pages, stored_runs
from tests.compare_page import PAGE, A, B, C, subheaders, table, visit


def test_ticks_join_the_choice_at_its_end_and_what_a_search_hides_stays():
    assert run_table.choice_after_ticks([], ["a", "b", "c"], {"c"}) == ["c"]
    assert run_table.choice_after_ticks(["c"], ["a", "b", "c"], {"a", "c"}) == ["c", "a"]
    assert run_table.choice_after_ticks(["c", "a"], ["a", "b", "c"], {"a"}) == ["a"]
    assert run_table.choice_after_ticks(["c", "a"], ["b"], {"b"}) == ["c", "a", "b"]
    assert run_table.choice_after_ticks(["c"], ["c"], set()) == []
    assert run_table.choice_after_ticks(["cc"], ["a", "ccdd"], {"a", "ccdd"}) == ["ccdd", "a"], (
        "as a link has it"
    )


def test_what_was_trained_first_is_a_unless_somebody_wanted_another_order():
    times = {"a": 1.0, "b": 2.0, "c": 3.0}
    in_order = run_table.in_order_of_training
    assert in_order(["b", "a"], ["b"], times) == ["a", "b"], "the older one is ticked second"
    assert in_order(["a", "c", "b"], ["a", "c"], times) == ["a", "b", "c"]
    assert in_order(["b", "a", "c"], ["b", "a"], times) == ["b", "a", "c"], "swapped before"
    assert in_order(["gone", "b", "a"], [], times) == ["a", "b", "gone"]


def test_swap_changes_the_sides_and_clear_empties_the_choice(engine, three):
    at = pages.press(visit(A, B), "Swap A and B")
    assert (at.query_params["run"], at.query_params["with"]) == (B.name[:16], A.name[:16])
    assert pages.texts(at.main.info)[0].startswith("Only **Dropout** changed, 0.5 → 0: ")
    pages.press(at, "Clear")
    assert "run" not in at.query_params and subheaders(at) == []


def test_stars_and_names_are_kept(engine, three):
    at = pages.press(visit(A), "Star")
    assert engine.store.get(A.name).starred
    pages.change(at, f"compare.title.{A.name[:16]}", "The base")
    assert engine.store.get(A.name).title == "The base"
    assert list(table(at, "runs")["Run"])[2] == "The base"
    pages.change(at, "compare.starred", True)
    assert list(table(at, "runs")["★"]) == ["★"]
    pages.press(at, "Unstar")
    assert not engine.store.get(A.name).starred


def test_deleted_runs_are_gone_and_the_page_goes_on(engine, three):
    at = pages.press(visit(A, B), "Delete these 2 runs")
    assert engine.store.get(A.name) is None and engine.store.get(B.name) is None
    assert len(table(at, "runs")) == 1 and "run" not in at.query_params
    at = visit(A, C)
    assert any("deleted, or made elsewhere" in text for text in pages.texts(at.main.warning))
    assert subheaders(at)[0] == "The chosen run"


def test_the_same_run_named_twice_is_one(engine, three):
    names = f"{B.name[:16]},{B.name[:12]},{B.name},{A.name}"
    at = pages.open_page({"run": A.name[:16], "with": names}, PAGE)
    assert list(table(at, "figures")["Run"].str[0]) == ["A", "B"]


def test_runs_that_are_gone_leave_the_choice_once_they_were_told(engine, three):
    gone = ",".join(f"{n:016x}" for n in range(9))
    at = pages.open_page({"run": "f" * 16, "with": gone}, PAGE)
    assert "8 runs of this choice are not stored here" in pages.texts(at.main.warning)[0]
    pages.run(at)
    assert not at.main.warning and "run" not in at.query_params


def test_chosen_runs_have_their_letters_in_the_table(engine, three):
    at = visit(B, C)
    assert list(table(at, "runs")[""]) == ["B", "A", ""]
    assert "2 of 3 runs chosen. Same in all: Digits · MLP 32-16" in pages.texts(at.main.caption)


def test_a_run_that_someone_else_deleted_is_simply_gone(engine, three):
    at = visit(A, B)
    engine.store.delete(A.name)
    pages.press(at, "Delete these 2 runs")
    assert not at.main.error and engine.store.get(B.name) is None


def test_a_run_of_another_version_can_be_deleted(engine, three):
    engine.store.database.write("UPDATE runs SET config = '{\"x\": 1}' WHERE name = ?", A.name)
    at = visit(A, B)
    assert any("another version" in text for text in pages.texts(at.main.error))
    assert subheaders(at)[0] == "The chosen run"
    pages.press(at, "Delete it")
    assert engine.store.get(A.name) is None and not at.main.error


@pytest.mark.parametrize(
    "names", ["", ",,,", "%", "0" * 16, "zz,<b>,![](x)", "a" * 5000, ",".join(["0" * 16] * 50)]
)
def test_whatever_a_link_names_beside_a_run_the_page_stands(engine, three, names):
    at = pages.open_page({"run": A.name[:16], "with": names}, PAGE)
    assert subheaders(at) == ["The chosen run"]
    assert len(at.main.warning) == (0 if not names.strip(",") else 1)
    at = pages.open_page({"with": f"{A.name[:16]},{names}"}, PAGE)
    assert len(subheaders(at)) <= 1


def test_a_page_after_another_shows_the_chosen_run_in_its_picker(engine, three):
    at = pages.open_page(stored_runs.link(B), PLACES["Mistakes"].script)
    for title in ("Images", "Export", "Mistakes"):
        at.switch_page(PLACES[title].script)
        pages.run(at)
        assert pages.widget(at, f"chosen.run.{title}").value == B.name


def test_the_choice_goes_along_to_another_page(engine, three):
    at = visit(B, A)
    at.switch_page("pages/2_Confusion_matrix.py")
    pages.run(at)
    assert pages.widget(at, "chosen.run.Mistakes").value == B.name
    assert pages.widget(at, "chosen.other").value == A.name
    assert (at.query_params["run"], at.query_params["with"]) == (B.name[:16], A.name[:16])
    pages.change(at, "chosen.run.Mistakes", C.name)
    assert (at.query_params["run"], at.query_params["with"]) == (C.name[:16], A.name[:16])
