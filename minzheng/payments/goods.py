"""Goods in kind: taken into stock at their value, given out by a run, in the same ledger as money."""

import datetime as dt

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.areas import queries as areas
from minzheng.core import audit, clock
from minzheng.core.errors import Text, refuse
from minzheng.payments import funds, states
from minzheng.payments.amounts import yuan
from minzheng.payments.bank import book, lock_lines
from minzheng.payments.models import AccountKind, Fund, GoodsReceipt, Payment, PaymentState, Run
from minzheng.payments.refusals import action

STOCK = {"zh-Hans": "救助物资", "en": "Relief goods"}


@action
def receive_goods(
    *,
    by: User,
    area: str,
    item: str,
    quantity: int,
    unit_value: int,
    on: dt.date,
    programme: str = "festival_relief",
    source: str = "donation",
    department: Text | None = None,
    bought_from: Fund | None = None,
) -> GoodsReceipt:
    """Take goods into the stock of an area (opened at its first receipt of the year). `unit_value`: fen each. Bought
    goods come out of the fund `bought_from` (which must name the programme), given ones from their source."""
    perms.require(by, "payments.fund", area)
    if quantity <= 0 or unit_value <= 0:
        raise refuse(
            "payments.goods_amount",
            zh="物资“{item}”的数量和单价必须大于零。",
            en="Quantity and value of “{item}” must be more than nothing.",
            remedy_zh="请按入库单填写数量和每件价值。",
            remedy_en="Enter both as the delivery note has them.",
            item=item,
        )
    stock = _stock(by, area, on.year, programme, source, department)
    transfer = funds.post_one(
        fund=stock,
        debit=stock.account,
        credit=bought_from.account if bought_from else funds.source_of(stock),
        amount=quantity * unit_value,
        kind="received",
        on=on,
        memo=f"{item} × {quantity}",
        programme=programme,
    )
    receipt = GoodsReceipt.objects.create(
        fund=stock, area_id=area, item=item, quantity=quantity, unit_value=unit_value, on=on, transfer_id=transfer
    )
    detail = {"item": item, "quantity": quantity, "yuan": yuan(quantity * unit_value)}
    audit.record("payments.receive_goods", by=by, subject=receipt, area=area, detail=detail)
    return receipt


@action
def give(*, by: User, run: Run, on: dt.date | None = None, note: str = "") -> int:
    """The goods of an approved run have been handed out against signature; what is held stays in stock. Returns how
    many households were given to. Refused by the ledger where the stock does not hold as much."""
    run = states.require("payments.give", by=by, run=run)
    lock_lines(run)
    count = book(run, PaymentState.COMPUTED, kind="given", credit="goods", debit="given", on=on or clock.today())
    Payment.objects.filter(run=run, state=PaymentState.COMPUTED).update(state=PaymentState.PAID)
    states.record("payments.give", by=by, run=run, note=note, detail={"count": count})
    return count


def _stock(by: User, area: str, year: int, programme: str, source: str, department: Text | None) -> Fund:
    found = Fund.objects.filter(
        area_id=area, year=year, source=source, purpose__contains=[programme], account__kind=AccountKind.GOODS
    )
    stock = found.select_related("account").order_by("pk").first()
    return stock or funds.open_fund(
        by=by,
        area=area,
        year=year,
        name={language: f"{areas.name(area)}{text} {year}" for language, text in STOCK.items()},
        source=source,
        purpose=[programme],
        department=department or {},
        kind=AccountKind.GOODS,
    )
