"""Opening a round: whom it concerns on that day, listed by one statement however many they are."""

import datetime as dt
import secrets
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from minzheng.access import perms
from minzheng.areas.queries import within
from minzheng.awards.queries.stock import in_force_on
from minzheng.awards.reviews import clearing, refusals, rules, samples
from minzheng.awards.reviews.models import LineState, ReviewLine, ReviewRound
from minzheng.awards.reviews.rules import Classes, Kind
from minzheng.core import audit, clock, tasks

By = Any
TOWNSHIP = 9
"""Digits of a township's code."""
LEFT = (LineState.OPEN, LineState.WARNED)
"""States that somebody still has to do something about."""


@transaction.atomic
def open_rounds(*, by: By, programme: str, kind: str, area: str, seed: str = "") -> list[ReviewRound]:
    """Open a round of this kind for the period that holds today: one in each township of the area that has awards
    concerned and no such round yet. Who needs no asking is cleared at once. `seed` is a sample's; drawn where empty.

    Refuses a village, a period that has its round in every township, and an area in which nobody is concerned.
    """
    today = clock.today()
    file = rules.load(programme)
    rule = file.on(today).kind(kind)
    perms.require(by, "reviews.sample" if rule.is_sample else "reviews.open", area)
    if len(area) > TOWNSHIP:
        raise refusals.round_of_a_village(area)
    first, last = rule.period(today)
    classes = file.on(today).classes
    concerned = _concerned(programme, area, today, rule, classes)
    if not concerned:
        raise refusals.nobody(rule.label, rule.rule)
    has_one = ReviewRound.objects.filter(within(area), programme=programme, kind=kind, first_day=first)
    missing = concerned.keys() - set(has_one.values_list("area_id", flat=True))
    if not missing:
        raise refusals.opened_before(rule.label, first, last, rule.rule)
    rules.keep(file)
    seed = seed.strip() or (secrets.token_hex(8) if rule.is_sample else "")
    opened = []
    for township in sorted(missing):
        # The unique constraint refuses a second one that was opened at the same moment.
        review = ReviewRound.objects.create(
            programme=programme,
            kind=kind,
            label=dict(rule.label),
            area_id=township,
            first_day=first,
            last_day=last,
            listed_on=today,
            due_on=rule.due_on(last),
            rules_hash=file.sha256,
            opened_by=by,
            **samples.how_drawn(rule, township, concerned[township], seed),
        )
        chosen = concerned[township]
        if rule.is_sample:
            chosen = samples.draw(chosen, seed, rule.share(township))
            samples.keep_list(by, review, concerned[township])
        listed = _list(review, classes, chosen)
        detail = {"kind": kind, "from": first.isoformat(), "to": last.isoformat(), "listed": listed}
        audit.record("reviews.open", by=by, subject=review, area=township, detail=detail)
        clearing.clear(by=by, review=review)
        opened.append(review)
    return opened


def refresh(*, by: By, review: ReviewRound) -> None:
    """Bring the round's one task up to date: how many are left and by when; closed with the last of them."""
    counted = review.lines.aggregate(
        left=Count("pk", filter=Q(state__in=LEFT)), warned=Count("pk", filter=Q(state=LineState.WARNED))
    )
    closed_on = None if counted["left"] else review.closed_on or clock.today()
    if closed_on != review.closed_on:
        review.closed_on = closed_on
        review.save(update_fields=["closed_on"])
        if closed_on:
            tasks.close_tasks(subject=review, by=by, kind="reviews.round")
    if counted["left"]:
        _task(review, counted["left"], counted["warned"])


def _task(review: ReviewRound, left: int, warned: int) -> None:
    more_zh = f"（其中已书面通知 {warned}）" if warned else ""
    more_en = f" ({warned} warned in writing)" if warned else ""
    tasks.open_task(
        "reviews.round",
        subject=review,
        area=review.area_id,
        label={
            "zh-Hans": f"{review.label['zh-Hans']}：还剩 {left}{more_zh}",
            "en": f"{review.label['en']}: {left} left{more_en}",
        },
        permission="reviews.record",
        due_on=review.due_on,
        rule=rules_of(review).kind(review.kind).rule,
        programme=review.programme,
        who=f"{review.first_day:%Y-%m} — {review.last_day:%Y-%m}",
    )


def rules_of(review: ReviewRound) -> rules.Rules:
    """The rules that the round was opened under."""
    return rules.of_round(review.programme, review.rules_hash, review.listed_on)


# ---- whom it concerns

_FACT = """people_fact f where {owner} and f.name = {name} and f.superseded_at is null
        and f.valid_from <= %(day)s and (f.valid_to is null or f.valid_to > %(day)s)"""

