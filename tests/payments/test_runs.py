"""A run from its computation to its closing: what it pays, what it compares, who may do what."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.core.models import AuditEntry, Task
from minzheng.payments import actions, ledger, queries
from minzheng.payments.models import Payment, Run, RunStep
from tests.payments.world import FEBRUARY, JANUARY, TOWN, World


def lines(run: Run) -> list[tuple[str, dt.date, int]]:
    return [(p.kind, p.benefit_month, p.amount) for p in run.payments.order_by("benefit_month", "pk")]


def test_the_whole_way_of_a_run(world: World):
    world.award(50_000, people_covered=3)
    world.award(30_000)
    fund = world.fund_of(100_000)
    run = world.prepare()
    assert (run.total, run.payments_count, run.people) == (80_000, 2, 4)
    run = world.to(run, "closed")
    assert run.state == "closed" and run.closed_on == dt.date(2025, 3, 3)
    assert [step.act for step in RunStep.objects.order_by("pk")] == [
        "payments.prepare",
        "payments.submit",
        "payments.approve",
        "payments.release",
        "payments.send",
        "payments.book_returns",
        "payments.confirm_paid",
        "payments.close",
    ]
    assert {p.state for p in Payment.objects.all()} == {"paid"}
    row = queries.funds("990101", 2025)[0]
    assert (row["fund"], row["balance"], row["allocated"], row["under_way"], row["spent"]) == (
        fund,
        20_000,
        100_000,
        0,
        80_000,
    )
    assert ledger.verify().sound
    assert queries.reconciliation(run).agrees
    assert not Task.objects.filter(done_on=None, subject_type="payments.run").exists()
    assert AuditEntry.objects.filter(action="payments.send").count() == 1


def test_each_state_asks_the_next_role(world: World):
    world.award()
    world.fund_of(100_000)
    run = world.prepare()
    asked = []
    for state in ("submitted", "approved", "released", "sent", "paid"):
        asked.append(Task.objects.get(done_on=None, subject_id=run.pk, subject_type="payments.run").permission)
        run = _step(world, run, state)
    assert asked == [
        "payments.submit",
        "payments.approve",
        "payments.release",
        "payments.send",
        "payments.book_returns",
    ]


def test_computing_again_replaces_the_lines(world: World):
    world.award(50_000)
    world.fund_of(100_000)
    run = world.prepare()
    world.award(30_000)
    again = world.prepare()
    assert again.pk == run.pk
    assert sorted(line[2] for line in lines(again)) == [30_000, 50_000]


def test_a_month_not_paid_comes_as_a_line_of_its_own(world: World):
    world.award(50_000)
    world.fund_of(1_000_000)
    run = world.prepare(FEBRUARY)
    assert lines(run) == [("arrears", JANUARY, 50_000), ("regular", FEBRUARY, 50_000)]
    assert world.to(run, "closed").bridge["bars"]["arrears"] == {"awards": 1, "people": 1, "fen": 50_000}
    with pytest.raises(Refused, match="nothing_due"):
        world.prepare(JANUARY)


def test_a_raise_found_late_is_paid_as_the_difference(world: World):
    award = world.award(50_000)
    world.fund_of(1_000_000)
    world.to(world.prepare(JANUARY), "closed")
    world.change(award, 56_000, JANUARY)
    run = world.prepare(FEBRUARY)
    assert lines(run) == [("arrears", JANUARY, 6_000), ("regular", FEBRUARY, 56_000)]


def test_a_month_is_never_paid_twice(world: World):
    award = world.award(50_000)
    world.fund_of(1_000_000)
    run = world.prepare()
    payment = run.payments.get()
    with pytest.raises(IntegrityError, match="one_regular_payment_of_a_month"), transaction.atomic():
        other = Run.objects.create(
            number="x",
            programme="dibao",
            area_id=award.area_id,
            month=JANUARY,
            state="computed",
            fund=run.fund,
            computed_on=JANUARY,
            computed_at=run.computed_at,
        )
        Payment.objects.create(
            run=other,
            award=award,
            programme="dibao",
            kind="regular",
            benefit_month=JANUARY,
            amount=5,
            people=1,
            state="computed",
            area_id=payment.area_id,
        )


def test_a_run_under_way_is_not_computed_again_but_supplemented(world: World):
    world.award(50_000)
    world.fund_of(1_000_000)
    first = world.to(world.prepare(), "closed")
    world.award(30_000)
    with pytest.raises(Refused, match="run_exists"):
        world.prepare()
    more = world.prepare(supplement=True)
    assert (more.ordinal, more.number != first.number, lines(more)) == (2, True, [("regular", JANUARY, 30_000)])
    world.to(more, "closed")
    february = world.prepare(FEBRUARY)
    assert february.bridge["bars"]["opening"]["fen"] == 80_000


def test_the_bridge_leads_from_month_to_month(world: World):
    stays, rises, falls, goes = (world.award(50_000, people_covered=2) for _ in range(4))
    world.fund_of(10_000_000)
    world.to(world.prepare(JANUARY), "closed")
    world.change(rises, 60_000, FEBRUARY, "standard_changed")
    world.change(falls, 45_000, FEBRUARY, "income_changed")
    world.end(goes, JANUARY)
    comes = world.award(20_000, first=FEBRUARY)
    run = world.prepare(FEBRUARY)
    bars = run.bridge["bars"]
    assert bars["opening"] == {"awards": 4, "people": 8, "fen": 200_000}
    assert bars["entered"] == {"awards": 1, "people": 1, "fen": 20_000}
    assert bars["left"] == {"awards": 1, "people": -2, "fen": -50_000}
    assert bars["up"] == {"awards": 1, "people": 0, "fen": 10_000}
    assert bars["down"] == {"awards": 1, "people": 0, "fen": -5_000}
    assert bars["closing"] == {"awards": 4, "people": 7, "fen": 175_000}
    assert run.bridge["reasons"] == {
        "entered": {"granted": 1},
        "left": {"income_over": 1},
        "up": {"standard_changed": 1},
        "down": {"income_changed": 1},
    }
    assert run.bridge["unexplained"] == 0
    behind = {bar: queries.bridge_rows(run, bar) for bar in ("opening", "entered", "left", "up", "down", "closing")}
    assert [row.award for row in behind["up"]] == [rises]
    assert [row.award for row in behind["entered"]] == [comes]
    assert {row.award for row in behind["opening"]} == {stays, rises, falls, goes}
    for bar in ("entered", "left", "up", "down"):
        assert sum(row.change for row in behind[bar]) == bars[bar]["fen"]
    assert sum(row.before for row in behind["opening"]) == bars["opening"]["fen"]
    assert sum(row.now for row in behind["closing"]) == bars["closing"]["fen"]


def test_a_difference_without_a_change_behind_it_blocks_the_run(tamper, world: World):
    award = world.award(50_000)
    world.award(10_000)
    world.fund_of(1_000_000)
    world.to(world.prepare(JANUARY), "closed")
    tamper(f"update awards_amount set amount = 70000 where award_id = {award.pk}")
    run = world.prepare(FEBRUARY)
    assert run.bridge["unexplained"] == 1
    with pytest.raises(Refused) as refusal:
        actions.submit(by=world.users["handler"], run=run)
    assert refusal.value.code == "payments.unexplained"
    assert "500.00 → 700.00" in refusal.value.text()
    assert [row.award for row in queries.bridge_rows(run, "unexplained")] == [award]


def test_lines_that_are_no_longer_owed_block_the_run(world: World):
    award = world.award(50_000)
    world.fund_of(1_000_000)
    run = world.prepare()
    world.change(award, 40_000, JANUARY)
    with pytest.raises(Refused, match="stale"):
        actions.submit(by=world.users["handler"], run=run)
    world.to(world.prepare(), "closed")


def test_who_prepared_cannot_approve_even_with_raw_sql(world: World):
    world.award()
    world.fund_of(100_000)
    run = _step(world, world.prepare(), "submitted")
    with pytest.raises(IntegrityError, match="act_conflict"), transaction.atomic():
        RunStep.objects.create(
            run=run,
            area_id=run.area_id,
            act="payments.approve",
            state_after="approved",
            on=JANUARY,
            actor=world.users["handler"],
        )


def test_the_two_person_rule_speaks_to_the_user(world: World):
    from minzheng.access import actions as access

    world.award()
    world.fund_of(100_000)
    both = world.users["approver"]
    access.assign(by=both, user=both, role="handler", area="990101", since=dt.date(2020, 1, 1))
    both.__dict__.pop("_assignments_today", None)
    run = actions.prepare_run(by=both, programme="dibao", area="990101101", month=JANUARY)
    actions.submit(by=both, run=run)
    with pytest.raises(Refused, match="two_people"):
        actions.approve(by=both, run=run)
    run.refresh_from_db()
    assert run.state == "submitted"


def test_an_act_out_of_order_says_what_can_be_done(world: World):
    world.award()
    world.fund_of(100_000)
    run = world.prepare()
    with pytest.raises(Refused) as refusal:
        actions.approve(by=world.users["approver"], run=run)
    assert refusal.value.code == "payments.state" and "提交审批" in refusal.value.text()
    _step(world, run, "submitted")
    with pytest.raises(Refused, match="state"):
        actions.submit(by=world.users["handler"], run=run)


def test_sent_back_is_computed_again(world: World):
    world.award()
    world.fund_of(100_000)
    run = _step(world, world.prepare(), "submitted")
    with pytest.raises(Refused, match="send_back_note"):
        actions.send_back(by=world.users["approver"], run=run, note=" ")
    actions.send_back(by=world.users["approver"], run=run, note="核对柳庄村第三户")
    world.to(world.prepare(), "closed")


def test_lines_of_a_submitted_run_are_frozen(world: World):
    award = world.award()
    world.fund_of(100_000)
    run = _step(world, world.prepare(), "submitted")
    with pytest.raises(IntegrityError, match="payment_frozen"), transaction.atomic():
        run.payments.all().delete()
    with pytest.raises(IntegrityError, match="payment_frozen"), transaction.atomic():
        Payment.objects.create(
            run=run,
            award=award,
            programme="dibao",
            kind="arrears",
            benefit_month=JANUARY,
            amount=5,
            people=1,
            state="computed",
            area_id=award.area_id,
        )


def test_a_payment_is_paid_only_where_the_ledger_says_so(world: World):
    world.award()
    world.fund_of(100_000)
    run = world.prepare()
    with pytest.raises(IntegrityError, match="payment_unbooked"), transaction.atomic():
        run.payments.update(state="paid")
    with pytest.raises(IntegrityError, match="payment_state"), transaction.atomic():
        run.payments.update(state="returned")


def test_no_fund_for_the_programme(world: World):
    world.award()
    world.fund_of(100_000, purpose=("tekun",))
    with pytest.raises(Refused, match="no_fund"):
        world.prepare()
    assert not Run.objects.exists()


def test_a_failing_audit_takes_the_run_back(world: World, monkeypatch):
    world.award()
    world.fund_of(100_000)
    monkeypatch.setattr("minzheng.core.audit.record", _broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        world.prepare()
    assert not Run.objects.exists() and not Payment.objects.exists()


def _broken(*args, **kwargs):
    raise RuntimeError


def _step(world: World, run: Run, state: str) -> Run:
    acts = {
        "submitted": lambda: actions.submit(by=world.users["handler"], run=run),
        "approved": lambda: actions.approve(by=world.users["approver"], run=run),
        "released": lambda: actions.release(by=world.users["finance"], run=run),
        "sent": lambda: actions.send(by=world.users["finance"], run=run),
        "paid": lambda: actions.confirm_paid(by=world.users["finance"], run=run),
    }
    acts[state]()
    run.refresh_from_db()
    return run


def over_new_year(world, **fund):
    """Nothing was paid for December: the run of January, from a fund of 2026."""
    world.award(40_000, first=dt.date(2025, 12, 1))
    clock.set_today(dt.date(2026, 1, 6))
    money = actions.open_fund(
        by=world.users["finance"], area="990101", year=2026, name={"zh-Hans": "低保 2026", "en": "Dibao 2026"},
        source="county", purpose=["dibao"], department={}, **fund,
    )  # fmt: skip
    actions.allocate(by=world.users["finance"], fund=money, amount=1_000_000, on=dt.date(2026, 1, 6))
    return actions.prepare_run(by=world.users["handler"], programme="dibao", area=TOWN, month=dt.date(2026, 1, 1))


def test_arrears_reach_back_over_new_year(world):
    run = over_new_year(world)
    lines = Payment.objects.filter(run=run).order_by("benefit_month")
    assert [(one.kind, one.benefit_month, one.amount) for one in lines] == [
        ("arrears", dt.date(2025, 12, 1), 40_000),
        ("regular", dt.date(2026, 1, 1), 40_000),
    ]
    assert queries.run_view(run).left_out == (0, 0)
    assert run.bridge["bars"]["arrears"]["fen"] == 40_000


def test_a_fund_of_its_own_year_pays_no_other_and_says_what_it_leaves_out(world):
    run = over_new_year(world, earlier_years=False)
    assert [one.benefit_month for one in Payment.objects.filter(run=run)] == [dt.date(2026, 1, 1)]
    assert queries.run_view(run).left_out == (1, 40_000)
