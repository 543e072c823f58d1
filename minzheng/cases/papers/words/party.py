"""Whom a case is about, where they live, with whom, and what they declared."""

import datetime as dt

from minzheng.areas import queries as areas
from minzheng.cases.models import Case, CaseKind
from minzheng.cases.papers.words.common import ZH, Words, cycle, office, programme_name, said
from minzheng.cases.queries import CaseView
from minzheng.core import clock
from minzheng.core.errors import pick
from minzheng.people import queries as people
from minzheng.people import vocabulary
from minzheng.people.models import FactSource, Household, Person, Relation


def of_party(view: CaseView, day: dt.date) -> Words:
    """Whom the case is about, where they live, with whom, and what they declared."""
    case = view.case
    named = {area.level: area.name for area in areas.path(case.area_id)}
    household = case.household or (people.family_of(case.person, day) if case.person else None)
    head = case.person or (people.head(household, day) if household else None)
    covered = set(case.members.values_list("person_id", flat=True))
    family = _family(head, household, day, covered)
    own = household.address if household else (head.address if head else "")
    return {
        "单位": office(case.area_id),
        "项目": programme_name(case),
        "事项": "申请" if case.kind == CaseKind.APPLICATION else "情况变化",
        "变更原因": pick(view.procedure.reasons.get(case.reason, {ZH: case.reason}), ZH),
        "编号": case.number,
        "户主": view.who,
        "户主性别": head.get_sex_display() if head else "",
        "户主年龄": str(people.age(head, day)) if head else "",
        "户主出生日期": head.birth_date if head else None,
        "保障人数": str(view.people),
        "家庭人口": str(len(family)),
        "村居": named.get("community", ""),
        "乡镇": named.get("township", ""),
        "县": named.get("county", ""),
        "住址": own or "".join(area.name for area in areas.path(case.area_id)[-2:]),
        "家庭成员": family,
        "申报情况": [*_given(case), *_declared(household, head, day)],
        "今日": clock.today(),
        "周期": cycle(case),
    }


def _family(head: Person | None, household: Household | None, day: dt.date, covered: set[int]) -> list[Words]:
    if household is None:
        rows = [(head, "本人")] if head else []
    else:
        rows = [(member.person, Relation(member.relation).label) for member in people.members(household, day)]
    return [
        {
            "序号": str(place),
            "姓名": person.name,
            "关系": str(relation),
            "性别": person.get_sex_display(),
            "年龄": str(people.age(person, day)),
            "出生日期": person.birth_date,
            "保障": person.pk in covered,
        }
        for place, (person, relation) in enumerate(rows, 1)
    ]


def _declared(household: Household | None, head: Person | None, day: dt.date) -> list[Words]:
    """What the family itself said of its means; what other registers said is not for a paper that the family signs."""
    found = people.facts_side_by_side(on=day, household=household, verified=False) if household else {}
    own = people.facts_side_by_side(on=day, person=head, verified=False) if head else {}
    rows = [(name, facts, "") for name, facts in found.items()]
    rows += [(name, facts, head.name) for name, facts in own.items() if head]
    return [
        {"项目": pick(vocabulary.label(name), ZH), "内容": said(name, facts[FactSource.DECLARED].value), "何人": whose}
        for name, facts, whose in rows
        if FactSource.DECLARED in facts
    ]


def _given(case: Case) -> list[Words]:
    """What was said of this matter alone: the kind of hardship, the sum of a bill."""
    return [
        {"项目": pick(vocabulary.label(name), ZH), "内容": said(name, value), "何人": ""}
        for name, value in case.given.items()
    ]