# The family's own class, where the county keeps one; else whether somebody covered is of age and fit to work.
_CLASS = f"""coalesce(
    (select f.value #>> '{{}}' from {_FACT.format(owner="f.household_id = a.household_id", name="%(class_fact)s")}
      order by f.valid_from desc limit 1),
    case when exists (
        select from awards_member m join people_person p on p.id = m.person_id
        where m.award_id = a.id and m.superseded_at is null and (m.left_on is null or m.left_on > %(day)s)
          and p.died_on is null and p.birth_date <= %(oldest_birth)s and p.birth_date > %(youngest_birth)s
          and not exists (select from {_FACT.format(owner="f.person_id = p.id", name="'disability_grade'")}
                            and (f.value #>> '{{}}')::int between 1 and %(not_disabled_to)s)
          and not exists (select from {_FACT.format(owner="f.person_id = p.id", name="%(not_ill)s")}
                            and f.value = 'true'::jsonb)
    ) then 'labour' else 'stable' end)"""  # noqa: S608 - our own text


def _class_sql(classes: Classes | None, day: dt.date) -> tuple[str, dict[str, Any]]:
    if classes is None:
        return "''::text", {}
    able = classes.able
    return _CLASS, {
        "class_fact": classes.fact,
        "oldest_birth": _years_before(day, able.first_age),
        "youngest_birth": _years_before(day, able.last_age + 1),
        "not_disabled_to": able.not_disabled_to,
        "not_ill": able.not_ill,
    }


def _years_before(day: dt.date, years: int) -> dt.date:
    """Whoever was born on it or before has completed the years (29 February counts on 1 March)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 2, 28)


def _concerned(programme: str, area: str, day: dt.date, rule: Kind, classes: Classes | None) -> dict[str, list[int]]:
    """The awards in force on a day that a kind of review concerns, in order, by township."""
    in_force, given = in_force_on(programme, area, day).order_by().values_list("pk").query.sql_with_params()
    class_sql, parameters = _class_sql(classes, day)
    chosen = "where c.review_class = any(%(classes)s)" if rule.classes else ""
    names = {f"p{place}": value for place, value in enumerate(given)}
    sql = (
        "select left(c.area_code, 9), array_agg(c.id order by c.id) from ("  # noqa: S608 - our own text
        f" select a.id, a.area_code, {class_sql} as review_class from awards_award a"
        f" join ({in_force % tuple(f'%({name})s' for name in names)}) i (id) on i.id = a.id) c {chosen} group by 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**names, **parameters, "day": day, "classes": list(rule.classes)})
        return dict(cursor.fetchall())


_LIST = """
insert into awards_review_line (round_id, award_id, area_code, person_id, household_id, who, people, address, route,
                                review_class, state, method, evidence)
select %(round)s, a.id, a.area_code, p.id, a.household_id, coalesce(p.name, h.number, ''),
       (select count(distinct m.person_id) from awards_member m where m.award_id = a.id and m.superseded_at is null
           and (m.left_on is null or m.left_on > %(day)s))::int,
       place.address,
       lpad(coalesce(substring(place.address from '(\\d{{1,4}})组'), '0'), 4, '0')
           || lpad(coalesce(substring(place.address from '(\\d{{1,6}})号'), '0'), 6, '0'),
       {class_sql}, case when p.died_on is not null and a.person_id is not null then 'dead' else 'open' end, '', '{{}}'
from awards_award a
left join people_household h on h.id = a.household_id
left join lateral (
    select m.person_id from people_membership m
    where m.household_id = a.household_id and m.relation = 'head' and m.superseded_at is null
      and m.valid_from <= %(day)s and (m.valid_to is null or m.valid_to > %(day)s)
    order by m.valid_from desc limit 1) head on true
left join people_person p on p.id = coalesce(a.person_id, head.person_id, a.payee_id)
cross join lateral (select coalesce(nullif(h.address, ''), p.address, '') as address) place
where a.id = any(%(awards)s)
"""


def _list(review: ReviewRound, classes: Classes | None, awards: list[int]) -> int:
    class_sql, parameters = _class_sql(classes, review.listed_on)
    with connection.cursor() as cursor:
        cursor.execute(
            _LIST.format(class_sql=class_sql),
            {**parameters, "round": review.pk, "day": review.listed_on, "awards": awards},
        )
        return int(cursor.rowcount)


def lines_of(review: ReviewRound, ids: list[int]) -> list[ReviewLine]:
    """Lines of a round by their ids, locked; refuses an empty choice and what is not in the round."""
    if not ids:
        raise refusals.nobody_chosen()
    found = list(
        ReviewLine.objects.select_for_update(of=("self",))
        .filter(round=review, pk__in=ids)
        .select_related("award", "person", "round")
        .order_by("pk")
    )
    if len(found) != len(set(ids)):
        raise refusals.not_in_round(len(set(ids)) - len(found))
    return found
