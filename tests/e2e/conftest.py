"""A served site and a real browser. The site runs in a process of its own, on a database of its own."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from minzheng.core.pgserver import EmbeddedPostgres
from tests.e2e.site import PASSWORD

ROOT = Path(__file__).parent.parent.parent
START_WITHIN = 120
"""Seconds that a slow machine may take to make the database and start."""


@dataclass
class Site:
    """A running site: where it is, its clock, and its processes."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def set_day(self, day: dt.date) -> None:
        with psycopg.connect(EmbeddedPostgres(self.data).url("mz_app", "minzheng"), autocommit=True) as connection:
            connection.execute("update core_clock set day = %s", [day])

    def start(self) -> None:
        environment = os.environ | {"MINZHENG_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "minzheng.settings"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.site", str(self.data), str(self.port)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        _wait(self.process, self.address, self.log)

    def stop(self, *, hard: bool = False) -> None:
        """Stop the server and its database; `hard`: the server without a chance to put anything away."""
        if self.process is not None:
            if hard:
                self.process.kill()
            else:
                self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        server = EmbeddedPostgres(self.data, durable=False)
        if server.is_running:
            server.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Site(tmp_path_factory.mktemp("site"), port)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/sign-in", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
            continue
        return
    pytest.fail("the site did not start:\n" + log.read_text(errors="replace")[-3000:])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("the end-to-end tests need chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def sign_in(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`sign_in("handler")`: a page of that user's own browser; an error in its console fails the test (where the test
    loses the connection on purpose, `loses`, not that one)."""
    errors: list[str] = []
    contexts = []

    def as_user(role: str, *, width: int = 1440, language: str = "zh-hans", loses: bool = False) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": "django_language", "value": language, "url": site.address}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if _is_error(message, loses) else None)
        page.goto(f"{site.address}/sign-in")
        page.fill("input[name=username]", role)
        page.fill("input[name=password]", PASSWORD)
        page.click(".mz-gate-form button[type=submit]")
        page.wait_for_url(f"{site.address}/")
        return page

    yield as_user
    for context in contexts:
        context.close()
    assert errors == []


def _is_error(message: ConsoleMessage, loses: bool) -> bool:
    return message.type == "error" and not (loses and "net::ERR_FAILED" in message.text)
