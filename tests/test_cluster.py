"""The engine on a scheduler and workers of their own, as on several machines."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dask
import pytest
from distributed import Client

from playground.config import Digits, Run, RunConfig
from playground.config.sweeps import Axis, Sweep
from playground.data import datasets
from playground.results import Execution
from playground.service import Engine
from playground.service.cluster import LOST, Cluster, ClusterError
from playground.service.jobs import Jobs
from playground.store import RunStore
from playground.worker import certificate
from tests import clusters, engines, own_images
from tests.engines import stop_all
from tests.small_runs import small
from tests.waiting import wait

pytestmark = pytest.mark.slow

EPOCHS = 600
PATIENCE = 180
"""Seconds for what waits for a process to start and to import torch, beside runs that are on."""
CONFIG = "distributed.comm.tls."


@dataclass
class Place:
    """An engine, the processes that it trains on, and a look at who trains what."""

    engine: Engine
    processes: clusters.Processes
    client: Client
    theirs: Path
    """The workers' data folder."""

    def training(self) -> dict[str, str]:
        """The worker's name -> the name of the run it trains."""
        keys = clusters.trains(self.client)
        with self.engine._jobs.lock:
            jobs = [self.engine._jobs.of_key(key.removesuffix("-again")) for key in keys.values()]
        return {worker: job.name for worker, job in zip(keys, jobs, strict=True) if job}


@pytest.fixture(scope="module", params=["tcp", "tls"])
def place(request, tmp_path_factory) -> Iterator[Place]:
    """Two workers. By tcp they share the app's data folder, and the scheduler tries no run twice;
    by tls they have a folder of their own, and the scheduler is as Dask has it."""
    folder = tmp_path_factory.mktemp("cluster")
    ours, theirs = folder / "ours", folder / "theirs"
    ours.mkdir()
    config = {}
    if request.param == "tls":
        theirs.mkdir()
        security = certificate.make(folder)
        told, options = clusters.variables(security), ("--protocol", "tls")
        config = {CONFIG + part: security["tls_ca_file"] for part in ("ca-file", "client.cert")}
        variables = {"PLAYGROUND_DATA": str(theirs)}
    else:
        told = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
        theirs, options, variables = ours, (), {}
    processes = clusters.Processes(folder, told)
    try:
        address = processes.scheduler("--port", "0", *options)
        assert address.startswith(request.param)
        processes.worker("first", **variables)
        processes.worker("second", **variables)
        with dask.config.set(config):
            engine = Engine(RunStore(folder / "runs"), ours, address)
            engine.start()
            # A worker that has not registered yet is a problem that passes.
            wait(lambda: engine.ready and engine._dispatcher.cluster.devices == 2, PATIENCE)
            client = Client(address, set_as_default=False)
        yield Place(engine, processes, client, theirs)
        client.close()
        engine.close()
    finally:
        processes.end()


@pytest.fixture(autouse=True)
def idle(request) -> Iterator[None]:
    yield
    if "place" in request.fixturenames:
        stop_all(request.getfixturevalue("place").engine)


def apart(seed: int, epochs: int = EPOCHS, **parts) -> RunConfig:
    """A run that does not train together with others, as its images are mirrored."""
    return small(seed=seed, epochs=epochs, data=Digits(train_images=200, flip=True), **parts)


def statuses(engine: Engine, configs: list[RunConfig]) -> Counter[str]:
    return Counter(engine.store.get(config.name).status for config in configs)


def counted(monkeypatch, thing: object, method: str) -> Counter[str]:
    """How often a method is called, by its first argument."""
    calls: Counter[str] = Counter()
    real = getattr(thing, method)

    def call(name, *args):
        calls[name] += 1
        return real(name, *args)

    monkeypatch.setattr(thing, method, call)
    return calls


def handovers(monkeypatch, engine: Engine) -> Counter[str]:
    """How often each run is handed to the cluster, by its name."""
    handed: Counter[str] = Counter()
    real = engine._dispatcher.cluster.train

    def train(runs, *args):
        handed.update(engine._jobs.of_key(run.key).name for run in runs)
        return real(runs, *args)

    monkeypatch.setattr(engine._dispatcher.cluster, "train", train)
    return handed


def test_a_sweep_trains_on_both_workers_and_outlives_one_that_is_killed(place, monkeypatch):
    engine = place.engine
    begun, finished, failed = (
        counted(monkeypatch, engine.store, method) for method in ("start", "finish", "end")
    )
    handed = handovers(monkeypatch, engine)
    rates = Axis(path="optimizer.learning_rate", values=("0.001", "0.002", "0.003", "0.004"))
    sweep = Sweep(base=apart(1, batch="full"), axes=(rates,))
    configs = [member.config for member in sweep.members()]
    assert engine.sweeps.start(sweep) == {"submitted": 4}
    wait(lambda: set(place.training()) == {"first", "second"})
    killed = place.training()["second"]
    wait(lambda: engine.store.epochs(killed))
    place.processes.kill("second")
    wait(lambda: statuses(engine, configs) == {"finished": 4}, PATIENCE)
    once = dict.fromkeys([config.name for config in configs], 1)
    assert handed == once and finished == once and not failed
    assert begun == once | {killed: 2}
    for config in configs:
        assert [e.epoch for e in engine.store.epochs(config.name)] == [*range(1, EPOCHS + 1)]
        assert engine.store.get(config.name).epochs == EPOCHS


