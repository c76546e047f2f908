"""Prepared copies: made once, made afresh, made by two at once, and never left half made."""

import errno
import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from playground.config import OwnImages
from playground.data import datasets
from playground.data.datasets import DataError, own_images, prepared_copy
from tests.own_images import IMAGES, load, refusal, save


def copies(folder: Path) -> list[Path]:
    return list((folder / "prepared" / "mine.npz").iterdir())


def test_a_file_is_prepared_once_and_then_only_opened(tmp_path, monkeypatch):
    first = load(tmp_path)
    monkeypatch.setattr(own_images, "write", None)
    again = datasets.load(OwnImages(file="mine.npz"), tmp_path)
    assert again.fingerprint == first.fingerprint and np.array_equal(again.images, first.images)
    assert datasets.fingerprint(OwnImages(file="mine.npz"), tmp_path) == first.fingerprint


def test_a_changed_file_is_prepared_afresh_and_the_old_copy_goes(tmp_path):
    first = load(tmp_path)
    second = load(tmp_path, x_train=255 - IMAGES)
    assert np.array_equal(second.images, 255 - IMAGES)
    assert second.fingerprint != first.fingerprint
    assert np.array_equal(first.images, IMAGES)  # whoever has the old copy open keeps it
    assert len(copies(tmp_path)) == 1


def test_what_a_dead_process_left_is_removed_and_what_a_live_one_writes_is_not(tmp_path):
    home = tmp_path / "prepared" / "mine.npz"
    for name, age in ((".old", 2 * prepared_copy.ABANDONED), (".new", 0)):
        (home / name).mkdir(parents=True)
        os.utime(home / name, (time.time() - age,) * 2)
    load(tmp_path)
    assert (home / ".new").is_dir() and not (home / ".old").exists()


def _load_in_a_process(folder: Path, barrier, answers) -> None:
    barrier.wait(60)
    answers.put(datasets.load(OwnImages(file="mine.npz"), folder).fingerprint)


def test_processes_that_prepare_the_same_at_once_all_end_well(tmp_path):
    save(tmp_path, x_train=np.repeat(np.repeat(IMAGES, 6, 1), 6, 2))
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(4), context.Queue()
    processes = [
        context.Process(target=_load_in_a_process, args=(tmp_path, barrier, answers))
        for _ in range(4)
    ]
    for process in processes:
        process.start()
    found = {answers.get(timeout=90) for _ in processes}
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * 4
    assert found == {datasets.fingerprint(OwnImages(file="mine.npz"), tmp_path)}
    assert len(copies(tmp_path)) == 1


def test_the_second_of_two_that_prepared_the_same_takes_the_first_ones_copy(tmp_path, monkeypatch):
    data, write = save(tmp_path), own_images.write
    nested = []

    def write_while_another_process_finishes(source, temporary):
        content = write(source, temporary)
        if not nested:
            nested.append(True)
            key = prepared_copy._key([source])
            other = temporary.parent / key
            other.mkdir()
            prepared_copy._write_meta(other, write(source, other), [source])
        return content

    monkeypatch.setattr(own_images, "write", write_while_another_process_finishes)
    assert np.array_equal(datasets.load(data, tmp_path).images, IMAGES)
    assert len(copies(tmp_path)) == 1


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path, monkeypatch):
    data, write = save(tmp_path), own_images.write

    def write_and_touch(source, temporary):
        content = write(source, temporary)
        os.utime(source, (1, 1))
        return content

    monkeypatch.setattr(own_images, "write", write_and_touch)
    assert "changed while it was being read" in refusal(tmp_path, data)


def test_a_damaged_copy_is_an_error_that_says_what_to_delete(tmp_path):
    load(tmp_path)
    (copy,) = copies(tmp_path)
    (copy / "images.npy").write_bytes(b"")
    with pytest.raises(DataError, match=r"copy of mine\.npz is damaged: delete the folder"):
        datasets.load(OwnImages(file="mine.npz"), tmp_path)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "no room left on the disk of"),
        (errno.EACCES, "cannot be written"),
        (errno.EROFS, "cannot be written"),
    ],
)
def test_a_disk_that_is_full_or_closed_is_told(tmp_path, monkeypatch, code, words):
    save(tmp_path)

    def fail(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(own_images, "write_header", fail)
    sentence = refusal(tmp_path)
    assert words in sentence and "PLAYGROUND_DATA" in sentence


def test_a_data_set_that_is_being_prepared_holds_up_no_other_one(tmp_path, monkeypatch):
    data, other, write = save(tmp_path), save(tmp_path, "other.npz"), own_images.write

    def slow(source, temporary):
        monkeypatch.setattr(own_images, "write", write)
        with ThreadPoolExecutor(1) as thread:
            asked = thread.submit(datasets.fingerprint, other, tmp_path)
            assert asked.result(timeout=60) == datasets.fingerprint(other, tmp_path)
        return write(source, temporary)

    monkeypatch.setattr(own_images, "write", slow)
    assert np.array_equal(datasets.load(data, tmp_path).images, IMAGES)
