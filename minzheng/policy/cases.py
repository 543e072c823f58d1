"""Worked cases: a household, a day, and what it should get. Each is a test of its programme."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minzheng.policy import source
from minzheng.policy.assessment import assess
from minzheng.policy.errors import near_miss
from minzheng.policy.model import Policy, Version
from minzheng.policy.outcome import Result, Subject
from minzheng.policy.rates import Rates, rates_of
from minzheng.policy.source import Block, Reader
from minzheng.policy.values import Kind, Value, write
from minzheng.policy.vocabulary import read_value

CASE_KEYS = ("name", "on", "area", "residence", "facts", "members", "rates", "expect", "note")
EXPECT_KEYS = ("eligible", "amount", "unmet", "error", "steps")


@dataclass(frozen=True)
class Expectation:
    """What a case names; None where it says nothing. amount and steps are texts, money in yuan."""

    eligible: bool | None
    amount: str | None
    unmet: tuple[str, ...] | None
    error: str | None
    steps: Mapping[str, str]


@dataclass(frozen=True)
class WorkedCase:
    name: Mapping[str, str]
    on: dt.date
    subject: Subject
    rates: Rates
    """Entries of this case alone, over the programme's."""
    expect: Expectation
    file: str
    line: int

    def __str__(self) -> str:
        return f"{Path(self.file).stem}:{self.name.get('en') or self.name.get('zh-Hans')}"


def load_cases(directory: Path, policy: Policy) -> list[WorkedCase]:
    """Every case under `directory/cases/*.yaml`. Raises PolicyError where one names what the policy does not know."""
    return [case for path in sorted((directory / "cases").glob("*.yaml")) for case in parse_cases(path, policy)]


def parse_cases(path: Path, policy: Policy) -> list[WorkedCase]:
    reader = Reader(str(path))
    bodies = reader.items(source.parse(source.read_file(path), str(path)), "cases")
    return [_case(reader, reader.block(body, "case"), policy) for body in bodies]


def check_case(
    case: WorkedCase, policy: Policy, rates: Rates, engine: str = "python", connection: Any = None
) -> list[str]:
    """What differs from what the case expects, in words; empty where all is as expected."""
    version = policy.version_on(case.on)
    result = assess(policy, rates.merge(case.rates), [case.subject], case.on, engine, connection)[0]
    return [
        f"{what}: expected {wanted}, got {got}"
        for what, wanted, got in _pairs(case.expect, result, version)
        if wanted != got
    ]


def _pairs(expect: Expectation, result: Result, version: Version) -> Iterable[tuple[str, object, object]]:
    yield "error", expect.error, result.error
    if expect.eligible is not None:
        yield "eligible", expect.eligible, result.eligible
    if expect.amount is not None:
        yield "amount", expect.amount, write(result.amount, Kind.MONEY)
    if expect.unmet is not None:
        yield "unmet", sorted(expect.unmet), sorted(result.unmet)
    for name, wanted in expect.steps.items():
        yield f"step {name}", wanted, write(result.steps.get(name), version.steps[name].kind)


def _case(reader: Reader, body: Block, policy: Policy) -> WorkedCase:
    reader.only(body, CASE_KEYS, required=("name", "on", "area", "expect"))
    on = read_value(reader, body["on"], Kind.DATE, "on")
    assert isinstance(on, dt.date)
    version = policy.version_on(on)
    kinds = {name: spec.kind for name, spec in version.facts.items()}
    kinds |= {name: spec.kind for name, spec in version.rates.items() if spec.table is None}
    member_kinds = {name: spec.kind for name, spec in version.member_facts.items()}
    members = reader.items(body["members"], "members") if body.get("members") else []
    name = reader.words(body["name"], "name")
    subject = Subject(
        id=name.get("en") or next(iter(name.values()), ""),
        area=str(reader.text(body["area"], "area")),
        residence=reader.choice(body["residence"], "residence", ("urban", "rural")) if body.get("residence") else None,
        facts=_facts(reader, body.get("facts"), kinds, body.line),
        members=tuple(_facts(reader, member, member_kinds, body.line) for member in members),
    )
    rates = rates_of(body["rates"], reader.file) if body.get("rates") else Rates()
    return WorkedCase(name, on, subject, rates, _expectation(reader, body, version), reader.file, body.line)


def _facts(reader: Reader, value: Any, kinds: Mapping[str, Kind], line: int) -> dict[str, Value | None]:
    if value is None:
        return {}
    facts: dict[str, Value | None] = {}
    block = reader.block(value, "facts", line=line)
    for name, text in block.items():
        _known(reader, name, kinds, block.lines[name])
        found = None if text is None else read_value(reader, text, kinds[name], name, line=block.lines[name])
        facts[name] = found  # type: ignore[assignment]
    return facts


def _known(reader: Reader, name: str, known: Iterable[str], line: int) -> None:
    if name not in known:
        zh, en = near_miss(name, known)
        raise reader.error("case_fact", line=line, name=name, hint_zh=zh, hint_en=en)


def _expectation(reader: Reader, body: Block, version: Version) -> Expectation:
    block = reader.block(body["expect"], "expect")
    reader.only(block, EXPECT_KEYS)
    steps = reader.block(block["steps"], "steps") if block.get("steps") else Block(block.line)
    for name in steps:
        _known(reader, name, version.steps, steps.lines[name])
    unmet = block.get("unmet")
    unmet = None if unmet is None else [reader.text(one, "unmet") for one in reader.items(unmet, "unmet")]
    for name in unmet or ():
        _known(reader, name, version.conditions, block.lines["unmet"])
    amount = read_value(reader, block["amount"], Kind.MONEY, "amount") if block.get("amount") else None
    return Expectation(
        eligible=bool(read_value(reader, block["eligible"], Kind.BOOL, "eligible")) if block.get("eligible") else None,
        amount=write(amount, Kind.MONEY) if amount is not None else None,  # type: ignore[arg-type]
        unmet=None if unmet is None else tuple(str(one) for one in unmet),
        error=str(reader.text(block["error"], "error")) if block.get("error") else None,
        steps={name: str(reader.text(text, name, line=steps.lines[name])) for name, text in steps.items()},
    )


__all__ = ["WorkedCase", "check_case", "load_cases", "parse_cases"]
