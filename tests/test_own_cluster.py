"""Our own cluster, as another user of the machine meets it; and what is left of it."""

import asyncio
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import dask
import psutil
import pytest
from distributed import Client, Security
from distributed.core import connect

from playground.environment import PROJECT
from playground.service.cluster import Cluster, ClusterError
from playground.service.own_cluster import OwnCluster
from playground.worker import certificate, own_cluster
from tests.engines import lives, worker_processes
from tests.waiting import wait

pytestmark = pytest.mark.slow

BEGINS = """
import time
from playground.service.own_cluster import OwnCluster
own = OwnCluster()
print(own._folder.name, flush=True)
time.sleep(600)
"""
IS_THERE = """
import time
from playground.service.cluster import Cluster
from playground.service.own_cluster import OwnCluster
own = OwnCluster()
cluster = Cluster(own, print)
print(own._folder.name, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def ours() -> Iterator[Cluster]:
    cluster = Cluster(OwnCluster(), lambda event: None)
    yield cluster
    cluster.close()


def folder_of(cluster: Cluster) -> Path:
    return Path(cluster._own_cluster._folder.name)


def addresses(cluster: Cluster) -> dict[str, str]:
    """Where Dask's processes can be spoken to."""
    client = cluster._client
    ((worker, told),) = client.sync(client.scheduler.identity, n_workers=-1)["workers"].items()
    return {"scheduler": client.scheduler.address, "worker": worker, "nanny": told["nanny"]}


def listed() -> set[str]:
    """What Python's own processes leave in the system's temporary folder."""
    return {one.name for one in Path(tempfile.gettempdir()).glob("pymp-*")}


def ports(process: psutil.Process) -> list[tuple[str, int]]:
    found = process.net_connections(kind="inet")
    return [tuple(one.laddr) for one in found if one.status == psutil.CONN_LISTEN]


def listening() -> list[tuple[str, int]]:
    return [at for child in psutil.Process().children(recursive=True) for at in ports(child)]


def speak(address: str, security: Security) -> None:
    """Connect as Dask's client does, its greeting included. Raises OSError where that is refused,
    or RuntimeError or TypeError where this side has no certificate to show."""

    async def ask() -> None:
        comm = await connect(address, timeout=2, **security.get_connection_args("client"))
        await comm.write({"op": "identity", "reply": True})
        answer = await comm.read()
        comm.abort()
        assert answer["type"]

    with ThreadPoolExecutor(1) as aside:  # Playwright's loop runs on this thread, once it has begun
        aside.submit(lambda: asyncio.run(ask())).result()


