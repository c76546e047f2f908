"""A run's weights as a file: the same bits, and a header that says what they are."""

import json
import subprocess
import sys
import tracemalloc
from dataclasses import asdict, replace

import numpy as np
import pytest
import safetensors
import safetensors.numpy
import safetensors.torch
import torch

from playground.config import from_json
from playground.export import FILE_FORMATS, ExportError
from playground.export.network_files import weights_of
from playground.store import RunStore
from tests import report_runs, small_runs


@pytest.fixture(scope="module")
def subject(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("runs"))
    yield report_runs.subject(store, report_runs.CONVOLUTIONS)
    store.close()


def test_every_tensor_keeps_its_bits_shape_and_type(subject):
    before = safetensors.torch.load_file(subject.weights)
    after = safetensors.torch.load(weights_of(subject))
    assert before.keys() == after.keys()
    for name, tensor in before.items():
        assert after[name].dtype == tensor.dtype and after[name].shape == tensor.shape
        assert after[name].numpy().tobytes() == tensor.numpy().tobytes()
    counters = [tensor for name, tensor in after.items() if "num_batches_tracked" in name]
    assert counters and all(one.dtype == torch.int64 and one.shape == () for one in counters)


def test_the_network_that_is_built_from_the_header_predicts_what_was_stored(subject, tmp_path):
    path = tmp_path / "run.safetensors"
    path.write_bytes(FILE_FORMATS["weights"].make([subject]))
    with safetensors.safe_open(path, "pt") as file:
        told = file.metadata()
    config = from_json(told["config"])
    shape = tuple(json.loads(told["input_shape"]))
    model = small_runs.untrained(config, shape, len(json.loads(told["classes"])))
    model.load_state_dict(safetensors.torch.load_file(path))
    with torch.inference_mode():
        found = model.eval()(small_runs.images(config, "test")).softmax(1).numpy()
    assert np.abs(found - subject.predictions("test").probabilities).max() < 1e-5


def test_the_header_says_what_the_store_says(subject):
    content = weights_of(subject)
    length = int.from_bytes(content[:8], "little")
    told = json.loads(content[8 : 8 + length])["__metadata__"]
    assert told["config"] == subject.config.canonical() and told["run"] == subject.config.name
    assert told["fingerprint"] == subject.run.fingerprint
    assert json.loads(told["classes"]) == list("0123456789")
    assert json.loads(told["versions"]) == subject.run.versions
    scores = subject.run.scores
    assert json.loads(told["figures"]) == {split: asdict(one) for split, one in scores.items()}


@pytest.mark.parametrize("damaged", [b"weights", b"\xff" * 40, b"cut", b"longer"])
def test_weights_that_are_not_there_or_damaged_are_refused_with_a_sentence(
    subject, damaged, tmp_path
):
    with pytest.raises(ExportError, match=r"^This run left no weights: .*\.$"):
        weights_of(replace(subject, weights=None))
    content = subject.weights.read_bytes()
    whole = {b"cut": content[:-1], b"longer": content + b"\0"}
    spoilt = tmp_path / "weights"
    spoilt.write_bytes(whole.get(damaged, damaged))
    with pytest.raises(ExportError, match=r"^The weights of this run are damaged .*\.$"):
        weights_of(replace(subject, weights=spoilt))
    with pytest.raises(ExportError, match=r"^The weights of this run cannot be read \(.*\.$"):
        weights_of(replace(subject, weights=tmp_path / "gone"))


def test_a_form_without_weights_does_not_read_them_and_they_are_taken_away_in_one_copy(
    subject, tmp_path
):
    large = tmp_path / "weights"
    safetensors.numpy.save_file({"one": np.zeros(10**7, np.float32)}, large)
    of_large = replace(subject, weights=large)
    peaks = {}
    for form in ("card", "weights"):
        tracemalloc.start()
        FILE_FORMATS[form].make([of_large])
        _, peaks[form] = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peaks["card"] < 2e7 and peaks["weights"] < 6e7


def test_the_weights_are_read_and_written_without_torch():
    code = "import sys, playground.export.network_files; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
