"""The sidebar's sections that are shut: read, and not drawn."""

from hypothesis import HealthCheck, given, settings

from playground.config import RunConfig
from tests import pages, strategies


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(config=strategies.configs())
def test_sections_that_are_shut_are_read_though_they_are_not_drawn(engine, config):
    at = pages.open_page(config, unfolded=False)
    assert "regularization.l1" not in pages.keys(at)
    assert pages.config_of(at) == config
    assert pages.config_of(pages.run(at)) == config


def test_a_section_that_is_shut_keeps_what_was_set_in_it_on_every_page(engine):
    at = pages.open_page({"regularization.l2": "0.01"}, unfolded=False)
    at.session_state["section.regularization"] = True
    pages.run(at)
    pages.change(at, "regularization.l1", 0.25)
    config = pages.config_of(at)
    assert (config.regularization.l1, config.regularization.l2) == (0.25, 0.01)
    at.session_state["section.regularization"] = False
    for _ in range(3):
        pages.run(at)
        assert "regularization.l1" not in pages.keys(at)
        assert pages.config_of(at) == config
    at.session_state["section.regularization"] = True
    pages.run(at)
    at.switch_page(pages.DATA)
    pages.run(at)
    assert pages.widget(at, "regularization.l1").value == "0.25", "and it is still open"
    pages.press(at, "Reset")
    assert pages.config_of(at) == RunConfig()
