"""Why a subject's amount cannot be computed, in words: what is wrong, in which step, for whom, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from minzheng.policy import tree as t
from minzheng.policy.engines.python import Evaluation
from minzheng.policy.filled import code_label, label_of, shown
from minzheng.policy.model import FactSpec, RateSpec, Version, Words
from minzheng.policy.outcome import Failure
from minzheng.policy.values import FAMILY, Kind, from_carried

LANGUAGES = ("zh-Hans", "en")

REASONS: Mapping[str, Words] = {
    "missing": {"zh-Hans": "缺少事实“{fact}”。", "en": "The fact “{fact}” is missing."},
    "bounds": {"zh-Hans": "“{fact}”超出允许的范围。", "en": "“{fact}” is outside its bounds."},
    "family": {"zh-Hans": "家庭成员超过 {most} 人。", "en": "The family has more than {most} members."},
    "no_rate": {"zh-Hans": "当地没有规定“{fact}”。", "en": "No “{fact}” is set for this place."},
    "division": {"zh-Hans": "除数“{fact}”为零。", "en": "The divisor “{fact}” is zero."},
    "divisor": {"zh-Hans": "除数为零。", "en": "A divisor is zero."},
    "empty": {"zh-Hans": "没有可比较的成员。", "en": "There is no member to compare."},
    "table": {"zh-Hans": "数值低于“{fact}”的最低一档。", "en": "The value is below the first row of “{fact}”."},
}
REMEDIES: Mapping[str, Words] = {
    "missing": {
        "zh-Hans": "请查清后填上这一项（列名 {name}），再算一次；不知道不等于没有，所以既不发给也不拒绝。",
        "en": "Find it out, fill it in (column {name}) and compute again. "
        "Not known is not none: nothing is paid or refused.",
    },
    "bounds": {
        "zh-Hans": "请核对这一项（列名 {name}）：{allowed}。",
        "en": "Check it (column {name}): {allowed}.",
    },
    "family": {
        "zh-Hans": "请核对成员名单；确是这样的，分户核算。",
        "en": "Check the list of members; where it is right, assess by separate households.",
    },
    "no_rate": {
        "zh-Hans": "请把本地的“{fact}”写进 rates 文件（名称 {name}，注明区划、起始日期、出处），再算一次；"
        "不会照别处的标准发。",
        "en": "Enter the local “{fact}” in a rates file (name {name}, with area, date and source) and compute again; "
        "another place's number is never used.",
    },
    "division": {
        "zh-Hans": "请核对“{fact}”；确实为零的，请政策人员修改公式。",
        "en": "Check “{fact}”; where it is rightly zero the formula has to be changed by a policy officer.",
    },
    "divisor": {
        "zh-Hans": "请核对这一步用到的事实；没有错的，请政策人员修改公式。",
        "en": "Check the facts of this step; where they are right the formula has to be changed by a policy officer.",
    },
    "empty": {"zh-Hans": "请登记家庭成员。", "en": "Enter the members of the family."},
    "table": {
        "zh-Hans": "请核对这一步用到的事实，或在 rates 文件里补上更低的一档（名称 {name}）。",
        "en": "Check the facts of this step, or add a lower row to the rates file (name {name}).",
    },
}
BETWEEN = {"zh-Hans": "应在 {0} 到 {1} 之间", "en": "it lies between {0} and {1}"}
ONE_OF = {"zh-Hans": "只能是 {0} 之一", "en": "it is one of {0}"}


@dataclass(frozen=True)
class Fault:
    """An error explained. step: the formula it arose in; members: whose, by place from 1; remedy: what to do."""

    code: str
    step: str
    fact: str
    members: tuple[int, ...]
    reason: Words
    remedy: Words


def fault(evaluation: Evaluation, error: str) -> Fault:
    """What `code:step:fact` means for this subject."""
    code, step, name = error.split(":", 2)
    found = Failure(code, step, name)
    kind = code
    if code == "bounds" and name == "members" and name not in evaluation.version.facts:
        kind = "family"
    elif code == "division" and name == "divisor":
        kind = "divisor"
    reason, remedy = {}, {}
    for language in LANGUAGES:
        said = {
            "fact": label_of(evaluation.version, name, language),
            "name": name,
            "most": FAMILY,
            "allowed": _allowed(evaluation.version, name, language),
        }
        reason[language] = REASONS[kind][language].format(**said)
        remedy[language] = REMEDIES[kind][language].format(**said)
    return Fault(code, step, name, tuple(place + 1 for place in _whose(evaluation, found)), reason, remedy)


def _allowed(version: Version, name: str, language: str) -> str:
    """The bounds of a fact or rate, or a code's values."""
    spec: FactSpec | RateSpec | None = (
        version.facts.get(name) or version.member_facts.get(name) or version.rates.get(name)
    )
    if spec is None:
        return ""
    if spec.kind is Kind.CODE:
        values = spec.values if isinstance(spec, FactSpec) else ()
        labels = spec.value_labels if isinstance(spec, FactSpec) else {}
        listed = [f"{value}（{code_label(labels, value, language)}）" for value in values]
        if language == "en":
            listed = [f"{value} ({code_label(labels, value, language)})" for value in values]
        return ONE_OF[language].format("、".join(listed) if language == "zh-Hans" else ", ".join(listed))
    ends = (shown(from_carried(end, spec.kind), spec.kind, language) for end in (spec.bounds.low, spec.bounds.high))
    return BETWEEN[language].format(*ends)


def _whose(evaluation: Evaluation, failure: Failure) -> list[int]:
    """The members in whose formula, or in whose part of a household's aggregate, the failure arose."""
    everybody = range(len(evaluation.subject.members))
    version = evaluation.version
    if failure.step in version.member_steps:
        return [place for place in everybody if evaluation.outcome(failure.step, place) == failure]
    named = {formula.name: formula for formula, of_member in version.formulas() if not of_member}
    parts = [node for node in named[failure.step].tree.walk() if isinstance(node, t.Aggregate)]
    return [place for place in everybody if any(_fails(evaluation, node, place, failure) for node in parts)]


def _fails(evaluation: Evaluation, node: t.Aggregate, place: int, failure: Failure) -> bool:
    inner = evaluation.at(failure.step, place)
    try:
        if (node.filter is None or inner.value(node.filter)) and node.operand is not None:
            inner.value(node.operand)
    except Failure as found:
        return found == failure
    return False
