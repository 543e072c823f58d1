"""From an explanation to the texts of its sheet, in one language.

The reading order is the law's: steps stand as the policy file writes them. A step says where each number that it takes
over was worked out; where the file writes that step further down, it says so.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from minzheng.core.money import format_yuan
from minzheng.policy.explain import Explanation, Line, RateUsed
from minzheng.policy.filled import YES_NO, YUAN
from minzheng.policy.model import Basis
from minzheng.policy.sheet.words import Phrases

Pair = tuple[str, str]
"""A caption and its text."""

VERIFIED = "S"
BIDI = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that turn the order of what follows: a text with them would read as something else."""


@dataclass(frozen=True)
class Working:
    """A formula with numbers and what it gives. who: the member, empty for the household; truth: it gives yes or no."""

    who: str
    filled: str
    result: str
    truth: bool = False

    @property
    def text(self) -> str:
        """`5000.00 ÷ 12 = …`; `1 ≤ 0 → no`; what says its result already stands alone."""
        if not self.result or self.result.split(" ")[0] == self.filled:
            return self.result or self.filled
        return f"{self.filled} {'→' if self.truth else '='} {self.result}"


@dataclass(frozen=True)
class Step:
    """One step of the calculation. kept: whether a condition holds, None for what is not a condition.

    result: the household's, empty where each member has one; uses: where its operands were worked out; clause_short:
    for a narrow column.
    """

    number: int
    name: str
    heading: str
    label: str
    result: str
    words: str
    workings: tuple[Working, ...]
    uses: str
    clause: str
    clause_short: str
    rates: str
    note: str
    kept: bool | None
    of_members: bool


@dataclass(frozen=True)
class Rate:
    """One number of the law; sure: its document was seen."""

    number: str
    label: str
    value: str
    holds: str
    source: str
    sure: bool


@dataclass(frozen=True)
class Reason:
    """Why nothing is paid: in words, and with the numbers."""

    text: str
    detail: str


@dataclass(frozen=True)
class Sheet:
    """An explanation in one language, ready to be written down. outcome: `paid`, `refused` or `error`."""

    language: str
    title: str
    about: str
    head: tuple[Pair, ...]
    outcome: str
    verdict: str
    reasons: tuple[Reason, ...]
    warning: str
    facts: tuple[Pair, ...]
    member_head: tuple[str, ...]
    member_rows: tuple[tuple[str, ...], ...]
    steps: tuple[Step, ...]
    rates: tuple[Rate, ...]


def present(
    found: Explanation,
    language: str,
    *,
    places: Mapping[str, str] | None = None,
    members: Mapping[int, str] | None = None,
) -> Sheet:
    """The sheet of an explanation. places: names of division codes; members: names by place, over those it has."""
    return _clean(_Presenter(found, language, places or {}, members or {}).sheet())


def rows_of(step: Step, language: str) -> list[Pair]:
    """A step's texts under their captions, for writers that put one below the other."""
    say = Phrases(language)
    rows = [(say("formula"), step.words)]
    for number, one in enumerate(step.workings):
        who = one.who + say("colon") if one.who else ""
        rows.append((say("filled") if number == 0 else "", who + one.text))
    rows += [(say("uses"), step.uses), (say("rates"), step.rates), (say("clause"), step.clause)]
    rows.append((say("note"), step.note))
    return [(caption, text) for caption, text in rows if text]


