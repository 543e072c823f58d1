"""What a family says it lives on, at the counter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from minzheng.cases.income import told
from minzheng.cases.income.actions import declare
from minzheng.policy.source import Block
from minzheng.scenario import forms
from minzheng.scenario.play import Play
from minzheng.scenario.reader import ScenarioReader
from minzheng.scenario.registry import event

FACTS = forms.facts_of("household")
LABOUR = forms.facts_of("person")


@dataclass(frozen=True)
class Line:
    """A line as the file has it: `kind`, `who` of the family, a note, and the facts of the income law."""

    kind: str
    who: str
    note: str
    facts: Mapping[str, Any]


def line(reader: ScenarioReader, value: Any, key: str, at: int) -> Line:
    block = reader.block(value, key, line=at)
    own, facts = _split(block, ("kind", "who", "note"))
    kinds = tuple(forms.vocabulary()["income_kind"].values)
    who = own.get("who")
    return Line(
        kind=reader.choice(own.get("kind"), "kind", kinds, line=block.line),
        who="" if who is None else forms.name_of("person")(reader, who, "who", block.line),
        note=str(own.get("note") or ""),
        facts=FACTS(reader, facts, key, block.line),
    )


@dataclass(frozen=True)
class Person:
    """Somebody with facts and a word: a reason, or how they are related."""

    word: str
    facts: Mapping[str, Any]


def worded(word: str, facts: forms.Form) -> forms.Form:
    def read(reader: ScenarioReader, value: Any, key: str, at: int) -> Person:
        block = reader.block(value, key, line=at)
        own, rest = _split(block, (word,))
        return Person(str(own.get(word) or ""), facts(reader, rest, key, block.line))

    return read


def _split(block: Block, names: tuple[str, ...]) -> tuple[dict[str, Any], Block]:
    """The keys of these names, and the block without them."""
    rest = Block(block.line)
    rest.update({key: value for key, value in block.items() if key not in names})
    rest.lines.update(block.lines)
    return {key: block[key] for key in names if key in block}, rest


Lines = Annotated[list[Line], forms.list_of(line)]
Workers = Annotated[Mapping[str, Person], forms.by(forms.name_of("person"), worded("reason", LABOUR))]
Supporters = Annotated[Mapping[str, Person], forms.by(forms.text, worded("relation", FACTS))]


@event("declare_income")
def declare_income(
    play: Play,
    *,
    of: forms.HouseholdName,
    lines: Lines | None = None,
    workers: Workers | None = None,
    supporters: Supporters | None = None,
    case: forms.CaseName | None = None,
) -> None:
    """A family says what it lives on: `lines` by kind with their facts, `workers` for whom the area imputes income,
    `supporters` who live apart. The income of the year becomes a declared fact, with the statement as its paper."""
    said = told.Told(
        tuple(_told(play, one) for one in lines or ()),
        tuple(told.Worker(play.person(name).pk, one.facts, one.word) for name, one in (workers or {}).items()),
        tuple(told.Supporter(name, one.word, one.facts) for name, one in (supporters or {}).items()),
    )
    matter = play.case(case) if case else None
    with play.acting_for(of, "handler") as (user, party):
        declare(by=user, household=party["household"], said=said, case=matter)


def _told(play: Play, one: Line) -> told.Line:
    return told.Line(one.kind, one.facts, play.person(one.who).pk if one.who else None, one.note)
