"""What is owed for months to come, of all programmes at once, by village: for forecasts. A run pays from `due_sql`,
never from this."""

import datetime as dt
from collections import defaultdict

from django.db import connection

from minzheng.awards import timing
from minzheng.awards.queries.due import cycle_length

AMOUNTS = """
select a.programme, left(a.area_code, 12), greatest(w.first_month, %(first)s::date),
       least(coalesce(w.last_month, %(last)s::date), %(last)s::date), sum(w.amount)::bigint
from awards_award a
join awards_amount w on w.award_id = a.id and w.superseded_at is null
where a.area_code >= %(area)s and a.area_code < %(area)s || ':'
  and w.first_month <= %(last)s and (w.last_month is null or w.last_month >= %(first)s)
group by 1, 2, 3, 4
"""

Owed = dict[tuple[str, str, dt.date], int]
"""(programme, village, benefit month) → fen."""


def owed_ahead(area: str, first: dt.date, last: dt.date) -> Owed:
    """What the awards in an area owe for the benefit months from `first` to `last`, both of whole years: a raised
    standard that has been applied, and an award that ends, are in it. What is paid for several months stands in the
    last month of its cycle, rounded for the village as a whole. One query, whatever the number of awards."""
    with connection.cursor() as cursor:
        cursor.execute(AMOUNTS, {"area": area, "first": first, "last": last})
        rows = cursor.fetchall()
    lengths: dict[str, int] = {}
    in_cycle: dict[tuple[str, str, dt.date], list[int]] = defaultdict(list)
    for programme, village, since, until, fen in rows:
        if programme not in lengths:
            lengths[programme] = cycle_length(programme, last)
        for month in timing.months(since, until):
            in_cycle[programme, village, timing.cycle_end(month, lengths[programme])].append(fen)
    return {key: timing.due_in_cycle(amounts, lengths[key[0]]) for key, amounts in in_cycle.items()}
