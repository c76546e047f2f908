"""The limits of a run, in sentences."""

from playground.config.run_limits import AppLimits, Limits


def test_each_limit_that_a_run_is_over_is_one_sentence():
    limits = Limits(epochs=10, parameters=1000, images=500)
    assert limits.problems("This lesson", 10, 1000, 500) == []
    found = limits.problems("This lesson", 11, 1001, 501)
    assert [one.path for one in found] == ["run.epochs", "architecture", "data.train_images"]
    assert list(map(str, found)) == [
        "This lesson allows at most 10 epochs a run; these settings have 11: use fewer.",
        "This lesson allows at most 1,000 parameters a run; these settings have 1,001: use fewer.",
        "This lesson allows at most 500 training images a run; these settings have 501: use fewer.",
    ]
    assert AppLimits().problems("It", 10**6, 10**9, 10**6) == []


def test_limits_are_told_in_words():
    assert Limits(epochs=20, seconds=1.5).describe() == ["20 epochs", "1.5 s of training"]
