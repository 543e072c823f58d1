"""What the first page of a day does before it shows anything. Each process does it once for an area, after it has gone
through; doing it again changes nothing."""

import datetime as dt
from functools import partial

from django.db import transaction

from minzheng.access import perms
from minzheng.access.models import User
from minzheng.awards import publishing
from minzheng.cases import actions
from minzheng.core import clock
from minzheng.payments import warnings
from minzheng.web.places import own_area

_done: dict[str, dt.date] = {}
"""Area (or `funds` and the area) → the day that has begun there."""


def begin(user: User) -> None:
    """Notices that have ended come down, before anybody reads that they are up; what is published in a grace period
    follows its months."""
    area, today = own_area(user), clock.today()
    _watch_funds(user, area, today)
    if _done.get(area) == today:
        return
    actions.take_down_ended(by=user, area=area)
    publishing.keep_up_by_month(by=user, area=area)
    transaction.on_commit(partial(_done.__setitem__, area, today))


def _watch_funds(user: User, area: str, today: dt.date) -> None:
    """Warnings of funds follow what is owed, for whoever they are for; with all of the area in sight: half of what is
    owed would warn of nothing."""
    if _done.get(f"funds {area}") == today or not perms.may(user, "payments.fund", area):
        return
    warnings.keep_up(by=user, area=area)
    transaction.on_commit(partial(_done.__setitem__, f"funds {area}", today))
