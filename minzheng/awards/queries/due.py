"""What is owed: one row for each award and pay cycle. A payment run inserts from this query; nothing is paid that it
does not give."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from minzheng.awards import timing
from minzheng.awards.models import Award
from minzheng.policy.registry import programme as law_of

Held = Literal["without", "only", "with"]

# The months of every current amount within the wanted cycles, summed up by award and cycle. An amount is for a whole
# cycle: each month in force is a cycle's length-th of it, rounded half up once, in whole numbers only (a sum of bigint
# is numeric: cast before dividing). Cycles lie on the calendar.
DUE = """
select d.award_id, d.benefit_month, d.amount,
       (select count(distinct m.person_id) from awards_member m
         where m.award_id = d.award_id and {known_member}
           and m.first_month <= d.in_force_to and (m.last_month is null or m.last_month >= d.in_force_from)
       )::int as people,
       d.payee_id, d.area_code
from (
    select a.id as award_id, a.payee_id, a.area_code, c.benefit_month,
           (2 * sum(w.amount)::bigint + %(length)s::bigint) / (2 * %(length)s::bigint) as amount,
           min(g.month)::date as in_force_from, max(g.month)::date as in_force_to
    from awards_award a
    join awards_amount w on w.award_id = a.id and {known_amount}
    cross join lateral generate_series(
        greatest(w.first_month, %(from)s::date)::timestamp,
        least(coalesce(w.last_month, %(to)s::date), %(to)s::date)::timestamp,
        interval '1 month') as g (month)
    cross join lateral (select (date_trunc('year', g.month) + make_interval(months =>
        (extract(month from g.month)::int - 1) / %(length)s * %(length)s + %(length)s - 1))::date as benefit_month) c
    where a.programme = %(programme)s and a.area_code >= %(area_lo)s and a.area_code < %(area_hi)s
      and a.first_month <= %(to)s and w.first_month <= %(to)s and (w.last_month is null or w.last_month >= %(from)s)
      {also}
    group by a.id, c.benefit_month
) d
where d.amount > 0
"""

NOW = "{row}.superseded_at is null"
THEN = "{row}.recorded_at <= %(known_at)s and ({row}.superseded_at is null or {row}.superseded_at > %(known_at)s)"
HELD = {"without": "and a.held_reason = ''", "only": "and a.held_reason <> ''", "with": ""}


def due_sql(
    *,
    programme: str,
    area: str,
    first: dt.date,
    last: dt.date,
    held: Held = "with",
    award: int | None = None,
    known_at: dt.datetime | None = None,
    length: int | None = None,
) -> tuple[str, dict[str, Any]]:
    """A query (and its named parameters) that gives `award_id, benefit_month, amount, people, payee_id, area_code`:
    what the awards of a programme in an area owe for the benefit months from `first` to `last`, in fen, in no order,
    without rows of nothing.

    What is paid for several months at a time stands in the last month of its cycle, so months within a quarter give no
    row of a quarterly programme; what is paid once stands in its month. held: awards that are held are with the others,
    left out (`without`), or alone (`only`). award: of this one only. known_at: as it was known then. length: the
    months of a cycle, where another law than that in force counts. An `insert … select` around it may add parameters of
    its own.
    """
    length = length or cycle_length(programme, last)
    known = THEN if known_at is not None else NOW
    last = timing.first_of(last)
    first_end = timing.cycle_end(timing.first_of(first), length)
    last_end = last if timing.cycle_end(last, length) == last else timing.shift(timing.cycle_start(last, length), -1)
    also = HELD[held] + (" and a.id = %(award)s" if award is not None else "")
    sql = DUE.format(known_member=known.format(row="m"), known_amount=known.format(row="w"), also=also)
    parameters: dict[str, Any] = {
        "programme": programme,
        "area_lo": area,
        "area_hi": area + ":",
        "length": length,
        "from": timing.cycle_start(first_end, length),
        "to": last_end,
    }
    if award is not None:
        parameters["award"] = award
    if known_at is not None:
        parameters["known_at"] = known_at
    return sql, parameters


def cycle_length(programme: str, month: dt.date) -> int:
    """How many months one amount of the programme is for."""
    return timing.CYCLE_MONTHS[pay_cycle(programme, month)]


def pay_cycle(programme: str, month: dt.date) -> str:
    """month, quarter, half_year, year or once."""
    return law_of(programme).timing_on(month).pay_cycle


@dataclass(frozen=True)
class Due:
    """What one award owes for one benefit month (the last of its cycle), in fen."""

    award_id: int
    benefit_month: dt.date
    amount: int
    people: int
    payee_id: int | None
    area_code: str


def due(
    programme: str,
    area: str,
    period: dt.date | tuple[dt.date, dt.date],
    *,
    held: Held = "without",
    known_at: dt.datetime | None = None,
) -> list[Due]:
    """What the awards of an area owe for a month, or for the months from one to another: by award and month."""
    first, last = period if isinstance(period, tuple) else (period, period)
    sql, parameters = due_sql(programme=programme, area=area, first=first, last=last, held=held, known_at=known_at)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} order by d.award_id, d.benefit_month", parameters)
        return [Due(*row) for row in cursor.fetchall()]


def owed(award: Award, month: dt.date, *, known_at: dt.datetime | None = None) -> int:
    """Fen that an award owes for a benefit month (the last of its cycle) as we know it now, or knew it then; held or
    not."""
    sql, parameters = due_sql(
        programme=award.programme, area=award.area_id, first=month, last=month, award=award.pk, known_at=known_at
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return sum(row[2] for row in cursor.fetchall())
