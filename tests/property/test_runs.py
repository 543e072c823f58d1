"""Whatever changes, in whatever order: arrears are what is owed less what was paid, of which a raise is no more than
the standards have brought; and what is set off leaves the floor and rests on a consent."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.awards import queries as awards
from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.payments import actions, ledger, queries, recoveries, replay
from minzheng.payments.models import Payment, Receivable, Recovery, Run
from minzheng.payments.set_offs.floors import floor_of
from minzheng.payments.set_offs.models import Consent, SetOff
from tests.payments.world import World
from tests.property.undoing import Undo

MONTHS = [dt.date(2025, month, 1) for month in range(1, 7)]
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

change = st.tuples(
    st.sampled_from(["standard_changed", "income_changed", "member_added"]),
    st.sampled_from(MONTHS),
    st.integers(0, 90_000),
)


@SLOW
@given(between=st.lists(st.lists(change, max_size=4), min_size=2, max_size=len(MONTHS)))
def test_arrears_are_what_is_owed_less_what_was_paid(world: World, between):
    """The months are run one after another, with these changes before each."""
    with pytest.raises(Undo), transaction.atomic():
        town = World(world.users, made=world.made)
        town.fund_of(100_000_000)
        town.award(10_000)  # so that every month has something to pay
        award = town.award(50_000)
        runs, brought = [], dict.fromkeys(MONTHS, 0)
        for month, changes in zip(MONTHS, between, strict=False):
            for reason, since, fen in changes:
                before = {one: awards.owed(award, one) for one in MONTHS}
                town.change(award, fen, since, reason)
                if reason == "standard_changed":
                    for one in MONTHS:
                        brought[one] += max(awards.owed(award, one) - before[one], 0)
            paid = {one: _paid(award, one) for one in MONTHS}
            run = town.prepare(month)
            for one in MONTHS[: MONTHS.index(month) + 1]:
                lines = {p.kind: p.amount for p in run.payments.filter(award=award, benefit_month=one)}
                assert sum(lines.values()) == max(awards.owed(award, one) - paid[one], 0)
                assert ("regular" in lines) == (one == month and bool(lines))
                assert lines.get("raise", 0) == 0 or paid[one] > 0
            assert not run.payments.filter(benefit_month__gt=month).exists()
            runs.append(town.to(run, "closed"))
            for one in MONTHS:
                raised = award.payments.filter(kind="raise", benefit_month=one).aggregate(fen=Sum("amount"))["fen"]
                assert (raised or 0) <= brought[one]
        for run in runs:
            assert replay.replay(run).apart == ()
        raise Undo


def _paid(award, month: dt.date) -> int:
    return award.payments.filter(benefit_month=month).aggregate(fen=Sum("amount"))["fen"] or 0


act = st.one_of(
    st.tuples(st.just("lower"), st.integers(1, 60_000)),
    st.tuples(st.just("claim"), st.just(0)),
    st.tuples(st.just("consent"), st.integers(1, 30_000)),
    st.tuples(st.just("withdraw"), st.just(0)),
    st.tuples(st.just("pay back"), st.integers(1, 20_000)),
    st.tuples(st.just("write off"), st.integers(1, 20_000)),
    st.tuples(st.just("prepare"), st.sampled_from(MONTHS[2:])),
    st.tuples(st.just("set off"), st.just(0)),
    st.tuples(st.just("set off"), st.just(1)),
    st.tuples(st.just("return"), st.just(0)),
    *(st.tuples(st.just(name), st.just(0)) for name in ("submit", "approve", "release", "send", "confirm", "close")),
    st.tuples(
        st.just("so far"),
        st.tuples(st.sampled_from(MONTHS[2:]), st.sampled_from(["submitted", "released", "sent", "closed"])),
    ),
)


@SLOW
@given(acts=st.lists(act, min_size=6, max_size=25))
def test_what_is_set_off_was_agreed_and_leaves_the_floor(world: World, acts):
    with pytest.raises(Undo), transaction.atomic():
        town = World(world.users, made=world.made)
        town.fund_of(100_000_000)
        award = town.award(60_000)
        for month in MONTHS[:2]:
            town.to(town.prepare(month), "closed")
        town.change(award, 45_000, MONTHS[0])
        for name, value in [("claim", 0), ("consent", 9_000), *acts]:
            try:
                with transaction.atomic():
                    _do(town, award, name, value)
            except Refused:
                pass  # refused as a whole; what follows must hold all the same
            _check()
        raise Undo


def _do(town: World, award, name: str, value) -> None:
    users = town.users
    receivable = Receivable.objects.filter(award=award).order_by("-pk").first()
    run = Run.objects.exclude(state="closed").order_by("pk").first()
    if name == "lower":
        town.change(award, value, MONTHS[1])
    elif name == "claim":
        actions.claim(by=users["handler"], award=award, reason="多发")
    elif name == "prepare":
        town.prepare(value)
    elif name == "so far":
        prepared = town.prepare(value[0])
        actions.set_off(by=users["handler"], run=prepared)
        town.to(prepared, value[1])
    elif name == "consent" and receivable:
        actions.consent(
            by=users["handler"], receivable=receivable, number="1", signed_on=clock.today(), signed_by="本人",
            monthly=value,
        )  # fmt: skip
    elif name == "withdraw":
        for given in Consent.objects.filter(withdrawal=None):
            actions.withdraw_consent(by=users["handler"], consent=given, on=clock.today())
    elif name == "pay back" and receivable:
        actions.pay_back(by=users["finance"], receivable=receivable, amount=value, on=clock.today())
    elif name == "write off" and receivable:
        actions.write_off(by=users["approver"], receivable=receivable, amount=value, note="决定")
    elif name == "return" and run:
        for bank_file in run.bank_files.all():
            actions.book_returns(by=users["finance"], bank_file=bank_file, rows=[actions.Returned(1, "故障")])
    elif run and name in ACTS:
        done, role = ACTS[name]
        done(by=users[role], run=run)


ACTS = {
    "set off": (actions.set_off, "handler"),
    "submit": (actions.submit, "handler"),
    "approve": (actions.approve, "approver"),
    "release": (actions.release, "finance"),
    "send": (actions.send, "finance"),
    "confirm": (actions.confirm_paid, "finance"),
    "close": (actions.close, "finance"),
}


def _check() -> None:
    for line in Payment.objects.filter(kind="set_off").exclude(state="cancelled").select_related("run", "award"):
        order = SetOff.objects.select_related("consent").get(run=line.run, award=line.award)
        kept = line.run.payments.get(award=line.award, kind="regular", benefit_month=line.benefit_month).amount
        floor = floor_of("dibao", line.area_id, line.run.month)
        assert floor is not None and kept >= floor.of(kept + line.amount)
        assert line.amount == order.amount <= order.consent.monthly
        if line.state == "agreed" and line.run.state != "computed":
            assert not hasattr(order.consent, "withdrawal")
    for receivable in Receivable.objects.all():
        assert recoveries.remaining(receivable) >= 0
    booked = Recovery.objects.filter(way="set_off").aggregate(fen=Sum("amount"))["fen"] or 0
    assert booked == (Payment.objects.filter(state="set_off").aggregate(fen=Sum("amount"))["fen"] or 0)
    for run in Run.objects.filter(state="closed"):
        assert queries.reconciliation(run).agrees
    assert ledger.verify().sound
