"""Exports made for the app in processes of their own: one at a time, and none left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from playground import environment
from playground.cli import process
from playground.environment import PROJECT
from playground.service import exports as module
from playground.service.exports import ExportFailed, Exports
from tests.small_runs import small
from tests.stored_runs import finished
from tests.waiting import wait

RUN = small()
PYTHON = sys.executable


@pytest.fixture
def exports(store, tmp_path) -> Exports:
    finished(store, RUN, tmp_path)
    return Exports(store.folder, tmp_path)


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Lets some lines of Python stand in the command's place."""

    def stand_in(lines: str) -> None:
        path = tmp_path / "python"
        path.write_text(f"#!{PYTHON}\nimport os, subprocess, sys, time\n{lines}\n")
        path.chmod(0o700)
        monkeypatch.setattr(module, "PYTHON", str(path))

    return stand_in


def arguments(name: str, form: str = "config") -> list[str]:
    return ["export", name, "--as", form, "--stdout"]


def ask(exports: Exports, name: str, visitor: str = "a", of: object = None):
    """The settings of a run, made by the command."""
    return exports.ask("config", arguments(name), visitor, of)


def refusal(exports: Exports, form: str = "config", name: str = RUN.name) -> str:
    """The one sentence with which an export is refused."""
    with pytest.raises(ExportFailed) as raised:
        exports.ask(form, arguments(name, form), "a").wait()
    sentence = str(raised.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_a_process_makes_the_file(exports):
    assert json.loads(ask(exports, RUN.name, "a").wait()) == json.loads(RUN.canonical())
    assert not children()


def test_what_the_command_refuses_is_told_in_its_words(exports):
    told = refusal(exports, name="0" * 64)
    assert told.startswith("No run here, or more than one, has a name")
    assert refusal(exports, form="pickle").startswith("There is no format pickle")


def test_the_process_gets_the_runs_the_folders_and_a_low_priority(exports, program, tmp_path):
    program("print(sys.argv[1:], os.environ['PLAYGROUND_RUNS'], os.environ['PLAYGROUND_DATA'])")
    told = exports.ask("report", ["export", "a" * 64, "--as", "report"], "a").wait().decode()
    assert told.endswith(f"] {tmp_path / 'runs'} {tmp_path}\n")
    assert f"'export', '{'a' * 64}', '--as', 'report'" in told


def test_what_nobody_expected_is_logged_and_told(exports, program, caplog):
    program("sys.exit('the roof fell in')")
    assert "The log has the details" in refusal(exports)
    assert "the roof fell in" in caplog.text
    program("os.kill(os.getpid(), 9)")
    assert "perhaps for want of memory" in refusal(exports)
    program("sys.exit(2)")
    assert "The log has the details" in refusal(exports), "2 without a sentence"


def test_a_program_that_cannot_be_started_is_told(exports, monkeypatch):
    monkeypatch.setattr(module, "PYTHON", "/nonexistent/python")
    assert "could not be started" in refusal(exports)


def test_a_process_that_takes_too_long_is_ended_with_what_it_started(
    exports, program, monkeypatch, tmp_path
):
    program(
        "subprocess.Popen(['sleep', '300'], stdout=subprocess.DEVNULL)\n"
        f"open({str(tmp_path / 'group')!r}, 'w').write(str(os.getpgid(0)))\n"
        "time.sleep(300)"
    )
    monkeypatch.setattr(module, "LONGEST", 2.0)
    assert "took too long" in refusal(exports)
    group = int((tmp_path / "group").read_text())
    wait(lambda: not living(group))
    program("print('there')")
    assert ask(exports, RUN.name, "a").wait() == b"there\n", "the turn was given back"


SLOWLY = """
log = open({log!r}, "a")
print("begins", file=log, flush=True)
time.sleep(0.1)
print("ends", file=log)
print(sys.argv[5])
"""


def test_one_is_made_at_a_time_in_the_order_of_asking(exports, program, tmp_path):
    log = tmp_path / "log"
    program(SLOWLY.format(log=str(log)))
    made = [ask(exports, name * 64, name) for name in "abcd"]
    assert exports.left(made[0]) < exports.left(made[3])
    assert [one.wait() for one in made] == [f"{name * 64}\n".encode() for name in "abcd"]
    assert log.read_text().split() == ["begins", "ends"] * 4


def test_the_same_file_is_made_once_for_all_and_kept(exports, program, tmp_path):
    log = tmp_path / "log"
    program(SLOWLY.format(log=str(log)))
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda who: ask(exports, RUN.name, who), "abcdefgh"))
    assert len(set(map(id, made))) == 1 and made[0].wait()
    assert ask(exports, RUN.name, "i") is made[0]
    assert exports.find("config", arguments(RUN.name)) is made[0]
    assert ask(exports, RUN.name, "i", of=2.0).wait(), "trained anew"
    assert log.read_text().split() == ["begins", "ends"] * 2


def test_old_files_are_dropped_when_they_fill_the_memory(exports, program, monkeypatch):
    program("print('x' * 999)")
    monkeypatch.setattr(module, "CACHE_BYTES", 2500)
    monkeypatch.setattr(module, "_EACH", 1)
    for name in "abcd":
        ask(exports, name * 64).wait()
    ask(exports, "e" * 64).wait()
    there = [name for name in "abcde" if exports.find("config", arguments(name * 64))]
    assert there == ["b", "c", "d", "e"], "the two newest count for nothing"


