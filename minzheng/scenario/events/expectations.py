"""What should be so at this point of the timeline."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.awards import queries as awards
from minzheng.awards import timing
from minzheng.awards.candidates import ending
from minzheng.awards.models import Award
from minzheng.core import workdays
from minzheng.core.models import Document, Task
from minzheng.payments import recoveries
from minzheng.payments.models import Payment, Receivable
from minzheng.people import queries as people
from minzheng.policy.values import Kind, write
from minzheng.scenario import forms
from minzheng.scenario.events.entitlements import awards_of
from minzheng.scenario.events.reviews import line_of
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event

NONE = "none"


@event("expect")
def expect(
    play: Play,
    *,
    of: forms.PartyName | None = None,
    programme: forms.Programme = "dibao",
    owed: forms.MoneyByMonth | None = None,
    paid: forms.MoneyByMonth | None = None,
    payments: forms.StatesByMonth | None = None,
    kinds: forms.StatesByMonth | None = None,
    held: forms.Flag | None = None,
    recover: forms.Money | None = None,
    covered: forms.PersonNames | None = None,
    last_month: forms.MonthOrNone | None = None,
    ends_soon: forms.Flag | None = None,
    head: forms.PersonName | None = None,
    payee: forms.PersonName | None = None,
    reviews: forms.WordsByName | None = None,
    file: forms.Words | None = None,
    follows: forms.ListOfWords | None = None,
    papers: forms.ListOfWords | None = None,
    case: forms.CaseName | None = None,
    stage: forms.Words | None = None,
    due: forms.DayOrNone | None = None,
    provisional: forms.Flag | None = None,
    outcome: forms.Words | None = None,
    eligible: forms.Flag | None = None,
    amount: forms.Money | None = None,
    posting_ends: forms.Day | None = None,
    procedure_from: forms.Day | None = None,
    task: forms.Words | None = None,
) -> None:
    """Of a party and programme: what is `owed` and `paid` by benefit month, the states of its `payments` and their
    `kinds`, whether it is `held`, what is left to `recover`, whom it covers, its last month, whether “this month” asks
    to apply for it anew (`ends_soon`), who is paid (`payee`), where it stands in a round of `reviews`. Of a household:
    its head, its file's number and those that it follows, the papers kept with it. Of a case: its stage, due date,
    outcome, assessment, notice, procedure."""
    with scope([EVERYWHERE]):
        found: list[tuple[str, Any, Any]] = []
        if of is not None:
            found += _of_party(play, of, programme, owed, paid, payments, held, covered, last_month)
            for month, wanted_kinds in (kinds or {}).items():
                lines = Payment.objects.filter(award__in=awards_of(play, of, programme), benefit_month=month)
                lines = lines.exclude(state="cancelled").order_by("pk")
                found.append((f"kinds {month:%Y-%m}", wanted_kinds, list(lines.values_list("kind", flat=True))))
            if ends_soon is not None:
                found.append(("ends_soon", ends_soon, _ends_soon(play, awards_of(play, of, programme))))
            for kind, state in (reviews or {}).items():
                line = line_of(play, of, programme, kind)
                found.append((f"review {kind}", state, line.state if line else NONE))
            family = {"head": head, "payee": payee, "file": file, "follows": follows, "papers": papers}
            found += _of_family(play, of, programme, {name: one for name, one in family.items() if one is not None})
            if recover is not None:
                left = sum(
                    recoveries.remaining(r) for r in Receivable.objects.filter(award__in=awards_of(play, of, programme))
                )
                found.append(("recover", _yuan(recover), _yuan(left)))
        if case is not None:
            wanted = {
                "stage": stage,
                "due": due,
                "provisional": provisional,
                "outcome": outcome,
                "eligible": eligible,
                "amount": amount,
                "posting_ends": posting_ends,
                "procedure_from": procedure_from,
            }
            found += _of_case(play, case, {name: one for name, one in wanted.items() if one is not None})
        if task is not None:
            asked = set(Task.objects.filter(done_on=None).values_list("kind", flat=True))
            found.append(("task", task, task if task in asked else sorted(asked)))
    play.differs([f"{what} {_said(is_)} ≠ {_said(wanted)}" for what, wanted, is_ in found if wanted != is_])


def _of_party(
    play: Play,
    of: str,
    programme: str,
    owed: forms.MoneyByMonth | None,
    paid: forms.MoneyByMonth | None,
    payments: forms.StatesByMonth | None,
    held: bool | None,
    covered: list[str] | None,
    last_month: dt.date | str | None,
) -> Iterator[tuple[str, Any, Any]]:
    own = awards_of(play, of, programme)
    lines = Payment.objects.filter(award__in=own).order_by("pk")
    for month, fen in (owed or {}).items():
        yield f"owed {month:%Y-%m}", _yuan(fen), _yuan(sum(awards.owed(award, month) for award in own))
    for month, fen in (paid or {}).items():
        reached = lines.filter(benefit_month=month, state__in=["paid", "set_off"]).values_list("amount", flat=True)
        yield f"paid {month:%Y-%m}", _yuan(fen), _yuan(sum(reached))
    for month, states in (payments or {}).items():
        wanted = [] if states == [NONE] else states
        known = lines.filter(benefit_month=month).values_list("state", flat=True)
        yield f"payments {month:%Y-%m}", wanted, list(known)
    if held is not None:
        yield "held", held, any(award.held_reason for award in own)
    if covered is not None:
        newest = (
            own[-1].members.filter(awards.covered_on(play.today), superseded_at=None).select_related("person")
            if own
            else []
        )
        yield "covered", sorted(covered), sorted(member.person.name for member in newest)
    if last_month is not None:
        ended = own[-1].last_month if own else None
        yield "last_month", last_month, ended or NONE


def _ends_soon(play: Play, own: list[Award]) -> bool:
    """Whether the office is shown, this month, that one of these ends by itself."""
    month = timing.first_of(play.today)
    return any(one.url_of == ("award", award.pk) for award in own for one in ending(award.area_id, month))


def _of_family(play: Play, of: str, programme: str, wanted: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    if not wanted:
        return
    household, own = play.household(of), awards_of(play, of, programme)
    household.refresh_from_db()
    lead = people.head(household, play.today)
    kept = Document.objects.filter(subject_type="people.household", subject_id=household.pk).order_by("pk")
    titles = " ".join(kept.values_list("title", flat=True))
    papers = wanted.get("papers", [])
    known = {
        "head": lead.name if lead else NONE,
        "payee": own[-1].payee.name if own and own[-1].payee else NONE,
        "file": household.number,
        "follows": [link.before_number for link in people.files_before(household)],
        "papers": papers if all(title in titles for title in papers) else titles,
    }
    for what, value in wanted.items():
        yield what, value, known[what]


def _of_case(play: Play, name: str, wanted: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    case = play.case(name)
    latest = case.assessments.order_by("-pk").first()
    posting = case.postings.order_by("-pk").first()
    known = {
        "stage": case.stage,
        "due": case.due_on or NONE,
        "provisional": case.due_on is not None and workdays.is_provisional(case.due_on),
        "outcome": case.outcome or NONE,
        "eligible": latest.eligible if latest else NONE,
        "amount": _yuan(latest.amount or 0) if latest else NONE,
        "posting_ends": posting.ends_on if posting else NONE,
        "procedure_from": case.procedure_from,
    }
    if "amount" in wanted:
        wanted = wanted | {"amount": _yuan(wanted["amount"])}
    for what, value in wanted.items():
        yield what, value, known[what]


def _yuan(fen: int) -> str:
    return write(fen, Kind.MONEY)


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
