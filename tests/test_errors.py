"""What cannot be done, told without what visitors need not know."""

import pytest

from playground.errors import explain, without_folders


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[Errno 2] No such file or directory: '/srv/data/cats.npz'", "'…/cats.npz'"),
        ("'/home/a teacher/my data/x y.npz' is no file", "'…/x y.npz' is no file"),
        ('Unable to open "/srv/data/x.safetensors" here', 'open "…/x.safetensors" here'),
        ("cannot open /srv/data/x: denied", "cannot open …/x: denied"),
        ("(~/data/x, ~teacher/data/y)", "(…/x, …/y)"),
        ("mlflow at sqlite:////srv/mlflow.db", "sqlite:///…/mlflow.db"),
        ("file:///srv/mlruns/1 is gone", "file:///…/1 is gone"),
        ("/srv/data/", "…/"),
    ],
)
def test_a_path_is_cut_to_its_last_part(said, told):
    assert told in without_folders(said)
    assert "srv" not in without_folders(said) and "teacher" not in without_folders(said)


@pytest.mark.parametrize(
    "said",
    [
        "https://example.org/a/b.tar.gz answered 404",
        "tcp://10.0.0.1:8786 could not be reached",
        "1/2 of 3 / 4, and/or; km/h, a/b/c",
        "it's 5 o'clock / it's 6",
        "",
    ],
)
def test_what_is_no_path_stays(said):
    assert without_folders(said) == said


def test_an_error_nobody_expected_is_told_without_its_folders():
    told = explain(FileNotFoundError(2, "No such file or directory", "/srv/secret/cats.npz"))
    assert "cats.npz" in told and "secret" not in told
