"""What the solver needs of the law: each programme's rates for the twelve months of the year in the demo's township.

Read from the programmes' own policies and rates, with the demo's rates laid over them; no number stands here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from minzheng.core.files import policies_dir
from minzheng.demo.solve.dibao import Tariff
from minzheng.demo.solve.lines import Kind
from minzheng.policy import Policy, Rates, Subject, assess, load_overlay, load_policy, load_rates
from minzheng.policy.rates import Table
from minzheng.scenario import places

OVERLAY = Path(__file__).parent / "rates.yaml"
SERVICE_YEARS = (2, 3, 4, 5, 6, 8)
"""Years of service of rural veterans, whose rate is for each of them."""
NATURAL = {
    "rural_veteran": 3, "returned_ill": 14, "war_veteran": 12, "demobilised": 6, "test_veteran": 2, "martyr_child": 3,
    "disabled_war_10": 3, "disabled_war_9": 2, "disabled_duty_10": 4, "disabled_duty_9": 2, "illness_death_family": 2,
    "martyr_family": 2,
}  # fmt: skip
"""How many of a township's special-care recipients are of which kind, roughly."""


class Law:
    """The policies and rates of the demo, looked up for a month of its year."""

    def __init__(self, year: int, overlay: Path = OVERLAY) -> None:
        self.year = year
        self._overlays = load_overlay(overlay)
        self._loaded: dict[str, tuple[Policy, Rates]] = {}

    def programme(self, code: str) -> tuple[Policy, Rates]:
        if code not in self._loaded:
            folder = policies_dir() / code
            policy = load_policy(folder / "policy.yaml")
            rates = load_rates(folder / "rates.yaml").merge(self._overlays.get(code, Rates()))
            self._loaded[code] = policy, rates
        return self._loaded[code]

    def rate(self, code: str, name: str, month: int = 1, category: str | None = None) -> Any:
        """A rate on the first of a month: fen, int, Fraction, or a Table; None where there is none."""
        policy, rates = self.programme(code)
        day = dt.date(self.year, month, 1)
        found = rates.bind(policy.version_on(day), day).find(name, places.TOWN, "rural", category)
        return found.value if found else None

    def fen(self, code: str, name: str, category: str | None = None) -> tuple[int, ...]:
        """A rate in money for each month."""
        return tuple(int(self.rate(code, name, month, category) or 0) for month in range(1, 13))

    def categories(self, code: str, name: str) -> list[str]:
        """The categories that a rate is set for in the demo, in the file's order."""
        entries = self.programme(code)[1].entries.values()
        return list(dict.fromkeys(e.category for e in entries if e.rate == name and e.area == places.PROVINCE))


