"""Small laws of the tests' own, so that a township's real rates can change without changing what is tested here."""

import hashlib

from minzheng.policy.models import PolicyFile

WORDS = "{zh-Hans: 测试, en: Test}"
SOURCE = "{title: 测试, mark: K}"


def timing(starts: str, cycle: str = "month", ending: str = "paid", arrears: int = 12, valid: int | None = None) -> str:
    term = f", valid_months: {valid}" if valid else ""
    return f"{{starts: {starts}, month_of_ending_event: {ending}, pay_cycle: {cycle}, arrears_months: {arrears}{term}}}"


def household(code: str = "dibao", timing_: str | None = None) -> str:
    """Standard times people covered less a month's income, and a tenth more for whoever is 70."""
    return f"""
programme: {code}
name: {{zh-Hans: 低保, en: Living allowance}}
department: {{zh-Hans: 民政, en: Civil affairs}}
unit: household
versions:
  - from: 2020-01-01
    basis: [{{title: 测试}}]
    facts: {{annual_income: money}}
    member_facts: {{age: int, covered: bool}}
    rates:
      standard: {{type: money, min: 0, max: 1000000, label: {WORDS}}}
      old_from: {{type: int, label: {WORDS}}}
      elderly: {{type: rate, min: 0, max: 2, label: {WORDS}}}
    member_steps:
      supplement: {{formula: "if(covered and age >= old_from, round(standard * elderly, yuan), 0)", label: {WORDS}}}
    steps:
      covered_members: {{formula: "count(*) filter (where covered)", label: {WORDS}}}
      month_income: {{formula: "annual_income / 12", label: {WORDS}}}
      difference: {{formula: "max(standard * covered_members - month_income, 0)", label: {WORDS}}}
    conditions:
      low_income: {{formula: "month_income < standard * covered_members", label: {WORDS}, otherwise: {WORDS}}}
    amount: "ceil(difference + sum(supplement), yuan)"
    timing: {timing_ or timing("month_after_decision")}
"""


def person(code: str, timing_: str) -> str:
    """A rate by age, from 80 up."""
    return f"""
programme: {code}
name: {{zh-Hans: 高龄津贴, en: Old-age allowance}}
department: {{zh-Hans: 民政, en: Civil affairs}}
unit: person
versions:
  - from: 2020-01-01
    basis: [{{title: 测试}}]
    facts: {{birth_date: date}}
    rates:
      first_age: {{type: int, label: {WORDS}}}
      bands: {{type: money, table: band, of: int, label: {WORDS}}}
      counted_from: {{type: date, label: {WORDS}}}
    steps:
      age_in_month:
        formula: floor((months_between(counted_from, day) - months_between(counted_from, birth_date)) / 12)
        label: {WORDS}
      monthly: {{formula: "if(age_in_month >= first_age, band(age_in_month, bands), 0)", label: {WORDS}}}
    conditions:
      old_enough: {{formula: "age_in_month >= first_age", label: {WORDS}, otherwise: {WORDS}}}
    amount: monthly
    timing: {timing_}
"""


def kinds(code: str = "tekun", timing_: str | None = None) -> str:
    """A rate by the form of support."""
    return f"""
programme: {code}
name: {{zh-Hans: 特困, en: Extreme difficulty}}
department: {{zh-Hans: 民政, en: Civil affairs}}
unit: person
versions:
  - from: 2020-01-01
    basis: [{{title: 测试}}]
    facts: {{support_form: code}}
    rates:
      living: {{type: money, key: support_form, label: {WORDS}}}
    steps:
      rate: {{formula: "living", label: {WORDS}}}
    conditions:
      supported: {{formula: "support_form in ('in_home', 'dispersed')", label: {WORDS}, otherwise: {WORDS}}}
    amount: rate
    timing: {timing_ or timing("month_after_decision", "quarter")}
"""


MEDICAL = f"""
programme: medical_assistance
name: {{zh-Hans: 医疗救助, en: Medical assistance}}
department: {{zh-Hans: 医保, en: Healthcare security}}
unit: person
versions:
  - from: 2020-01-01
    basis: [{{title: 测试}}]
    facts: {{medical_category: code, medical_self_paid: money, self_pay_before: money, medical_aid_paid: money}}
    rates:
      deductible: {{type: money, key: medical_category, label: {WORDS}}}
      ratio: {{type: rate, key: medical_category, label: {WORDS}}}
      yearly_cap: {{type: money, key: medical_category, label: {WORDS}}}
    steps:
      deductible_left: {{formula: "max(deductible - self_pay_before, 0)", label: {WORDS}}}
      counted: {{formula: "max(medical_self_paid - deductible_left, 0)", label: {WORDS}}}
      cap_left: {{formula: "max(yearly_cap - medical_aid_paid, 0)", label: {WORDS}}}
    conditions:
      recognised: {{formula: "medical_category <> 'none'", label: {WORDS}, otherwise: {WORDS}}}
      above_deductible: {{formula: "counted > 0", label: {WORDS}, otherwise: {WORDS}}}
    amount: min(round(counted * ratio, fen), cap_left)
    timing: {timing("month_of_decision", "once")}
"""

DIBAO_RATES = f"""
standard:
  - {{from: 2020-01-01, value: 500, source: {SOURCE}}}
old_from:
  - {{from: 2020-01-01, value: 70, source: {SOURCE}}}
elderly:
  - {{from: 2020-01-01, value: 0.1, source: {SOURCE}}}
"""
RAISED = DIBAO_RATES.replace("old_from:", f"  - {{from: 2025-07-01, value: 560, source: {SOURCE}}}\nold_from:")

AGE_RATES = f"""
first_age:
  - {{from: 2020-01-01, value: 80, source: {SOURCE}}}
bands:
  - {{from: 2020-01-01, value: [{{from: 80, value: 50}}, {{from: 90, value: 100}}], source: {SOURCE}}}
counted_from:
  - {{from: 1949-10-01, value: 1800-01-01, source: {SOURCE}}}
"""
KIND_RATES = f"""
living:
  - {{category: dispersed, from: 2020-01-01, value: 1024, source: {SOURCE}}}
  - {{category: in_home, from: 2020-01-01, value: 1500, source: {SOURCE}}}
"""
MEDICAL_RATES = f"""
deductible:
  - {{category: dibao, from: 2020-01-01, value: 1000, source: {SOURCE}}}
ratio:
  - {{category: dibao, from: 2020-01-01, value: 0.7, source: {SOURCE}}}
yearly_cap:
  - {{category: dibao, from: 2020-01-01, value: 10000, source: {SOURCE}}}
"""


def store(code: str, policy: str, rates: str) -> None:
    """Put a law in force, in the place of what this programme had."""
    PolicyFile.objects.filter(programme=code).update(in_force=False)
    for kind, content in (("policy", policy), ("rates", rates)):
        path = f"tests/{code}/{kind}.yaml"
        sha = hashlib.sha256(f"{path}\0{content}".encode()).hexdigest()
        PolicyFile.objects.filter(sha256=sha).update(in_force=True)
        if not PolicyFile.objects.filter(sha256=sha).exists():
            PolicyFile.objects.create(sha256=sha, kind=kind, programme=code, path=path, content=content)


def store_all() -> None:
    store("dibao", household(), DIBAO_RATES)
    store("old_age_allowance", person("old_age_allowance", timing("month_of_birthday")), AGE_RATES)
    store("tekun", kinds(), KIND_RATES)
    store("temporary_assistance", household("temporary_assistance", timing("month_of_decision", "once")), DIBAO_RATES)
    store("medical_assistance", MEDICAL, MEDICAL_RATES)
