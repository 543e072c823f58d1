"""Before an acceptance, and instead of a decision: what is missing is told once; a case is not accepted, or ends."""

from minzheng.cases import actions
from minzheng.scenario import casework as way
from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("ask_papers", main="case")
def ask_papers(play: Play, *, case: forms.CaseName, also: forms.Words = "") -> None:
    """The applicant is told once what is missing, all of it; `also`: what has to be corrected."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        actions.ask_papers(by=user, case=matter, also=also)


@event("decline")
def decline(play: Play, *, case: forms.CaseName, ground: forms.Words, note: forms.Words = "经审查") -> None:
    """An application is not accepted."""
    _end(play, case, "cases.decline", ground, note)


@event("terminate")
def terminate(play: Play, *, case: forms.CaseName, ground: forms.Words, note: forms.Words = "经核实") -> None:
    """A case ends without a decision."""
    _end(play, case, "cases.terminate", ground, note)


def _end(play: Play, name: str, act: str, ground: str, note: str) -> None:
    matter = play.case(name)
    with play.acting(way.role_for(matter, act), matter.area_id) as user:
        actions.end_without_decision(by=user, case=matter, act=act, ground=ground, note=note)
