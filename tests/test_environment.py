"""The environment: where things are, and what is said of a value that cannot be used."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from playground import environment

NAMES = tuple(name.upper() for name in environment.Environment.model_fields)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"PLAYGROUND_{name}", raising=False)


def test_without_variables_everything_is_in_the_project():
    project = Path(__file__).resolve().parents[1]
    found = environment.read()
    assert (found.data, found.runs) == (project / "data", project / "runs")
    assert found.scheduler is None


def test_where_only_the_package_is_installed_everything_is_in_the_current_folder(tmp_path):
    shutil.copytree(environment.PROJECT / "playground", tmp_path / "site" / "playground")
    script = "from playground import environment as e; print(e.read().data, e.read().runs)"
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert said.stdout.split() == [str(tmp_path / "data"), str(tmp_path / "runs")]


def test_every_variable_is_read(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_DATA", "/srv/data")
    monkeypatch.setenv("PLAYGROUND_RUNS", "elsewhere/runs")
    monkeypatch.setenv("PLAYGROUND_SCHEDULER", "tls://10.0.0.1:8786")
    found = environment.read()
    assert (found.data, found.runs) == (Path("/srv/data"), Path("elsewhere/runs").absolute())
    assert found.scheduler == "tls://10.0.0.1:8786"


def test_a_worker_knows_whether_its_machine_names_a_data_folder(monkeypatch):
    assert environment.data_override() is None
    monkeypatch.setenv("PLAYGROUND_DATA", "")
    assert environment.data_override() is None
    monkeypatch.setenv("PLAYGROUND_DATA", "elsewhere")
    assert environment.data_override() == Path("elsewhere").absolute()


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_is_as_good_as_none(monkeypatch, name):
    usual = environment.read()
    monkeypatch.setenv(f"PLAYGROUND_{name}", "")
    assert environment.read() == usual


@pytest.mark.parametrize(
    "value", ["nonsense", "127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://", "tcp://a b", " "]
)
def test_a_scheduler_that_is_no_address_is_refused_with_an_example(monkeypatch, value):
    monkeypatch.setenv("PLAYGROUND_SCHEDULER", value)
    with pytest.raises(environment.InvalidEnvironment) as raised:
        environment.read()
    assert str(raised.value) == (
        f"PLAYGROUND_SCHEDULER cannot be {value!r}: it must look like tcp://127.0.0.1:8786."
    )


def test_variables_of_others_are_left_alone(monkeypatch):
    monkeypatch.setenv("PLAYGROUND_COLOUR", "blue")
    monkeypatch.setenv("DATA", "/nowhere")
    assert environment.read().data != Path("/nowhere")


ODD = ["nan", "inf", "-inf", "-1", "0", "1e400", "9" * 5000, "1_0", "0x1", " 5 ", "~nouser/x", "~"]
ODD += [
    "\t",
    "\x07",
    "\udcff",
    "tcp://h:99999",
    "tls://:1",
    "tcp://[::1]:8786",
    "tcp://h:1:2",
    "é" * 9,
]
ODD += ["a" * 200, "a" * 201, "🔑" * 101, "two\nlines of it", " " * 9 + "a", "/" + "x" * 5000]


@trying(max_examples=100)
@given(
    st.sampled_from(NAMES),
    st.one_of(
        st.sampled_from(ODD),
        st.floats().map(repr),
        # What an environment can hold: every byte but the one that ends a value.
        st.binary(max_size=40).map(
            lambda text: text.replace(b"\0", b"").decode(errors="surrogateescape")
        ),
    ),
)
@example("MOST_SECONDS", "inf")
@example("MOST_DISK", "1e308")
@example("TEACHER_KEY", "\udcff" * 9)
def test_whatever_a_variable_holds_is_used_or_refused_in_one_line(name, value):
    with patch.dict(os.environ, {f"PLAYGROUND_{name}": value}):
        try:
            found = environment.read()
        except environment.InvalidEnvironment as error:
            told = str(error)
            assert told.startswith(f"PLAYGROUND_{name} cannot be ") and told.endswith(".")
            assert told.isprintable() and len(told) < 400
            return
    assert found.limits.seconds is None or 0 < found.limits.seconds <= 1e9
    assert found.limits.disk is None or int(found.limits.disk * 1e9) >= 0
    assert found.data.is_absolute() and found.runs.is_absolute()
    str(found.data).encode(), (found.scheduler or "").encode()


@pytest.mark.parametrize("name", ["DATA", "RUNS"])
def test_a_home_that_is_not_there_is_told(monkeypatch, name):
    monkeypatch.setenv(f"PLAYGROUND_{name}", "~teacher/x")
    with pytest.raises(environment.InvalidEnvironment) as raised:
        environment.read()
    assert str(raised.value) == (
        f"PLAYGROUND_{name} cannot be '~teacher/x': there is no such home folder."
    )


@pytest.mark.parametrize("value", ["inf", "nan", "1e10", "-3", "0", "ten"])
@pytest.mark.parametrize("name", ["MOST_SECONDS", "MOST_DISK"])
def test_a_limit_that_is_no_number_is_refused_with_an_example(monkeypatch, name, value):
    monkeypatch.setenv(f"PLAYGROUND_{name}", value)
    with pytest.raises(
        environment.InvalidEnvironment, match=f"cannot be '{value}': it must look like "
    ):
        environment.read()


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("a" * 7, False),
        ("a" * 8, True),
        ("a" * 200, True),
        ("a" * 201, False),
        ("🔑" * 8, True),
        ("🔑" * 101, False),
        ("       a", False),
        ("with a\nbreak", False),
        ("a\udcff" * 8, False),
    ],
)
def test_a_key_that_cannot_be_typed_is_refused(monkeypatch, key, good):
    monkeypatch.setenv("PLAYGROUND_TEACHER_KEY", key)
    if good:
        assert environment.read().teacher_key.get_secret_value() == key
        return
    with pytest.raises(environment.InvalidEnvironment) as raised:
        environment.read()
    assert "8 characters or more, 200 at most" in str(raised.value) and key not in str(raised.value)


def test_the_log_and_the_command_line_say_where_a_folder_is(monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path))
    told = environment.with_folders_named("The store in the run folder is empty.")
    assert told == f"The store in the run folder is empty. The run folder is {tmp_path}."
    assert environment.with_folders_named("There is no form x.") == "There is no form x."
