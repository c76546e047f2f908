"""Widgets of our own: the choice of one of some, where a browser sends nothing."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from playground.ui import inputs

    st.write(inputs.one_of(st, "Figure", ["Accuracy", "Loss"], "figure", "Loss"))


def test_a_choice_that_a_browser_sends_empty_is_what_it_begins_with():
    at = AppTest.from_function(page).run()
    (choice,) = at.get("button_group")
    assert at.markdown[0].value == "Loss"
    at = choice.set_value("Accuracy").run()
    assert at.markdown[0].value == "Accuracy"
    at = at.get("button_group")[0].set_value(None).run()
    assert not at.exception
    assert at.markdown[0].value == at.session_state["figure"] == "Loss"
