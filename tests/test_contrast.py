"""The theme's colours: text is read on a light and on a dark page."""

import re
import tomllib

import pytest

from playground.ui import frame
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


def test_the_label_of_a_primary_button_is_read():
    labels = re.search(r"color: light-dark\((#\w+), (#\w+)\)", frame._STYLE)
    for mode, label in zip(("light", "dark"), labels.groups(), strict=True):
        whole = "#" + "".join(2 * digit for digit in label[1:])
        assert contrast(whole, THEME[mode]["primaryColor"]) >= 4.5
