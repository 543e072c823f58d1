"""A closed run worked out again: the same fen, whatever has changed since; and what is known now."""

from contextlib import nullcontext

import click
import pytest
from click.testing import CliRunner
from django.db import connection

from minzheng.awards import actions as awards
from minzheng.core.errors import Refused
from minzheng.payments import actions, commands, replay
from minzheng.payments.models import Payment
from tests.awards import laws
from tests.awards.conftest import Village
from tests.payments.world import FEBRUARY, JANUARY, MARCH, World


@pytest.fixture
def village(world: World) -> Village:
    laws.store_all()
    return Village(world.users)


@pytest.fixture
def family(world, village):
    """A family with 1,200 yuan a year, granted from January by a law of the tests' own: 400 yuan a month."""
    household = village.family(village.person(), income=1_200)
    return awards.grant(by=village.approver, decision=village.decide("dibao", household, first=JANUARY))


def test_facts_rates_and_policy_may_change_afterwards(world, village, family):
    world.fund_of(10_000_000)
    world.award(30_000)  # taken over, without an assessment
    run = world.to(world.prepare(JANUARY), "paid")
    first = replay.replay(run)
    assert (first.same, first.lines, first.total, first.replayed, first.worked, first.without) == (
        True, 2, 70_000, 70_000, 1, 1,
    )  # fmt: skip
    village.fact(household=family.household, name="annual_income", value=360_000)
    raised = laws.DIBAO_RATES.replace("value: 500", "value: 560")
    changed = laws.household(timing_=laws.timing("month_after_decision", arrears=0))
    changed = changed.replace("annual_income / 12", "annual_income / 24")
    laws.store("dibao", changed, raised)
    awards.reassess(by=world.users["handler"], award=family, from_month=JANUARY, reason="income_changed")
    again = replay.replay(run)
    assert (again.same, again.replayed, again.worked) == (True, 70_000, 1)
    now = replay.as_known_now(run)
    # 560 less a 24th of 3,600: 410 instead of 400.
    assert [(one.award, one.month, one.was, one.is_now, one.reason) for one in now.apart] == [
        (family, JANUARY, 40_000, 41_000, "income_changed")
    ]


def test_as_known_now_is_the_arrears_of_the_next_run(world):
    less, more, gone = world.award(50_000), world.award(40_000), world.award(30_000)
    world.fund_of(10_000_000)
    run = world.to(world.prepare(JANUARY), "closed")
    world.change(less, 45_000, JANUARY)
    world.change(more, 47_000, JANUARY, "standard_changed")
    late = world.award(20_000)
    now = {one.award: (one.change, one.reason) for one in replay.as_known_now(run).apart}
    assert now == {
        less: (-5_000, "income_changed"),
        more: (7_000, "standard_changed"),
        late: (20_000, "granted"),
    }
    february = world.prepare(FEBRUARY)
    owed = {p.award: p.amount for p in february.payments.exclude(kind="regular")}
    assert owed == {more: 7_000, late: 20_000}
    assert replay.replay(run).same and gone.payments.exists()


def test_what_other_runs_paid_or_let_go_afterwards_does_not_count(world):
    """January's line is held and cancelled, February pays it; a March line comes back and is paid again in April."""
    held, back = world.award(50_000), world.award(40_000)
    world.fund_of(10_000_000)
    world.award(10_000)
    january = world.prepare(JANUARY)
    line = january.payments.get(award=held)
    line.state, line.state_reason = "held", "no_account"
    line.save(update_fields=["state", "state_reason"])
    world.to(january, "closed")
    february = world.to(world.prepare(FEBRUARY), "sent")
    returned = february.payments.get(award=back)
    file = february.bank_files.get()
    actions.book_returns(by=world.users["finance"], bank_file=file, rows=[actions.Returned(returned.file_line, "故障")])
    actions.confirm_paid(by=world.users["finance"], run=february)
    actions.unhold(by=world.users["handler"], payment=Payment.objects.get(pk=line.pk), note="补录账户")
    actions.repay(by=world.users["handler"], payment=returned)
    march = world.to(world.prepare(MARCH), "closed")
    kinds = sorted(march.payments.values_list("kind", flat=True))
    assert kinds == ["again", "arrears", "regular", "regular", "regular"]
    for run in (january, february, march):
        run.refresh_from_db()
        assert replay.replay(run).apart == ()