def greet_without_a_certificate(address: str) -> None:
    """Speak TLS, with whoever is there. Raises OSError where the other side ends it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    port = int(address.rsplit(":")[-1])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain) as secure,
    ):
        secure.recv(1)


@pytest.mark.parametrize("who", ["scheduler", "worker", "nanny"])
def test_only_who_holds_the_clusters_certificate_is_let_in(ours, who, tmp_path):
    address = addresses(ours)[who]
    assert address.startswith("tls://127.0.0.1:")
    speak(address, ours._own_cluster.security)
    with pytest.raises((OSError, TypeError, RuntimeError)):
        speak(address, Security())
    with pytest.raises(OSError):
        speak(address, Security(**certificate.make(tmp_path)))
    with pytest.raises(OSError):
        speak(address, Security.temporary())
    with pytest.raises(OSError):
        speak(address.replace("tls://", "tcp://"), Security())
    with pytest.raises(OSError):
        greet_without_a_certificate(address)
    # Who believes the certificate, which is no secret, but has no key for it.
    only_seen = Security.temporary()
    only_seen.tls_ca_file = str(folder_of(ours) / "tls.pem")
    with pytest.raises(OSError):
        speak(address, only_seen)


def test_a_dask_client_without_the_certificate_runs_nothing(ours):
    address = addresses(ours)["scheduler"].replace("tls://", "tcp://")
    with pytest.raises(OSError):
        Client(address, timeout=2, set_as_default=False)


def test_all_that_listens_listens_on_this_machine_only(ours):
    found = listening()
    spoken = {int(address.rsplit(":")[-1]) for address in addresses(ours).values()}
    assert spoken <= {port for _, port in found}
    assert {host for host, _ in found} == {"127.0.0.1"}


def test_the_ports_without_tls_have_nothing_to_say(ours):
    spoken = {int(address.rsplit(":")[-1]) for address in addresses(ours).values()}
    others = [port for _, port in listening() if port not in spoken]
    assert others, "Dask's HTTP ports"
    for port in others:
        for page in ("", "health", "info/main/workers.html", "json/identity.json", "metrics"):
            with pytest.raises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=5)
            raised.value.close()
            assert raised.value.code == 404


def test_the_certificates_folder_is_closed_to_others_and_the_key_is_nowhere_else(ours):
    folder = folder_of(ours)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (file,) = folder.glob("*.pem")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [line for line in file.read_text().splitlines() if len(line) > 60]
    assert lines
    for process in psutil.Process().children(recursive=True):
        seen = " ".join([*process.cmdline(), *process.environ().values()])
        assert not [line for line in lines if line in seen]


def test_the_apps_own_dask_configuration_is_left_as_it_was(ours):
    for config in (dask.config.config, dask.config.collect()):  # now, and read anew
        comm = config.get("distributed", {}).get("comm", {})
        assert not comm.get("require-encryption") and not comm.get("tls", {}).get("ca-file")


def test_a_second_cluster_has_a_certificate_of_its_own_and_leaves_nothing(ours):
    before = set(psutil.Process().children(recursive=True))
    other = Cluster(OwnCluster(), lambda event: None)
    folder = folder_of(other)
    assert folder != folder_of(ours)
    with pytest.raises(OSError):
        speak(addresses(ours)["scheduler"], other._own_cluster.security)
    other.close()
    assert not folder.exists()
    wait(lambda: set(psutil.Process().children(recursive=True)) <= before)
    assert not ours.broken and folder_of(ours).exists()


@pytest.mark.parametrize(
    ("platform", "gpu", "method"),
    [("linux", False, "forkserver"), ("linux", True, "spawn"), ("darwin", False, "spawn")],
)
def test_a_worker_is_forked_only_where_no_driver_would_suffer(monkeypatch, platform, gpu, method):
    monkeypatch.setattr(own_cluster.sys, "platform", platform)
    monkeypatch.setattr(own_cluster.os.path, "exists", lambda path: gpu)
    assert own_cluster._start_method() == method


@pytest.mark.skipif(own_cluster._start_method() != "forkserver", reason="workers are spawned here")
def test_a_worker_is_forked_off_one_thread_and_goes_behind_the_pages(ours):
    (worker,) = worker_processes()
    assert worker.parent().num_threads() == 1, "a fork takes along but one"
    assert worker.nice() - psutil.Process().nice() == 10
    inherited = ours._client.run(lambda: dict(os.environ))
    assert all(one["OMP_WAIT_POLICY"] == "PASSIVE" for one in inherited.values())


def test_a_worker_that_stands_still_ends_with_its_cluster_and_nothing_is_left(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "default")  # what is left is told there
    before, own = listed(), OwnCluster()
    other = Cluster(own, lambda event: None)
    below = own._process.children(recursive=True)
    (worker,) = [one for one in worker_processes() if one in below]
    worker.suspend()
    other.close()
    assert not lives(worker)
    wait(lambda: not any(map(lives, below)))
    assert listed() <= before


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGINT])
def test_what_a_terminal_sends_to_all_leaves_nothing(number):
    before = listed()
    app = psutil.Popen(
        [sys.executable, "-c", IS_THERE], cwd=PROJECT, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    folder = Path(app.stdout.readline().strip())
    below = app.children(recursive=True)
    os.killpg(app.pid, number)
    app.wait()
    app.stdout.close()
    wait(lambda: not any(map(lives, below)))
    assert not folder.exists() and listed() <= before


def test_modules_of_the_current_folder_are_not_taken_for_ours(tmp_path, monkeypatch):
    (tmp_path / "statistics.py").write_text("raise RuntimeError('not this one')")
    (tmp_path / "playground").mkdir()
    (tmp_path / "playground" / "__init__.py").write_text("")
    monkeypatch.chdir(tmp_path)
    cluster = Cluster(OwnCluster(), lambda event: None)
    assert not cluster.broken
    cluster.close()


def test_a_cluster_ends_that_has_no_worker_for_long(monkeypatch):
    """As where each one ends at once: the app then starts all anew, and tells if that fails."""
    monkeypatch.setattr(own_cluster, "_LONGEST_WITHOUT", 1.5)

    def ends_within(seconds: float, workers: dict[str, object]) -> bool:
        watch = own_cluster._none_for_long(SimpleNamespace(workers=workers))
        with ThreadPoolExecutor(1) as aside, suppress(TimeoutError):
            aside.submit(lambda: asyncio.run(asyncio.wait_for(watch, seconds))).result()
            return True
        return False

    assert ends_within(5, {})
    assert not ends_within(3, {"tls://127.0.0.1:1": object()})


def test_a_process_that_is_gone_can_still_be_closed():
    own = OwnCluster()
    folder = Path(own._folder.name)
    own._process.kill()
    own._process.wait()
    own.end_workers()
    own.close()
    assert not folder.exists()


def test_a_cluster_that_ends_as_it_starts_is_told_at_once(monkeypatch):
    monkeypatch.setattr("playground.service.own_cluster.sys.executable", "/bin/false")
    with pytest.raises(
        ClusterError, match=r"made ready \(its process ended, and the log says why\)"
    ):
        Cluster(OwnCluster(), lambda event: None)


def test_dask_imports_nothing_there_that_it_does_not_need(ours):
    """As it would for workers that are forked: pandas and pyarrow, 70 MB."""
    found = ours._client.run_on_scheduler(lambda: set(sys.modules))
    assert {"distributed.nanny", "cryptography"} <= found
    assert not {"torch", "pandas", "pyarrow", "playground.training"} & found


@pytest.mark.parametrize("after", [0.0, 0.2, 0.6, 1.2, None])
def test_an_app_that_is_killed_leaves_neither_process_nor_certificate(after):
    """As its cluster starts, ``after`` so many seconds, and once it is there."""
    script = IS_THERE if after is None else BEGINS
    app = psutil.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    folder = Path(app.stdout.readline().strip())
    assert folder.parent == Path(tempfile.gettempdir()) and folder.exists()
    assert after is not None or (folder / "tls.pem").exists()
    time.sleep(after or 0)
    below = app.children(recursive=True)
    assert below
    app.send_signal(signal.SIGKILL)
    app.wait()
    app.stdout.close()
    wait(lambda: not any(map(lives, below)))
    assert not folder.exists()
