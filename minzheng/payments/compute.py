"""What a run pays, as one query: what awards say is owed, less what other runs have paid or are paying.

A month that was not paid, or not in full, comes as a line of its own (arrears), within the programme's limit, over
1 January too where the fund pays earlier years. What a bank returned and the office has put right since comes again.
Nothing else can become a line.
"""

import datetime as dt
from typing import Any

from django.db import connection

from minzheng.awards import queries as awards
from minzheng.payments.models import Run
from minzheng.policy import registry

_LINES = """
with due as (
    select award_id, benefit_month, amount, people, payee_id, area_code from ({due}) owed
), covered as (
    select p.award_id, p.benefit_month, sum(p.amount)::bigint as amount
    from payments_payment p
    where p.programme = %(programme)s and p.kind <> 'again' and p.state <> 'cancelled' and p.run_id <> %(run)s
      and p.benefit_month between %(first)s and %(month)s
    group by p.award_id, p.benefit_month
), lines as (
    select due.award_id, due.benefit_month, due.people, due.payee_id, due.area_code, null::bigint as repeats_id,
           due.amount - coalesce(covered.amount, 0) as amount,
           case when due.benefit_month = %(month)s and covered.award_id is null
                then 'regular' else 'arrears' end as kind
    from due left join covered on (covered.award_id, covered.benefit_month) = (due.award_id, due.benefit_month)
    where due.amount > coalesce(covered.amount, 0)
    union all
    select p.award_id, p.benefit_month, p.people, coalesce(a.payee_id, p.payee_id), p.area_code, p.id, p.amount, 'again'
    from payments_payment p
    join payments_bank_return r on r.payment_id = p.id and r.repaired_on is not null
    join awards_award a on a.id = p.award_id
    where p.programme = %(programme)s and p.area_code >= %(area)s and p.area_code < %(area)s || ':'
      and p.state = 'returned' and not exists (
          select from payments_payment later
          where later.repeats_id = p.id and later.state <> 'cancelled' and later.run_id <> %(run)s)
)
select %(run)s::bigint as run_id, lines.award_id, %(programme)s::text as programme, lines.kind, lines.benefit_month,
       lines.amount::bigint as amount, lines.people, %(in_kind)s::boolean as in_kind, lines.payee_id,
       case when award.held_reason = '' then 'computed' else 'held' end as state, award.held_reason as state_reason,
       lines.repeats_id, lines.area_code
from lines join awards_award award on award.id = lines.award_id
order by lines.area_code, lines.award_id, lines.benefit_month, lines.kind
"""
_LET_GO = """
update payments_payment p set state = 'cancelled', state_reason = 'next_run'
from awards_award a, payments_run r
where a.id = p.award_id and r.id = p.run_id and r.state <> 'computed' and p.state = 'held'
  and p.programme = %(programme)s and p.area_code >= %(area)s and p.area_code < %(area)s || ':' and a.held_reason = ''
  and (p.state_reason not in ('no_account', 'duplicate_account', 'payee_died')
       or p.state_reason = 'payee_died' and (a.payee_id is distinct from p.payee_id or exists (
           select from people_person d where d.id = p.payee_id and d.death_verified_on is not null)))
"""
MANY = 5_000
"""From so many lines on their database is told of them before they are read again."""
_COLUMNS = (
    "run_id, award_id, programme, kind, benefit_month, amount, people, in_kind, payee_id, state, state_reason,"
    " repeats_id, area_code"
)


def first_month(run: Run) -> dt.date:
    """How far back the run looks for months that are still owed: the programme's limit, and not beyond the fund's year
    where the fund pays no other."""
    limit = _limit(run)
    return limit if run.fund.earlier_years else max(limit, dt.date(run.fund.year, 1, 1))


def _limit(run: Run) -> dt.date:
    """The programme's own limit to arrears."""
    timing = registry.programme(run.programme).timing_on(run.month)
    months = run.month.year * 12 + run.month.month - 1 - timing.arrears_months
    return dt.date(months // 12, months % 12 + 1, 1)


def left_out(run: Run) -> tuple[int, int]:
    """(months, fen) that are owed for an earlier year and that the run's fund may not pay: a supplement of that year's
    December, from that year's fund, pays them."""
    if run.fund.earlier_years:
        return 0, 0
    first = first_month(run)
    query, parameters = _query(run, _limit(run))
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), coalesce(sum(amount), 0)::bigint"  # noqa: S608 - our own text
            f" from ({query}) computed"
            " where benefit_month < %(own)s and kind <> 'again' and state = 'computed'",
            {**parameters, "own": first},
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def write_lines(run: Run) -> int:
    """Replace the run's lines by what is owed now: one INSERT … SELECT. What an earlier run held for an award that is
    held no more is cancelled there first, and so owed here. Returns how many lines there are."""
    query, parameters = _query(run)
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, {"programme": run.programme, "area": run.area_id})
        cursor.execute("delete from payments_payment where run_id = %s", [run.pk])
        cursor.execute(f"insert into payments_payment ({_COLUMNS}) {query}", parameters)
        written = int(cursor.rowcount)
        if written >= MANY:
            cursor.execute("select mz_know_payments()")
        return written


def drift(run: Run) -> int:
    """How many lines of an unsent run are no longer what is owed (or are missing from it)."""
    query, parameters = _query(run)
    content = "award_id, benefit_month, kind, amount, payee_id, repeats_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"with fresh as (select {content} from ({query}) computed),"  # noqa: S608 - our own text
            f" kept as (select {content} from payments_payment where run_id = %(run)s)"
            " select count(*) from ((table fresh except table kept) union all (table kept except table fresh)) apart",
            parameters,
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def totals(run: Run) -> tuple[int, int, int]:
    """(payments, people, fen) of the run's lines; a person in several lines of one award counts once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(n), 0)::bigint, coalesce(sum(people), 0)::bigint, coalesce(sum(fen), 0)::bigint from ("
            " select count(*) as n, max(people) as people, sum(amount) as fen from payments_payment"
            " where run_id = %s and state <> 'cancelled' group by award_id) by_award",
            [run.pk],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])


def _query(run: Run, since: dt.date | None = None) -> tuple[str, dict[str, Any]]:
    first = since or first_month(run)
    due, parameters = awards.due_sql(programme=run.programme, area=run.area_id, first=first, last=run.month)
    return _LINES.format(due=due), {
        **parameters,
        "run": run.pk,
        "programme": run.programme,
        "area": run.area_id,
        "first": first,
        "month": run.month,
        "in_kind": run.in_kind,
    }
