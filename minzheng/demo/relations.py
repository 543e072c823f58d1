"""How the members of an invented family are related, from their ages and sexes."""

from collections.abc import Sequence

from minzheng.demo.people import PersonRow

ADULT = 18
GENERATION = 18


def related(people: Sequence[PersonRow]) -> list[tuple[PersonRow, str]]:
    """The members with their relation to the head: the first adult, who comes first."""
    head = next((person for person in people if person.age() >= ADULT), people[0])
    rest = sorted((person for person in people if person is not head), key=lambda person: person.birth)
    found, married = [(head, "head")], False
    for person in rest:
        relation = _relation(head, person, married)
        married = married or relation == "spouse"
        found.append((person, relation))
    return found


def _relation(head: PersonRow, person: PersonRow, married: bool) -> str:
    older = head.birth.year - person.birth.year
    if older >= GENERATION:
        return "parent"
    if -older >= 2 * GENERATION + 4 and person.age() < ADULT:
        return "grandchild"
    if -older >= GENERATION:
        return "son" if person.sex == "male" else "daughter"
    if not married and person.sex != head.sex and person.age() >= 22 and abs(older) <= 15:
        return "spouse"
    return "sibling"
