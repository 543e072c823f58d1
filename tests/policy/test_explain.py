"""The explanation: what a resident can check with a pencil."""

import json
from pathlib import Path

import pytest

from minzheng.policy import explain, load_policy, load_rates
from minzheng.policy.cases import load_cases

FILES = Path(__file__).parent / "files"


@pytest.fixture(scope="module")
def dibao():
    policy = load_policy(FILES / "dibao/policy.yaml", FILES / "facts.yaml")
    rates = load_rates(FILES / "dibao/rates.yaml")
    cases = {case.name["en"]: case for case in load_cases(FILES / "dibao", policy)}

    def explained(name):
        case = cases[name]
        return explain(policy, rates.merge(case.rates), case.subject, case.on)

    return explained


def line(explanation, name, member=None):
    return next(one for one in explanation.lines if one.name == name and one.member == member)


def test_every_step_with_its_values_filled_in(dibao):
    found = dibao("only the highest supplement of a person")
    assert line(found, "month_income").filled["zh-Hans"] == "5000.00 ÷ 12"
    assert line(found, "month_income").result["zh-Hans"] == "1250/3≈416.67"
    assert line(found, "difference").filled["zh-Hans"] == "取大(560.00 × 2 − (1250/3≈416.67)；0)"
    assert line(found, "supplement", 1).filled["en"] == "Covered by the award (yes), so round to fen (560.00 × 0.3)"
    assert line(found, "supplement", 1).words["en"] == (
        "if Covered by the award then "
        "round to fen (Monthly standard × Share of the category supplement (highest only)), otherwise 0"
    )
    assert line(found, "supplement", 2).result["en"] == "56.00"
    assert line(found, "supplements").filled["zh-Hans"] == "(168.00 + 56.00)"
    assert line(found, "amount").filled["zh-Hans"] == "进位到元((2110/3≈703.33) + 224.00)"
    assert line(found, "amount").words["zh-Hans"] == "进位到元(补差 + 分类施保金合计)"
    assert (found.amount, found.eligible, found.unmet) == (92800, True, ())


def test_the_clause_and_the_source_of_each_rate(dibao):
    found = dibao("urban standard")
    assert line(found, "month_income").basis[0].articles == ("13",)
    assert line(found, "difference").basis[0].ref == "民发〔2021〕57号"
    (used,) = line(found, "difference").rates
    assert (used.name, used.value, used.since, used.area) == ("standard", "720.00", "2024-01-01", "99")
    assert used.source["mark"] == "invented"


def test_a_refusal_names_each_unmet_condition_in_words(dibao):
    found = dibao("a car and savings are both named")
    assert [one["otherwise"]["zh-Hans"] for one in found.unmet] == [
        "家庭人均金融资产超过规定的月数标准。",
        "家庭拥有机动车辆。",
    ]
    assert (found.amount, found.eligible) == (0, False)
    assert line(found, "no_car").filled["zh-Hans"] == "1 ≤ 0"
    assert line(found, "no_car").kept is False


def test_an_error_is_said_in_words_and_the_rest_is_shown(dibao):
    found = dibao("unknown income is neither paid nor refused")
    assert found.amount is None and found.error == "missing:month_income:annual_income"
    assert found.reason == {
        "zh-Hans": "缺少事实“家庭年收入”。",
        "en": "The fact “Yearly income of the family” is missing.",
    }
    assert line(found, "month_income").filled["zh-Hans"] == "未知 ÷ 12"
    assert line(found, "members").result["zh-Hans"] == "1"


def test_it_is_plain_json(dibao):
    found = dibao("urban standard").as_dict()
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert found["facts"][0]["value"]["zh-Hans"] == "5000.00"
