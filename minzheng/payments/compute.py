"""What a run pays, as one query: what awards say is owed, less what other runs have paid or are paying.

A month that was not paid, or not in full, comes as a line of its own (arrears), within the programme's limit, over
1 January too where the fund pays earlier years; what of it a standard published late has brought is a line apart
(`raises`). What is set off with the person's consent, because somebody had it so for this run (`set_offs`), is a line
apart too, and not sent. What a bank returned and the office has put right since comes again. Nothing else can become a
line.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from minzheng.awards import queries as awards
from minzheng.awards import timing
from minzheng.core import clock
from minzheng.payments import bridge
from minzheng.payments.models import Run
from minzheng.payments.raises import RAISED
from minzheng.policy import registry
from minzheng.policy.registry import Programme

# `offset 0` keeps the planner from working a raise out once for each place that names it.
_LINES = """
with due as (
    select award_id, benefit_month, amount, people, payee_id, area_code from ({due}) owed
), covered as (
    select p.award_id, p.benefit_month, sum(p.amount)::bigint as amount,
           coalesce(sum(p.amount) filter (where p.kind = 'raise'), 0)::bigint as raised, min(r.computed_at) as since
    from payments_payment p left join payments_run r on r.id = p.run_id
    where p.programme = %(programme)s and p.kind <> 'again' and {p_counts} and p.run_id <> %(run)s
      and p.benefit_month between %(first)s and %(month)s
    group by p.award_id, p.benefit_month
), agreed as (
    select s.award_id, s.amount from payments_set_off s
    where s.run_id = %(run)s and not exists (
        select from payments_withdrawal w where w.consent_id = s.consent_id {withdrawn})
), lines as (
    select missing.award_id, missing.benefit_month, missing.people, missing.payee_id, missing.area_code,
           null::bigint as repeats_id, part.amount, part.kind
    from (
        select due.award_id, due.benefit_month, due.people, due.payee_id, due.area_code,
               due.amount - coalesce(covered.amount, 0) as amount,
               case when due.benefit_month = %(month)s and covered.award_id is null
                    then 'regular' else 'arrears' end as kind,
               case when covered.award_id is null then 0
                    else least(due.amount - covered.amount, greatest({raised} - covered.raised, 0)) end as raised,
               case when due.benefit_month = %(month)s and covered.award_id is null
                    then coalesce(agreed.amount, 0) else 0 end as set_off
        from due left join covered on (covered.award_id, covered.benefit_month) = (due.award_id, due.benefit_month)
        left join agreed on agreed.award_id = due.award_id
        where due.amount > coalesce(covered.amount, 0)
        offset 0
    ) missing
    cross join lateral (values (missing.kind, missing.amount - missing.raised - missing.set_off),
                               ('raise', missing.raised), ('set_off', missing.set_off)) part (kind, amount)
    where part.amount > 0
    union all
    select p.award_id, p.benefit_month, p.people, coalesce(a.payee_id, p.payee_id), p.area_code, p.id, p.amount, 'again'
    from payments_payment p
    join payments_bank_return r on r.payment_id = p.id and {repaired}
    join awards_award a on a.id = p.award_id
    where p.programme = %(programme)s and p.area_code >= %(area)s and p.area_code < %(area)s || ':'
      and p.state = 'returned' and not exists (
          select from payments_payment later
          where later.repeats_id = p.id and {later_counts} and later.run_id <> %(run)s)
)
select %(run)s::bigint as run_id, lines.award_id, %(programme)s::text as programme, lines.kind, lines.benefit_month,
       lines.amount::bigint as amount, lines.people, %(in_kind)s::boolean as in_kind, lines.payee_id,
       case when lines.kind = 'set_off' then 'agreed'
            when award.held_reason = '' then 'computed' else 'held' end as state,
       case when lines.kind = 'set_off' then '' else award.held_reason end as state_reason,
       lines.repeats_id, lines.area_code
