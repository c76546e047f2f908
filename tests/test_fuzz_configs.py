"""Any config, link, change or file of settings is accepted and runs, or is refused clearly."""

import argparse
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.cli import CommandError, run
from playground.cli.selection import config_of
from playground.config import ConfigError, RunConfig, from_json, from_values, with_settings
from playground.recipes import RECIPES
from tests import fuzz_running
from tests.fuzz_inputs import good_configs, links, odd_text, odd_value, spoilt, values_of
from tests.fuzzing import assert_clear, inputs, tried

pytestmark = pytest.mark.slow

VALUES = spoilt(values_of(good_configs))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("data")


@inputs("configs")
@given(VALUES | st.dictionaries(odd_text, odd_value, max_size=3))
@example({"run": {"epochs": 10**5000}})
@example({"run": {f"epoch{number}": 1 for number in range(1000)}})
def test_any_values_are_a_config_that_runs_or_are_refused_clearly(folder, values):
    config = tried("configs", lambda: from_values(values), ConfigError)
    if config:
        fuzz_running.run("configs", config, folder, one_in=2)


@inputs("links")
@given(links())
@example({"architecture.kind": "cnn", "architecture.blocks." + "1" * 5000 + ".kernel": "3"})
@example({f"run.{number}": "1" for number in range(1000)})
def test_any_link_is_a_config_that_runs_or_is_refused_clearly(folder, link):
    config = tried("links", lambda: linked(link), ConfigError)
    if config:
        fuzz_running.run("links", config, folder, one_in=2)


def linked(link: dict[str, str]) -> RunConfig:
    config, problems = with_settings(link)
    assert from_json(config.canonical()) == config  # whatever of the link was left out
    if problems:
        raise ConfigError(problems)
    return config


@inputs("changes")
@given(
    st.sampled_from([*RECIPES, "digits-mlp"]),
    links(odd_text | st.text(st.characters(), max_size=6))  # a shell may hand over lone surrogates
    .map(lambda link: [f"{path}={value}" for path, value in link.items()])
    .flatmap(lambda changes: st.just(changes) | odd_text.map(lambda text: [*changes, text])),
)
@example("digits-mlp", ["two\nlines" * 100])
def test_any_changes_on_the_command_line_are_made_and_run_or_refused_clearly(
    folder, recipe, changes
):
    parser = argparse.ArgumentParser()
    run.add(parser.add_subparsers())
    arguments = parser.parse_args(["run", recipe, *(f"--set={change}" for change in changes)])
    assert arguments.set == changes
    config = tried("changes", lambda: config_of(arguments.what, arguments.set), CommandError)
    if config:
        fuzz_running.run("changes", config, folder, one_in=3)


def nested(depth: int) -> st.SearchStrategy[str]:
    """JSON with lists or objects in each other."""
    return st.sampled_from(["[" * depth + "]" * depth, '{"run":' * depth + "1" + "}" * depth])


WHOLE = VALUES.map(json.dumps) | VALUES.map(lambda values: json.dumps(values, ensure_ascii=False))
CONTENTS = st.one_of(
    *[WHOLE.map(lambda text: text.encode(errors="replace"))] * 4,
    WHOLE.flatmap(
        lambda text: st.sampled_from(["utf-8-sig", "utf-16", "utf-32-le", "latin-1"]).map(
            lambda codec: text.encode(codec, errors="replace")
        )
    ),
    st.tuples(WHOLE, st.integers(0, 400), odd_text).map(
        lambda three: (three[0][: three[1]] + three[2] + three[0][three[1] :]).encode(
            errors="replace"
        )
    ),
    st.tuples(WHOLE, st.integers(0, 2000)).map(lambda two: two[0].encode()[: two[1]]),
    st.tuples(WHOLE, WHOLE).map(lambda two: (two[0][:-1] + ", " + two[1][1:]).encode()),  # twice
    st.sampled_from([10, 200, 900, 990, 2000, 100_000]).flatmap(nested).map(str.encode),
    st.sampled_from(["9" * 5000, "1e999", "-0", "1E400", ".5", "1e-400", "1" + "0" * 300]).map(
        lambda number: f'{{"optimizer": {{"learning_rate": {number}}}}}'.encode()
    ),
    st.binary(max_size=200),
)


@inputs("files")
@given(CONTENTS)
@example(b'\xef\xbb\xbf{"run": {"epochs": 1}}')
@example(b"[" * 100_000)
@example(b'{"run": ' + b'{"a": ' * 50_000)
@example(b"1" + b"0" * 5000)
@example(b'{"run": {"\\ud800": 1}, "run": {"epochs": "\\udfff"}}')
def test_any_file_of_settings_is_a_config_that_runs_or_is_refused_clearly(folder, content):
    file = folder / "settings.json"
    file.write_bytes(content)
    config = tried("files", lambda: config_of(str(file), []), CommandError)
    if config:
        fuzz_running.run("files", config, folder, one_in=3)
    try:
        assert config in (None, from_json(content))
    except ConfigError as error:
        assert_clear(error)
        assert config is None or content.startswith(b"\xef\xbb\xbf")
