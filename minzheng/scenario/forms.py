"""How the arguments of events are read. An event's function says by its annotations what it takes; each annotation
here carries the form in which the file writes it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import yaml

from minzheng.cases import procedure
from minzheng.core.files import policies_dir
from minzheng.payments.models import FundSource
from minzheng.people.models import Relation, Residence, Sex
from minzheng.policy import load_vocabulary
from minzheng.policy.values import Kind
from minzheng.policy.vocabulary import VocabularyFact, read_value
from minzheng.scenario import places
from minzheng.scenario.reader import ACCOUNTS, ScenarioReader

Form = Callable[[ScenarioReader, Any, str, int], Any]
"""Reads one argument: the reader, the value as it stands, its key, its line."""


def text(reader: ScenarioReader, value: Any, key: str, line: int) -> str:
    return str(reader.text(value, key, line=line))


def day(reader: ScenarioReader, value: Any, key: str, line: int) -> dt.date:
    return reader.day(text(reader, value, key, line), line)


def month(reader: ScenarioReader, value: Any, key: str, line: int) -> dt.date:
    return reader.month(text(reader, value, key, line), line)


def of_kind(kind: Kind) -> Form:
    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> Any:
        return read_value(reader, value, kind, key, line=line)

    return read


def choice(*known: str) -> Form:
    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> str:
        return reader.choice(value, key, known, line=line)

    return read


def name_of(*whats: str) -> Form:
    """A name that something of these kinds has already."""

    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> str:
        name = text(reader, value, key, line)
        reader.known(name, line, *whats)
        return name

    return read


def new(what: str) -> Form:
    """A name that is introduced here."""

    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> str:
        name = text(reader, value, key, line)
        reader.introduce(what, name, line)
        return name

    return read


def list_of(form: Form) -> Form:
    """A list; one thing alone may stand without brackets."""

    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> list[Any]:
        if isinstance(value, str):
            return [form(reader, value, key, line)]
        items = reader.items(value, key, line=line)
        return [form(reader, one, key, getattr(one, "line", line)) for one in items]

    return read


def by(keys: Form, values: Form) -> Form:
    """A mapping whose keys and values have forms of their own."""

    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> dict[Any, Any]:
        block = reader.block(value, key, line=line)
        return {
            keys(reader, source_key(one, block.lines[one]), key, block.lines[one]): values(
                reader, found, one, block.lines[one]
            )
            for one, found in block.items()
        }

    return read


def source_key(key: str, line: int) -> Any:
    """A key, as the scalar that it is."""
    from minzheng.policy.source import Text

    return Text(key).at(line)


def either(first: Form, word: str) -> Form:
    """What the form reads, or one word that stands for none."""

    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> Any:
        return word if value == word else first(reader, value, key, line)

    return read


def as_written(reader: ScenarioReader, value: Any, key: str, line: int) -> dict[str, Any]:
    """A mapping of settings as it stands: the file that it is laid over says what may be in it."""
    block = reader.block(value, key, line=line)
    return {name: _plain(found) for name, found in block.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(found) for name, found in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else yaml.safe_load(str(value))


def programme(reader: ScenarioReader, value: Any, key: str, line: int) -> str:
    return reader.choice(value, key, tuple(procedure.programmes()), line=line)


def act(reader: ScenarioReader, value: Any, key: str, line: int) -> str:
    return reader.choice(value, key, acts(), line=line)


def village(reader: ScenarioReader, value: Any, key: str, line: int) -> str:
    codes = {name: code for code, name in (places.VILLAGES | places.NEIGHBOURS).items()}
    return codes[reader.choice(value, key, tuple(codes), line=line)]


def facts_of(*owners: str) -> Form:
    """Facts by their names in policies/facts.yaml, as they are stored: money in fen, dates and rates as text."""

    def read(reader: ScenarioReader, value: Any, key: str, line: int) -> dict[str, Any]:
        known = {name: fact for name, fact in vocabulary().items() if not fact.derived and fact.of in (*owners, "any")}
        block = reader.block(value, key, line=line)
        reader.only(block, tuple(known))
        return {name: _stored(reader, known[name], found, block.lines[name]) for name, found in block.items()}

    return read


def _stored(reader: ScenarioReader, fact: VocabularyFact, value: Any, line: int) -> Any:
    if fact.values:
        return reader.choice(value, fact.name, tuple(fact.values), line=line)
    found = read_value(reader, value, fact.kind, fact.name, line=line)
    return found if isinstance(found, int | bool) else str(found)


@dataclass(frozen=True)
class Newcomer:
    """One invented person as the file has them."""

    born: dt.date
    sex: str
    relation: str = "head"
    account: bool = True
    facts: Mapping[str, Any] | None = None


NEWCOMER = ("born", "sex", "relation", "account", "facts")


def newcomer(reader: ScenarioReader, value: Any, key: str, line: int) -> Newcomer:
    block = reader.block(value, key, line=line)
    reader.only(block, NEWCOMER, required=("born", "sex"))
    at = block.lines
    return Newcomer(
        born=day(reader, block["born"], "born", at["born"]),
        sex=reader.choice(block["sex"], "sex", (Sex.MALE.value, Sex.FEMALE.value), line=at["sex"]),
        relation=reader.choice(block["relation"], "relation", tuple(Relation.values), line=at["relation"])
        if "relation" in block
        else "head",
        account=bool(read_value(reader, block["account"], Kind.BOOL, "account")) if "account" in block else True,
        facts=facts_of("person")(reader, block["facts"], "facts", at["facts"]) if "facts" in block else None,
    )


@lru_cache
def vocabulary() -> dict[str, VocabularyFact]:
    return load_vocabulary(policies_dir() / "facts.yaml")


@lru_cache
def acts() -> tuple[str, ...]:
    """Every act that some procedure knows."""
    files = [procedure.load(code) for code in procedure.programmes()]
    rows = (row for file in files for _, kinds in file.versions for rules in kinds.values() for row in rules.acts)
    return tuple(sorted({row.act for row in rows}))


Settings = Annotated[Mapping[str, Any], as_written]
ProcedureKind = Annotated[str, choice("application", "change")]
Words = Annotated[str, text]
Day = Annotated[dt.date, day]
Month = Annotated[dt.date, month]
Money = Annotated[int, of_kind(Kind.MONEY)]
Whole = Annotated[int, of_kind(Kind.INT)]
Flag = Annotated[bool, of_kind(Kind.BOOL)]
Days = Annotated[list[dt.date], list_of(day)]
Years = Annotated[list[int], list_of(of_kind(Kind.INT))]
WordsByName = Annotated[Mapping[str, str], by(text, text)]
Account = Annotated[str, choice(*ACCOUNTS)]
ListOfWords = Annotated[list[str], list_of(text)]
ListsByName = Annotated[Mapping[str, list[str]], by(text, list_of(text))]
HouseholdName = Annotated[str, name_of("household")]
PersonName = Annotated[str, name_of("person")]
PersonNames = Annotated[list[str], list_of(name_of("person"))]
PartyName = Annotated[str, name_of("household", "person")]
PartyNames = Annotated[list[str], list_of(name_of("household", "person"))]
CaseName = Annotated[str, name_of("case", "household", "person")]
NewHousehold = Annotated[str, new("household")]
NewPerson = Annotated[str, new("person")]
NewCase = Annotated[str, new("case")]
Programme = Annotated[str, programme]
Programmes = Annotated[list[str], list_of(programme)]
ActName = Annotated[str, act]
Village = Annotated[str, village]
ResidenceName = Annotated[str, choice(*Residence.values)]
RelationName = Annotated[str, choice(*Relation.values)]
SexName = Annotated[str, choice(Sex.MALE.value, Sex.FEMALE.value)]
Source = Annotated[str, choice("declared", "verified", "surveyed")]
FundSourceName = Annotated[str, choice(*FundSource.values)]
PlaceName = Annotated[str, choice("town", "county")]
MoneyBySource = Annotated[Mapping[str, int], by(choice(*FundSource.values), of_kind(Kind.MONEY))]
Outcome = Annotated[str, choice("grant", "refuse", "change", "stop")]
Facts = Annotated[Mapping[str, Any], facts_of("person", "household")]
MemberFacts = Annotated[Mapping[str, Mapping[str, Any]], by(name_of("person"), facts_of("person"))]
Members = Annotated[Mapping[str, Newcomer], by(new("person"), newcomer)]
Reasons = Annotated[Mapping[str, str], by(name_of("household", "person"), text)]
MoneyByMonth = Annotated[Mapping[dt.date, int], by(month, of_kind(Kind.MONEY))]
StatesByMonth = Annotated[Mapping[dt.date, list[str]], by(month, list_of(text))]
DayOrNone = Annotated[dt.date | str, either(day, "none")]
MonthOrNone = Annotated[dt.date | str, either(month, "none")]
