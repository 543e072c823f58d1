"""Two people who decide at once, and one who presses twice: it is done once, the other is told, and nothing is lost.
These tests commit, in a database of their own, each request on a connection of its own."""

import json
import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import reverse

from minzheng.access import actions as access
from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards.models import Award
from minzheng.cases.models import Case, CaseStep, Decision
from minzheng.core.database import make_database
from minzheng.core.models import Draft, Task
from minzheng.payments.models import Account, Fund
from tests import fixtures
from tests.payments.test_interrupted import _use as use
from tests.web.town import Town

NAME = "at_once"


@pytest.fixture(scope="module")
def town(postgres, django_db_setup, django_db_blocker) -> Iterator[Town]:
    make_database(postgres, NAME)
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    with django_db_blocker.unblock():
        use(dict.fromkeys(before, NAME))
        call_command("migrate", database="owner", verbosity=0)
        users = fixtures.users.__wrapped__(fixtures.areas.__wrapped__(None), fixtures.clock.set_today)
        with scope([EVERYWHERE]):
            second = access.add_user(
                by=users["administrator"],
                username="second",
                name="另一审批人",
                office=users["approver"].office,
                password="correct horse",
            )
            access.assign(
                by=users["administrator"],
                user=second,
                role="approver",
                area="990101",
                since=users["approver"].assignments.first().valid_from,
            )
        yield Town(users | {"second": second})
        use(before)


def waits_for_decision(town: Town, name: str) -> Case:
    town.on(3, 3)
    household = town.family(name)
    town.means(household, 2400)
    case = town.apply(household)
    for act in (town.accept, town.check, town.visit, town.assess, town.post):
        act(case)
    town.on(3, 11)
    town.end_posting(case)
    town.review(case)
    return case


def at_once(*requests) -> list:
    """Each (user, address, form) in a thread of its own, all at the same moment; their responses in order."""
    together, answers = threading.Barrier(len(requests)), [None] * len(requests)

    def send(place: int, user, address: str, form: dict) -> None:
        client = Client()
        client.force_login(user)
        client.cookies["django_language"] = "zh-hans"
        try:
            together.wait(timeout=20)
            answers[place] = client.post(address, form)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=send, args=(place, *request)) for place, request in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def test_two_people_decide_at_once(town):
    case = waits_for_decision(town, "赵甲")
    one, other = town.users["approver"], town.users["second"]
    client = Client()
    draft = {"form": "mine", "fields": [["note", "不同意，另有收入", None]]}
    for user in (one, other):
        client.force_login(user)
        client.post(reverse("drafts"), json.dumps(draft), content_type="application/json")
    grant = (one, reverse("case-act", args=[case.pk, "grant"]), {"grant-note": "同意", "_draft": "mine"})
    refuse = (
        other,
        reverse("case-act", args=[case.pk, "refuse"]),
        {"refuse-note": "不同意，另有收入", "_draft": "mine"},
    )
    answers = at_once(grant, refuse)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    late = next(answer for answer in answers if answer.status_code == 409).content.decode()
    faster, slower = (one, other) if answers[0].status_code == 302 else (other, one)
    assert f"{faster.name}" in late and "您填写的内容没有提交" in late
    assert ("不同意，另有收入" if slower == other else "同意") in late
    with scope([EVERYWHERE]):
        assert Decision.objects.filter(case=case).count() == 1
        assert CaseStep.objects.filter(case=case, act="cases.decide").count() == 1
        assert Award.objects.filter(decision__case=case).count() == (1 if faster == one else 0)
        assert list(Draft.objects.values_list("user_id", flat=True)) == [slower.pk]  # nothing of the slower is lost


def test_one_who_presses_twice(town):
    case = waits_for_decision(town, "周丁")
    press = (town.users["approver"], reverse("case-act", args=[case.pk, "grant"]), {"grant-note": "同意"})
    answers = at_once(press, press)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    with scope([EVERYWHERE]):
        assert Award.objects.filter(decision__case=case).count() == 1


def test_the_same_rows_of_the_list_by_two_at_once(town):
    """Each row is done once; whoever comes second is told of each, and both go back to the list."""
    town.on(3, 3)
    cases = []
    for name in ("吴戊", "郑己"):
        household = town.family(name)
        town.means(household, 2400)
        cases.append(town.apply(household))
        town.accept(cases[-1])
        town.check(cases[-1])
        town.visit(cases[-1])
    with scope([EVERYWHERE]):
        subjects = [case.pk for case in cases]
        rows = Task.objects.filter(subject_type="cases.case", subject_id__in=subjects, done_on=None).order_by("pk")
        ticked = list(rows.values_list("pk", flat=True))
    press = (town.users["handler"], reverse("work-list"), {"act": "cases.assess", "selected": ticked})
    assert [answer.status_code for answer in at_once(press, press)] == [302, 302]
    with scope([EVERYWHERE]):
        for case in cases:
            assert Case.objects.get(pk=case.pk).stage == "assessed"
            assert case.steps.filter(act="cases.assess").count() == 1
            assert case.assessments.count() == 1


def test_a_fund_is_opened_and_an_allocation_booked_once_by_two_clicks(town):
    finance = town.users["finance"]
    wanted = {"name": "点了两次的资金", "year": 2025, "source": "county", "area": "990101", "purpose": ["dibao"]}
    answers = at_once(*[(finance, reverse("fund-open"), wanted)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    with scope([EVERYWHERE]):
        fund = Fund.objects.get(account__name__contains={"zh-Hans": "点了两次的资金"})
    money = {"amount": "100", "on": "2025-03-03", "memo": "示财社〔2025〕3号"}
    answers = at_once(*[(finance, reverse("fund-act", args=[fund.pk, "allocate"]), money)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    late = next(answer for answer in answers if answer.status_code == 200).content.decode()
    assert "已有一笔相同的 100.00 元" in late
    with scope([EVERYWHERE]):
        assert Account.objects.get(pk=fund.account_id).balance == 10_000
