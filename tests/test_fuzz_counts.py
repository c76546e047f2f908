"""The fuzzing's own rules: what it counts, and which refusals it does not let pass."""

import pytest

from playground.cli import CommandError
from playground.config import ConfigError
from playground.data.datasets import DataError
from playground.errors import Problem
from tests import fuzzing
from tests.fuzzing import SHARES, Count, inputs, tried

pytestmark = pytest.mark.slow


@pytest.fixture
def count(monkeypatch) -> Count:
    monkeypatch.setitem(fuzzing.COUNTS, "links", Count())
    return fuzzing.COUNTS["links"]


def config_error(*told: str) -> ConfigError:
    return ConfigError(map(Problem.of_all, told))


def refuse(error: Exception):
    raise error


@pytest.mark.parametrize("wanted", [1, 400, 10_000, 12_345])
def test_all_kinds_together_try_as_many_inputs_as_are_asked_for(monkeypatch, wanted):
    monkeypatch.setenv(fuzzing.VARIABLE, str(wanted))
    tries = sum(inputs(kind).max_examples for kind in SHARES)
    assert wanted <= tries < wanted + len(SHARES)


def test_what_is_accepted_and_what_is_refused_is_counted(count):
    assert tried("links", lambda: 3, ConfigError) == 3
    clear = config_error("There is no such setting.", "Write it as run.epochs=5.")
    assert tried("links", lambda: refuse(clear), ConfigError) is None
    assert count == Count(tried=2, accepted=1, refused=1)


@pytest.mark.parametrize(
    "error",
    [
        config_error(),
        config_error("There is no such setting"),
        config_error("There are\ntwo lines."),
        config_error("Word."),
        config_error("This is long. " * 50 + "."),
        CommandError("\n".join(f"There is no setting {number}." for number in range(22))),
        config_error("Traceback (most recent call last) and so on."),
    ],
    ids=["none", "no end", "lines", "word", "long", "many", "traceback"],
)
def test_a_refusal_that_is_not_clear_fails(count, error):
    with pytest.raises(AssertionError):
        tried("links", lambda: refuse(error), type(error))


@pytest.mark.parametrize("error", [ValueError("spoilt"), DataError("There is no such file.")])
def test_any_other_error_fails(count, error):
    with pytest.raises(type(error)):
        tried("links", lambda: refuse(error), ConfigError)
