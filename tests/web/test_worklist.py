"""The work list: filters that stay, acts for many rows, and a county that reads no more than a township."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from benchmarks import worklist as bench
from minzheng.access import actions as access
from minzheng.access.scope import EVERYWHERE, acting, scope
from minzheng.cases.models import Case
from minzheng.core.database import make_database
from minzheng.core.models import Task
from minzheng.web import daily, names, worklist
from tests.payments.test_interrupted import _use as use
from tests.web.test_pages import text
from tests.web.town import Town


@pytest.fixture
def town(users):
    return Town(users)


def waiting(town, *names, to="visited", village="990101101201") -> list[Case]:
    """An application of each on 3 March, brought to a stage."""
    return applied(town, *names, to=to, village=village)


def applied(town, *names, to="applied", village="990101101201", day=(3, 3)) -> list[Case]:
    found = []
    for name in names:
        household = town.family(name, village=village)
        town.on(*day)
        town.means(household, 2400)
        case = town.apply(household)
        found.append(case)
        if to == "applied":
            continue
        for stage, act in (
            ("accepted", town.accept),
            ("checked", town.check),
            ("visited", town.visit),
            ("assessed", town.assess),
            ("posted", town.post),
        ):
            act(case)
            if stage == to:
                break
    return found


def stage_of(case: Case) -> str:
    with scope([EVERYWHERE]):
        return Case.objects.get(pk=case.pk).stage


def ticks(*cases: Case) -> list[int]:
    with scope([EVERYWHERE]):
        rows = Task.objects.filter(subject_type="cases.case", subject_id__in=[one.pk for one in cases], done_on=None)
        return list(rows.order_by("pk").values_list("pk", flat=True))


def test_a_row_leads_to_its_usual_act_and_filters_stay_in_every_link(sign_in, town, monkeypatch):
    monkeypatch.setattr(worklist, "SHOWN", 1)
    monkeypatch.setattr(worklist, "PAGE", 1)
    first, *_ = waiting(town, "赵甲", "周丁", to="checked")
    waiting(town, "孙戊", village="990101101202", to="checked")
    client = sign_in("handler")
    asked = {"area": "990101101201", "stage": "checked", "programme": "dibao"}
    page = text(client.get(reverse("work-list"), asked))
    assert f"{reverse('case', args=[first.pk])}#act" in page
    assert "孙戊" not in page
    assert "全部 2 项" in page
    link = "?area=990101101201&amp;stage=checked&amp;programme=dibao&amp;group=later&amp;page=1"
    assert link in page
    one = text(client.get(reverse("work-list") + link.replace("&amp;", "&")))
    assert "赵甲" in one and "周丁" not in one
    two = text(client.get(reverse("work-list") + link.replace("&amp;", "&").replace("page=1", "page=2")))
    assert "周丁" in two and "赵甲" not in two


def bulk(client, act: str, *cases: Case, **more: str) -> str:
    """The work list after one act for the rows of these cases."""
    form = {"act": act, "selected": ticks(*cases), **more}
    return text(client.post(reverse("work-list"), form, follow=True))


def test_ticked_rows_are_done_together(sign_in, town):
    cases = waiting(town, "赵甲", "周丁", "孙戊")
    client = sign_in("handler")
    assert 'value="cases.assess"' in text(client.get(reverse("work-list")))
    assert "已办 2 件：测算。" in bulk(client, "cases.assess", *cases[:2])
    assert [stage_of(case) for case in cases] == ["assessed", "assessed", "visited"]


def test_a_row_that_is_refused_says_why_and_the_others_are_done(sign_in, town):
    """Two notices whose days differ: on the 11th one of them is over."""
    [over] = waiting(town, "赵甲", to="posted")
    town.on(3, 10)
    [runs] = applied(town, "周丁", day=(3, 10), to="posted")
    town.on(3, 11)
    page = bulk(sign_in("handler"), "cases.end_posting", over, runs)
    assert "已办 1 件：公示期满，报县级。" in page
    assert "周丁：" in page and "2025-03-17" in page and "赵甲：" not in page
    assert [stage_of(case) for case in (over, runs)] == ["posting_ended", "posted"]


def test_a_row_of_another_stage_or_done_before_is_refused_by_itself(sign_in, town):
    [one] = waiting(town, "赵甲")
    [other] = waiting(town, "周丁", to="assessed")
    client = sign_in("handler")
    page = bulk(client, "cases.assess", one, other)
    assert "已办 1 件：测算。" in page and "周丁：不在这个环节。" in page
    assert [stage_of(case) for case in (one, other)] == ["assessed", "assessed"]
    [last] = waiting(town, "孙戊")
    form = {"act": "cases.assess", "selected": ticks(last)}
    client.post(reverse("work-list"), form)
    page = text(client.post(reverse("work-list"), form, follow=True))
    assert "孙戊：已经由经办人在 2025-03-03 办过。" in page
    with scope([EVERYWHERE]):
        assert last.steps.filter(act="cases.assess").count() == 1
    assert "没有勾选" in bulk(client, "cases.assess")
    assert "这个环节须逐件办理" in bulk(client, "cases.decide", other)


def test_several_are_accepted_and_cross_checked_once_their_papers_have_come(sign_in, town):
    cases = applied(town, "赵甲", "周丁")
    client = sign_in("handler")
    page = bulk(client, "cases.accept", *cases)
    assert "已办" not in page and "赵甲：" in page and "社会救助申请书" in page
    assert "已办 2 件：受理。" in bulk(client, "cases.accept", *cases, papers_came="on")
    assert "已办 2 件：登记核对结果。" in bulk(client, "cases.cross_check", *cases, papers_came="on", note="核对无异常")
    with scope([EVERYWHERE]):
        for case in cases:
            assert stage_of(case) == "checked"
            assert case.steps.get(act="cases.cross_check").note == "核对无异常"
            assert case.papers.exclude(received_on=None).count() == 4


def test_the_county_reviews_several_but_not_what_it_may_not(sign_in, town, users):
    """Whoever accepted a case does not review it: that one is refused, the other is reviewed."""
    own, other = waiting(town, "赵甲", "周丁", to="posted")
    town.on(3, 11)
    for case in (own, other):
        town.end_posting(case)
    with scope([EVERYWHERE]):
        access.assign(by=users["administrator"], user=users["handler"], role="reviewer", area="990101",
                      since=users["handler"].assignments.first().valid_from)  # fmt: skip
    page = bulk(sign_in("handler"), "cases.review", own)
    assert "赵甲：同一事项中办理过" in page and "已办" not in page
    page = bulk(sign_in("reviewer"), "cases.review", own, other, note="材料齐全")
    assert "已办 2 件：审核。" in page
    assert [stage_of(case) for case in (own, other)] == ["reviewed", "reviewed"]


def test_the_papers_of_ticked_rows_come_as_one_archive(sign_in, town):
    visited, *_ = waiting(town, "赵甲", to="posted")
    checked = waiting(town, "周丁", "孙戊", to="checked")
    client = sign_in("handler")
    form = {"act": "papers", "selected": ticks(visited, *checked)}
    response = client.post(reverse("work-list"), form)
    assert response["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        names = archive.namelist()
        assert [name.split(" ")[1] + name.split(" ")[2] for name in names] == [
            "赵甲公示", "周丁入户调查表", "孙戊入户调查表"
        ]  # fmt: skip
        page = Document(io.BytesIO(archive.read(names[1])))
        words = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
        assert "周丁" in words and "孙戊" not in words
    [assess] = waiting(town, "吴己")
    page = bulk(client, "papers", assess)
    assert "吴己：这个环节没有要打印的文书。" in page


def test_nobody_does_in_bulk_what_they_may_not_do(sign_in, town):
    [case] = waiting(town, "赵甲")
    form = {"act": "cases.assess", "selected": ticks(case)}
    assert "赵甲：不是您办理的事项。" in text(sign_in("reviewer").post(reverse("work-list"), form, follow=True))
    assert stage_of(case) == "visited"


def test_the_page_is_in_english_too(sign_in, town):
    waiting(town, "赵甲")
    page = text(sign_in("handler", language="en").get(reverse("work-list")))
    assert "For those ticked" in page


def test_days_fall_into_the_same_group_here_and_in_the_database(users):
    today = dt.date(2025, 3, 3)
    with scope([EVERYWHERE]):
        for n, left in enumerate((None, -400, -1, 0, 1, 7, 8, 400)):
            due_on = None if left is None else today + dt.timedelta(days=left)
            Task.objects.create(
                kind="x",
                label={},
                permission="cases.visit",
                subject_type="x",
                subject_id=n,
                area_code="990101101201",
                opened_on=today,
                due_on=due_on,
            )
    with acting(users["handler"]):
        tasks = worklist.open_tasks(users["handler"])
        for key, (_label, condition) in worklist.spans(today).items():
            found = list(tasks.filter(condition).order_by("pk"))
            assert found, key
            assert {worklist.span_of(task.due_on, today) for task in found} == {key}


NAME = "worklist"


@pytest.fixture(scope="module")
def county(postgres, django_db_setup, django_db_blocker) -> Iterator[dict]:
    """100,000 open cases in one county, committed and analysed; its officers by name."""
    from django.db import connections

    from minzheng.policy import registry

    make_database(postgres, NAME)
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    with django_db_blocker.unblock():
        use(dict.fromkeys(before, NAME))
        call_command("migrate", database="owner", verbosity=0)
        with scope([EVERYWHERE]):
            registry.store_files()
            officers = bench.people()
            with connection.cursor() as cursor:
                bench.fill(cursor, 100_000)
        with psycopg.connect(postgres.url("postgres", NAME), autocommit=True) as owner:
            owner.execute("vacuum analyze core_task")
        yield officers
        use(before)


@pytest.mark.parametrize("who", ["township", "all", "reviewer", "approver"])
@pytest.mark.parametrize("address", ["/", "/?others=1", "/?group=later", "/?programme=dibao&stage=posted"])
def test_a_county_with_100000_open_cases_reads_along_indexes(county, client, who, address):
    """Every look at the tasks goes along an index and is cut off, and there are no more than 20 of all kinds."""
    client.force_login(county[who])
    daily._done.clear()
    names._summaries.cache_clear()
    with CaptureQueriesContext(connection) as first:  # of a day, in a new process
        client.get(address)
    assert len(first) <= 20
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address)
    assert page.status_code == 200
    assert len(captured) <= 20
    looks = [query["sql"] for query in captured if "core_task" in query["sql"] or "mz_task_kinds" in query["sql"]]
    assert len(looks) == 3
    with acting(county[who]), connection.cursor() as cursor:
        for sql in looks:
            cursor.execute("explain (analyze, buffers off, timing off, summary off) " + sql)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on core_task" not in plan, plan
            assert "Index" in plan, plan


def test_what_is_counted_is_cut_off_and_said_so(county, client):
    client.force_login(county["all"])
    page = client.get("/").content.decode()
    assert "1,000+" in page
    with acting(county["all"]):
        tasks = worklist.open_tasks(county["all"])
        assert max(worklist.counts(tasks, bench.DAY).values()) == worklist.COUNTED + 1
