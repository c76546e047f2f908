"""Configs from JSON that cannot be used; for random ones see test_fuzz_configs.py."""

import json
import time

import pytest

from playground.config import ConfigError, from_json, from_values
from playground.errors import MAX_PROBLEMS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not valid JSON"),
        ("[]", "must be an object"),
        (
            '{"run": {"epochs": NaN}}',
            "run.epochs must be a whole number from 1 to 5,000, not 'nan'",
        ),
        ('{"optimizer": {"learning_rate": Infinity}}', "optimizer.learning_rate must be a number"),
        ('{"run": {"epoch": 1}}', "no setting 'run.epoch'"),
        ('{"speed": 1}', "no setting 'speed'"),
        ('{"run": 3}', "run must be a group of settings, not '3'"),
        ('{"optimizer": {"name": "adamm"}}', "optimizer.name must be one of sgd, momentum"),
        ('{"optimizer": {"name": []}}', "optimizer.name must be one of sgd, momentum"),
        ('{"optimizer": {"name": null}}', "optimizer.name must be one of sgd, momentum"),
        ('{"\\ud800": 1}', "There is "),
    ],
)
def test_json_that_cannot_be_used_is_told_in_one_sentence(text, told):
    with pytest.raises(ConfigError) as raised:
        from_json(text)
    (sentence,) = map(str, raised.value.problems)
    assert told in sentence and sentence.endswith(".") and str(raised.value) == sentence


def test_each_thing_wrong_in_json_has_a_sentence_of_its_own():
    with pytest.raises(ConfigError) as raised:
        from_json('{"run": {"epochs": 0, "seed": -1}, "data": {"flip": "perhaps"}}')
    assert len(raised.value.problems) == 3


def test_of_very_many_things_wrong_some_are_told_and_the_others_counted():
    told = refusal({"run": {f"epoch{number}": 1 for number in range(50_000)}})
    assert len(told) == MAX_PROBLEMS + 1 and told[0] == "There is no setting 'run.epoch0' here."
    assert told[-1] == f"There are {50_000 - MAX_PROBLEMS:,} more things wrong."


@pytest.mark.parametrize(
    "architecture",
    [
        {"hidden": ["x"] * 100_000},
        {"hidden": "a-" * 100_000},
        {"kind": "cnn", "blocks": [{"kernel": number, "step": 1} for number in range(100_000)]},
        {"kind": "cnn", "blocks": json.dumps([{"kernel": "x"}] * 100_000)},
    ],
    ids=["widths", "text of widths", "blocks", "text of blocks"],
)
def test_a_list_of_very_many_things_is_refused_before_each_is_looked_at(architecture):
    begun = time.perf_counter()
    (sentence,) = refusal({"architecture": architecture})
    assert time.perf_counter() - begun < 3  # seconds; 4,000 such blocks took half a minute
    assert sentence.startswith("architecture.") and len(sentence) < 200


@pytest.mark.parametrize(
    "number", [10**5000, [10**5000], -(10**5000)], ids=["plain", "listed", "negative"]
)
def test_a_number_of_thousands_of_digits_is_refused(number):
    assert "too long to show" in refusal({"run": {"epochs": number}})[0]


def refusal(values: dict) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        from_values(values)
    return [str(problem) for problem in raised.value.problems]
