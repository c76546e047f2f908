"""``python -m playground track``."""

import io
import subprocess
import sys
import zipfile

import pytest

from playground import tracking
from playground.analysis import names
from playground.environment import PROJECT
from playground.recipes import RECIPES
from playground.tracking import SentCounts, TrackingError, event_files
from tests import stored_runs
from tests.command_line import CHEAP, CHEAP_CONFIG, CommandLine
from tests.small_runs import NOWHERE
from tests.tracking import SWEEP, require, swept

pytestmark = pytest.mark.slow

NAME = CHEAP_CONFIG.name


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return CommandLine(tmp_path, monkeypatch, capsys)


@pytest.fixture
def addresses(monkeypatch) -> list[str]:
    """Where runs were sent, in place of MLflow."""
    found = []

    def to_mlflow(sent, uri, report):
        found.append(uri)
        report(1, 1)
        return SentCounts(written=1, left=2)

    monkeypatch.setattr(tracking, "to_mlflow", to_mlflow)
    return found


def test_a_run_is_sent_by_its_first_digits(command, tmp_path):
    require("tensorboard")
    command("run", *CHEAP)
    said = command("track", NAME[:8], "--tensorboard", str(tmp_path / "logs"))
    (folder,) = (tmp_path / "logs").iterdir()
    assert (folder / event_files.FILE).is_file() and folder.name.endswith(NAME[:8])
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"TensorBoard: {names.of_config(CHEAP_CONFIG)} (run {NAME[:12]}) in {folder}; tensorboard "
        f"--logdir {tmp_path / 'logs'} shows it.\n"
    )


def test_a_sweep_is_sent_by_its_first_digits(command, tmp_path, addresses):
    require("tensorboard")
    swept(command.store)
    said = command(
        "track", SWEEP.name[:8], "--tensorboard", str(tmp_path / "logs"), "--mlflow", "http://x"
    )
    first, second = said.out.splitlines()
    assert said.code == 0 and addresses == ["http://x"]
    assert "4 of the 4 runs of this sweep" in first
    assert second == (
        "MLflow: 4 of the 4 runs of this sweep in the experiment network-playground "
        "(1 sent; 2 there already)."
    )
    assert len(list((tmp_path / "logs" / f"sweep-{SWEEP.name[:8]}").iterdir())) == 4


def test_a_recipe_is_sent_by_its_name_full_or_quick(command, addresses):
    assert "train it first, with python -m playground run digits-mlp." in (
        command.refusal("track", "digits-mlp", "--mlflow", "http://x")
    )
    stored_runs.finished(command.store, RECIPES["digits-mlp"].config, NOWHERE)
    said = command("track", "digits-mlp", "--mlflow", "http://x")
    assert RECIPES["digits-mlp"].config.name[:12] in said.out
    name = next(name for name, recipe in RECIPES.items() if recipe.quick)
    assert f"run {name} --quick" in command.refusal(
        "track", name, "--quick", "--mlflow", "http://x"
    )
    assert addresses == ["http://x"]


def test_mlflow_s_own_variable_names_the_server(command, addresses, monkeypatch):
    stored_runs.finished(command.store, CHEAP_CONFIG, NOWHERE)
    assert "set MLFLOW_TRACKING_URI" in command.refusal("track", NAME[:8], "--mlflow")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://here")
    assert command("track", NAME[:8], "--mlflow").code == 0 and addresses == ["http://here"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("digits-mlp",), "Say where to send it"),
        (("digits-mpl", "--tensorboard", "x"), "did you mean digits-mlp?"),
        (("0" * 8, "--tensorboard", "x"), "No run here, or more than one"),
        (("123", "--tensorboard", "x"), "give 8 of its digits or more"),
        (("digits-mlp", "--quick", "--tensorboard", "x"), "has no quick form"),
        (("0" * 8, "--quick", "--tensorboard", "x"), "without --quick"),
        (("digits-mlp", "--tensorboard", "s3://bucket"), "is no folder of this machine"),
    ],
)
def test_what_cannot_be_sent_is_told(command, arguments, expected):
    assert expected in command.refusal("track", *arguments)


def test_what_tracking_refuses_is_told(command, monkeypatch):
    def to_mlflow(*_):
        raise TrackingError("MLflow sleeps: wake it.")

    stored_runs.finished(command.store, CHEAP_CONFIG, NOWHERE)
    monkeypatch.setattr(tracking, "to_mlflow", to_mlflow)
    assert command.refusal("track", NAME[:8], "--mlflow", "http://x") == "MLflow sleeps: wake it."


def test_other_commands_import_neither_library():
    script = (
        "import sys; from playground.__main__ import main; main(['recipes', '--json']); "
        "sys.exit(bool({'mlflow', 'tensorboard', 'torch'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=True, capture_output=True)


def test_the_app_is_given_tensorboards_files_as_a_zip_archive(tmp_path, monkeypatch, capsysbinary):
    require("tensorboard")
    command = CommandLine(tmp_path, monkeypatch, capsysbinary)
    swept(command.store)
    said = command("track", SWEEP.name[:8], "--tensorboard", "-")
    with zipfile.ZipFile(io.BytesIO(said.out)) as archive:
        written = [name for name in archive.namelist() if name.endswith(event_files.FILE)]
    assert said.code == 0 and len(written) == 4
