"""What the income statement says when it refuses."""

from minzheng.cases.models import Case
from minzheng.core.errors import Refused, Text, pick, refuse
from minzheng.people.models import Household, Person
from minzheng.policy.faults import Fault


def line_in_error(fault: Fault, who: str, what: Text, number: int | None) -> Refused:
    """A line that cannot be worked out: which, why, and what to do."""
    return refuse(
        "income.line",
        zh="{place}“{what}{who}”算不出：{reason}",
        en="{place_en}“{what_en}{who_en}” cannot be worked out: {reason_en}",
        remedy_zh="请补填这一项或删去这一行；当地收入表里没有的，请县里公布后写进费率文件，不会照别处的算。",
        remedy_en="Fill it in or clear the line; what the local table lacks is entered in the rates, never taken from "
        "another place.",
        rule=f"policies/*/policy.yaml: {fault.step}",
        place="" if number is None else f"第 {number} 笔",
        place_en="" if number is None else f"Line {number} ",
        what=pick(what, "zh-Hans"),
        what_en=pick(what, "en"),
        who=f" · {who}" if who else "",
        who_en=f" · {who}" if who else "",
        reason=fault.reason["zh-Hans"],
        reason_en=fault.reason["en"],
        fact=fault.fact,
        line=number,
    )


def imputed_without_base() -> Refused:
    """The area does not impute income from work."""
    return refuse(
        "income.not_imputed_here",
        zh="当地没有公布劳动力系数的基数，不推算劳动收入。",
        en="This place has set no base for imputed labour: income from work is not imputed.",
        remedy_zh="请按实际申报各人的工资、务农和经营收入；县里要推算的，先把基数写进费率文件。",
        remedy_en="Declare what each person earns; a county that wants to impute sets the base in its rates first.",
        rule="policies/imputed_labour/rates.yaml: labour_year",
    )


def override_without_reason(person: Person) -> Refused:
    """The real income takes the place of the imputed one only with a reason."""
    return refuse(
        "income.override_reason",
        zh="{person}的劳动收入改按实际填写，须写明理由。",
        en="The income from work of {person} is entered as it really is: that needs a reason.",
        remedy_zh="请写明为什么推算不符合实际，例如“腰伤休养，村医证明”。",
        remedy_en="Say why what is imputed is not real, for example “back injury, note of the village doctor”.",
        rule="民发〔2022〕83号：推算劳动收入要符合实际",
        person=person.name,
    )


def somebody_else(key: int) -> Refused:
    """A line of somebody who is not of the family."""
    return refuse(
        "income.not_of_family",
        zh="收入登记在家庭以外的人（{key}）名下。",
        en="A line is of somebody who is not of the family ({key}).",
        remedy_zh="请从家庭成员里选择；分开住的子女等填在“赡养（抚养、扶养）义务人”。",
        remedy_en="Choose one of the family; children who live apart belong among the supporters.",
        rule="民发〔2021〕57号第七条",
        key=key,
    )


def other_case(case: Case, household: Household) -> Refused:
    """The case is about another family."""
    return refuse(
        "income.other_case",
        zh="事项 {case} 不是 {household} 的。",
        en="The case {case} is not about {household}.",
        remedy_zh="请从本户自己的事项进入。",
        remedy_en="Open it from the family's own case.",
        case=case.number,
        household=household.number,
    )
