"""What the first page of a day does before it shows anything. Each process does it once for an area, after it has gone
through; doing it again changes nothing."""

import datetime as dt
from functools import partial

from django.db import transaction

from minzheng.access.models import User
from minzheng.awards import publishing
from minzheng.cases import actions
from minzheng.core import clock
from minzheng.web.places import own_area

_done: dict[str, dt.date] = {}
"""Area → the day that has begun there."""


def begin(user: User) -> None:
    """Notices that have ended come down, before anybody reads that they are up; what is published in a grace period
    follows its months."""
    area, today = own_area(user), clock.today()
    if _done.get(area) == today:
        return
    actions.take_down_ended(by=user, area=area)
    publishing.keep_up_by_month(by=user, area=area)
    transaction.on_commit(partial(_done.__setitem__, area, today))
