"""The exported script of any config gives the app's own figures, to the last bit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from playground.config import RunConfig, with_settings
from playground.data import datasets
from playground.errors import UserError
from playground.network import check_batch, plan_of
from tests import own_images, small_sets, strategies
from tests.exported import assert_same
from tests.fuzzing import COUNTS, inputs, tried

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Iterator[Path]:
    """A data folder with a person's own images and the data sets that are downloaded, small."""
    folder = tmp_path_factory.mktemp("data")
    own_images.save(folder)
    with pytest.MonkeyPatch.context() as patch:
        for kind in small_sets.DOWNLOADED:
            small_sets.save(kind, folder, patch)
        yield folder


def possible(config: RunConfig, folder: Path) -> RunConfig:
    """A quick form of the config, whose network can be built. Raises a UserError."""
    changes = {"run.epochs": str(min(config.run.epochs, 2)), "run.device": "cpu"}
    changes["data.train_images"] = "40"
    if config.data.name == "npz":
        changes["data.file"] = "mine.npz"
    quick, problems = with_settings(changes, config)
    assert problems == []
    dataset = datasets.load(quick.data, folder)
    plan = plan_of(quick, dataset)
    images = len(datasets.split(dataset, quick.data).train)
    batch = quick.run.batch_size
    check_batch(plan, images if batch == "full" else min(batch, images))
    return quick


@inputs("exports")
@given(config=strategies.configs(small=True))
def test_any_config_is_exported_and_gives_the_same_figures(config, folder):
    if quick := tried("exports", lambda: possible(config, folder), UserError):
        assert_same(quick, folder)
        COUNTS["exports"].run += 1