@dataclass(frozen=True)
class Tariffs:
    """The rates of every line, in the form that its solver takes."""

    law: Law

    @cached_property
    def dibao(self) -> Tariff:
        """The standard, and what each category supplement adds: found by applying the policy to single persons without
        any income."""
        plain = self._of_single(TRAITS[""])
        supplements = {
            trait: tuple(a - b for a, b in zip(self._of_single(facts), plain, strict=True))
            for trait, facts in TRAITS.items()
            if trait
        }
        return Tariff(plain, supplements)

    @cached_property
    def elder_from(self) -> int:
        """The age from which the policy adds something, if any (else 130)."""
        ages = [{**TRAITS[""], "age": age} for age in range(50, 131)]
        amounts = [self._assess([facts], 1) for facts in ages]
        return next((50 + i for i, amount in enumerate(amounts) if amount != amounts[0]), 130)

    def _of_single(self, member: dict[str, Any]) -> tuple[int, ...]:
        return tuple(self._assess([member], month) for month in range(1, 13))

    def _assess(self, members: list[dict[str, Any]], month: int) -> int:
        """Fen a month for a family without income and property."""
        policy, rates = self.law.programme("dibao")
        day = dt.date(self.law.year, month, 1)
        version = policy.version_on(day)
        facts: dict[str, Any] = {name: NOTHING.get(str(spec.kind)) for name, spec in version.facts.items()}
        of_members = [{name: member.get(name) for name in version.member_facts} for member in members]
        (result,) = assess(policy, rates, [Subject("probe", places.TOWN, "rural", facts, of_members)], day)
        if result.error or not result.eligible or result.amount is None:
            raise ValueError(f"the dibao policy gives a person without income nothing: {result.error or result.unmet}")
        return result.amount

    @cached_property
    def old_age(self) -> list[Kind]:
        """The bands by the age at which they begin, the youngest first."""
        tables = [self.law.rate("old_age_allowance", "bands", month) for month in range(1, 13)]
        shares = iter((90, 10, 1, 1, 1, 1))
        return [
            Kind(str(age), tuple(_band(table, age) for table in tables), share=next(shares, 1))
            for age in tables[0].lows
        ]

    @cached_property
    def dispersed(self) -> list[Kind]:
        """Support at home by how many of six abilities are lost, per quarter."""
        living = self.law.fen("tekun", "living", "dispersed")
        tables = [self.law.rate("tekun", "care", month, "dispersed") for month in range(1, 13)]
        return [
            Kind(
                str(failed),
                tuple(fen + _band(table, failed) for fen, table in zip(living, tables, strict=True)),
                share=12 if failed == 0 else 1,
                cycle=3,
            )
            for failed in tables[0].lows
        ]

    @cached_property
    def special_care(self) -> list[Kind]:
        """Kinds of recipient with their monthly rates; rural veterans as `rural_veteran:years`."""
        kinds = []
        for code in self.law.categories("special_care", "standard"):
            amounts = self.law.fen("special_care", "standard", code)
            if code == "rural_veteran":
                kinds += [
                    Kind(f"{code}:{years}", tuple(fen * years for fen in amounts), NATURAL[code])
                    for years in SERVICE_YEARS
                ]
            else:
                kinds.append(Kind(code, amounts, NATURAL.get(code, 0)))
        return kinds

    @cached_property
    def parcels(self) -> list[Kind]:
        """The festival's parcels, the usual one first."""
        codes = self.law.categories("festival_relief", "parcel_value")
        return [
            Kind(code, self.law.fen("festival_relief", "parcel_value", code), share=1 if i == 0 else 0)
            for i, code in enumerate(codes)
        ]

    @cached_property
    def gifts(self) -> dict[str, int]:
        """Army Day gifts by group (fen, August)."""
        rates = {
            code: int(self.law.rate("army_day_gifts", "gift", 8, code))
            for code in self.law.categories("army_day_gifts", "gift")
        }
        usual = [code for code in ("special_care", "conscript_family", "other") if code in rates]
        return {code: rates[code] for code in [*usual, *(c for c in rates if c not in usual)]}

    @cached_property
    def conscript_year(self) -> int:
        return int(self.law.rate("conscript_families", "yearly", 12))

    @cached_property
    def honours(self) -> dict[str, int]:
        """What an honour adds (fen), by honour."""
        codes = ["none", *self.law.categories("conscript_families", "bonus")]
        shares = {code: Fraction(self.law.rate("conscript_families", "bonus", 12, code)) for code in codes}
        return {code: _half_up(self.conscript_year * share) for code, share in shares.items()}

    @cached_property
    def temporary(self) -> tuple[int, int]:
        """The least that the expenditure type gives and what a family may get in a year (fen), safe in every month."""
        law, months = self.law, range(1, 13)
        least = max(int(law.rate("temporary_assistance", "minimum", month)) for month in months)
        ceilings = (
            int(law.rate("temporary_assistance", "standard", month))
            * int(law.rate("temporary_assistance", "cap_months", month))
            for month in months
        )
        return least, min(ceilings) // 100 * 100

    @cached_property
    def medical_ceiling(self) -> int:
        return int(self.law.rate("medical_assistance", "yearly_cap", 1, "dibao"))


GROWN_UP = {"age": 45, "covered": True, "disability_grade": 0, "disability_kind": "none", "serious_illness": False}
TRAITS: dict[str, dict[str, Any]] = {
    "": GROWN_UP,
    "elderly": {**GROWN_UP, "age": 78},
    "minor": {**GROWN_UP, "age": 10},
    "severe_disability": {**GROWN_UP, "disability_grade": 2, "disability_kind": "physical"},
    "major_illness": {**GROWN_UP, "serious_illness": True},
}
"""What is known of a member of each trait, in the vocabulary of policies/facts.yaml."""
NOTHING = {"money": 0, "int": 0, "rate": Fraction(0), "bool": False, "code": "none"}


def spending_for(amount: int, own_part: int, share: Fraction) -> int:
    """Necessary spending (fen) from which the expenditure type of temporary assistance gives exactly `amount`."""
    return own_part + -(-amount * share.denominator // share.numerator)


def self_pay_for(paid: int, deductible: int, ratio: Fraction) -> int:
    """The least self-paid cost (fen) from which medical assistance pays exactly `paid`: round(cost x ratio) is onto."""
    cost = paid * ratio.denominator // ratio.numerator
    while _half_up(cost * ratio) < paid:
        cost += 1
    while cost and _half_up((cost - 1) * ratio) >= paid:
        cost -= 1
    return deductible + cost


def wage_for(relief: int, share: Fraction) -> int:
    """A former wage (fen) whose share, rounded to yuan, is `relief`."""
    wage = relief * share.denominator // share.numerator
    while _to_yuan(wage * share) < relief:
        wage += 1
    return wage


def _band(table: Table | Mapping[int, int], value: int) -> int:
    assert isinstance(table, Table)
    return max((low, fen) for low, fen in zip(table.lows, table.values, strict=True) if low <= value)[1]


def _half_up(value: Fraction | int) -> int:
    """To the fen, halves away from zero (values here are not negative)."""
    fraction = Fraction(value)
    return (2 * fraction.numerator + fraction.denominator) // (2 * fraction.denominator)


def _to_yuan(value: Fraction) -> int:
    return _half_up(value / 100) * 100
