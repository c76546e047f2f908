"""Export: a run as files, made at once or apart; its link; settings from a file."""

import json
import shutil
import sys
import urllib.parse

import pytest

from playground.config import from_json, with_settings
from playground.export import FILE_FORMATS
from playground.results import Execution
from playground.service import Engine, exports
from playground.store.run import execution_json
from playground.ui.export import files, tracking
from tests import pages, small_cifar10, stored_runs
from tests.waiting import wait

PAGE = "pages/9_Take_away.py"
CONFIG = pages.made({"run.epochs": "3"})
OTHER = pages.made({"run.epochs": "2"})


@pytest.fixture
def run(engine):
    stored_runs.finished(engine.store, CONFIG, engine.data)
    way = execution_json(Execution(1, fused=True))
    engine.store.database.write("UPDATE runs SET execution = ?", way)
    return engine.store.get(CONFIG.name)


def visit(*configs, visitor: str = ""):
    return pages.open_page(stored_runs.link(*configs), PAGE, visitor)


def script(at) -> str:
    shown = pages.change(at, "export.read", True).code
    (code,) = [one.value for one in shown if "import torch" in one.value]
    return code


def labels(at) -> list[str]:
    return [one.proto.label for one in at.get("download_button")]


def page_text(at) -> str:
    return " ".join(pages.texts([*at.caption, *at.info, *at.warning, *at.error, *at.markdown]))


def test_what_is_made_at_once_can_be_downloaded_and_the_rest_be_made(engine, run):
    at = visit(CONFIG)
    at_once = {
        f"Download .{form.extension}" for form in FILE_FORMATS.values() if not form.in_own_process
    }
    assert set(labels(at)) == at_once
    made = {button.label for button in at.button if button.label.startswith("Make ")}
    assert made >= {
        f"Make .{form.extension}" for form in FILE_FORMATS.values() if form.in_own_process
    }
    code = script(at)
    assert code.startswith('"""Digits') and run.name[:12] in code and "make_network" in code
    assert [one.label for one in at.metric] == ["of 269 unseen digits right"]
    assert "bit for bit" in page_text(at)


def test_what_wants_a_package_that_is_not_installed_says_so_in_place_of_its_button(
    engine, run, monkeypatch
):
    wanting = [form for form in FILE_FORMATS.values() if form.modules]
    for module in (module for form in wanting for module in form.modules):
        monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed
    at = visit(CONFIG)
    buttons = {*labels(at), *(button.label for button in at.button)}
    for form in wanting:
        assert f'run pip install -e ".[{form.extra}]".' in page_text(at)
        assert not buttons & {f"{verb} .{form.extension}" for verb in ("Download", "Make")}
    assert "Download .py" in buttons


def test_a_run_trained_on_a_gpu_says_what_may_differ(engine, run):
    engine.store.database.write(
        "UPDATE runs SET device = 'cuda (NVIDIA H100)', execution = ?",
        execution_json(Execution(0, "bfloat16", fused=True, recorded=True)),
    )
    at = visit(CONFIG)
    (warning,) = pages.texts(at.main.warning)
    assert "trained on a GPU, cuda (NVIDIA H100)" in warning and "may differ" in warning
    assert "one recorded sequence of kernels" in warning
    code = script(at)
    assert 'DEVICE = torch.device("cuda"' in code and "may differ" in " ".join(code.split())


def test_without_a_run_the_page_says_what_to_do_and_still_takes_a_file(engine):
    at = pages.open_page(page=PAGE)
    assert "There is no run yet." in page_text(at)
    assert [one.label for one in at.get("file_uploader")]


def test_a_diverged_run_is_taken_away_too(engine):
    stored_runs.finished(engine.store, CONFIG, engine.data, status="diverged")
    at = visit(CONFIG)
    assert "the script looks at the loss only" in page_text(at)
    assert "Download .py" in labels(at)


def test_a_run_that_left_no_weights_says_so(engine, run):
    shutil.rmtree(engine.store.folder / run.name)
    at = visit(CONFIG)
    assert "This run left no weights." in page_text(at) and "Download .py" in labels(at)
    assert "Download .safetensors" not in labels(at)


def test_data_that_is_gone_is_told(engine):
    config, _ = with_settings({"data.name": "cifar10", "data.train_images": "40"})
    small_cifar10.save_npz(engine.data)
    stored_runs.finished(engine.store, config, engine.data)
    (engine.data / "cifar10.npz").unlink()
    shutil.rmtree(engine.data / "prepared")
    assert "CIFAR10 is not here yet" in page_text(visit(config))


def test_the_link_opens_the_run_with_its_settings(engine, run):
    at = visit(CONFIG)
    (link,) = [one.value for one in at.code if one.language != "python"]
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))
    assert query.pop("run") == run.name[:16]
    assert with_settings(query) == (CONFIG, [])


# --- made apart --------------------------------------------------------------------------------


