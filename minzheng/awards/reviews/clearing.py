"""Data clears most: who was met for something else within the period is verified by itself, with the contact named."""

from typing import Any

from django.db import connection, transaction

from minzheng.awards.reviews.models import ReviewRound
from minzheng.core import audit, clock

By = Any

# Each gives (contact, on, type, id) for one line `l` of a round. A visit meets a person where the case is their own, or
# where the form of their household's visit names them among those who were there.
_FAMILY = """(select m.household_id from people_membership m where m.person_id = l.person_id
    and m.superseded_at is null and m.valid_from <= %(today)s and (m.valid_to is null or m.valid_to > %(today)s))"""
_VISIT = """select 'home_visit', v.visited_on, 'cases.visit', v.id
    from cases_visit v join cases_case c on c.id = v.case_id
    where v.visited_on between %(first)s and %(today)s and """
_LETTER = """select 'served_letter', s.on, 'cases.case', c.id
    from cases_step s join cases_case c on c.id = s.case_id
    where s.act = 'cases.serve' and s.on between %(first)s and %(today)s and """
_CHECK = """select 'other_check', o.settled_on, 'awards.reviewline', o.id
    from awards_review_line o
    where o.id <> l.id and o.state in ('verified', 'returned') and o.method not in ('', 'data')
      and o.settled_on between %(first)s and %(today)s and """

CONTACTS = {
    ("home_visit", "person"): _VISIT
    + f"""(c.person_id = l.person_id or (v.household_id in {_FAMILY}
        and l.who = any(regexp_split_to_array(v.met, '[\\s,，、;；/()（）]+'))))""",
    ("home_visit", "household"): _VISIT + "v.household_id = l.household_id",
    ("served_letter", "person"): _LETTER + "c.person_id = l.person_id",
    ("served_letter", "household"): _LETTER + "c.household_id = l.household_id",
    ("decision", "person"): """select 'decision', d.decided_on, 'cases.case', d.case_id from cases_decision d
    where d.person_id = l.person_id and d.programme = %(programme)s and d.case_id is not null
      and d.outcome in ('grant', 'change') and d.decided_on between %(first)s and %(today)s""",
    ("decision", "household"): """select 'decision', d.decided_on, 'cases.case', d.case_id from cases_decision d
    where d.household_id = l.household_id and d.programme = %(programme)s and d.case_id is not null
      and d.outcome in ('grant', 'change') and d.decided_on between %(first)s and %(today)s""",
    ("other_check", "person"): _CHECK + "o.person_id = l.person_id",
    ("other_check", "household"): _CHECK + "o.household_id = l.household_id",
}

_CLEAR = """
with found as (
    select distinct on (l.id) l.id, l.state as before, c.contact, c.met_on, c.kind, c.ref
    from awards_review_line l cross join lateral ({contacts}) c (contact, met_on, kind, ref)
    where l.round_id = %(round)s and l.state in ('open', 'warned')
    order by l.id, c.met_on desc, c.kind, c.ref
), cleared as (
    update awards_review_line l
    set state = 'verified', method = 'data', settled_on = %(today)s, settled_by_id = %(by)s,
        evidence = jsonb_build_object('contact', found.contact, 'on', found.met_on, 'type', found.kind, 'id', found.ref)
    from found where l.id = found.id and l.state in ('open', 'warned')
    returning l.id, l.area_code, l.evidence, found.before
)
insert into awards_review_step (line_id, area_code, act, state_before, state_after, method, "on", actor_id, note, data,
                                recorded_at)
select id, area_code, 'cleared', before, 'verified', 'data', %(today)s, %(by)s, '', evidence, clock_timestamp()
from cleared
"""

# An award that ended since needs no review; a person said to have died waits for the verification of that.
_GONE = """
with gone as (
    select l.id, l.state as before,
           case when a.left_on is not null then 'ended' else 'dead' end as after
    from awards_review_line l
    join awards_award a on a.id = l.award_id
    left join people_person p on p.id = a.person_id
    where l.round_id = %(round)s
      and (l.state in ('open', 'warned', 'dead') and a.left_on is not null
           or l.state in ('open', 'warned') and p.died_on is not null)
), marked as (
    update awards_review_line l set state = gone.after, settled_on = %(today)s, settled_by_id = %(by)s
    from gone where l.id = gone.id and l.state = gone.before
    returning l.id, l.area_code, gone.before, gone.after
)
insert into awards_review_step (line_id, area_code, act, state_before, state_after, method, "on", actor_id, note, data,
                                recorded_at)
select id, area_code, 'gone', before, after, '', %(today)s, %(by)s, '', '{}', clock_timestamp() from marked
"""


@transaction.atomic
def clear(*, by: By, review: ReviewRound) -> int:
    """Settle what needs no asking: contacts within the period, awards that ended, deaths that are known. May be run
    again at any time: it only adds. Returns how many lines a contact cleared."""
    from minzheng.awards.reviews import rounds

    rules = rounds.rules_of(review)
    parameters = {
        "round": review.pk,
        "programme": review.programme,
        "first": review.first_day,
        "today": clock.today(),
        "by": by.pk,
    }
    contacts = [CONTACTS[contact, who] for contact, who in rules.contacts.items()]
    automatic = any(rules.methods[key].automatic for key in rules.kind(review.kind).methods)
    cleared = 0
    with connection.cursor() as cursor:
        cursor.execute(_GONE, parameters)
        gone = cursor.rowcount
        if automatic:
            cursor.execute(_CLEAR.format(contacts=" union all ".join(contacts)), parameters)
            cleared = int(cursor.rowcount)
    if gone or cleared:
        detail = {"cleared": cleared, "gone": gone}
        audit.record("reviews.clear", by=by, subject=review, area=review.area_id, detail=detail)
    rounds.refresh(by=by, review=review)
    return cleared
