"""A run from its computation to its closing: prepared, submitted, approved by somebody else, released, closed.
What happens with the bank is in `bank.py`, with goods in `goods.py`."""

import datetime as dt

from django.db import connection
from django.utils import timezone

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.areas.models import Area
from minzheng.core import clock
from minzheng.core.errors import refuse
from minzheng.payments import bridge, compute, states
from minzheng.payments.amounts import yuan
from minzheng.payments.funds import fund_for
from minzheng.payments.models import AccountKind, Fund, Run, RunState
from minzheng.payments.queries import payable, reconciliation
from minzheng.payments.refusals import action, overdraft
from minzheng.payments.set_offs.models import SetOff


@action
def prepare_run(
    *,
    by: User,
    programme: str,
    area: str,
    month: dt.date,
    fund: Fund | None = None,
    supplement: bool = False,
) -> Run:
    """Compute what a programme pays in an area for a month (the last month of its cycle), with arrears and what is paid
    again after a return.

    Repeating it before the run is submitted computes the lines anew. Once the period's run is under way, a `supplement`
    carries what has become due since. Without `fund` the nearest one of this purpose and year pays; a stock of goods
    makes it a run in kind. Refuses where nothing is due, and a second computation of a run under way.
    """
    perms.require(by, "payments.prepare", area)
    place, month = areas.area(area), month.replace(day=1)
    _one_at_a_time(programme)
    chosen = fund or fund_for(programme=programme, area=place, year=month.year)
    run = _open(programme, place, month, chosen, supplement)
    SetOff.objects.filter(run=run).delete()  # who computes a run anew has it set off anew
    compute.refresh(run)
    if not run.payments_count:
        raise refuse(
            "payments.nothing_due",
            zh="{area}的项目 {programme} 在 {month} 没有应发的款项。",
            en="Nothing of {programme} is due in {area} for {month}.",
            remedy_zh="请核对月份、区划和发放周期；名册里在册的对象才会生成。",
            remedy_en="Check the month, the area and the pay cycle; only awards in force are computed.",
            area=place.name,
            programme=programme,
            month=f"{month:%Y-%m}",
        )
    states.record("payments.prepare", by=by, run=run, detail={"payments": run.payments_count, "yuan": yuan(run.total)})
    return run


@action
def submit(*, by: User, run: Run, note: str = "") -> Run:
    """Hand a computed run to the approver. Refused while a difference is unexplained, or where the lines are no longer
    what is owed."""
    run = states.require("payments.submit", by=by, run=run)
    _refuse_unexplained(run)
    drifted = compute.drift(run)
    if drifted:
        raise refuse(
            "payments.stale",
            zh="批次 {number} 生成以后，有 {count} 笔应发内容已经变化。",
            en="Since the run {number} was computed, {count} of its lines have changed.",
            remedy_zh="请重新生成批次，核对差异后再提交。",
            remedy_en="Compute the run again, check the differences, then submit it.",
            number=run.number,
            count=drifted,
        )
    states.record("payments.submit", by=by, run=run, note=note)
    return run


@action
def send_back(*, by: User, run: Run, note: str) -> Run:
    """The approver does not agree: the run can be computed again. The reason is part of its history."""
    run = states.require("payments.send_back", by=by, run=run)
    if not note.strip():
        raise refuse(
            "payments.send_back_note",
            zh="退回修改须写明理由。",
            en="Sending a run back needs a reason.",
            remedy_zh="请写明哪一户、哪一处需要核对。",
            remedy_en="Say which household or figure is to be checked.",
        )
    states.record("payments.send_back", by=by, run=run, note=note)
    return run


@action
def approve(*, by: User, run: Run, note: str = "") -> Run:
    """Approve a submitted run; the database refuses whoever prepared or submitted it."""
    run = states.require("payments.approve", by=by, run=run)
    run.balance = run.fund.account.balance if run.in_kind else None
    states.record("payments.approve", by=by, run=run, note=note)
    return run