@pytest.fixture
def program(engine, monkeypatch, tmp_path):
    """Lets some lines of Python stand in the command's place."""
    real = sys.executable

    def stand_in(lines: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!{real}\nimport sys, time\n{lines}\n")
        path.chmod(0o700)
        monkeypatch.setattr(exports, "PYTHON", str(path))

    yield stand_in
    engine.exports.stop_all()


def making(engine: Engine, name: str = "onnx"):
    run = engine.store.get(CONFIG.name)
    asked = files.request_for(name, [run])
    return engine.exports.find(asked.kind, asked.arguments, asked.of)


def press(at, name: str):
    (button,) = [one for one in at.button if (one.key or "").startswith(f"export.{name}.")]
    button.click()
    return pages.run(at)


def test_onnx_is_made_by_a_press_watched_and_downloaded_by_all(engine, run, program, tmp_path):
    go = tmp_path / "go"
    program(f"import os\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\nprint('there')")
    at = press(visit(CONFIG, visitor="a"), "onnx")
    assert "s left" in page_text(at) and making(engine).arguments[:4] == (
        "export", run.name, "--as", "onnx"
    )  # fmt: skip
    other = visit(CONFIG, visitor="b")
    assert "s left" in page_text(other) and "Stop" not in [one.label for one in other.button]
    go.touch()
    wait(lambda: making(engine).over)
    for visitor in (at, other):
        assert "Download .onnx" in labels(pages.run(visitor))
    assert making(engine).content == b"there\n"


def test_who_asked_can_stop_it(engine, run, program):
    program("time.sleep(300)")
    at = press(visit(CONFIG), "onnx")
    press(at, "onnx")
    assert making(engine).stopped
    wait(lambda: making(engine).over)
    at = pages.run(at)
    assert "Make .onnx" in [one.label for one in at.button] and not at.error


def test_what_cannot_be_made_is_told_in_a_sentence(engine, run, program):
    program("print('This cannot be: try another.', file=sys.stderr)\nsys.exit(2)")
    at = press(visit(CONFIG), "onnx")
    wait(lambda: making(engine).over)
    assert "This cannot be: try another." in pages.texts(pages.run(at).error)


def test_the_runs_that_are_chosen_have_a_report_together(engine, run, program):
    program("print('there')")
    stored_runs.finished(engine.store, OTHER, engine.data)
    at = visit(CONFIG, OTHER)
    assert "The 2 runs that are chosen on the page Runs" in page_text(at)
    buttons = [one for one in at.button if (one.key or "").startswith("export.report.")]
    assert len(buttons) == 2
    buttons[1].click()
    pages.run(at)
    both = [engine.store.get(config.name) for config in (CONFIG, OTHER)]
    asked = files.request_for("report", both)
    found = engine.exports.find(asked.kind, asked.arguments, asked.of)
    assert found and found.arguments[-2:] == ("--with", OTHER.name)


# --- tracking ----------------------------------------------------------------------------------


def test_only_who_is_in_charge_sends_to_mlflow_and_only_where_there_is_a_server(
    engine, run, program, monkeypatch, teacher_key
):
    monkeypatch.setattr(tracking, "_has", lambda library: True)
    program("print('MLflow: run sent.')")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert "Set MLFLOW_TRACKING_URI" in page_text(visit(CONFIG))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    at = visit(CONFIG)
    assert "The teacher sends runs to MLflow." in page_text(at)
    assert not [one for one in at.button if (one.key or "").startswith("export.mlflow")]
    monkeypatch.setattr("playground.ui.rights.is_in_charge", lambda: True)
    at = press(visit(CONFIG), "mlflow")
    arguments = ("track", run.name, "--mlflow")
    wait(lambda: engine.exports.find("mlflow", arguments, run.ended).over)
    assert "MLflow: run sent." in pages.texts(pages.run(at).success)


def test_without_the_libraries_nothing_is_said_of_them(engine, run, monkeypatch):
    monkeypatch.setattr(tracking, "_has", lambda library: False)
    assert "MLflow" not in page_text(visit(CONFIG))


# --- settings from a file ----------------------------------------------------------------------


def upload(content: bytes):
    at = pages.open_page(page=PAGE)
    (box,) = at.get("file_uploader")
    box.set_value(("settings.json", content, "application/json"))
    return pages.run(at)


def test_settings_from_a_file_are_taken_into_the_sidebar(engine):
    config = pages.made({"optimizer.name": "sgd", "architecture.hidden": "9"})
    at = upload(config.canonical().encode())
    at = pages.press(at, "Take these settings")
    assert from_json(json.dumps(pages.config_of(at).model_dump(mode="json"))) == config


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"run": {"epochs": 0}}', "Epochs (run.epochs) must be a whole number"),
        (b"\xff\xfe\x00", "not a text file in UTF-8"),
        (b" " * (10**6 + 1), "too large"),
        (b'{"run": {"<b>x</b>": 0}}', "There is no setting"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(engine, content, expected):
    at = upload(content)
    assert expected in pages.texts(at.error)[0]
    assert "Take these settings" not in [one.label for one in at.button]
