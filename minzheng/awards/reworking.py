"""What many awards would owe from a month on if they were worked out anew: read only. The actions of a new standard
and of birthdays write what this module finds; the screen “this month” shows it beforehand: both say the same."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from minzheng.awards import assessing, rows
from minzheng.awards.assessing import Worked
from minzheng.awards.models import Award, AwardAmount


@dataclass(frozen=True)
class Reworked:
    """One award worked out anew. `wanted`: the months worked out, the first of them the one asked for (or the award's
    own first); `bad`: the first month for which nothing can be paid; `before`: fen for a pay cycle as owed now."""

    award: Award
    amounts: Sequence[AwardAmount]
    wanted: Sequence[tuple[dt.date, Worked]]
    before: int

    @property
    def bad(self) -> tuple[dt.date, Worked] | None:
        return next(((month, one) for month, one in self.wanted if not one.pays), None)

    @property
    def after(self) -> int:
        """What it would owe; of one that can no longer be paid nothing."""
        return 0 if self.bad else self.wanted[0][1].amount or 0

    @property
    def same(self) -> bool:
        """Whether nothing would change."""
        return not self.bad and all(amount_in(self.amounts, month) == one.amount for month, one in self.wanted)


def rework(programme: str, awards: Iterable[Award], month: dt.date, *, as_decided: bool = True) -> list[Reworked]:
    """Each award from a month on, and for each later month in which an amount begins already. as_decided: by the facts
    that its last assessment knew; else by what is known now."""
    wanted = list(awards)
    amounts = rows.current_amounts([award.pk for award in wanted])
    members = rows.current_members([award.pk for award in wanted])
    known = [award for award in wanted if amounts.get(award.pk)]
    months = {award: _months(award, amounts[award.pk], month) for award in known}
    known = [award for award in known if months[award]]
    last_known = {pk: row.assessment.recorded_at for pk, (*_, row) in amounts.items() if row.assessment is not None}
    worked = assessing.by_month(
        programme,
        months,
        members,
        given=assessing.given_of(known),
        known_at=assessing.as_decided(last_known) if as_decided else None,
    )
    return [
        Reworked(
            award,
            amounts[award.pk],
            [(one, worked[award.pk, one]) for one in months[award]],
            amount_in(amounts[award.pk], months[award][0]),
        )
        for award in known
    ]


def amount_in(amounts: Iterable[AwardAmount], month: dt.date) -> int:
    """Fen for a pay cycle owed in a month."""
    return next(
        (
            row.amount
            for row in amounts
            if row.first_month <= month and (row.last_month is None or row.last_month >= month)
        ),
        0,
    )


def _months(award: Award, amounts: Sequence[AwardAmount], month: dt.date) -> list[dt.date]:
    """The months to work out: the given one (the award's first, if it starts later) and where another row begins
    later. A grace period stays as it was decided; its months are none of them."""
    first = max(month, award.first_month, amounts[0].first_month)
    wanted = [first, *(row.first_month for row in amounts if row.first_month > first)]
    return [one for one in wanted if not rows.in_grace(amounts, one)]