def test_a_line_that_somebody_changed_behind_its_back_is_named(tamper, world):
    award, other = world.award(50_000), world.award(30_000)
    world.fund_of(10_000_000)
    run = world.to(world.prepare(JANUARY), "closed")
    tamper(f"update payments_payment set amount = 51000 where award_id = {award.pk}")
    line = run.payments.get(award=other).pk
    tamper(f"delete from payments_transfer where payment_id = {line}")
    tamper(f"delete from payments_payment where award_id = {other.pk}")
    found = {one.award: (one.reason, one.was, one.is_now) for one in replay.replay(run).apart}
    assert found == {award: ("amount", 51_000, 50_000), other: ("only_in_replay", 0, 30_000)}


def test_an_assessment_that_does_not_give_its_amount_again_is_named(tamper, world, village, family):
    world.fund_of(10_000_000)
    run = world.to(world.prepare(JANUARY), "released")
    tamper("update cases_assessment set inputs = jsonb_set(inputs::jsonb, '{facts,annual_income}', '0')")
    (one,) = replay.replay(run).apart
    assert (one.reason, one.was, one.is_now, one.award) == ("assessment", 40_000, 50_000, family)


def test_a_replay_writes_nothing(world):
    world.award(50_000)
    world.fund_of(10_000_000)
    run = world.to(world.prepare(JANUARY), "closed")
    with connection.cursor() as cursor:
        cursor.execute("savepoint looking; set transaction read only")
        assert replay.replay(run).same and replay.as_known_now(run).same
        cursor.execute("rollback to savepoint looking")


def test_runs_with_set_offs_and_of_a_quarter_replay_too(world):
    award = world.award(50_000)
    quarterly = world.award(90_001, programme="tekun")
    world.fund_of(10_000_000, purpose=("dibao", "tekun"))
    for month in (JANUARY, FEBRUARY):
        world.to(world.prepare(month), "closed")
    world.change(award, 40_000, JANUARY)
    claimed = actions.claim(by=world.users["handler"], award=award, reason="未报告")
    given = actions.consent(
        by=world.users["handler"], receivable=claimed, number="1", signed_on=claimed.opened_on, signed_by="本人",
        monthly=5_000,
    )  # fmt: skip
    run = world.prepare(MARCH)
    actions.set_off(by=world.users["handler"], run=run)
    run = world.to(run, "closed")
    actions.withdraw_consent(by=world.users["handler"], consent=given, on=claimed.opened_on)
    quarter = world.to(world.prepare(MARCH, programme="tekun"), "closed")
    world.change(quarterly, 99_001, FEBRUARY, "standard_changed")
    assert replay.replay(run).same and replay.replay(quarter).same
    assert [one.change for one in replay.as_known_now(quarter).apart] == [6_000]


def test_the_command_says_so_and_its_exit_code_too(tamper, world, tmp_path):
    award = world.award(50_000)
    world.fund_of(10_000_000)
    run = world.to(world.prepare(JANUARY), "closed")
    group = click.Group()
    commands.add_to(group, lambda _data: nullcontext())

    def replayed(*more: str):
        return CliRunner().invoke(group, ["runs", "replay", run.number, *more])

    assert replayed().exit_code == 0
    world.change(award, 45_000, JANUARY)
    out = tmp_path / "now.csv"
    assert (replayed().exit_code, replayed("--now", "--out", str(out)).exit_code) == (0, 0)
    assert out.read_text(encoding="utf-8").splitlines() == [
        "award,month,kind,was,is_now,change,reason",
        f"{award.pk},2025-01,,500.00,450.00,-50.00,income_changed",
    ]
    tamper(f"update payments_payment set amount = 51000 where award_id = {award.pk}")
    found = replayed()
    assert found.exit_code == 1 and "1 DIFFERENT" in found.output and "510.00 → 500.00" in found.output
    with pytest.raises(Refused, match=r"payments\.no_such_run"):
        CliRunner().invoke(group, ["runs", "replay", "nothing"], catch_exceptions=False)
