"""Whose export is made next, and that nobody waits for one that only begins."""

import subprocess
import threading
import time
from itertools import count

import pytest

from playground.service import exports as module
from playground.service.exports import MAX_WAITING, ExportFailed, Exports, ExportTask
from tests.waiting import wait


class Line(Exports):
    """Exports without processes: a file is there once it ``may_end``."""

    def __init__(self, tmp_path) -> None:
        super().__init__(tmp_path, tmp_path)
        self.made: list[str] = []
        self.may_end = threading.Semaphore(0)

    def _make(self, task: ExportTask) -> bytes:
        self.made.append(task.kind)
        self.may_end.acquire()
        return task.kind.encode()

    def want(self, name: str, visitor: str) -> ExportTask:
        return self.ask(name, [name], visitor)


@pytest.fixture
def line(tmp_path) -> Line:
    """A line whose first file is being made."""
    line = Line(tmp_path)
    line.want("first", "somebody")
    wait(lambda: line.made)
    return line


def order(line: Line, files: int) -> list[str]:
    """The next files in the order in which they are made."""
    for _ in range(files):
        line.may_end.release()
    wait(lambda: len(line.made) == files + 1)
    line.may_end.release()
    return line.made[1:]


def test_who_has_three_files_waiting_does_not_hold_up_anothers_first(line):
    for name in ("a1", "a2", "a3"):
        line.want(name, "ann")
    late = line.want("b1", "bob")
    assert line.left(late) < line.left(line.find("a2", ["a2"]))
    line.want("c1", "cem")
    assert order(line, 5) == ["a1", "b1", "c1", "a2", "a3"]


def test_a_file_that_several_want_is_made_in_the_turn_of_the_first_of_them(line):
    for name in ("a1", "a2", "a3"):
        line.want(name, "ann")
    line.want("b1", "bob")
    assert line.want("a3", "cem") is line.find("a3", ["a3"])
    assert order(line, 4) == ["a1", "b1", "a3", "a2"]


def test_who_waits_is_served_in_their_turn_whatever_cookies_arrive(line, monkeypatch):
    monkeypatch.setattr(module, "UNSEEN", float("inf"))  # no page looks here
    bots = (f"bot {number}" for number in count())
    before = [line.want(bot, bot) for bot in (next(bots) for _ in range(20))]
    mine = line.want("mine", "ann")
    while not mine.over:
        made = len(line.made)
        line.may_end.release()
        wait(lambda made=made: len(line.made) > made)  # else the next would be taken meanwhile
        with pytest.raises(ExportFailed, match="Many others are exporting just now"):
            while True:  # a new cookie for each place that is free
                bot = next(bots)
                line.want(bot, bot)
        assert len(line._waiting) == MAX_WAITING
    assert line.made.index("mine") <= len(before) + 1
    line.stop_all()
    line.may_end.release()


def test_what_no_page_looks_at_any_more_gives_its_place_away(line, monkeypatch):
    left = [line.want(name, name) for name in "abc"]
    here = line.want("d", "d")
    for task in left:
        task.seen -= module.UNSEEN
    monkeypatch.setattr(module, "MAX_WAITING", 4)
    line.left(left[0])
    last = line.want("e", "e")
    assert [task.stopped for task in [*left, here, last]] == [False, True, True, False, False]
    assert order(line, 3) == ["a", "d", "e"]


def test_stop_all_frees_every_place(line):
    asked = [line.want(name, name) for name in "abc"]
    line.stop_all()
    assert all(task.over for task in asked) and not line._waiting
    line.may_end.release()
    assert order(line, 0) == [] and line.want("a", "a") not in asked


def test_nobody_waits_while_a_process_starts(tmp_path, monkeypatch):
    starts, may_start, popen = threading.Event(), threading.Event(), subprocess.Popen

    def slow(*args, **options):
        starts.set()
        may_start.wait(30)
        return popen(["sleep", "300"], **options)

    monkeypatch.setattr(module.subprocess, "Popen", slow)
    exports = Exports(tmp_path, tmp_path)
    on = exports.ask("on", ["on"], "ann")
    assert starts.wait(30)

    def look() -> None:
        assert exports.find("on", ["on"]) is on
        assert exports.left(exports.ask("waits", ["waits"], "bob")) > 0
        exports.give_up(on, "ann")

    others = threading.Thread(target=look)
    others.start()
    others.join(10)
    assert not others.is_alive() and not may_start.is_set()
    exports.give_up(exports.find("waits", ["waits"]), "bob")
    may_start.set()
    begun = time.monotonic()
    with pytest.raises(ExportFailed, match="was stopped"):
        on.wait()
    assert time.monotonic() - begun < 2, "it ends as soon as it has started"
