"""`make bench-worklist`: the work list of a county with 100,000 open cases against that of one of its townships.

python -m benchmarks.worklist [--open 100000] [--repeats 30] [--report docs/benchmarks.md]

A server of its own, durable as the product's; the pages are the product's, asked for through Django's own client, from
the address to the finished page. Nothing is kept afterwards.
"""

import argparse
import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

TOWNSHIPS, VILLAGES = 20, 15
DAY = dt.date(2025, 6, 18)
COUNTY, TOWNSHIP = "990101", "990101101"

# What has been done already lies in the same table, before what is open: as after some years.
DONE = """
insert into core_task (kind, label, permission, subject_type, subject_id, programme, stage, who, people, area_code,
                       opened_on, due_on, rule, done_on, done_by)
select 'cases.visit', '{"zh-Hans": "办理", "en": "Act"}'::jsonb, 'cases.visit', 'cases.case', -n, 'dibao', 'checked',
       '户' || n, 1 + n %% 4,
       %(county)s || (101 + (n / 8) %% %(townships)s)::text || (201 + (n / 8 / %(townships)s) %% %(villages)s)::text,
       %(day)s::date - 400, %(day)s::date - 380 + (n %% 300)::int, '', %(day)s::date - 50, 1
from generate_series(1, 2 * %(open)s) n
"""
# One open case out of every stage of the living allowance in turn, over all villages; a sixth is late, most have time.
FILL = """
insert into core_task (kind, label, permission, subject_type, subject_id, programme, stage, who, people, area_code,
                       opened_on, due_on, rule)
select s.act, '{"zh-Hans": "办理", "en": "Act"}'::jsonb, s.act, 'cases.case', n, 'dibao', s.stage,
       '户' || n, 1 + n %% 4,
       %(county)s || (101 + (n / 8) %% %(townships)s)::text || (201 + (n / 8 / %(townships)s) %% %(villages)s)::text,
       %(day)s, case when n %% 11 = 0 then null else %(day)s::date + (n * 7 %% 60)::int - 10 end, ''
from generate_series(1, %(open)s) n
join (values (0, 'cases.accept', 'applied'), (1, 'cases.cross_check', 'accepted'), (2, 'cases.visit', 'checked'),
             (3, 'cases.assess', 'visited'), (4, 'cases.post', 'assessed'), (5, 'cases.end_posting', 'posted'),
             (6, 'cases.review', 'posting_ended'), (7, 'cases.decide', 'reviewed')) s (place, act, stage)
  on s.place = n %% 8
"""


@dataclass(frozen=True)
class Measured:
    """One page: whose, how many tasks it is about, the median and the worst of its times in seconds, its queries."""

    what: str
    tasks: int
    median: float
    worst: float
    queries: int


def fill(cursor: Any, open_cases: int) -> None:
    """So many open tasks in the county, and twice as many that are done."""
    values = {"open": open_cases, "county": COUNTY, "townships": TOWNSHIPS, "villages": VILLAGES, "day": DAY}
    cursor.execute(DONE, values)
    cursor.execute(FILL, values)


def people() -> dict[str, Any]:
    """The county's divisions and officers: one of a township, three of the county; `all` does everything everywhere."""
    from minzheng.access import actions as access
    from minzheng.areas.models import Area
    from minzheng.core import clock

    class Robot:
        pk = 0

        def get_full_name(self) -> str:
            return "bench"

    clock.set_today(DAY)
    rows: list[tuple[str, str, str, str | None]] = [
        ("99", "示例省", "province", None),
        ("9901", "示例市", "prefecture", "99"),
        (COUNTY, "示例县", "county", "9901"),
    ]
    for town in range(101, 101 + TOWNSHIPS):
        rows.append((f"{COUNTY}{town}", f"第{town - 100}镇", "township", COUNTY))
        rows += [
            (f"{COUNTY}{town}{village}", f"{village}村", "community", f"{COUNTY}{town}")
            for village in range(201, 201 + VILLAGES)
        ]
    Area.objects.bulk_create(Area(code=c, name=n, level=level, parent_code=parent) for c, n, level, parent in rows)
    access.store_conflicts()
    users = {}
    office = access.add_office(by=Robot(), name="示例县民政局", area=COUNTY)
    for name, role, area in (
        ("township", "handler", TOWNSHIP),
        ("all", "handler", COUNTY),
        ("reviewer", "reviewer", COUNTY),
        ("approver", "approver", COUNTY),
    ):
        user = access.add_user(by=Robot(), username=name, name=name, office=office, password="correct horse")
        access.assign(by=Robot(), user=user, role=role, area=area, since=dt.date(2020, 1, 1))
        users[name] = user
    return users


