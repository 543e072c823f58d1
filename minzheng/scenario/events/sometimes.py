"""What only some cases need: a kinship, a complaint, the county's own visit, an evaluation meeting, a hearing, a letter
served."""

from minzheng.cases import actions
from minzheng.scenario import casework as way
from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("kinship")
def kinship(play: Play, *, case: forms.CaseName, of: forms.Words, relation: forms.Words, between: forms.Words) -> None:
    """Somebody of the family turns out to be a near relative of staff or of the village committee."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        known = actions.Kinship(of=of, relation=relation, between=between)
        actions.declare_kinship(by=user, case=matter, kinship=known)


@event("complain")
def complain(play: Play, *, case: forms.CaseName, text: forms.Words, by_whom: forms.Words = "匿名来电") -> None:
    """A complaint reaches the county while it has the case."""
    matter = play.case(case)
    with play.acting("reviewer", matter.area_id) as user:
        actions.complain(by=user, case=matter, by_whom=by_whom, text=text)


@event("county_visit", main="case")
def county_visit(
    play: Play,
    *,
    case: forms.CaseName,
    visited_on: forms.Day | None = None,
    met: forms.Words = "",
    findings: forms.Words = "与乡镇调查情况一致",
    second: forms.Account = "approver2",
) -> None:
    """The county's own visit, by two of the county."""
    matter = play.case(case)
    with play.acting("reviewer", matter.area_id) as user:
        actions.record_county_visit(
            by=user,
            case=matter,
            second_visitor=play.office.staff[second],
            visited_on=visited_on or play.today,
            met=met or way.who_signs(matter),
            findings=findings,
        )


@event("meeting")
def meeting(
    play: Play,
    *,
    case: forms.CaseName,
    participants: forms.WordsByName,
    agree: forms.Whole,
    disagree: forms.Whole = 0,
    abstain: forms.Whole = 0,
    held_on: forms.Day | None = None,
    place: forms.Words = "村委会",
    minutes: forms.Words = "参加人员评议后表决",
    unsigned: forms.ListOfWords | None = None,
) -> None:
    """The village's evaluation meeting; `participants`: by name, in which capacity."""
    matter = play.case(case)
    came = [
        actions.Participant(name=name, capacity=capacity, signed=name not in (unsigned or ()))
        for name, capacity in participants.items()
    ]
    with play.acting("handler", matter.area_id) as user:
        actions.hold_meeting(
            by=user,
            case=matter,
            held_on=held_on or play.today,
            place=place,
            participants=came,
            agree=agree,
            disagree=disagree,
            abstain=abstain,
            minutes=minutes,
        )


@event("confer")
def confer(
    play: Play,
    *,
    case: forms.CaseName,
    participants: forms.WordsByName,
    agree: forms.Whole,
    proposal: forms.Words,
    departs_from: forms.Words,
    why: forms.Words,
    counts: forms.Facts | None = None,
    disagree: forms.Whole = 0,
    abstain: forms.Whole = 0,
    held_on: forms.Day | None = None,
    place: forms.Words = "县民政局",
) -> None:
    """A case conference (一事一议) proposes to `grant` or to `refuse` against the assessment; `counts`: which facts of
    the household a grant counts otherwise, in this matter alone."""
    matter = play.case(case)
    with play.acting("reviewer", matter.area_id) as user:
        actions.confer(
            by=user,
            case=matter,
            held_on=held_on or play.today,
            place=place,
            participants=[actions.Participant(name, capacity) for name, capacity in participants.items()],
            agree=agree,
            disagree=disagree,
            abstain=abstain,
            proposal=proposal,
            departs_from=departs_from,
            why=why,
            counts=counts,
        )


@event("hear", main="case")
def hear(
    play: Play,
    *,
    case: forms.CaseName,
    who: forms.Words = "",
    said: forms.Words = "没有异议",
    declined: forms.Flag = False,
    heard_on: forms.Day | None = None,
) -> None:
    """Somebody is heard before their benefit is lowered or stopped, or declines to speak."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        actions.hear(
            by=user,
            case=matter,
            who=who or way.who_signs(matter),
            heard_on=heard_on or play.today,
            said="" if declined else said,
            declined=declined,
        )


@event("serve", main="case")
def serve(
    play: Play,
    *,
    case: forms.CaseName,
    receiver: forms.Words = "",
    manner: forms.Words = "",
    served_on: forms.Day | None = None,
    witness: forms.Words = "",
    note: forms.Words = "",
) -> None:
    """The letter of a refusal, a reduction or a stop is served: it starts the clocks of the remedies."""
    matter = play.case(case)
    with play.acting(way.role_for(matter, "cases.serve"), matter.area_id) as user:
        actions.serve(
            by=user, case=matter, receiver=receiver, manner=manner, served_on=served_on, witness=witness, note=note
        )
