"""The laws of means applied to what a family said: each line with its working, its entry of the local table and the
source of that entry. Reads the law; writes nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from minzheng.cases.income import told
from minzheng.cases.income.refusals import (
    imputed_without_base,
    line_in_error,
    override_without_reason,
    somebody_else,
)
from minzheng.core.errors import Text
from minzheng.people import vocabulary
from minzheng.people.models import Person, Sex
from minzheng.people.queries import age
from minzheng.policy import Explanation, Subject, registry
from minzheng.policy.engines.python import Evaluation
from minzheng.policy.explain import RateUsed
from minzheng.policy.faults import fault
from minzheng.policy.outcome import Failure
from minzheng.policy.registry import Programme
from minzheng.policy.subjects import typed_values

INCOME, LABOUR, SUPPORT = "income", "imputed_labour", "family_support"
STANDARD_OF = "dibao"
"""Whose standard the support owed is measured by."""
WAYS = ("by_day", "by_month", "by_table", "by_year")
"""The steps of the income law of which each line takes one."""
NOTHING: Text = {}
WITHOUT_CONSENT: Text = {
    "zh-Hans": "未同意核对，只计实际给付（社会救助法第四十一条）",
    "en": "No consent to the verification: only what is really given counts (social assistance law, art. 41)",
}
EARNED = ("wage_daily", "wage_monthly", "farming", "business")
"""What somebody's own work brings in: it is taken off what would be imputed."""


@dataclass(frozen=True)
class Step:
    """One line of arithmetic, as it can be checked with a pencil."""

    label: Text
    filled: Text
    result: Text


@dataclass(frozen=True)
class Source:
    """A number of the law or of the local table that a line used, where it stands and since when."""

    label: Text
    value: Text
    since: str
    title: str
    mark: str

    @classmethod
    def of(cls, rate: RateUsed) -> "Source":
        names = {
            tongue: f"{rate.category[tongue]} · {words}" if rate.category else words
            for tongue, words in rate.label.items()
        }
        title = " ".join(part for part in (rate.source.get("title", ""), rate.source.get("ref", "")) if part)
        return cls(names, rate.text, rate.since, title, rate.source.get("mark", ""))


@dataclass(frozen=True)
class Line:
    """One line of the statement. outcome: counted, deducted, or left_out (named as what does not count); fen."""

    kind: str
    what: Text
    who: str
    outcome: str
    amount: int
    net: int
    steps: tuple[Step, ...]
    sources: tuple[Source, ...]
    note: str = ""
    """What was said beside it."""
    remark: Text = field(default_factory=dict)
    """What the law has to say beside it."""


@dataclass(frozen=True)
class Worked:
    """The statement: its lines, their sums and the income of the year, in fen; the files of the laws used."""

    lines: tuple[Line, ...]
    counted: int
    deducted: int
    income: int
    files: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Worked":
        """The inverse of `as_dict`."""
        lines = tuple(
            Line(
                **{
                    **one,
                    "steps": tuple(Step(**step) for step in one["steps"]),
                    "sources": tuple(Source(**source) for source in one["sources"]),
                }
            )
            for one in stored["lines"]
        )
        return cls(**{**stored, "lines": lines})


@dataclass(frozen=True)
class Place:
    """Whose table holds."""

    area: str
    residence: str


def imputes(place: Place, on: dt.date) -> bool:
    """Whether the area has set the base by which income from work is imputed: it is an option of its own."""
    return _find(registry.programme(LABOUR), "labour_year", place, on, None)


def asks_for_support(place: Place, on: dt.date) -> bool:
    """Whether the area has set how much relatives living apart owe."""
    return _find(registry.programme(SUPPORT), "support_multiple", place, on, None)


def produce_known(place: Place, on: dt.date) -> list[str]:
    """The crops and animals that the local table values, in the vocabulary's order."""
    law = registry.programme(INCOME)
    return [code for code in vocabulary.load()["produce"]["values"] if _find(law, "net_per_unit", place, on, code)]


def needs_consent(on: dt.date) -> bool:
    """Whether relatives living apart are looked into only where they agree."""
    return "supporter_consent" in registry.programme(SUPPORT).policy.version_on(on).facts


