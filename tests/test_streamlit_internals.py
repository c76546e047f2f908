"""What the app leans on that Streamlit does not promise: a version that changes it fails here."""

import importlib
import tomllib
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from playground.environment import PROJECT
from playground.ui.state import identity


def internal(module: str, name: str, needed_by: str) -> Any:
    """What Streamlit keeps to itself; fails in a sentence where it is gone."""
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        pytest.fail(
            f"Streamlit {streamlit.__version__} has no {module}.{name} any more: {needed_by} needs "
            "another way."
        )


def test_the_cookie_by_which_a_visitor_is_known():
    utils = "streamlit.web.server.starlette.starlette_app_utils"
    token_of = internal(utils, "generate_xsrf_token_string", "this test")
    number = bytes(range(16))
    assert identity._token(token_of(number, 1)) == number.hex(), (
        "Streamlit's cookie has another form: ui/state/identity.py would take each session for "
        "another visitor, who could not stop their own runs after a reload."
    )
    config = "streamlit.web.server.starlette.starlette_server_config"
    name = internal(config, "XSRF_COOKIE_NAME", "ui/state/identity.py")
    assert name == "_streamlit_xsrf", (
        "Streamlit's cookie has another name: see ui/state/identity.py"
    )


def test_a_session_has_a_name():
    context = internal("streamlit.runtime.scriptrunner", "ScriptRunContext", "state.session()")
    assert "session_id" in context.__dataclass_fields__, (
        "Streamlit's context has no session_id: see session() in ui/state/identity.py"
    )


def test_every_option_is_one_that_streamlit_knows():
    known = streamlit.config.get_config_options()
    ours = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    paths = {
        f"{section}.{name}"
        for section, options in ours.items()
        for name, value in options.items()
        if not isinstance(value, dict)
    }
    assert paths and paths <= set(known), (
        "Streamlit has no such option any more: see what took its place, as each of ours is there "
        "for a reason (.streamlit/config.toml)"
    )


def forbidden() -> None:
    import streamlit as st

    st.text_input("A text", "held", disabled=True, key="text")
    st.checkbox("A switch", disabled=True, key="switch")
    st.slider("A number", 0, 9, 3, disabled=True, key="number")


def test_a_disabled_widget_takes_no_value_from_a_message():
    page = AppTest.from_function(forbidden).run()
    for widget, value in (
        (page.text_input(key="text"), "forged"),
        (page.checkbox(key="switch"), True),
        (page.slider(key="number"), 9),
    ):
        widget.proto.disabled = False  # a browser would not send it
        widget.set_value(value)
    page.run()
    held = [page.session_state[key] for key in ("text", "switch", "number")]
    assert held == ["held", False, 3], (
        "Streamlit takes what a forged message says of a disabled widget: what a lesson fixes "
        "would be open (ui/sidebar/form.py)"
    )


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("BackMsg", {"rerun_script", "clear_cache", "stop_script"}),
        ("ForwardMsg", {"delta", "new_session", "script_finished"}),
    ],
)
def test_the_messages_that_the_tests_and_benchmarks_write_and_read(message, fields):
    kind = internal(f"streamlit.proto.{message}_pb2", message, "tests/soak and benchmarks")
    assert fields <= set(kind.DESCRIPTOR.fields_by_name), "Streamlit's protocol has changed"


def test_where_elements_are_drawn():
    module = "streamlit.delta_generator_singletons"
    for name in ("context_dg_stack", "get_default_dg_stack_value"):
        internal(module, name, "ui/frame.py")


def test_what_says_that_the_pages_are_not_all_there_is():
    manager = internal("streamlit.runtime.pages_manager", "PagesManager", "ui/server/__init__.py")
    assert hasattr(manager, "uses_pages_directory"), (
        "Streamlit has no such switch any more: see whether the first visitor of a fresh server "
        "still gets a page without the entry script (ui/server/__init__.py)"
    )