@action
def release(*, by: User, run: Run, note: str = "") -> Run:
    """The finance office releases the money of an approved run; refused where the fund does not hold it."""
    run = states.require("payments.release", by=by, run=run)
    account = run.fund.account
    needed = payable(run)
    if account.kind == AccountKind.FUND and account.balance < needed:
        raise overdraft(account.name, account.balance, needed)
    run.balance = account.balance
    states.record("payments.release", by=by, run=run, note=note, detail={"yuan": yuan(needed)})
    return run


@action
def close(*, by: User, run: Run, note: str = "") -> Run:
    """Close a run that is paid, once it reconciles: approved list = held + file, file = returned + paid = ledger."""
    run = states.require("payments.close", by=by, run=run)
    result = reconciliation(run)
    if not result.agrees:
        raise refuse(
            "payments.does_not_reconcile",
            zh="批次 {number} 对账不平：{gaps}。",
            en="The run {number} does not reconcile: {gaps}.",
            remedy_zh="请先登记全部退回并确认到账，再办结。",
            remedy_en="Book every return and confirm the rest as paid, then close it.",
            number=run.number,
            gaps="; ".join(f"{name} {yuan(fen)}" for name, fen in result.gaps().items()),
        )
    run.closed_on = clock.today()
    states.record("payments.close", by=by, run=run, note=note)
    return run


def _open(programme: str, place: Area, month: dt.date, fund: Fund, supplement: bool) -> Run:
    """The run to compute into: the unsubmitted one of the period, else a new one."""
    runs = list(
        Run.objects.select_for_update(of=("self",))
        .filter(programme=programme, area=place, month=month)
        .order_by("ordinal")
    )
    run = next((one for one in runs if one.state == RunState.COMPUTED and (one.ordinal > 1) == supplement), None)
    if run is None and runs and not supplement:
        raise refuse(
            "payments.run_exists",
            zh="{month} 的批次 {number} 已是“{state_zh}”，不能重新生成。",
            en="The run {number} for {month} is “{state}” already; it cannot be computed again.",
            remedy_zh="之后的变化会进入下期补发；急需的请生成补充批次。",
            remedy_en="Later changes become arrears in the next run; what is urgent goes into a supplement.",
            month=f"{month:%Y-%m}",
            number=runs[0].number,
            state=runs[0].state,
            state_zh=RunState(runs[0].state).label,
        )
    if run is None:
        ordinal = len(runs) + 1
        run = Run(
            number=f"{programme}-{place.code}-{month:%Y%m}-{ordinal}",
            programme=programme,
            area=place,
            month=month,
            ordinal=ordinal,
            state=RunState.COMPUTED,
        )
    run.fund = fund
    run.in_kind = fund.account.kind == AccountKind.GOODS
    run.computed_on, run.computed_at = clock.today(), timezone.now()
    run.save()
    return run


def _refuse_unexplained(run: Run) -> None:
    names = [_subject(one) for one in bridge.unexplained(run)]
    if names or not bridge.adds_up(run.bridge, run.total):
        raise refuse(
            "payments.unexplained",
            zh="与上期相比有 {count} 处差异没有对应的变更记录：{names}。",
            en="{count} differences to the last period have no change behind them: {names}.",
            remedy_zh="请在名册里核对这些对象，补办变更或重新生成批次。",
            remedy_en="Check these awards on the roster; record the change that is missing, or compute the run again.",
            count=len(names),
            names="、".join(names[:10]) or yuan(run.total),
        )


def _subject(one: bridge.Difference) -> str:
    from minzheng.awards.models import Award

    award = Award.objects.select_related("person", "household").get(pk=one.award_id)
    name = award.person.name if award.person else award.household.number if award.household else ""
    return f"{name} {yuan(one.before)} → {yuan(one.now)}"


def _one_at_a_time(programme: str) -> None:
    """Two officers who compute the same programme wait for each other: what one takes up, the other leaves out."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(72300002, hashtext(%s))", [programme])
