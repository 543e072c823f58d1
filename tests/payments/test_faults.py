"""Whatever fails in the middle of a month, what is paid and booked at its end is the same: nothing lost, nothing twice.

A process of its own pays the month on a server of its own; it is struck at random moments and another goes on. `make
test` strikes once in each way, `make test-slow` fifty times.
"""

import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from minzheng.core import config
from minzheng.core.database import make_database
from minzheng.core.pgserver import EmbeddedPostgres
from tests.payments.clerk import ACTS, SIZE

ROOT = Path(__file__).parents[2]
ONE_OR_FIFTY = [pytest.param(1), pytest.param(50, marks=pytest.mark.slow)]


@dataclass
class Office:
    """A county on a server of its own, before its second month; what that month is when nothing fails."""

    server: EmbeddedPostgres
    expected: dict[str, list[str]]
    seconds: float

    def begin(self) -> None:
        """The county as it was before the month."""
        _copy(self.server, "county", "minzheng")

    def work(self, what: str) -> subprocess.Popen[str]:
        environment = os.environ | {
            "MINZHENG_DATA": str(self.server.data),
            "DJANGO_SETTINGS_MODULE": "minzheng.settings",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.payments.clerk", what],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def done(self, what: str) -> list[str]:
        """Work to its end; what it said."""
        clerk = self.work(what)
        said, complaint = clerk.communicate(timeout=300)
        assert clerk.returncode == 0, complaint
        return said.splitlines()

    def state(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(self.done("state")[1])
        return found

    def compare(self, without: tuple[str, ...] = ()) -> None:
        """The month is as it would have been."""
        found = self.state()
        assert found["ledger"] == []
        for name, lines in self.expected.items():
            if name not in without:
                lost, twice = Counter(lines) - Counter(found[name]), Counter(found[name]) - Counter(lines)
                assert not lost, f"{name} lost: {list(lost)[:5]}"
                assert not twice, f"{name} too many: {list(twice)[:5]}"


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    """The server is durable: what it has confirmed must be there when it comes back."""
    data = tmp_path_factory.mktemp("faults")
    config.load_secrets(data)
    server = EmbeddedPostgres(data).start()
    try:
        make_database(server)
        made = Office(server, {}, 0.0)
        made.done("make")
        _copy(server, "minzheng", "county")
        made.seconds = float(made.done("pay")[-1].split()[1])
        made.expected = made.state()
        assert len(made.expected["payments"]) > SIZE and len(made.expected["returns"]) > 10
        yield made
    finally:
        server.stop()


Strike = Callable[[Office, subprocess.Popen[str], int], None]


@pytest.mark.parametrize("strikes", ONE_OR_FIFTY)
def test_the_process_is_killed(office: Office, strikes: int):
    _struck(office, strikes, lambda _office, clerk, _backend: clerk.kill())


@pytest.mark.parametrize("strikes", ONE_OR_FIFTY)
def test_the_database_is_killed(office: Office, strikes: int):
    """In turns the whole server, as when the power fails, and the one process of it that serves the run."""
    turn = 0

    def strike(office: Office, _clerk: subprocess.Popen[str], backend: int) -> None:
        nonlocal turn
        turn += 1
        if turn % 2:
            _kill_server(office.server)
        else:
            os.kill(backend, signal.SIGKILL)

    _struck(office, strikes, strike)


@pytest.mark.parametrize("strikes", ONE_OR_FIFTY)
def test_the_connection_is_lost(office: Office, strikes: int):
    def strike(office: Office, _clerk: subprocess.Popen[str], backend: int) -> None:
        with psycopg.connect(office.server.url("postgres", "postgres")) as administrator:
            administrator.execute("select pg_terminate_backend(%s)", [backend])

    _struck(office, strikes, strike)


@pytest.mark.parametrize("strikes", ONE_OR_FIFTY)
def test_the_disk_is_full(office: Office, strikes: int):
    """From a moment on the server's process can make no file longer: tables, indexes, the log."""
    _struck(office, strikes, lambda _office, _clerk, backend: _no_more_disk(backend))


def test_every_act_pressed_twice_at_once(office: Office):
    """A double click, or two officers at the same moment: one of them does it."""
    office.begin()
    said = dict(json.loads(line) for line in office.done("twice")[1:-1])
    assert list(said) == list(ACTS)
    assert said.pop("prepare") == ["done", "done"], "computing again replaces the same lines"
    for outcomes in said.values():
        assert outcomes[0] in ("done", "payments.state", "bank.returns_do_not_fit")
        assert outcomes.count("done") == 1
    office.compare(without=("steps", "tasks", "audit"))  # computing again is a step of its own


def test_the_clock_jumps(office: Office):
    office.begin()
    office.done("clock")
    office.compare(without=("files",))


def _struck(office: Office, strikes: int, strike: Strike) -> None:
    """Months that are struck at random moments, until there were so many strikes; each goes on until it is closed."""
    seed = random.randrange(10**6)
    moments, struck = random.Random(seed), 0
    print("seed", seed)
    while struck < strikes:
        office.begin()
        while True:
            clerk = office.work("pay")
            backend = int(_first_line(clerk).split()[1])
            time.sleep(moments.uniform(0, office.seconds))
            finished = clerk.poll() is not None
            if not finished:
                strike(office, clerk, backend)
                struck += 1
            clerk.communicate(timeout=300)
            office.server.start()
            if clerk.returncode == 0:
                break
        office.compare()


def _first_line(clerk: subprocess.Popen[str]) -> str:
    assert clerk.stdout is not None
    line = clerk.stdout.readline()
    assert line.startswith("ready"), clerk.communicate()[1]
    return line


def _copy(server: EmbeddedPostgres, source: str, copy: str) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as administrator:
        administrator.execute(f"drop database if exists {copy} with (force)")
        administrator.execute(f"create database {copy} template {source} strategy file_copy owner mz_owner")


def _kill_server(server: EmbeddedPostgres) -> None:
    """All processes of the server at once; nothing of it can write a last word."""
    main = int((server.cluster / "postmaster.pid").read_text().splitlines()[0])
    parts = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal() and _parent(entry) == main]
    for process in (main, *parts):
        os.kill(process, signal.SIGKILL)
    assert server._process is not None
    server._process.wait()
    while any(_parent(Path(f"/proc/{process}")) for process in parts):
        time.sleep(0.01)


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _no_more_disk(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # the month was over
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, 0))
