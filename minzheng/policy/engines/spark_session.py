"""The Spark session of this process: started once, quiet, reachable from this machine alone, gone without a trace."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minzheng.policy.errors import PolicyError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[*]"
OPTIONS = {
    "spark.app.name": "minzheng",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    # Nobody looks at past plans; kept, a thousand of ours fill the memory.
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    # Our rows are wide and their columns cheap: compile them all the same.
    "spark.sql.codegen.maxFields": "1000",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
ON_THIS_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "32",
}
"""For a master on this machine. On a cluster the workers have to reach the driver, and have settings of their own."""


@dataclass
class _Running:
    session: "SparkSession"
    gateway: Any
    scratch: Path
    key: tuple[str, tuple[tuple[str, str], ...]]


_running: _Running | None = None


def session(master: str | None = None, options: Mapping[str, str] | None = None) -> "SparkSession":
    """The session with this master: the one that runs, or a new one in its place. None: any, or else this machine's.

    Raises PolicyError where pyspark or Java is missing, or Spark does not start.
    """
    global _running
    if master is None and _running is not None:
        return _running.session
    master = master or LOCAL
    key = (master, tuple(sorted((options or {}).items())))
    if _running is not None and _running.key != key:
        stop()
    if _running is None:
        _running = _start(master, options or {}, key)
    return _running.session


@contextmanager
def refusals(code: str = "spark_failed", file: str = "") -> Iterator[None]:
    """What goes wrong within Spark, in one line: PolicyError with this code."""
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except Py4JJavaError as error:
        causes = [line for line in str(error).splitlines() if line.startswith((": ", "Caused by: "))]
        raise PolicyError(code, detail=causes[-1].partition(": ")[2] if causes else "", file=file) from None
    except (PySparkException, Py4JError) as error:
        raise PolicyError(code, detail=str(error).splitlines()[0], file=file) from None


def stop() -> None:
    """End the session and its Java process, and remove what they wrote; nothing where none runs."""
    global _running
    if _running is None:
        return
    running, _running = _running, None
    try:
        running.session.stop()
    finally:
        _end(running.gateway)
        shutil.rmtree(running.scratch, ignore_errors=True)


def _start(master: str, options: Mapping[str, str], key: tuple[str, tuple[tuple[str, str], ...]]) -> _Running:
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession
    except ImportError:
        raise PolicyError("spark_missing", what="pyspark") from None
    if not _java():
        raise PolicyError("spark_missing", what="Java")
    from py4j.protocol import Py4JError

    scratch = Path(tempfile.mkdtemp(prefix="minzheng-spark-"))
    conf = SparkConf(loadDefaults=False).setMaster(master)
    here = master.startswith("local") or "//127.0.0.1" in master or "//localhost" in master
    places = {"spark.local.dir": str(scratch), "spark.sql.warehouse.dir": str(scratch / "warehouse")}
    conf.setAll([*(OPTIONS | (ON_THIS_MACHINE if here else {}) | places | dict(options)).items()])
    said = scratch / "java.log"
    gateway = None
    try:
        with said.open("wb") as log:
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log})
        SparkContext._ensure_initialized(gateway=gateway)
        return _Running(SparkSession(SparkContext(conf=conf)), gateway, scratch, key)
    except (PySparkException, Py4JError, OSError) as error:
        detail = _last_words(said) or str(error).splitlines()[0]
        if gateway is not None:
            _end(gateway)
        shutil.rmtree(scratch, ignore_errors=True)
        raise PolicyError("spark_start", master=master, detail=detail) from None


def _end(gateway: Any) -> None:
    """The Java process leaves when its standard input closes."""
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = None
    gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=30)


def _java() -> bool:
    """Whether a Java is where Spark looks for it."""
    home = os.environ.get("JAVA_HOME")
    return (Path(home) / "bin" / "java").exists() if home else shutil.which("java") is not None


def _last_words(log: Path) -> str:
    """Why Java gave up, in its own words: its first exception, or else its last line."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    causes = [line for line in lines if "Exception" in line or "Error" in line]
    return (causes or lines[-1:] or [""])[0]


atexit.register(stop)
