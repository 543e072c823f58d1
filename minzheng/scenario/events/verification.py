"""The means verification: who authorises it, when it is asked for, what it finds, who objects."""

from minzheng.cases import actions
from minzheng.cases.verification import DISPUTE
from minzheng.scenario import casework as way
from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("accept", main="case")
def accept(
    play: Play,
    *,
    case: forms.CaseName,
    note: forms.Words = "",
    papers: forms.ListOfWords | None = None,
    unsigned: forms.PersonNames | None = None,
) -> None:
    """The application is accepted. `unsigned`: adults who have not yet signed the authorisation; where nobody is
    missing the verification is asked for with it."""
    matter = play.case(case)
    come = way.papers_for(way.rules_of(matter), "cases.accept") if papers is None else papers
    data = {"unsigned": [play.person(name).pk for name in unsigned]} if unsigned else {}
    with play.acting(way.role_for(matter, "cases.accept"), matter.area_id) as user:
        actions.act(by=user, case=matter, act="cases.accept", note=note, papers=come, data=data)


@event("authorise")
def authorise(
    play: Play,
    *,
    case: forms.CaseName,
    person: forms.PersonName | None = None,
    supporter: forms.Words = "",
    signed_on: forms.Day | None = None,
    signed_by: forms.Words = "",
) -> None:
    """An adult of the family authorises the verification later, or a supporter who lives elsewhere consents.
    `signed_by`: who signs in their place."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        signature = actions.Authorisation(
            signed_on=signed_on or play.today,
            person=play.person(person) if person else None,
            name=supporter,
            by=signed_by,
        )
        actions.authorise(by=user, case=matter, authorisations=[signature])


@event("request_check", main="case")
def request_check(play: Play, *, case: forms.CaseName) -> None:
    """The county is asked for the verification: later than at the acceptance, or again."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        actions.request_verification(by=user, case=matter)


@event("verified", main="case")
def verified(
    play: Play,
    *,
    case: forms.CaseName,
    verified_on: forms.Day | None = None,
    facts: forms.Facts | None = None,
    members: forms.MemberFacts | None = None,
    found: forms.ListsByName | None = None,
    upheld: forms.Flag = False,
    note: forms.Words = "",
) -> None:
    """The result of the verification, or of an objection to it (`upheld`: nothing changes). `found`: which classes of
    data were looked at, by the name of the person; all of every adult where nothing is said."""
    matter = play.case(case)
    with play.acting("handler", matter.area_id) as user:
        actions.record_verification(
            by=user,
            case=matter,
            verified_on=verified_on,
            facts=facts,
            member_facts={play.person(name): values for name, values in (members or {}).items()},
            found=found,
            upheld=upheld,
            papers=way.papers_for(way.rules_of(matter), "cases.cross_check"),
            note=note,
        )


@event("dispute")
def dispute(play: Play, *, case: forms.CaseName, text: forms.Words, by_whom: forms.Words = "") -> None:
    """Somebody objects to the result of the verification; the case waits until it has been looked into."""
    matter = play.case(case)
    with play.acting(way.role_for(matter, DISPUTE), matter.area_id) as user:
        actions.dispute_verification(by=user, case=matter, by_whom=by_whom or way.who_signs(matter), text=text)
