"""The environment: where things are, and what is said of a value that cannot be used."""

from pathlib import Path

import pytest

from playground import settings

NAMES = ("DATA", "RUNS", "SCHEDULER")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"PLAYGROUND_{name}", raising=False)


def test_without_variables_everything_is_in_the_project():
    project = Path(__file__).resolve().parents[1]
    found = settings.read()
    assert (found.data, found.runs) == (project / "data", project / "runs")
    assert found.scheduler is None


def test_every_variable_is_read(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA", "/srv/data")
    monkeypatch.setenv("PLAYGROUND_RUNS", "elsewhere/runs")
    monkeypatch.setenv("PLAYGROUND_SCHEDULER", "tls://10.0.0.1:8786")
    found = settings.read()
    assert (found.data, found.runs) == (Path("/srv/data"), Path("elsewhere/runs").absolute())
    assert found.scheduler == "tls://10.0.0.1:8786"


def test_a_worker_knows_whether_its_machine_names_a_data_folder(monkeypatch):
    assert settings.named_data() is None
    monkeypatch.setenv("PLAYGROUND_DATA", "")
    assert settings.named_data() is None
    monkeypatch.setenv("PLAYGROUND_DATA", "elsewhere")
    assert settings.named_data() == Path("elsewhere").absolute()


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_is_as_good_as_none(monkeypatch, name):
    usual = settings.read()
    monkeypatch.setenv(f"PLAYGROUND_{name}", "")
    assert settings.read() == usual


@pytest.mark.parametrize(
    "value", ["nonsense", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://", "tcp://a b", " "]
)
def test_a_scheduler_that_is_no_address_is_refused_with_an_example(monkeypatch, value):
    monkeypatch.setenv("PLAYGROUND_SCHEDULER", value)
    with pytest.raises(settings.SettingsError) as raised:
        settings.read()
    assert str(raised.value) == (
        f"PLAYGROUND_SCHEDULER cannot be {value!r}: it must look like tcp://127.0.0.1:8786."
    )


def test_variables_of_others_are_left_alone(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_COLOUR", "blue")
    monkeypatch.setenv("DATA", "/nowhere")
    assert settings.read().data != Path("/nowhere")
