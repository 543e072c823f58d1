"""A run of payments from its computation to its closing, each hand-over by whom it belongs to."""

import datetime as dt
from collections.abc import Callable

from minzheng.core import clock
from minzheng.payments import actions as payments
from minzheng.payments.models import Fund, Run
from minzheng.scenario.office import Office, as_user
from minzheng.scenario.schedule import Process, later

HOLDERS = {
    "prepare": "handler",
    "set_off": "handler",
    "submit": "handler",
    "approve": "approver",
    "send_back": "approver",
    "release": "finance",
    "send": "finance",
    "book_returns": "finance",
    "confirm": "finance",
    "close": "finance",
}
"""The account that does each act of a run."""


def pay(
    office: Office,
    *,
    programme: str,
    area: str,
    month: dt.date,
    fund: Fund | None = None,
    returned: Callable[[Run, payments.Sent], object] | None = None,
) -> Process:
    """One run: prepared and submitted by the handler, approved by the county, released and sent by the finance office,
    returns booked, the rest confirmed, closed; a working day between the offices."""
    with as_user(office.staff[HOLDERS["prepare"]]) as user:
        run = payments.prepare_run(by=user, programme=programme, area=area, month=month, fund=fund)
        payments.submit(by=user, run=run)
    yield later(clock.today(), 1)
    with as_user(office.staff[HOLDERS["approve"]]) as user:
        payments.approve(by=user, run=run)
    yield later(clock.today(), 1)
    with as_user(office.staff[HOLDERS["release"]]) as user:
        payments.release(by=user, run=run)
        sent = payments.send(by=user, run=run)
    yield later(clock.today(), 1)
    if returned is not None:
        returned(run, sent)
    with as_user(office.staff[HOLDERS["confirm"]]) as user:
        payments.confirm_paid(by=user, run=run)
        payments.close(by=user, run=run)
