"""Elders on the roster, a round of reviews, and ticking its lines."""

import datetime as dt

from minzheng.awards import actions
from minzheng.awards.reviews import results, rounds
from minzheng.awards.reviews.models import ReviewLine
from tests.awards.conftest import VILLAGE, day

TOWN = VILLAGE[:9]
OTHER_VILLAGE = "990101101202"


def elder(village, name, *, area=VILLAGE, address="", paid=True):
    """Somebody of 85 with the old-age allowance."""
    person = village.person(name=name, born=dt.date(1940, 1, 5), area=area)
    person.address = address
    person.save(update_fields=["address"])
    if paid:
        decision = village.decide("old_age_allowance", person, first=day(3))
        actions.grant(by=village.approver, decision=decision)
    return person


def opened(village, kind="life_check", programme="old_age_allowance"):
    (review,) = rounds.open_rounds(by=village.handler, programme=programme, kind=kind, area=TOWN)
    return review


def line_of(review, person) -> ReviewLine:
    return review.lines.select_related("round", "person", "award").get(person=person)


def tick(village, review, *persons, method="village", **more):
    ids = [line_of(review, person).pk for person in persons]
    return results.record(by=village.handler, review=review, lines=ids, method=method, **more)


def family(village, name, born, **facts):
    head = village.person(name=name, born=born)
    household = village.family(head)
    for fact, value in facts.items():
        village.fact(
            name=fact, value=value, **({"household": household} if fact == "review_class" else {"person": head})
        )
    actions.grant(by=village.approver, decision=village.decide("dibao", household, covered=[head], first=day(3)))
    return household
