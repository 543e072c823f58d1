"""Money: funds, runs and their hand-overs, what the bank returns."""

import datetime as dt
from collections.abc import Callable

from django.db.models import QuerySet

from minzheng.payments import actions as payments
from minzheng.payments import month as this_month
from minzheng.payments import replay as replays
from minzheng.payments.amounts import yuan as said
from minzheng.payments.models import BankFile, Payment, Receivable, Run
from minzheng.payments.set_offs.models import Consent
from minzheng.people.models import Household
from minzheng.policy import registry as law
from minzheng.scenario import forms, places
from minzheng.scenario import paying as way
from minzheng.scenario.events.entitlements import award_of
from minzheng.scenario.office import as_user
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event
from minzheng.scenario.schedule import Process

A_MILLION = 100_000_000
"""Yuan, in fen: more than a scenario spends."""


@event("fund", main="programmes")
def fund(
    play: Play,
    *,
    programmes: forms.Programmes,
    yuan: forms.Money = A_MILLION,
    earlier_years: forms.Flag = True,
    source: forms.FundSourceName = "county",
    place: forms.PlaceName = "town",
) -> None:
    """A fund of the year for these programmes, with money in it (0: none yet), of the township or the county.
    `earlier_years`: whether it may pay what is still owed for an earlier year."""
    with play.acting("finance", places.COUNTY) as user:
        opened = payments.open_fund(
            by=user,
            area=places.TOWN if place == "town" else places.COUNTY,
            year=play.today.year,
            name={"zh-Hans": f"{play.today.year}年救助资金", "en": f"Assistance {play.today.year}"},
            source=source,
            purpose=programmes,
            department=law.programme(programmes[0]).department,
            earlier_years=earlier_years,
        )
        if yuan:
            payments.allocate(by=user, fund=opened, amount=yuan, on=play.today, memo="拨款")


@event("accept_month")
def accept_month(play: Play, *, kind: forms.Words, month: forms.Month) -> None:
    """The township accepts all candidates of this kind in “this month”. Refuses what the first refused one says."""
    with play.acting("handler", places.TOWN) as user:
        keys = [one.key for one in this_month.candidates(places.TOWN, month) if one.kind == kind]
        outcomes = this_month.accept(by=user, area=places.TOWN, month=month, keys=keys)
    refused = next((one.refused for one in outcomes if one.refused is not None), None)
    if refused is not None:
        raise refused


@event("run_prepare", main="month")
def run_prepare(
    play: Play, *, month: forms.Month, programme: forms.Programme = "dibao", supplement: forms.Flag = False
) -> None:
    """The handler computes a run."""
    with play.acting(way.HOLDERS["prepare"], places.TOWN) as user:
        payments.prepare_run(by=user, programme=programme, area=places.TOWN, month=month, supplement=supplement)


@event("run_returned")
def run_returned(
    play: Play, *, month: forms.Month, reasons: forms.Reasons, programme: forms.Programme = "dibao"
) -> None:
    """The bank could not pay these parties, for these reasons."""
    with play.acting(way.HOLDERS["book_returns"], places.TOWN):
        run = _run(play, programme, month)
    _book_returns(play, run, reasons)


@event("pay", main="month")
def pay(
    play: Play, *, month: forms.Month, programme: forms.Programme = "dibao", returned: forms.Reasons | None = None
) -> Process:
    """A run from its computation to its closing, each hand-over by whom it belongs to, a working day between them."""

    def book(run: Run, _: payments.Sent) -> None:
        _book_returns(play, run, returned or {})

    yield from way.pay(play.office, programme=programme, area=places.TOWN, month=month, returned=book)


@event("repay")
def repay(play: Play, *, of: forms.PartyName, month: forms.Month, programme: forms.Programme = "dibao") -> None:
    """What made a payment come back is put right: the next run pays it again."""
    with play.acting_for(of, "handler") as (user, _):
        returned = _payments(play, of, programme).filter(benefit_month=month, state="returned")
        payment = returned.order_by("-pk").first()
        if payment is None:
            raise play.fault("no_payment", name=of, programme=programme, month=f"{month:%Y-%m}")
        payments.repay(by=user, payment=payment, note="已核对并更正")


@event("pay_again")
def pay_again(play: Play, *, of: forms.PartyName, month: forms.Month, programme: forms.Programme = "dibao") -> None:
    """What was wrong with a payment that is held for its account, or came back, is put right: it is paid again."""
    with play.acting_for(of, "handler") as (user, _):
        waiting = _payments(play, of, programme).filter(benefit_month=month, state__in=["held", "returned"])
        payment = waiting.order_by("-pk").first()
        if payment is None:
            raise play.fault("no_payment", name=of, programme=programme, month=f"{month:%Y-%m}")
        payments.pay_again(by=user, payment=payment, note="已核对并更正")


def _book_returns(play: Play, run: Run, reasons: forms.Reasons) -> None:
    if not reasons:
        return
    with as_user(play.office.staff[way.HOLDERS["book_returns"]]) as user:
        bank_file = BankFile.objects.filter(run=run).latest("pk")
        rows = []
        for name, reason in reasons.items():
            sent = _payments(play, name, run.programme).filter(bank_file=bank_file)
            rows += [payments.Returned(line=payment.file_line or 0, reason=reason) for payment in sent]
        payments.book_returns(by=user, bank_file=bank_file, rows=rows)


