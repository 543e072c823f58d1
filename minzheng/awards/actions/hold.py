"""What is not paid until a person has looked: a death that nobody has verified, an amount that cannot be worked out."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from minzheng.access import perms
from minzheng.awards import anew, notices, publishing, rows, timing
from minzheng.awards.assessing import Worked
from minzheng.awards.models import AmountReason, Award
from minzheng.core import audit, clock, tasks
from minzheng.core.errors import pick, refuse
from minzheng.people import queries as people
from minzheng.people.models import Person
from minzheng.policy.registry import programme

By = Any


@transaction.atomic
def hold(*, by: By, award: Award, reason: str) -> Award:
    """Hold what the award is paid next, for a reason (a token or words without `;`)."""
    perms.require(by, "awards.hold", award.area_id)
    add_token(by=by, award=award, token=reason.replace(";", "，"))
    return award


@transaction.atomic
def release(*, by: By, award: Award, reason: str) -> Award:
    """Pay again what was held: drops every reason. `reason` says why, for the audit row. What was not paid meanwhile
    comes as arrears, also what was held of an award that ended with an earlier file of the family (a merging)."""
    perms.require(by, "awards.hold", award.area_id)
    if not award.held_reason:
        raise refuse(
            "award.not_held",
            zh="该待遇没有缓发。",
            en="This award is not held.",
            remedy_zh="请刷新页面；可能已有人解除。",
            remedy_en="Reload the page; somebody may have released it already.",
        )
    before = award.held_reason
    for one in [award, *_ended_before(award)]:
        detail = {"was": one.held_reason, "reason": reason}
        one.held_reason = ";".join(token for token in _tokens(one) if token not in before.split(";"))
        one.save(update_fields=["held_reason"])
        audit.record("awards.release", by=by, subject=one, area=one.area_id, detail=detail)
    tasks.close_tasks(subject=award, by=by)
    return award


def _ended_before(award: Award) -> list[Award]:
    """What the family received under earlier files and is held for a reason that this award is held for, too."""
    if award.household is None:
        return []
    files = [link.before_id for link in people.files_before(award.household)]
    ended = Award.objects.filter(household__in=files, programme=award.programme, last_month__isnull=False)
    held = ended.exclude(held_reason="").exclude(pk=award.pk).order_by("pk")
    return [one for one in held if set(_tokens(one)) & set(_tokens(award))]


def _tokens(award: Award) -> list[str]:
    return [token for token in award.held_reason.split(";") if token]


def hold_for_death(*, by: By, person: Person) -> int:
    """Hold every award that covers or pays a person who is said to have died, in whichever area it lies. Returns how
    many. The task to verify is people's own; awards of another area open one there (`mz_hold_awards_of`)."""
    with connection.cursor() as cursor:
        cursor.execute("select mz_hold_awards_of(%s, %s, %s)", [person.pk, by.pk, by.get_full_name()])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def end_hold_for_death(*, by: By, person: Person) -> None:
    """The report of a death was wrong: what was held for it is paid again, with arrears."""
    token = f"death:{person.pk}"
    for award in Award.objects.filter(held_reason__contains=token).order_by("pk"):
        drop_tokens(by=by, award=award, starting=token)


@transaction.atomic
def settle_death(*, by: By, person: Person) -> list[Award]:
    """After a death is verified: the person's own award ends with the month that the programme's timing names; a
    household's award stops covering them and is worked out anew for those who remain, and ends with its last member.

    An award that was paid to the dead and goes on stays held until another payee is named. Returns the awards touched.
    """
    assert person.died_on is not None
    month = timing.first_of(person.died_on)
    covering = Q(members__person=person, members__superseded_at=None) & (
        Q(members__last_month=None) | Q(members__last_month__gte=month)
    )
    found = (
        Award.objects.filter(Q(last_month=None) | Q(last_month__gte=month))
        .filter(Q(person=person) | Q(payee=person) | covering)
        .exclude(end_reason="once")
        .distinct()
        .order_by("pk")
    )
    touched = list(found.select_related("person", "household", "payee"))
    for award in touched:
        _settle(by, award, person)
    publishing.keep_up(by=by, awards=touched)
    once = Award.objects.filter(end_reason="once", held_reason__contains=f"death:{person.pk}")
    for award in once:
        drop_tokens(by=by, award=award, starting=f"death:{person.pk}")
        if award.payee_id == person.pk:
            add_token(by=by, award=award, token=f"payee:{person.pk}")
    return touched


def settle_one(*, by: By, award: Award, person: Person) -> None:
    """The same for one award that a verified death has passed by (it had ended, and is owed again). Part of an
    action."""
    assert person.died_on is not None
    if award.last_month is None or award.last_month >= timing.first_of(person.died_on):
        _settle(by, award, person)