def timed(user: Any, address: str) -> float:
    """Seconds from the address to the finished page, as this user."""
    client = _client(user)
    since = time.perf_counter()
    client.get(address)
    return time.perf_counter() - since


_clients: dict[int, Any] = {}


def _client(user: Any) -> Any:
    from django.test import Client

    if user.pk not in _clients:
        _clients[user.pk] = Client(SERVER_NAME="127.0.0.1")
        _clients[user.pk].force_login(user)
    return _clients[user.pk]


def queries(user: Any, address: str) -> int:
    """How many statements the page sends besides those of the transaction; refuses a page that fails."""
    from django.db import connection

    found = _client(user).get(address)
    assert found.status_code == 200, found.status_code
    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        _client(user).get(address)
    return len(asked)


def _tasks(user: Any, address: str) -> int:
    from minzheng.access.scope import acting
    from minzheng.web.worklist import open_tasks

    with acting(user):
        return open_tasks(user, others="others" in address).count()


PAGES = (
    ("township", "/", "A township's handler"),
    ("reviewer", "/", "The county's reviewer"),
    ("approver", "/", "The county's approver"),
    ("all", "/", "Somebody who does every case of the county"),
    ("township", "/?others=1", "The township's handler: what others have to do"),
    ("approver", "/?others=1", "The county's approver: what others have to do"),
    ("township", "/?group=later", "The township's handler: one group, 200 rows"),
    ("all", "/?group=later", "Somebody who does every case: one group, 200 rows"),
)
"""Who asks for what; each kind of page of the township comes before those of the county that it is compared with."""


def side_by_side(users: dict[str, Any], repeats: int) -> list[Measured]:
    """All pages in turns, round after round: what else runs on the machine slows each of them alike."""
    counted = [(queries(users[who], address), _tasks(users[who], address)) for who, address, _what in PAGES]
    times: list[list[float]] = [[] for _ in PAGES]
    for _ in range(repeats):
        for place, (who, address, _what) in enumerate(PAGES):
            times[place].append(timed(users[who], address))
    return [
        Measured(what, tasks, statistics.median(taken), max(taken), asked)
        for (_who, _address, what), (asked, tasks), taken in zip(PAGES, counted, times, strict=True)
    ]


def measure(open_cases: int, repeats: int) -> list[Measured]:
    """On a server that is started for this and stopped afterwards. The township's page comes first."""
    from django.db import connection, connections

    from minzheng.access.scope import EVERYWHERE, scope
    from minzheng.core.installation import migrate
    from minzheng.policy import registry

    migrate()
    with scope([EVERYWHERE]):
        registry.store_files()
        users = people()
        with connection.cursor() as cursor:
            fill(cursor, open_cases)
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze core_task")
    return side_by_side(users, repeats)


def ratios(found: Sequence[Measured]) -> list[float]:
    """Each page against the township's page of the same kind, by their medians."""
    alike, against = found[0], []
    for (who, _address, _what), one in zip(PAGES, found, strict=True):
        alike = one if who == "township" else alike
        against.append(one.median / alike.median)
    return against


def report(found: Sequence[Measured], open_cases: int, repeats: int) -> list[str]:
    """The section of docs/benchmarks.md."""
    lines = [
        "## The work list of a county and of a township",
        "",
        f"`make bench-worklist`: {open_cases:,} open cases in one county of {TOWNSHIPS} townships (and twice as many"
        f" tasks that are done), each page asked for {repeats} times through the application, from the address to the"
        " finished page, all pages in turns; the last column is the ratio of medians to the township's page of the same"
        " kind. The machine was not kept for this: other work ran on its cores. The aim is a ratio of at most 2.",
        "",
        "| Whose list | open tasks in it | median (ms) | worst (ms) | queries | against the township |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one, ratio in zip(found, ratios(found), strict=True):
        lines.append(
            f"| {one.what} | {one.tasks:,} | {one.median * 1000:.0f} | {one.worst * 1000:.0f} | {one.queries} |"
            f" {ratio:.2f} |"
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.worklist", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--report", type=Path, help="put the section into this file; else it is printed")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as data:
        os.environ["MINZHENG_DATA"] = data
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.settings")
        from minzheng.core.installation import running

        with running(Path(data)):
            django.setup()
            found = measure(given.open, given.repeats)
    from benchmarks.policy import measured_on, put

    lines = report(found, given.open, given.repeats)
    print("\n".join(lines))  # noqa: T201
    if given.report:
        put(given.report, "worklist", [*lines, "", measured_on()])
    worst = max(ratios(found))
    if worst > 2:
        raise SystemExit(f"a county's list takes {worst:.2f} times as long as a township's")


if __name__ == "__main__":
    main()
