"""What is done in a case, act by act, or all of it by the procedure's own way."""

from collections.abc import Iterable

from minzheng.cases import actions
from minzheng.cases.actions import by_record
from minzheng.cases.models import CaseKind, Objection, Posting
from minzheng.scenario import casework as way
from minzheng.scenario import forms
from minzheng.scenario.casework import Script
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event
from minzheng.scenario.schedule import Process


@event("apply", main="of")
def apply(
    play: Play,
    *,
    of: forms.PartyName,
    programme: forms.Programme = "dibao",
    case: forms.NewCase = "",
    covered: forms.PersonNames | None = None,
    given: forms.Facts | None = None,
) -> None:
    """An application is opened. `covered`: for whom of the family; `given`: facts of this matter alone."""
    with play.acting_for(of, "handler") as (user, party):
        opened = actions.open_case(
            by=user, programme=programme, covered=[play.person(one) for one in covered or ()], given=given, **party
        )
    play.opened(opened, of, case)


@event("change")
def change(
    play: Play,
    *,
    of: forms.PartyName,
    reason: forms.Words,
    programme: forms.Programme = "dibao",
    case: forms.NewCase = "",
    covered: forms.PersonNames | None = None,
    event_on: forms.Day | None = None,
    note: forms.Words = "",
) -> None:
    """A change of a benefit is opened, for one of the procedure's reasons."""
    with play.acting_for(of, "handler") as (user, party):
        opened = actions.open_case(
            by=user,
            programme=programme,
            kind=CaseKind.CHANGE,
            reason=reason,
            event_on=event_on,
            covered=[play.person(one) for one in covered or ()],
            note=note,
            **party,
        )
    play.opened(opened, of, case)


