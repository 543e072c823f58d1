"""What a death would do to a grace period."""

import datetime as dt

from django.db.models import Q

from minzheng.awards import rows, timing
from minzheng.awards.models import Award
from minzheng.people.models import Person
from minzheng.policy.registry import programme


def ended_by_death(person: Person, today: dt.date) -> list[Award]:
    """The awards of families whose grace period ends early with this person's death, though others are covered: they
    have to apply anew."""
    day = person.died_on or today
    month = timing.first_of(day)
    covering = Q(members__person=person, members__superseded_at=None)
    reaching = Q(last_month__gte=month, household__isnull=False)
    found = Award.objects.filter(covering, reaching).select_related("household").distinct().order_by("pk")
    ending = []
    for award in found:
        last = timing.last_month(programme(award.programme).timing_on(day).month_of_ending_event, day)
        since = max(timing.shift(last, 1), award.first_month)
        others = set(rows.covered_in(rows.current_members([award.pk]).get(award.pk, []), since)) - {person.pk}
        if others and rows.in_grace(rows.current_amounts([award.pk]).get(award.pk, []), since):
            ending.append(award)
    return ending
