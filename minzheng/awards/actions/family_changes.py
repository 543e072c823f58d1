"""What happened to a family is a fact of its file; what it means for a benefit is decided. The record of the fact opens
a change for each benefit whose procedure knows the reason, and the decision of that change is carried out here."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from minzheng.awards import publishing, rows, timing
from minzheng.awards.actions.change import end
from minzheng.awards.actions.files import pay_to
from minzheng.awards.actions.hold import add_token, drop_tokens, goes_on
from minzheng.awards.models import Award
from minzheng.cases import actions as cases
from minzheng.cases import procedure
from minzheng.cases.actions.door import MERGED
from minzheng.cases.models import Case, CaseKind, Decision
from minzheng.core import audit, clock
from minzheng.core.errors import Refused
from minzheng.people import queries as people
from minzheng.people.models import Household, Person, Succession, SuccessionKind

By = Any
MOVED_OUT = "moved_out"
SPLIT, SPLIT_OFF = "household_split", "split_off"


def is_decided(programme: str, reason: str) -> bool:
    """Whether the programme's procedure leaves it to a decision what this does to a benefit."""
    try:
        return reason in procedure.load(programme).on(clock.today(), CaseKind.CHANGE).reasons
    except Refused:  # a programme without a procedure, or without one for changes
        return False


def ask(
    *,
    by: By,
    award: Award,
    reason: str,
    on: dt.date,
    covered: Sequence[int],
    note: str,
    household: Household | None = None,
    with_it: Case | None = None,
) -> Case:
    """Open the change of an award that something which happened to its family makes necessary. household: another file
    than the award's, for which it is sought; with_it: the case that is decided with it."""
    return cases.open_case(
        by=by,
        programme=award.programme,
        kind=CaseKind.CHANGE,
        household=household or award.household,
        person=award.person,
        covered=list(Person.objects.filter(pk__in=covered).order_by("pk")) if award.household_id else [],
        reason=reason,
        event_on=on,
        note=note,
        with_it=with_it,
    )


def ask_about_a_move(*, by: By, award: Award, on: dt.date, to: str) -> Case:
    """A family that receives it has left the county: the end is to be decided, and until then nothing more goes to an
    account of somebody who is no longer there. What is owed for the month of the move comes with the decision."""
    covered = rows.covered_in(rows.current_members([award.pk]).get(award.pk, []), timing.first_of(on))
    case = ask(by=by, award=award, reason=MOVED_OUT, on=on, covered=covered, note=f"迁往{to}")
    add_token(by=by, award=award, token=MOVED_OUT)
    return case


def end_of_a_move(*, by: By, award: Award, decision: Decision) -> None:
    """The end is decided: what is still owed is paid."""
    assert decision.case is not None and decision.case.reason == MOVED_OUT
    drop_tokens(by=by, award=award, starting=MOVED_OUT)


def ask_about_a_splitting(*, by: By, award: Award, after: Household, persons: Sequence[int], on: dt.date) -> None:
    """A family that receives it has become two, `after` the new one: a case for each, decided together. What was paid
    goes on until then. Where all who are covered have left the award is the new file's, and there is one case."""
    covered = rows.covered_in(rows.current_members([award.pk]).get(award.pk, []), timing.shift(on, 1))
    going = [person for person in covered if person in persons]
    staying = [person for person in covered if person not in persons]
    before = award.household
    assert before is not None
    if not staying:
        _follow(by, award, after)
        ask(by=by, award=award, reason=SPLIT, on=on, covered=going, note=f"从{before.number}分户，保障对象都已分出")
        return
    new = None
    if going:
        note = f"从{before.number}分户，与原户一并决定"
        new = ask(by=by, award=award, household=after, reason=SPLIT_OFF, on=on, covered=going, note=note)
    note = f"分户，新档{after.number}" + (f"，与新户事项{new.number}一并决定" if new else "")
    ask(by=by, award=award, reason=SPLIT, on=on, covered=staying, note=note, with_it=new)


def ask_about_a_merging(*, by: By, awards: Sequence[Award], into: Household, on: dt.date) -> None:
    """Two families that receive it, or one of them, have become one: a case about the one file, which covers all who
    were covered. What was paid to both goes on until it is decided."""
    covered = [
        person
        for award in awards
        for person in rows.covered_in(rows.current_members([award.pk]).get(award.pk, []), timing.shift(on, 1))
    ]
    going_on = awards[-1]
    if len(awards) == 1 and going_on.household_id != into.pk:
        _follow(by, going_on, into)
    numbers = "、".join(link.before_number for link in people.files_before(into) if link.on == on)
    note = f"{numbers}并入{into.number}"
    ask(by=by, award=going_on, household=into, reason=MERGED, on=on, covered=covered, note=note)


def end_what_merged(*, by: By, decision: Decision) -> list[Award]:
    """A merging is decided: what the closed file received ends with the month before, so that nobody is covered
    twice."""
    assert decision.household is not None
    ended, last = _running_of_merged(decision), timing.shift(decision.first_month, -1)
    for award in ended:
        end(award=award, last_month=last, left_on=decision.decided_on, reason="merged")
        detail = {"decision": decision.number}
        audit.record("awards.merge", by=by, subject=award, area=award.area_id, detail=detail)
    publishing.keep_up(by=by, awards=ended)
    return ended


def _running_of_merged(decision: Decision) -> list[Award]:
    """What the files that have become part of the decision's household still receive for its first month."""
    assert decision.household_id is not None
    files, found = set[int](), {decision.household_id}
    while found:
        links = Succession.objects.filter(after__in=found, superseded_at=None).exclude(kind=SuccessionKind.SPLIT)
        found = set(links.values_list("before_id", flat=True)) - files
        files |= found
    runs = Q(last_month=None) | Q(last_month__gte=decision.first_month)
    awards = Award.objects.select_for_update().filter(runs, programme=decision.programme, household__in=files)
    return list(awards.order_by("pk"))


def hold_as_before(*, by: By, award: Award, decision: Decision) -> None:
    """What a file paid before was held for holds of its people under the decided award, too."""
    assert decision.household is not None
    files = [link.before_id for link in people.files_before(decision.household)]
    until = Q(last_month=None) | Q(last_month__gte=timing.shift(decision.first_month, -1))
    held = Award.objects.filter(until, programme=award.programme, household__in=files).exclude(held_reason="")
    for one in held.order_by("pk"):
        for token in goes_on(one.held_reason):
            add_token(by=by, award=award, token=token)


def pay_the_new_family(*, by: By, award: Award, decision: Decision) -> None:
    """An award that went to a new file with all whom it covers was paid to the old head until the decision."""
    household = decision.household
    assert household is not None
    old = [people.head(link.before, decision.decided_on) for link in people.files_before(household)]
    head = people.head(household, decision.decided_on)
    if head is not None and award.payee_id in [one.pk for one in old if one is not None]:
        pay_to(by=by, award=award, payee=head)


def _follow(by: By, award: Award, after: Household) -> None:
    before, award.household = award.household_id, after
    award.save(update_fields=["household"])
    detail = {"before": before, "after": after.number}
    audit.record("awards.follow_file", by=by, subject=award, area=award.area_id, detail=detail)
