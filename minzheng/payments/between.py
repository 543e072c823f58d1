"""Money between funds: passed on down the levels (下拨) and back (缴回), carried over into the next year (结转),
withdrawn by its source (收回). Both ends serve one source and one purpose; the database refuses all else (migration
0007)."""

import datetime as dt

from django.db.models import QuerySet

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.core import audit, clock
from minzheng.core.errors import Refused, refuse
from minzheng.payments import funds, warnings
from minzheng.payments.amounts import yuan
from minzheng.payments.models import AccountKind, Fund, Run, RunState
from minzheng.payments.refusals import action, unlike

ON_ITS_WAY = (RunState.SUBMITTED, RunState.APPROVED, RunState.RELEASED)
"""A run in one of these has been promised its fund's money, and has not taken it yet."""


@action
def withdraw(*, by: User, fund: Fund, amount: int, on: dt.date, memo: str) -> None:
    """The source takes so much (fen) back, or an allocation was booked wrongly: with the reason or document."""
    perms.require(by, "payments.fund", fund.area_id)
    _require_day(fund.year, on, or_later=True)
    _require_reason(memo)
    funds.post_once(
        fund=fund, debit=funds.source_of(fund), credit=fund.account, amount=amount, kind="withdrawn", on=on, memo=memo
    )
    _record("payments.withdraw", by, fund, amount)


@action
def pass_on(*, by: User, fund: Fund, to: Fund, amount: int, on: dt.date, memo: str) -> None:
    """A fund passes so much (fen) on to a fund of the same year, source and purpose in an area below."""
    _pass(by, fund, to, amount, on, memo, kind="passed_on", upper=fund, lower=to)
    _record("payments.pass_on", by, fund, amount, to)


@action
def pass_back(*, by: User, fund: Fund, to: Fund, amount: int, on: dt.date, memo: str) -> None:
    """A fund returns so much (fen) to the fund above that it came from."""
    _pass(by, fund, to, amount, on, memo, kind="passed_back", upper=to, lower=fund)
    _record("payments.pass_back", by, fund, amount, to)


def _pass(
    by: User, fund: Fund, to: Fund, amount: int, on: dt.date, memo: str, *, kind: str, upper: Fund, lower: Fund
) -> None:
    perms.require(by, "payments.fund", fund.area_id)
    _require_alike(fund, to)
    if to.year != fund.year or not _below(lower, upper):
        raise _not_below(upper)
    _require_day(fund.year, on, or_later=kind == "passed_back")
    _require_reason(memo)
    funds.post_once(fund=lower, debit=to.account, credit=fund.account, amount=amount, kind=kind, on=on, memo=memo)


@action
def carry_over(*, by: User, fund: Fund, to: Fund, on: dt.date, amount: int | None = None, memo: str = "") -> int:
    """What is left of a fund goes into the next year's fund of the same area, source and purpose: all of it, unless an
    amount (fen) is given. Refused while a run has been promised the money. Returns how much."""
    perms.require(by, "payments.fund", fund.area_id)
    _require_alike(fund, to)
    if to.area_id != fund.area_id or to.year != fund.year + 1:
        raise refuse(
            "payments.carry_over_year",
            zh="{year} 年的结余只能结转到本地区 {next} 年的资金。",
            en="What is left of {year} is carried over into this area's fund of {next} only.",
            remedy_zh="请先设立 {next} 年同来源、同用途的资金，再办结转。",
            remedy_en="Open the fund of {next} with the same source and purpose first.",
            year=fund.year,
            next=fund.year + 1,
        )
    _require_day(to.year, on)
    _refuse_promised(fund)
    fund.account.refresh_from_db(fields=["balance"])
    moved = fund.account.balance if amount is None else amount
    if not moved and amount is None:
        raise refuse(
            "payments.nothing_to_carry_over",
            zh="{year} 年的这项资金没有结余。",
            en="Nothing is left of this fund of {year}.",
            remedy_zh="没有结余的不用结转；有退回、追回入账以后再办。",
            remedy_en="There is nothing to do; come back when something was returned or recovered.",
            year=fund.year,
        )
    funds.post_one(
        fund=fund, debit=to.account, credit=fund.account, amount=moved, kind="carried_over", on=on,
        memo=memo or f"{fund.year} 年结转",
    )  # fmt: skip
    _record("payments.carry_over", by, fund, moved, to)
    return moved


