"""What the database refuses, in the words of the office. Every action of this stage runs inside `refusing()`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from minzheng.core.errors import Refused, pick, refuse
from minzheng.payments.amounts import yuan

P = ParamSpec("P")
R = TypeVar("R")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """An action: one transaction (or savepoint), and the database's refusals as `Refused`."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with refusing(), transaction.atomic():
            return function(*args, **kwargs)

    return run


@contextmanager
def refusing() -> Iterator[None]:
    """Turn the refusals that the guards of this stage raise into `Refused`; any other error passes."""
    try:
        yield
    except IntegrityError as error:
        refusal = translate(error)
        if refusal is None:
            raise
        raise refusal from error


def translate(error: IntegrityError) -> Refused | None:
    """The refusal that a guard meant, or None where it was no guard of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    code = (getattr(diagnosis, "message_primary", None) or str(error)).split(":", 1)[0]
    constraint = getattr(diagnosis, "constraint_name", None) or ""
    detail: dict[str, Any] = {}
    if code.startswith("ledger_"):
        detail = json.loads(getattr(diagnosis, "message_detail", None) or "{}")
    if code == "ledger_overdraft":
        return overdraft(detail["fund"], detail["balance"], detail["needed"])
    if code == "ledger_earmark":
        return _earmark(detail["fund"], detail["programme"])
    if code == "ledger_unlike":
        return unlike(detail["giver"], detail["taker"])
    if code == "act_conflict":
        return _two_people()
    if code.startswith("set_off_"):
        return _not_agreed()
    if constraint in TWICE:
        return _twice()
    return None


TWICE = (
    "one_regular_payment_of_a_month",
    "one_line_of_a_month_in_a_run",
    "paid_again_once",
    "sent_once",
    "settled_once",
    "set_off_once",
)


def overdraft(fund: dict[str, str], balance: int, needed: int) -> Refused:
    """A fund that does not hold enough. Amounts in fen."""
    return refuse(
        "payments.overdraft",
        zh="资金“{fund_zh}”余额 {balance} 元，本次需要 {needed} 元，差 {missing} 元，不能支付。",
        en="The fund “{fund_en}” holds {balance} yuan; {needed} yuan are needed, {missing} yuan are missing.",
        remedy_zh="请先由财务拨入资金，或改用同一用途、余额足够的资金。",
        remedy_en="Have the finance office allocate money, or use another fund of this purpose that holds enough.",
        rule="专款专用",
        fund_zh=pick(fund, "zh-Hans"),
        fund_en=pick(fund, "en"),
        balance=yuan(balance),
        needed=yuan(needed),
        missing=yuan(needed - balance),
    )


def _earmark(fund: dict[str, str], programme: str) -> Refused:
    return refuse(
        "payments.earmark",
        zh="资金“{fund_zh}”不能用于项目 {programme}：专款专用。",
        en="The fund “{fund_en}” may not pay the programme {programme}: it is earmarked for others.",
        remedy_zh="请选用列明该项目用途的资金。",
        remedy_en="Choose a fund whose purpose names this programme.",
        rule="专款专用",
        fund_zh=pick(fund, "zh-Hans"),
        fund_en=pick(fund, "en"),
        programme=programme,
    )


def unlike(giver: dict[str, str], taker: dict[str, str]) -> Refused:
    """Two funds that differ in source or purpose: nothing passes between them."""
    return refuse(
        "payments.unlike_funds",
        zh="资金“{giver_zh}”和“{taker_zh}”的来源或用途不同，不能相互划转：专款专用。",
        en="The funds “{giver_en}” and “{taker_en}” differ in source or purpose: nothing passes between them.",
        remedy_zh="请选择来源、用途都相同的资金；没有的，先设立一项。",
        remedy_en="Choose a fund of the same source and purpose; where there is none, open it first.",
        rule="专款专用",
        giver_zh=pick(giver, "zh-Hans"),
        giver_en=pick(giver, "en"),
        taker_zh=pick(taker, "zh-Hans"),
        taker_en=pick(taker, "en"),
    )


def _two_people() -> Refused:
    return refuse(
        "payments.two_people",
        zh="同一批次里，您已经办理了与此不能兼办的环节。",
        en="You have already done an act in this run that the same person may not combine with this one.",
        remedy_zh="请由另一位有权限的人员办理；不能兼办的环节见 policies/roles.yaml。",
        remedy_en="Let somebody else with the permission do it; policies/roles.yaml lists the pairs.",
    )


def _not_agreed() -> Refused:
    return refuse(
        "payments.set_off_not_agreed",
        zh="这笔抵扣没有有效的书面同意，或超过同意的金额、剩余的追回额，或扣后低于底线。",
        en="This is not agreed to in writing, or is more than was agreed or is left, or leaves less than the floor.",
        remedy_zh="请核对追回页面上的同意书，重新生成批次后再抵扣。",
        remedy_en="See the consent on the page of the claim; compute the run again, then set off.",
    )


def _twice() -> Refused:
    return refuse(
        "payments.twice",
        zh="这一笔已经在另一批次中发放或正在发放，不能重复支付。",
        en="This payment is already in another run, or already settled; nothing is paid twice.",
        remedy_zh="请查看该户的发放记录；区划重叠的批次只保留一个。",
        remedy_en="See the household's payments; where two runs cover the same area, keep one of them.",
    )
