"""A whole small year through the real actions: its records add up to the figures, and it looks like an office's."""

import datetime as dt

import pytest

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards.models import Award
from minzheng.cases.models import Case, CaseStep, Visit
from minzheng.core import workdays
from minzheng.core.models import Task
from minzheng.demo import check
from minzheng.payments.models import BankReturn, Payment, Run
from tests.demo.conftest import TOWN

AWKWARD = (
    TOWN.replace("persons: 30\n    paid: 22200.00", "persons: 30\n    paid: 22350.00")
    .replace("paid: 8192.00}", "paid: 7850.67}")
    .replace("paid: 29193.00}", "paid: 35119.00}")
    .replace("paid: 25095.00}", "paid: 24258.50}")
    .replace("persons: 2\n    paid: 8040.00", "persons: 2\n    paid: 8041.00")
    .replace("value: 1350.00", "value: 1363.00")
    .replace("paid: 4700.00", "paid: 4703.00")
    .replace("army_day_gifts: 1800.00", "army_day_gifts: 1863.00")
    .replace("paid: 132480.00", "paid: 132487.00")
)
"""The same town with sums that need birthdays, part years, and odd kinds."""


def test_a_year_comes_out_to_the_fen_and_its_work_list_is_alive(lived):
    _, figures = lived(TOWN)
    assert check.differences(figures, 2025) == []
    with scope([EVERYWHERE]):
        _assert_procedures_were_kept()
        _assert_runs_were_kept()
        close = dt.date(2025, 12, 31)
        due = list(Task.objects.filter(done_on=None, due_on__isnull=False).values_list("due_on", flat=True))
        assert sum(day < close for day in due) == 1
        assert close in due and any(close < day <= close + dt.timedelta(7) for day in due)
        assert Case.objects.filter(programme="rebuilding_grant", closed_on=None).count() == figures.disaster.collapsed


def _assert_procedures_were_kept():
    added = Award.objects.filter(programme="dibao", origin="case").select_related("decision__case")
    assert added
    for award in added:
        steps = list(CaseStep.objects.filter(case=award.decision.case).order_by("pk"))
        assert [step.act for step in steps] == [
            "cases.apply", "cases.accept", "cases.cross_check", "cases.visit", "cases.assess", "cases.post",
            "cases.end_posting", "cases.review", "cases.decide",
        ]  # fmt: skip
        posted, ended = steps[5].on, steps[6].on
        assert (ended - posted).days > 7
        assert all(workdays.is_working_day(step.on) for step in steps)
        first = award.first_month
        assert (first.year * 12 + first.month) - (award.entered_on.year * 12 + award.entered_on.month) == 1
        assert workdays.working_days_between(steps[1].on, steps[-1].on) <= 30
    assert all(visit.first_visitor_id != visit.second_visitor_id for visit in Visit.objects.all())


def _assert_runs_were_kept():
    runs = Run.objects.all()
    assert all(run.state == "closed" and run.closed_on.year == 2025 for run in runs)
    assert runs.filter(programme="dibao").count() == 12 and runs.filter(programme="tekun").count() == 4
    assert not Payment.objects.filter(kind="arrears").exists()
    returned = BankReturn.objects.all()
    assert returned and all(one.repaired_on for one in returned)
    assert Payment.objects.filter(kind="again", state="paid").count() == len(returned)


def test_sums_that_need_part_years_and_birthdays_come_out_too(lived):
    _, figures = lived(AWKWARD)
    assert check.differences(figures, 2025) == []


ODD = (
    TOWN.replace("persons: 20\n    paid: 12345.67", "persons: 70\n    paid: 212345.67")
    .replace("persons: 30\n    paid: 22200.00", "persons: 3\n    paid: 5100.00")
    .replace("month: 6", "month: 12")
    .replace("households_with_collapsed_houses: 2", "households_with_collapsed_houses: 3")
    .replace(
        "spring_festival_in_kind: {households: 6, value: 1350.00}", "spring_festival_in_kind: {households: 0, value: 0}"
    )
    .replace("cash: {households: 5, paid: 4700.00}", "cash: {households: 0, paid: 0}")
    .replace("new_in_homes: 1", "new_in_homes: 0")
    .replace("dispersed: {persons: 2, paid: 8192.00}", "dispersed: {persons: 0, paid: 0}")
    .replace("army_day_gifts: 1800.00", "army_day_gifts: 0")
    .replace("removed:  {households: 3, persons: 3}", "removed:  {households: 0, persons: 0}")
    .replace("added:    {households: 5, persons: 6}", "added:    {households: 0, persons: 0}")
)
"""Lines with nobody in them, a disaster in December, more patients than there are families on the roster."""


def test_empty_lines_and_a_disaster_in_december(lived):
    _, figures = lived(ODD)
    assert check.differences(figures, 2025) == []


def test_the_check_sees_a_figure_that_differs(lived):
    _, figures = lived(TOWN, until=dt.date(2025, 1, 17))
    differing = {one.figure for one in check.differences(figures, 2025)}
    assert {"dibao.paid", "army_day_gifts.paid", "medical_assistance.paid"} <= differing
    with pytest.raises(Exception, match=r"demo\.differs"):
        check.require(figures, 2025)
