"""After a decision: it is contested, and the matter is handled anew."""

from minzheng.cases import actions
from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("appeal")
def appeal(
    play: Play,
    *,
    case: forms.CaseName,
    kind: forms.Words = "reconsideration",
    filed_on: forms.Day | None = None,
    authority: forms.Words = "示例县人民政府",
    admitted: forms.Flag = False,
) -> None:
    """A reconsideration or a lawsuit is filed against the decision."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        actions.appeal(
            by=user, case=matter, kind=kind, filed_on=filed_on or play.today, authority=authority, admitted=admitted
        )


@event("appeal_result")
def appeal_result(
    play: Play,
    *,
    case: forms.CaseName,
    outcome: forms.Words,
    decided_on: forms.Day | None = None,
    note: forms.Words = "",
) -> None:
    """How it ended."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        actions.appeal_result(by=user, case=matter, outcome=outcome, decided_on=decided_on or play.today, note=note)


@event("annul")
def annul(
    play: Play,
    *,
    case: forms.CaseName,
    outcome: forms.Words = "annulled",
    decided_on: forms.Day | None = None,
    note: forms.Words = "",
) -> None:
    """A stop or a reduction was annulled: what was owed before is owed again."""
    matter = play.case(case)
    with play.acting("approver", matter.area_id) as user:
        actions.annul(by=user, case=matter, outcome=outcome, decided_on=decided_on or play.today, note=note)


@event("reopen")
def reopen(
    play: Play, *, case: forms.CaseName, ground: forms.Words, note: forms.Words, new: forms.NewCase = ""
) -> None:
    """The matter is handled anew, in a case of its own (`new`: its name)."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        opened = actions.reopen(by=user, case=matter, ground=ground, note=note)
    party = next(name for name, one in play.cases.items() if one.pk == matter.pk)
    play.opened(opened, party, new)