def may_receive(fund: Fund) -> list[Fund]:
    """The funds below that this one may pass money on to."""
    found = _like(fund).filter(year=fund.year, area_id__gt=fund.area_id, area_id__lt=fund.area_id + ":")
    return list(found)


def may_be_returned_to(fund: Fund) -> list[Fund]:
    """The funds above that this one may return money to."""
    above = [fund.area_id[:n] for n in range(2, len(fund.area_id))]
    return list(_like(fund).filter(year=fund.year, area_id__in=above))


def may_follow(fund: Fund) -> list[Fund]:
    """The next year's funds that what is left of this one may go into."""
    return list(_like(fund).filter(year=fund.year + 1, area_id=fund.area_id))


def _like(fund: Fund) -> QuerySet[Fund]:
    return (
        Fund.objects.filter(source=fund.source, purpose=fund.purpose, account__kind=AccountKind.FUND)
        .select_related("account", "area")
        .order_by("area_id", "pk")
    )


def _below(lower: Fund, upper: Fund) -> bool:
    return lower.area_id != upper.area_id and lower.area_id.startswith(upper.area_id)


def _require_alike(fund: Fund, to: Fund) -> None:
    kinds = {fund.account.kind, to.account.kind}
    if (fund.source, fund.purpose) != (to.source, to.purpose) or kinds != {AccountKind.FUND}:
        raise unlike(fund.account.name, to.account.name)


def _not_below(upper: Fund) -> Refused:
    return refuse(
        "payments.not_below",
        zh="下拨（缴回）只能在同一年度的上级资金和它下面地区的资金之间办理。",
        en="Money passes on (and back) only between funds of one year, from an area to one inside it.",
        remedy_zh="{upper_zh} {upper_year} 年的资金只能拨给本地区以内的下级、{upper_year} 年的资金。",
        remedy_en="The fund of {upper_zh} passes money on only to funds of {upper_year} in areas inside it.",
        upper_zh=upper.area.name,
        upper_year=upper.year,
    )


def _require_day(year: int, on: dt.date, *, or_later: bool = False) -> None:
    """Within the fund's year; what is left of it may be taken back later (`or_later`), too."""
    if on > clock.today() or on.year < year or (on.year > year and not or_later):
        raise funds.wrong_day(year, on)


def _require_reason(memo: str) -> None:
    if not memo.strip():
        raise refuse(
            "payments.transfer_reason",
            zh="没有写明文号或原因。",
            en="No document or reason is given.",
            remedy_zh="请填写拨款（收回）文件的文号，或写明原因。",
            remedy_en="Enter the number of the document, or say why.",
        )


def _refuse_promised(fund: Fund) -> None:
    waiting = list(Run.objects.filter(fund=fund, state__in=ON_ITS_WAY).order_by("pk").values_list("number", flat=True))
    if waiting:
        raise refuse(
            "payments.promised",
            zh="这项资金还有 {count} 个批次没有送银行：{numbers}。",
            en="{count} runs of this fund have not been sent to the bank yet: {numbers}.",
            remedy_zh="请先送银行，或退回这些批次，再结转余下的。",
            remedy_en="Send them, or send them back, then carry over what is left.",
            count=len(waiting),
            numbers=", ".join(waiting[:5]),
        )


def _record(name: str, by: User, fund: Fund, amount: int, to: Fund | None = None) -> None:
    detail: dict[str, object] = {"yuan": yuan(amount)}
    if to is not None:
        detail["to"] = to.account.code
    audit.record(name, by=by, subject=fund, area=fund.area_id, detail=detail)
    for one in (fund, to):
        if one is not None:
            warnings.keep_up(by=by, fund=one)