def _settle(by: By, award: Award, person: Person) -> None:
    from minzheng.awards.actions.change import end, work_anew

    assert person.died_on is not None
    rule = programme(award.programme).timing_on(person.died_on)
    last = timing.last_month(rule.month_of_ending_event, person.died_on)
    today = clock.today()
    drop_tokens(by=by, award=award, starting=f"death:{person.pk}")
    remaining = [
        member
        for member in rows.current_members([award.pk]).get(award.pk, [])
        if member.person_id != person.pk and (member.last_month is None or member.last_month > last)
    ]
    detail = {"person": person.pk, "last_month": last.isoformat()}
    if award.person_id == person.pk or not remaining:
        if award.last_month is None or award.last_month > last:
            end(award=award, last_month=last, left_on=today, reason="died")
            audit.record("awards.end_by_death", by=by, subject=award, area=award.area_id, detail=detail)
        return
    covered = award.members.filter(person=person, superseded_at=None).exclude(last_month__lte=last).exists()
    if covered:
        rows.end_cover(award, last, today, [person.pk])
        audit.record("awards.end_cover", by=by, subject=award, area=award.area_id, detail=detail)
        since = max(timing.shift(last, 1), award.first_month)
        if award.last_month is not None and rows.in_grace(rows.current_amounts([award.pk])[award.pk], since):
            end(award=award, last_month=last, left_on=today, reason="died")  # a death ends a grace period
            audit.record("awards.end_by_death", by=by, subject=award, area=award.area_id, detail=detail)
            _ask_survivors(by, award, person, last)
            return
        work_anew(by=by, award=award, from_month=since, reason=AmountReason.MEMBER_LEFT)
    if award.payee_id == person.pk:
        add_token(by=by, award=award, token=f"payee:{person.pk}")
        _task(
            award, "awards.change_payee", "更换领款人（原领款人已故）", "Name another payee: the one there was has died"
        )


def _ask_survivors(by: By, award: Award, person: Person, last: dt.date) -> None:
    """A grace period ended by a death leaves the others with nothing: they are told so, and asked to apply anew."""
    household = award.household
    if household is None:
        return
    name, until = programme(award.programme).name, f"{last:%Y-%m}"
    others = [one.person for one in people.members(household, clock.today()) if one.person_id != person.pk]
    anew.ask(
        award=award,
        who=others[0].name if others else person.name,
        label={
            "zh-Hans": f"{person.name}去世，渐退期提前结束（发至 {until}）："
            f"告知其他家庭成员可以重新申请{pick(name, 'zh-Hans')}",
            "en": f"{person.name} has died and the grace period ended with {until}: "
            f"tell the others of the family to apply anew ({pick(name, 'en')})",
        },
    )
    notices.grace_ended(by=by, award=award, died=person, last=last, who=others[0].name if others else "")


def flag(*, by: By, award: Award, month: dt.date, worked: Worked) -> None:
    """Hold an award whose month cannot be worked out or no longer meets the conditions, and ask for a decision."""
    token = f"error:{worked.error}" if worked.error else "ineligible"
    add_token(by=by, award=award, token=token)
    _task(
        award,
        "awards.decide_change",
        f"{month:%Y-%m} 起不再符合条件或无法核算（{worked.why_not}），请办理变更或停发",
        f"From {month:%Y-%m} on conditions are unmet or facts missing ({worked.why_not}): decide a change or a stop",
    )


def goes_on(held_reason: str) -> list[str]:
    """The reasons to hold that hold of the people wherever they are covered: not what was wrong with an amount or an
    account."""
    of_award = ("ineligible", "error:", "payee:")
    return [token for token in held_reason.split(";") if token and not token.startswith(of_award)]


def decided(*, by: By, award: Award) -> None:
    """A decision has been taken on an award that was held because its month could not be worked out or no longer met
    the conditions: that reason falls away, and the task that asked for it is done."""
    for token in _tokens(award):
        if token == "ineligible" or token.startswith("error:"):
            drop_tokens(by=by, award=award, starting=token)
    tasks.close_tasks(subject=award, by=by, kind="awards.decide_change")


def add_token(*, by: By, award: Award, token: str) -> None:
    """Add one reason to hold, once."""
    known = _tokens(award)
    if token in known:
        return
    award.held_reason = ";".join([*known, token])
    award.save(update_fields=["held_reason"])
    audit.record("awards.hold", by=by, subject=award, area=award.area_id, detail={"reason": token})


def drop_tokens(*, by: By, award: Award, starting: str) -> None:
    """Drop the reasons that begin so; the tasks that asked for it close with the last of them."""
    known = _tokens(award)
    left = [part for part in known if part != starting]
    if left == known:
        return
    award.held_reason = ";".join(left)
    award.save(update_fields=["held_reason"])
    if starting.startswith("death:"):
        tasks.close_tasks(subject=award, by=by, kind="awards.verify_death")
    if starting.startswith("payee:"):
        tasks.close_tasks(subject=award, by=by, kind="awards.change_payee")
    audit.record("awards.release", by=by, subject=award, area=award.area_id, detail={"was": starting})


def _task(award: Award, kind: str, zh: str, en: str) -> None:
    party = award.person or award.household
    tasks.open_task(
        kind,
        subject=award,
        area=award.area_id,
        label={"zh-Hans": zh, "en": en},
        permission="cases.change" if kind == "awards.decide_change" else "people.edit",
        programme=award.programme,
        who=str(party),
    )
