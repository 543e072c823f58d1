"""What is owed: rosters taken over, standards, birthdays, what is held and let go."""

from minzheng.awards import actions as awards
from minzheng.awards.models import Award
from minzheng.people.models import Household
from minzheng.people.queries import files_before
from minzheng.scenario import forms, places
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event


@event("carry_over")
def carry_over(play: Play, *, of: forms.PartyNames, since: forms.Month, programme: forms.Programme = "dibao") -> None:
    """Parties of the roster that the office had already, since which month; owed here from the next month on."""
    with play.acting("handler", places.TOWN) as user:
        rows = []
        for line, name in enumerate(of, 1):
            party = play.party(name)
            household = party if isinstance(party, Household) else None
            person = None if isinstance(party, Household) else party
            rows.append(awards.RosterRow(first_month=since, household=household, person=person, line=line))
        awards.carry_over_roster(by=user, programme=programme, rows=rows, as_of=play.today, evidence="原有花名册")


@event("standard")
def standard(
    play: Play,
    *,
    value: forms.Money,
    since: forms.Day,
    programme: forms.Programme = "dibao",
    rate: forms.Words = "standard",
    residence: forms.ResidenceName = "rural",
) -> None:
    """A new standard is published (an amount of the programme's rates), in force since a day. It is applied by an act
    of its own."""
    play.publish_rate(programme, rate, residence, since, value)


@event("apply_standard", main="month")
def apply_standard(play: Play, *, month: forms.Month, programme: forms.Programme = "dibao") -> None:
    """The county applies the standards in force to the roster, from a month on."""
    with play.acting("approver", places.TOWN) as user:
        awards.apply_standard(by=user, programme=programme, area=places.TOWN, month=month)


@event("birthdays", main="month")
def birthdays(play: Play, *, month: forms.Month, programme: forms.Programme = "dibao") -> None:
    """The roster is brought up to date with a month's birthdays."""
    with play.acting("handler", places.TOWN) as user:
        awards.refresh_birthdays(by=user, programme=programme, area=places.TOWN, month=month)


@event("hold")
def hold(play: Play, *, of: forms.PartyName, reason: forms.Words, programme: forms.Programme = "dibao") -> None:
    """What a party is paid next is held."""
    with play.acting_for(of, "handler") as (user, _):
        awards.hold(by=user, award=award_of(play, of, programme), reason=reason)


@event("release")
def release(play: Play, *, of: forms.PartyName, reason: forms.Words, programme: forms.Programme = "dibao") -> None:
    """What was held is let go; what was not paid meanwhile comes as arrears."""
    with play.acting_for(of, "handler") as (user, _):
        awards.release(by=user, award=award_of(play, of, programme), reason=reason)


@event("payee")
def payee(play: Play, *, of: forms.PartyName, person: forms.PersonName, programme: forms.Programme = "dibao") -> None:
    """Another person's account is paid from now on."""
    with play.acting_for(of, "handler") as (user, _):
        awards.change_payee(by=user, award=award_of(play, of, programme), payee=play.person(person))


def award_of(play: Play, of: str, programme: str) -> Award:
    """A party's newest award of a programme. Refuses where there is none."""
    found = awards_of(play, of, programme)
    if not found:
        raise play.fault("no_award", name=of, programme=programme)
    return found[-1]


def awards_of(play: Play, of: str, programme: str) -> list[Award]:
    """A party's awards of a programme, the oldest first; a household's also those of the files that it goes on from."""
    party = play.party(of)
    owner: dict[str, object] = {"person": party}
    if isinstance(party, Household):
        owner = {"household__in": [party.pk, *(link.before_id for link in files_before(party) if link.kind != "split")]}
    return list(Award.objects.filter(programme=programme, **owner).order_by("pk"))
