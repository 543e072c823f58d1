"""The demo from nothing: a data directory, the country's divisions, the year, its report."""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from minzheng.core.errors import refuse
from minzheng.core.installation import running
from minzheng.core.pgserver import EmbeddedPostgres
from minzheng.demo.figures import Figures, load_figures
from minzheng.demo.solve.plan import YearPlan, solve_year
from minzheng.scenario import places

FIGURES = Path(__file__).parent / "town-year.yaml"
YEAR = 2025
SEED = 20250101
REPORT = "work-report.docx"
MARK = "demo.json"
ANALYZED_FROM = 8
"""The day of a month from which the statistics are brought up to date, once: after the first runs were computed."""


def demo(
    *, data: Path, figures: Path | None, out: Path, console: Console, then: Callable[[], None] | None = None
) -> None:
    """Build the demo in a fresh data directory (or open the one that was built from the same figures), write its report
    to `out`, and do what comes `then` (serve)."""
    figures = figures or FIGURES
    with _bars(console) as progress:
        build(data, figures, progress)
    with running(data):
        path = write_report(out)
        _say(console, data, path)
        if then is not None:
            then()


def build(data: Path, figures: Path, progress: Progress | None = None) -> None:
    """Live through the year of the figures in this data directory.

    The figures are read and solved first, so that a file that does not add up leaves nothing behind. A directory that
    was built from the same figures is left as it is; one that was left half-built is emptied and built anew; anything
    else in it is refused.
    """
    from minzheng.demo.tariffs import Law, Tariffs

    wanted = load_figures(figures)
    tariffs = Tariffs(Law(YEAR))
    plan = solve_year(wanted, tariffs, seed=SEED)
    digest = hashlib.sha256(figures.read_bytes()).hexdigest()
    bars = progress or Progress(disable=True)
    if not _claim(data, digest, bars.console):
        return
    with running(data, durable=False):
        _prepare(bars)
        _live(wanted, plan, tariffs, bars)
        from minzheng.scenario.office import name_accounts

        name_accounts(data)
    _mark(data, "complete", digest)


def write_report(out: Path) -> Path:
    """The work report of the demo's township as a Word file in this directory."""
    from minzheng.access.scope import scope
    from minzheng.planning import docx
    from minzheng.planning.report import work_report

    out.mkdir(parents=True, exist_ok=True)
    path = out / REPORT
    with scope([places.TOWN]):
        docx.write(work_report(places.TOWN, YEAR), path)
    return path


def _prepare(bars: Progress) -> None:
    """Tables, divisions, roles and law, with the demo's own rates over it."""
    from minzheng.scenario.place import install

    with _step(bars, "数据库、区划和政策 database, divisions, law"):
        install()


def _live(wanted: Figures, plan: YearPlan, tariffs: Any, bars: Progress) -> None:
    from minzheng.core import clock
    from minzheng.demo import check, year
    from minzheng.scenario import office

    clock.set_today(dt.date(YEAR - 1, 12, 31))
    with clock.remembered():
        with _step(bars, "人员和花名册 people and rosters"):
            staff = office.set_up(dt.date(YEAR - 5, 1, 1))
            world = year.make_world(wanted, plan, tariffs, staff, year=YEAR, seed=SEED)
            year.open_year(world)
            _analyze()
        days = bars.add_task(f"{YEAR} 年的工作 the year", total=366)
        first = dt.date(YEAR - 1, 12, 31)

        def on_day(day: dt.date) -> None:
            bars.update(days, completed=(day - first).days)
            if day.day >= ANALYZED_FROM and day.month not in analyzed:
                analyzed.add(day.month)
                _analyze()

        analyzed: set[int] = set()
        year.live(world, on_day)
        bars.update(days, completed=366)
    with _step(bars, "核对 check"):
        check.require(wanted, YEAR)


def _analyze() -> None:
    """Let the planner know what has come in: a year passes sooner than the server would look by itself."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select string_agg(quote_ident(relname), ', ') from pg_stat_user_tables where n_mod_since_analyze > 200"
        )
        row = cursor.fetchone()
        if row and row[0]:
            cursor.execute(f"analyze {row[0]}")


def _claim(data: Path, digest: str, console: Console) -> bool:
    """Make the directory ours. False where the same demo is complete in it already."""
    mark = data / MARK
    if not data.exists() or not any(data.iterdir()):
        _mark(data, "building", digest)
        return True
    if not mark.exists():
        raise _in_use(data, "目录里有别的内容", "something else is in it")
    known = json.loads(mark.read_text(encoding="utf-8"))
    if known["state"] == "complete" and known["figures"] == digest:
        return False
    if known["state"] == "complete":
        raise _in_use(data, "目录里是用另一份数据文件生成的演示", "it holds a demo of other figures")
    if _alive(known["pid"]):
        raise _in_use(data, "另一个进程正在其中生成演示", "another process is building the demo in it")
    console.print("上次没有生成完，重新生成。 The last attempt was not finished; it is removed and begun again.")
    EmbeddedPostgres(data).stop()
    shutil.rmtree(data)
    _mark(data, "building", digest)
    return True


def _mark(data: Path, state: str, digest: str) -> None:
    data.mkdir(parents=True, exist_ok=True)
    known = {"state": state, "figures": digest, "year": YEAR, "pid": os.getpid()}
    (data / MARK).write_text(json.dumps(known), encoding="utf-8")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()


def _in_use(data: Path, zh: str, en: str) -> Exception:
    return refuse(
        "demo.directory",
        zh="数据目录 {data} 不能用来生成演示：{why_zh}。",
        en="The demo cannot be built in the data directory {data}: {why_en}.",
        remedy_zh="请换一个空目录（--data），或先删除这个目录。",
        remedy_en="Name an empty directory (--data), or remove this one first.",
        data=data,
        why_zh=zh,
        why_en=en,
    )


@contextmanager
def _bars(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield progress


@contextmanager
def _step(bars: Progress, name: str) -> Iterator[None]:
    task = bars.add_task(name, total=1)
    yield
    bars.update(task, completed=1)


def _say(console: Console, data: Path, report: Path) -> None:
    from minzheng.scenario.office import PASSWORD, STAFF

    console.print(f"工作总结 report: {report.resolve()}")
    console.print(f"数据目录 data: {data.resolve()}（虚构的{places.TOWN_NAME}，{YEAR} 年 invented town, year {YEAR}）")
    accounts = "  ".join(f"{account}（{name}）" for account, _, name, _, _ in STAFF)
    console.print(f"账号 accounts: {accounts}")
    console.print(f"密码 password: {PASSWORD}")
