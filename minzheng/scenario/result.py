"""What a scenario came to: of each party what is owed and paid by month, of each case where it stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards import queries as awards
from minzheng.awards.models import Award
from minzheng.cases.actions import door
from minzheng.cases.models import Case
from minzheng.core.errors import Text
from minzheng.payments.models import Payment
from minzheng.people.models import Household, Person
from minzheng.policy.values import Kind, write
from minzheng.scenario import places
from minzheng.scenario.play import Play


@dataclass(frozen=True)
class PaymentLine:
    """One payment: for which month, what kind, how much, where it is."""

    month: str
    kind: str
    amount: str
    state: str
    reason: str
    run: str


@dataclass(frozen=True)
class Entitlement:
    """One programme of a party. Money in yuan, by benefit month (the last of a pay cycle)."""

    owed: dict[str, str]
    payments: list[PaymentLine]
    held: list[Text]
    last_month: str


@dataclass(frozen=True)
class PostingLine:
    number: str
    posted_on: str
    ends_on: str
    taken_down_on: str


@dataclass(frozen=True)
class CaseLine:
    """One case: where it stands, what falls due next, and by which rule."""

    name: str
    number: str
    programme: str
    kind: str
    reason: str
    opened_on: str
    stage: str
    outcome: str
    closed_on: str
    due_on: str
    rule: str
    procedure_from: str
    postings: list[PostingLine]


@dataclass(frozen=True)
class Result:
    """A scenario at its end."""

    scenario: Text
    until: str
    households: dict[str, dict[str, Entitlement]]
    persons: dict[str, dict[str, Entitlement]]
    cases: list[CaseLine]
    unmet: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def result(play: Play) -> Result:
    """What is so on the play's last day."""
    with scope([EVERYWHERE]):
        return Result(
            scenario=dict(play.scenario.name),
            until=play.today.isoformat(),
            households=_entitlements(play.households, play.today),
            persons=_entitlements(play.persons, play.today),
            cases=[_case(play, case) for case in Case.objects.order_by("pk")],
            unmet=[error.text("en") for error in play.unmet],
        )


def _entitlements(
    parties: dict[str, Household] | dict[str, Person], until: dt.date
) -> dict[str, dict[str, Entitlement]]:
    found: dict[str, dict[str, Entitlement]] = {}
    for name, party in parties.items():
        owner = {"household": party} if isinstance(party, Household) else {"person": party}
        by_programme: dict[str, list[Award]] = {}
        for award in Award.objects.filter(**owner).order_by("pk"):
            by_programme.setdefault(award.programme, []).append(award)
        if by_programme:
            found[name] = {code: _entitlement(code, own, until) for code, own in by_programme.items()}
    return found


def _entitlement(code: str, own: Sequence[Award], until: dt.date) -> Entitlement:
    first = min(award.first_month for award in own)
    last = max(until.replace(day=1), first)
    keys = {award.pk for award in own}
    owed: dict[str, int] = {}
    for row in awards.due(code, places.COUNTY, (first, last), held="with"):
        if row.award_id in keys:
            month = f"{row.benefit_month:%Y-%m}"
            owed[month] = owed.get(month, 0) + row.amount
    lines = Payment.objects.filter(award__in=own).select_related("run").order_by("benefit_month", "pk")
    return Entitlement(
        owed={month: _yuan(fen) for month, fen in sorted(owed.items())},
        payments=[
            PaymentLine(
                f"{one.benefit_month:%Y-%m}", one.kind, _yuan(one.amount), one.state, one.state_reason, one.run.number
            )
            for one in lines
        ],
        held=[reason for award in own for reason in awards.held_reasons(award)],
        last_month=f"{own[-1].last_month:%Y-%m}" if own[-1].last_month else "",
    )


def _case(play: Play, case: Case) -> CaseLine:
    matter = door.Matter(case, door.procedure.of_case(case), list(case.steps.order_by("pk")))
    due = door.projection_of(matter).due
    names = [name for name, known in play.cases.items() if known.pk == case.pk]
    return CaseLine(
        name=names[-1] if names else "",
        number=case.number,
        programme=case.programme,
        kind=case.kind,
        reason=case.reason,
        opened_on=case.opened_on.isoformat(),
        stage=case.stage,
        outcome=case.outcome,
        closed_on=_iso(case.closed_on),
        due_on=_iso(case.due_on),
        rule=due.rule if due else "",
        procedure_from=case.procedure_from.isoformat(),
        postings=[
            PostingLine(one.number, _iso(one.posted_on), _iso(one.ends_on), _iso(one.taken_down_on))
            for one in case.postings.order_by("pk")
        ],
    )


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _yuan(fen: int) -> str:
    return write(fen, Kind.MONEY)
