"""A county's roster, invented and put into the database by SQL: people with accounts, families, awards, amounts.

Two people a family on average. In the second month one award in a hundred is new, one has ended with the first, two
have another amount; of a thousand payees four have no account, two share one without an agreement; of two thousand
awards one is held for a death that nobody has verified. Every value follows from the family's number.
"""

import datetime as dt
from typing import Any

from benchmarks.worklist import COUNTY, TOWNSHIPS, VILLAGES

FIRST, SECOND, THIRD = (dt.date(2025, month, 1) for month in (1, 2, 3))
ACCOUNTS = 1_000
"""So many encrypted accounts, in turns; what finds an account (its digest) is each payee's own."""

VILLAGE = f"'{COUNTY}' || (101 + n %% {TOWNSHIPS})::text || (201 + (n / {TOWNSHIPS}) %% {VILLAGES})::text"
ENDED, ENTERED, CHANGED = "n %% 100 = 11", "n %% 100 = 22", "n %% 50 = 33"

# Triggers and foreign keys are at rest while this is written: what is written is whole by construction. The two
# exclusion constraints concern awards alone; a run writes no award.
ROSTER = (
    "set session_replication_role = replica",
    "alter table awards_amount drop constraint one_amount_a_month",
    "alter table awards_member drop constraint covered_once_a_month",
    f"""insert into people_person (id, name, sex, birth_date, ethnicity, address, no_number_reason, area_code)
        select n, '户主' || n, 'male', date '1950-01-01' + (n %% 9000)::int, '', '', '编造', {VILLAGE}
        from generate_series(1, %(size)s) n""",
    f"""insert into people_person (id, name, sex, birth_date, ethnicity, address, no_number_reason, area_code)
        select %(size)s + 2 * n + other, '家人' || n, 'female', date '1955-01-01' + (n %% 9000)::int, '', '', '编造',
               {VILLAGE}
        from generate_series(1, %(size)s) n cross join lateral generate_series(1, n %% 3) other""",
    f"""insert into people_identifier (person_id, kind, key_id, ciphertext, digest, masked, note, valid_from, area_code)
        select n, 'account', a.key_id, a.ciphertext,
               sha256(int8send(case when n %% 1000 = 502 then n - 1 else n end)), '***', '{{}}', %(first)s, {VILLAGE}
        from generate_series(1, %(size)s) n join sealed_account a on a.place = n %% %(accounts)s
        where n %% 250 <> 0""",
    f"""insert into people_household (id, circle, number, residence, address, formed_on, area_code)
        select n, 'family', 'H' || n, case when n %% 3 = 0 then 'urban' else 'rural' end, '', %(first)s, {VILLAGE}
        from generate_series(1, %(size)s) n""",
    """insert into cases_decision (id, number, programme, outcome, origin, reason, decided_on, first_month,
                                   decided_by_id, grace, in_place_of, recorded_at, area_code)
       values (1, 'D1', 'dibao', 'grant', 'case', '', %(first)s, %(first)s, %(by)s, '{}', '', %(known)s, %(county)s)""",
    f"""insert into awards_award (id, programme, household_id, residence, category, payee_id, origin, first_month,
                                  last_month, entered_on, left_on, end_reason, held_reason, decision_id, area_code)
        select n, 'dibao', n, case when n %% 3 = 0 then 'urban' else 'rural' end, '', n, 'case',
               case when {ENTERED} then %(second)s else %(first)s end, case when {ENDED} then %(first)s::date end,
               case when {ENTERED} then %(second)s else %(first)s end, case when {ENDED} then %(first)s::date end,
               case when {ENDED} then 'income_over' else '' end,
               case when n %% 2000 = 7 then 'death:' || n else '' end, 1, {VILLAGE}
        from generate_series(1, %(size)s) n""",
    f"""insert into awards_member (award_id, person_id, first_month, entered_on, recorded_at, area_code)
        select n, n, %(first)s::date, %(first)s::date, %(known)s::timestamptz, {VILLAGE}
        from generate_series(1, %(size)s) n
        union all
        select n, %(size)s + 2 * n + other, %(first)s, %(first)s, %(known)s, {VILLAGE}
        from generate_series(1, %(size)s) n cross join lateral generate_series(1, n %% 3) other""",
    f"""insert into awards_amount (award_id, first_month, last_month, amount, reason, decision_id, recorded_at,
                                   area_code)
        select n, case when {ENTERED} then %(second)s else %(first)s end,
               case when {ENDED} or {CHANGED} then %(first)s::date end, 30000 + n %% 500 * 100, 'granted', 1, %(known)s,
               {VILLAGE} from generate_series(1, %(size)s) n
        union all
        select n, %(second)s, null, 31000 + n %% 500 * 100, 'income_changed', 1, %(known)s, {VILLAGE}
        from generate_series(1, %(size)s) n where {CHANGED}""",
    "set session_replication_role = origin",
    "vacuum analyze",
)


def fill(postgres: Any, size: int, decided_by: int) -> None:
    """Write the roster over a connection of the superuser, in autocommit."""
    from minzheng.core import crypto

    values = {
        "size": size,
        "accounts": ACCOUNTS,
        "first": FIRST,
        "second": SECOND,
        "county": COUNTY,
        "by": decided_by,
        "known": dt.datetime(2024, 12, 20, tzinfo=dt.UTC),
    }
    postgres.execute("create temporary table sealed_account (place int, key_id text, ciphertext bytea)")
    with postgres.cursor() as cursor:
        cursor.executemany(
            "insert into sealed_account values (%s, %s, %s)",
            [(n, *crypto.encrypt(f"62284800990{n:08d}", purpose="account")) for n in range(ACCOUNTS)],
        )
        for statement in ROSTER:
            cursor.execute(statement, values if "%(" in statement else None)
