"""People and households: invented, described, joining and leaving, dying."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from minzheng.people import actions as people
from minzheng.people import queries
from minzheng.people.models import Household, Person
from minzheng.scenario import forms, places
from minzheng.scenario.forms import Newcomer
from minzheng.scenario.play import Play
from minzheng.scenario.registry import event

LIVED_TOGETHER_SINCE = dt.date(2015, 1, 1)
FIRST_VILLAGE = next(iter(places.VILLAGES))


@event("household")
def household(
    play: Play,
    *,
    name: forms.NewHousehold,
    members: forms.Members,
    village: forms.Village = FIRST_VILLAGE,
    residence: forms.ResidenceName = "rural",
    formed: forms.Day = LIVED_TOGETHER_SINCE,
    facts: forms.Facts | None = None,
) -> None:
    """A family of the office's files, with what is known of it."""
    with play.acting("handler", village) as user:
        persons = [(play.invent(user, who, one, village), one.relation) for who, one in members.items()]
        made = people.form_household(
            by=user,
            circle="family",
            area=village,
            residence=residence,
            number=f"JB{village[-3:]}{len(play.households) + 1:04d}",
            formed_on=formed,
            members=persons,
            address=persons[0][0].address,
        )
        play.households[name] = made
        _record(play, user, facts or {}, "declared", formed, household=made)


@event("person")
def person(
    play: Play,
    *,
    name: forms.NewPerson,
    born: forms.Day,
    sex: forms.SexName,
    village: forms.Village = FIRST_VILLAGE,
    facts: forms.Facts | None = None,
) -> None:
    """Somebody who belongs to no family yet."""
    with play.acting("handler", village) as user:
        play.invent(user, name, Newcomer(born, sex, facts=facts), village)


@event("facts")
def facts(
    play: Play,
    *,
    of: forms.PartyName,
    values: forms.Facts,
    source: forms.Source = "declared",
    since: forms.Day | None = None,
) -> None:
    """What is known of a household or a person from a day on (today)."""
    with play.acting_for(of, "handler") as (user, party):
        _record(play, user, values, source, since or play.today, **party)


@event("income")
def income(
    play: Play,
    *,
    of: forms.HouseholdName,
    yearly: forms.Money,
    source: forms.Source = "verified",
    since: forms.Day | None = None,
) -> None:
    """A family's income of a year, as it was found."""
    facts(play, of=of, values={"annual_income": yearly}, source=source, since=since)


@event("account", main="person")
def account(
    play: Play,
    *,
    person: forms.PersonName,
    holder: forms.Words = "",
    agreement: forms.Words = "",
    until: forms.Day | None = None,
) -> None:
    """A new bank account of a person. With `holder` another's, by an agreement of this number up to a day (代领); again
    for the same holder it renews the agreement."""
    with play.acting_for(person, "handler") as (user, _):
        who = play.person(person)
        if not holder:
            number, note = play.next_account(), play.bank_note(who)
            people.add_identifier(by=user, person=who, kind="account", value=number, note=note)
            return
        current = queries.account_of(who)
        renewed = current is not None and current.note.get("holder") == holder
        people.name_account(
            by=user,
            person=who,
            account="" if renewed else play.next_account(),
            agreement=people.Agreement(
                kind="guardian",
                holder=holder,
                relation="guardian",
                number=agreement,
                signed_on=play.today,
                valid_from=play.today,
                valid_to=until,
            ),
        )


@event("join")
def join(
    play: Play,
    *,
    household: forms.HouseholdName,
    person: forms.PersonName,
    relation: forms.RelationName,
    since: forms.Day | None = None,
    reason: forms.Words = "",
) -> None:
    """A person joins a family (born, married, returned). Whether the benefit covers them is a change of its own."""
    with play.acting_for(household, "handler") as (user, _):
        people.join(
            by=user,
            household=play.household(household),
            person=play.person(person),
            relation=relation,
            on=since or play.today,
            reason=reason,
        )


@event("leave")
def leave(
    play: Play,
    *,
    household: forms.HouseholdName,
    person: forms.PersonName,
    since: forms.Day | None = None,
    reason: forms.Words = "moved",
) -> None:
    """A person leaves a family."""
    with play.acting_for(household, "handler") as (user, _):
        people.leave(
            by=user,
            household=play.household(household),
            person=play.person(person),
            on=since or play.today,
            reason=reason,
        )


@event("death", main="person")
def death(play: Play, *, person: forms.PersonName, died: forms.Day | None = None) -> None:
    """A death is reported: every benefit of this person is held until it is verified."""
    with play.acting_for(person, "handler") as (user, _):
        people.record_death(by=user, person=play.person(person), on=died or play.today)


@event("verify_death", main="person")
def verify_death(play: Play, *, person: forms.PersonName) -> None:
    """A reported death is certain: benefits end, or are worked out anew for those who remain."""
    with play.acting_for(person, "handler") as (user, _):
        who = play.person(person)
        who.refresh_from_db()
        people.verify_death(by=user, person=who)


@event("refute_death", main="person")
def refute_death(play: Play, *, person: forms.PersonName, note: forms.Words = "入户见到本人") -> None:
    """A reported death was none: what was held is paid again."""
    with play.acting_for(person, "handler") as (user, _):
        people.refute_death(by=user, person=play.person(person), note=note)


def _record(
    play: Play,
    user: Any,
    values: Mapping[str, Any],
    source: str,
    since: dt.date,
    *,
    household: Household | None = None,
    person: Person | None = None,
) -> None:
    for name, value in values.items():
        people.record_fact(
            by=user, name=name, value=value, source=source, valid_from=since, household=household, person=person
        )