from lines join awards_award award on award.id = lines.award_id
order by lines.area_code, lines.award_id, lines.benefit_month, lines.kind
"""
_COUNTS = "{row}.state <> 'cancelled'"
_COUNTED = (
    "({row}.state <> 'cancelled' or {row}.cancelled_at > %(paid_at)s) and {row}.run_id in (select s.run_id"
    " from payments_run_step s where s.act = 'payments.prepare' and s.recorded_at <= %(paid_at)s)"
)
_REPAIRED = "r.repaired_on is not null"
_REPAIRED_THEN = "r.repaired_at <= %(paid_at)s"
_WITHDRAWN_THEN = "and w.recorded_at <= %(paid_at)s"
_LET_GO = """
update payments_payment p set state = 'cancelled', state_reason = 'next_run', cancelled_at = %(at)s
from awards_award a, payments_run r
where a.id = p.award_id and r.id = p.run_id and r.state <> 'computed' and p.state = 'held'
  and p.programme = %(programme)s and p.area_code >= %(area)s and p.area_code < %(area)s || ':' and a.held_reason = ''
  and (p.state_reason not in ('no_account', 'duplicate_account', 'holder_differs', 'agreement_over', 'payee_died')
       or p.state_reason = 'payee_died' and (a.payee_id is distinct from p.payee_id or exists (
           select from people_person d where d.id = p.payee_id and d.death_verified_on is not null)))
"""
MANY = 5_000
"""From so many lines on their database is told of them before they are read again."""
_COLUMNS = (
    "run_id, award_id, programme, kind, benefit_month, amount, people, in_kind, payee_id, state, state_reason,"
    " repeats_id, area_code"
)


@dataclass(frozen=True)
class Moment:
    """Of when a run is worked out. `known_at`: what was owed as known then (None: as known now); `paid_at`: what other
    runs had paid by then (None: now); `law`: the programme with its files of then (None: those in force)."""

    known_at: dt.datetime | None = None
    paid_at: dt.datetime | None = None
    law: Programme | None = None


NOW = Moment()


def first_month(run: Run, law: Programme | None = None) -> dt.date:
    """How far back the run looks for months that are still owed: the programme's limit, and not beyond the fund's year
    where the fund pays no other."""
    limit = _limit(run, law)
    return limit if run.fund.earlier_years else max(limit, dt.date(run.fund.year, 1, 1))


def _limit(run: Run, law: Programme | None = None) -> dt.date:
    """The programme's own limit to arrears."""
    used = (law or registry.programme(run.programme)).timing_on(run.month)
    return timing.shift(run.month, -used.arrears_months)


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


def refresh(run: Run) -> None:
    """Compute an unsubmitted run anew as of now: its lines, totals and bridge, and with which law."""
    run.computed_on, run.computed_at = clock.today(), timezone.now()
    run.files = dict(registry.programme(run.programme).files)
    write_lines(run)
    run.payments_count, run.people, run.total = totals(run)
    run.bridge = bridge.compute(run)


def write_lines(run: Run) -> int:
    """Replace the run's lines by what is owed now: one INSERT … SELECT. What an earlier run held for an award that is
    held no more is cancelled there first, and so owed here. Returns how many lines there are."""
    query, parameters = _query(run)
    with connection.cursor() as cursor:
        cursor.execute(_LET_GO, {"programme": run.programme, "area": run.area_id, "at": run.computed_at})
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


def replayed(run: Run, moment: Moment) -> list[tuple[int, dt.date, str, int]]:
    """The run's lines worked out again as of a moment, nothing written: (award, benefit month, kind, fen)."""
    query, parameters = _query(run, moment=moment)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select award_id, benefit_month, kind, amount from ({query}) computed"  # noqa: S608 - our own text
            " order by award_id, benefit_month, kind",
            parameters,
        )
        return [(award, month, kind, int(amount)) for award, month, kind, amount in cursor.fetchall()]


def _query(run: Run, since: dt.date | None = None, moment: Moment = NOW) -> tuple[str, dict[str, Any]]:
    first = since or first_month(run, moment.law)
    length = None if moment.law is None else timing.CYCLE_MONTHS[moment.law.timing_on(run.month).pay_cycle]
    due, parameters = awards.due_sql(
        programme=run.programme, area=run.area_id, first=first, last=run.month, known_at=moment.known_at, length=length
    )
    counts = _COUNTS if moment.paid_at is None else _COUNTED
    known = "" if moment.known_at is None else "and recorded_at <= %(known_at)s"
    text = _LINES.format(
        due=due,
        p_counts=counts.format(row="p"),
        later_counts=counts.format(row="later"),
        repaired=_REPAIRED if moment.paid_at is None else _REPAIRED_THEN,
        withdrawn="" if moment.paid_at is None else _WITHDRAWN_THEN,
        raised=RAISED.format(known=known),
    )
    return text, {
        **parameters,
        "run": run.pk,
        "programme": run.programme,
        "area": run.area_id,
        "first": first,
        "month": run.month,
        "in_kind": run.in_kind,
        "paid_at": moment.paid_at,
    }
