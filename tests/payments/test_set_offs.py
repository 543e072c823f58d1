"""Setting off what was paid too much: with a written consent, above the floor, a line and transfers of its own."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from minzheng.core import clock
from minzheng.core.errors import Refused
from minzheng.core.models import Document
from minzheng.payments import actions, ledger, queries, recoveries
from minzheng.payments.models import Payment, Recovery, RunStep, Transfer
from minzheng.payments.set_offs import floors
from minzheng.payments.set_offs.models import Consent, SetOff, Withdrawal
from tests.payments.test_runs import lines
from tests.payments.world import FEBRUARY, JANUARY, MARCH, World

APRIL = dt.date(2025, 4, 1)


@pytest.fixture
def claimed(world: World):
    """January and February paid in full, then lowered: 10,000 fen too much each month, claimed. 40,000 a month are
    owed; the floor of dibao leaves four fifths, so at most 8,000 can be set off."""
    award = world.award(50_000)
    world.fund_of(1_000_000)
    for month in (JANUARY, FEBRUARY):
        world.to(world.prepare(month), "closed")
    world.change(award, 40_000, JANUARY)
    return actions.claim(by=world.users["handler"], award=award, reason="收入增加未报告")


def agree(world: World, receivable, monthly=5_000, **more) -> Consent:
    given = {"number": "同意〔2025〕1号", "signed_on": clock.today(), "signed_by": "居民1", "monthly": monthly} | more
    return actions.consent(by=world.users["handler"], receivable=receivable, **given)


def set_off(world: World, month=MARCH):
    run = world.prepare(month)
    actions.set_off(by=world.users["handler"], run=run)
    run.refresh_from_db()
    return run


def test_a_run_sets_nothing_off_by_itself(world, claimed):
    agree(world, claimed)
    assert lines(world.prepare(MARCH)) == [("regular", MARCH, 40_000)]


def test_without_a_consent_nothing_can_be_set_off(world, claimed):
    run = world.prepare(MARCH)
    with pytest.raises(Refused, match=r"payments\.nothing_to_set_off"):
        actions.set_off(by=world.users["handler"], run=run)
    assert lines(run) == [("regular", MARCH, 40_000)]


def test_what_is_agreed_is_a_line_and_two_transfers_and_comes_back_to_the_fund(world, claimed):
    agree(world, claimed)
    run = set_off(world)
    assert lines(run) == [("regular", MARCH, 35_000), ("set_off", MARCH, 5_000)]
    assert run.total == 40_000
    assert run.bridge["bars"]["closing"]["fen"] == run.bridge["bars"]["total"]["fen"] == 40_000
    assert run.bridge["bars"]["set_off"] == {"awards": 1, "people": 1, "fen": 5_000}
    assert (run.bridge["unexplained"], run.bridge["reasons"]) == (0, {"down": {"income_changed": 1}})
    run = world.to(run, "sent")
    assert run.bank_files.get().total == 35_000
    assert recoveries.remaining(claimed) == 20_000
    actions.confirm_paid(by=world.users["finance"], run=run)
    assert recoveries.remaining(claimed) == 15_000
    assert {p.kind: p.state for p in run.payments.all()} == {"regular": "paid", "set_off": "set_off"}
    moved = Transfer.objects.order_by("-pk")[:2]
    assert [(one.kind, one.amount) for one in moved] == [("recovered", 5_000), ("set_off", 5_000)]
    row = queries.funds("990101", 2025)[0]
    assert (row["balance"], row["spent"]) == (1_000_000 - 100_000 - 35_000, 135_000)
    actions.close(by=world.users["finance"], run=run)
    assert queries.reconciliation(run).agrees and ledger.verify().sound
    # The next period compares with the whole amount, not with what was sent.
    april = world.prepare(APRIL)
    assert lines(april) == [("regular", APRIL, 40_000)] and april.bridge["reasons"] == {}


def test_the_floor_is_left_whatever_was_agreed(world, claimed):
    agree(world, claimed, monthly=20_000)
    assert lines(set_off(world)) == [("regular", MARCH, 32_000), ("set_off", MARCH, 8_000)]


def test_not_more_than_is_left_of_the_claim(world, claimed):
    agree(world, claimed, monthly=8_000)
    actions.pay_back(by=world.users["finance"], receivable=claimed, amount=17_000, on=clock.today())
    assert lines(set_off(world)) == [("regular", MARCH, 37_000), ("set_off", MARCH, 3_000)]


def test_computing_anew_takes_it_out_and_a_change_asks_for_that(world, claimed):
    agree(world, claimed)
    run = set_off(world)
    world.change(claimed.award, 30_000, MARCH)
    with pytest.raises(Refused, match=r"payments\.stale"):
        actions.submit(by=world.users["handler"], run=run)
    assert lines(world.prepare(MARCH)) == [("regular", MARCH, 30_000)]
    assert not SetOff.objects.exists()
    assert lines(set_off(world)) == [("regular", MARCH, 25_000), ("set_off", MARCH, 5_000)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": " "},
        {"signed_by": ""},
        {"monthly": 0},
        {"monthly": 20_001},
        {"signed_on": dt.date(2025, 3, 2)},
        {"signed_on": dt.date(2025, 3, 4)},
    ],
)
def test_a_consent_says_who_when_and_how_much(world, claimed, wrong):
    with pytest.raises(Refused, match=r"payments\.consent_incomplete"):
        agree(world, claimed, **wrong)
    assert not Consent.objects.exists()


def test_one_consent_at_a_time_and_none_without_a_floor(world, claimed, monkeypatch):
    first = agree(world, claimed)
    with pytest.raises(Refused, match=r"payments\.consent_in_force"):
        agree(world, claimed, monthly=1_000)
    actions.withdraw_consent(by=world.users["handler"], consent=first, on=clock.today())
    monkeypatch.setattr(floors, "load", lambda _path: ())
    with pytest.raises(Refused, match=r"payments\.no_floor"):
        agree(world, claimed)


def test_the_signed_paper_is_kept_with_the_claim(world, claimed):
    made = agree(world, claimed, scan=actions.Scan("application/pdf", b"%PDF-1.4 signed"))
    kept = Document.objects.get(pk=made.document_id)
    assert (kept.subject_type, kept.subject_id, kept.title) == (
        "payments.receivable",
        claimed.pk,
        "抵扣同意书 同意〔2025〕1号",
    )
    assert claimed.letter is not None and claimed.letter.kind == "awards.claimed"


@pytest.mark.parametrize("state", ["computed", "submitted", "approved", "released", "sent"])
def test_a_withdrawal_counts_until_the_money_is_booked(world, claimed, state):
    given = agree(world, claimed)
    run = set_off(world)
    if state != "computed":
        run = world.to(run, state)
    actions.withdraw_consent(by=world.users["handler"], consent=given, on=clock.today(), note="自己还")
    if state == "computed":
        with pytest.raises(Refused, match=r"payments\.stale"):
            actions.submit(by=world.users["handler"], run=run)
        assert lines(world.prepare(MARCH)) == [("regular", MARCH, 40_000)]
        return
    assert run.payments.get(kind="set_off").state == "cancelled"
    _on(world, run)
    assert recoveries.remaining(claimed) == 20_000
    assert lines(world.prepare(APRIL)) == [("arrears", MARCH, 5_000), ("regular", APRIL, 40_000)]
    with pytest.raises(Refused, match=r"payments\.withdrawal"):
        actions.withdraw_consent(by=world.users["handler"], consent=given, on=clock.today())


def test_nothing_is_set_off_of_what_did_not_arrive(world, claimed):
    agree(world, claimed)
    run = world.to(set_off(world), "sent")
    returned = [actions.Returned(run.payments.get(kind="regular").file_line, "账户已销户")]
    actions.book_returns(by=world.users["finance"], bank_file=run.bank_files.get(), rows=returned)
    actions.confirm_paid(by=world.users["finance"], run=run)
    line = run.payments.get(kind="set_off")
    assert (line.state, line.state_reason) == ("cancelled", "not_set_off")
    assert recoveries.remaining(claimed) == 20_000
    actions.close(by=world.users["finance"], run=run)
    assert queries.reconciliation(run).agrees


def test_what_is_paid_back_meanwhile_is_not_set_off_too(world, claimed):
    agree(world, claimed)
    run = world.to(set_off(world), "sent")
    actions.pay_back(by=world.users["finance"], receivable=claimed, amount=18_000, on=clock.today())
    _on(world, run)
    assert recoveries.remaining(claimed) == 2_000
    assert lines(world.prepare(APRIL)) == [("arrears", MARCH, 5_000), ("regular", APRIL, 40_000)]


def test_a_held_line_is_left_alone(world, claimed):
    agree(world, claimed)
    claimed.award.held_reason = "review"
    claimed.award.save(update_fields=["held_reason"])
    run = world.prepare(MARCH)
    with pytest.raises(Refused, match=r"payments\.nothing_to_set_off"):
        actions.set_off(by=world.users["handler"], run=run)


def test_two_claims_are_set_off_one_after_the_other(world, claimed):
    world.change(claimed.award, 36_000, FEBRUARY)
    second = actions.claim(by=world.users["handler"], award=claimed.award, reason="再次核减")
    agree(world, second, monthly=4_000)
    agree(world, claimed, monthly=3_000)
    run = set_off(world)
    assert lines(run) == [("regular", MARCH, 33_000), ("set_off", MARCH, 3_000)]
    assert SetOff.objects.get().consent.receivable == claimed


def test_the_database_refuses_what_nobody_agreed_to(world, claimed):
    given = agree(world, claimed)
    run = world.prepare(MARCH)
    order = {
        "run": run, "award": claimed.award, "area_id": run.area_id, "consent": given, "floor": 1, "months": 1,
        "ordered_by": world.users["handler"],
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="set_off_amount"), transaction.atomic():
        SetOff.objects.create(**order, amount=5_001)
    with pytest.raises(IntegrityError, match="a_set_off_leaves_something"), transaction.atomic():
        SetOff.objects.create(**order | {"floor": 0}, amount=1)
    line = {
        "run": run, "award": claimed.award, "programme": "dibao", "kind": "set_off", "benefit_month": MARCH,
        "amount": 5_000, "people": 1, "state": "agreed", "area_id": claimed.area_id,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="set_off_consent"), transaction.atomic():
        Payment.objects.create(**line)
    SetOff.objects.create(**order | {"floor": 40_001}, amount=5_000)
    with pytest.raises(IntegrityError, match="set_off_floor"), transaction.atomic():
        Payment.objects.create(**line)
    other = Withdrawal.objects.create(
        consent=given, on=clock.today(), area_id=claimed.area_id, recorded_by=world.users["handler"]
    )
    SetOff.objects.all().delete()
    with pytest.raises(IntegrityError, match="set_off_consent"), transaction.atomic():
        SetOff.objects.create(**order, amount=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Withdrawal.objects.filter(pk=other.pk).delete()


def test_money_moves_only_with_its_line(world, claimed):
    agree(world, claimed)
    run = set_off(world)
    world.to(run, "sent")
    fund = run.fund.account
    paid = fund.parts.get(kind="paid")
    with pytest.raises(IntegrityError, match="set_off_consent"), transaction.atomic():
        ledger.write(
            "select %s::bigint, %s::bigint, 1::bigint, 'set_off', %s::date, %s::bigint, null::bigint, 'dibao', %s, ''",
            [paid.pk, fund.pk, clock.today(), run.pk, run.area_id],
        )
    with pytest.raises(IntegrityError, match="payment_unbooked"), transaction.atomic():
        run.payments.filter(kind="set_off").update(state="set_off")
    with pytest.raises(IntegrityError, match="set_off_frozen"), transaction.atomic():
        SetOff.objects.all().delete()
    with pytest.raises(IntegrityError, match="a_set_off_was_had_so_in_a_run"), transaction.atomic():
        Recovery.objects.create(
            receivable=claimed, way="set_off", amount=1, on=clock.today(), area_id=run.area_id,
            booked_by=world.users["finance"],
        )  # fmt: skip


def test_who_had_it_set_off_cannot_approve(world, claimed):
    agree(world, claimed)
    run = set_off(world)
    run = world.to(run, "submitted")
    other = world.users["approver"]
    RunStep.objects.create(
        run=run, area_id=run.area_id, act="payments.set_off", state_after="computed", on=clock.today(), actor=other
    )
    with pytest.raises(Refused, match=r"payments\.two_people"):
        actions.approve(by=other, run=run)


def test_a_part_can_be_written_off(world, claimed):
    actions.write_off(by=world.users["approver"], receivable=claimed, note="会议决定", amount=4_000)
    assert recoveries.remaining(claimed) == 16_000
    with pytest.raises(Refused, match=r"payments\.recovery_amount"):
        actions.write_off(by=world.users["approver"], receivable=claimed, note="会议决定", amount=16_001)


def test_the_nearest_and_latest_floor_counts(tmp_path):
    path = tmp_path / "recoveries.yaml"
    path.write_text(
        "set_off:\n"
        "  - {programme: dibao, from: 2020-01-01, keep: {share: 0.8}, source: 甲}\n"
        "  - {programme: dibao, from: 2025-01-01, keep: {share: 0.9, yuan: 300}, source: 乙}\n"
        "  - {programme: dibao, from: 2020-01-01, area: '9901', keep: {yuan: 250.5}, source: 丙}\n",
        encoding="utf-8",
    )

    def kept(area, on, amount, months=1):
        found = floors.floor_of("dibao", area, on, path=path)
        return found and found.of(amount, months)

    assert kept("330101", dt.date(2019, 12, 31), 1) is None
    assert kept("330101", dt.date(2024, 12, 31), 35_001) == 28_001
    assert kept("330101", dt.date(2025, 1, 1), 30_000) == 30_000
    assert kept("330101", dt.date(2025, 1, 1), 50_000) == 45_000
    assert kept("990101101", dt.date(2025, 1, 1), 50_000, 3) == 75_150
    assert floors.floor_of("tekun", "990101", dt.date(2025, 1, 1), path=path) is None


@pytest.mark.parametrize("keep", ["{share: 1.2}", "{share: 0.1234567}", "{yuan: -1}", "{}", "3", "{share: viel}"])
def test_a_floor_that_cannot_be_read_is_refused(tmp_path, keep):
    path = tmp_path / "recoveries.yaml"
    path.write_text(f"set_off: [{{programme: dibao, from: 2020-01-01, keep: {keep}, source: 甲}}]", encoding="utf-8")
    with pytest.raises(Refused, match=r"payments\.floor_broken"):
        floors.floor_of("dibao", "99", dt.date(2025, 1, 1), path=path)


def test_the_shipped_floors_can_be_read_and_name_their_source():
    found = floors.load(floors.policies_dir() / "recoveries.yaml")
    assert {one.programme for one in found} >= {"dibao", "tekun"}
    assert all(one.source.endswith("[K]") or "[S" in one.source for one in found)


def _on(world: World, run) -> None:
    """Bring a submitted run to its end, from whatever state it is in."""
    acts = {
        "submitted": (actions.approve, "approver"),
        "approved": (actions.release, "finance"),
        "released": (actions.send, "finance"),
        "sent": (actions.confirm_paid, "finance"),
        "paid": (actions.close, "finance"),
    }
    run.refresh_from_db()
    while run.state != "closed":
        act, role = acts[run.state]
        act(by=world.users[role], run=run)
        run.refresh_from_db()
