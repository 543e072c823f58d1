"""From policy.yaml to a checked Policy. What cannot be computed safely is refused here, not at pay day."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from minzheng.policy import source
from minzheng.policy import tree as t
from minzheng.policy.checks import check_version, in_order
from minzheng.policy.clauses import ClauseReader
from minzheng.policy.declared import Declared
from minzheng.policy.errors import FormulaError, PolicyError, near_miss
from minzheng.policy.formula import Names, build
from minzheng.policy.model import (
    ENDINGS,
    PAY_CYCLES,
    PRORATES,
    STARTS,
    Condition,
    FactSpec,
    Formula,
    Policy,
    RateSpec,
    Timing,
    Version,
)
from minzheng.policy.parse import NAME
from minzheng.policy.source import Block, Reader, Text
from minzheng.policy.values import DEFAULT_BOUNDS, NUMERIC, Kind
from minzheng.policy.vocabulary import (
    KINDS,
    VocabularyFact,
    load_vocabulary,
    read_bounds,
    read_value,
    read_values,
)

Vocabulary = Mapping[str, VocabularyFact]

LONGEST_ARREARS = 1200
LONGEST_TERM = 120
"""Months."""

POLICY_KEYS = ("programme", "name", "unit", "department", "versions")
VERSION_KEYS = (
    *("from", "basis", "facts", "member_facts", "rates"),
    *("member_steps", "steps", "conditions", "amount", "timing"),
)
FORMULA_KEYS = ("formula", "label", "basis")
RATE_KEYS = ("type", "key", "min", "max", "table", "of", "label")


def load_policy(path: Path, facts_yaml: Path | None = None) -> Policy:
    """The policy in a file, checked; with a vocabulary its facts must be in it. Raises PolicyError."""
    vocabulary = load_vocabulary(facts_yaml) if facts_yaml else None
    return parse_policy(source.read_file(path), str(path), vocabulary)


def parse_policy(text: str, name: str, vocabulary: Vocabulary | None = None) -> Policy:
    """As `load_policy`, from text; `name` is what errors call the file."""
    return _PolicyReader(Reader(name), vocabulary).policy(source.parse(text, name))


class _PolicyReader:
    def __init__(self, reader: Reader, vocabulary: Vocabulary | None) -> None:
        self.reader = reader
        self.vocabulary = vocabulary
        self.clauses = ClauseReader(reader)
        self.unit = ""

    def policy(self, root: Any) -> Policy:
        block = self.reader.block(root, "policy.yaml")
        self.reader.only(block, POLICY_KEYS, required=("programme", "name", "unit", "versions"))
        programme = str(self.reader.text(block["programme"], "programme"))
        if not NAME.fullmatch(programme):
            raise self.reader.error(
                "bad_name", block["programme"], name=programme, reason_zh="格式不对", reason_en="it has the wrong form"
            )
        unit = self.reader.choice(block["unit"], "unit", ("household", "person"))
        self.unit = unit
        bodies = self.reader.items(block["versions"], "versions", line=block.lines["versions"])
        if not bodies:
            raise self.reader.error("missing_key", bodies, key="versions")
        versions = tuple(self.version(programme, self.reader.block(body, "versions")) for body in bodies)
        for body, before, after in zip(bodies[1:], versions, versions[1:], strict=False):
            if after.starts_on <= before.starts_on:
                raise self.reader.error("version_order", body, value=after.starts_on)
        return Policy(
            programme=programme,
            name=self.reader.words(block["name"], "name"),
            unit=unit,
            versions=versions,
            department=self.reader.words(block["department"], "department") if block.get("department") else None,
            file=self.reader.file,
        )

    def version(self, programme: str, block: Block) -> Version:
        reader = self.reader
        reader.only(block, VERSION_KEYS, required=("from", "amount"))
        starts_on = read_value(reader, block["from"], Kind.DATE, "from")
        assert isinstance(starts_on, dt.date)
        declared = Declared(reader)
        facts = self.facts(block, "facts", "household", declared)
        member_facts = self.facts(block, "member_facts", "person", declared)
        rates = self.rates(block, facts, member_facts, declared)
        sections = {key: self.formula_blocks(block, key, declared) for key in ("member_steps", "steps", "conditions")}
        names = Names(facts, member_facts, rates, {}, {})
        basis = ClauseReader(reader).read(block.get("basis"), known={})
        self.clauses = ClauseReader(reader, basis)
        steps, member_steps = self.steps(sections["steps"], sections["member_steps"], names)
        names = Names(facts, member_facts, rates, _kinds(steps), _kinds(member_steps))
        done = {**steps, **member_steps}
        conditions = {name: self.condition(name, body, names, done) for name, body in sections["conditions"].items()}
        version = Version(
            programme=programme,
            starts_on=starts_on,
            basis=basis,
            facts=facts,
            member_facts=member_facts,
            rates=rates,
            member_steps=member_steps,
            steps=steps,
            conditions=conditions,
            amount=self.amount(block, names, done),
            timing=self.timing(block),
            file=reader.file,
            written=tuple(name for key in block for name in ({"amount"} if key == "amount" else sections.get(key, ()))),
        )
        check_version(version, reader)
        return version

    # ---- declarations

    def section(self, block: Block, key: str) -> Block:
        value = block.get(key)
        return Block(block.lines.get(key, block.line)) if value is None else self.reader.block(value, key)

    def facts(self, block: Block, key: str, whose: str, declared: "Declared") -> dict[str, FactSpec]:
        section = self.section(block, key)
        return {name: self.fact(name, body, section, key, whose, declared) for name, body in section.items()}

    def fact(self, name: str, body: Any, section: Block, key: str, whose: str, declared: "Declared") -> FactSpec:
        reader, line = self.reader, section.lines[name]
        declared.add(name, key, line)
        if isinstance(body, Text):
            short = Block(line)
            short["type"] = body
            body = short
        body = reader.block(body, name, line=line)
        reader.only(body, ("type", "min", "max", "values", "label"), required=("type",))
        kind = Kind(reader.choice(body["type"], name, KINDS, line=line))
        known = self.known_fact(name, kind, key, whose, line)
        default = known.bounds if known else DEFAULT_BOUNDS[kind]
        labels = known.values if known else {}
        values = read_values(reader, body, name)
        for value in values:
            if known and known.values and value not in known.values:
                zh, en = near_miss(value, known.values)
                listed = ", ".join(known.values)
                raise reader.error(
                    "unlisted_code", line=line, name=name, value=value, known=listed, hint_zh=zh, hint_en=en
                )
        values = values or {code: dict(label) for code, label in labels.items()}
        if not isinstance(body.get("values"), Block):
            # A bare list narrows the vocabulary's values; their labels still hold.
            values = {code: dict(labels.get(code, label)) for code, label in values.items()}
        return FactSpec(
            name=name,
            kind=kind,
            bounds=read_bounds(reader, body, kind, default, name),
            label=reader.words(body["label"], "label") if body.get("label") else (known.label if known else {}),
            values=tuple(values),
            line=line,
            value_labels=values,
        )

    def known_fact(self, name: str, kind: Kind, key: str, whose: str, line: int) -> VocabularyFact | None:
        """The vocabulary's entry, which must agree; None where no vocabulary was given."""
        if self.vocabulary is None:
            return None
        known = self.vocabulary.get(name)
        if known is None:
            zh, en = near_miss(name, self.vocabulary)
            raise self.reader.error("unknown_fact", line=line, name=name, hint_zh=zh, hint_en=en)
        if known.kind is not kind:
            raise self.reader.error("fact_type", line=line, name=name, known=known.kind, given=kind)
        if known.of not in ("any", whose) and (key == "member_facts" or self.unit == "household"):
            raise self.reader.error("fact_of_whom", line=line, name=name, known=known.of, given=key)
        return known

    def rates(
        self, block: Block, facts: Mapping[str, FactSpec], member_facts: Mapping[str, FactSpec], declared: "Declared"
    ) -> dict[str, RateSpec]:
        section = self.section(block, "rates")
        found = {}
        for name, body in section.items():
            line = section.lines[name]
            declared.add(name, "rates", line)
            if isinstance(body, Text):
                short = Block(line)
                short["type"] = body
                body = short
            found[name] = self.rate(name, self.reader.block(body, name, line=line), facts, member_facts, line)
        return found

    def rate(
        self,
        name: str,
        body: Block,
        facts: Mapping[str, FactSpec],
        member_facts: Mapping[str, FactSpec],
        line: int,
    ) -> RateSpec:
        reader = self.reader
        reader.only(body, RATE_KEYS, required=("type",))
        kind = Kind(reader.choice(body["type"], name, KINDS, line=line))
        key = str(reader.text(body["key"], f"{name}.key")) if body.get("key") else None
        if key is not None:
            spec = facts.get(key) or member_facts.get(key)
            if spec is None or spec.kind not in (Kind.CODE, Kind.INT):
                zh, en = ("没有声明", "is not declared") if spec is None else (f"是 {spec.kind}", f"is {spec.kind}")
                raise reader.error("rate_key", line=line, name=name, key=key, reason_zh=zh, reason_en=en)
        table, of = None, None
        if body.get("table") is not None:
            table = reader.choice(body["table"], f"{name}.table", ("band", "marginal"))
            reader.only(body, RATE_KEYS, required=("of",))
            entered = ("money", "int") if table == "marginal" else ("money", "int", "rate", "date")
            of = Kind(reader.choice(body["of"], f"{name}.of", entered))
            if table == "marginal" and (kind not in NUMERIC or (of is kind is Kind.MONEY)):
                raise reader.error(
                    "not_listed",
                    line=line,
                    key=f"{name}.type",
                    value=kind,
                    known="money, int, rate" if of is Kind.INT else "int, rate",
                    hint_zh="",
                    hint_en="",
                )
            if kind is Kind.CODE:
                raise reader.error(
                    "not_listed",
                    line=line,
                    key=f"{name}.type",
                    value=kind,
                    known="money, int, rate, bool, date",
                    hint_zh="",
                    hint_en="",
                )
        return RateSpec(
            name=name,
            kind=kind,
            bounds=read_bounds(reader, body, kind, DEFAULT_BOUNDS[kind], name),
            label=reader.words(body["label"], "label") if body.get("label") else {},
            key=key,
            key_of_member=key in member_facts,
            table=table,
            of=of,
            of_bounds=DEFAULT_BOUNDS[of] if of else None,
            line=line,
        )

    # ---- formulas

    def formula_blocks(self, block: Block, key: str, declared: "Declared") -> dict[str, tuple[Block, int]]:
        section = self.section(block, key)
        found = {}
        for name, body in section.items():
            line = section.lines[name]
            declared.add(name, key, line)
            found[name] = (self.formula_block(name, body, line, key), line)
        return found

    def formula_block(self, name: str, body: Any, line: int, key: str) -> Block:
        """A formula may be a bare text where it needs no label."""
        if isinstance(body, Text):
            short = Block(line)
            short["formula"] = body
            return short
        body = self.reader.block(body, name, line=line)
        extra = ("otherwise",) if key == "conditions" else ()
        self.reader.only(body, (*FORMULA_KEYS, *extra), required=("formula",))
        return body

    def steps(
        self, steps: dict[str, tuple[Block, int]], member_steps: dict[str, tuple[Block, int]], names: Names
    ) -> tuple[dict[str, Formula], dict[str, Formula]]:
        """Both kinds of steps, each after those it needs."""
        bodies = {**member_steps, **steps}
        texts = {name: self.text_of(name, body, line) for name, (body, line) in bodies.items()}
        lines = {name: line for name, (_, line) in bodies.items()}
        kinds: dict[str, Kind] = {}
        done: dict[str, Formula] = {}
        for name in in_order(texts, lines, self.reader):
            known = Names(
                names.facts,
                names.member_facts,
                names.rates,
                {n: kind for n, kind in kinds.items() if n in steps},
                {n: kind for n, kind in kinds.items() if n in member_steps},
            )
            done[name] = self.formula(name, *bodies[name], known, done, member=name in member_steps)
            kinds[name] = done[name].kind
        return ({n: done[n] for n in done if n in steps}, {n: done[n] for n in done if n in member_steps})

    def text_of(self, name: str, body: Block, line: int) -> str:
        return str(self.reader.text(body["formula"], f"{name}.formula", line=line))

    def formula(
        self, name: str, body: Block, line: int, names: Names, done: Mapping[str, Formula], *, member: bool
    ) -> Formula:
        """One formula, checked. done: the steps read before it."""
        text = self.text_of(name, body, line)
        at = getattr(body["formula"], "line", line)
        try:
            tree = build(text, names, member=member)
        except FormulaError as error:
            raise self.reader.error(error.code, line=at, step=name, **error.values) from None
        label = self.reader.words(body["label"], "label") if body.get("label") else {}
        mentions = frozenset(node.name for node in tree.walk() if isinstance(node, t.StepRef))
        known = {step.name: step.basis for step in done.values()}
        basis = self.clauses.read(body.get("basis"), step=name, mentions=mentions, known=known)
        return Formula(name, text, tree, label, basis, at)

    def condition(self, name: str, found: tuple[Block, int], names: Names, done: Mapping[str, Formula]) -> Condition:
        body, line = found
        plain = self.formula(name, body, line, names, done, member=False)
        if plain.kind is not Kind.BOOL:
            raise self.reader.error(
                "wanted_type", line=plain.line, step=name, what=name, wanted="bool", given=plain.kind
            )
        otherwise = self.reader.words(body["otherwise"], "otherwise") if body.get("otherwise") else {}
        return Condition(name, plain.text, plain.tree, plain.label, plain.basis, plain.line, otherwise)

    def amount(self, block: Block, names: Names, done: Mapping[str, Formula]) -> Formula:
        line = block.lines["amount"]
        body = self.formula_block("amount", block["amount"], line, "amount")
        found = self.formula("amount", body, line, names, done, member=False)
        zero = getattr(found.tree, "is_zero", False)
        if found.kind is not Kind.MONEY and not zero:
            raise self.reader.error(
                "wanted_type", line=line, step="amount", what="amount", wanted="money", given=found.kind
            )
        return found

    # ---- the rest

    def timing(self, block: Block) -> Timing | None:
        if block.get("timing") is None:
            return None
        reader, body = self.reader, self.reader.block(block["timing"], "timing")
        keys = ("starts", "month_of_ending_event", "pay_cycle", "arrears_months")
        reader.only(body, (*keys, "prorate", "valid_months"), required=keys)
        valid = self.months(body, "valid_months", 1, LONGEST_TERM) if body.get("valid_months") is not None else None
        if valid is not None and body["pay_cycle"] == "once":
            raise reader.error(
                "bad_value",
                body["valid_months"],
                key="valid_months",
                value=str(valid),
                wanted_zh="不写（pay_cycle: once 的只有一个月）",
                wanted_en="left out (pay_cycle: once is for one month)",
            )
        return Timing(
            starts=reader.choice(body["starts"], "starts", STARTS),
            month_of_ending_event=reader.choice(body["month_of_ending_event"], "month_of_ending_event", ENDINGS),
            pay_cycle=reader.choice(body["pay_cycle"], "pay_cycle", PAY_CYCLES),
            arrears_months=self.months(body, "arrears_months", 0, LONGEST_ARREARS),
            prorate=reader.choice(body["prorate"], "prorate", PRORATES) if body.get("prorate") else "first_day",
            valid_months=valid,
        )

    def months(self, body: Block, key: str, least: int, most: int) -> int:
        months = read_value(self.reader, body[key], Kind.INT, key)
        assert isinstance(months, int)
        if not least <= months <= most:
            zh, en = f"{least} 到 {most} 的整数", f"a whole number from {least} to {most}"
            raise self.reader.error("bad_value", body[key], key=key, value=str(months), wanted_zh=zh, wanted_en=en)
        return months


def _kinds(steps: Mapping[str, Formula]) -> dict[str, Kind]:
    return {name: step.kind for name, step in steps.items()}


__all__ = ["PolicyError", "load_policy", "parse_policy"]
