"""The theme's colours: text is read on a light and on a dark page."""

import tomllib

import pytest

from tests.browser.server import PROJECT
from tests.specs import contrast, mixed

THEME = tomllib.loads(PROJECT.joinpath(".streamlit", "config.toml").read_text("utf-8"))["theme"]
PAGE, SIDEBAR = (
    {"light": "#ffffff", "dark": "#171614"},
    {"light": "#f8f8f7", "dark": "#21201d"},
)
"""Streamlit's own (1.67)."""
TEXT = {"light": THEME["light"]["textColor"], "dark": "#edebe8"}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("page", [PAGE, SIDEBAR], ids=["page", "sidebar"])
def test_captions_which_are_text_at_60_percent_are_read(mode, page):
    assert contrast(mixed(TEXT[mode], page[mode], 0.6), page[mode]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_is_chosen_is_read_on_a_tint_of_its_colour(mode):
    primary = THEME[mode]["primaryColor"]
    assert contrast(primary, mixed(primary, PAGE[mode], 0.1)) >= 4.5
    assert contrast(primary, SIDEBAR[mode]) >= 4.5, "the number above a slider"


def test_the_label_of_a_primary_button_which_is_white_is_read():
    assert contrast("#ffffff", THEME["light"]["primaryColor"]) >= 4.5
    assert contrast("#ffffff", THEME["dark"]["primaryColor"]) >= 3.5
