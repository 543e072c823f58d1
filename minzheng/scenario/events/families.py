"""A family goes on: under another head, in another file."""

from minzheng.access.scope import EVERYWHERE, scope
from minzheng.cases.models import Case, CaseKind
from minzheng.core import clock
from minzheng.people import actions as people
from minzheng.people import queries
from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("succeed")
def succeed(
    play: Play, *, household: forms.HouseholdName, head: forms.PersonName, payee: forms.PersonName | None = None
) -> None:
    """The head has died (verified): the old file is closed, a new one opened for the survivors under a new head. The
    name of the household is the new file's from now on. `payee`: who is paid, if not the head."""
    with play.acting_for(household, "handler") as (user, _):
        play.households[household] = people.succeed(
            by=user,
            household=play.household(household),
            head=play.person(head),
            payee=play.person(payee) if payee else None,
        )


@event("refer")
def refer(play: Play, *, household: forms.HouseholdName, guardian: forms.PersonName, note: forms.Words) -> None:
    """Only minors are left: their file goes on, a guardian is paid for them, the children's line is told."""
    with play.acting_for(household, "handler") as (user, _):
        play.households[household] = people.refer_minors(
            by=user, household=play.household(household), guardian=play.person(guardian), note=note
        )


@event("change_head")
def change_head(play: Play, *, household: forms.HouseholdName, head: forms.PersonName) -> None:
    """Another becomes the head, nobody having died; the file stays."""
    with play.acting_for(household, "handler") as (user, _):
        people.change_head(by=user, household=play.household(household), head=play.person(head))


@event("hand_over")
def hand_over(
    play: Play, *, household: forms.HouseholdName, village: forms.Village, moved: forms.Day | None = None
) -> None:
    """A family moves to another village of the county: its file goes to the office there, what it receives goes on. The
    name of the household is the new file's from now on."""
    with play.acting_for(household, "handler") as (user, _):
        play.households[household] = people.hand_over(
            by=user, household=play.household(household), to_area=village, on=moved
        )
    with scope([EVERYWHERE]):
        for person in play.persons.values():
            person.refresh_from_db()


@event("move_out")
def move_out(
    play: Play,
    *,
    household: forms.HouseholdName,
    to: forms.Words,
    moved: forms.Day | None = None,
    case: forms.NewCase = "",
) -> None:
    """A family leaves the county: what it receives is held, and a change is opened that ends it (`handle`, outcome
    `stop`). A person's own benefit has a case of its own, by the person's name."""
    file = play.household(household)
    with play.acting_for(household, "handler") as (user, _):
        family = [row.person_id for row in queries.members(file, clock.today())]
        people.move_out(by=user, household=file, to=to, on=moved)
    _opened_by_itself(play, household, case, family)


def _opened_by_itself(play: Play, household: str, name: str, family: list[int]) -> None:
    """The changes that the record of a fact has opened, by the names of whom they are about."""
    with scope([EVERYWHERE]):
        own = Case.objects.filter(kind=CaseKind.CHANGE, closed_on=None).order_by("pk")
        for found in own.filter(person__in=family).select_related("person"):
            party = next((known for known, one in play.persons.items() if one.pk == found.person_id), "")
            play.opened(found, party)
        for found in own.filter(household=play.household(household)):
            play.opened(found, household, name)


@event("take_back")
def take_back(play: Play, *, household: forms.HouseholdName, note: forms.Words) -> None:
    """A merging, a splitting or a move out of the county was a mistake: the files are as they were before it, the cases
    that it opened are withdrawn (as by `withdraw` of one of them)."""
    with play.acting_for(household, "handler") as (user, _):
        people.take_back(by=user, household=play.household(household), note=note)
    play.refresh_files()


@event("merge")
def merge(
    play: Play,
    *,
    household: forms.HouseholdName,
    into: forms.HouseholdName,
    means: forms.Facts,
    joined: forms.Day | None = None,
    case: forms.NewCase = "",
) -> None:
    """Everybody of one family joins another; `means`: what is known of the whole family from now on. A change of what
    they receive is opened, by the name of the family that is joined."""
    with play.acting_for(household, "handler") as (user, _):
        people.merge(by=user, household=play.household(household), into=play.household(into), means=means, on=joined)
    _opened_by_itself(play, into, case, [])


@event("split")
def split(
    play: Play,
    *,
    household: forms.HouseholdName,
    name: forms.NewHousehold,
    persons: forms.PersonNames,
    head: forms.PersonName,
    means: forms.Facts,
    left: forms.Facts,
    parted: forms.Day | None = None,
    case: forms.NewCase = "",
) -> None:
    """Some of a family set up a household of their own, `name`; `means`: of the new family, `left`: of those who
    stay. A change is opened for each of the two, by its household's name (`case`: another name for the old one's);
    the decision of the old family's decides both."""
    with play.acting_for(household, "handler") as (user, _):
        play.households[name] = people.split(
            by=user,
            household=play.household(household),
            persons=[play.person(one) for one in persons],
            head=play.person(head),
            means=means,
            left=left,
            on=parted,
        )
    _opened_by_itself(play, name, "", [])
    _opened_by_itself(play, household, case, [])