def work_out(
    said: told.Told,
    *,
    place: Place,
    family: Sequence[Person],
    known: Mapping[int, Mapping[str, Any]],
    on: dt.date,
) -> Worked:
    """The statement of a family on a day. `known`: facts of its people, by key (the grade of a disability).

    Refuses a line that cannot be worked out, naming it and what is missing: it never counts as nothing.
    """
    persons = {person.pk: person for person in family}
    for who in [line.who for line in said.lines] + [worker.person for worker in said.workers]:
        if who is not None and who not in persons:
            raise somebody_else(who)
    law = registry.programme(INCOME)
    lines = [_told_line(one, persons) for one in said.lines]
    earned = _earned(law, lines, said.lines, place, on)
    lines += [_imputed(one, persons[one.person], known, earned, place, on) for one in said.workers]
    lines += [_owed(one, place, on) for one in said.supporters]
    evaluation, explanation = _apply_income(law, lines, place, on)
    rows = tuple(_line(evaluation, explanation, number, asked) for number, asked in enumerate(lines))
    return Worked(
        lines=rows,
        counted=_fen(evaluation.outcome("income_counted")),
        deducted=_fen(evaluation.outcome("income_deducted")),
        income=_fen(evaluation.outcome("amount")),
        files={
            code: dict(registry.programme(code).files)
            for code, used in ((INCOME, True), (LABOUR, said.workers), (SUPPORT, said.supporters))
            if used
        },
    )


@dataclass(frozen=True)
class _Asked:
    """A line as the income law takes it, with what led to it: workings and numbers of another law."""

    kind: str
    what: Text
    who: str
    facts: Mapping[str, Any]
    note: str = ""
    steps: tuple[Step, ...] = ()
    sources: tuple[Source, ...] = ()
    remark: Text = field(default_factory=dict)


def _told_line(line: told.Line, persons: Mapping[int, Person]) -> _Asked:
    what = _kind_words(line.kind)
    if "produce" in line.facts:
        what = _value_words("produce", line.facts["produce"])
    who = persons[line.who].name if line.who is not None else ""
    return _Asked(line.kind, what, who, {**line.facts, "income_kind": line.kind}, line.note)


def _earned(
    law: Programme, lines: Sequence[_Asked], said: Sequence[told.Line], place: Place, on: dt.date
) -> dict[int, int]:
    """What each person's own work brings in that counts, by their key."""
    evaluation, _ = _apply_income(law, lines, place, on)
    earned: dict[int, int] = {}
    for number, line in enumerate(said):
        if line.kind in EARNED and line.who is not None:
            earned[line.who] = earned.get(line.who, 0) + _fen(evaluation.outcome("counted", number))
    return earned


def _imputed(
    worker: told.Worker,
    person: Person,
    known: Mapping[int, Mapping[str, Any]],
    earned: Mapping[int, int],
    place: Place,
    on: dt.date,
) -> _Asked:
    """What somebody could earn and did not declare, by the area's coefficients; or what it really is, with a reason."""
    if not imputes(place, on):
        raise imputed_without_base()
    if worker.facts.get("stated_labour_income") is not None and not worker.reason.strip():
        raise override_without_reason(person)
    law = registry.programme(LABOUR)
    facts = {
        "disability_grade": known.get(person.pk, {}).get("disability_grade") or 0,
        "caring_duty": False,
        "studying": False,
        **worker.facts,
        "age": age(person, on),
        "sex": person.sex,
        "own_earnings": earned.get(person.pk, 0),
    }
    steps, sources, amount = _apply(law, facts, place, on, who=person.name)
    kept = [step for name, step in steps.items() if name in ("coefficient", "imputed", "shortfall")]
    if facts.get("stated_labour_income") is not None:
        kept.append(steps["amount"])
    yearly = {"income_kind": "imputed_labour", "yearly_amount": amount}
    return _Asked(
        "imputed_labour",
        _kind_words("imputed_labour"),
        person.name,
        yearly,
        worker.reason,
        tuple(kept),
        tuple(Source.of(rate) for name, rate in sources.items() if name not in _not_asked(person, facts)),
    )


def _not_asked(person: Person, facts: Mapping[str, Any]) -> set[str]:
    """Coefficients that say nothing of this person: the other sex's, that of a care they do not have."""
    other = "men_age" if person.sex == Sex.FEMALE else "women_age"
    return {other} if facts["caring_duty"] else {other, "caring_share"}


def _owed(supporter: told.Supporter, place: Place, on: dt.date) -> _Asked:
    """What a relative living apart owes a year, or really gives where that is more."""
    law = registry.programme(SUPPORT)
    standard = registry.programme(STANDARD_OF).rates
    law = replace(law, rates=standard.merge(law.rates))
    facts = {"supporter_in_need": False, "support_paid": 0, **supporter.facts}
    steps, sources, amount = _apply(law, facts, place, on, who=supporter.name)
    who = f"{supporter.name}（{supporter.relation}）" if supporter.relation else supporter.name
    kept, remark = list(steps.values()), NOTHING
    if needs_consent(on) and not supporter.facts.get("supporter_consent"):
        kept, remark, sources = [steps["amount"]], WITHOUT_CONSENT, {}
    yearly = {"income_kind": "support_due", "yearly_amount": amount}
    return _Asked(
        "support_due",
        _kind_words("support_due"),
        who,
        yearly,
        steps=tuple(kept),
        sources=tuple(Source.of(rate) for rate in sources.values()),
        remark=remark,
    )


