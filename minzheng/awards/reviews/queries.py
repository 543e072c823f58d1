"""Reading rounds, their progress and their lines."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from minzheng.areas.queries import within
from minzheng.awards.reviews import rules
from minzheng.awards.reviews.models import LineState, ReviewFinding, ReviewLine, ReviewRound
from minzheng.awards.reviews.rules import DATA, Kind

LEFT = Q(lines__state__in=(LineState.OPEN, LineState.WARNED))


def rounds(area: str) -> QuerySet[ReviewRound]:
    """The rounds of an area's townships, those under way first, each with its counts: `total`, `left`, `by_data`,
    `warned`, `suspended`."""
    return (
        ReviewRound.objects.filter(within(area))
        .annotate(
            total=Count("lines"),
            left=Count("lines", filter=LEFT),
            by_data=Count("lines", filter=Q(lines__method=DATA)),
            warned=Count("lines", filter=Q(lines__state=LineState.WARNED)),
            suspended=Count("lines", filter=Q(lines__state=LineState.SUSPENDED)),
        )
        .select_related("area")
        .order_by("closed_on", "due_on", "programme", "area_id")
    )


@dataclass(frozen=True)
class Progress:
    """How far a village is: lines by state, and how many of the verified a contact cleared."""

    area: str
    total: int
    states: dict[str, int]
    by_data: int

    @property
    def left(self) -> int:
        return self.states.get(LineState.OPEN, 0) + self.states.get(LineState.WARNED, 0)

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def percent(self) -> int:
        """Done of a hundred, rounded down: 100 means that nobody is left."""
        return 100 * self.done // self.total if self.total else 100


def by_village(review: ReviewRound) -> list[Progress]:
    """The progress of each village, in one query."""
    found: dict[str, dict[str, int]] = {}
    data: dict[str, int] = {}
    rows = review.lines.order_by().values_list("area_id", "state").annotate(
        n=Count("pk"), by_data=Count("pk", filter=Q(method=DATA))
    )  # fmt: skip
    for area, state, n, by_data in rows:
        found.setdefault(area, {})[state] = n
        data[area] = data.get(area, 0) + by_data
    return [Progress(area, sum(states.values()), states, data[area]) for area, states in sorted(found.items())]


def together(parts: Iterable[Progress], area: str) -> Progress:
    """The progress of several villages as one."""
    parts = list(parts)
    states = {state: sum(part.states.get(state, 0) for part in parts) for state in LineState.values}
    return Progress(area, sum(part.total for part in parts), states, sum(part.by_data for part in parts))


def lines(review: ReviewRound, area: str) -> QuerySet[ReviewLine]:
    """A round's lines in an area, in the order in which somebody walks: by village, group, house number."""
    return (
        ReviewLine.objects.filter(within(area), round=review)
        .select_related("person", "area", "settled_by", "warning")
        .order_by("area_id", "route", "pk")
    )


def findings(review: ReviewRound) -> QuerySet[ReviewFinding]:
    """What a round found, what is open and due first."""
    return (
        ReviewFinding.objects.filter(line__round=review)
        .select_related("line", "found_by", "rectified_by")
        .order_by("rectified_on", "due_on", "pk")
    )


@dataclass(frozen=True)
class Openable:
    """A kind of review that the rules ask for in the period that holds a day."""

    programme: str
    kind: Kind
    first_day: dt.date
    last_day: dt.date


def openable(day: dt.date) -> list[Openable]:
    """What may be opened on a day, whichever township has its round already."""
    found = []
    for programme in rules.programmes():
        for kind in rules.load(programme).on(day).kinds.values():
            found.append(Openable(programme, kind, *kind.period(day)))
    return found