def test_a_worker_that_joins_later_gets_runs_once_it_is_warm(place):
    variables = {} if place.theirs == place.engine.data else {"PLAYGROUND_DATA": str(place.theirs)}
    wait(lambda: place.engine._dispatcher.cluster.devices == 1)
    place.processes.worker("third", **variables)
    wait(lambda: place.engine._dispatcher.cluster.devices == 2, PATIENCE)
    for seed in (10, 11):
        place.engine.train(apart(seed, 5000))
    wait(lambda: set(place.training()) == {"first", "third"})


def test_runs_that_may_train_together_are_shared_out_among_the_workers(place):
    configs = [small(seed=seed, epochs=30) for seed in range(20, 24)]
    place.engine.train_all(configs, may_stack=True)
    wait(lambda: statuses(place.engine, configs) == {"finished": 4})
    ways = {place.engine.store.get(config.name).execution for config in configs}
    assert ways == {Execution(1, fused=True, stacked=2)}


def test_a_run_on_a_scheduler_can_be_stopped_and_asked_what_it_makes_of_pictures(place):
    asked = apart(30, 5000)
    place.engine.train(asked)
    wait(lambda: place.engine.store.epochs(asked.name))
    place.engine.stop(asked.name)
    wait(lambda: place.engine.store.get(asked.name).status == "stopped")
    pixels = datasets.load(asked.data, place.engine.data).images[:3]
    assert place.engine.predict(asked.name, pixels).shape == (3, 10)


def test_two_workers_prepare_the_same_data_at_once_and_other_data_is_refused(place):
    data = own_images.save(place.engine.data)
    if place.theirs != place.engine.data:
        shutil.copy(place.engine.data / data.file, place.theirs)
    configs = [
        RunConfig(data=data.model_copy(update={"flip": True}), run=Run(epochs=1, seed=seed))
        for seed in (40, 41)
    ]
    place.engine.train_all(configs)
    wait(lambda: statuses(place.engine, configs) == {"finished": 2})
    copies = [path.name for path in place.theirs.glob("prepared/*/*")]
    assert len(copies) == 1 and not copies[0].startswith("."), "one whole copy, and nothing beside"
    own_images.save(place.theirs, data.file, x_train=own_images.IMAGES[::-1])
    if place.theirs == place.engine.data:
        return  # where the folder is one, the app sees the new file
    other = RunConfig(data=data, run=Run(epochs=1, seed=42))
    place.engine.train(other)
    wait(lambda: not place.engine.store.get(other.name).is_active)
    run = place.engine.store.get(other.name)
    assert run.status == "failed" and "The data on the worker's machine" in run.message


def test_a_scheduler_that_goes_and_comes_back_gets_the_runs_that_wait(tmp_path):
    processes = clusters.Processes(tmp_path)
    try:
        address = processes.scheduler("--port", "0")
        processes.worker("only")
        engine = Engine(RunStore(tmp_path / "runs"), tmp_path / "data", address)
        engine.start()
        wait(lambda: engine.ready, PATIENCE)
        on, waiting = apart(1, 5000), apart(2, 3)
        engine.train(on)
        engine.train(waiting)
        wait(lambda: engine.store.epochs(on.name))
        processes.end()  # workers end with their scheduler
        wait(lambda: engine.store.get(on.name).status == "failed")
        assert engine.store.get(on.name).message == LOST
        wait(lambda: engine.problem)
        assert address in engine.problem
        assert engine.store.get(waiting.name).status == "queued"
        processes.scheduler("--port", address.rsplit(":")[-1])
        wait(lambda: "No worker" in engine.problem, PATIENCE)
        processes.worker("only")
        wait(lambda: engine.store.get(waiting.name).status == "finished", PATIENCE)
        assert engine.problem == ""
        engine.close()
    finally:
        processes.end()


def refusal(address: str) -> str:
    with pytest.raises(ClusterError) as raised:
        Cluster(address, lambda event: None)
    return str(raised.value)


def test_certificates_that_are_not_there_or_not_the_schedulers_are_told(tmp_path):
    ours, others = tmp_path / "ours", tmp_path / "others"
    ours.mkdir()
    others.mkdir()
    security, other = certificate.make(ours), certificate.make(others)
    processes = clusters.Processes(tmp_path, clusters.variables(security))
    try:
        address = processes.scheduler("--port", "0", "--protocol", "tls")
        ca, cert = CONFIG + "ca-file", CONFIG + "client.cert"
        found = refusal(address)
        assert found.startswith(
            f"{address} needs certificates: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE and "
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT to their files"
        )
        gone = str(tmp_path / "gone.pem")
        with dask.config.set({ca: security["tls_ca_file"], cert: gone}):
            found = refusal(address)
        assert found == (
            "The file gone.pem cannot be read: check DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT."
        )
        nothing = tmp_path / "nothing.pem"
        nothing.write_text("nothing")
        with dask.config.set({ca: security["tls_ca_file"], cert: str(nothing)}):
            assert "cannot be used" in refusal(address)
        with dask.config.set({ca: other["tls_ca_file"], cert: other["tls_client_cert"]}):
            assert refusal(address).endswith("app's are signed by the same authority.")
    finally:
        processes.end()


def test_the_queue_shares_out_what_may_train_together_among_free_devices():
    jobs = Jobs()
    for seed in range(5):
        engines.add(jobs, small(seed=seed), "", "alike")
    assert [len(jobs.submit_next(2)) for _ in range(3)] == [3, 2, 0]
