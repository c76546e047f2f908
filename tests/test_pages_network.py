"""The network's table on the page Train: what it says of parameters and memory."""

import pytest

from playground.config import Cifar10
from playground.recipes import RECIPES
from playground.ui import network_table
from tests import pages, small_cifar10


def memory_told(at) -> str:
    (told,) = [text for text in pages.texts(at.main.markdown) if "Memory:" in text]
    return told.replace("**", "")


def test_the_pyramids_memory_is_what_its_article_prints(engine):
    small_cifar10.save_npz(engine.data)
    small = {"data": Cifar10(train_images=100)}
    at = pages.open_page(RECIPES["pyramid"].config.model_copy(update=small))
    assert memory_told(at) == (
        "Memory: 1,990,802 parameters take 7.59 MB, the outputs for one image 7.86 MB; with the "
        "image that is 15.47 MB in all."
    )
    assert any("As torchsummary counts" in text for text in pages.texts(at.main.caption))


@pytest.mark.parametrize(
    ("megabytes", "told"),
    [(1.0, "1.00 MB"), (0.1, "0.10 MB"), (0.0999, "102.30 KB"), (40 / 1024**2, "0.04 KB")],
)
def test_memory_below_a_tenth_of_an_mb_is_told_in_kb(megabytes, told):
    assert network_table._amount(megabytes) == told


def test_memory_follows_the_sidebar(engine):
    at = pages.open_page()
    first = memory_told(at)
    assert first.startswith("Memory: 2,778 parameters take 10.85 KB")
    at = pages.change(at, "architecture.mlp.hidden", "512-512")
    assert memory_told(at).startswith("Memory: 301,066 parameters take 1.15 MB")