def _payments(play: Play, of: str, programme: str) -> QuerySet[Payment]:
    party = play.party(of)
    owner = {"award__household": party} if isinstance(party, Household) else {"award__person": party}
    return Payment.objects.filter(programme=programme, **owner)


def _run(play: Play, programme: str, month: dt.date) -> Run:
    """The newest run of a month. Refuses where there is none."""
    run = Run.objects.filter(programme=programme, month=month).order_by("-ordinal").first()
    if run is None:
        raise play.fault("no_run", programme=programme, month=f"{month:%Y-%m}")
    return run


def _hand_over(name: str, act: Callable[..., object]) -> None:
    """`run_submit: 2025-04` and the like: one act of the newest run of a month."""

    def hand_over(
        play: Play, *, month: forms.Month, programme: forms.Programme = "dibao", note: forms.Words = ""
    ) -> None:
        with play.acting(way.HOLDERS[name], places.TOWN) as user:
            act(by=user, run=_run(play, programme, month), note=note)

    event(f"run_{name}", main="month")(hand_over)


for _name, _act in (
    ("set_off", payments.set_off),
    ("submit", payments.submit),
    ("approve", payments.approve),
    ("send_back", payments.send_back),
    ("release", payments.release),
    ("send", payments.send),
    ("confirm", payments.confirm_paid),
    ("close", payments.close),
):
    _hand_over(_name, _act)


@event("claim")
def claim(play: Play, *, of: forms.PartyName, reason: forms.Words, programme: forms.Programme = "dibao") -> None:
    """What a party was paid too much is entered as a receivable; months and amount are worked out."""
    with play.acting_for(of, "handler") as (user, _):
        payments.claim(by=user, award=award_of(play, of, programme), reason=reason)


@event("pay_back")
def pay_back(
    play: Play, *, of: forms.PartyName, yuan: forms.Money, programme: forms.Programme = "dibao", note: forms.Words = ""
) -> None:
    """A party pays back so much of what it was paid too much."""
    with play.acting("finance", places.TOWN) as user:
        payments.pay_back(by=user, receivable=_claim(play, of, programme), amount=yuan, on=play.today, note=note)


@event("consent")
def consent(
    play: Play,
    *,
    of: forms.PartyName,
    monthly: forms.Money,
    number: forms.Words,
    signed_by: forms.Words,
    programme: forms.Programme = "dibao",
) -> None:
    """A party has agreed in writing that so much a month is kept back for what it was paid too much."""
    with play.acting_for(of, "handler") as (user, _):
        receivable = _claim(play, of, programme)
        payments.consent(
            by=user, receivable=receivable, number=number, signed_on=play.today, signed_by=signed_by, monthly=monthly
        )


@event("consent_withdrawn")
def consent_withdrawn(
    play: Play, *, of: forms.PartyName, programme: forms.Programme = "dibao", note: forms.Words = ""
) -> None:
    """A party takes its consent back."""
    with play.acting_for(of, "handler") as (user, _):
        given = Consent.objects.filter(receivable=_claim(play, of, programme)).order_by("-pk").first()
        if given is None:
            raise play.fault("no_award", name=of, programme=programme)
        payments.withdraw_consent(by=user, consent=given, on=play.today, note=note)


@event("write_off")
def write_off(
    play: Play,
    *,
    of: forms.PartyName,
    note: forms.Words,
    yuan: forms.Money | None = None,
    programme: forms.Programme = "dibao",
) -> None:
    """Whoever approves gives up so much of a claim (all that is left, where no amount is said)."""
    with play.acting("approver", places.TOWN) as user:
        payments.write_off(by=user, receivable=_claim(play, of, programme), note=note, amount=yuan)


@event("run_replay", main="month")
def run_replay(
    play: Play,
    *,
    month: forms.Month,
    programme: forms.Programme = "dibao",
    more: forms.Money | None = None,
    less: forms.Money | None = None,
) -> None:
    """The newest run of a month is worked out again and must give the same fen. `more` and `less`: what, as known now,
    is owed besides and was paid too much."""
    with play.acting("handler", places.TOWN):
        run = _run(play, programme, month)
        apart = [f"{one.month:%Y-%m} {said(one.was)} ≠ {said(one.is_now)}" for one in replays.replay(run).apart]
        if more is not None or less is not None:
            changes = [one.change for one in replays.as_known_now(run).apart]
            known = (sum(one for one in changes if one > 0), -sum(one for one in changes if one < 0))
            if known != (more or 0, less or 0):
                apart.append(f"more {said(known[0])}, less {said(known[1])}")
        play.differs(apart)


def _claim(play: Play, of: str, programme: str) -> Receivable:
    """A party's newest claim."""
    found = Receivable.objects.filter(award=award_of(play, of, programme)).order_by("-pk").first()
    if found is None:
        raise play.fault("no_award", name=of, programme=programme)
    return found
