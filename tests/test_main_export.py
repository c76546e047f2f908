"""``python -m playground export``: a stored run as a file of another kind."""

import json
import os
import stat
import sys

import onnx
import pytest

from playground.cli import export
from playground.config import from_json
from playground.export import FILE_FORMATS, FileFormat
from tests.command_line import CHEAP_CONFIG, CommandLine
from tests.small_runs import small
from tests.stored_runs import finished

RUN = small()
OTHER = small(seed=1)


@pytest.fixture
def command(tmp_path, monkeypatch, capsys) -> CommandLine:
    command = CommandLine(tmp_path, monkeypatch, capsys)
    monkeypatch.chdir(tmp_path)
    finished(command.store, RUN, command.data)
    return command


@pytest.fixture
def listing(monkeypatch):
    """A format that takes several runs, and gives their names."""

    def names_of(subjects) -> bytes:
        print("chatter")
        return " ".join(subject.run.name[:8] for subject in subjects).encode()

    monkeypatch.setattr(export, "listing", names_of, raising=False)
    file_format = FileFormat(
        "Names", "txt", "text/plain", "playground.cli.export:listing", several=True
    )
    monkeypatch.setitem(FILE_FORMATS, "names", file_format)


def test_the_settings_of_a_run_are_written_and_can_be_read_again(command, tmp_path):
    said = command("export", RUN.name[:8], "--as", "config")
    path = tmp_path / f"digits_mlp_{RUN.name[:8]}.json"
    assert said.code == 0 and said.out == f"{path.name} ({path.stat().st_size:,} bytes)\n"
    assert from_json(path.read_text("utf-8")) == RUN
    assert command("export", str(path), "--as", "config").code == 0, "a file names its run"


def test_a_folder_is_made_and_a_file_replaced_in_one_move(command, tmp_path):
    folder = tmp_path / "deep" / "folder"
    for _ in range(2):
        assert command("export", RUN.name, "--as", "config", "--folder", str(folder)).code == 0
    (path,) = folder.iterdir()
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    assert path.name == f"digits_mlp_{RUN.name[:8]}.json"


def test_content_goes_to_standard_output_alone(command, tmp_path, listing):
    before = sorted(tmp_path.iterdir())
    said = command("export", RUN.name, "--as", "config", "--stdout")
    assert (said.code, said.err) == (0, "") and json.loads(said.out) == json.loads(RUN.canonical())
    said = command("export", RUN.name, "--as", "names", "--stdout")
    assert (said.out, said.err) == (RUN.name[:8], "chatter\n")
    assert sorted(tmp_path.iterdir()) == before


def test_a_recipe_names_its_run(command):
    finished(command.store, CHEAP_CONFIG, command.data)
    told = command.refusal("export", "digits-mlp", "--as", "config")
    assert told == (
        "The run of digits-mlp is not stored here: train it first, with python -m playground run "
        "digits-mlp."
    )
    told = command.refusal("export", "cures-dropout", "--quick", "--as", "config")
    assert told.endswith("python -m playground run cures-dropout --quick.")


def test_several_runs_fit_into_one_file(command, listing):
    finished(command.store, OTHER, command.data)
    with_other = ("--with", OTHER.name[:10], RUN.name[:12])
    said = command("export", RUN.name, "--as", "names", *with_other, "--stdout")
    assert said.out == f"{RUN.name[:8]} {OTHER.name[:8]}", "each run once"
    told = command.refusal("export", RUN.name, "--as", "names", "--with", *(["00000000"] * 8))
    assert told.startswith("One file takes 8 runs at most")
    told = command.refusal("export", RUN.name, "--as", "config", "--with", OTHER.name)
    assert told.startswith("--as config takes one run") and "report" in told


def test_onnx_is_made_of_a_trained_run(command, tmp_path):
    said = command("run", "digits-mlp", "--set", "run.epochs=1", "--json")
    assert command("export", said.json["run"][:8], "--as", "onnx").code == 0
    (path,) = tmp_path.glob("*.onnx")
    props = {one.key: one.value for one in onnx.load(path).metadata_props}
    assert props["run"] == said.json["run"]


def test_damaged_weights_are_told_in_a_sentence(command):
    told = command.refusal("export", RUN.name, "--as", "onnx")
    assert told.startswith("The stored weights of this run are damaged")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("00000000",), "No run here, or more than one, has a name that begins with 00000000"),
        ((RUN.name[:7],), "give 8 of its digits or more"),
        (("digits-mpl",), "did you mean digits-mlp?"),
        (("digits-mlp", "--quick"), "digits-mlp has no quick form"),
        ((RUN.name, "--quick"), "without --quick"),
        ((RUN.name, "--as", "pickle"), "There is no format pickle: the formats are script, "),
    ],
)
def test_what_cannot_be_meant_is_told(command, arguments, expected):
    assert expected in command.refusal("export", *arguments)


def test_a_run_that_is_on_is_refused(command):
    command.store.queue(OTHER, "")
    assert "still on" in command.refusal("export", OTHER.name, "--as", "config")


def test_data_that_is_not_there_is_told(command, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text('{"data": {"name": "cifar10"}}')
    config = from_json(file.read_text())
    command.store.queue(config, "")
    command.store.end(config.name, "failed", "")
    assert "fetch cifar10" in command.refusal("export", str(file), "--as", "config")


def test_a_folder_that_cannot_be_written_is_told(command, tmp_path):
    (tmp_path / "file").touch()
    told = command.refusal("export", RUN.name, "--as", "config", "--folder", str(tmp_path / "file"))
    assert "cannot be written" in told and told.endswith("name another folder with --folder.")


@pytest.mark.parametrize("form", [name for name, form in FILE_FORMATS.items() if form.modules])
def test_an_optional_package_that_is_not_there_is_told_with_how_to_install_it(
    command, monkeypatch, form
):
    for module in FILE_FORMATS[form].modules:
        monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    told = command.refusal("export", RUN.name, "--as", form)
    assert f"not installed ({', '.join(FILE_FORMATS[form].modules)})" in told
    assert told.endswith(f'run pip install -e ".[{form}]".')
    assert command("export", RUN.name, "--as", "config").code == 0


def test_a_library_that_is_not_there_is_told(command, monkeypatch):
    def missing(_):
        raise ModuleNotFoundError("No module named 'oddlib'", name="oddlib.part")

    monkeypatch.setattr(export, "listing", missing, raising=False)
    monkeypatch.setitem(
        FILE_FORMATS, "odd", FileFormat("Odd", "odd", "text/odd", f"{export.__name__}:listing")
    )
    told = command.refusal("export", RUN.name, "--as", "odd")
    assert told.startswith("Odd needs the Python package oddlib, which is not installed: ")


def test_help_has_examples_and_the_forms(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        command("export", "--help")
    out = capsys.readouterr().out
    assert "examples:\n  python -m playground export" in out and "onnx (ONNX, .onnx)" in out


def test_a_file_of_several_runs_leaves_that_of_the_first_alone(command, listing, tmp_path):
    finished(command.store, OTHER, command.data)
    assert command("export", RUN.name, "--as", "names").code == 0
    assert command("export", RUN.name, "--as", "names", "--with", OTHER.name).code == 0
    stem = f"digits_mlp_{RUN.name[:8]}"
    written = {path.name for path in tmp_path.glob("*.txt")}
    assert written == {f"{stem}.txt", f"{stem}_and_others.txt"}
