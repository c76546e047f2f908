"""A store that is spoilt, of a newer version, or held by another program: a word, nothing lost."""

import random
import shutil
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from playground.config import RunConfig
from playground.store import RunStore, StoreError, schema
from tests.command_line import CommandLine
from tests.test_runs import result

CONFIGS = [RunConfig().with_seed(seed) for seed in range(20)]
MOVE = r"move runs\.sqlite elsewhere"
HELD = "another program has held it for long"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a store with twenty finished runs, that nobody has open."""
    store = RunStore(tmp_path / "runs")
    for config in CONFIGS:
        store.queue(config, "data")
        store.finish(config.name, result())
    store.close()
    assert not (tmp_path / "runs" / "runs.sqlite-wal").exists(), "all is in one file"
    return tmp_path / "runs"


def read_all(folder: Path) -> int:
    """Open the store and read every run, its epochs and its files; how many there are."""
    store = RunStore(folder)
    try:
        runs = store.all()
        for run in runs:
            assert run.status == "finished" and run.config in CONFIGS
            assert len(store.epochs(run.name)) == 2
            assert len(store.arrays(run.name)) == 3
        return len(runs)
    finally:
        store.close()


def test_the_store_of_these_tests_is_whole(folder):
    assert read_all(folder) == len(CONFIGS)


@pytest.mark.parametrize("part", [0.9, 0.5, 0.1])
def test_a_truncated_store_is_told_and_left_as_it_is(folder, part):
    file = folder / "runs.sqlite"
    whole = file.read_bytes()
    file.write_bytes(spoilt := whole[: int(len(whole) * part)])
    with pytest.raises(StoreError, match=MOVE):
        read_all(folder)
    assert file.read_bytes() == spoilt
    file.write_bytes(whole)
    assert read_all(folder) == len(CONFIGS), "with its copy put back, all is there"


def test_of_a_store_that_lacks_some_bytes_nothing_wrong_is_read(folder):
    file = folder / "runs.sqlite"
    file.write_bytes(file.read_bytes()[:-100])
    try:
        assert read_all(folder) == len(CONFIGS), "SQLite may not need them"
    except StoreError as error:
        assert "move runs.sqlite elsewhere" in str(error)


def test_a_store_that_was_emptied_is_not_taken_for_a_new_one(folder):
    (folder / "runs.sqlite").write_bytes(b"")
    with pytest.raises(StoreError, match=r"is empty, though there are runs beside it"):
        RunStore(folder)
    assert (folder / "runs.sqlite").read_bytes() == b""
    (folder / "runs.sqlite").unlink()
    assert read_all(folder) == 0, "as the sentence says: without the file it begins anew"
    assert len([path for path in folder.iterdir() if path.is_dir()]) == len(CONFIGS)


def test_an_empty_file_without_runs_beside_it_is_a_new_store(tmp_path):
    (tmp_path / "runs.sqlite").touch()
    RunStore(tmp_path).close()


@pytest.mark.parametrize("seed", range(8))
def test_garbage_within_the_store_never_shows_as_a_run(folder, seed):
    """Most pages overwritten at random: the store is told to be spoilt."""
    chance = random.Random(seed)
    file = folder / "runs.sqlite"
    content = bytearray(file.read_bytes())
    pages = range(1, len(content) // 4096)
    for page in (4096 * one for one in chance.sample(pages, 3 * len(pages) // 4)):
        content[page : page + 4096] = chance.randbytes(4096)
    file.write_bytes(bytes(content))
    with pytest.raises(StoreError, match=MOVE):
        read_all(folder)


@pytest.mark.parametrize("lost", ["probabilities.npz", "weights.safetensors"])
@pytest.mark.parametrize("content", [None, b"", b"garbage" * 100])
def test_a_runs_spoilt_files_are_told_and_the_other_runs_are_read(folder, lost, content):
    store = RunStore(folder)
    file = folder / CONFIGS[0].name / lost
    file.unlink() if content is None else file.write_bytes(content)
    if lost == "probabilities.npz" and content is not None:
        with pytest.raises(StoreError, match="delete the run, and train it again"):
            store.arrays(CONFIGS[0].name)
    elif lost == "probabilities.npz":
        assert store.arrays(CONFIGS[0].name) == {}
    else:
        assert (store.weights(CONFIGS[0].name) is None) == (content is None)
    assert len(store.arrays(CONFIGS[1].name)) == 3
    assert store.delete(CONFIGS[0].name) and not (folder / CONFIGS[0].name).exists()
    store.close()


@pytest.mark.parametrize("version", [schema.VERSION + 1, 2**31 - 1])
def test_a_newer_store_is_told_on_the_command_line_and_left_as_it_is(
    tmp_path, folder, monkeypatch, capsys, version
):
    with sqlite3.connect(folder / "runs.sqlite") as db:
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    before = (folder / "runs.sqlite").read_bytes()
    command = CommandLine(tmp_path, monkeypatch, capsys)
    assert "update the playground" in command.refusal("run", "digits-mlp")
    assert (folder / "runs.sqlite").read_bytes() == before


@pytest.fixture
def impatient(monkeypatch):
    """Who waits for another program does so for 0.3 s."""
    monkeypatch.setattr(schema, "PATIENCE", 0.3)


@pytest.fixture
def held(folder):
    """Another program is in the middle of a write, and stays there."""
    other = sqlite3.connect(folder / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def test_a_store_that_is_held_for_long_cannot_be_opened_and_the_advice_is_to_wait(
    folder, impatient, held
):
    with pytest.raises(StoreError, match=HELD) as told:
        RunStore(folder)
    assert "elsewhere" not in str(told.value), "it is not spoilt"
    held.execute("ROLLBACK")
    assert read_all(folder) == len(CONFIGS), "who tried has left no lock behind"


def test_a_held_store_is_told_on_the_command_line(
    tmp_path, folder, monkeypatch, capsys, impatient, held
):
    command = CommandLine(tmp_path, monkeypatch, capsys)
    assert HELD in command.refusal("run", "digits-mlp")


def test_a_store_that_is_held_takes_no_write_says_so_and_can_be_read_meanwhile(folder, monkeypatch):
    monkeypatch.setattr(schema, "PATIENCE", 2.0)
    store = RunStore(folder)
    other = sqlite3.connect(folder / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told: list[str] = []

    def write() -> None:
        try:
            store.star(CONFIGS[0].name, True)
        except StoreError as error:
            told.append(str(error))

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.2)
    assert len(store.all()) == len(CONFIGS)
    assert writer.is_alive(), "the read did not wait for the write"
    writer.join()
    assert len(told) == 1 and HELD in told[0]
    other.execute("ROLLBACK")
    other.close()
    store.star(CONFIGS[0].name, True)
    assert store.get(CONFIGS[0].name).starred
    store.close()


def test_a_store_that_is_held_for_a_moment_is_waited_for(folder):
    store = RunStore(folder)
    other = sqlite3.connect(folder / "runs.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.5, other.execute, ("ROLLBACK",)).start()
    store.star(CONFIGS[0].name, True)
    assert store.get(CONFIGS[0].name).starred
    store.close()
    other.close()


def test_what_a_killed_process_left_half_written_is_removed_by_who_opens_the_store_next(folder):
    living = RunStore(folder)
    mine = folder / f".partial-{living._owner}-abc"
    left = [folder / name for name in (".partial-999999:1:x-abc", ".partial-abc", ".partial-")]
    for path in (mine, *left):
        shutil.copytree(folder / CONFIGS[0].name, path)
    assert read_all(folder) == len(CONFIGS)
    assert [path.exists() for path in left] == [False] * 3
    assert mine.exists(), "its process lives, and may be writing it"
    living.close()