def test_too_many_that_wait_are_refused(exports, program, monkeypatch):
    program("time.sleep(30)")
    monkeypatch.setattr(module, "MAX_WAITING", 1)
    first = ask(exports, "a" * 64, "a")
    wait(lambda: first.began)
    ask(exports, "b" * 64, "a")
    with pytest.raises(ExportFailed, match="Many others are exporting"):
        ask(exports, "c" * 64, "a")
    exports.stop_all()


def test_it_is_stopped_when_nobody_waits_for_it(exports, program, caplog):
    program("time.sleep(300)")
    on, waits = (ask(exports, name * 64) for name in "ab")
    ask(exports, "a" * 64, "b")
    wait(lambda: on.began)
    exports.give_up(on, "a")
    exports.give_up(waits, "a")
    assert waits.over and waits.problem == "The export was stopped." and not on.over
    exports.give_up(on, "b")
    with pytest.raises(ExportFailed, match="was stopped"):
        on.wait()
    wait(lambda: not children())
    assert not caplog.text
    program("print('there')")
    assert ask(exports, "a" * 64, "a").wait() == b"there\n", "asked for again"


def test_what_is_on_ends_with_the_engine(exports, program):
    program("time.sleep(300)")
    made = [ask(exports, name * 64) for name in "ab"]
    wait(lambda: made[0].began)
    exports.stop_all()
    for one in made:
        with pytest.raises(ExportFailed):
            one.wait()


APP = """
import sys
import threading
import time
from pathlib import Path
from playground.service.exports import Exports
Exports(*map(Path, sys.argv[1:])).ask("slow", ["export", "0" * 64], "a").wait()
"""
SLOW = """
import time
from playground.cli import export
def slow(*_):
    open("begun", "w").write(str(__import__("os").nice(0)))
    time.sleep(300)
export._file_format = slow
"""


def test_a_process_ends_with_its_app(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SLOW)
    paths = os.pathsep.join([str(tmp_path), str(PROJECT)])
    app = subprocess.Popen(
        [sys.executable, "-c", APP, str(tmp_path), str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths, environment.APP: ""},
    )
    try:
        wait(lambda: read(tmp_path / "begun"))
        assert int(read(tmp_path / "begun")) >= 10, "it runs behind the pages"
        (child,) = psutil.Process(app.pid).children()
        app.send_signal(signal.SIGKILL)
        app.wait()
        wait(lambda: not lives(child.pid))
    finally:
        app.kill()
        app.wait()


def read(path) -> str:
    return path.read_text() if path.exists() else ""


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "export" in one.cmdline()]


def living(group: int) -> list[psutil.Process]:
    """The processes of a group that have not ended."""
    return [one for one in psutil.process_iter() if group_of(one.pid) == group and lives(one.pid)]


def group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_command_that_the_app_did_not_start_is_left_alone(monkeypatch):
    monkeypatch.setenv(environment.APP, str(os.getpid()))  # as an app in this process sets it
    priority, threads = os.nice(0), threading.active_count()
    process.follow_app()
    assert (os.nice(0), threading.active_count()) == (priority, threads)


def test_an_error_that_nobody_expected_does_not_end_the_thread(exports, monkeypatch):
    def broken(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(module, "_content", broken)
        assert "The log has the details" in refusal(exports)
        patch.setattr(module.subprocess, "Popen", broken)
        assert "could not be started" in refusal(exports)
    assert ask(exports, RUN.name).wait(), "the next one is made"


def test_who_asks_for_what_is_just_being_stopped_gets_it(exports, program, tmp_path):
    program("time.sleep(300)")
    first = ask(exports, "a" * 64)
    wait(lambda: first.began)
    program("print('there')")
    exports.give_up(first, "a")
    assert ask(exports, "a" * 64, "b").wait() == b"there\n"


def test_a_visitor_has_few_waiting(exports, program):
    program("time.sleep(300)")
    on = ask(exports, "0" * 64)
    wait(lambda: on.began)
    for name in "abc":
        ask(exports, name * 64)
    with pytest.raises(ExportFailed, match="Some of your files"):
        ask(exports, "d" * 64)
    assert ask(exports, "d" * 64, "another") and ask(exports, "a" * 64)
    exports.stop_all()


def test_a_stop_frees_the_machine_within_two_seconds_whatever_it_does(exports, program, tmp_path):
    program(
        "import signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "held = bytearray(200_000_000)\n"
        "subprocess.Popen(['sleep', '300'])\n"
        f"open({str(tmp_path / 'group')!r}, 'w').write(str(os.getpgid(0)))\n"
        "while True: pass"
    )
    on = ask(exports, RUN.name, "a")
    wait(lambda: read(tmp_path / "group"))
    begun = time.monotonic()
    exports.give_up(on, "a")
    assert on.ended.wait(2)
    wait(lambda: not living(int(read(tmp_path / "group"))))
    assert time.monotonic() - begun < 2