class _Presenter:
    def __init__(
        self, found: Explanation, language: str, places: Mapping[str, str], members: Mapping[int, str]
    ) -> None:
        self.found, self.places, self.given_names = found, places, members
        self.say = Phrases(language)
        names = list(dict.fromkeys(line.name for line in found.lines))
        self.numbers = {name: number for number, name in enumerate(names, 1)}
        self.lines = {name: [line for line in found.lines if line.name == name] for name in names}
        self.labels = {name: self.say.pick(lines[0].label, name) for name, lines in self.lines.items()}
        self.rates = self._numbered(found.lines)

    def sheet(self) -> Sheet:
        found, say = self.found, self.say
        outcome = "error" if found.error else "paid" if found.eligible else "refused"
        member_facts = self._member_facts()
        rates = tuple(self._rate(number, one) for number, one in self.rates.values())
        return Sheet(
            language=say.language,
            title=say("title", name=say.pick(found.name, found.programme)),
            about=say("about"),
            head=tuple(self._head()),
            outcome=outcome,
            verdict=self._verdict(outcome),
            reasons=tuple(self._reasons(outcome)),
            warning="" if all(rate.sure for rate in rates) else say("unsure"),
            facts=tuple((self._fact_label(one), self._fact_text(one)) for one in found.facts if not one.get("member")),
            member_head=(say("member"), *member_facts.values()),
            member_rows=tuple(self._member_row(place, member_facts) for place in range(1, len(found.members) + 1)),
            steps=tuple(self._step(name, lines, outcome) for name, lines in self.lines.items()),
            rates=rates,
        )

    def _head(self) -> list[Pair]:
        found, say = self.found, self.say
        place = self._area(found.area) if found.area else ""
        if found.residence:
            place += say("brackets", say(found.residence))
        rows = [(say("subject"), found.subject), (say("who"), found.who), (say("place"), place), (say("on"), found.on)]
        rows.append((say("version"), say("version_from", found.version)))
        rows.append((say("basis"), self._clauses(found.basis)))
        return [(caption, text) for caption, text in rows if text]

    def _verdict(self, outcome: str) -> str:
        found, say = self.found, self.say
        if outcome != "paid" or found.amount is None:
            return say(outcome)
        return say("paid", cycle=say(found.cycle) if found.cycle else "", amount=format_yuan(found.amount))

    def _reasons(self, outcome: str) -> list[Reason]:
        """Each unmet condition, or the error: never nothing where nothing is paid."""
        found, say = self.found, self.say
        if outcome == "error":
            return [self._fault()]
        reasons = []
        for one in found.unmet:
            line = self.lines[one["name"]][0]
            numbers = say("unmet_in", self.numbers[line.name], self.labels[line.name], say.pick(line.filled))
            reasons.append(Reason(say.pick(one["otherwise"], self.labels[line.name]), numbers))
        return reasons

    def _fault(self) -> Reason:
        found, say = self.found, self.say
        if found.fault is None:
            return Reason(say.pick(found.reason, found.error or ""), "")
        fault = found.fault
        step = fault.step
        where = say("found_in", self.numbers[step], self.labels[step]) if step in self.numbers else ""
        whose = say("listing").join(self._member(place) for place in fault.members)
        parts = [where, say("found_for", whose) if whose else ""]
        place = say("brackets", say("comma").join(part for part in parts if part))
        return Reason(say.pick(fault.reason) + place, say.pick(fault.remedy))

    def _member(self, place: int) -> str:
        given = self.given_names.get(place) or self.found.members[place - 1]
        return self.say("member_n", place) if given == str(place) else given

    # ---- facts

    def _member_facts(self) -> dict[str, str]:
        """What is known of members: name and label of each fact, a column each."""
        return {str(one["name"]): self._fact_label(one) for one in self.found.facts if one.get("member")}

    def _member_row(self, place: int, columns: Mapping[str, str]) -> tuple[str, ...]:
        known = {str(one["name"]): self._fact_text(one) for one in self.found.facts if one.get("member") == place}
        return (self._member(place), *(known.get(name, "") for name in columns))

    def _fact_label(self, fact: Mapping[str, Any]) -> str:
        return self.say.pick(fact.get("label"), str(fact["name"]))

    def _fact_text(self, fact: Mapping[str, Any]) -> str:
        text = self.say.pick(fact["value"])
        return YUAN[self.say.language].format(text) if fact.get("money") and text[-1:].isdigit() else text

    # ---- steps

    def _step(self, name: str, lines: Sequence[Line], outcome: str) -> Step:
        say, first = self.say, lines[0]
        number, of_members = self.numbers[name], first.member is not None
        heading = say("step", number)
        if first.kept is not None:
            heading += say("brackets", say("condition"))
        cited = dict.fromkeys(self._cited(*self.rates[_key(rate)]) for line in lines for rate in line.rates)
        clause = self._clauses(first.basis)
        return Step(
            number=number,
            name=name,
            heading=heading,
            label=self.labels[name],
            result="" if of_members else self._result(first),
            words=say.pick(first.words),
            workings=tuple(self._working(line) for line in lines if line.member != 0),
            uses=say("listing").join(self._place_of(one, number) for one in first.uses if one in self.numbers),
            clause=clause if first.own_basis or not clause else clause + say("brackets", say("by_default")),
            clause_short=say("semicolon").join(self._clause_short(one) for one in first.basis),
            rates=say("semicolon").join(cited),
            note=self._note(first, outcome),
            kept=first.kept,
            of_members=of_members,
        )

    def _note(self, line: Line, outcome: str) -> str:
        if line.member == 0:
            return self.say("no_members")
        return self.say("not_paid") if line.name == "amount" and outcome == "refused" else ""

    def _working(self, line: Line) -> Working:
        who = "" if line.member is None else self._member(line.member)
        truth = self.say.pick(line.result) in YES_NO[self.say.language]
        return Working(who, self.say.pick(line.filled), self._result(line), truth)

    def _result(self, line: Line) -> str:
        text = self.say.pick(line.stated) or self.say.pick(line.result)
        yes, no = YES_NO[self.say.language]
        if line.kept is None or text not in (yes, no):
            return text
        return self.say("kept" if line.kept else "unkept")

    def _place_of(self, name: str, of: int) -> str:
        number = self.numbers[name]
        return self.say("step_later" if number > of else "step_at", number, self.labels[name])

    def _clauses(self, basis: Sequence[Basis]) -> str:
        return self.say("semicolon").join(self._clause(one) for one in basis)

    def _clause(self, basis: Basis) -> str:
        """《最低生活保障审核确认办法》（民发〔2021〕57号）第13条; `四（七）` stands as it is written."""
        say = self.say
        text = say("titled", basis.title) + (say("brackets", basis.ref) if basis.ref else "")
        return text + ("" if say.language.startswith("zh") else ", ") * bool(basis.articles) + self._articles(basis)

    def _clause_short(self, basis: Basis) -> str:
        """民发〔2021〕57号 第13条."""
        return f"{basis.ref or basis.title} {self._articles(basis)}".strip()

    def _articles(self, basis: Basis) -> str:
        listed = self.say("listing").join(basis.articles)
        plain = all(article.isdigit() for article in basis.articles)
        return self.say("article", listed) if listed and plain else listed

    # ---- rates

    def _numbered(self, lines: Sequence[Line]) -> dict[tuple[str, ...], tuple[int, RateUsed]]:
        numbered: dict[tuple[str, ...], tuple[int, RateUsed]] = {}
        for line in lines:
            for rate in line.rates:
                numbered.setdefault(_key(rate), (len(numbered) + 1, rate))
        return numbered

    def _cited(self, number: int, rate: RateUsed) -> str:
        """In a step: label, value and the number under which its source stands; said here too where not verified."""
        text = self.say("rate_at", self._rate_label(rate), self._rate_text(rate), number)
        mark = rate.source.get("mark", "")
        if rate.since and mark != VERIFIED:
            text += self.say("brackets", self.say("invented" if mark == "invented" else "unverified"))
        return text

    def _rate(self, number: int, rate: RateUsed) -> Rate:
        say = self.say
        if not rate.since:
            return Rate(str(number), self._rate_label(rate), self._rate_text(rate), say("given"), "", True)
        place = say("everywhere") if rate.area == "*" else self._area(rate.area)
        holds = [say("since", rate.since), place, say(rate.residence) if rate.residence else ""]
        holds.append(say.pick(rate.category))
        title, ref, mark = (rate.source.get(key, "") for key in ("title", "ref", "mark"))
        source = say("titled", title) + (say("brackets", ref) if ref else "") if title else ref or say("no_source")
        return Rate(
            number=str(number),
            label=self._rate_label(rate),
            value=self._rate_text(rate),
            holds=say("comma").join(part for part in holds if part),
            source=source + say("semicolon") + say(f"mark_{mark}"),
            sure=mark == VERIFIED,
        )

    def _area(self, code: str) -> str:
        name = self.places.get(code, "")
        return name + self.say("brackets", code) if name else self.say("area", code)

    def _rate_label(self, rate: RateUsed) -> str:
        return self.say.pick(rate.label, rate.name)

    def _rate_text(self, rate: RateUsed) -> str:
        return self.say.pick(rate.text, rate.value)


def _key(rate: RateUsed) -> tuple[str, ...]:
    return rate.name, rate.value, rate.since, rate.area, rate.residence, rate.category.get("zh-Hans", "")


_Made = TypeVar("_Made")


def _clean(made: _Made) -> _Made:
    """Every text without characters that command a terminal, break a Word file or turn the reading order."""
    if isinstance(made, str):
        return _clean_text(made)  # type: ignore[return-value]
    if isinstance(made, tuple):
        return tuple(_clean(one) for one in made)  # type: ignore[return-value]
    if hasattr(made, "__dataclass_fields__"):
        return replace(made, **{one.name: _clean(getattr(made, one.name)) for one in fields(made)})  # type: ignore[type-var,arg-type]
    return made


def _clean_text(text: str) -> str:
    spaced = " ".join(text.split())
    return "".join(
        "\ufffd" if unicodedata.category(one) in ("Cc", "Cs", "Cn") or one in BIDI else one for one in spaced
    )
