"""What a comparison comes to in words: one change or several, by chance or not."""

import numpy as np
import pytest

from playground.evaluation import Change, Spread
from playground.ui.compare import verdict
from tests import pages

BASE = pages.made({})


def told(b: dict[str, str], points: float | None = 3.4, a: dict[str, str] | None = None) -> str:
    return pages.shown(verdict.of_settings(pages.made(a or {}), pages.made(b), points))


def change(fixed: int, broken: int, p: float) -> Change:
    return Change(np.arange(fixed), np.arange(broken), p)


def test_one_change_is_named_with_what_it_did():
    assert told({"architecture.dropout": "0.5"}) == (
        "Only **Dropout** changed, 0 → 0.5: test accuracy **+3.4 points**."
    )
    assert told({"architecture.dropout": "0.5"}, -0.25) == (
        "Only **Dropout** changed, 0 → 0.5: test accuracy **−0.2 points**."
    )


def test_what_was_not_measured_is_not_told():
    assert told({"architecture.dropout": "0.5"}, None) == "Only **Dropout** changed, 0 → 0.5."


def test_several_changes_cannot_be_told_apart():
    text = told({"architecture.dropout": "0.5", "run.epochs": "9"})
    assert text.startswith("2 settings changed at once (Dropout 0 → 0.5; Epochs 30 → 9)")
    assert "+3.4 points" in text and "change one at a time" in text


def test_many_changes_are_counted_and_the_first_are_named():
    many = {
        "architecture.dropout": "0.5", "run.epochs": "9", "run.batch_size": "8",
        "architecture.hidden": "9", "architecture.bias": "0.5", "data.flip": "true",
    }  # fmt: skip
    text = told(many)
    assert text.startswith("6 settings changed at once (") and "; and 2 more)" in text


def test_a_change_of_the_seed_is_chance():
    assert told({"run.seed": "1"}, 0.4) == (
        "Only the seed changed, 0 → 1: test accuracy **+0.4 points**. That is chance alone."
    )


def test_changed_blocks_are_named_without_their_values():
    text = told(
        {"architecture.kind": "cnn", "architecture.blocks": '[{"channels":[8]}]'},
        a={"architecture.kind": "cnn"},
    )
    assert text == "Only **the blocks of convolutions** changed: test accuracy **+3.4 points**."


def test_names_of_files_pass_no_markdown():
    text = verdict.of_settings(
        pages.made({"data.name": "npz", "data.file": "a_b_c.npz"}),
        pages.made({"data.name": "npz", "data.file": "d_e.npz"}),
        None,
    )
    assert r"a\_b\_c.npz" in text


def test_fixed_and_broken_images_are_told_with_mcnemars_test():
    text = verdict.of_images(change(30, 10, 0.0022), 400)
    assert text.startswith(
        "B has 30 of 400 test images right that A had wrong, and 10 wrong that A had right: "
        "**+5.0 points**."
    )
    assert "2 times in a thousand (McNemar's exact test, p = 0.0022). More than chance" in text
    assert "may well be chance" in verdict.of_images(change(6, 4, 0.75), 400)
    assert "75 times in a hundred" in verdict.of_images(change(6, 4, 0.75), 400)
    assert "less than one time in a thousand" in verdict.of_images(change(60, 4, 1e-9), 400)


def test_runs_that_agree_on_every_image_say_so():
    assert verdict.of_images(change(0, 0, 1.0), 10).endswith("They agree on every image.")


@pytest.mark.parametrize(
    ("mean", "deviation", "larger"), [(0.90, 0.01, True), (0.90, 0.05, False), (0.952, 0.001, True)]
)
def test_a_difference_of_means_is_held_against_the_spread_of_seeds(mean, deviation, larger):
    a, b = Spread(0.95, deviation, 5), Spread(mean, deviation, 5)
    assert verdict.exceeds(a, b) == larger
    text = verdict.of_spreads(a, b)
    assert ("The difference is larger than that." in text) == larger
    assert f"**{verdict.signed((mean - 0.95) * 100)}**" in text


def test_a_spread_tells_its_n():
    assert verdict.share(Spread(0.951, 0.004, 5)) == "95.1% ± 0.4 (n = 5)"
    assert verdict.share(Spread(0.951, float("nan"), 1)) == "95.1% (n = 1)"
