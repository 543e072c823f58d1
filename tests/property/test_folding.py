"""Rules with what is known of everybody worked in give everybody the same, step by step and error by error."""

import random
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from minzheng.policy import Subject, assess
from minzheng.policy.engines.folding import Known, folded
from minzheng.policy.rates import Rates, parse_rates
from minzheng.policy.values import Kind
from tests.property.formula_maker import DAY, FACTS, MEMBER_FACTS, Maker

EVERYWHERE = {"bool": {"true": 1, "false": 0}, "int": {"0": 0, "1": 1, "20": 20}}


@settings(max_examples=120, deadline=None)
@example(seed=272903)  # a rate that is 0 everywhere and divides: the failure names it
@given(seed=st.integers(0, 2**32))
def test_nobody_can_tell_what_was_worked_in(seed):
    source = random.Random(seed)
    maker = Maker(source)
    policy, rates = maker.policy(), maker.rates()
    (version,) = policy.versions
    missing = {name for name in FACTS if source.random() < 0.4}
    missing_of_members = {name for name in MEMBER_FACTS if source.random() < 0.4}
    same = {
        name: source.choice(list(EVERYWHERE[spec.kind.value]))
        for name, spec in version.rates.items()
        if spec.kind in (Kind.BOOL, Kind.INT) and spec.key is None and spec.table is None and source.random() < 0.6
    }
    numbers = {name: EVERYWHERE[version.rates[name].kind.value][text] for name, text in same.items()}
    known = Known(missing, missing_of_members, numbers)
    national = parse_rates(
        "\n".join(f"{name}: [{{area: '*', from: 1999-01-01, value: {text}}}]" for name, text in same.items()) or "{}",
        "everywhere",
    )
    others = Rates(entry for entry in rates.entries.values() if entry.rate not in same)
    subjects = [without(one, missing | same.keys(), missing_of_members) for one in maker.subjects(8)]
    world = others.merge(national), subjects, DAY
    wanted = assess(policy, *world)
    assert assess(replace(policy, versions=(folded(version, known),)), *world) == wanted


def without(subject, facts, member_facts) -> Subject:
    return replace(
        subject,
        facts={name: value for name, value in subject.facts.items() if name not in facts},
        members=[{name: value for name, value in one.items() if name not in member_facts} for one in subject.members],
    )
