"""`minzheng assess --engine spark` on a cluster: a master and a worker of their own, reached as `spark://…`."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from minzheng.policy.engines import spark_session
from tests.engines.spark import can_run_spark
from tests.policy.test_bulk import POLICY, RATES, SELECT, rows, write

PATIENCE = 120


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def running(folder, name, *arguments):
    """One of Spark's own servers, ended afterwards."""
    import pyspark

    command = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with (folder / f"{name}.log").open("wb") as log:
        server = subprocess.Popen(
            [command, f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", "--webui-port", "0", *arguments],
            stdout=log,
            stderr=log,
            env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder / "work")},
        )
        try:
            yield folder / f"{name}.log"
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(log, words):
    until = time.monotonic() + PATIENCE
    while words not in log.read_text(errors="replace"):
        assert time.monotonic() < until, log.read_text(errors="replace")[-2000:]
        time.sleep(0.2)


@pytest.fixture
def cluster(tmp_path):
    """The address of a master with one worker of one core."""
    if not can_run_spark():
        pytest.skip("needs Java 17 and pyspark")
    port = str(free_port())
    with running(tmp_path, "master.Master", "--port", port) as master:
        wait_for(master, "I have been elected leader")
        address = f"spark://127.0.0.1:{port}"
        with running(tmp_path, "worker.Worker", "--cores", "1", "--memory", "1g", address) as worker:
            wait_for(worker, "Successfully registered with master")
            yield address


def assess(folder, *more, out):
    """Through the command line, in a process of its own."""
    files = [folder / "policy.yaml", folder / "facts.parquet", "--members", folder / "members.parquet"]
    options = ["--on", "2024-05-01", "--steps", "--out", str(folder / out), *more]
    done = subprocess.run(
        [sys.executable, "-m", "minzheng.cli", "assess", *map(str, files), *options],
        capture_output=True, text=True, timeout=PATIENCE, check=False, env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def files(tmp_path):
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "rates.yaml").write_text(RATES, encoding="utf-8")
    for name, select in SELECT.items():
        write(tmp_path, name, select)
    return tmp_path


@pytest.mark.slow
def test_a_cluster_gives_the_same_file(files, cluster):
    code, said, errors = assess(files, "--engine", "spark", "--master", cluster, out="spark.parquet")
    assert (code, said) == (3, ""), errors
    assert len(errors.splitlines()) == 1, "nothing but the tally: Spark is quiet"
    assert assess(files, "--engine", "duckdb", out="duckdb.parquet")[0] == 3
    assert rows(files / "spark.parquet") == rows(files / "duckdb.parquet")
    assert not list(files.glob(".spark*"))


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_named(files):
    code, _, errors = assess(files, "--engine", "spark", "--master", "sparkle://nowhere", out="out.parquet")
    assert code == 2
    assert "sparkle://nowhere" in errors
    assert "--master" in errors
    assert "Traceback" not in errors
    assert not list(files.glob("*out*"))


@pytest.mark.parametrize("missing", ["pyspark", "Java"])
def test_what_spark_needs_is_named(monkeypatch, missing):
    monkeypatch.setattr(spark_session, "_running", None)
    if missing == "Java":
        pytest.importorskip("pyspark")
        monkeypatch.setenv("JAVA_HOME", "/nowhere")
    else:
        monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(spark_session.PolicyError, match=f"needs {missing}.*pip install 'minzheng\\[spark\\]'"):
        spark_session.session()