def _apply(
    law: Programme, facts: Mapping[str, Any], place: Place, on: dt.date, *, who: str
) -> tuple[dict[str, Step], dict[str, RateUsed], int]:
    """A law of means for one party: its steps by name, the numbers it used by name, and what it gives."""
    subject = _subject(law, on, place, facts=facts)
    result = law.assess([subject], on)[0]
    explanation = law.explain(subject, on)
    if explanation.fault is not None:
        what = _kind_words("imputed_labour" if law.code == LABOUR else "support_due")
        raise line_in_error(explanation.fault, who, what, None)
    assert result.amount is not None
    steps = {line.name: Step(line.label, _branch(line.filled), line.result) for line in explanation.lines}
    sources = {rate.name: rate for line in explanation.lines for rate in line.rates}
    return steps, sources, result.amount


def _apply_income(law: Programme, lines: Sequence[_Asked], place: Place, on: dt.date) -> tuple[Evaluation, Explanation]:
    """The income law over all lines. Refuses the first that cannot be worked out."""
    subject = _subject(law, on, place, members=[line.facts for line in lines])
    version = law.policy.version_on(on)
    evaluation = Evaluation(version, law.rates.bind(version, on), subject, on)
    for number, line in enumerate(lines):
        found = evaluation.outcome("counted", number)
        if isinstance(found, Failure):
            raise line_in_error(fault(evaluation, str(found)), line.who, line.what, number + 1)
    return evaluation, law.explain(subject, on)


def _line(evaluation: Evaluation, explanation: Explanation, number: int, asked: _Asked) -> Line:
    counted, deducted = (_fen(evaluation.outcome(name, number)) for name in ("counted", "deducted"))
    rows = {line.name: line for line in explanation.lines if line.member == number + 1}
    way = next(name for name in WAYS if not isinstance(evaluation.outcome(name, number), Failure))
    shown = [way]
    costs = evaluation.outcome("costs", number)
    if costs:
        shown += ["costs", "net"]
    own = tuple(Step(rows[name].label, _branch(rows[name].filled), rows[name].result) for name in shown)
    share = "deducted" if deducted else "counted"
    used = [*rows[way].rates, *rows[share].rates]
    return Line(
        kind=asked.kind,
        what=asked.what,
        who=asked.who,
        outcome="counted" if counted else "deducted" if deducted else _why_nothing(evaluation, number),
        amount=counted or deducted,
        net=_fen(evaluation.outcome("net", number)),
        steps=asked.steps or own,
        sources=(*asked.sources, *(Source.of(rate) for rate in used if _tells(rate))),
        note=asked.note,
        remark=asked.remark,
    )


def _why_nothing(evaluation: Evaluation, number: int) -> str:
    """A line that adds nothing: because the law leaves its kind out, or because there is nothing."""
    return "left_out" if evaluation.outcome("net", number) else "counted"


def _tells(rate: RateUsed) -> bool:
    """A share that holds for every kind says nothing of this one."""
    return bool(rate.category) or rate.name not in ("counted_share", "deducted_share")


def _branch(filled: Text) -> Text:
    """Of a formula by cases only the branch taken: the kind of the line stands beside it."""
    return {tongue: text.split(_TAKEN[tongue])[-1].strip() for tongue, text in filled.items()}


_TAKEN = {"zh-Hans": "，取 ", "en": ", so "}


def _subject(
    law: Programme,
    on: dt.date,
    place: Place,
    *,
    facts: Mapping[str, Any] | None = None,
    members: Sequence[Mapping[str, Any]] = (),
) -> Subject:
    version = law.policy.version_on(on)
    return Subject(
        id=law.code,
        area=place.area,
        residence=place.residence,
        facts=typed_values(version, False, facts or {}),
        members=[typed_values(version, True, one) for one in members],
    )


def _find(law: Programme, rate: str, place: Place, on: dt.date, category: str | None) -> bool:
    bound = law.rates.bind(law.policy.version_on(on), on)
    return bound.find(rate, place.area, place.residence, category) is not None


def _kind_words(kind: str) -> Text:
    return _value_words("income_kind", kind)


def _value_words(fact: str, value: str) -> Text:
    words: Text = vocabulary.load()[fact]["values"][value]
    return words


def _fen(value: Any) -> int:
    assert not isinstance(value, Failure), value
    return int(value)


def may_work(person: Person, place: Place, on: dt.date) -> bool:
    """Whether the area's coefficients see somebody of this age and sex as able to work at all."""
    law = registry.programme(LABOUR)
    version = law.policy.version_on(on)
    subject = _subject(law, on, place, facts={"age": age(person, on), "sex": person.sex})
    found = Evaluation(version, law.rates.bind(version, on), subject, on).outcome("by_age")
    return not isinstance(found, Failure) and bool(found)