@event("papers")
def papers(play: Play, *, case: forms.CaseName, kinds: forms.ListOfWords) -> None:
    """Papers have come."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        actions.receive_papers(by=user, case=matter, kinds=kinds)


@event("visit", main="case")
def visit(
    play: Play,
    *,
    case: forms.CaseName,
    visited_on: forms.Day | None = None,
    met: forms.Words = "",
    findings: forms.Words = "与申报情况一致",
    facts: forms.Facts | None = None,
    members: forms.MemberFacts | None = None,
    neighbours: forms.WordsByName | None = None,
) -> None:
    """The home visit by two: what they saw, of the household (`facts`) and of its members; what neighbours said, by
    who they are."""
    seen = {play.person(name): values for name, values in (members or {}).items()}
    script = Script(
        facts=facts or {},
        member_facts=seen,
        findings=findings,
        visited_on=visited_on,
        met=met,
        neighbours=neighbours or {},
    )
    _do(play, case, "cases.visit", script)


@event("assess", main="case")
def assess(
    play: Play, *, case: forms.CaseName, given: forms.Facts | None = None, others: forms.Reasons | None = None
) -> None:
    """The law is applied to what is known. `others`: of the family's people who were not asked for, `cover` who is
    taken in after all, or the reason why they are left out."""
    said = {play.person(name).pk: word for name, word in (others or {}).items()}
    _do(play, case, "cases.assess", Script(given=given, others=said))


@event("post", main="case")
def post(play: Play, *, case: forms.CaseName) -> None:
    """The notice before the decision goes up."""
    _do(play, case, "cases.post", Script())


@event("object")
def object_to(
    play: Play,
    *,
    case: forms.CaseName,
    text: forms.Words,
    by_whom: forms.Words = "匿名来电",
    meeting: forms.Flag = False,
) -> None:
    """Somebody objects to the notice: the case goes back. `meeting`: the village is to evaluate it, too."""
    matter = play.case(case)
    with play.acting(way.role_for(matter, "cases.object"), matter.area_id) as user:
        posting = Posting.objects.filter(case=matter).order_by("-pk").first()
        if posting is None:
            raise play.fault("no_posting", name=case)
        actions.object_to(by=user, posting=posting, by_whom=by_whom, text=text, meeting=meeting)


@event("answer")
def answer(play: Play, *, case: forms.CaseName, text: forms.Words) -> None:
    """The last objection is answered."""
    matter = play.case(case)
    with play.acting(way.role_for(matter, "cases.object"), matter.area_id) as user:
        objection = Objection.objects.filter(posting__case=matter).order_by("-pk").first()
        if objection is None:
            raise play.fault("no_posting", name=case)
        actions.answer_objection(by=user, objection=objection, answer=text)


@event("return", main="case")
def send_back(play: Play, *, case: forms.CaseName, note: forms.Words = "", meeting: forms.Flag = False) -> None:
    """The case goes back for correction. `meeting`: the village is to evaluate it, too."""
    matter = play.case(case)
    wanted = {"meeting_wanted": True} if meeting else {}
    with play.acting(way.role_for(matter, "cases.return"), matter.area_id) as user:
        actions.act(by=user, case=matter, act="cases.return", note=note, data=wanted)


@event("decide")
def decide(
    play: Play,
    *,
    case: forms.CaseName,
    outcome: forms.Outcome,
    note: forms.Words = "",
    grace: forms.Words = "",
    months: forms.Whole | None = None,
    in_place_of: forms.Programme | None = None,
) -> None:
    """The decision, by the county or whoever it is delegated to. `grace`: the way of the procedure by which the benefit
    goes on after work raised the income, for how many `months` (all of the way's, if left out). `in_place_of`: the
    programme that ends, for those covered, with the month before."""
    matter = play.case(case)
    known = {row.act for row in way.rules_of(matter).acts}
    act = next((one for one in way.DECISIONS if one in known), way.DECISIONS[0])
    wanted = {"way": grace, "months": months} if grace else None
    _do(play, case, act, Script(outcome=outcome, note=note, grace=wanted, in_place_of=in_place_of or ""))


@event("act")
def act(
    play: Play,
    *,
    case: forms.CaseName,
    act: forms.ActName,
    note: forms.Words = "",
    papers: forms.ListOfWords | None = None,
) -> None:
    """Any act of the procedure that needs no more than a note; its papers come with it unless they are named."""
    _do(play, case, act, Script(note=note), papers)


@event("handle", main="case")
def handle(
    play: Play,
    *,
    case: forms.CaseName,
    outcome: forms.Outcome = "grant",
    facts: forms.Facts | None = None,
    note: forms.Words = "",
    stop_before: forms.ActName = "",
) -> Process:
    """From where the case stands to its decision by the procedure's own way: each act by whom it names, with the papers
    that it asks for, on working days. It goes on beside the timeline; `stop_before`: an act that is not done."""
    script = Script(outcome=outcome, facts=facts or {}, note=note, stop_before=stop_before)
    matter = play.case(case)
    for day in way.handle(play.office, matter, script):
        yield day
        play.refresh(matter)


def _do(play: Play, name: str, act: str, script: Script, papers: Iterable[str] | None = None) -> None:
    case = play.case(name)
    rules = way.rules_of(case)
    come = way.papers_for(rules, act) if papers is None else list(papers)
    user = play.user(way.role_for(case, act), case.area_id)
    way.do(play.office, case, act, script, by=user, papers=come)
    if act == by_record.WITHDRAW:  # the record that opened it is taken back
        play.refresh_files()


def _plain(name: str) -> None:
    """`review: 王家` for `act: {case: 王家, act: cases.review}`."""

    def plain(
        play: Play, *, case: forms.CaseName, note: forms.Words = "", papers: forms.ListOfWords | None = None
    ) -> None:
        _do(play, case, f"cases.{name}", Script(note=note), papers)

    event(name, main="case")(plain)


for _name in ("cross_check", "end_posting", "review", "withdraw", "extend"):
    _plain(_name)
